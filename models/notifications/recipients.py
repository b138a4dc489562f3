"""Who is told what: the notices an event causes, one function for each event that causes any.

Everything else tells nobody: no mail to anyone not concerned. Waiting for a seat asks nothing of anybody, and nobody is
told that they changed a deadline themselves. What need not be known at once waits for the digest of the day: openings
of steps that say so, and reminders but the last one before a step is due.
"""

from collections.abc import Iterable
from datetime import timedelta
from functools import singledispatch
from typing import NamedTuple

from models.events import (
    Arrived,
    BedAssigned,
    CertificateIssued,
    ChangeApplied,
    ChangeClosed,
    ClearanceEnded,
    ClearanceEnding,
    Cleared,
    CohortClosedBelowMinimum,
    CohortReplanned,
    ConsentWithdrawn,
    DeadlineExtended,
    Departed,
    DocumentChecked,
    DocumentReturned,
    Event,
    ExchangeClosed,
    ExchangeReopened,
    ExchangeResumed,
    ExchangeSuspended,
    ExtensionFiledLate,
    Fact,
    LetterWritten,
    ParticularsKept,
    PersonCorrected,
    RenewalNotNeeded,
    RungFired,
    SeatAnswered,
    StepOpened,
    StepReassigned,
    StepReminded,
)
from models.notifications.addressing import Setting, inform, office, owner_of, student_of
from models.notifications.change_news import news_of_change, news_of_replan
from models.notifications.clearance_news import news_of_clearance, news_of_ending, news_of_needless_renewal
from models.notifications.housing_news import news_of_bed, news_of_settlement
from models.notifications.notices import (
    Addressee,
    ArrivalFacts,
    CertificateFacts,
    CohortFacts,
    DocumentFacts,
    LetterNotice,
    Notice,
    NoticeKind,
    OutcomeFacts,
    PersonCorrectedFacts,
    Reader,
    ReopenedFacts,
    StepFacts,
    WaitlistFacts,
)
from models.notifications.stay_facts import ConsentFacts, LateFilingFacts
from models.notifications.suspension_news import news_of_suspension
from models.people.authorization import Owner
from models.people.letters import LETTER_RULES
from models.vocabulary import Announce, Outcome, Role, RungKind, Side, Target

SOON = timedelta(hours=48)
"""What is due so soon after it opened is told at once."""
LATE = timedelta(hours=1)
"""After so much delay a rung is told together with what else was missed, in one mail."""


class _Scene(NamedTuple):
    setting: Setting
    step: StepFacts | None
    document: DocumentFacts | None


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
    return tuple(_told(event, _Scene(setting, step, document)))


@singledispatch
def _told(event: Fact, scene: _Scene) -> Iterable[Notice]:
    """Whom an event tells; nobody, unless a function below says so."""
    return ()


@_told.register
def _step_opened(event: StepOpened, scene: _Scene) -> Iterable[Notice]:
    """The step's owner."""
    if (step := scene.step) is None:
        return ()
    loud = told_when_opened(step.announce, step.due_at - event.at, legal=step.legal)
    return _to_owner(NoticeKind.STEP_OPENED, step, at_once=loud)


@_told.register
def _step_reassigned(event: StepReassigned, scene: _Scene) -> Iterable[Notice]:
    """The step's new owner."""
    return _to_owner(NoticeKind.STEP_OPENED, scene.step) if scene.step else ()


@_told.register
def _deadline_extended(event: DeadlineExtended, scene: _Scene) -> Iterable[Notice]:
    """The step's owner, unless they moved it themselves."""
    return _to_owner(NoticeKind.DEADLINE_CHANGED, scene.step, except_for=event.actor.id) if scene.step else ()


@_told.register
def _rung_fired(event: RungFired, scene: _Scene) -> Iterable[Notice]:
    """Whom the rung addresses; its copies read only."""
    return _of_rung(event, scene.setting, scene.step) if scene.step else ()


@_told.register
def _step_reminded(event: StepReminded, scene: _Scene) -> Iterable[Notice]:
    """The step's owner, at once."""
    return _to_owner(NoticeKind.REMINDER, scene.step) if scene.step else ()


@_told.register
def _document_checked(event: DocumentChecked, scene: _Scene) -> Iterable[Notice]:
    """Who provided it, where it does not pass."""
    return () if event.accepted or event.review else _to_provider(scene.document)


@_told.register
def _document_returned(event: DocumentReturned, scene: _Scene) -> Iterable[Notice]:
    """Who provided it."""
    return _to_provider(scene.document)


@_told.register
def _seat_answered(event: SeatAnswered, scene: _Scene) -> Iterable[Notice]:
    """Student and sending coordinator, of a place on the waitlist."""
    if event.answer != "waitlisted":
        return ()
    people = student_of(scene.setting), office(scene.setting.sending)
    return inform(NoticeKind.WAITLISTED, WaitlistFacts(position=event.position), *people)


@_told.register
def _arrived(event: Arrived, scene: _Scene) -> Iterable[Notice]:
    """The sending partner office; of a late arrival also student and coordinators: it may cost the certificate."""
    setting, facts = scene.setting, ArrivalFacts(arrived_at=event.arrived_at, days_late=event.days_late)
    late = (student_of(setting), office(setting.sending), office(setting.host)) if event.days_late else ()
    return inform(NoticeKind.ARRIVED, facts, office(setting.sending, Role.PARTNER_OFFICE), *late)


@_told.register
def _bed_assigned(event: BedAssigned, scene: _Scene) -> Iterable[Notice]:
    return news_of_bed(event, scene.setting)


@_told.register
def _settlement(event: ParticularsKept | Departed, scene: _Scene) -> Iterable[Notice]:
    return news_of_settlement(event, scene.setting)


@_told.register
def _change_ended(event: ChangeApplied | ChangeClosed, scene: _Scene) -> Iterable[Notice]:
    return news_of_change(event, scene.setting)


@_told.register
def _cohort_replanned(event: CohortReplanned, scene: _Scene) -> Iterable[Notice]:
    return news_of_replan(event, scene.setting)


@_told.register
def _extension_filed_late(event: ExtensionFiledLate, scene: _Scene) -> Iterable[Notice]:
    """The student, the host's coordinator and head of office, and the sending coordinator (D31)."""
    host, sending = scene.setting.host, scene.setting.sending
    facts = LateFilingFacts(filed_on=event.filed_on, due_on=event.due_on, until=event.until)
    offices = office(host), office(host, Role.HEAD_OF_OFFICE), office(sending)
    return inform(NoticeKind.EXTENSION_FILED_LATE, facts, student_of(scene.setting), *offices)


@_told.register
def _clearance_changed(event: ClearanceEnded | Cleared, scene: _Scene) -> Iterable[Notice]:
    return news_of_clearance(event, scene.setting)


@_told.register
def _clearance_ending(event: ClearanceEnding, scene: _Scene) -> Iterable[Notice]:
    return news_of_ending(event, scene.setting)


@_told.register
def _renewal_not_needed(event: RenewalNotNeeded, scene: _Scene) -> Iterable[Notice]:
    return news_of_needless_renewal(event, scene.setting)


@_told.register
def _certificate_issued(event: CertificateIssued, scene: _Scene) -> Iterable[Notice]:
    """Student and sending partner office."""
    issued = CertificateFacts(
        number=event.number, version=event.version, verification=event.verification, issued_on=event.issued_on
    )
    partner = office(scene.setting.sending, Role.PARTNER_OFFICE)
    return inform(NoticeKind.CERTIFICATE_ISSUED, issued, student_of(scene.setting), partner)


@_told.register
def _letter_written(event: LetterWritten, scene: _Scene) -> Iterable[Notice]:
    """Those whom this kind of letter is for."""
    written = LetterNotice(letter=event.letter, number=event.number, version=event.version)
    for side, role in sorted(LETTER_RULES[event.letter].told):
        sides = {Side.SENDING: scene.setting.sending, Side.HOST: scene.setting.host}
        to = student_of(scene.setting) if side is Side.STUDENT else office(sides[side], role)
        yield from inform(NoticeKind.LETTER_WRITTEN, written, to)


@_told.register
def _exchange_closed(event: ExchangeClosed, scene: _Scene) -> Iterable[Notice]:
    """Student, sending and host coordinator; who expected a student that does not come, or not for so long (D40)."""
    ended = OutcomeFacts(outcome=event.outcome, reason=event.reason)
    expecting = () if event.outcome is Outcome.COMPLETED else scene.setting.expecting
    offices = office(scene.setting.sending), office(scene.setting.host)
    return inform(NoticeKind.OUTCOME, ended, student_of(scene.setting), *offices, *map(owner_of, expecting))


@_told.register
def _exchange_reopened(event: ExchangeReopened, scene: _Scene) -> Iterable[Notice]:
    """Whoever was told that it ended."""
    offices = office(scene.setting.sending), office(scene.setting.host)
    facts = ReopenedFacts(nomination_version=event.nomination_version)
    return inform(NoticeKind.REOPENED, facts, student_of(scene.setting), *offices)


@_told.register
def _person_corrected(event: PersonCorrected, scene: _Scene) -> Iterable[Notice]:
    """The student and both offices."""
    offices = office(scene.setting.sending), office(scene.setting.host)
    facts = PersonCorrectedFacts(columns=event.columns)
    return inform(NoticeKind.PERSON_CORRECTED, facts, student_of(scene.setting), *offices)


@_told.register
def _cohort_closed_below_minimum(event: CohortClosedBelowMinimum, scene: _Scene) -> Iterable[Notice]:
    """Both coordinators and the programme office."""
    setting = scene.setting
    facts = CohortFacts(
        sending=setting.sending,
        host=setting.host,
        year=setting.year,
        seats_taken=event.seats_taken,
        minimum=event.minimum,
    )
    offices = office(setting.sending), office(setting.host), office(setting.home, Role.PROGRAMME_OFFICE)
    return inform(NoticeKind.COHORT_BELOW_MINIMUM, facts, *offices)


def _to_owner(kind: NoticeKind, step: StepFacts, except_for: str = "", *, at_once: bool = True) -> tuple[Notice, ...]:
    if step.silent:
        return ()
    to = owner_of(step.owner)
    return (Notice(kind=kind, to=to, reader=Reader.OWNER, facts=step, except_for=except_for, at_once=at_once),)


def _to_provider(document: DocumentFacts | None) -> tuple[Notice, ...]:
    if document is None:
        return ()
    return (Notice(kind=NoticeKind.DOCUMENT_REJECTED, to=document.provided_by, reader=Reader.OWNER, facts=document),)


def told_when_opened(announce: Announce, time_left: timedelta, *, legal: bool) -> bool:
    """Whether its owner hears of a step when it opens: what is due before another digest was read cannot wait."""
    return announce is Announce.NOW or legal or time_left < SOON


@_told.register
def _of_suspension(event: ExchangeSuspended | ExchangeResumed, scene: _Scene) -> Iterable[Notice]:
    return news_of_suspension(event, scene.setting)


@_told.register
def _consent_withdrawn(event: ConsentWithdrawn, scene: _Scene) -> Iterable[Notice]:
    """The student and both coordinators: nothing more goes to the host by it (D46)."""
    facts = ConsentFacts(to=event.to, notice=event.notice, version=event.version)
    offices = office(scene.setting.sending), office(scene.setting.host)
    return inform(NoticeKind.CONSENT_WITHDRAWN, facts, student_of(scene.setting), *offices)


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
            return office(institution, Role.COORDINATOR)
        case Target.HEAD_OF_OFFICE:
            return office(institution, Role.HEAD_OF_OFFICE)
        case Target.PROGRAMME_OFFICE:
            return office(setting.home, Role.PROGRAMME_OFFICE)
        case Target.PARTNER_OFFICE:
            other = setting.host if institution == setting.sending else setting.sending
            return office(other, Role.PARTNER_OFFICE)


CAUSING_NOTICES = tuple(event for event in _told.registry if event is not Fact and event is not object)
"""Events that may tell somebody something; no other one needs a look."""
