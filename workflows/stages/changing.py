"""A change that is asked for: signed by those who signed the exchange, applied as a whole, and followed by the rest.

One at a time. Until it is applied nothing of the exchange is another; from then on everything is.
"""

import asyncio
from datetime import timedelta

from temporalio import workflow

from activities.changes import Changes
from models.errors import NotOpen
from models.events import ChangeApplied, ChangeClosed, ChangeRequested
from models.identifiers import placement_id, placement_number, swap_attempt
from models.messages.changes import (
    ApplyChange,
    ChangeAnswer,
    ChangeStatus,
    IntakeChange,
    PlaceOfBlock,
    RequestChange,
    SecondHostChange,
    UnitChange,
)
from models.messages.plan import PlannedContent
from models.messages.replans import ReplanExchange
from models.people.authorization import CLOCK, Actor, owner_for, signs_by_asking
from models.rules.changes import OVER, added, change_faults, changed_plan, name_of, places_after, swapped
from models.rules.replans import days_for
from models.vocabulary import NominationStatus, StepKind
from workflows.amendments import FIRST
from workflows.case import Case, together
from workflows.ending import Ended
from workflows.engine.open_step import StepAnswer
from workflows.options import RECORD
from workflows.stages import following, onward

AGREED = "agreed"
ENDING = "exchange_ending"
STAY_OVER = "stay_over"
DEFERRED_WAITING = "who waits for a seat is deferred"
TRIES, OTHERS_MOVE = 5, timedelta(minutes=1)
"""How often a stay of a re-planned cohort is tried, and how far apart: others may only now give back what it needs."""


class _Against(Exception):
    """Somebody does not agree, or has not answered in time."""

    def __init__(self, kind: StepKind, answer: StepAnswer) -> None:
        super().__init__(kind)
        self.kind = kind
        self.answer = answer


def begin(case: Case, change: RequestChange) -> None:
    """Have a change signed and applied, beside the story."""
    case.amendments.open = change
    case.amendments.task = case.engine.beside.begin(_carry(case, change), Ended)


def unchangeable(case: Case) -> NotOpen | None:
    """Why nothing of an exchange can be changed now; nothing where something can."""
    if case.interrupt.done() or case.outcome is not None:
        return NotOpen("exchange.ending")
    if StepKind.DECIDE_CHANGE not in case.policy.steps:
        return NotOpen("change.earlier_rules")
    if case.amendments.continues is not None and not case.amendments.joined:
        return NotOpen("change.first_stay_open")
    if case.nomination is not NominationStatus.VERIFIED:
        return NotOpen("change.not_verified")
    return NotOpen("change.stay_over") if case.stage in OVER or case.departed_on is not None else None


def replan(case: Case, told: ReplanExchange) -> None:
    """Move the stay with its cohort: on record either way, and told twice it is the same (D39)."""
    if told.replan_id in case.amendments.replans:
        return
    case.amendments.replans.add(told.replan_id)
    arrived = case.arrived_at is not None
    wanted = days_for(case.plan, told, begun=arrived or case.plan.start <= case.today())
    change = RequestChange(
        decision_id=told.replan_id,
        actor=told.actor,
        change=wanted,
        plan=changed_plan(case.plan, wanted, case.policy, arrived=arrived),
        version=case.amendments.version,
        replan=True,
    )
    case.note(requested(case, change), subject=change.change.kind)
    faults = change_faults(case.plan, wanted, case.policy, today=case.today(), arrived=arrived)
    stands = unchangeable(case)
    against = stands.message if stands else "change.open" if case.amendments.open is not None else ""
    if why := against or (faults[0].message if faults else ""):
        case.note(closed(change, ChangeStatus.IMPOSSIBLE, why), subject=change.change.kind)
        return
    begin(case, change)


def requested(case: Case, change: RequestChange) -> ChangeRequested:
    """That a change is asked for."""
    return ChangeRequested(
        at=workflow.now(),
        actor=change.actor,
        note_id=change.note_id,
        change_id=change.decision_id,
        change=change.change,
        version=change.version,
        before=case.plan,
        after=change.plan,
        effects=change.effects,
        replan=change.replan,
    )


def remember(case: Case) -> None:
    """Know again which plan holds, and which change is asked for."""
    memory = case.engine.memory
    settled = {event.change_id for event in memory.of(ChangeClosed)}
    applied = memory.of(ChangeApplied)
    case.amendments.version = applied[-1].version if applied else FIRST
    settled |= {event.change_id for event in applied}
    for event in memory.of(ChangeRequested):
        if event.replan:
            case.amendments.replans.add(event.change_id)
        if event.change_id not in settled:
            case.amendments.open = RequestChange(
                decision_id=event.change_id,
                actor=event.actor,
                change=event.change,
                plan=event.after,
                version=event.version,
                effects=event.effects,
                note_id=event.note_id,
                replan=event.replan,
            )


def go_on(case: Case) -> bool:
    """The story has told what it remembers: go on with what changes had begun beside it; says whether there are any."""
    applied = case.engine.memory.of(ChangeApplied)
    if applied:
        following.resume(case, applied)
    if case.amendments.open is not None and case.amendments.task is None:
        begin(case, case.amendments.open)
    return bool(applied) or case.amendments.open is not None


async def stop(case: Case, status: ChangeStatus, reason: str, actor: Actor = CLOCK, note_id: str | None = None) -> None:
    """Close the open change, if there is one; one that is being applied is applied."""
    amendments, change = case.amendments, case.amendments.open
    if change is None:
        return
    task, amendments.task = amendments.task, None
    if task is not None:
        if not amendments.applying:
            task.cancel()
        (ended,) = await asyncio.gather(task, return_exceptions=True)
        if isinstance(ended, Exception):
            raise ended
    if amendments.open is change:
        await _end(case, change, status, reason, actor, note_id)


async def lapse(case: Case, reason: str) -> None:
    """What was not decided when the stay is over, or the exchange ends, is not decided any more."""
    await stop(case, ChangeStatus.LAPSED, reason)


async def _carry(case: Case, change: RequestChange) -> None:
    try:
        if not change.replan:
            await _signed(case, change)
        if isinstance(change.change, SecondHostChange):
            await _taken_on(case, change)
    except _Against as against:
        expired = against.answer.outcome not in {AGREED, "declined"}
        status = ChangeStatus.LAPSED if expired else ChangeStatus.DECLINED
        await _end(case, change, status, against.kind, against.answer.actor)
        return
    await case.amendments.placed.wait()
    if isinstance(change.change, IntakeChange):
        waiting = workflow.patched(DEFERRED_WAITING)
        await (case.amendments.answered if waiting else case.amendments.seated).wait()
    case.amendments.applying = True
    try:
        for left in range(TRIES if change.replan else 1, 0, -1):
            async with case.amendments.taking:
                await _apply(case, change, again=left > 1)
            if case.amendments.open is not change:
                break
            await workflow.sleep(OTHERS_MOVE, summary="others of the cohort make room")
    finally:
        case.amendments.applying = False
        case.amendments.hear()


async def _signed(case: Case, change: RequestChange) -> None:
    """Those who signed the exchange sign the change; the supervisor of another unit is asked when they have (D39).

    Whoever asks has signed by asking. The supervisors whose blocks are moved sign with the others; where one is ill,
    the host's coordinator answers for the unit.
    """
    signatories = (StepKind.APPROVE_CHANGE, StepKind.DECIDE_CHANGE, StepKind.AGREE_CHANGE)
    tracks = [_sign(case, kind, change) for kind in signatories if not _asked_by_signatory(case, kind, change)]
    tracks += [_sign(case, StepKind.CONFIRM_CHANGE, change, unit) for unit in _units_moved(case, change)]
    await together(*tracks)
    known = {place.placement_id for place in places_of(case)}
    besides = (place.unit_id for place in _places_wanted(case, change) if place.placement_id not in known)
    within = {place.unit_id for place in _places_wanted(case, change) if place.supervisor}
    moved = within & set(_units_moved(case, change))  # another supervisor there: the unit has signed
    for unit in dict.fromkeys(besides):
        if unit in moved:
            continue
        await _sign(case, StepKind.CONFIRM_CHANGE, change, unit)


async def _taken_on(case: Case, change: RequestChange) -> None:
    """The second host takes the student, by the nomination there (D38)."""
    answer = await onward.second_host(case, change)
    if answer.outcome != AGREED:
        raise _Against(StepKind.AWAIT_SECOND_HOST, answer)


def _asked_by_signatory(case: Case, kind: StepKind, change: RequestChange) -> bool:
    policy = case.policy.step(kind)
    return signs_by_asking(change.actor, owner_for(policy.side, policy.role, case.parties, at_host=policy.at_host))


def _units_moved(case: Case, change: RequestChange) -> list[str]:
    """Units whose places would be other ones, each once."""
    after = _places_wanted(case, change)
    moved = (place.unit_id for place in places_of(case) if place not in after)
    return list(dict.fromkeys(moved))


async def _sign(case: Case, kind: StepKind, change: RequestChange, unit: str = "") -> None:
    subject = f"{name_of(change.change, case.plan)}:{change.decision_id}"
    answer = await case.ask(kind, subject=subject, unit=unit)
    if answer.outcome != AGREED:
        raise _Against(kind, answer)


async def _apply(case: Case, change: RequestChange, *, again: bool = False) -> None:
    """All of it in one transaction, or nothing; a change that the days have overtaken is not made.

    `again`: where anything is lacking it is tried once more, and left open until then.
    """
    arrived, before = case.arrived_at is not None, places_of(case)
    faults = change_faults(case.plan, change.change, case.policy, today=case.today(), arrived=arrived, places=before)
    if faults or case.interrupt.done() or case.stage in OVER:
        await _end(case, change, ChangeStatus.LAPSED, faults[0].message if faults else STAY_OVER)
        return
    request = ApplyChange(
        key=case.engine.recorder.next_key(),
        exchange_id=case.id,
        change_id=change.decision_id,
        actor=change.actor,
        note_id=change.note_id,
        change=change.change,
        version=case.amendments.version + 1,
        before=case.plan,
        plan=changed_plan(case.plan, change.change, case.policy, arrived=arrived),
        places_before=before,
        places=_places_wanted(case, change),
        onward=case.amendments.onward if isinstance(change.change, SecondHostChange) else None,
        today=case.today(),
        arrived=arrived,
        replan=change.replan,
        policy=case.policy.model_copy(update={"steps": {}, "ladders": {}, "rules": {}, "objectives": {}}),
        at=workflow.now(),
    )
    answer: ChangeAnswer = await case.answered(
        workflow.execute_local_activity_method(Changes.apply_change, request, **RECORD)
    )
    if answer.lacking and again:
        return
    if answer.lacking:
        await _end(case, change, ChangeStatus.IMPOSSIBLE, answer.lacking)
        return
    case.amendments.open = None
    case.amendments.version = request.version
    await following.follow(case, request, answer)
    await onward.tell_onward(case, change, onward.APPLIED)


def places_of(case: Case) -> tuple[PlaceOfBlock, ...]:
    """The accepted places, as a change sees them."""
    return tuple(
        PlaceOfBlock(placement_id=place.placement_id, unit_id=place.unit_id, block=place.block) for place in case.places
    )


def _places_wanted(case: Case, change: RequestChange) -> tuple[PlaceOfBlock, ...]:
    arrived = case.arrived_at is not None
    places = places_of(case)
    if isinstance(change.change, UnitChange):
        block = next(p.block for p in places if p.placement_id == change.change.placement_id)
        return swapped(places, change.change, _next_placement(case, block))
    plan = changed_plan(case.plan, change.change, case.policy, arrived=arrived)
    besides = added(case.plan, plan) if places else ()  # before places are searched, that of this block is, too
    more = (
        PlaceOfBlock(placement_id=_next_placement(case, block), unit_id=block.units[0], block=block)
        for block in besides
    )
    return (*places_after(places, case.plan, plan), *more)


def _next_placement(case: Case, block: PlannedContent) -> str:
    """An id that no place of this block has had: its number keeps the block; changes count on above the searches."""
    earlier = case.reopening.round if case.reopening else 0
    attempt = swap_attempt(earlier, case.amendments.version)
    return placement_id(case.id, block.content, placement_number(block.number, attempt))


async def _end(
    case: Case,
    change: RequestChange,
    status: ChangeStatus,
    reason: str,
    actor: Actor = CLOCK,
    note_id: str | None = None,
) -> None:
    """The change is not made; what was begun for it at a second host comes to nothing."""
    case.amendments.open = None
    case.note(closed(change, status, reason, actor, note_id), subject=change.change.kind, outcome=status)
    await onward.tell_onward(case, change, onward.CLOSED)


def closed(
    change: RequestChange, status: ChangeStatus, reason: str, actor: Actor = CLOCK, note_id: str | None = None
) -> ChangeClosed:
    """That a change is not made, and why."""
    return ChangeClosed(
        at=workflow.now(),
        actor=actor,
        note_id=note_id,
        change_id=change.decision_id,
        status=status,
        reason=reason,
        replan=change.replan,
    )
