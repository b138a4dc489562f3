"""A workflow that cannot follow its own history is begun again; on the real server, by what became of it."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer

import worker
from models.identifiers import exchange_workflow_id
from models.messages.suspensions import Suspend
from models.vocabulary import StepKind
from settings import Settings
from tests.databases import Database
from tests.workflows.world import LAB_ONLY, World, looked_upon, working
from workflows.engine.pauses import Pauses
from workflows.plugin import plugin

pytestmark = pytest.mark.live


async def follows(client: Client, workflow_id: str) -> bool:
    """Whether a worker that did not see it happen can follow a history."""
    history = await client.get_workflow_handle(workflow_id).fetch_history()
    replayer = Replayer(workflows=worker.WORKFLOWS, plugins=[plugin()])
    return (await replayer.replay_workflow(history, raise_on_replay_failure=False)).replay_failure is None


async def astray(world: World, held: worker.Resources, monkeypatch: pytest.MonkeyPatch) -> str:
    """An exchange in whose history something was done that its code does not do.

    In life a query does it that waited for a worker and is answered before the workflow task that became due after it
    (docs/decisions/0037); which of both comes first is the server's choice, so here another code does.
    """
    rightly = Pauses.suspend

    def otherwise(self: Pauses, suspension: Suspend) -> bool:
        others.append(asyncio.ensure_future(workflow.sleep(3600)))
        return rightly(self, suspension)

    others: list[asyncio.Future[None]] = []
    with monkeypatch.context() as changed:
        changed.setattr(Pauses, "suspend", otherwise)
        async with working(world.environment.client, held):
            exchange = await world.nominate(LAB_ONLY)
            await world.handle(exchange).signal("suspend", Suspend(suspension_id="s-1", since=world.clock.last))
            await until(partial(_is_held, world, exchange))
            await world.people.decide(await world.step(exchange, StepKind.VERIFY_NOMINATION), "verified")
    assert not await follows(world.environment.client, exchange_workflow_id(exchange))
    return exchange


async def _is_held(world: World, exchange: str) -> bool:
    return (await world.step(exchange, StepKind.VERIFY_NOMINATION)).held_because is not None


async def until(fact: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(180):
        true = await fact()
        while not true:
            await asyncio.sleep(0.5)
            true = await fact()


@pytest.mark.parametrize("asked", [True, False], ids=["asked", "unasked"])
async def test_it_is_begun_again_from_the_records(
    dev_server: WorkflowEnvironment,
    sqlite_database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    asked: bool,
) -> None:
    settings = Settings(database_url=sqlite_database.url, files_dir=tmp_path / "files")
    async with worker.resources(settings) as held, looked_upon(dev_server, held) as world:
        exchange = await astray(world, held, monkeypatch)
        handle = world.handle(exchange)
        before = (await handle.describe()).run_id
        gateway = world.gateway
        async with working(dev_server.client, held):
            if asked:  # the act that finds it is done once it goes on
                beside = asyncio.create_task(gateway.relay.run())
                actor = world.sending(exchange)
                acting = asyncio.create_task(gateway.withdraw(exchange, actor, decision_id="w-1"))
                await until(lambda: world.is_closed(exchange))
                await asyncio.gather(acting, return_exceptions=True)  # kept, or answered: it is done
            else:
                beside = asyncio.create_task(gateway.mending.run())
                await handle.signal("catch_up")  # nobody waits for an answer

                async def goes_on() -> bool:
                    return bool((await handle.describe()).run_id != before)

                await until(goes_on)
                await gateway.withdraw(exchange, world.sending(exchange), decision_id="w-1")
            beside.cancel()
            await asyncio.gather(beside, return_exceptions=True)
        described = await world.handle(exchange).describe()
        assert (described.run_id != before, described.status) == (True, WorkflowExecutionStatus.COMPLETED)
        assert await follows(dev_server.client, exchange_workflow_id(exchange))
        closed = [h.step_id for h in (await world.view(exchange)).timeline if h.kind == "step_closed"]
        assert closed.count(f"{exchange}.verify_nomination.1") == 1
