"""After an outage of any length a ladder says the one thing that matters now, and the record says what was missed."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from models.catalogue.loading import load_programme
from models.events import Event, RungFired, StepReassigned
from models.messages.exchange import ReportArrival, RungAt, StepPlan
from models.messages.recording import StepRules
from models.people.authorization import Owner, Parties
from models.vocabulary import HoldCause, Missed, Role, RungKind, Side, StepKind, Target
from tests.workflows.test_ladder import heard
from tests.workflows.world import LAB_ONLY, World
from workflows.engine.open_step import OpenStep
from workflows.engine.recorder import Recorder
from workflows.engine.timers import Timers

PARTIES = Parties(sending="dartmouth", host="cqmu", student="p-1")
DUE = datetime(2027, 3, 1, 16, tzinfo=UTC)
OPENED = DUE - timedelta(days=30)
COORDINATOR = Owner(side=Side.HOST, role=Role.COORDINATOR, institution="cqmu")


class Notes:
    """A recorder that only keeps what is noted."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def add(self, event: Event, rules: StepRules | None = None) -> None:
        """Keep."""
        self.events.append(event)


def clock_with(kind: StepKind = StepKind.HOST_APPROVAL) -> tuple[Timers, OpenStep, Notes, list[Any]]:
    """A clock with one open step whose rungs lie 10, 7 and 1 days before, at, 2, 5 and 10 days after the due time."""
    policy = load_programme().policy
    ladder = policy.ladder_of(kind)
    rungs = tuple(
        RungAt(index=index, at=DUE + timedelta(days=rung.offset))
        for index, rung in enumerate(ladder.rungs)
        if rung.kind is not RungKind.END
    )
    rules = StepRules(step_id="EX-2027-DAR-001.s.1", due=policy.step(kind).due, ladder=ladder)
    answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    step = OpenStep(rules.step_id, policy.step(kind), COORDINATOR, "", rules, answer, OPENED)
    ends = DUE + timedelta(days=11) if ladder.end_action != "hold" else None
    step.follow(StepPlan(step_id=step.id, due_at=DUE, zone="UTC", rungs=rungs, ends_at=ends), OPENED)
    notes, closed = Notes(), list[Any]()
    clock = Timers(cast(Recorder, notes), {step.id: step}, PARTIES, lambda *args, **more: closed.append((args, more)))
    return clock, step, notes, closed


@pytest.mark.parametrize(
    ("away_until", "spoken", "missed"),
    [
        (-9, 0, ()),
        (-6, 1, (0,)),
        (-0.5, 2, (0, 1)),
        (0.5, 3, (0, 1, 2)),
        (3, 4, (0, 1, 2, 3)),
        (60, 6, (0, 1, 2, 3, 4, 5)),
    ],
)
async def test_what_was_missed_collapses_into_what_matters_now(
    away_until: float, spoken: int, missed: tuple[int, ...]
) -> None:
    clock, step, notes, _ = clock_with()
    clock._fire(DUE + timedelta(days=away_until))
    (fired,) = notes.events
    assert isinstance(fired, RungFired)
    assert (fired.rung, fired.missed) == (spoken, missed)
    assert fired.why_missed is (Missed.LATE if missed else None)
    assert fired.to == step.rules.ladder.rungs[spoken].to
    clock._fire(DUE + timedelta(days=away_until))
    assert len(notes.events) == 1, "nothing is said twice"


async def test_rungs_come_one_by_one_where_nobody_was_away() -> None:
    clock, _, notes, _ = clock_with()
    for day in range(-12, 13):
        clock._fire(DUE + timedelta(days=day))
    fired = [event for event in notes.events if isinstance(event, RungFired)]
    assert [event.rung for event in fired] == list(range(7))
    assert [event.missed for event in fired] == [()] * 7
    assert [event.last for event in fired] == [False, False, True, True, True, True, True]


async def test_a_held_step_says_nothing() -> None:
    clock, step, notes, _ = clock_with()
    step.pauses.begin("s-1", HoldCause.SUSPENSION, DUE)
    clock._fire(DUE + timedelta(days=60))
    assert notes.events == []
    assert clock._next_moment() is None


async def test_the_end_of_a_ladder_after_an_outage() -> None:
    clock, step, notes, closed = clock_with(StepKind.ACCEPT_STUDENT)
    clock._fire(DUE + timedelta(days=60))
    rung, handed_over = notes.events
    assert isinstance(rung, RungFired)
    assert isinstance(handed_over, StepReassigned)
    assert (handed_over.owner.role, handed_over.before) == (Role.COORDINATOR, COORDINATOR)
    assert step.ended
    assert closed == []
    clock, _, _, closed = clock_with(StepKind.CONFIRM_BED)
    clock._fire(DUE + timedelta(days=60))
    ((_, answer), more) = closed[0]
    assert (answer.outcome, more["rule"]) == ("confirmed", "D34")


async def test_what_is_overdue_when_it_opens_is_told_once_to_all_it_concerns(world: World) -> None:
    """An arrival that is reported 40 hours late: both escalations of the law's clock are past already."""
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, StepKind.CHECK_IN)
    await world.until_day(exchange, 1)
    report = ReportArrival(
        report_id="late",
        actor=world.host(exchange, Role.HOUSING_OFFICER),
        arrived_at=world.clock.last - timedelta(hours=40),
        permitted_until=world.travellers[exchange].plan.end,
    )
    await world.gateway.report_arrival(exchange, report)
    await world.advance(timedelta(minutes=5))
    fired = [h.event for h in (await world.view(exchange)).timeline if isinstance(h.event, RungFired)]
    first = next(rung for rung in fired if "register" in rung.step_id)
    assert (first.rung_kind, first.to) == (RungKind.ESCALATION, (Target.HEAD_OF_OFFICE,))
    assert (first.missed, first.why_missed) == ((2,), Missed.OVERDUE)
    about = await heard(world, exchange, "register_residence")
    assert about == [("step_opened", "cqmu.housing_officer"), ("escalation", "cqmu.head_of_office")]
