"""Late answers: figures that the events agree with, and a step for the programme office once too many are late."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from models.catalogue.loading import load_programme
from models.errors import BadInput, NotAuthorised, NotOpen
from models.events import EVENT, DeadlineExtended, StepClosed, StepHeld, StepOpened, StepResumed
from models.identifiers import EXCHANGE_QUEUE
from models.messages.exchange import Decide
from models.people.authorization import CLOCK
from models.rules.service_levels import By
from models.tables import EventRow
from models.views import WorklistFilter
from models.views.service_levels import LevelFilter
from models.vocabulary import Role, StepKind, StepStatus
from records.store.engine import transaction
from tests.workflows.test_refusals import refused
from tests.workflows.test_suspension import EVERYBODY, resume, suspend
from tests.workflows.world import BOTH, LAB_ONLY, World
from workflows.service_levels import ServiceLevelReviewWorkflow


async def late_host(world: World, *, days: int = 9) -> str:
    """An exchange whose nomination waited so long at the host, part of it suspended."""
    exchange = await world.nominate(LAB_ONLY)
    await world.advance(timedelta(days=1))
    await suspend(world, EVERYBODY, "s-1")
    await world.advance(timedelta(days=2))
    await resume(world, "s-1")
    await world.advance(timedelta(days=days))
    await world.people.decide(await world.step(exchange, StepKind.VERIFY_NOMINATION), "verified")
    return exchange


async def test_suspended_time_is_left_out_and_extensions_are_no_lateness(world: World) -> None:
    exchange = await late_host(world, days=4)
    wanted = LevelFilter(now=world.clock.last, by=(By.INSTITUTION, By.KIND), institution="cqmu")
    (level,) = await world.reading.service_levels(wanted, world.host(exchange))
    assert level.group == {By.INSTITUTION: "cqmu", By.KIND: "verify_nomination"}
    assert (level.steps, level.decided, level.open, level.late) == (1, 1, 0, 0)
    view = await world.view(exchange)
    (step,) = [s for s in view.steps if s.kind is StepKind.VERIFY_NOMINATION]
    (suspension,) = await world.reading.suspensions()
    assert step.decided_at is not None
    assert suspension.until is not None
    counted = step.decided_at - step.opened_at - (suspension.until - suspension.since)
    assert level.p50_hours is not None
    assert abs(timedelta(hours=level.p50_hours) - counted) < timedelta(seconds=1)
    assert abs(timedelta(hours=level.held_hours) - (suspension.until - suspension.since)) < timedelta(seconds=1)


async def test_the_figures_are_those_of_the_events(world: World) -> None:
    """Computed again from the raw events alone, with other code, for a whole lifecycle."""
    first = await late_host(world)
    await world.finish(first)
    wanted = LevelFilter(now=world.clock.last, by=(By.KIND,))
    told = {level.group[By.KIND]: level for level in await world.reading.service_levels(wanted)}
    opened: dict[str, datetime] = {}
    due: dict[str, datetime] = {}
    held: dict[str, list[tuple[datetime, datetime]]] = {}
    found: dict[str, list[tuple[float, bool]]] = {}
    async with transaction(world.filing.sessions) as session:
        payloads = list(await session.scalars(select(EventRow.payload).order_by(EventRow.position)))
    for payload in payloads:
        event = EVENT.validate_python(payload)
        match event:
            case StepOpened():
                assert event.plan is not None
                opened[event.step_id], due[event.step_id] = event.at, event.plan.due_at
            case DeadlineExtended() | StepResumed():
                assert event.plan is not None
                due[event.step_id] = event.plan.due_at
                if isinstance(event, StepResumed):
                    held.setdefault(event.step_id, []).append((event.since, event.until))
            case StepClosed(status=StepStatus.DONE | StepStatus.EXPIRED):
                kind = event.step_id.rsplit(".", 2)[1]
                taken = event.at - opened[event.step_id] - _union(held.get(event.step_id, []))
                late = event.at > due[event.step_id] or event.actor == CLOCK
                found.setdefault(kind, []).append((taken / timedelta(hours=1), late))
            case StepHeld():
                pass
    found.pop("watch_stay", None)
    assert set(told) == set(found)
    for kind, times in found.items():
        level = told[kind]
        assert (level.decided, level.late) == (len(times), sum(late for _, late in times)), kind
        if len(times) == 1:
            assert level.p50_hours is not None
            assert abs(level.p50_hours - times[0][0]) < 0.01, kind


def _union(spans: list[tuple[datetime, datetime]]) -> timedelta:
    """The time that any of the spans covers, moment by moment between their ends."""
    ends = sorted({moment for span in spans for moment in span})
    pairs = pairwise(ends)
    return sum((b - a for a, b in pairs if any(s <= a and b <= u for s, u in spans)), timedelta())


async def test_who_sees_which_figures(world: World) -> None:
    exchange = await late_host(world)
    await world.finish(exchange)
    wanted = LevelFilter(now=world.clock.last, by=(By.INSTITUTION, By.UNIT))
    officer = world.host(exchange, Role.HOUSING_OFFICER)
    await refused(NotAuthorised, "not_allowed.see_service_levels", world.reading.service_levels(wanted, officer))
    for side in (world.sending(exchange), world.host(exchange)):
        both = await world.reading.service_levels(wanted.model_copy(update={"students": False}), side)
        assert {level.group[By.INSTITUTION] for level in both} == {"cqmu", "dartmouth"}, side
        assert {level.group[By.UNIT] for level in both if level.group[By.INSTITUTION] != side.institution} == {""}
        students = await world.reading.service_levels(wanted.model_copy(update={"students": True}), side)
        everybody = await world.reading.service_levels(wanted, side)
        assert sum(one.steps for one in (*both, *students)) == sum(one.steps for one in everybody)
        assert students, "what students owed is counted apart"
    stranger = world.sending(exchange).model_copy(update={"institution": "elsewhere"})
    assert await world.reading.service_levels(wanted, stranger) == [], "nothing of exchanges of others"


@pytest.mark.parametrize("answer", load_programme().policy.step(StepKind.REVIEW_SERVICE_LEVEL).answers)
async def test_too_many_late_answers_become_one_step_of_the_programme_office(world: World, answer: str) -> None:
    for number, student in enumerate((LAB_ONLY, BOTH), start=1):
        await world.nominate(student, rank=number)
    for number in range(3, 6):
        await world.nominate(LAB_ONLY, rank=number, student_number=f"X-{number}", email=f"x{number}@dartmouth.example")
    await world.advance(timedelta(days=25))
    assert await review(world, "r-1") == 1
    await world.advance(timedelta(seconds=5))
    office = world.people.officer("cqmu", Role.PROGRAMME_OFFICE)
    mine = await world.reading.worklist(office, WorklistFilter(kinds=(StepKind.REVIEW_SERVICE_LEVEL,)))
    (row,) = mine
    assert (row.subject, row.student, row.owner.role) == ("cqmu: 5/5", None, Role.PROGRAMME_OFFICE)
    assert await review(world, "r-2") == 0, "one that is open is not opened again"
    told = [m for m in await world.reading.messages() if m.step_id == row.step_id]
    assert [(m.kind, m.recipient_id) for m in told] == [("step_opened", "cqmu.programme_office")]

    def decide(outcome: str, **more: object) -> Decide:
        values = {"decision_id": "d-1", "step_id": row.step_id, "outcome": outcome, "actor": office, **more}
        return Decide.model_validate(values)

    coordinator = world.people.officer("cqmu", Role.COORDINATOR)
    await refused(NotAuthorised, "not_allowed.answer", world.gateway.decide(decide(answer, actor=coordinator)))
    await refused(BadInput, "answer.not_offered", world.gateway.decide(decide("maybe")))
    assert (await world.gateway.decide(decide(answer))).outcome == answer
    await refused(
        NotOpen, "exchange.closed|step.already_answered", world.gateway.decide(decide(answer, decision_id="d-2"))
    )
    assert await world.reading.worklist(office, WorklistFilter(kinds=(StepKind.REVIEW_SERVICE_LEVEL,))) == []


async def review(world: World, name: str) -> int:
    """What the schedule starts every Monday."""
    handle = await world.environment.client.start_workflow(
        ServiceLevelReviewWorkflow.run, id=name, task_queue=EXCHANGE_QUEUE
    )
    return await handle.result()
