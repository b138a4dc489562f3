"""Days are days of the place where things happen, in what is accepted, refused, offered and recorded."""

from datetime import datetime, time, timedelta

import pytest

from models.errors import BadInput
from models.messages.exchange import EndEarly, ReportAttendance, ReportDeparture
from models.vocabulary import Content, Outcome, Role, StepKind
from portal.answer_forms import answers_of
from tests.workflows.test_legal_clocks import CHINA
from tests.workflows.test_refusals import refused
from tests.workflows.world import BOTH, LAB_ONLY, World

MORNING = time(7, 30)
"""In Chongqing; in UTC it is the day before."""


async def _to_a_morning(world: World, days: int = 1) -> datetime:
    """Go on to half past seven in the morning in Chongqing, so many days from now."""
    there = world.clock.last.astimezone(CHINA).date() + timedelta(days=days)
    await world.advance(datetime.combine(there, MORNING, CHINA) - world.clock.last)
    return world.clock.last.astimezone(CHINA)


async def test_who_leaves_in_the_morning_has_left_today(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, StepKind.DEPART)
    today = (await _to_a_morning(world)).date()
    host = world.host(exchange, Role.HOUSING_OFFICER)
    tomorrow = ReportDeparture(report_id="d1", actor=host, departed_on=today + timedelta(days=1))
    await refused(BadInput, "departure.not_yet", world.gateway.report_departure(exchange, tomorrow))
    await world.gateway.report_departure(exchange, tomorrow.model_copy(update={"departed_on": today}))
    assert (await world.view(exchange)).departed_on == today


async def test_nobody_has_failed_to_come_before_the_first_day_is_over_there(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    step = await world.until(exchange, StepKind.CHECK_IN)
    start = world.travellers[exchange].plan.start
    await world.advance(datetime.combine(start, time(23, 30), CHINA) - world.clock.last)
    policy = world.programme.policy
    assert "no_show" not in {choice.outcome for choice in answers_of(step, policy, world.clock.last)}
    await refused(BadInput, "answer.before_start", world.people.decide(step, "no_show"))
    await _to_a_morning(world)
    assert "no_show" in {choice.outcome for choice in answers_of(step, policy, world.clock.last)}
    first = start
    late = {"field.missing": None, "answer.day_before": first, "answer.day_ahead": first + timedelta(days=2)}
    for message, day in late.items():
        await refused(BadInput, message, world.people.decide(step, "no_show", valid_through=day))
    await world.people.decide(step, "no_show", valid_through=first + timedelta(days=1))
    assert (await world.view(exchange)).outcome is Outcome.NO_SHOW


@pytest.mark.parametrize("justified", [True, False])
async def test_a_stay_can_end_on_the_day_that_has_begun_there(world: World, *, justified: bool) -> None:
    exchange = await world.nominate(BOTH)
    await world.until(exchange, StepKind.ORIENTATION)
    await world.until_day(exchange, 5)
    today = (await _to_a_morning(world)).date()
    end = EndEarly(decision_id="e1", actor=world.host(exchange), last_day=today, justified=justified)
    await world.gateway.end_early(exchange, end)


async def test_hours_of_the_day_that_has_begun_there_may_be_reported(world: World) -> None:
    exchange = await world.nominate(BOTH)
    await world.until(exchange, StepKind.ORIENTATION)
    await world.until_day(exchange, 2)
    today = (await _to_a_morning(world)).date()
    hours = ReportAttendance(
        report_id="a1",
        actor=world.host(exchange),
        content=Content.ACADEMIC_LECTURES,
        first_day=today,
        last_day=today,
        hours_planned=2,
        hours_attended=2,
    )
    tomorrow = hours.model_copy(update={"first_day": today + timedelta(days=1), "last_day": today + timedelta(days=1)})
    await refused(BadInput, "attendance.not_yet", world.gateway.report_attendance(exchange, tomorrow))
    await world.gateway.report_attendance(exchange, hours)
