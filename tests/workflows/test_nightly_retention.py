"""The nightly look at what need not be kept: it erases once, tries again where the store is away, is scheduled."""

from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.retention import Retaining
from failures.boundary import Boundary
from gateway.schedules import CATCH_UP, NIGHT, ensure_retention
from models.catalogue.loading import load_programme
from models.errors import Unavailable
from models.identifiers import RETENTION_SCHEDULE_ID, RETENTION_WORKFLOW
from models.messages.retention import RetentionAnswer
from tests.activities.students import Office
from tests.databases import Database
from tests.records.archives import GONE, StudentsPapers
from workflows.retention import RetentionWorkflow

ZONE = "Asia/Shanghai"


@pytest.mark.live
async def test_it_runs_every_night_at_home_after_the_audit(dev_server: WorkflowEnvironment) -> None:
    client = dev_server.client
    for _ in range(2):
        assert await ensure_retention(client, ZONE)
    described = await client.get_schedule_handle(RETENTION_SCHEDULE_ID).describe()
    assert described.schedule.policy.catchup_window == CATCH_UP
    times = [at.astimezone(ZoneInfo(ZONE)) for at in described.info.next_action_times]
    assert {(at.hour, at.minute) for at in times} == {(NIGHT + 1, 0)}


async def test_what_is_away_is_tried_again_and_what_is_done_stays_done(
    temporal: WorkflowEnvironment, sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(sqlite_database, tmp_path / "files", load_programme())
    await office.seed()
    archive = StudentsPapers(office, tmp_path)
    await archive.fill()
    remove, asked = office.files.remove, list[str]()

    async def away(name: str) -> None:
        asked.append(name)
        if len(asked) == 1:
            raise Unavailable("files.away", error="down")
        await remove(name)

    monkeypatch.setattr(office.files, "remove", away)
    retaining, queue = Retaining(archive.retention), f"retention-{uuid4()}"
    async with Worker(
        temporal.client,
        task_queue=queue,
        workflows=[RetentionWorkflow],
        activities=[retaining.erase_due],
        interceptors=[Boundary()],
    ):
        await temporal.sleep(GONE - await temporal.get_current_time())
        answer = await temporal.client.execute_workflow(
            RETENTION_WORKFLOW, id=queue, task_queue=queue, result_type=RetentionAnswer
        )
    assert answer == RetentionAnswer(removed=1), "the first attempt had marked it"
    assert len(asked) == 2
    [event] = await archive.erased()
    assert event.at >= GONE
    assert not await archive.is_there("passport")
