"""The nightly audit on the development server, which keeps schedules and a list of what runs."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update
from temporalio.testing import WorkflowEnvironment

from gateway.schedules import CATCH_UP, NIGHT, ensure_audit
from models.identifiers import AUDIT_SCHEDULE_ID, AUDIT_WORKFLOW, EXCHANGE_QUEUE, exchange_workflow_id
from models.messages.audit import AuditAnswer, FindingKind
from models.tables import ExchangeRow, OperatorTaskRow
from models.vocabulary import Stage
from records.store.engine import transaction
from tests.databases import Database
from tests.workflows.world import LAB_ONLY, World, open_world

ZONE = "Asia/Shanghai"


@pytest.mark.live
async def test_it_runs_every_night_at_home(dev_server: WorkflowEnvironment) -> None:
    client = dev_server.client
    for _ in range(2):
        assert await ensure_audit(client, ZONE)
    described = await client.get_schedule_handle(AUDIT_SCHEDULE_ID).describe()
    assert described.schedule.policy.catchup_window == CATCH_UP
    times = [at.astimezone(ZoneInfo(ZONE)) for at in described.info.next_action_times]
    assert {(at.hour, at.minute) for at in times} == {(NIGHT, 0)}


async def audited(world: World, name: str) -> AuditAnswer:
    """What the audit of one night answers."""
    answer: AuditAnswer = await world.environment.client.execute_workflow(
        AUDIT_WORKFLOW, id=name, task_queue=EXCHANGE_QUEUE, result_type=AuditAnswer
    )
    assert answer.unfinished == ()
    return answer


async def tasks(world: World) -> set[str]:
    async with transaction(world.filing.sessions) as session:
        query = select(OperatorTaskRow.key).where(OperatorTaskRow.closed_at.is_(None))
        return set(await session.scalars(query))


async def in_stage(world: World, exchange: str, stage: Stage) -> None:
    async with transaction(world.filing.sessions) as session:
        await session.execute(update(ExchangeRow).where(ExchangeRow.id == exchange).values(stage=stage))


@pytest.mark.live
async def test_what_it_finds_is_a_task_until_it_is_mended(
    dev_server: WorkflowEnvironment, sqlite_database: Database, tmp_path: Path
) -> None:
    async with open_world(dev_server, sqlite_database.url, tmp_path) as world:
        exchange = await world.nominate(LAB_ONLY)
        assert await audited(world, "first") == AuditAnswer()
        assert await tasks(world) == set()

        await in_stage(world, exchange, Stage.DEPARTURE)
        found = await audited(world, "second")
        assert found.found == {FindingKind.WORKFLOW_DIFFERS: 1, FindingKind.ROW_DIFFERS: 1}
        assert await tasks(world) == {f"audit:workflow_differs:{exchange}", f"audit:row_differs:{exchange}"}

        await in_stage(world, exchange, Stage.NOMINATION)
        await world.lose(exchange_workflow_id(exchange))
        assert (await audited(world, "third")).found == {FindingKind.WORKFLOW_MISSING: 1}
        assert await tasks(world) == {f"audit:workflow_missing:{exchange}"}
