"""What follows when another plan holds: due times, papers, bed, arrival, clearance, the law's clocks, rotations (D39).

Told again from the records, what had followed is found and goes on; what had not yet is made up for.
"""

from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import FailureError

from models.events import ChangeApplied, StepReplanned
from models.identifiers import cohort_workflow_id
from models.messages.changes import ApplyChange, ChangeAnswer, PlaceOfBlock
from models.messages.exchange import Plan, TimelineEntry
from models.messages.rotations import RotationEnd, RotationReplanned
from models.rules.impact import COLLECTED, asked_for
from models.vocabulary import Anchor, Content, Stage, StepKind
from workflows.amendments import FIRST
from workflows.case import Case
from workflows.engine.memory import Memory
from workflows.engine.open_step import StepAnswer
from workflows.search_attributes import INTAKE_YEAR
from workflows.stages import law
from workflows.stages.application import WAITING_FOR_A_SEAT, collect
from workflows.stages.health import health
from workflows.stages.health_records import falls_short
from workflows.stages.places import placed
from workflows.stages.pre_arrival import CHOOSING_BED, arrival_details, housing
from workflows.stages.renewing import renews_ahead
from workflows.stages.stay import MORNING, evaluation_opens, start_rotation

ALREADY_ASKED = frozenset({Stage.NOMINATION, Stage.DOCUMENTS})
"""Stages in which the story itself still collects the application documents."""


async def follow(case: Case, change: ApplyChange, answer: ChangeAnswer) -> None:
    """The plan is another one from now on, and everything with it."""
    before, case.plan = case.plan, change.plan
    case.places = [placed(place) for place in change.places]
    case.timeline.append(
        TimelineEntry(
            at=workflow.now(),
            kind="change_applied",
            actor=change.actor.id,
            subject=change.change.kind,
            outcome=str(change.version),
        )
    )
    for kind, document_id in answer.collected_anew.items():
        case.accepted.pop(kind, None)
        case.returned.add(document_id)
    if answer.seat is not None:
        _waits_no_more(case)
    _move_due_times(case, before, change.change_id)
    _move_days(case)
    _collect(case)
    _ask_for_the_bed(case, before, answer)
    _ask_for_the_arrival(case, before)
    _clear(case)
    law.stay_moved(case)
    await _tell_rotations(case, change.places_before)
    if before.year != case.plan.year:
        workflow.upsert_search_attributes([INTAKE_YEAR.value_set(case.plan.year)])
    if answer.seat is not None:
        await _tell_cohorts(before, case.plan)


def resume(case: Case, applied: tuple[ChangeApplied, ...]) -> None:
    """What changes had begun beside the story goes on, and what a change had not come to is made up for."""
    memory, last = case.engine.memory, applied[-1]
    if last.seat is not None:
        _waits_no_more(case)
    if not _is_told(memory, last.change_id):
        _move_due_times(case, last.before, last.change_id, before_it=last.at)
    _collect(case)
    for step in list(memory.under_way()):
        if step.opened.step in CHOOSING_BED and not any(case.engine.find(kind) for kind in CHOOSING_BED):
            bed = step.opened.subject if step.opened.step is StepKind.CONFIRM_BED else None
            case.duty(housing(case, bed))
        elif step.opened.step is StepKind.CONFIRM_ARRIVAL:
            case.duty(arrival_details(case))
    _clear(case)
    law.stay_moved(case)
    if last.seat is not None:
        case.duty(_tell_cohorts(last.before, last.plan))


def _waits_no_more(case: Case) -> None:
    """Who has the seat of another intake waits for none, and no offer is to be answered (D14)."""
    case.waitlist_position = None
    for kind in WAITING_FOR_A_SEAT:
        if (step := case.engine.find(kind)) is not None:
            case.engine.cancel(step.id)


async def _tell_cohorts(before: Plan, after: Plan) -> None:
    """The cohorts of both intakes read the records: a seat was given back in one and taken in the other.

    One that does not run reads them when it begins; one that is told twice reads them once more.
    """
    for key in (before.cohort, after.cohort):
        cohort = workflow.get_external_workflow_handle(cohort_workflow_id(key.id))
        try:
            await cohort.signal("catch_up")
        except FailureError:
            workflow.logger.warning("cohort %s is not running; it reads the records when it begins", key.id)


def _is_told(memory: Memory, change_id: str) -> bool:
    """Whether due times had followed a change: they follow it in one record."""
    return any(moved.change_id == change_id for moved in memory.of(StepReplanned))


def no_longer_owed(case: Case) -> None:
    """Once the stay is over nobody needs papers for it."""
    if case.amendments.version == FIRST:
        return
    for step in list(case.engine.open_steps.values()):
        if step.policy.kind in COLLECTED:
            case.engine.cancel(step.id)


def _move_due_times(case: Case, before: Plan, change_id: str, before_it: datetime | None = None) -> None:
    """Due times that count from an end of the stay count from its new one; what was opened since does already."""
    moved = {Anchor.START: (before.start, case.plan.start), Anchor.END: (before.end, case.plan.end)}
    for step in list(case.engine.open_steps.values()):
        was, now = moved.get(step.policy.due.anchor, (None, None))
        if before_it is not None and step.opened_at >= before_it:
            continue
        if now is not None and was != now and step.rules.anchor_on in {was, now}:
            case.engine.replan(step, now, change_id)


def _move_days(case: Case) -> None:
    """The days that the story waits for."""
    case.engine.move("last day", case.plan.host, case.plan.end, MORNING)
    case.engine.move("student evaluation", case.plan.host, evaluation_opens(case), MORNING)


def _collect(case: Case) -> None:
    """Ask for what is missing: in the step that is open, else in another one beside the story."""
    arrived = case.arrived_at is not None
    for kind in COLLECTED:
        needed = {one.kind for one in asked_for(case.policy, case.plan, kind, arrived=arrived)}
        missing = needed - case.accepted.keys()
        if kind in case.awaited:
            case.awaited[kind] |= missing
            case.collected[kind] = needed | case.collected[kind]
        elif kind is StepKind.SUBMIT_HEALTH_RECORDS and _health_begins(case):
            continue  # the track itself asks for what the clinic needs
        elif kind is StepKind.SUBMIT_ARRIVAL_PAPERS and not (arrived and kind in case.policy.steps):
            continue  # the arrival asks for them
        elif missing and _was_collected(case, kind):
            case.duty(collect(case, kind))


def _was_collected(case: Case, kind: StepKind) -> bool:
    """Whether the story has gone on from a step that collects documents."""
    if kind is StepKind.SUBMIT_DOCUMENTS:
        return case.stage not in ALREADY_ASKED
    closed = (step.kind for step in case.engine.closed_steps.values())
    recalled = (s.opened.step for s in case.engine.memory.steps.values() if s.closed is not None)
    return kind in closed or kind in recalled or case.stage in {Stage.ARRIVAL, Stage.ROTATIONS}


def _ask_for_the_bed(case: Case, before: Plan, answer: ChangeAnswer) -> None:
    """A bed that is another one, or is slept in longer, is confirmed anew (D34)."""
    if answer.bed_id is None:
        return
    step = case.engine.find(StepKind.CONFIRM_BED)
    if step is not None:
        if step.subject != answer.bed_id:
            case.engine.close(step, StepAnswer(outcome="other_bed", bed_id=answer.bed_id))
        return
    longer = case.plan.start < before.start or case.plan.end > before.end
    if longer or answer.bed_id != answer.bed_before:
        case.duty(housing(case, answer.bed_id))


def _ask_for_the_arrival(case: Case, before: Plan) -> None:
    """Who comes on another day says so anew (D12)."""
    if before.start == case.plan.start or case.engine.find(StepKind.CONFIRM_ARRIVAL) is not None:
        return
    asked = any(step.kind is StepKind.CONFIRM_ARRIVAL for step in case.engine.closed_steps.values())
    recalled = any(s.opened.step is StepKind.CONFIRM_ARRIVAL for s in case.engine.memory.steps.values())
    if (asked or recalled) and case.stage in {Stage.PRE_ARRIVAL, Stage.ARRIVAL}:
        case.duty(arrival_details(case))


def _clear(case: Case) -> None:
    """The clearance follows the last clinical day; who has clinical days for the first time is asked for one (D36).

    Nobody decides on the clearance of a stay that has no clinic any more.
    """
    case.planned_anew.set()
    asked = case.engine.find(StepKind.CLEAR_FOR_CLINIC)
    if asked is not None and (case.plan.block(Content.CLINICAL) is None or _lasts(case)):
        case.engine.cancel(asked.id)
    if _health_begins(case):
        case.begin_health(health(case))


def _lasts(case: Case) -> bool:
    """Whether the clearance that a decision was asked for ahead of reaches the last clinical day after all."""
    through = case.cleared_through
    return through is not None and renews_ahead(case) and not falls_short(case, through)


def _health_begins(case: Case) -> bool:
    """Whether a change brings clinical days to a stay whose health track has ended without a clearance."""
    return case.health_is_over and case.cleared_through is None and case.plan.block(Content.CLINICAL) is not None


async def _tell_rotations(case: Case, places_before: tuple[PlaceOfBlock, ...]) -> None:
    """Rotations that run work the days of the new plan; those it does not have end, and those it has besides begin."""
    if case.stage is not Stage.ROTATIONS:
        return
    now = {place.placement_id: place for place in case.places}
    known = {place.placement_id: place for place in places_before}
    for placement, before in known.items():
        rotation = case.rotations.get(placement)
        if rotation is None or rotation.done():
            continue
        if placement not in now:
            begun = before.block.start <= case.today()
            last_day = case.today() if begun else before.block.start - timedelta(days=1)
            await case.answered(rotation.signal("end", RotationEnd(last_day=last_day, evaluate=begun)))
        elif now[placement].block != before.block:
            await case.answered(rotation.signal("replan", RotationReplanned(block=now[placement].block)))
    for placement, place in now.items():
        if placement not in known:
            await start_rotation(case, place)
