"""Moving a student to another bed, before the stay or during it (D34)."""

from datetime import timedelta

from temporalio import workflow

from activities.housing import Housing
from failures.wire import encoded
from models.errors import BadInput, Conflict, NotOpen
from models.messages.contracts import AssignBed, BedMove
from models.messages.housing import HOUSED, MoveBed
from models.people.authorization import may_act_for_host, require
from models.vocabulary import Stage
from workflows.case import Case
from workflows.options import RECORD
from workflows.stages.pre_arrival import CHOOSING_BED


def check_move_bed(case: Case, move: MoveBed) -> None:
    """Whether this person may move the student from this night on."""
    if case.seen(move.decision_id, move):
        return
    require(may_act_for_host(move.actor, case.parties), "not_allowed.move_bed")
    if case.interrupt.done() or case.outcome is not None:
        raise NotOpen("exchange.ending")
    if case.departed_on is not None:
        raise NotOpen("student.left")
    require_housed(case)
    first, last = max(case.plan.start, case.today()), case.plan.end - timedelta(days=1)
    if not first <= move.first_night <= last:
        raise BadInput("night.outside_stay", "first_night", first=first, last=last)


def require_housed(case: Case) -> None:
    """That the bed is chosen, so that it can be another or none from a night on.

    Raises:
        NotOpen: nobody has chosen one yet, or somebody is about to.
    """
    if case.stage not in HOUSED:
        raise NotOpen("bed.not_yet")
    taking = case.stage is Stage.PRE_ARRIVAL and case.under_way > 0
    if taking or any(case.engine.find(kind) for kind in CHOOSING_BED):
        raise NotOpen("bed.being_chosen")


async def move_bed(case: Case, move: MoveBed) -> None:
    """Take the other bed and give back the nights in the old one, both or neither.

    Raises:
        ApplicationError: a conflict; the bed is not free for all nights, or not for this student. Nothing changed.
    """
    request = AssignBed(
        key=case.engine.recorder.next_key(),
        exchange_id=case.id,
        host=case.plan.host,
        first_night=move.first_night,
        last_night=case.plan.end - timedelta(days=1),
        bed_id=move.bed_id,
        at=workflow.now(),
        move=BedMove(
            decision_id=move.decision_id,
            actor=move.actor,
            note_id=move.note_id,
            workflow_id=workflow.info().workflow_id,
        ),
    )
    taking = workflow.execute_local_activity_method(Housing.assign_bed, request, **RECORD)
    answer = await case.answered(taking)
    if answer.held:
        raise encoded(Conflict("bed.held_already", "bed_id", bed=move.bed_id, first=move.first_night))
    if answer.bed_id is None:
        raise encoded(Conflict("bed.not_free", "bed_id", bed=move.bed_id, first=move.first_night))
    await case.engine.recorder.settled()
