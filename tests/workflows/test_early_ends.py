"""An early end: the law's clocks run until the departure, and what the law wants of it is asked for (D26, D40)."""

import asyncio
from datetime import date, datetime, time, timedelta

import pytest

from demo.cohort import CQMU
from models.errors import BadInput, NotOpen
from models.messages.exchange import EndEarly, ReportDeparture
from models.vocabulary import Movement, Outcome, Role, StepKind, StepStatus
from tests.workflows.test_legal_clocks import CHINA, arrive, decide, move, spoken
from tests.workflows.test_refusals import refused
from tests.workflows.world import World

K = StepKind


async def end(world: World, exchange: str, last_day: date, *, justified: bool) -> None:
    """The host ends a stay on a day."""
    values = EndEarly(
        decision_id=f"{exchange}.ended.{last_day}", actor=world.host(exchange), last_day=last_day, justified=justified
    )
    world.travellers[exchange].last_day = last_day
    await world.gateway.end_early(exchange, values)


async def check_out(world: World, exchange: str) -> None:
    """The housing officer reports today's departure."""
    report = ReportDeparture(
        report_id="out", actor=world.host(exchange, Role.HOUSING_OFFICER), departed_on=today(world)
    )
    await world.gateway.report_departure(exchange, report)


def today(world: World) -> date:
    """In China."""
    return world.clock.last.astimezone(CHINA).date()


async def owed(world: World, exchange: str) -> set[StepKind]:
    """Kinds of the open steps."""
    return {step.kind for step in await world.steps(exchange)}


async def opened(world: World, exchange: str, kind: StepKind) -> None:
    """Once a step is open: a rotation answers first that it is over."""
    async with asyncio.timeout(30):
        while kind not in await owed(world, exchange):  # noqa: ASYNC110 - the records tell no event
            await asyncio.sleep(0.05)


async def nights(world: World, exchange: str) -> date | None:
    """The last night for which the bed is kept."""
    bed = (await world.view(exchange)).bed
    return bed.last_night if bed else None


@pytest.mark.parametrize("justified", [True, False])
async def test_the_clocks_of_the_law_run_until_the_departure(world: World, *, justified: bool) -> None:
    exchange, until = await arrive(world, 40)
    await world.advance(timedelta(hours=2))
    await end(world, exchange, today(world), justified=justified)
    assert until is not None
    await opened(world, exchange, K.REPORT_LEAVING)
    kept = {K.REGISTER_RESIDENCE, K.WATCH_STAY, K.DEPART, K.REPORT_LEAVING}
    assert await owed(world, exchange) - {K.EVALUATE_STUDENT} == kept | ({K.EVALUATE_PROGRAMME} if justified else set())
    report = await world.step(exchange, K.REPORT_LEAVING)
    assert report.due_at.astimezone(CHINA).date() == today(world) + timedelta(days=10)
    await world.advance(datetime.combine(until, time(23, 59, 59), CHINA) + timedelta(minutes=1) - world.clock.last)
    assert [days for kind, who, days in await spoken(world, exchange, K.WATCH_STAY) if who == "cqmu.coordinator"] == [
        *(30, 14, 7, 1, 0)
    ]
    assert (K.REGISTER_RESIDENCE in await owed(world, exchange), await world.is_closed(exchange)) == (True, False)
    await check_out(world, exchange)
    assert not await owed(world, exchange) & {K.REGISTER_RESIDENCE, K.WATCH_STAY, K.DEPART}
    watch = next(step for step in (await world.view(exchange)).steps if step.kind is K.WATCH_STAY)
    assert (watch.status, watch.outcome) == (StepStatus.DONE, "left")
    result = await world.finish(exchange)
    assert result.outcome is (Outcome.ENDED_EARLY_JUSTIFIED if justified else Outcome.ENDED_EARLY_UNJUSTIFIED)
    closed = next(step for step in (await world.view(exchange)).steps if step.kind is K.REPORT_LEAVING)
    assert closed.outcome == "reported"


async def test_the_bed_is_kept_until_the_check_out_and_then_given_back(world: World) -> None:
    exchange, _ = await arrive(world, 200)
    planned = await nights(world, exchange)
    await world.advance(timedelta(days=3))
    await end(world, exchange, today(world), justified=False)
    await world.advance(timedelta(days=5))
    assert await nights(world, exchange) == planned
    await check_out(world, exchange)
    out = today(world)
    await world.finish(exchange)
    assert await nights(world, exchange) == out - timedelta(days=1)
    cohort = await world.gateway.cohort_status((await world.view(exchange)).cohort_id)
    assert [seat.exchange_id for seat in cohort.seats] == [exchange]


@pytest.mark.parametrize("justified", [True, False])
async def test_an_end_is_announced_for_a_day_ahead(world: World, *, justified: bool) -> None:
    exchange, _ = await arrive(world, 200)
    await world.advance(timedelta(hours=2))
    plan, last = world.travellers[exchange].plan, today(world) + timedelta(days=20)
    day_after = plan.end + timedelta(days=1)
    await refused(BadInput, "last_day.outside_stay", end(world, exchange, day_after, justified=justified))
    await end(world, exchange, last, justified=justified)
    assert {K.ORIENTATION, K.REGISTER_RESIDENCE, K.WATCH_STAY, K.DEPART} <= await owed(world, exchange)
    depart = await world.step(exchange, K.DEPART)
    assert depart.due_at.astimezone(CHINA).date() == last + timedelta(days=2)
    await refused(NotOpen, "exchange.ending", end(world, exchange, last - timedelta(days=1), justified=justified))
    await world.advance(datetime.combine(last, time(7, 59), CHINA) - world.clock.last)
    assert K.REPORT_LEAVING not in await owed(world, exchange)
    assert {K.ORIENTATION, K.EVALUATE_PROGRAMME} <= await owed(world, exchange)
    await world.advance(timedelta(minutes=2))
    await opened(world, exchange, K.REPORT_LEAVING)
    assert K.ORIENTATION not in await owed(world, exchange)
    assert (K.EVALUATE_PROGRAMME in await owed(world, exchange)) is justified
    await world.finish(exchange)
    assert (await world.view(exchange)).departed_on == last


async def test_who_leaves_before_the_announced_day_has_ended_the_stay_then(world: World) -> None:
    exchange, _ = await arrive(world, 200)
    await world.advance(timedelta(days=4))
    await end(world, exchange, today(world) + timedelta(days=20), justified=False)
    await world.advance(timedelta(days=2))
    await check_out(world, exchange)
    await opened(world, exchange, K.REPORT_LEAVING)
    assert await owed(world, exchange) == {K.REPORT_LEAVING}
    due = (await world.step(exchange, K.REPORT_LEAVING)).due_at.astimezone(CHINA).date()
    assert due == today(world) + timedelta(days=10)
    out = today(world)
    await world.finish(exchange)
    placement = (await world.view(exchange)).placements[0]
    assert placement.released_from == out


async def test_in_the_united_states_sevis_is_told_and_the_student_has_thirty_days(world: World) -> None:
    exchange = await in_america(world)
    last = world.clock.last.date()
    await end(world, exchange, last, justified=True)
    await opened(world, exchange, K.END_SEVIS)
    assert K.VALIDATE_SEVIS in await owed(world, exchange)
    report, leave = await world.step(exchange, K.END_SEVIS), await world.step(exchange, K.LEAVE_AFTER_END)
    assert [(step.due_at - timedelta(hours=12)).date() - last for step in (report, leave)] == [
        timedelta(days=10),
        timedelta(days=30),
    ]
    await world.advance(timedelta(days=29))
    assert {K.END_SEVIS, K.LEAVE_AFTER_END, K.VALIDATE_SEVIS} <= await owed(world, exchange)
    await check_out(world, exchange)
    assert not await owed(world, exchange) & {K.LEAVE_AFTER_END, K.VALIDATE_SEVIS}
    await world.finish(exchange)


async def in_america(world: World) -> str:
    """A student of CQMU who has arrived at Dartmouth two days ago."""
    exchange = await world.nominate(CQMU[0])
    await world.until(exchange, K.VALIDATE_SEVIS)
    await world.advance(timedelta(days=2))
    return exchange


async def test_who_moves_before_the_departure_is_registered_anew(world: World) -> None:
    exchange, _ = await arrive(world, 200)
    await decide(world, exchange, K.REGISTER_RESIDENCE, "registered")
    await world.advance(timedelta(days=2))
    await end(world, exchange, today(world), justified=False)
    await move(world, exchange, Movement.MOVED)
    assert (await world.step(exchange, K.REGISTER_RESIDENCE)).due_at == world.clock.last + timedelta(hours=24)
    await world.advance(timedelta(hours=1))
    await move(world, exchange, Movement.LEFT_COUNTRY)
    assert K.CONFIRM_REENTRY not in await owed(world, exchange)


async def test_an_operator_who_cancels_a_begun_stay_ends_it_early(world: World) -> None:
    exchange, _ = await arrive(world, 200)
    await world.handle(exchange).cancel()
    await world.advance(timedelta(hours=1))
    await opened(world, exchange, K.REPORT_LEAVING)
    assert await owed(world, exchange) == {K.REGISTER_RESIDENCE, K.WATCH_STAY, K.DEPART, K.REPORT_LEAVING}
    result = await world.finish(exchange)
    assert (result.outcome, result.reason) == (Outcome.ENDED_EARLY_UNJUSTIFIED, "cancelled_by_operator")
