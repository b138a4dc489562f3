"""The law's clocks: when they start, that nothing stops them, what starts them anew, and whom they tell."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from demo.cohort import first_monday
from models.errors import BadInput, NotAuthorised, NotOpen
from models.messages.exchange import Decide, ReportArrival, ReportMovement
from models.people.authorization import Actor
from models.rules.stay import latest_end
from models.vocabulary import Movement, Role, StepKind, StepStatus
from tests.workflows.test_ladder import heard
from tests.workflows.test_refusals import refused
from tests.workflows.world import BOTH, LAB_ONLY, World

CHINA = ZoneInfo("Asia/Shanghai")


async def arrive(world: World, permitted_for: int | None, *, single_entry: bool = True) -> tuple[str, date | None]:
    """A student arrives at CQMU with so many days of permitted stay; answers the last of them."""
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, StepKind.CHECK_IN)
    start = world.travellers[exchange].plan.start
    await world.advance(datetime.combine(start, time(22), CHINA) - world.clock.last)
    until = start + timedelta(days=permitted_for) if permitted_for is not None else None
    report = ReportArrival(
        report_id="arrived",
        actor=world.host(exchange, Role.HOUSING_OFFICER),
        arrived_at=world.clock.last,
        permitted_until=until,
        single_entry=single_entry,
    )
    await world.gateway.report_arrival(exchange, report)
    return exchange, until


async def move(world: World, exchange: str, movement: Movement, **more: object) -> None:
    """The housing officer reports a movement of just now."""
    values = {
        "report_id": f"m-{movement}-{world.clock.last:%j%H}",
        "actor": world.host(exchange, Role.HOUSING_OFFICER),
        "movement": movement,
        "moved_at": world.clock.last,
        **more,
    }
    await world.gateway.report_movement(exchange, ReportMovement.model_validate(values))


async def decide(world: World, exchange: str, kind: StepKind, outcome: str, until: date | None = None) -> None:
    """Whoever owes a step answers it."""
    step = await world.step(exchange, kind)
    actor = world.people.actor(step.owner)
    decision = Decide(
        decision_id=f"d-{step.step_id}", step_id=step.step_id, outcome=outcome, actor=actor, valid_through=until
    )
    await world.gateway.decide(decision)


async def spoken(world: World, exchange: str, kind: StepKind) -> list[tuple[str, str, int]]:
    """Reminders and escalations about a step: kind, reader, and days before its due day in China."""
    view = await world.view(exchange)
    due = {step.step_id: step.due_at.astimezone(CHINA).date() for step in view.steps}
    rows = [m for m in await world.messages(exchange) if m.step_id and f".{kind}." in m.step_id]
    found = [
        (m.kind, m.recipient_id, (due[m.step_id] - m.created_at.astimezone(CHINA).date()).days)
        for m in rows
        if m.kind in {"reminder", "escalation"} and m.step_id
    ]
    return sorted(found, key=lambda m: (-m[2], m[0], m[1]))


async def test_registration_runs_through_the_night_and_starts_anew(world: World) -> None:
    exchange, _ = await arrive(world, 200)
    first = await world.step(exchange, StepKind.REGISTER_RESIDENCE)
    assert first.due_at == world.clock.last + timedelta(hours=24)
    await world.advance(timedelta(hours=20))
    await move(world, exchange, Movement.MOVED)
    second = await world.step(exchange, StepKind.REGISTER_RESIDENCE)
    assert (second.step_id == first.step_id, second.due_at) == (False, world.clock.last + timedelta(hours=24))
    old = next(s for s in (await world.view(exchange)).steps if s.step_id == first.step_id)
    assert (old.status, old.outcome) == (StepStatus.CANCELLED, "cancelled")
    await decide(world, exchange, StepKind.REGISTER_RESIDENCE, "registered")
    await world.advance(timedelta(days=30))
    await move(world, exchange, Movement.LEFT_COUNTRY)
    assert StepKind.REGISTER_RESIDENCE not in {s.kind for s in await world.steps(exchange)}
    await world.advance(timedelta(days=3))
    await move(world, exchange, Movement.REENTERED, single_entry=False)
    third = await world.step(exchange, StepKind.REGISTER_RESIDENCE)
    assert third.due_at == world.clock.last + timedelta(hours=24)
    await world.advance(timedelta(hours=25))
    kinds = [kind for kind, _ in await heard(world, exchange, "register_residence")]
    assert kinds.count("escalation") == 2  # owner and coordinator, of the third alone


async def test_overstay_alarms_come_in_order_to_student_and_coordinator(world: World) -> None:
    exchange, until = await arrive(world, 40)
    step = await world.step(exchange, StepKind.WATCH_STAY)
    assert until is not None
    assert step.due_at == datetime.combine(until, time(23, 59, 59), CHINA)
    student = step.owner.person
    await world.advance(step.due_at + timedelta(minutes=1) - world.clock.last)
    assert await spoken(world, exchange, StepKind.WATCH_STAY) == [
        *(("reminder", who, days) for days in (30, 14, 7, 1) for who in sorted(("cqmu.coordinator", student))),
        *(("escalation", who, 0) for who in sorted(("cqmu.coordinator", "cqmu.head_of_office", student))),
    ]


async def test_an_extension_is_filed_in_time_granted_and_watched_anew(world: World) -> None:
    exchange, until = await arrive(world, 40)
    assert until is not None
    filing = await world.step(exchange, StepKind.FILE_EXTENSION)
    assert filing.due_at.astimezone(CHINA).date() == until - timedelta(days=7)
    await decide(world, exchange, StepKind.FILE_EXTENSION, "filed")
    waiting = await world.step(exchange, StepKind.AWAIT_EXTENSION)
    assert waiting.due_at.astimezone(CHINA).date() == world.clock.last.astimezone(CHINA).date() + timedelta(days=15)
    too_long = until + timedelta(days=41)
    await refused(
        BadInput, "answer.extension_too_long", decide(world, exchange, StepKind.AWAIT_EXTENSION, "granted", too_long)
    )
    await refused(BadInput, "field.missing", decide(world, exchange, StepKind.AWAIT_EXTENSION, "granted"))
    await refused(
        BadInput, "answer.extension_no_longer", decide(world, exchange, StepKind.AWAIT_EXTENSION, "granted", until)
    )
    granted = until + timedelta(days=30)
    await decide(world, exchange, StepKind.AWAIT_EXTENSION, "granted", granted)
    watch = await world.step(exchange, StepKind.WATCH_STAY)
    assert watch.due_at.astimezone(CHINA).date() == granted
    assert (await world.view(exchange)).permitted_until == granted
    assert len([s for s in await world.steps(exchange) if s.kind is StepKind.WATCH_STAY]) == 1


async def test_a_refused_extension_leaves_the_last_day_as_it_was(world: World) -> None:
    exchange, until = await arrive(world, 40)
    await decide(world, exchange, StepKind.FILE_EXTENSION, "filed")
    await decide(world, exchange, StepKind.AWAIT_EXTENSION, "refused")
    assert (await world.step(exchange, StepKind.WATCH_STAY)).due_at.astimezone(CHINA).date() == until
    assert StepKind.FILE_EXTENSION not in {s.kind for s in await world.steps(exchange)}


async def test_an_unknown_permitted_stay_is_asked_for(world: World) -> None:
    exchange, _ = await arrive(world, None)
    assert StepKind.WATCH_STAY not in {s.kind for s in await world.steps(exchange)}
    end = world.travellers[exchange].plan.end
    await decide(world, exchange, StepKind.RECORD_STAY, "recorded", end)
    assert (await world.step(exchange, StepKind.WATCH_STAY)).due_at.astimezone(CHINA).date() == end


async def test_leaving_on_a_single_entry_alerts_the_coordinator_at_once(world: World) -> None:
    exchange, _ = await arrive(world, 200)
    await decide(world, exchange, StepKind.REGISTER_RESIDENCE, "registered")
    await move(world, exchange, Movement.LEFT_COUNTRY)
    await world.step(exchange, StepKind.CONFIRM_REENTRY)
    assert await heard(world, exchange, "confirm_reentry") == [("step_opened", "cqmu.coordinator")]
    await world.advance(timedelta(days=1))
    await move(world, exchange, Movement.REENTERED)
    assert StepKind.CONFIRM_REENTRY not in {s.kind for s in await world.steps(exchange)}


async def test_leaving_on_a_multiple_entry_alerts_nobody(world: World) -> None:
    exchange, _ = await arrive(world, 200, single_entry=False)
    await move(world, exchange, Movement.LEFT_COUNTRY)
    assert StepKind.CONFIRM_REENTRY not in {s.kind for s in await world.steps(exchange)}


async def test_movements_that_cannot_be(world: World) -> None:
    before = await world.nominate(BOTH, rank=2)
    await refused(NotOpen, "student.not_arrived", move(world, before, Movement.MOVED))
    await world.gateway.withdraw(before, world.sending(before), note="Changed plans.")
    exchange, _ = await arrive(world, 200)
    await refused(BadInput, "movement.not_abroad", move(world, exchange, Movement.REENTERED))
    early = world.clock.last - timedelta(days=1)
    await refused(BadInput, "movement.before_last", move(world, exchange, Movement.MOVED, moved_at=early))
    future = world.clock.last + timedelta(hours=1)
    await refused(BadInput, "movement.not_yet", move(world, exchange, Movement.MOVED, moved_at=future))
    stranger = Actor(id="p-0", role=Role.STUDENT)
    await refused(NotAuthorised, "not_allowed.report_movement", move(world, exchange, Movement.MOVED, actor=stranger))
    await move(world, exchange, Movement.LEFT_COUNTRY)
    await refused(BadInput, "movement.abroad", move(world, exchange, Movement.MOVED, report_id="m-2"))


async def test_after_the_departure_no_clock_runs(world: World) -> None:
    exchange, _ = await arrive(world, 200)
    await world.finish(exchange)
    view = await world.view(exchange)
    watch = next(s for s in view.steps if s.kind is StepKind.WATCH_STAY)
    assert (watch.status, watch.outcome) == (StepStatus.DONE, "left")
    assert not [s for s in view.steps if s.status is StepStatus.OPEN]


async def test_in_the_countryside_registration_has_three_days(world: World) -> None:
    exchange, _ = await arrive(world, 200)
    await move(world, exchange, Movement.MOVED, rural=True)
    assert (await world.step(exchange, StepKind.REGISTER_RESIDENCE)).due_at == world.clock.last + timedelta(hours=72)
    await world.advance(timedelta(hours=2))
    await move(world, exchange, Movement.MOVED)
    assert (await world.step(exchange, StepKind.REGISTER_RESIDENCE)).due_at == world.clock.last + timedelta(hours=24)


async def test_who_arrives_in_the_countryside_has_three_days(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, StepKind.CHECK_IN)
    await world.until_day(exchange, 0)
    host = world.host(exchange, Role.HOUSING_OFFICER)
    report = ReportArrival(report_id="arrived", actor=host, arrived_at=world.clock.last, rural=True)
    await world.gateway.report_arrival(exchange, report)
    step = await world.step(exchange, StepKind.REGISTER_RESIDENCE)
    assert step.due_at == world.clock.last + timedelta(hours=72)
    await world.advance(timedelta(hours=73))
    assert [kind for kind, _ in await heard(world, exchange, "register_residence")].count("escalation") == 2


@pytest.mark.parametrize(("days_before", "late"), [(8, False), (7, False), (6, True)])
async def test_an_extension_filed_late_is_told_to_those_concerned(
    world: World, days_before: int, *, late: bool
) -> None:
    exchange, until = await arrive(world, 40)
    assert until is not None
    await world.advance(datetime.combine(until - timedelta(days=days_before), time(12), CHINA) - world.clock.last)
    await decide(world, exchange, StepKind.FILE_EXTENSION, "filed")
    told = sorted(m.recipient_id for m in await world.messages(exchange, "extension_filed_late"))
    student = (await world.step(exchange, StepKind.WATCH_STAY)).owner.person
    expected = ("cqmu.coordinator", "cqmu.head_of_office", "dartmouth.coordinator", student)
    assert told == (sorted(expected) if late else [])


async def test_a_stay_recorded_a_few_days_before_its_end_is_filed_late_at_once(world: World) -> None:
    exchange, _ = await arrive(world, None)
    soon = world.clock.last.astimezone(CHINA).date() + timedelta(days=3)
    await decide(world, exchange, StepKind.RECORD_STAY, "recorded", soon)
    await decide(world, exchange, StepKind.FILE_EXTENSION, "filed")
    assert len(await world.messages(exchange, "extension_filed_late")) == 4


async def test_no_extension_reaches_beyond_the_programme(world: World) -> None:
    exchange, _ = await arrive(world, 100)
    longest = latest_end(world.travellers[exchange].plan.start, world.programme.policy)
    await decide(world, exchange, StepKind.FILE_EXTENSION, "filed")
    day_after = longest + timedelta(days=1)
    granted = decide(world, exchange, StepKind.AWAIT_EXTENSION, "granted", day_after)
    await refused(BadInput, "answer.extension_beyond_programme", granted)
    await decide(world, exchange, StepKind.AWAIT_EXTENSION, "granted", longest)
    assert (await world.view(exchange)).permitted_until == longest


async def arrive_for(world: World, days: int) -> tuple[str, date]:
    """A student arrives for so many days on a visa that is good for thirty; answers the planned last day."""
    start = first_monday(world.clock.last.date())
    end = start + timedelta(days=days - 1)
    exchange = await world.nominate(LAB_ONLY, end=end.isoformat(), laboratory_end=end.isoformat())
    await world.until(exchange, StepKind.CHECK_IN)
    await world.until_day(exchange, 0)
    report = ReportArrival(
        report_id="arrived",
        actor=world.host(exchange, Role.HOUSING_OFFICER),
        arrived_at=world.clock.last,
        permitted_until=start + timedelta(days=30),
    )
    await world.gateway.report_arrival(exchange, report)
    return exchange, end


async def test_a_stay_of_180_days_has_its_visa_extended(world: World) -> None:
    exchange, _ = await arrive_for(world, 180)
    kinds = {step.kind for step in await world.steps(exchange)}
    assert (StepKind.FILE_EXTENSION in kinds, StepKind.APPLY_RESIDENCE_PERMIT in kinds) == (True, False)


async def test_a_stay_of_181_days_needs_a_residence_permit_and_overstay_counts_from_it(world: World) -> None:
    exchange, end = await arrive_for(world, 181)
    kinds = {step.kind for step in await world.steps(exchange)}
    assert (StepKind.FILE_EXTENSION in kinds, StepKind.APPLY_RESIDENCE_PERMIT in kinds) == (False, True)
    await decide(world, exchange, StepKind.APPLY_RESIDENCE_PERMIT, "applied")
    waiting = await world.step(exchange, StepKind.AWAIT_PERMIT)
    today = world.clock.last.astimezone(CHINA).date()
    assert waiting.due_at.astimezone(CHINA).date() == today + timedelta(days=15)
    await decide(world, exchange, StepKind.AWAIT_PERMIT, "refused")
    await decide(world, exchange, StepKind.APPLY_RESIDENCE_PERMIT, "applied")
    await decide(world, exchange, StepKind.AWAIT_PERMIT, "granted", end)
    watches = [step for step in await world.steps(exchange) if step.kind is StepKind.WATCH_STAY]
    assert [step.due_at.astimezone(CHINA).date() for step in watches] == [end]
    assert StepKind.FILE_EXTENSION not in {step.kind for step in await world.steps(exchange)}


async def test_a_permit_that_ends_a_day_before_the_stay_is_renewed_in_time(world: World) -> None:
    exchange, end = await arrive_for(world, 181)
    await decide(world, exchange, StepKind.APPLY_RESIDENCE_PERMIT, "applied")
    day_before = end - timedelta(days=1)
    await decide(world, exchange, StepKind.AWAIT_PERMIT, "granted", day_before)
    renewal = await world.step(exchange, StepKind.FILE_EXTENSION)
    assert renewal.due_at.astimezone(CHINA).date() == day_before - timedelta(days=30)
    await decide(world, exchange, StepKind.FILE_EXTENSION, "filed")
    await decide(world, exchange, StepKind.AWAIT_EXTENSION, "granted", end)
    assert (await world.view(exchange)).permitted_until == end
