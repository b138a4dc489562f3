"""Leaving the programme, and deadlines that move."""

from temporalio import workflow

from models.actors import Owner, may_change_deadline, may_withdraw, require
from models.errors import BadInput, NotOpen
from models.exchange import EndEarly, ExtendDeadline, ReassignStep, Withdraw
from models.vocabulary import Outcome, Role, StepKind
from workflows.case import Case, Ending


def check_withdraw(case: Case, withdrawal: Withdraw) -> None:
    """Whether the exchange can still be withdrawn by this person; a live stay is ended early instead (D40)."""
    if case.seen(withdrawal.decision_id):
        return
    require(may_withdraw(withdrawal.actor, case.parties), "withdraw this student")
    _require_running(case)
    if case.arrived_at is not None:
        raise NotOpen("The stay has begun. End it early instead, with its last day and whether that is justified.")


def withdraw(case: Case, withdrawal: Withdraw) -> None:
    """Leave the story."""
    case.end(Ending(outcome=Outcome.WITHDRAWN, reason="withdrawn", actor=withdrawal.actor, note_id=withdrawal.note_id))


def check_end_early(case: Case, end: EndEarly) -> None:
    """Whether a live stay may be ended by this person on this day (D40)."""
    if case.seen(end.decision_id):
        return
    allowed = may_withdraw(end.actor, case.parties) and end.actor.role is not Role.STUDENT
    require(allowed, "end this stay early")
    _require_running(case)
    if case.arrived_at is None:
        raise NotOpen("The stay has not begun. Withdraw the student instead.")
    if not case.arrived_at.date() <= end.last_day <= min(case.plan.end, workflow.now().date()):
        raise BadInput("last_day: must lie between the arrival and today, inside the stay.")


def end_early(case: Case, end: EndEarly) -> None:
    """Leave the story; a justified end still owes evaluations and departure."""
    outcome = Outcome.ENDED_EARLY_JUSTIFIED if end.justified else Outcome.ENDED_EARLY_UNJUSTIFIED
    reason = "force_majeure" if end.justified else "unjustified"
    case.end(Ending(outcome=outcome, reason=reason, actor=end.actor, note_id=end.note_id, last_day=end.last_day))


def _require_running(case: Case) -> None:
    if case.interrupt.done() or case.outcome is not None:
        raise NotOpen("The exchange is ending already. Look at its timeline for how and by whom.")


def check_extend(case: Case, change: ExtendDeadline) -> None:
    """Whether this deadline may be moved by this person; legal clocks never move (D29)."""
    if case.seen(change.decision_id):
        return
    step = case.desk.require_open(change.step_id)
    require(may_change_deadline(change.actor, step.owner), "move this deadline")
    if step.policy.kind is StepKind.REGISTER_RESIDENCE:
        raise BadInput("step_id: the law sets this deadline; nobody can extend it (D29).")
    if change.due_at <= workflow.now():
        raise BadInput("due_at: must be in the future.")


async def extend(case: Case, change: ExtendDeadline) -> None:
    """Move the deadline and plan the ladder anew."""
    step = case.desk.require_open(change.step_id)
    case.desk.extend(step, change.due_at, change.decision_id, change.actor, change.note_id)
    await case.desk.journal.settled()


def check_reassign(case: Case, change: ReassignStep) -> None:
    """Whether this step may go to another role of the same institution."""
    if case.seen(change.decision_id):
        return
    step = case.desk.require_open(change.step_id)
    require(may_change_deadline(change.actor, step.owner), "reassign this step")
    offices = {Role.COORDINATOR, Role.HEAD_OF_OFFICE, Role.HOUSING_OFFICER}
    if step.owner.role is Role.STUDENT or change.role not in offices:
        raise BadInput(f"role: a step of an office goes to one of {', '.join(sorted(offices))}; a student's stays.")


async def reassign(case: Case, change: ReassignStep) -> None:
    """Give the step to another role."""
    step = case.desk.require_open(change.step_id)
    owner = Owner(side=step.owner.side, role=Role(change.role), institution=step.owner.institution)
    case.desk.reassign(step, owner, change.decision_id, change.actor, change.note_id)
    await case.desk.journal.settled()
