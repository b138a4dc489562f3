"""Deadlines that people move: extended, snoozed, given to somebody else. Legal ones stand."""

from datetime import timedelta

from temporalio import workflow

from models.errors import BadInput, NotOpen
from models.events import DeadlineExtended, StepReassigned, StepSnoozed
from models.messages.exchange import ExtendDeadline, ReassignStep, SnoozeStep
from models.people.authorization import Owner, may_change_deadline, may_decide, reassignable_to, require
from models.rules.extensions import check_extension
from models.vocabulary import Role, RungKind, StepKind
from workflows.case import Case
from workflows.engine.open_step import OpenStep


def check_extend(case: Case, change: ExtendDeadline) -> None:
    """Whether this deadline may be moved by this person to then: later only; legal deadlines never move (D29)."""
    if case.seen(change.decision_id, change):
        return
    step = case.engine.require_open(change.step_id)
    require(may_change_deadline(change.actor, step.owner), "not_allowed.move_deadline")
    _require_no_law(step)
    if step.plan is None or step.first_due_at is None:
        raise NotOpen("step.not_open", step=change.step_id)  # its due time is on its way from the records
    check_extension(
        change.due_at,
        now=workflow.now(),
        due_at=step.plan.due_at,
        first_due_at=step.first_due_at,
        held_since=step.pauses.since,
        most_days=step.policy.extension_days,
        rule=step.rules.due,
        zone=step.plan.zone,
    )
    _require_reason(change.note_id)


async def extend(case: Case, change: ExtendDeadline) -> None:
    """Move the deadline; its ladder is planned anew with the answer of the records."""
    step = case.engine.require_open(change.step_id)
    now = workflow.now()
    event = DeadlineExtended(
        at=now,
        actor=change.actor,
        note_id=change.note_id,
        step_id=step.id,
        decision_id=change.decision_id,
        due_at=change.due_at,
        before=step.plan.due_at if step.plan else None,
    )
    step.pauses.count_anew(now)
    step.rules = step.rules.model_copy(update={"due_at": change.due_at, "counted_from": now, "held": step.pauses.held})
    step.anew, step.ended = True, False
    case.engine.recorder.add(event, step.rules)
    await case.engine.recorder.settled()


def check_snooze(case: Case, change: SnoozeStep) -> None:
    """Whether this person may put off the reminders of this step for that long."""
    if case.seen(change.decision_id, change):
        return
    step = case.engine.require_open(change.step_id)
    require(may_decide(change.actor, step.owner), "not_allowed.snooze")
    _require_no_law(step)
    now, limit = workflow.now(), timedelta(days=step.policy.snooze_days)
    if change.until <= now:
        raise BadInput("time.not_ahead", "until")
    if change.until > now + limit:
        raise BadInput("snooze.too_long", "until", days=limit.days)
    if step.plan is None or change.until >= step.plan.due_at:
        raise BadInput("snooze.past_due", "until")


async def snooze(case: Case, change: SnoozeStep) -> None:
    """Put off the reminders; the last one before the step is due is never silenced."""
    step = case.engine.require_open(change.step_id)
    assert step.plan is not None
    ladder = step.rules.ladder
    silenced = tuple(
        rung.index
        for rung in step.plan.rungs
        if ladder.rungs[rung.index].kind is RungKind.REMINDER
        and rung.at < change.until
        and rung.index != ladder.last_reminder
        and rung.index not in step.fired
    )
    step.fired.update(silenced)
    event = StepSnoozed(
        at=workflow.now(),
        actor=change.actor,
        note_id=change.note_id,
        step_id=step.id,
        decision_id=change.decision_id,
        until=change.until,
        silenced=silenced,
    )
    case.engine.recorder.add(event)
    await case.engine.recorder.settled()


def check_reassign(case: Case, change: ReassignStep) -> None:
    """Whether this step may go to another role of the same institution."""
    if case.seen(change.decision_id, change):
        return
    step = case.engine.require_open(change.step_id)
    require(may_change_deadline(change.actor, step.owner), "not_allowed.reassign")
    roles = reassignable_to(step.owner, step.policy.role)
    if not roles:
        raise BadInput("reassign.stays", "step_id")
    if change.role not in roles:
        raise BadInput("reassign.not_to", "role", roles=roles)
    _require_reason(change.note_id)


async def reassign(case: Case, change: ReassignStep) -> None:
    """Give the step to another role; who is already past a rung is not asked again."""
    step = case.engine.require_open(change.step_id)
    owner = Owner(side=step.owner.side, role=Role(change.role), institution=step.owner.institution)
    event = StepReassigned(
        at=workflow.now(),
        actor=change.actor,
        note_id=change.note_id,
        step_id=step.id,
        decision_id=change.decision_id,
        owner=owner,
        before=step.owner,
    )
    step.owner = owner
    case.engine.recorder.add(event)
    await case.engine.recorder.settled()


def _require_no_law(step: OpenStep) -> None:
    # Policies frozen before legal deadlines were named as such knew one.
    if step.policy.legal or step.policy.kind is StepKind.REGISTER_RESIDENCE:
        laws = tuple(part for part in (step.policy.law, step.policy.rule) if part)
        raise BadInput("due_time.legal", "step_id", laws=laws)


def _require_reason(note_id: str | None) -> None:
    if note_id is None:
        raise BadInput("note.needed", "note")
