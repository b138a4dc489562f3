"""The stay itself: arrival, rotations, departure."""

import asyncio
from datetime import date, time, timedelta

from temporalio import workflow

from activities.rotations import Rotations
from models.events import AttendanceReported, RotationEnded
from models.identifiers import rotation_workflow_id
from models.messages.rotations import RotationReplanned, RotationResult, RotationStart
from models.rules.clearance import cleared_days
from models.rules.objectives import StayPart, asked_for
from models.rules.stay import limit, midpoint
from models.vocabulary import PROGRAMME_CONTENTS, Content, MobilityStatus, Stage, StepKind
from workflows.amendments import FIRST
from workflows.case import Case
from workflows.options import RECORD
from workflows.parts import Place
from workflows.reports import Hours
from workflows.rotation import RotationWorkflow, first_clinical_day
from workflows.running_rotation import RotationApart, RotationAsChild
from workflows.stages import law
from workflows.stages.application import collect

MORNING = time(8, 0)
AT_MIDDLE = StepKind.EVALUATE_MIDPOINT


async def arrival(case: Case) -> None:
    """The student checks in; that moment starts the legal deadlines (D26, D29, D35)."""
    case.enter(Stage.ARRIVAL)
    await case.ask(StepKind.CHECK_IN)
    case.set_status(mobility=MobilityStatus.LIVE)
    if case.engine.memory.arrived:
        law.resume(case)
    else:
        law.begin(case)
        case.duty(_duty(case, StepKind.ORIENTATION))
        if StepKind.SUBMIT_ARRIVAL_PAPERS in case.policy.steps:
            case.duty(collect(case, StepKind.SUBMIT_ARRIVAL_PAPERS))


async def _duty(case: Case, kind: StepKind) -> None:
    await case.ask(kind, anchor_at=case.arrived_at)


async def rotations(case: Case) -> None:
    """Laboratory, clinic, lectures and culture, until the morning of the last day (D8, D36, D41)."""
    case.enter(Stage.ROTATIONS)
    await asyncio.gather(*(start_rotation(case, place) for place in case.places))
    case.duty(programme_evaluation(case))
    await case.engine.until("last day", case.plan.host, case.plan.end, MORNING)


async def start_rotation(case: Case, place: Place) -> None:
    """Begin a rotation as a workflow of its own; a clinical one waits for clearance before any day (D36).

    It outlives the runs of its exchange: one that runs already stays, one that is over on record is not begun again.
    """
    memory = case.engine.memory
    for ended in memory.of(RotationEnded):
        if ended.placement_id == place.placement_id:
            case.work(over(case, place, ended))
            return
    knows = AT_MIDDLE in case.policy.steps
    middle = midpoint(place.block.start, place.block.end, case.policy) if knows else None
    start = RotationStart(
        exchange_id=case.id,
        placement_id=place.placement_id,
        unit_id=place.unit_id,
        parties=case.parties,
        block=place.block,
        policy=case.policy.only(StepKind.EVALUATE_STUDENT, *((AT_MIDDLE,) if middle else ())),
        midpoint=middle,
        most_hours_a_day=limit(case.policy, "D42", "most_hours_a_day"),
        suspended=case.engine.pauses.over(),
        needs_clearance=place.block.content is Content.CLINICAL,
        cleared_through=case.cleared_through,
        cleared=cleared_days(case.clearances, case.zone),
        suspensions=tuple(case.engine.pauses.suspensions.values()),
        resumes=1 if case.engine.memory.known else 0,
        longest_history=case.longest_history,
        zone=case.zone,
        apart=case.rotations_apart,
    )
    if start.apart:
        case.rotations[place.placement_id] = RotationApart(place.placement_id)  # it may be over before the answer
        await case.answered(workflow.execute_local_activity_method(Rotations.begin_rotation, start, **RECORD))
        if start.resumes and case.amendments.version > FIRST:  # it may not have heard of what was changed
            replanned = RotationReplanned(block=place.block)
            await case.answered(case.rotations[place.placement_id].signal("replan", replanned))
        return
    child = await workflow.start_child_workflow(
        RotationWorkflow.run,
        start,
        id=rotation_workflow_id(place.placement_id),
        parent_close_policy=workflow.ParentClosePolicy.TERMINATE,
        static_summary=f"{place.block.content} rotation",
    )
    case.rotations[place.placement_id] = RotationAsChild(child)


def over(case: Case, place: Place, ended: RotationEnded) -> RotationResult:
    """What a rotation left, by the records."""
    memory, clinical = case.engine.memory, place.block.content is Content.CLINICAL
    hours = Hours()
    hours.remember(one for one in memory.of(AttendanceReported) if one.placement_id == place.placement_id)
    days = cleared_days(memory.events, case.zone)
    first = first_clinical_day(days, place.block.start) if clinical else place.block.start
    return RotationResult(
        placement_id=place.placement_id,
        last_day=ended.last_day,
        hours_attended=hours.attended,
        evaluated=False,
        first_day=first,
        reports=hours.reports,
    )


async def programme_evaluation(case: Case) -> None:
    """The student evaluates the programme's objectives from the third week on (D41)."""
    memory = case.engine.memory
    if not (memory.leaving and memory.next_of(StepKind.EVALUATE_PROGRAMME)):  # asked before the stay was ended
        await case.engine.until("student evaluation", case.plan.host, evaluation_opens(case), MORNING)
    await case.ask(StepKind.EVALUATE_PROGRAMME, subject=objectives(case))


def objectives(case: Case) -> str:
    """The objectives that the student is asked for: those that blocks and contents of the stay serve, by key.

    Nothing where the exchange began before objectives were told apart: all are asked.
    """
    if not case.policy.serving:
        return ""
    blocks = [StayPart(place.block.content, place.unit_id) for place in case.places]
    contents = [StayPart(content) for content in case.plan.kinds() if content in PROGRAMME_CONTENTS]
    named = [objective for report in case.hours.reports for objective in report.objectives]
    return ",".join(asked_for(case.policy, case.plan.host, [*blocks, *contents], named))


def evaluation_opens(case: Case) -> date:
    """The day from which the student evaluates: in the third week, at the latest on the last day."""
    week = timedelta(weeks=case.policy.student_evaluation_week - 1)
    return min(case.plan.start + week, case.plan.end)


async def departure(case: Case) -> None:
    """Check-out of the residence, and what attendance is still missing (D34, D35)."""
    case.enter(Stage.DEPARTURE)
    await case.ask(StepKind.DEPART)
    missing = [c for c in PROGRAMME_CONTENTS if case.plan.block(c) and c not in case.hours.contents]
    if missing:
        await case.ask(StepKind.RECORD_ATTENDANCE, subject=",".join(missing))


async def results(case: Case) -> None:
    """Wait until every rotation is evaluated and every duty of the stay is done."""
    for placement in list(case.rotations):
        await case.rotations[placement].over()
        del case.rotations[placement]
    await asyncio.gather(*case.duties)
