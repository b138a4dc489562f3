"""The stay itself: arrival, rotations, departure."""

import asyncio
from datetime import time, timedelta

from temporalio import workflow

from models.identifiers import rotation_workflow_id
from models.messages.rotations import RotationStart
from models.vocabulary import PROGRAMME_CONTENTS, Content, MobilityStatus, Stage, StepKind
from workflows.case import Case, Place
from workflows.rotation import RotationWorkflow
from workflows.stages import law

MORNING = time(8, 0)


async def arrival(case: Case) -> None:
    """The student checks in; that moment starts the legal deadlines (D26, D29, D35)."""
    case.enter(Stage.ARRIVAL)
    await case.ask(StepKind.CHECK_IN)
    case.set_status(mobility=MobilityStatus.LIVE)
    law.begin(case)
    case.duty(_duty(case, StepKind.ORIENTATION))


async def _duty(case: Case, kind: StepKind) -> None:
    await case.ask(kind, anchor_at=case.arrived_at)


async def rotations(case: Case) -> None:
    """Laboratory, clinic, lectures and culture, until the morning of the last day (D8, D36, D41)."""
    case.enter(Stage.ROTATIONS)
    await asyncio.gather(*(start_rotation(case, place) for place in case.places))
    case.duty(programme_evaluation(case))
    await case.engine.until("last day", case.plan.host, case.plan.end, MORNING)


async def start_rotation(case: Case, place: Place) -> None:
    """Begin a rotation as a workflow of its own; a clinical one waits for clearance before any day (D36)."""
    start = RotationStart(
        exchange_id=case.id,
        placement_id=place.placement_id,
        unit_id=place.unit_id,
        parties=case.parties,
        block=place.block,
        policy=case.policy.only(StepKind.EVALUATE_STUDENT),
        needs_clearance=place.block.content is Content.CLINICAL,
        cleared_through=case.cleared_through,
        suspensions=tuple(case.engine.pauses.suspensions.values()),
    )
    case.rotations[place.placement_id] = await workflow.start_child_workflow(
        RotationWorkflow.run,
        start,
        id=rotation_workflow_id(place.placement_id),
        parent_close_policy=workflow.ParentClosePolicy.TERMINATE,
        static_summary=f"{place.block.content} rotation",
    )


async def programme_evaluation(case: Case) -> None:
    """The student evaluates the programme's objectives from the third week on (D41)."""
    week = timedelta(weeks=case.policy.student_evaluation_week - 1)
    opens = min(case.plan.start + week, case.plan.end)
    await case.engine.until("student evaluation", case.plan.host, opens, MORNING)
    await case.ask(StepKind.EVALUATE_PROGRAMME)


async def departure(case: Case) -> None:
    """Check-out of the residence, and what attendance is still missing (D34, D35)."""
    case.enter(Stage.DEPARTURE)
    await case.ask(StepKind.DEPART)
    missing = [c for c in PROGRAMME_CONTENTS if case.plan.block(c) and c not in case.attended]
    if missing:
        await case.ask(StepKind.RECORD_ATTENDANCE, subject=",".join(missing))


async def results(case: Case) -> None:
    """Wait until every rotation is evaluated and every duty of the stay is done."""
    for placement in list(case.rotations):
        # Shielded: leaving the story must not cancel a rotation, its release is said in so many words.
        await asyncio.shield(case.rotations[placement])
        del case.rotations[placement]
    await asyncio.gather(*case.duties)
