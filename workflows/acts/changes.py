"""Leaving the programme, and suspensions that reach it."""

from temporalio import workflow

from models.errors import BadInput, NotOpen
from models.events import ExchangeResumed
from models.messages.exchange import EndEarly, Withdraw
from models.messages.suspensions import Resume, Suspend
from models.people.authorization import may_withdraw, require
from models.vocabulary import Outcome, Role
from workflows.case import Case
from workflows.ending import Ending
from workflows.stages import law


def check_withdraw(case: Case, withdrawal: Withdraw) -> None:
    """Whether the exchange can still be withdrawn by this person; a live stay is ended early instead (D40)."""
    if case.seen(withdrawal.decision_id, withdrawal):
        return
    require(may_withdraw(withdrawal.actor, case.parties), "not_allowed.withdraw")
    _require_running(case)
    if case.arrived_at is not None:
        raise NotOpen("stay.begun")
    said = withdrawal.declared_on
    if said is not None and said > case.today():
        raise BadInput("answer.day_ahead", "declared_on")
    nominated = case.engine.nominated_at or workflow.info().start_time
    if said is not None and said < case.day_of(nominated):
        raise BadInput("answer.day_before", "declared_on", day=case.day_of(nominated))


def withdraw(case: Case, withdrawal: Withdraw) -> None:
    """Leave the story."""
    case.end(
        Ending(
            outcome=Outcome.WITHDRAWN,
            reason="withdrawn",
            actor=withdrawal.actor,
            note_id=withdrawal.note_id,
            declared_on=withdrawal.declared_on,
        )
    )


def check_end_early(case: Case, end: EndEarly) -> None:
    """Whether a live stay may be ended by this person on this day, which may be one ahead (D40)."""
    if case.seen(end.decision_id, end):
        return
    allowed = may_withdraw(end.actor, case.parties) and end.actor.role is not Role.STUDENT
    require(allowed, "not_allowed.end_early")
    _require_running(case)
    if case.arrived_at is None:
        raise NotOpen("stay.not_begun")
    latest = case.plan.end if law.runs_on(case) and case.departed_on is None else min(case.plan.end, case.today())
    first = case.day_of(case.arrived_at)
    if not first <= end.last_day <= latest:
        raise BadInput("last_day.outside_stay", "last_day", first=first, last=latest)


def end_early(case: Case, end: EndEarly) -> None:
    """Leave the story on its last day, which may be ahead; what an early end owes is asked for (D40)."""
    outcome = Outcome.ENDED_EARLY_JUSTIFIED if end.justified else Outcome.ENDED_EARLY_UNJUSTIFIED
    reason = "force_majeure" if end.justified else "unjustified"
    case.end(Ending(outcome=outcome, reason=reason, actor=end.actor, note_id=end.note_id, last_day=end.last_day))


def cancelled(case: Case) -> Ending:
    """How an exchange ends whose workflow an operator cancels: withdrawn, or early where the stay has begun (D40)."""
    reason = "cancelled_by_operator"
    if case.arrived_at is None or not law.runs_on(case):
        return Ending(outcome=Outcome.WITHDRAWN, reason=reason)
    last_day = min(case.today(), case.plan.end)
    return Ending(outcome=Outcome.ENDED_EARLY_UNJUSTIFIED, reason=reason, last_day=last_day)


def _require_running(case: Case) -> None:
    if case.interrupt.done() or case.outcome is not None:
        raise NotOpen("exchange.ending")


async def suspend(case: Case, suspension: Suspend) -> None:
    """Pause the exchange and its rotations; a suspension told twice is one."""
    if case.suspend(suspension):
        await _tell_rotations(case, "suspend", suspension)


async def resume(case: Case, resumption: Resume) -> None:
    """Resume the exchange and its rotations."""
    since = case.engine.resume(resumption)
    if since is None:
        return
    case.note(
        ExchangeResumed(at=workflow.now(), suspension_id=resumption.suspension_id, since=since, until=resumption.until),
        subject=resumption.suspension_id,
    )
    await _tell_rotations(case, "resume", resumption)


async def _tell_rotations(case: Case, signal: str, message: Suspend | Resume) -> None:
    for placement in sorted(case.rotations):
        rotation = case.rotations[placement]
        if not rotation.done():
            await case.answered(rotation.signal(signal, message))
