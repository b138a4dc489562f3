"""Who is told what: the notices an event causes.

    event                            notice                        who
    step_opened, step_reassigned     step_opened                   the step's owner
    rung_fired                       reminder, escalation          whom the rung addresses; its copies read only
    deadline_extended                deadline_changed              the step's owner
    document_checked (rejected),     document_rejected             who provided it
    document_returned
    seat_answered (waitlisted)       waitlisted                    student, sending coordinator
    arrived                          arrived                       sending partner office
    certificate_issued               certificate_issued            student, sending partner office
    exchange_closed                  outcome                       student, sending and host coordinator
    cohort_closed_below_minimum      cohort_below_minimum          both coordinators, programme office
    exchange_suspended, _resumed     suspended, resumed            its people, once for the whole suspension
    absence_planned                  standing_in                   who stands in, when it begins

Everything else tells nobody: no mail to anyone not concerned. Waiting for a seat asks nothing of anybody, and nobody is
told that they changed a deadline themselves. What need not be known at once waits for the digest of the day: openings
of steps that say so, and reminders but the last one before a step is due.
"""

from collections.abc import Iterable
from datetime import timedelta

from models.events import (
    Arrived,
    CertificateIssued,
    CohortClosedBelowMinimum,
    DeadlineExtended,
    DocumentChecked,
    DocumentReturned,
    Event,
    ExchangeClosed,
    ExchangeResumed,
    ExchangeSuspended,
    RungFired,
    SeatAnswered,
    StepOpened,
    StepReassigned,
)
from models.notifications.notices import (
    Addressee,
    ArrivalFacts,
    CertificateFacts,
    CohortFacts,
    DocumentFacts,
    Facts,
    Notice,
    NoticeKind,
    OutcomeFacts,
    Reader,
    StepFacts,
    SuspensionFacts,
    WaitlistFacts,
)
from models.people.authorization import Owner
from models.vocabulary import Announce, Role, RungKind, Target
from models.wire import Wire

SOON = timedelta(hours=48)
"""What is due so soon after it opened is told at once."""
LATE = timedelta(hours=1)
"""After so much delay a rung is told together with what else was missed, in one mail."""


class Setting(Wire):
    """Between whom the stream of an event plays. `student` is empty for a cohort."""

    sending: str
    host: str
    home: str
    """The institution of the programme office."""
    student: str = ""
    year: int = 0
    """Intake year."""


CAUSING_NOTICES = (
    StepOpened,
    StepReassigned,
    RungFired,
    DeadlineExtended,
    DocumentChecked,
    DocumentReturned,
    SeatAnswered,
    Arrived,
    CertificateIssued,
    ExchangeClosed,
    CohortClosedBelowMinimum,
    ExchangeSuspended,
    ExchangeResumed,
)
"""Events that may tell somebody something; no other one needs a look."""


def notices_of(
    event: Event, setting: Setting, step: StepFacts | None = None, document: DocumentFacts | None = None
) -> tuple[Notice, ...]:
    """The notices an event causes; who comes first is told in the capacity that asks most of them.

    Args:
        event: what happened.
        setting: between whom.
        step: the step after the event, for events about a step.
        document: the document after the event, for events about a document.
    """
    match event:
        case StepOpened() if step is not None:
            loud = told_when_opened(step.announce, step.due_at - event.at, legal=step.legal)
            return _to_owner(NoticeKind.STEP_OPENED, step, at_once=loud)
        case StepReassigned() if step is not None:
            return _to_owner(NoticeKind.STEP_OPENED, step)
        case ExchangeSuspended() | ExchangeResumed():
            return _of_suspension(event, setting)
        case DeadlineExtended() if step is not None:
            return _to_owner(NoticeKind.DEADLINE_CHANGED, step, except_for=event.actor.id)
        case RungFired() if step is not None:
            return tuple(_of_rung(event, setting, step))
        case DocumentChecked(accepted=False) | DocumentReturned() if document is not None:
            told = Notice(
                kind=NoticeKind.DOCUMENT_REJECTED, to=document.provided_by, reader=Reader.OWNER, facts=document
            )
            return (told,)
        case SeatAnswered(answer="waitlisted"):
            place = WaitlistFacts(position=event.position)
            return _inform(NoticeKind.WAITLISTED, place, _student(setting), _office(setting.sending))
        case Arrived():
            arrival = ArrivalFacts(arrived_at=event.arrived_at)
            return _inform(NoticeKind.ARRIVED, arrival, _office(setting.sending, Role.PARTNER_OFFICE))
        case CertificateIssued():
            issued = CertificateFacts(
                number=event.number, version=event.version, verification=event.verification, issued_on=event.issued_on
            )
            partner = _office(setting.sending, Role.PARTNER_OFFICE)
            return _inform(NoticeKind.CERTIFICATE_ISSUED, issued, _student(setting), partner)
        case ExchangeClosed():
            ended = OutcomeFacts(outcome=event.outcome, reason=event.reason)
            offices = _office(setting.sending), _office(setting.host)
            return _inform(NoticeKind.OUTCOME, ended, _student(setting), *offices)
        case CohortClosedBelowMinimum():
            return _of_cohort(event, setting)
        case _:
            return ()


def _to_owner(kind: NoticeKind, step: StepFacts, except_for: str = "", *, at_once: bool = True) -> tuple[Notice, ...]:
    if step.silent:
        return ()
    to = owner_of(step.owner)
    return (Notice(kind=kind, to=to, reader=Reader.OWNER, facts=step, except_for=except_for, at_once=at_once),)


def told_when_opened(announce: Announce, time_left: timedelta, *, legal: bool) -> bool:
    """Whether its owner hears of a step when it opens: what is due before another digest was read cannot wait."""
    return announce is Announce.NOW or legal or time_left < SOON


def _of_suspension(event: ExchangeSuspended | ExchangeResumed, setting: Setting) -> tuple[Notice, ...]:
    """To the people of the exchange, once for the whole suspension: a coordinator of many students gets one mail."""
    resumed = isinstance(event, ExchangeResumed)
    kind = NoticeKind.RESUMED if resumed else NoticeKind.SUSPENDED
    facts = SuspensionFacts(
        suspension_id=event.suspension_id,
        reason="" if isinstance(event, ExchangeResumed) else event.reason,
        since=event.since,
        until=event.until if isinstance(event, ExchangeResumed) else None,
    )
    offices = (
        _office(setting.sending),
        _office(setting.host),
        _office(setting.host, Role.HOUSING_OFFICER),
        _office(setting.host, Role.OCCUPATIONAL_HEALTH),
        _office(setting.sending, Role.PARTNER_OFFICE),
    )
    told = _inform(kind, facts, _student(setting), *offices)
    return tuple(notice.model_copy(update={"once": f"{event.suspension_id}:{kind}"}) for notice in told)


def owner_of(owner: Owner) -> Addressee:
    """The owner of a step as an addressee; a student's step is told to the student alone."""
    return Addressee(role=owner.role, institution=owner.institution, unit=owner.unit, person=owner.person)


def _of_rung(event: RungFired, setting: Setting, step: StepFacts) -> Iterable[Notice]:
    """To whom a rung is addressed (D16). A target named twice is told once, as the one who is to act."""
    kind = NoticeKind.REMINDER if event.rung_kind is RungKind.REMINDER else NoticeKind.ESCALATION
    at_once = kind is NoticeKind.ESCALATION or event.last or step.legal
    late = event.scheduled_at is not None and event.at - event.scheduled_at > LATE
    for target in dict.fromkeys(event.to):
        to = _target(target, setting, step.owner)
        reader = _reader_of(target, step.owner, to)
        yield Notice(kind=kind, to=to, reader=reader, facts=step, at_once=at_once, late=late)
    for target in dict.fromkeys(event.copy_to):
        if target not in event.to:
            to = _target(target, setting, step.owner)
            yield Notice(kind=kind, to=to, reader=Reader.COPY, facts=step, at_once=at_once, late=late)


def _reader_of(target: Target, owner: Owner, to: Addressee) -> Reader:
    if target is Target.OWNER or to == owner_of(owner):
        return Reader.OWNER
    # The other university's partner office cannot answer for this one; it is told, not asked.
    return Reader.COPY if target is Target.PARTNER_OFFICE else Reader.RESPONSIBLE


def _target(target: Target, setting: Setting, owner: Owner) -> Addressee:
    institution = owner.institution or setting.home
    match target:
        case Target.OWNER:
            return owner_of(owner)
        case Target.COORDINATOR:
            return _office(institution, Role.COORDINATOR)
        case Target.HEAD_OF_OFFICE:
            return _office(institution, Role.HEAD_OF_OFFICE)
        case Target.PROGRAMME_OFFICE:
            return _office(setting.home, Role.PROGRAMME_OFFICE)
        case Target.PARTNER_OFFICE:
            other = setting.host if institution == setting.sending else setting.sending
            return _office(other, Role.PARTNER_OFFICE)


def _of_cohort(event: CohortClosedBelowMinimum, setting: Setting) -> tuple[Notice, ...]:
    facts = CohortFacts(
        sending=setting.sending,
        host=setting.host,
        year=setting.year,
        seats_taken=event.seats_taken,
        minimum=event.minimum,
    )
    offices = _office(setting.sending), _office(setting.host), _office(setting.home, Role.PROGRAMME_OFFICE)
    return _inform(NoticeKind.COHORT_BELOW_MINIMUM, facts, *offices)


def _inform(kind: NoticeKind, facts: Facts, *to: Addressee) -> tuple[Notice, ...]:
    return tuple(Notice(kind=kind, to=addressee, reader=Reader.INFORMED, facts=facts) for addressee in to)


def _student(setting: Setting) -> Addressee:
    return Addressee(role=Role.STUDENT, institution=setting.sending, person=setting.student)


def _office(institution: str, role: Role = Role.COORDINATOR) -> Addressee:
    return Addressee(role=role, institution=institution)
