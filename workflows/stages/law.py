"""Legal deadlines of a stay: started and restarted by what happens to the student, over when the student has left.

An exchange knows only those of the policy it was nominated under; later ones never start in it.
"""

from collections.abc import Coroutine
from datetime import date, datetime, timedelta
from typing import Any

from temporalio import workflow

from models.catalogue.jurisdiction import Cause, Duty, EntryRight, Since
from models.events import ExtensionFiledLate, StayPermitted
from models.rules.stay import limit
from models.vocabulary import StepKind
from workflows.case import Case
from workflows.ending import Ended
from workflows.engine.open_step import StepAnswer
from workflows.stages.application import collect

AFTER_ARRIVAL = (
    StepKind.RECORD_STAY,
    StepKind.FILE_EXTENSION,
    StepKind.AWAIT_EXTENSION,
    StepKind.APPLY_RESIDENCE_PERMIT,
    StepKind.AWAIT_PERMIT,
    StepKind.REPORT_ADDRESS,
    StepKind.CONFIRM_REENTRY,
    StepKind.SUBMIT_ARRIVAL_PAPERS,
)
"""What nobody needs to do any more once the student has left the country."""
UNCONDITIONAL = (
    StepKind.REGISTER_RESIDENCE,
    StepKind.REPORT_ADDRESS,
    StepKind.VALIDATE_SEVIS,
    StepKind.ORIENTATION,
    StepKind.STUDENT_DUTY,
)
"""Duties of the stay whose answers have no consequence."""
COLLECTED = frozenset({StepKind.SUBMIT_DOCUMENTS, StepKind.SUBMIT_INSURANCE, StepKind.SUBMIT_ARRIVAL_PAPERS})
"""What may have to be handed in anew during the stay."""
LEAVING = frozenset({StepKind.WATCH_STAY, StepKind.LEAVE_AFTER_END})
"""What leaving the country answers."""
OF_THE_STAY = frozenset({*AFTER_ARRIVAL, *UNCONDITIONAL, StepKind.HOST_DUTY, StepKind.WATCH_STAY})
"""What an arrival begins."""


def begin(case: Case) -> None:
    """The student has arrived: the duties of the law, and the last day of the permitted stay (D26, D29, D30, D32)."""
    begin_duties(case, Cause.ARRIVED, case.arrived_at)
    if not case.law.permitted_stay or case.plan.entry is EntryRight.FREE:
        return
    if case.permitted_until is not None:
        permit(case, case.permitted_until)
    else:
        _duty(case, StepKind.RECORD_STAY, _recorded(case))


def begin_duties(case: Case, cause: Cause, at: datetime | None) -> None:
    """What the law asks because of an arrival or a movement; what it asked because of an earlier one counts no more."""
    for duty in duties(case, cause):
        _supersede(case, duty.step, duty.id)
        since = case.entered_at if duty.since is Since.ENTRY else at
        match duty.step:
            case StepKind.APPLY_RESIDENCE_PERMIT:
                _duty(case, duty.step, _residence(case, since))
            case StepKind.REGISTER_RESIDENCE:
                _start(case, duty.step, anchor_at=since, offset=_registration_hours(case))
            case _:
                _start(case, duty.step, subject=duty.id, anchor_at=since, offset=duty.days)


def duties(case: Case, cause: Cause) -> tuple[Duty, ...]:
    """What the law of the host's country asks of this stay when something happens; nothing of who moves freely."""
    if case.plan.entry is EntryRight.FREE:
        return ()
    asked = (duty for duty in case.law.duties if cause in duty.on)
    return tuple(duty for duty in asked if duty.concerns(case.plan.visa_class, case.plan.days))


def resume(case: Case) -> None:
    """Go on with what is open on record: movements and answers had begun and superseded it in their order."""
    until = case.permitted_until
    case.engine.memory.pass_over(OF_THE_STAY)
    for step in case.engine.memory.under_way():
        at = step.anchor_at
        match step.opened.step:
            case kind if kind in COLLECTED and case.arrived_at is not None:
                _duty(case, kind, collect(case, kind))
            case StepKind.RECORD_STAY:
                _duty(case, StepKind.RECORD_STAY, _recorded(case))
            case StepKind.CONFIRM_REENTRY:
                _duty(case, StepKind.CONFIRM_REENTRY, _return(case, case.moved_at or workflow.now()))
            case StepKind.FILE_EXTENSION if until is not None:
                _duty(case, StepKind.FILE_EXTENSION, _extension(case, until))
            case StepKind.AWAIT_EXTENSION:
                _duty(case, StepKind.AWAIT_EXTENSION, _awaited(case))
            case StepKind.APPLY_RESIDENCE_PERMIT:
                _duty(case, StepKind.APPLY_RESIDENCE_PERMIT, _residence(case, at))
            case StepKind.AWAIT_PERMIT:
                _duty(case, StepKind.AWAIT_PERMIT, _decided(case))
            case StepKind.WATCH_STAY:
                _start(case, StepKind.WATCH_STAY, anchor_on=until)
            case kind if kind in UNCONDITIONAL:
                _start(case, kind, subject=step.opened.subject, anchor_at=at)
            case StepKind.HOST_DUTY if _goes_on(case, step.opened.subject):
                _start(case, StepKind.HOST_DUTY, subject=step.opened.subject, anchor_at=at)


def _registration_hours(case: Case) -> int | None:
    """In the countryside a registration has three days (D29)."""
    return limit(case.policy, "D29", "rural_hours") if case.rural else None


def arrived_otherwise(
    case: Case, before: tuple[datetime, datetime], now: tuple[datetime, datetime], change_id: str
) -> None:
    """The arrival and the entry were at other times: what counts from them counts anew, what is answered stays."""
    of_entry = {duty.step for duty in duties(case, Cause.ARRIVED) if duty.since is Since.ENTRY}
    for step in list(case.engine.open_steps.values()):
        if step.rules.anchor_at in before and step.rules.due_at is None:
            arrived, entered = now
            case.engine.recount(step, entered if step.policy.kind in of_entry else arrived, change_id)


def moved_otherwise(case: Case, before: datetime, now: datetime, change_id: str) -> None:
    """The last movement was at another time."""
    for step in list(case.engine.open_steps.values()):
        if step.rules.anchor_at == before and step.rules.due_at is None:
            case.engine.recount(step, now, change_id)


def left_the_country(case: Case, at: datetime) -> None:
    """On a single entry there is no way back with the same visa (D33)."""
    if case.plan.entry is not EntryRight.FREE and case.single_entry and not (case.interrupt.done() and runs_on(case)):
        _supersede(case, StepKind.CONFIRM_REENTRY)
        _duty(case, StepKind.CONFIRM_REENTRY, _return(case, at))


def permit(case: Case, until: date) -> None:
    """The stay is permitted through a day: alarms before it, an extension where the exchange is longer (D30, D31)."""
    case.permitted_until = until
    case.first_permitted_until = case.first_permitted_until or until
    case.note(StayPermitted(at=workflow.now(), until=until), subject="permitted stay", outcome=until.isoformat())
    _supersede(case, StepKind.WATCH_STAY)
    _start(case, StepKind.WATCH_STAY, anchor_on=until)
    _supersede(case, StepKind.FILE_EXTENSION)
    if until < case.plan.end and not _owes_permit(case):
        _duty(case, StepKind.FILE_EXTENSION, _extension(case, until))


def permit_as_written(case: Case, until: date) -> None:
    """The authority wrote until when the stay is permitted; nobody has to look for it any more."""
    _supersede(case, StepKind.RECORD_STAY)
    permit(case, until)


def settle_return(case: Case, *, multiple: bool) -> None:
    """Whoever is abroad on a visa for several entries has a way back; nothing is to be clarified (D33)."""
    if multiple:
        _supersede(case, StepKind.CONFIRM_REENTRY)


def depart(case: Case, answer: StepAnswer) -> None:
    """The student has left: no legal deadline runs for them any more."""
    over = {*AFTER_ARRIVAL, *UNCONDITIONAL} if case.interrupt.done() else {*AFTER_ARRIVAL}
    for step in list(case.engine.open_steps.values()):
        if step.policy.kind in LEAVING:
            case.engine.close(step, answer.model_copy(update={"outcome": "left"}))
        elif step.policy.kind in over:
            case.engine.cancel(step.id)


def stay_moved(case: Case) -> None:
    """The stay ends on another day: it is extended with the authority where it is longer than permitted (D31)."""
    until = case.permitted_until
    if case.arrived_at is None or until is None:
        return
    if until >= case.plan.end or _owes_permit(case):
        _supersede(case, StepKind.FILE_EXTENSION)
    elif not any(case.engine.find(kind) for kind in (StepKind.FILE_EXTENSION, StepKind.AWAIT_EXTENSION)):
        _duty(case, StepKind.FILE_EXTENSION, _extension(case, until))


def runs_on(case: Case) -> bool:
    """Whether the law's deadlines outlast an early end; those of exchanges that began before it was so end with it."""
    return StepKind.REPORT_LEAVING in case.policy.steps


def after_early_end(case: Case, last_day: date) -> tuple[Coroutine[Any, Any, Any], ...]:
    """What the law wants of a stay that ended on a day before its planned end (D26, D40).

    The deadlines that run go on until the departure; an extension that nobody needs any more is not filed.
    """
    if not runs_on(case):
        return ()
    if case.abroad:
        depart(case, StepAnswer(outcome="left"))
    if case.permitted_until is not None and case.permitted_until >= last_day:
        _supersede(case, StepKind.FILE_EXTENSION)
    tracks: list[Coroutine[Any, Any, Any]] = []
    for duty in duties(case, Cause.ENDED_EARLY):
        if duty.step not in LEAVING:
            tracks.append(case.ask(duty.step, subject=duty.id, anchor_on=last_day, offset=duty.days))
        elif case.departed_on is None and not case.abroad:
            _start(case, duty.step, anchor_on=last_day)
    return tuple(tracks)


async def _return(case: Case, left_at: datetime) -> None:
    """Whoever does not come back has ended the stay on the day they left (D40)."""
    try:
        await case.ask(StepKind.CONFIRM_REENTRY, anchor_at=left_at)
    except Ended as ended:
        left_at = case.moved_at or left_at  # it may have been corrected
        case.end(ended.ending.model_copy(update={"last_day": min(case.day_of(left_at), case.plan.end)}))
        if runs_on(case):
            depart(case, StepAnswer(outcome="left", actor=ended.ending.actor))


async def _extension(case: Case, until: date) -> None:
    """The student files in time, the coordinator records what the authority answers (D31; of a permit D32)."""
    own = case.law.extension_days_before
    if case.resident:
        days = limit(case.policy, "D32", "renew_days_before")
    else:
        days = limit(case.policy, "D31", "file_days_before") if own is None else own
    offset = -days if case.resident or own is not None else None
    filed = await case.ask(StepKind.FILE_EXTENSION, anchor_on=until, offset=offset)
    if filed.outcome != "filed":
        return
    in_time = until - timedelta(days=days)
    if case.today() > in_time and not filed.recalled:
        late = ExtensionFiledLate(
            at=workflow.now(), actor=filed.actor, filed_on=case.today(), due_on=in_time, until=until
        )
        case.note(late, subject="extension", outcome="late")
    await _awaited(case)


async def _awaited(case: Case) -> None:
    """What the authority answers."""
    answer = await case.ask(StepKind.AWAIT_EXTENSION)
    if answer.outcome == "granted":
        assert answer.valid_through is not None
        permit(case, answer.valid_through)


def _owes_permit(case: Case) -> bool:
    """Whether the stay needs a residence permit that is not granted: an X1 visa itself is not extended (D32)."""
    needs = case.plan.visa_class in case.law.permit_visas
    return needs and not case.resident and StepKind.AWAIT_PERMIT in case.policy.steps


async def _residence(case: Case, entered_at: datetime | None) -> None:
    """Who enters on an X1 visa applies for a residence permit (D32)."""
    applied = await case.ask(StepKind.APPLY_RESIDENCE_PERMIT, anchor_at=entered_at)
    if applied.outcome == "applied" and StepKind.AWAIT_PERMIT in case.policy.steps:
        await _decided(case)


async def _decided(case: Case) -> None:
    """What the authority answers; who is refused may apply again in the time that was left."""
    answer = await case.ask(StepKind.AWAIT_PERMIT)
    if answer.outcome == "granted":
        assert answer.valid_through is not None
        case.resident = True
        _supersede(case, StepKind.RECORD_STAY)
        permit(case, answer.valid_through)
    elif answer.outcome == "refused":
        await _residence(case, case.entered_at)


async def _recorded(case: Case) -> None:
    """Until when the student may stay is on the visa or permit; somebody has to look at it."""
    answer = await case.ask(StepKind.RECORD_STAY)
    if answer.outcome == "recorded":
        assert answer.valid_through is not None
        permit(case, answer.valid_through)


def _start(
    case: Case,
    kind: StepKind,
    *,
    subject: str = "",
    anchor_on: date | None = None,
    anchor_at: datetime | None = None,
    offset: int | None = None,
) -> None:
    _duty(case, kind, _ask(case, kind, subject, anchor_on, anchor_at, offset))


async def _ask(
    case: Case, kind: StepKind, subject: str, anchor_on: date | None, anchor_at: datetime | None, offset: int | None
) -> None:
    await case.ask(kind, subject=subject, anchor_on=anchor_on, anchor_at=anchor_at, offset=offset)


def _goes_on(case: Case, duty_id: str) -> bool:
    """Whether a duty of the host began with an arrival or a movement; one of an early end is asked for by the end."""
    duty = case.law.duty(duty_id)
    return duty is not None and Cause.ENDED_EARLY not in duty.on


def _duty(case: Case, kind: StepKind, duty: Coroutine[Any, Any, Any]) -> None:
    if kind in case.policy.steps:
        case.duty(duty, legal=True)
    else:
        duty.close()


def _supersede(case: Case, kind: StepKind, subject: str = "") -> None:
    for step in list(case.engine.open_steps.values()):
        if step.policy.kind is kind and (not subject or step.subject == subject):
            case.engine.cancel(step.id)
