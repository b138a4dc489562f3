"""The composition root: what it opens, what it runs, how it drains; on the real server with a file database."""

import ast
import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

import worker
from models.errors import Broken, Unavailable
from models.identifiers import EXCHANGE_QUEUE, MAIL_QUEUE
from models.messages.webhooks import WEBHOOK_QUEUE
from records.store.append import Wakers
from settings import Settings
from tests.rules.source import ROOT, room
from tests.wakers import CountingWaker
from worker import Resources, resources, workers


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(database_url=f"sqlite+aiosqlite:///{tmp_path / 'sojourn.db'}", files_dir=tmp_path / "files")


@pytest.fixture
async def held(settings: Settings) -> AsyncIterator[Resources]:
    async with resources(settings) as opened:
        yield opened


@pytest.fixture
async def made(held: Resources, dev_server: WorkflowEnvironment) -> list[Worker]:
    return workers(dev_server.client, held, Wakers(CountingWaker()))


async def test_there_is_one_worker_per_queue(made: list[Worker]) -> None:
    assert [w.task_queue for w in made] == [EXCHANGE_QUEUE, MAIL_QUEUE, WEBHOOK_QUEUE]


async def test_every_activity_that_workflows_call_is_run(made: list[Worker]) -> None:
    """An activity that nobody registered would be waited for forever."""
    classes = {"Records", "Seats", "Housing", "Placement", "Documents", "Certificates", "LetterWriting", "Mail"}
    classes |= {"Suspensions", "Digests", "ServiceLevels", "Webhooks", "BounceInbox", "Audits", "Rotations", "Changes"}
    classes |= {"Retaining", "OnwardStays"}
    called = {name for source in room("workflows") for _, name in source.names() if name.startswith("activities.")}
    wanted = {name.rsplit(".", 1)[1] for name in called if name.split(".")[-2] in classes}
    registered = {activity.__name__ for w in made for activity in w.config(active_config=True).get("activities", [])}
    assert wanted
    assert wanted == registered


async def test_every_workflow_is_run(made: list[Worker]) -> None:
    [exchanges, mail, webhooks] = [w.config(active_config=True).get("workflows", []) for w in made]
    defined = {
        node.name
        for source in room("workflows")
        for node in source.tree.body
        if isinstance(node, ast.ClassDef) and any("workflow.defn" in ast.unparse(d) for d in node.decorator_list)
    }
    assert {w.__name__ for w in exchanges} == defined
    assert [*mail, *webhooks] == []


async def test_a_start_that_cannot_be_read_fails_at_once(made: list[Worker], dev_server: WorkflowEnvironment) -> None:
    """Without it the server would hand the same task out forever."""
    async with made[0]:
        with pytest.raises(WorkflowFailureError) as caught:
            await dev_server.client.execute_workflow(
                "Exchange", {"exchange_id": "no such thing"}, id="garbage", task_queue=EXCHANGE_QUEUE
            )
    assert isinstance(caught.value.cause, ApplicationError)
    assert caught.value.cause.type == "ValidationError"


async def test_a_fault_in_the_catalogue_stops_the_start(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "nowhere.toml").write_text("id = 3")
    with pytest.raises(Broken, match=r"nowhere\.toml"):
        async with resources(settings.model_copy(update={"catalogue_dir": tmp_path / "more"})):
            pass


async def test_no_temporal_stops_the_start(settings: Settings) -> None:
    with pytest.raises(Unavailable):
        await worker.run(settings.model_copy(update={"temporal_address": "127.0.0.1:1"}), asyncio.Event())


@pytest.mark.live
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_drains_the_process(
    number: signal.Signals, settings: Settings, dev_server: WorkflowEnvironment
) -> None:
    host = dev_server.client.service_client.config.target_host
    environment = settings.model_copy(update={"temporal_address": host, "log_format": "json"}).environment()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "worker", cwd=ROOT, env={**os.environ, **environment}, stderr=asyncio.subprocess.PIPE
    )
    assert process.stderr is not None
    texts = []
    async for line in process.stderr:
        texts.append(json.loads(line)["text"])
        if texts[-1].startswith("polling"):
            process.send_signal(number)
    assert await process.wait() == 0
    assert "draining" in texts
    assert texts[-1] == "stopped"
