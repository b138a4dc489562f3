"""How an exchange comes to the situation in which an answer is given."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import update

from demo.cohort import CQMU, first_monday
from demo.keys import hand_over
from models.messages.changes import DatesChange
from models.messages.exchange import EndEarly, ReportArrival
from models.tables import BedRow, UnitRow
from models.vocabulary import Movement, Role, StepKind
from records.store.engine import transaction
from tests.workflows.insuring import in_the_clinic, insured_for, with_a_short_test
from tests.workflows.second_hosts import nominated_onward, placed_abroad
from tests.workflows.test_cohort import approved, students
from tests.workflows.test_legal_clocks import CHINA, move
from tests.workflows.world import BOTH, LAB_ONLY, World

K = StepKind
SHANGHAI = ZoneInfo("Asia/Shanghai")
Situation = Callable[[World, StepKind], Awaitable[str]]
"""Brings an exchange to an open step, and says its code."""


async def plain(world: World, kind: StepKind) -> str:
    """A student with laboratory and clinic, up to the step."""
    exchange = await world.nominate(BOTH if kind in CLINICAL else LAB_ONLY)
    await world.until(exchange, kind)
    return exchange


CLINICAL = {K.CLEAR_FOR_CLINIC, K.SUBMIT_HEALTH_RECORDS}


async def not_departed(world: World, kind: StepKind) -> str:
    """Up to the step, with the departure to come: at some times of day it is answered in the same hour."""
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, kind, leave=(K.DEPART,))
    return exchange


async def insured_shortly(world: World, kind: StepKind) -> str:
    """In the clinic, with an insurance that ends in it because two people let it count."""
    exchange = await world.nominate(BOTH)
    await in_the_clinic(world, exchange)
    return exchange


async def tested_shortly(world: World, kind: StepKind) -> str:
    """In the clinic, with a tuberculosis test that runs out in it because two people let it count."""
    exchange = await world.nominate(BOTH)
    await with_a_short_test(world, exchange)
    return exchange


async def insured_short_of_the_stay(world: World, kind: StepKind) -> str:
    """Near the end of a stay in a laboratory, with an insurance that ends before it."""
    exchange = await world.nominate(LAB_ONLY)
    await insured_for(world, exchange, world.travellers[exchange].plan.end - timedelta(days=10))
    await world.until(exchange, K.EVALUATE_PROGRAMME)
    await world.advance(timedelta(days=30))
    return exchange


async def last(world: World, kind: StepKind) -> str:
    """A step that everything else has been answered before."""
    exchange = await plain(world, kind)
    await world.only(exchange, kind)
    return exchange


async def came_back(world: World, kind: StepKind) -> str:
    """Withdrawn before the visa came, reopened, and up to the step again: what was accepted then is accepted still."""
    exchange = await world.nominate(BOTH)
    await world.only(exchange, K.CONFIRM_ARRIVAL, K.OBTAIN_VISA)
    await reopened(world, exchange)
    await world.until(exchange, kind)
    return exchange


async def reopened(world: World, exchange: str) -> None:
    sending = world.sending(exchange)
    await world.gateway.withdraw(exchange, sending)
    await world.gateway.reopen(exchange, sending, note="Another student was meant.")


async def late(world: World, kind: StepKind) -> str:
    """Nominated three weeks before the stay, when nominations for it have closed."""
    first = world.clock.last.astimezone(SHANGHAI).date() + timedelta(weeks=3)
    return await nominated(world, first, weeks=12)


async def nominated(world: World, first: date, *, weeks: int) -> str:
    """A student with a laboratory alone, from a day on for so many weeks."""
    start, end = first.isoformat(), (first + timedelta(weeks=weeks, days=-1)).isoformat()
    return await world.nominate(LAB_ONLY, start=start, end=end, laboratory_start=start, laboratory_end=end)


async def returned(world: World, kind: StepKind) -> str:
    exchange = await world.nominate(LAB_ONLY)
    step = await world.until(exchange, K.VERIFY_NOMINATION)
    await world.people.decide(step, "returned", note="The given name differs from the passport.")
    return exchange


async def waiting(world: World, kind: StepKind) -> str:
    """The sixth of five."""
    exchanges = await approved(world, 6)
    cohort = (await world.view(exchanges[0])).cohort_id
    status = await world.gateway.cohort_status(cohort)
    (waits,) = status.waitlist
    if kind is K.ANSWER_SEAT_OFFER:
        leaver = status.seats[0].exchange_id
        await world.gateway.withdraw(leaver, world.sending(leaver))
    await world.until(waits, kind)  # the cohort knows of it before the exchange has heard
    return waits


async def no_seat_left(world: World, kind: StepKind) -> str:
    """The sixth of five, not yet approved."""
    await approved(world, 5)
    exchange = await world.nominate(students(6)[-1], rank=6)
    await world.until(exchange, kind)
    return exchange


async def four_weeks(world: World, kind: StepKind) -> str:
    end = (first_monday(world.clock.last.date()) + timedelta(days=27)).isoformat()
    exchange = await world.nominate(LAB_ONLY, end=end, laboratory_end=end)
    await world.until(exchange, kind)
    return exchange


def form_decided(form: str, *, visa: bool) -> Situation:
    """A stay of four weeks whose form was decided before it was withdrawn and reopened, with a visa or without."""

    async def situation(world: World, kind: StepKind) -> str:
        exchange = await four_weeks(world, K.DECIDE_FORM)
        await world.people.decide(await world.step(exchange, K.DECIDE_FORM), form)
        await world.only(exchange, K.CONFIRM_ARRIVAL, *(() if visa else (K.OBTAIN_VISA,)))
        await reopened(world, exchange)
        await world.only(exchange, K.DECIDE_FORM)
        if kind is K.ISSUE_INVITATION:
            other = "DQ" if form == "JW202" else "JW202"
            await world.people.decide(await world.step(exchange, K.DECIDE_FORM), other)
        return exchange

    return situation


async def half_a_year(world: World, kind: StepKind) -> str:
    start = first_monday(world.clock.last.date())
    end = (start + timedelta(days=180)).isoformat()
    exchange = await world.nominate(LAB_ONLY, end=end, laboratory_end=end)
    await world.until(exchange, kind)
    return exchange


async def nothing_free(world: World, kind: StepKind) -> str:
    """Neither a bed nor a place is free."""
    await beds(world, active=False)
    await room(world, 0)
    return await plain(world, kind)


async def beds(world: World, *, active: bool) -> None:
    async with transaction(world.filing.sessions) as session:
        await session.execute(update(BedRow).values(active=active))


async def room(world: World, capacity: int) -> None:
    async with transaction(world.filing.sessions) as session:
        await session.execute(update(UnitRow).values(capacity=capacity))


async def full_house(world: World, kind: StepKind) -> str:
    """No bed of the host is free."""
    await beds(world, active=False)
    exchange = await world.nominate(LAB_ONLY)
    found = await world.until(exchange, K.FIND_BED)
    if kind is K.SETTLE_BED:
        await world.people.decide(found, "none", note="Every building is full.")
    return exchange


async def house_filled_up(world: World, kind: StepKind) -> str:
    """No bed of the host is free, and nothing else is to be done."""
    exchange = await full_house(world, kind)
    await world.only(exchange, kind)
    return exchange


async def bed_came_free(world: World, kind: StepKind) -> str:
    exchange = await full_house(world, kind)
    await beds(world, active=True)
    return exchange


async def place_came_free(world: World, kind: StepKind) -> str:
    exchange = await no_unit(world, kind)
    await room(world, 1)
    return exchange


async def last_unit(world: World, kind: StepKind) -> str:
    """No other unit has room."""
    exchange = await plain(world, kind)
    await room(world, 0)
    return exchange


async def no_unit(world: World, kind: StepKind) -> str:
    """No unit of the host has room."""
    await room(world, 0)
    exchange = await world.nominate(LAB_ONLY)
    found = await world.until(exchange, K.FIND_PLACE)
    if kind is K.SETTLE_PLACE:
        await world.people.decide(found, "none", note="Nobody has room.")
    return exchange


async def abroad(world: World, kind: StepKind) -> str:
    """A student of CQMU at Dartmouth."""
    exchange = await world.nominate(CQMU[0])
    await world.until(exchange, K.CHECK_IN if kind is K.CHECK_IN else K.ORIENTATION)
    if kind is K.REPORT_ADDRESS:
        await move(world, exchange, Movement.MOVED)
    return exchange


async def in_finland(world: World, kind: StepKind) -> str:
    """A student of CQMU at the sample partner, for longer than three months."""
    exchange = await world.nominate(CQMU[0], host="sample", laboratories="sample-molecular-medicine")
    await world.until(exchange, K.CHECK_IN if kind is K.CHECK_IN else K.ORIENTATION)
    return exchange


async def gone_from_america(world: World, kind: StepKind) -> str:
    """Out of the country on a single entry, after two days at Dartmouth."""
    exchange = await abroad(world, K.ORIENTATION)
    await world.advance(timedelta(days=2))
    await move(world, exchange, Movement.LEFT_COUNTRY)
    return exchange


async def short_of_hours(world: World, kind: StepKind) -> str:
    exchange = await world.nominate(LAB_ONLY)
    world.travellers[exchange].attends = 0.5
    await world.until(exchange, kind)
    return exchange


async def without_hours(world: World, kind: StepKind) -> str:
    """Nobody reported lectures before the departure."""
    exchange = await world.nominate(LAB_ONLY)
    departs = await world.until(exchange, K.DEPART)
    await world.people.depart(departs)
    return exchange


async def keys_handed(world: World, kind: StepKind) -> str:
    """At the end of a stay, with two keys and a deposit handed over at its beginning."""
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, K.DEPART)
    officer = world.host(exchange, Role.HOUSING_OFFICER)
    await hand_over(world.gateway, exchange, officer, world.travellers[exchange].plan.start)
    return exchange


async def keys_out(world: World, kind: StepKind) -> str:
    """Departed with them."""
    exchange = await keys_handed(world, kind)
    await world.people.answer(await world.step(exchange, K.DEPART), world.travellers[exchange])
    return exchange


async def evaluated(world: World, kind: StepKind) -> str:
    """Too few hours, and nothing left but the departure, or the hours of lectures after it."""
    exchange = await world.nominate(LAB_ONLY)
    traveller = world.travellers[exchange]
    traveller.attends = 0.5
    await world.until(exchange, K.EVALUATE_STUDENT, leave=(K.DEPART,))
    await world.only(exchange, K.DEPART)
    if kind is K.RECORD_ATTENDANCE:
        await world.people.depart(await world.step(exchange, K.DEPART))
    return exchange


async def arrived(world: World, kind: StepKind) -> str:
    """At the residence in China, with a permitted stay that fits the step."""
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, K.CHECK_IN)
    plan = world.travellers[exchange].plan
    await world.advance(datetime.combine(plan.start, time(22), CHINA) - world.clock.last)
    days = {K.RECORD_STAY: None, K.FILE_EXTENSION: 60, K.AWAIT_EXTENSION: 60}.get(kind, 150)
    report = ReportArrival(
        report_id="arrived",
        actor=world.host(exchange, Role.HOUSING_OFFICER),
        arrived_at=world.clock.last,
        permitted_until=plan.start + timedelta(days=days) if days else None,
    )
    await world.gateway.report_arrival(exchange, report)
    if kind is K.AWAIT_EXTENSION:
        await world.people.decide(await world.step(exchange, K.FILE_EXTENSION), "filed")
    if kind is K.CONFIRM_REENTRY:
        await world.advance(timedelta(days=3))
        await move(world, exchange, Movement.LEFT_COUNTRY)
    return exchange


async def left_early(world: World, kind: StepKind) -> str:
    """A stay that ended after two days, before the check-out."""
    where = {K.REPORT_LEAVING: arrived, K.HOST_DUTY: in_finland}.get(kind, abroad)
    exchange = await where(world, K.ORIENTATION)
    await world.advance(timedelta(days=2))
    end = EndEarly(decision_id="ended", actor=world.host(exchange), last_day=world.clock.last.date(), justified=False)
    world.travellers[exchange].last_day = end.last_day
    await world.gateway.end_early(exchange, end)
    return exchange


async def change_asked(world: World, kind: StepKind) -> str:
    """Another last day, asked for by the sending coordinator, or by the student where that side is to sign."""
    exchange = await last(world, K.CONFIRM_ARRIVAL)
    plan = world.travellers[exchange].plan
    student = world.people.actor((await world.step(exchange, K.CONFIRM_ARRIVAL)).owner)
    change = DatesChange(start=plan.start, end=plan.end - timedelta(days=7))
    asks = student if kind is K.APPROVE_CHANGE else world.sending(exchange)
    await world.gateway.changes.request(exchange, change, asks, note="An examination at home.")
    return exchange


async def at_second_host(world: World, kind: StepKind) -> str:
    """Everybody here agrees that a student of CQMU goes on from Dartmouth; the second host is asked."""
    exchange = await placed_abroad(world)
    await nominated_onward(world, exchange)
    return exchange


REACHED: dict[StepKind, Situation] = {
    K.ADMIT_LATE: late,
    K.CORRECT_NOMINATION: returned,
    K.WAIT_FOR_SEAT: waiting,
    K.ANSWER_SEAT_OFFER: waiting,
    K.DECIDE_FORM: four_weeks,
    K.FIND_BED: full_house,
    K.SETTLE_BED: full_house,
    K.FIND_PLACE: no_unit,
    K.SETTLE_PLACE: no_unit,
    K.VALIDATE_SEVIS: abroad,
    K.REPORT_ADDRESS: abroad,
    K.RECORD_ATTENDANCE: without_hours,
    K.SETTLE_CERTIFICATE: short_of_hours,
    K.SETTLE_HOUSING: keys_out,
    K.APPLY_RESIDENCE_PERMIT: half_a_year,
    K.AWAIT_PERMIT: half_a_year,
    K.STUDENT_DUTY: in_finland,
    K.SUBMIT_ARRIVAL_PAPERS: in_finland,
    K.RENEW_INSURANCE: insured_shortly,
    K.RENEW_HEALTH_RECORDS: tested_shortly,
    K.RENEW_PAPERS: insured_short_of_the_stay,
    K.EVALUATE_STUDENT: not_departed,
    K.HOST_DUTY: left_early,
    K.REPORT_LEAVING: left_early,
    K.END_SEVIS: left_early,
    K.LEAVE_AFTER_END: left_early,
    K.AWAIT_SECOND_HOST: at_second_host,
    **dict.fromkeys((K.AGREE_CHANGE, K.APPROVE_CHANGE, K.DECIDE_CHANGE, K.CONFIRM_CHANGE), change_asked),
    **dict.fromkeys((K.WATCH_STAY, K.RECORD_STAY, K.FILE_EXTENSION, K.AWAIT_EXTENSION, K.CONFIRM_REENTRY), arrived),
}
