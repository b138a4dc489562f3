"""Who is told what: the notices an event causes, as values. Ids, dates and codes only; names join when mail is sent.

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
from datetime import date, timedelta
from enum import StrEnum

from models.actors import Owner
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
from models.vocabulary import Announce, Outcome, Role, RungKind, StepKind, Target
from models.wire import Id, Moment, Wire

SILENT_STEPS = frozenset({StepKind.WAIT_FOR_SEAT})
"""Steps that ask nothing of anybody: they wait for something else to happen."""

SOON = timedelta(hours=48)
"""What is due so soon after it opened is told at once."""
LATE = timedelta(hours=1)
"""After so much delay a rung is told together with what else was missed, in one mail."""


class NoticeKind(StrEnum):
    """The kinds of message; each has a folder of templates."""

    STEP_OPENED = "step_opened"
    REMINDER = "reminder"
    ESCALATION = "escalation"
    DEADLINE_CHANGED = "deadline_changed"
    DOCUMENT_REJECTED = "document_rejected"
    WAITLISTED = "waitlisted"
    ARRIVED = "arrived"
    CERTIFICATE_ISSUED = "certificate_issued"
    OUTCOME = "outcome"
    COHORT_BELOW_MINIMUM = "cohort_below_minimum"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    STANDING_IN = "standing_in"
    CAUGHT_UP = "caught_up"
    DIGEST = "digest"
    SUMMARY = "summary"


OVERVIEWS = frozenset(
    {
        NoticeKind.SUSPENDED,
        NoticeKind.RESUMED,
        NoticeKind.STANDING_IN,
        NoticeKind.CAUGHT_UP,
        NoticeKind.DIGEST,
        NoticeKind.SUMMARY,
    }
)
"""Messages that list many things instead of asking for one."""


class Reader(StrEnum):
    """In which capacity somebody reads a notice."""

    OWNER = "owner"
    """Owes the step, or provided the document."""
    RESPONSIBLE = "responsible"
    """Answers for the owner; the ladder climbed to them."""
    COPY = "copy"
    """Reads along; nothing is asked of them."""
    INFORMED = "informed"
    """Takes part in the exchange."""


class Addressee(Wire):
    """Somebody to tell: everybody of a role at an institution or unit, or one person by id."""

    role: Role
    institution: str = ""
    unit: str = ""
    person: str = ""
    """Student or contact id; where it is set, nobody else is meant."""


class StepFacts(Wire):
    """A step as it stands after the event."""

    step_id: Id
    step: StepKind
    owner: Owner
    subject: str = ""
    due_at: Moment
    zone: str
    """Of the owner's institution, in which the deadline was set."""
    ends_at: Moment | None = None
    """When the step closes by itself if nobody answers."""
    note_id: Id | None = None
    """What a person wrote when they asked for it."""
    announce: Announce = Announce.NOW
    legal: bool = False
    """A clock of the law."""


class DocumentFacts(Wire):
    """A document that was not accepted; the findings are kept beside it."""

    document_id: Id
    document: str
    returned: bool = False
    """Sent back by a person after the checks had accepted it."""
    provided_by: Addressee
    note_id: Id | None = None
    due_at: Moment | None = None
    """When the step that waits for it is due."""
    zone: str = "UTC"


class WaitlistFacts(Wire):
    """A place on the waitlist; 1 is next."""

    position: int | None


class ArrivalFacts(Wire):
    """The moment of an arrival at the residence."""

    arrived_at: Moment


class CertificateFacts(Wire):
    """A certificate; version 2 and later replace the one before."""

    number: Id
    version: int
    verification: str
    issued_on: date


class OutcomeFacts(Wire):
    """How an exchange ended."""

    outcome: Outcome
    reason: str


class CohortFacts(Wire):
    """A cohort with fewer students than agreed."""

    sending: str
    host: str
    year: int
    seats_taken: int
    minimum: int


class SuspensionFacts(Wire):
    """A suspension that reached somebody's exchanges, or that is over."""

    suspension_id: Id
    reason: str = ""
    since: Moment
    until: Moment | None = None


class AbsenceFacts(Wire):
    """Days on which somebody else stands in."""

    absence_id: Id
    person: Id
    first_day: date
    last_day: date


class OverviewFacts(Wire):
    """What an overview looks back to, and what it cannot find by itself."""

    since: Moment
    until: Moment
    steps: tuple[Id, ...] = ()
    """The steps it is about; empty: those it finds on record."""


Facts = (
    StepFacts
    | DocumentFacts
    | WaitlistFacts
    | ArrivalFacts
    | CertificateFacts
    | OutcomeFacts
    | CohortFacts
    | SuspensionFacts
    | AbsenceFacts
    | OverviewFacts
)

FACTS: dict[NoticeKind, type[Facts]] = {
    NoticeKind.STEP_OPENED: StepFacts,
    NoticeKind.REMINDER: StepFacts,
    NoticeKind.ESCALATION: StepFacts,
    NoticeKind.DEADLINE_CHANGED: StepFacts,
    NoticeKind.DOCUMENT_REJECTED: DocumentFacts,
    NoticeKind.WAITLISTED: WaitlistFacts,
    NoticeKind.ARRIVED: ArrivalFacts,
    NoticeKind.CERTIFICATE_ISSUED: CertificateFacts,
    NoticeKind.OUTCOME: OutcomeFacts,
    NoticeKind.COHORT_BELOW_MINIMUM: CohortFacts,
    NoticeKind.SUSPENDED: SuspensionFacts,
    NoticeKind.RESUMED: SuspensionFacts,
    NoticeKind.STANDING_IN: AbsenceFacts,
    NoticeKind.CAUGHT_UP: OverviewFacts,
    NoticeKind.DIGEST: OverviewFacts,
    NoticeKind.SUMMARY: OverviewFacts,
}
"""What each kind of notice says."""


class Notice(Wire):
    """One thing to tell one addressee."""

    kind: NoticeKind
    to: Addressee
    reader: Reader
    facts: Facts
    except_for: str = ""
    """Id of somebody who need not be told: they did it."""
    at_once: bool = True
    """Whether it cannot wait for the digest of the day."""
    once: str = ""
    """What it is told about once, however many exchanges say so; empty: this event."""
    late: bool = False
    """Whether the service was away when it should have been said."""


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
            return _to_owner(NoticeKind.STEP_OPENED, step, at_once=_announced(step, event.at))
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
    if step.step in SILENT_STEPS:
        return ()
    to = owner_of(step.owner)
    return (Notice(kind=kind, to=to, reader=Reader.OWNER, facts=step, except_for=except_for, at_once=at_once),)


def _announced(step: StepFacts, opened_at: Moment) -> bool:
    """Whether its owner hears of a step when it opens: what is due before another digest was read cannot wait."""
    return step.announce is Announce.NOW or step.due_at - opened_at < SOON


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
    """To whom a rung speaks (D16). A target named twice is told once, as the one who is to act."""
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
