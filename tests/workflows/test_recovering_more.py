"""Recovery of what is not an exchange, and of a Temporal that knows more than a database that was restored."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.client import WorkflowExecutionStatus

from gateway.inquiry import AskedWorkflows
from gateway.leftovers import Leftovers
from gateway.recovery import Fate
from gateway.wakers import wake_all
from models.identifiers import (
    EXCHANGE_QUEUE,
    MAILROOM_ID,
    cohort_workflow_id,
    exchange_workflow_id,
    service_level_workflow_id,
    suspension_workflow_id,
)
from models.messages.exchange import Decide
from models.messages.suspensions import SuspensionPhase, SuspensionReason, SuspensionStart
from models.messages.webhooks import webhook_workflow_id
from models.tables import EndpointRow
from models.views import WorklistFilter
from models.vocabulary import HoldCause, Outcome, Role, StepKind
from records.leftovers import Leftover
from records.recovering import recoverables
from records.store.engine import transaction
from tests.databases import Database
from tests.workflows.test_recovery import recover
from tests.workflows.test_service_levels import review
from tests.workflows.test_suspension import EVERYBODY, resume, suspend
from tests.workflows.world import BOTH, LAB_ONLY, World

SUSPENSION = suspension_workflow_id("s-1")


async def _held(world: World, exchange: str) -> HoldCause | None:
    return (await world.step(exchange, StepKind.VERIFY_NOMINATION)).held_because


async def _runs(world: World, workflow_id: str) -> bool:
    described = await world.environment.client.get_workflow_handle(workflow_id).describe()
    return described.status is WorkflowExecutionStatus.RUNNING


async def test_a_suspension_that_lasts_reaches_whom_it_had_not_reached(world: World) -> None:
    heard, unheard = await world.nominate(LAB_ONLY), await world.nominate(BOTH, rank=2)
    await world.lose(exchange_workflow_id(unheard))
    await suspend(world, EVERYBODY)
    await world.lose(exchange_workflow_id(heard), SUSPENSION, cohort_workflow_id((await world.view(heard)).cohort_id))
    assert (await recover(world))[Fate.STARTED] == 4
    await world.advance(timedelta(minutes=1))
    assert [await _held(world, one) for one in (heard, unheard)] == [HoldCause.SUSPENSION] * 2
    assert set(await recover(world)) == {Fate.IN_STEP}
    await resume(world)
    await world.advance(timedelta(minutes=5))
    assert [await _held(world, one) for one in (heard, unheard)] == [None, None]
    told = [m.kind for m in await world.messages(heard) if m.kind in {"suspended", "resumed"}]
    assert sorted(set(told)) == ["resumed", "suspended"]
    assert (await world.finish(unheard)).outcome is Outcome.COMPLETED


async def test_a_suspension_that_ended_lets_go_whom_it_had_not_let_go(world: World) -> None:
    heard, unheard = await world.nominate(LAB_ONLY), await world.nominate(BOTH, rank=2)
    await suspend(world, EVERYBODY)
    await world.advance(timedelta(minutes=1))
    assert await _held(world, unheard) is HoldCause.SUSPENSION
    await world.lose(exchange_workflow_id(unheard))
    await resume(world)
    await world.advance(timedelta(minutes=5))
    assert not await _runs(world, SUSPENSION)
    assert await _held(world, heard) is None
    assert (await recover(world))[Fate.STARTED] == 2, "the exchange and the suspension"
    await world.advance(timedelta(minutes=5))
    assert await _held(world, unheard) is None
    assert not await _runs(world, SUSPENSION)
    assert set(await recover(world)) == {Fate.IN_STEP}
    assert (await world.finish(unheard)).outcome is Outcome.COMPLETED


async def test_a_suspension_that_does_not_know_its_end_is_ended_as_it_was(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    began = await suspend(world, EVERYBODY)
    await world.lose(exchange_workflow_id(exchange))
    await resume(world)
    assert not await _runs(world, SUSPENSION)
    office = world.people.officer("cqmu", Role.PROGRAMME_OFFICE)
    older = SuspensionStart(
        suspension_id="s-1", coverage=EVERYBODY, reason=SuspensionReason.OUTBREAK, actor=office, since=began.since
    )
    await world.environment.client.start_workflow("Suspension", older, id=SUSPENSION, task_queue=EXCHANGE_QUEUE)
    assert await recover(world) == {Fate.IN_STEP: 1, Fate.STARTED: 1, Fate.RESUMED: 1}
    await world.advance(timedelta(minutes=5))
    assert await _held(world, exchange) is None
    progress = await world.gateway.suspensions.progress("s-1")
    assert progress.phase is SuspensionPhase.ENDED
    (view,) = await world.reading.suspensions("s-1")
    assert view.until == progress.until


async def test_a_review_of_late_answers_goes_on_and_the_next_one_is_another(world: World) -> None:
    for number in range(1, 6):
        await world.nominate(LAB_ONLY, rank=number, student_number=f"X-{number}", email=f"x{number}@dartmouth.example")
    await world.advance(timedelta(days=25))
    assert await review(world, "r-1") == 1
    await world.advance(timedelta(seconds=5))
    office = world.people.officer("cqmu", Role.PROGRAMME_OFFICE)
    workflow_id = service_level_workflow_id("cqmu", "")
    reviews = WorklistFilter(kinds=(StepKind.REVIEW_SERVICE_LEVEL,))
    (row,) = await world.reading.worklist(office, reviews)
    await world.lose(workflow_id)
    assert (await recover(world))[Fate.STARTED] == 1
    await world.advance(timedelta(seconds=5))
    assert set(await recover(world)) == {Fate.IN_STEP}
    assert await review(world, "r-2") == 0, "it is open still"
    (still,) = await world.reading.worklist(office, reviews)
    assert (still.step_id, still.opened_at, still.due_at) == (row.step_id, row.opened_at, row.due_at)
    outcome = next(iter(world.programme.policy.step(StepKind.REVIEW_SERVICE_LEVEL).answers))

    async def answer(step_id: str) -> None:
        await world.gateway.decide(Decide(decision_id=f"d-{step_id}", step_id=step_id, outcome=outcome, actor=office))

    await answer(row.step_id)
    assert await world.reading.worklist(office, reviews) == []
    await world.advance(timedelta(days=7))
    assert await review(world, "r-3") == 1
    await world.advance(timedelta(seconds=5))
    (second,) = await world.reading.worklist(office, reviews)
    assert second.step_id != row.step_id
    await world.lose(workflow_id)
    async with transaction(world.filing.sessions) as session:
        (wanted,) = [one for one in await recoverables(session, world.programme) if one.kind == "LateUnit"]
    assert not wanted.policy_of_today, "what it was opened under is kept"
    assert (await recover(world))[Fate.STARTED] == 1
    await answer(second.step_id)
    assert await world.reading.worklist(office, reviews) == []


async def test_what_waits_to_be_sent_is_sent_at_once(world: World) -> None:
    """Both senders are begun where nobody did yet."""
    client, sessions = world.environment.client, world.filing.sessions
    async with transaction(sessions) as session:
        values = {"description": "", "kinds": [], "secret": "", "active": True, "created_by": "x", "position": 0}
        at = {"id": "ep-1", "institution_id": "dartmouth", "url": "https://dartmouth.example/events"}
        session.add(EndpointRow(**values, **at, created_at=world.clock.last))
    await wake_all(client, sessions)
    # Whether it still runs says nothing: the sender of an endpoint ends by itself once nothing is left.
    began = await client.get_workflow_handle(webhook_workflow_id("ep-1")).describe()
    assert await _runs(world, MAILROOM_ID)
    await world.lose(MAILROOM_ID)
    await wake_all(client, sessions)
    assert await _runs(world, MAILROOM_ID)
    assert began.workflow_type == "Webhook"


class Listed(AskedWorkflows):
    """As on a server that keeps a list of what runs."""

    def __init__(self, world: World, ids: Iterable[str]) -> None:
        super().__init__(world.environment.client)
        self._ids = frozenset(ids)

    async def running(self) -> frozenset[str]:
        return self._ids


def _copy(source: Path, target: Path) -> None:
    """A backup of a database that is in use, or its restore."""
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


@pytest.mark.parametrize(
    ("point", "later"),
    [
        (StepKind.VERIFY_NOMINATION, StepKind.SENDING_APPROVAL),
        (StepKind.ACCEPT_OFFER, StepKind.CONFIRM_BED),
        (StepKind.CHECK_IN, StepKind.REGISTER_RESIDENCE),
    ],
)
async def test_what_knows_more_than_a_restored_database_reads_it_and_goes_on_from_there(
    world: World, sqlite_database: Database, tmp_path: Path, point: StepKind, later: StepKind
) -> None:
    known, still = await world.nominate(LAB_ONLY), await world.nominate(BOTH, rank=2)
    await world.until(known, point)
    database, backup = Path(sqlite_database.url.partition("///")[2]), tmp_path / "backup.db"

    async def open_steps() -> list[str]:
        return sorted([step.step_id for exchange in (known, still) for step in await world.steps(exchange)])

    steps = await open_steps()
    _copy(database, backup)
    await world.until(known, later)
    lost = await world.nominate(LAB_ONLY, rank=3, student_number="X-3", email="x3@dartmouth.example")
    _copy(backup, database)

    client, sessions = world.environment.client, world.filing.sessions
    cohort = cohort_workflow_id((await world.view(known)).cohort_id)
    listed = Listed(world, [*map(exchange_workflow_id, (known, still, lost)), cohort, "mailroom"])
    leftovers = Leftovers(client, sessions, world.programme, listed)
    assert await leftovers.end() == {exchange_workflow_id(lost): Leftover.UNKNOWN}
    assert await leftovers.end() == {exchange_workflow_id(lost): Leftover.UNKNOWN}, "ended twice does no harm"

    found = await recover(world)
    assert found[Fate.RESUMED] >= 1
    assert not found[Fate.FAILED]
    await world.advance(timedelta(seconds=10))
    assert set(await recover(world)) == {Fate.IN_STEP}
    assert await open_steps() == steps
    again = await world.nominate(LAB_ONLY, rank=3, student_number="X-4", email="x4@dartmouth.example")
    assert again == lost, "the number is free again, and nothing of before is in its way"
    assert await _held(world, again) is None
    await world.people.decide(await world.step(still, StepKind.VERIFY_NOMINATION), "verified")
    assert (await world.step(still, StepKind.SUBMIT_DOCUMENTS)).exchange_id == still
    world.travellers[known].accepted.clear()  # what was handed in after the backup is handed in again
    assert (await world.finish(known)).outcome is Outcome.COMPLETED


async def test_the_id_of_a_suspension_that_a_restored_database_does_not_know_is_free_again(
    world: World, sqlite_database: Database, tmp_path: Path
) -> None:
    exchange = await world.nominate(LAB_ONLY)
    database, backup = Path(sqlite_database.url.partition("///")[2]), tmp_path / "backup.db"
    _copy(database, backup)
    await suspend(world, EVERYBODY)
    await resume(world)
    await world.advance(timedelta(minutes=5))
    assert not await _runs(world, SUSPENSION), "Temporal remembers that it ended"
    _copy(backup, database)
    await recover(world)
    await world.advance(timedelta(seconds=10))

    await suspend(world, EVERYBODY)
    assert await _held(world, exchange) is HoldCause.SUSPENSION
    await resume(world)
    await world.advance(timedelta(minutes=5))
    assert await _held(world, exchange) is None
    assert (await world.finish(exchange)).outcome is Outcome.COMPLETED
