"""What was reported of a stay is corrected: what counts from it counts anew, both stay on record."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from models.errors import BadInput, Conflict, NotAuthorised, NotOpen
from models.events import LeavingBegan, ReportCorrected, StepClosed
from models.messages.corrections import CorrectReport, Reported
from models.people.authorization import Actor
from models.vocabulary import Movement, Role, StepKind, StepStatus
from tests.databases import Database
from tests.workflows.telling import opened
from tests.workflows.test_ladder import heard
from tests.workflows.test_legal_clocks import CHINA, arrive, decide, move
from tests.workflows.test_refusals import refused
from tests.workflows.test_resuming import Resuming
from tests.workflows.world import LAB_ONLY, World

HOURS = timedelta(hours=1)


async def correct(
    world: World, exchange: str, reported: Reported, *, note: str = "It was typed wrong.", **more: Any
) -> None:
    """The housing officer corrects a report."""
    values = {
        "decision_id": f"k-{reported}-{world.clock.last:%j%H%M}",
        "actor": world.host(exchange, Role.HOUSING_OFFICER),
        "reported": reported,
        **more,
    }
    await world.gateway.correct_report(exchange, CorrectReport.model_validate(values), note=note)


async def test_the_law_counts_from_the_corrected_arrival(world: World) -> None:
    exchange, _ = await arrive(world, 200)
    arrived = (await world.view(exchange)).arrived_at
    assert arrived is not None
    orientation = (await world.step(exchange, StepKind.ORIENTATION)).due_at
    await correct(world, exchange, Reported.ARRIVAL, happened_at=arrived - 5 * HOURS)
    view = await world.view(exchange)
    assert view.arrived_at == arrived - 5 * HOURS
    assert (await world.step(exchange, StepKind.REGISTER_RESIDENCE)).due_at == arrived + 19 * HOURS
    assert (await world.step(exchange, StepKind.ORIENTATION)).due_at == orientation
    [event] = [one.event for one in view.timeline if isinstance(one.event, ReportCorrected)]
    assert (event.happened_before, event.entered_before, event.days_late) == (arrived, arrived, 0)
    [why] = [one.note for one in view.timeline if one.kind == "report_corrected"]
    assert why == "It was typed wrong."


async def test_a_deadline_that_was_missed_by_the_corrected_arrival_escalates_at_once(world: World) -> None:
    exchange, _ = await arrive(world, 200)
    arrived = (await world.view(exchange)).arrived_at
    assert arrived is not None
    await world.advance(10 * HOURS)
    assert "escalation" not in {kind for kind, _ in await heard(world, exchange, "register_residence")}
    await correct(world, exchange, Reported.ARRIVAL, happened_at=arrived - 20 * HOURS)
    await world.advance(timedelta(minutes=10))
    assert "escalation" in {kind for kind, _ in await heard(world, exchange, "register_residence")}


async def test_what_was_answered_stays_answered_and_a_new_address_keeps_its_clock(world: World) -> None:
    exchange, _ = await arrive(world, 200)
    arrived = (await world.view(exchange)).arrived_at
    assert arrived is not None
    await decide(world, exchange, StepKind.REGISTER_RESIDENCE, "registered")
    await world.advance(3 * HOURS)
    await move(world, exchange, Movement.MOVED)
    moved = world.clock.last
    await correct(world, exchange, Reported.ARRIVAL, happened_at=arrived - HOURS, decision_id="k-1")
    assert (await world.step(exchange, StepKind.REGISTER_RESIDENCE)).due_at == moved + 24 * HOURS
    await correct(world, exchange, Reported.MOVEMENT, happened_at=moved - HOURS, decision_id="k-2")
    assert (await world.step(exchange, StepKind.REGISTER_RESIDENCE)).due_at == moved + 23 * HOURS
    closed = [one for one in (await world.view(exchange)).steps if one.kind is StepKind.REGISTER_RESIDENCE]
    assert [one.status for one in closed] == [StepStatus.DONE, StepStatus.OPEN]
    await refused(
        BadInput,
        "correction.after_movement",
        correct(world, exchange, Reported.ARRIVAL, happened_at=moved, decision_id="k-3"),
    )


async def test_who_does_not_return_left_on_the_corrected_day(world: World) -> None:
    exchange, _ = await arrive(world, 200)
    await world.advance(timedelta(days=9))
    await move(world, exchange, Movement.LEFT_COUNTRY)
    left = world.clock.last
    due = (await world.step(exchange, StepKind.CONFIRM_REENTRY)).due_at
    await world.advance(2 * HOURS)
    await correct(world, exchange, Reported.MOVEMENT, happened_at=left - timedelta(days=4))
    step = await world.step(exchange, StepKind.CONFIRM_REENTRY)
    assert step.due_at < due
    before = (left - timedelta(days=5)).astimezone(CHINA).date()
    answer: dict[str, Any] = {"note": "Family.", "justified": True}
    await refused(
        BadInput, "answer.day_before", world.people.decide(step, "not_returning", valid_through=before, **answer)
    )
    known = left.astimezone(CHINA).date()
    await world.people.decide(step, "not_returning", valid_through=known, **answer)
    [begun] = [one.event for one in (await world.view(exchange)).timeline if isinstance(one.event, LeavingBegan)]
    assert begun.last_day == known - timedelta(days=4)


async def test_the_certificate_states_the_corrected_departure(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, StepKind.DEPART)
    await world.people.answer(await world.step(exchange, StepKind.DEPART), world.travellers[exchange])
    view = await world.view(exchange)
    assert view.departed_on is not None
    assert view.closed_at is None
    day = view.departed_on - timedelta(days=1)
    await refused(BadInput, "correction.nothing", correct(world, exchange, Reported.DEPARTURE, on=view.departed_on))
    tomorrow = world.clock.last.astimezone(CHINA).date() + timedelta(days=1)
    await refused(BadInput, "departure.not_yet", correct(world, exchange, Reported.DEPARTURE, on=tomorrow))
    await correct(world, exchange, Reported.DEPARTURE, on=day)
    assert (await world.view(exchange)).departed_on == day
    await world.finish(exchange)
    view = await world.view(exchange)
    assert (view.departed_on, [one.departed_on for one in view.certificates]) == (day, [day])


async def test_corrections_that_cannot_be(world: World) -> None:
    exchange, _ = await arrive(world, 200)
    arrived = (await world.view(exchange)).arrived_at
    assert arrived is not None
    right: dict[str, Any] = {"happened_at": arrived - HOURS}
    stranger = Actor(id="dartmouth.coordinator", role=Role.COORDINATOR, institution="dartmouth")
    for error, message, more in (
        (NotAuthorised, "not_allowed.correct_report", right | {"actor": stranger}),
        (BadInput, "field.missing", right | {"note": ""}),
        (BadInput, "field.missing", {}),
        (BadInput, "arrival.not_yet", {"happened_at": world.clock.last + HOURS}),
        (BadInput, "entry.after_arrival", right | {"entered_at": arrived}),
        (BadInput, "correction.nothing", {"happened_at": arrived}),
        (Conflict, "arrival.far_from_start", {"happened_at": arrived - timedelta(days=9)}),
    ):
        await refused(error, message, correct(world, exchange, Reported.ARRIVAL, **more))
    await refused(NotOpen, "student.not_left", correct(world, exchange, Reported.DEPARTURE, on=arrived.date()))
    await refused(NotOpen, "movement.none", correct(world, exchange, Reported.MOVEMENT, **right))
    for _ in range(2):
        await correct(world, exchange, Reported.ARRIVAL, decision_id="k-9", **right)
    told = [one for one in (await world.view(exchange)).timeline if one.kind == "report_corrected"]
    assert len(told) == 1


async def test_leaving_the_country_for_good_says_when(world: World) -> None:
    exchange, _ = await arrive(world, 200)
    here = ZoneInfo(world.programme.zone_of("cqmu"))
    today = world.clock.last.astimezone(here).date()
    step = await world.step(exchange, StepKind.WATCH_STAY)
    for message, day in (
        ("field.missing", None),
        ("answer.day_ahead", today + timedelta(days=1)),
        ("answer.day_before", today - timedelta(days=1)),
    ):
        await refused(BadInput, message, decide(world, exchange, StepKind.WATCH_STAY, "left", day))
    await decide(world, exchange, StepKind.WATCH_STAY, "left", today)
    events = [one.event for one in (await world.view(exchange)).timeline]
    [closed] = [one for one in events if isinstance(one, StepClosed) and one.step_id == step.step_id]
    assert (closed.outcome, closed.valid_through) == ("left", today)


async def test_a_withdrawal_says_since_when(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, StepKind.SUBMIT_DOCUMENTS)
    sending, today = world.sending(exchange), world.clock.last.date()
    opened = (await world.view(exchange)).opened_at.astimezone(CHINA).date()
    for message, day in (
        ("answer.day_ahead", today + timedelta(days=2)),
        ("answer.day_before", opened - timedelta(days=1)),
    ):
        await refused(
            BadInput, message, world.gateway.withdraw(exchange, sending, decision_id=f"w-{day}", declared_on=day)
        )
    await world.gateway.withdraw(exchange, sending, decision_id="w", declared_on=opened)
    [begun] = [one.event for one in (await world.view(exchange)).timeline if isinstance(one.event, LeavingBegan)]
    assert begun.declared_on == opened


async def test_corrections_are_known_again_from_the_records(sqlite_database: Database, tmp_path: Path) -> None:
    async with opened(Resuming, sqlite_database, tmp_path / "resumed") as world:
        exchange, _ = await arrive(world, 200)
        arrived = (await world.view(exchange)).arrived_at
        assert arrived is not None
        await correct(world, exchange, Reported.ARRIVAL, happened_at=arrived - 5 * HOURS, decision_id="k-1")
        assert (await world.step(exchange, StepKind.REGISTER_RESIDENCE)).due_at == arrived + 19 * HOURS
        await world.advance(20 * HOURS)
        assert "escalation" in {kind for kind, _ in await heard(world, exchange, "register_residence")}
        await correct(world, exchange, Reported.ARRIVAL, happened_at=arrived - 4 * HOURS, decision_id="k-2")
        assert (await world.step(exchange, StepKind.REGISTER_RESIDENCE)).due_at == arrived + 20 * HOURS
        await decide(world, exchange, StepKind.REGISTER_RESIDENCE, "registered")
        await world.advance(timedelta(days=6))
        await move(world, exchange, Movement.LEFT_COUNTRY)
        left = world.clock.last
        await correct(world, exchange, Reported.MOVEMENT, happened_at=left - timedelta(days=2), decision_id="k-3")
        step, known = await world.step(exchange, StepKind.CONFIRM_REENTRY), left.astimezone(CHINA).date()
        await world.people.decide(step, "not_returning", note="Family.", justified=True, valid_through=known)
        [begun] = [one.event for one in (await world.view(exchange)).timeline if isinstance(one.event, LeavingBegan)]
        assert begun.last_day == known - timedelta(days=2)
        assert world.resumed > 5
