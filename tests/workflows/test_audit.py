"""The audit of a service that runs: silent where all is in step, and naming each workflow that is not."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from demo.cohort import DARTMOUTH
from gateway.audit import checks
from models.identifiers import exchange_workflow_id
from models.messages.audit import FindingKind, Part
from models.messages.suspensions import Coverage, SuspensionReason
from models.tables import CohortRow, ExchangeRow, HeadRow, SeatRow, StepRow, SuspensionRow
from models.vocabulary import Role, Scope, Stage, StepKind, StepStatus
from records.audit.auditing import audited
from records.store.engine import open_engine, session_maker, transaction
from tests.databases import Database
from tests.sealed import sealed_files
from tests.workflows import endings
from tests.workflows.world import LAB_ONLY, World

Audit = Callable[..., Awaitable[set[tuple[FindingKind, str, tuple[str, ...]]]]]
PLAYED = (
    *endings.ENDINGS.values(),
    endings.moved_about,
    endings.looked_again,
    endings.not_returning,
    endings.reopened,
    endings.taken_back,
)


async def breathe() -> None:
    await asyncio.sleep(0)


@pytest.fixture
async def audit(world: World, sqlite_database: Database, tmp_path: Path) -> AsyncIterator[Audit]:
    """Audits the world, and says of each finding its kind, its stream and what differs."""
    engine = open_engine(sqlite_database.url, reading=True)
    sessions, programme = session_maker(engine), world.programme
    files = sealed_files(sessions, tmp_path / "files")
    parts = checks(sessions, files, programme, world.environment.client, (0.0, 0.2))

    async def look(*some: Part) -> set[tuple[FindingKind, str, tuple[str, ...]]]:
        report = await audited(parts, breathe, some or tuple(Part))
        assert not report.unfinished
        return {(one.kind, one.stream, _parts(one.params.get("parts"))) for one in report.findings}

    yield look
    await engine.dispose()


def _parts(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, tuple | list) else ()


@pytest.mark.parametrize("play", PLAYED, ids=lambda play: play.__name__)
async def test_where_all_is_in_step_nothing_is_found(
    world: World, audit: Audit, play: Callable[[World], Awaitable[str]]
) -> None:
    await play(world)
    assert await audit() == set()


async def test_what_workflows_and_records_do_not_both_say_is_named(
    world: World, audit: Audit, sqlite_database: Database
) -> None:
    first, second, third = [await world.nominate(one, rank=n) for n, one in enumerate(DARTMOUTH[:3], start=1)]
    await world.until(second, StepKind.CHECK_IN)
    office = world.people.officer("cqmu", Role.PROGRAMME_OFFICE)
    coverage = Coverage(scope=Scope.EXCHANGE, target=first)
    await world.gateway.suspensions.suspend("s-1", coverage, SuspensionReason.OUTBREAK, office)
    await world.advance(timedelta(minutes=5))
    assert await audit(Part.WORKFLOWS) == set()

    cohort = (await world.view(first)).cohort_id
    async with transaction(sqlite_database.sessions) as session:
        await session.execute(update(ExchangeRow).where(ExchangeRow.id == first).values(stage=Stage.DEPARTURE))
        closed = update(StepRow).where(StepRow.exchange_id == second, StepRow.kind == StepKind.CHECK_IN)
        await session.execute(closed.values(status=StepStatus.DONE))
        await session.execute(update(SeatRow).where(SeatRow.exchange_id == second).values(held=True))
        await session.execute(update(CohortRow).values(cap=7))
        await session.execute(update(SuspensionRow).values(exempt=[second]))
    await world.lose(exchange_workflow_id(third))
    assert await audit(Part.WORKFLOWS) == {
        (FindingKind.WORKFLOW_DIFFERS, first, ("stage",)),
        (FindingKind.WORKFLOW_DIFFERS, second, ("open_steps",)),
        (FindingKind.WORKFLOW_DIFFERS, cohort, ("cap", "seats")),
        (FindingKind.WORKFLOW_DIFFERS, "s-1", ("exempt",)),
        (FindingKind.WORKFLOW_MISSING, third, ()),
    }

    async with transaction(sqlite_database.sessions) as session:
        await session.execute(update(ExchangeRow).values(closed_at=world.clock.last))
    found = await audit(Part.WORKFLOWS)
    assert {(FindingKind.WORKFLOW_LEFT_RUNNING, one, ()) for one in (first, second)} <= found
    assert not [one for one in found if one[1] == third]


async def test_a_rotation_whose_step_is_open_must_run(world: World, audit: Audit) -> None:
    exchange = await world.nominate(LAB_ONLY)
    step = await world.until(exchange, StepKind.EVALUATE_STUDENT)
    assert await audit(Part.WORKFLOWS) == set()
    await world.lose(f"rotation/{step.step_id.rsplit('.', 2)[0]}")
    assert (FindingKind.WORKFLOW_MISSING, exchange, ()) in await audit(Part.WORKFLOWS)


async def test_what_is_in_the_middle_of_an_act_is_not_out_of_step(
    world: World, sqlite_database: Database, tmp_path: Path
) -> None:
    """People act while it looks: nothing is said of what is in step a moment later."""
    exchange = await world.nominate(LAB_ONLY)
    engine = open_engine(sqlite_database.url, reading=True)
    client = world.environment.client
    sessions = session_maker(engine)
    parts = checks(sessions, sealed_files(sessions, tmp_path / "files"), world.programme, client, (0.3, 1.0))
    try:
        async with asyncio.TaskGroup() as both:
            playing = both.create_task(world.until(exchange, StepKind.CHECK_IN))
            while not playing.done():
                report = await audited(parts, breathe, [Part.WORKFLOWS, Part.HOLDINGS])
                assert report.findings == ()
    finally:
        await engine.dispose()


async def test_a_workflow_that_does_not_know_the_newest_batch_is_named(
    world: World, audit: Audit, sqlite_database: Database
) -> None:
    exchange = await world.nominate(LAB_ONLY)
    assert await audit(Part.WORKFLOWS) == set()
    async with transaction(sqlite_database.sessions) as session:
        mine = update(HeadRow).where(HeadRow.writer == f"exchange/{exchange}")
        await session.execute(mine.values(revision=HeadRow.revision + 1))
    assert await audit(Part.WORKFLOWS) == {(FindingKind.WORKFLOW_DIFFERS, exchange, ("revision",))}
