"""Every way an exchange can end, played by people on a world: used by the tests and to record the golden histories."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import update

from demo.cohort import first_monday
from demo.people import Traveller
from examples.papers import paper_for
from models.identifiers import exchange_workflow_id
from models.messages.changes import Change, DatesChange, IntakeChange, UnitChange
from models.messages.clearance import RevokeClearance
from models.messages.exchange import (
    EndEarly,
    ExtendDeadline,
    ReportAttendance,
    ReportMovement,
    SnoozeStep,
)
from models.messages.replans import Replanning
from models.messages.suspensions import Coverage, SuspensionReason
from models.rules.impact import COLLECTED
from models.tables import BedRow, UnitRow
from models.vocabulary import Content, Movement, Outcome, Role, Scope, StepKind
from records.store.engine import transaction
from tests.workflows.world import BOTH, LAB_ONLY, World


async def completed(world: World) -> str:
    """Laboratory and clinic, everything in time, a certificate at the end: the golden happy path."""
    exchange = await world.nominate(BOTH)
    await world.finish(exchange)
    return exchange


async def rejected(world: World) -> str:
    """The host decides against the application."""
    exchange = await world.nominate(LAB_ONLY)
    step = await world.until(exchange, StepKind.HOST_APPROVAL)
    await world.people.decide(step, "reject", note="No supervisor this year.")
    return exchange


async def declined(world: World) -> str:
    """The student declines the offer."""
    exchange = await world.nominate(LAB_ONLY)
    step = await world.until(exchange, StepKind.ACCEPT_OFFER)
    await world.people.decide(step, "decline")
    return exchange


async def expired(world: World) -> str:
    """The student does not answer the offer in its window (D13)."""
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, StepKind.ACCEPT_OFFER)
    await world.advance(timedelta(days=6, hours=12))
    return exchange


async def withdrawn(world: World) -> str:
    """The sending coordinator withdraws the student while bed and places are held."""
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, StepKind.CHECK_IN)
    await world.gateway.withdraw(exchange, world.sending(exchange), decision_id=f"{exchange}.withdrawn")
    return exchange


async def no_show(world: World) -> str:
    """The student never arrives (D35)."""
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, StepKind.CHECK_IN)
    await world.until_day(exchange, 3)
    return exchange


async def ended_early_justified(world: World) -> str:
    """The stay ends in its tenth week by force majeure; what was worked is evaluated and certified (D40)."""
    return await _ended_early(world, justified=True)


async def ended_early_unjustified(world: World) -> str:
    """The student leaves in the tenth week without a reason that counts (D40)."""
    return await _ended_early(world, justified=False)


async def _ended_early(world: World, *, justified: bool) -> str:
    exchange = await world.nominate(BOTH)
    await world.until(exchange, StepKind.ORIENTATION)
    await world.until(exchange, StepKind.EVALUATE_STUDENT)
    step = await world.step(exchange, StepKind.EVALUATE_STUDENT)
    await world.people.answer(step, world.travellers[exchange])
    await world.until_day(exchange, 9)
    end = EndEarly(
        decision_id=f"{exchange}.ended",
        actor=world.host(exchange),
        last_day=world.travellers[exchange].plan.start + timedelta(weeks=9),
        justified=justified,
    )
    world.travellers[exchange].last_day = end.last_day
    await world.gateway.end_early(exchange, end, note="The region was closed after a flood.")
    await world.finish(exchange)
    return exchange


async def announced_end(world: World) -> str:
    """The host says in the third week that the stay ends in the fifth, for a good reason; the student moves between."""
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, StepKind.EVALUATE_PROGRAMME)
    last = world.travellers[exchange].plan.start + timedelta(weeks=4)
    end = EndEarly(decision_id=f"{exchange}.ended", actor=world.host(exchange), last_day=last, justified=True)
    world.travellers[exchange].last_day = last
    await world.gateway.end_early(exchange, end, note="The laboratory closes for repairs.")
    await world.advance(timedelta(days=3))
    moved = ReportMovement(
        report_id="moved",
        actor=world.host(exchange, Role.HOUSING_OFFICER),
        movement=Movement.MOVED,
        moved_at=world.clock.last,
    )
    await world.gateway.report_movement(exchange, moved)
    await world.until(exchange, StepKind.DEPART)
    await world.advance(datetime(last.year, last.month, last.day, 12, tzinfo=UTC) - world.clock.last)
    await world.finish(exchange)
    return exchange


A_YEAR = timedelta(weeks=52)
SIGNATURES = (StepKind.APPROVE_CHANGE, StepKind.DECIDE_CHANGE, StepKind.AGREE_CHANGE, StepKind.CONFIRM_CHANGE)


async def agreed(world: World, exchange: str, change: Change, key: str) -> None:
    """The sending coordinator asks for a change; everybody agrees, and new papers are made."""
    await world.gateway.changes.request(exchange, change, world.sending(exchange), decision_id=f"{exchange}.{key}")
    while steps := [step for step in await world.steps(exchange) if step.kind in SIGNATURES]:
        for step in steps:
            await world.people.decide(step, "agreed")
    traveller = world.travellers[exchange]
    traveller.plan = (await world.view(exchange)).plan
    for step in await world.steps(exchange):
        for kind in step.subject.split(",") if step.kind is StepKind.ISSUE_INVITATION else ():
            traveller.papers[kind] = [anew(world, kind, traveller)]


def anew(world: World, kind: str, traveller: Traveller) -> tuple[str, bytes]:
    """A paper that is another file than the one before it."""
    policy = world.programme.policy.document(kind)
    assert policy is not None
    return paper_for(kind, policy.title, traveller.holder, date(traveller.plan.end.year + 6, 3, 31), remark="Made anew")


async def changed(world: World) -> str:
    """Extended before the arrival, moved to another laboratory in the third week, then completed."""
    exchange = await world.nominate(LAB_ONLY)
    await world.only(exchange, StepKind.CONFIRM_ARRIVAL)
    plan = world.travellers[exchange].plan
    await agreed(world, exchange, DatesChange(start=plan.start, end=plan.end + timedelta(weeks=2)), "longer")
    await world.until(exchange, StepKind.EVALUATE_PROGRAMME)
    (place,) = (await world.view(exchange)).placements
    units = world.programme.institutions[plan.host].units
    other = next(u.id for u in units if u.content is place.content and u.id != place.unit_id)
    day = plan.start + timedelta(weeks=4)
    swap = UnitChange(placement_id=place.placement_id, unit_id=other, from_day=day)
    await agreed(world, exchange, swap, "elsewhere")
    places = (await world.view(exchange)).placements
    world.travellers[exchange].worked = {one.placement_id: (one.start, one.end) for one in places}
    await world.finish(exchange)
    return exchange


async def deferred(world: World) -> str:
    """Deferred to the intake of another year while bed and places are held, then completed (D4)."""
    exchange = await world.nominate(LAB_ONLY)
    await world.only(exchange, StepKind.CONFIRM_ARRIVAL)
    plan = world.travellers[exchange].plan
    later = IntakeChange(start=plan.start + A_YEAR, end=plan.end + A_YEAR)
    await agreed(world, exchange, later, "deferred")
    traveller = world.travellers[exchange]
    for step in await world.steps(exchange):
        for kind in step.subject.split(",") if step.kind in COLLECTED else ():
            traveller.papers[kind] = [anew(world, kind, traveller)]
    await world.advance(timedelta(weeks=40))  # an examination of today would be too old in a year
    await world.finish(exchange)
    return exchange


async def replanned(world: World) -> str:
    """Three weeks later with the whole cohort, by one decision of the programme office, then completed (D39)."""
    exchange = await world.nominate(LAB_ONLY)
    await world.only(exchange, StepKind.CONFIRM_ARRIVAL)
    office = world.people.officer("cqmu", Role.PROGRAMME_OFFICE)
    cohort = (await world.view(exchange)).cohort_id
    await world.gateway.replans.decide(cohort, Replanning(shift=21), office, decision_id=f"{exchange}.replanned")
    while (await world.view(exchange)).plan == world.travellers[exchange].plan:
        await world.advance(timedelta(minutes=1))
    await world.rest(exchange_workflow_id(exchange))
    traveller = world.travellers[exchange]
    traveller.plan = (await world.view(exchange)).plan
    for step in await world.steps(exchange):
        for kind in step.subject.split(",") if step.kind in COLLECTED else ():
            traveller.papers[kind] = [paper_for(kind, "Made anew", traveller.holder)]
    await world.finish(exchange)
    return exchange


async def moved_about(world: World) -> str:
    """Suspended twice, extended, snoozed, moved, abroad and back, with an extension of the stay: then completed."""
    exchange = await world.nominate(BOTH)
    office = world.people.officer("cqmu", Role.PROGRAMME_OFFICE)
    suspensions, everybody = world.gateway.suspensions, Coverage(scope=Scope.PROGRAMME)
    await suspensions.suspend("s-1", everybody, SuspensionReason.OUTBREAK, office)
    await world.advance(timedelta(days=3))
    await suspensions.resume("s-1", office, "s-1-end")
    await world.advance(timedelta(minutes=5))
    step = await world.until(exchange, StepKind.SUBMIT_DOCUMENTS)
    student = world.people.actor(step.owner)
    later = world.clock.last + timedelta(days=5)
    snooze = SnoozeStep(decision_id="z1", step_id=step.step_id, actor=student, until=later)
    await world.gateway.snooze_step(snooze)
    due = step.due_at + timedelta(days=7)
    extend = ExtendDeadline(decision_id="x1", step_id=step.step_id, actor=world.sending(exchange), due_at=due)
    await world.gateway.extend_deadline(extend, note="The transcript takes longer.")
    await world.until(exchange, StepKind.REGISTER_RESIDENCE)
    host = world.host(exchange, Role.HOUSING_OFFICER)
    for number, movement in enumerate((Movement.MOVED, Movement.LEFT_COUNTRY, Movement.REENTERED)):
        await world.advance(timedelta(days=1))
        report = ReportMovement(
            report_id=f"m{number}", actor=host, movement=movement, moved_at=world.clock.last, permitted_until=None
        )
        if movement is Movement.REENTERED:
            early = world.travellers[exchange].plan.end - timedelta(days=10)
            report = report.model_copy(update={"permitted_until": early})
        await world.gateway.report_movement(exchange, report)
    await world.until(exchange, StepKind.EVALUATE_PROGRAMME, leave=(StepKind.FILE_EXTENSION,))
    await suspensions.suspend("s-2", everybody, SuspensionReason.BORDER_CLOSED, office)
    await world.advance(timedelta(days=2))
    await suspensions.resume("s-2", office, "s-2-end")
    await world.advance(timedelta(minutes=5))
    filing = await world.step(exchange, StepKind.FILE_EXTENSION)
    await world.people.decide(filing, "filed")
    waiting = await world.step(exchange, StepKind.AWAIT_EXTENSION)
    await world.people.decide(waiting, "granted", valid_through=world.travellers[exchange].plan.end + timedelta(days=9))
    await world.finish(exchange)
    return exchange


async def residence_permit(world: World) -> str:
    """Half a year on an X1 visa: the permit is refused once, granted for too short a time, and renewed (D32)."""
    start = first_monday(world.clock.last.date())
    end = start + timedelta(days=180)
    exchange = await world.nominate(LAB_ONLY, end=end.isoformat(), laboratory_end=end.isoformat())
    await world.people.decide(await world.until(exchange, StepKind.AWAIT_PERMIT), "refused", note="A paper is missing.")
    again = await world.until(exchange, StepKind.AWAIT_PERMIT)
    await world.people.decide(again, "granted", valid_through=end - timedelta(days=1))
    waiting = await world.until(exchange, StepKind.AWAIT_EXTENSION)
    await world.people.decide(waiting, "granted", valid_through=end)
    await world.finish(exchange)
    return exchange


async def cleared_again(world: World) -> str:
    """A clearance is taken back before the arrival, given for too short, lapses in the clinic and is given again."""
    exchange = await world.nominate(BOTH)
    await world.until(exchange, StepKind.CHECK_IN)
    health = world.host(exchange, Role.OCCUPATIONAL_HEALTH)
    revoked = RevokeClearance(decision_id="revoked", actor=health, documents=("tb_test",))
    await world.gateway.revoke_clearance(exchange, revoked)
    step = await world.until(exchange, StepKind.CLEAR_FOR_CLINIC)
    clinic = world.travellers[exchange].plan.block(Content.CLINICAL)
    assert clinic is not None
    await world.people.decide(step, "cleared", valid_through=clinic.start + timedelta(days=5))
    again = await world.until(exchange, StepKind.CLEAR_FOR_CLINIC)
    await world.people.decide(again, "cleared", valid_through=clinic.end)
    world.travellers[exchange].cleared_on = world.clock.last.astimezone(ZoneInfo("Asia/Shanghai")).date()
    await world.finish(exchange)
    return exchange


async def looked_again(world: World) -> str:
    """No bed and no unit at first; the coordinator has both looked for again, and both are found: then completed."""
    async with transaction(world.filing.sessions) as session:
        await session.execute(update(BedRow).values(active=False))
        await session.execute(update(UnitRow).values(capacity=0))
    exchange = await world.nominate(LAB_ONLY)
    for found, settle in ((StepKind.FIND_BED, StepKind.SETTLE_BED), (StepKind.FIND_PLACE, StepKind.SETTLE_PLACE)):
        await world.people.decide(await world.until(exchange, found), "none", note="Nothing is free.")
        await world.people.decide(await world.step(exchange, settle), "look_again")
    async with transaction(world.filing.sessions) as session:
        await session.execute(update(UnitRow).values(capacity=1))
    unit = world.travellers[exchange].plan.laboratories[0]
    await world.people.decide(await world.step(exchange, StepKind.FIND_PLACE), "found", unit_id=unit)
    await world.people.decide(await world.step(exchange, StepKind.FIND_BED), "found")
    await world.finish(exchange)
    return exchange


async def not_returning(world: World) -> str:
    """The student leaves the country in the second week and does not come back, for a good reason (D33, D40)."""
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, StepKind.ORIENTATION)
    await world.until_day(exchange, 2)
    report = ReportMovement(
        report_id="left",
        actor=world.host(exchange, Role.HOUSING_OFFICER),
        movement=Movement.LEFT_COUNTRY,
        moved_at=world.clock.last,
    )
    await world.gateway.report_movement(exchange, report)
    world.travellers[exchange].last_day = world.clock.last.date()
    step = await world.step(exchange, StepKind.CONFIRM_REENTRY)
    today = world.clock.last.astimezone(ZoneInfo("Asia/Shanghai")).date()
    await world.people.decide(step, "not_returning", note="The family needs her.", justified=True, valid_through=today)
    await world.finish(exchange)
    return exchange


async def reopened(world: World) -> str:
    """A student withdrawn by mistake goes on to the certificate."""
    exchange = await taken_back(world)
    await world.finish(exchange)
    return exchange


async def taken_back(world: World) -> str:
    """A student withdrawn by mistake, while bed and places are held, is back at the nomination (D10)."""
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, StepKind.CONFIRM_BED)
    sending = world.sending(exchange)
    await world.gateway.withdraw(exchange, sending, decision_id=f"{exchange}.withdrawn")
    await world.gateway.reopen(exchange, sending, decision_id=f"{exchange}.reopened", note="Another student was meant.")
    return exchange


async def admitted_late(world: World) -> str:
    """Nominated after the closing day and admitted; hours of a rotation that is over are corrected (D4, D42)."""
    first = world.clock.last.date() + timedelta(days=26)
    start, end = first.isoformat(), (first + timedelta(weeks=5, days=-1)).isoformat()
    exchange = await world.nominate(LAB_ONLY, start=start, end=end, laboratory_start=start, laboratory_end=end)
    await world.until(exchange, StepKind.EVALUATE_STUDENT, leave=(StepKind.DEPART,))
    await world.only(exchange, StepKind.DEPART)
    [told] = [one for one in (await world.view(exchange)).attendance if one.content is Content.LABORATORY]
    report = ReportAttendance(
        report_id=f"{exchange}.corrected",
        actor=world.host(exchange),
        content=told.content,
        placement_id=told.placement_id,
        first_day=told.first_day,
        last_day=told.last_day,
        hours_planned=told.hours_planned,
        hours_attended=told.hours_planned,
        corrects=told.report_id,
    )
    await world.gateway.report_attendance(exchange, report)
    await world.finish(exchange)
    return exchange


ENDINGS: dict[Outcome, Callable[[World], Awaitable[str]]] = {
    Outcome.COMPLETED: completed,
    Outcome.REJECTED: rejected,
    Outcome.DECLINED: declined,
    Outcome.EXPIRED: expired,
    Outcome.WITHDRAWN: withdrawn,
    Outcome.NO_SHOW: no_show,
    Outcome.ENDED_EARLY_JUSTIFIED: ended_early_justified,
    Outcome.ENDED_EARLY_UNJUSTIFIED: ended_early_unjustified,
}
