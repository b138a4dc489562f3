"""Health records, and the clearance for the clinic: given, watched, over, and given anew (D21, D27, D36)."""

import asyncio
from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

from temporalio import workflow

from models.clearances import ClearanceEnds
from models.events import ClearanceEnded, Cleared
from models.messages.rotations import ClinicCleared
from models.people.authorization import CLOCK, Actor
from models.rules.clearance import cleared_days
from models.vocabulary import Content, StepKind
from workflows.case import Case
from workflows.ending import Ended
from workflows.engine.open_step import StepAnswer
from workflows.stages import insuring, renewing
from workflows.stages.application import collect
from workflows.stages.deciding import Decisions
from workflows.stages.health_records import falls_short, lacking, runs_out_on

MIDNIGHT = time(0, 0)
RECORDS_FIRST = "a clearance is given anew once the records that a change asks for are there"


async def health(case: Case) -> None:
    """Health records, and for the clinic a clearance through its last day, and an insurance (D21, D25, D27, D36).

    A clearance that is over is asked for again, as long as the stay lasts; laboratory work goes on. A plan without a
    clinic needs none.
    """
    stop_renewing = _renew(case)
    try:
        await _cleared_for_clinic(case)
    finally:
        stop_renewing()


def _renew(case: Case) -> Callable[[], object]:
    """Begin to ask ahead for what ends in the clinic; answers what stops it."""
    if renewing.renews_ahead(case):
        return renewing.begin_for_clinic(case)
    return case.engine.beside.begin(insuring.renew(case), Ended).cancel if case.watches_insurance else lambda: None


async def _cleared_for_clinic(case: Case) -> None:
    decisions = Decisions(case)
    await collect(case, StepKind.SUBMIT_HEALTH_RECORDS)
    while case.plan.block(Content.CLINICAL) is not None:
        answer = await decisions.next()
        if answer.outcome != "cleared":
            continue  # not yet: a later examination may still clear the student, as long as the stay lasts
        ended = await _cleared(case, answer, decisions)
        if ended.documents and not (ended.reason is ClearanceEnds.LAPSED and renewing.renews_ahead(case)):
            decisions.drop()
            await collect(case, StepKind.SUBMIT_HEALTH_RECORDS)
        elif case.engine.memory.next_of(StepKind.CLEAR_FOR_CLINIC) is not None:
            continue  # on record it was asked for
        elif lacking(case) and workflow.patched(RECORDS_FIRST):
            # A change of the stay has them collected beside this.
            await workflow.wait_condition(lambda: not lacking(case))


async def _cleared(case: Case, answer: StepAnswer, decisions: Decisions) -> ClearanceEnded:
    """While an answer of occupational health holds: says how the clearance ended that it has to give anew.

    An insurance that ends before it stops the clinic until there is another one; nobody decides anew. An answer that
    was asked for ahead takes the place of the one before without an end.
    """
    actor = answer.actor
    while True:
        await _clear(case, answer, actor)
        ended = await _over(case, decisions)
        if isinstance(ended, StepAnswer):
            answer, actor = ended, ended.actor
            continue
        if ended.reason is not ClearanceEnds.UNINSURED:
            return ended
        number, given, actor = ended.number + 1, case.engine.memory.of(Cleared), CLOCK
        if number not in {one.number for one in given}:
            await workflow.wait_condition(lambda: insuring.is_insured(case, case.today()))


async def _clear(case: Case, answer: StepAnswer, actor: Actor) -> None:
    until = answer.valid_through or _last_day(case)
    runs_out = min(runs_out_on(case).values(), default=until) if case.watches_clearance else until
    number = len(cleared_days(case.clearances, case.zone)) + 1
    cleared = Cleared(at=workflow.now(), actor=actor, valid_through=min(until, runs_out), number=number)
    case.note(cleared)
    cleared = next((one for one in case.engine.memory.of(Cleared) if one.number == number), cleared)
    case.clearances.append(cleared)
    case.cleared_through = cleared.valid_through
    await tell_clinic(case)


async def _over(case: Case, decisions: Decisions) -> ClearanceEnded | StepAnswer:
    """Wait until the clearance is over, by the clock or by occupational health; answers what is on record of it.

    Where occupational health clears the student anew before that, its answer.
    """
    number = len(cleared_days(case.clearances, case.zone))
    told = [one for one in case.engine.memory.of(ClearanceEnded) if one.number == number]
    if told:
        case.clearances.append(told[0])
        case.cleared_through = None
        return told[0]
    case.revoked = asyncio.get_running_loop().create_future()
    assert case.cleared_through is not None
    lapse = case.engine.beside.begin(_lapse(case, number, case.cleared_through))
    ahead = decisions.look_ahead(case.cleared_through)
    try:
        over: list[asyncio.Future[Any]] = [case.revoked, lapse]
        await workflow.wait([*over, ahead] if ahead is not None else over, return_when=asyncio.FIRST_COMPLETED)
        if ahead is not None and ahead.done() and not case.revoked.done() and not lapse.done():
            decisions.taken()
            if (answer := ahead.result()).outcome == "cleared":
                return answer
            await workflow.wait(over, return_when=asyncio.FIRST_COMPLETED)
        if case.revoked.done():
            return case.revoked.result()
    finally:
        case.revoked = None
        lapse.cancel()
    await case.engine.recorder.settled()
    await tell_clinic(case)
    return lapse.result()


async def _lapse(case: Case, number: int, through: date) -> ClearanceEnded:
    """The day after its last one a clearance lapses, where clinical days are left (D25, D36)."""
    while True:
        last = min([through, *insuring.insured_until(case).values()])
        if falls_short(case, last):
            await case.engine.until("clearance over", case.plan.host, last + timedelta(days=1), MIDNIGHT)
            if min([through, *insuring.insured_until(case).values()]) > last:
                continue  # insured for longer by now
            if falls_short(case, last):
                break
        case.planned_anew.clear()
        await case.planned_anew.wait()
    reason, over = ClearanceEnds.UNINSURED, tuple[str, ...]()
    if last == through:
        reason, over = ClearanceEnds.LAPSED, tuple(sorted(k for k, day in runs_out_on(case).items() if day <= through))
    return end_clearance(
        case, ClearanceEnded(at=workflow.now(), number=number, last_day=last, reason=reason, documents=over)
    )


def end_clearance(case: Case, ended: ClearanceEnded) -> ClearanceEnded:
    """Note that a clearance is over; documents that are handed in anew are accepted no more."""
    case.note(ended, outcome=ended.reason)
    case.clearances.append(ended)
    case.cleared_through = None
    for kind in ended.documents:
        case.accepted.pop(kind, None)
    return ended


async def tell_clinic(case: Case) -> None:
    """Tell clinical rotations that already run for which days the student is cleared."""
    days = cleared_days(case.clearances, case.zone)
    for place in case.places:
        rotation = case.rotations.get(place.placement_id)
        if place.block.content is Content.CLINICAL and rotation is not None and not rotation.done():
            cleared = ClinicCleared(valid_through=days[-1].last, days=days)
            await case.answered(rotation.signal("clear", cleared))


def _last_day(case: Case) -> date:
    """The last clinical day; the last day of the stay where there is none."""
    return case.plan.last_day(Content.CLINICAL) or case.plan.end
