"""Intakes, hours and days as they are lived: closing days, silent partners, lowered numbers, late arrivals, hours."""

import asyncio
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from gateway.intakes import Intakes, due_cohorts
from models.errors import BadInput, Conflict, NotAuthorised
from models.identifiers import CohortKey
from models.messages.cohorts import SetQuota
from models.messages.exchange import ReportArrival, ReportAttendance
from models.views import MessageFilter
from models.vocabulary import Content, Direction, Outcome, Role, StepKind
from tests.workflows.situations import nominated
from tests.workflows.test_cohort import approved, students
from tests.workflows.test_refusals import STRANGER, refused
from tests.workflows.test_suspension import EVERYBODY, resume, suspend
from tests.workflows.world import LAB_ONLY, World

CHINA = ZoneInfo("Asia/Shanghai")
K = StepKind
OFFICE = "cqmu.programme_office"


async def kinds(world: World, exchange: str) -> set[StepKind]:
    return {step.kind for step in await world.steps(exchange)}


@pytest.mark.parametrize(("days", "opens"), [(28, K.VERIFY_NOMINATION), (27, K.ADMIT_LATE)])
async def test_four_weeks_before_the_stay_the_programme_office_decides(
    world: World, days: int, opens: StepKind
) -> None:
    today = world.clock.last.astimezone(ZoneInfo("America/New_York")).date()
    exchange = await nominated(world, today + timedelta(days=days), weeks=12)
    assert await kinds(world, exchange) == {opens}
    step = await world.step(exchange, opens)
    if opens is K.ADMIT_LATE:
        assert (step.owner.role, step.owner.institution) == (Role.PROGRAMME_OFFICE, "")
        await refused(
            NotAuthorised, "not_allowed.answer", world.people.decide(step, "admitted", actor=world.host(exchange))
        )
        await world.people.decide(step, "admitted")
        assert await kinds(world, exchange) == {K.VERIFY_NOMINATION}


async def test_a_late_nomination_goes_on_when_its_story_is_told_again(world: World) -> None:
    exchange = await nominated(world, world.clock.last.date() + timedelta(days=20), weeks=12)
    await world.handle(exchange).signal("catch_up")
    await world.people.decide(await world.step(exchange, K.ADMIT_LATE), "admitted")
    await world.handle(exchange).signal("catch_up")
    await world.until(exchange, K.SUBMIT_DOCUMENTS)


async def test_no_step_of_a_late_nomination_is_due_before_it_opened(world: World) -> None:
    exchange = await nominated(world, world.clock.last.astimezone(CHINA).date() + timedelta(days=2), weeks=12)
    await world.until(exchange, K.ORIENTATION)
    view = await world.view(exchange)
    assert {K.ADMIT_LATE, K.HOST_APPROVAL, K.CONFIRM_ARRIVAL, K.CHECK_IN} <= {step.kind for step in view.steps}
    for step in view.steps:
        assert step.due_at >= step.opened_at >= view.opened_at, step.kind


async def test_a_partner_who_nominates_nobody_is_told_of_when_the_intake_closes(world: World) -> None:
    key = CohortKey(sending="dartmouth", host="cqmu", year=world.clock.last.year + 1, direction=Direction.INCOMING)
    closes = world.programme.nominations_close_at(key)
    intakes = Intakes(world.gateway.open_cohort, world.programme, lambda: closes - timedelta(days=100))
    assert key in due_cohorts(world.programme, closes - timedelta(days=100))
    opened = await intakes.open_due()
    assert await intakes.open_due() == opened == 4
    await world.advance(closes - world.clock.last - timedelta(minutes=1))
    assert not await told_of(world, key)
    await world.advance(timedelta(minutes=2))
    cohort = await world.reading.cohort(key.id)
    assert cohort is not None
    assert cohort.closed_below_minimum
    assert await told_of(world, key) == {"dartmouth.coordinator", "cqmu.coordinator", OFFICE}


async def told_of(world: World, key: CohortKey) -> set[str]:
    """Who is told that it closed with fewer students than agreed."""
    found = await world.reading.messages(MessageFilter(kind="cohort_below_minimum", limit=1000))
    return {m.key.rsplit(":", 1)[1] for m in found if m.key.startswith(f"{key.id}:")}


async def test_a_number_of_seats_is_lowered_down_to_those_taken(world: World) -> None:
    exchanges = await approved(world, 2)
    cohort = (await world.view(exchanges[0])).cohort_id
    office = world.people.officer("cqmu", Role.PROGRAMME_OFFICE)
    lower = SetQuota(decision_id="q2", actor=office, cap=1)
    await refused(Conflict, "cap.below_taken field=cap seats=2", world.gateway.set_quota(cohort, lower))
    await world.gateway.set_quota(cohort, SetQuota(decision_id="q3", actor=office, cap=2))
    recorded = await world.reading.cohort(cohort)
    assert recorded is not None
    assert (recorded.cap, recorded.free) == (2, 0)
    third = await nominated_third(world)
    assert (await world.gateway.cohort_status(cohort)).waitlist == (third,)


async def nominated_third(world: World) -> str:
    exchange = await world.nominate(students(3)[-1], rank=3)
    await world.people.decide(await world.until(exchange, K.SENDING_APPROVAL), "approve")
    for _ in range(100):
        if (await world.view(exchange)).waitlist_position:
            break
        await asyncio.sleep(0.05)
    return exchange


async def test_an_arrival_far_from_the_first_day_asks_before_it_is_recorded(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, K.CHECK_IN)
    assert world.travellers[exchange].plan.start - world.clock.last.date() > timedelta(days=8)
    report = ReportArrival(report_id="a1", actor=world.host(exchange), arrived_at=world.clock.last)
    await refused(Conflict, "arrival.far_from_start", world.gateway.report_arrival(exchange, report))
    assert K.CHECK_IN in await kinds(world, exchange)
    await world.gateway.report_arrival(exchange, report.model_copy(update={"confirmed": True}))
    assert (await world.view(exchange)).arrived_at == report.arrived_at


@pytest.mark.parametrize(("late", "earned"), [(1, True), (2, True), (3, False)])
async def test_four_weeks_that_begin_late_are_judged_as_was_said_before(world: World, late: int, earned: bool) -> None:
    first = world.clock.last.astimezone(CHINA).date() + timedelta(weeks=11)
    exchange = await nominated(world, first, weeks=4)
    await world.until(exchange, K.CHECK_IN)
    assert (await world.view(exchange)).latest_arrival == first + timedelta(days=2)
    await world.advance(datetime.combine(first + timedelta(days=late), time(12), CHINA) - world.clock.last)
    await world.people.answer(await world.step(exchange, K.CHECK_IN), world.travellers[exchange])
    told = {str(m.recipient_role) for m in await world.messages(exchange, "arrived")}
    assert told == {"student", "coordinator", "partner_office"}
    if earned:
        assert (await world.finish(exchange)).certificate is not None
    else:
        step = await world.until(exchange, K.SETTLE_CERTIFICATE)
        assert step.subject == "D1.duration"
        assert (await world.finish(exchange)).outcome is Outcome.COMPLETED


def laboratory(world: World, exchange: str, report: str, first: date, last: date, hours: float) -> ReportAttendance:
    return ReportAttendance(
        report_id=report,
        actor=world.host(exchange),
        content=Content.LABORATORY,
        placement_id=f"{exchange}.laboratory.1",
        first_day=first,
        last_day=last,
        hours_planned=hours,
        hours_attended=hours,
    )


async def test_each_day_is_reported_once_and_corrected_with_before_and_after(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, K.ORIENTATION)
    await world.until_day(exchange, 3)
    start = world.travellers[exchange].plan.start
    week = (start, start + timedelta(days=6))
    send = world.gateway.report_attendance
    missed = laboratory(world, exchange, "h1", *week, 10).model_copy(update={"hours_attended": 0.5})
    await send(exchange, missed)

    def again(report: str, hours: float, **also: object) -> ReportAttendance:
        return laboratory(world, exchange, report, *week, hours).model_copy(update=also)

    await refused(BadInput, "hours.more_than_period", send(exchange, again("h2", 85, corrects="h1")))
    await refused(Conflict, "attendance.reported_already", send(exchange, again("h3", 84)))
    later = laboratory(world, exchange, "h4", week[1], week[1] + timedelta(days=1), 5)
    await refused(Conflict, "attendance.reported_already", send(exchange, later))
    await refused(BadInput, "attendance.nothing_to_correct", send(exchange, again("h5", 10, corrects="h9")))
    await refused(NotAuthorised, "not_allowed", send(exchange, again("h6", 10, corrects="h1", actor=STRANGER)))
    await send(exchange, again("h7", 10, corrects="h1", hours_attended=9.5))
    await refused(BadInput, "attendance.nothing_to_correct", send(exchange, again("h8", 10, corrects="h1")))
    next_week = laboratory(world, exchange, "h10", week[1] + timedelta(days=1), week[1] + timedelta(days=7), 30)
    await send(exchange, next_week)

    view = await world.view(exchange)
    assert [(one.report_id, one.hours_planned, one.hours_attended) for one in view.attendance] == [
        ("h7", 10, 9.5),
        ("h10", 30, 30),
    ]
    events = [one.event for one in view.timeline if one.kind == "attendance_reported"]
    assert [(e.report_id, e.corrects, e.planned_before, e.attended_before) for e in events] == [  # type: ignore[union-attr]
        ("h1", None, None, None),
        ("h7", "h1", 10, 0.5),
        ("h10", None, None, None),
    ]


async def test_hours_of_a_rotation_that_is_over_are_completed_and_corrected(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, K.EVALUATE_STUDENT)
    await world.until_day(exchange, 16)
    plan = world.travellers[exchange].plan
    first = laboratory(world, exchange, "h1", plan.start, plan.start + timedelta(days=6), 30)
    await world.gateway.report_attendance(exchange, first)
    step = await world.step(exchange, K.EVALUATE_STUDENT)
    await world.people.evaluate(step, passed=True)
    settle = await world.until(exchange, K.SETTLE_CERTIFICATE, leave=(K.SETTLE_CERTIFICATE,))
    assert settle.subject == "D42.attendance.laboratory"
    await world.handle(exchange).signal("catch_up")  # and again from the records
    send = world.gateway.report_attendance
    await refused(Conflict, "attendance.reported_already", send(exchange, first.model_copy(update={"report_id": "h2"})))
    corrected = first.model_copy(
        update={"report_id": "h3", "corrects": "h1", "hours_planned": 40, "hours_attended": 40}
    )
    await send(exchange, corrected)
    block = plan.block(Content.LABORATORY)
    assert block is not None
    rest = laboratory(world, exchange, "h4", plan.start + timedelta(days=7), block.end, 400)
    await refused(
        BadInput, "days.outside_block", send(exchange, rest.model_copy(update={"last_day": date(2099, 1, 1)}))
    )
    await send(exchange, rest)
    await world.people.decide(await world.step(exchange, K.SETTLE_CERTIFICATE), "recheck")
    assert (await world.finish(exchange)).certificate is not None
    assert {one.report_id for one in (await world.view(exchange)).attendance} >= {"h3", "h4"}


async def test_hours_of_suspended_days_ask(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, K.ORIENTATION)
    await world.until_day(exchange, 2)
    start, began = world.travellers[exchange].plan.start, world.clock.last.astimezone(CHINA).date()
    await suspend(world, EVERYBODY)
    await world.advance(timedelta(days=7))
    before = laboratory(world, exchange, "h1", start, began - timedelta(days=1), 40)
    await world.gateway.report_attendance(exchange, before)
    during = laboratory(world, exchange, "h2", began, began + timedelta(days=2), 10)
    await refused(
        Conflict, "attendance.while_suspended field=confirmed", world.gateway.report_attendance(exchange, during)
    )
    await resume(world)
    over = world.clock.last.astimezone(CHINA).date()
    await world.advance(timedelta(days=7))
    last = laboratory(world, exchange, "h3", over, over + timedelta(days=1), 10)
    await refused(Conflict, "attendance.while_suspended", world.gateway.report_attendance(exchange, last))
    lecture = {"content": Content.ACADEMIC_LECTURES, "placement_id": None}
    heard = during.model_copy(update={"report_id": "h4", **lecture})
    await refused(Conflict, "attendance.while_suspended", world.gateway.report_attendance(exchange, heard))
    after = laboratory(world, exchange, "h5", over + timedelta(days=1), over + timedelta(days=2), 10)
    await world.gateway.report_attendance(exchange, after)
    confirmed = during.model_copy(update={"report_id": "h6", "confirmed": True})
    await world.gateway.report_attendance(exchange, confirmed)
    assert {one.report_id for one in (await world.view(exchange)).attendance} == {"h1", "h5", "h6"}
