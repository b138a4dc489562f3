"""What an event of an exchange was about and what came of it, in words of one reader."""

from datetime import date

from models.document_states import DocumentState
from models.events import (
    Arrived,
    AttendanceReported,
    BedAssigned,
    CertificateIssued,
    ChangeApplied,
    ChangeClosed,
    ChangeRequested,
    ClearanceEnded,
    ClearanceEnding,
    Cleared,
    DeadlineExtended,
    Departed,
    DocumentChecked,
    DocumentErased,
    DocumentOpened,
    DocumentReturned,
    DocumentReviewed,
    DocumentSubmitted,
    Evaluated,
    Event,
    ExchangeClosed,
    ExchangeOpened,
    ExchangeReopened,
    ExchangeResumed,
    ExchangeSuspended,
    FactsStated,
    HoldingsReleased,
    LeavingBegan,
    LetterWritten,
    MovementReported,
    NominationCorrected,
    OverrideAsked,
    PaperRecorded,
    ParticularsKept,
    PersonCorrected,
    PlaceAssigned,
    PlaceReleased,
    PostWritten,
    RenewalNotNeeded,
    ReportCorrected,
    RulesMoved,
    RungFired,
    SeatAnswered,
    StageEntered,
    StatusChanged,
    StayPermitted,
    StepClosed,
    StepHeld,
    StepOpened,
    StepReassigned,
    StepReminded,
    StepReplanned,
    StepResumed,
    StepSnoozed,
)
from models.identifiers import kind_of
from models.people.authorization import Owner
from models.rules.changes import name_of
from models.vocabulary import HoldCause, Missed, RungKind, StepKind, Target
from texts.authority import PAPERS
from texts.changes import CHANGE_NAMES, CHANGE_STATES
from texts.clearances import CLEARANCES
from texts.conversation import POST_READERS
from texts.forms import CLEARANCE_ENDS, COLUMNS, REPORTED
from texts.i18n import _
from texts.labels import (
    DOCUMENT_STATES,
    MISSED,
    MOBILITY,
    MOVEMENTS,
    NOMINATIONS,
    OUTCOMES,
    RUNGS,
    SEAT_ANSWERS,
    STAGES,
    SUSPENSION_REASONS,
    TARGETS,
    URGED,
)
from texts.letters import LETTERS
from texts.particulars import PARTICULARS
from texts.saying import Saying
from texts.units import why_words

CHANGING = frozenset(kind for kind in StepKind if kind.endswith("_change")) | {StepKind.AWAIT_SECOND_HOST}
"""Steps about a change of the exchange."""
Words = tuple[str, str]
"""What it is about, and what came of it."""
DocumentEvent = (
    DocumentSubmitted | DocumentChecked | DocumentReturned | DocumentReviewed | DocumentOpened | OverrideAsked
)


class Telling(Saying):
    """Tells what happened in one exchange to one reader."""

    def words(self, event: Event) -> Words:
        """What an event was about and what came of it; empty where its title says all."""
        match event:
            case ExchangeOpened() | NominationCorrected() | ExchangeReopened():
                return self._say(_("version {number}"), number=event.nomination_version), ""
            case PersonCorrected():
                return self.names.listed(self.names.label(COLUMNS, one) for one in event.columns), ""
            case StageEntered():
                return self.names.label(STAGES, event.stage), ""
            case StatusChanged():
                mobility = self.names.label(MOBILITY, event.mobility)
                nomination = self.names.label(NOMINATIONS, event.nomination)
                return self._say(_("exchange {state}"), state=mobility), self._say(
                    _("nomination {state}"), state=nomination
                )
            case StepOpened() | StepClosed() | RungFired() | StepHeld() | StepResumed():
                return self._step(event)
            case ChangeRequested() | ChangeApplied():
                return self.names.label(CHANGE_NAMES, name_of(event.change, event.before)), ""
            case ChangeClosed():
                return "", self.names.label(CHANGE_STATES, event.status)
            case StepReplanned():
                return self._title(event.step_id), self._arrow(event.before, event.plan.due_at if event.plan else None)
            case StepReminded():
                return self._title(event.step_id), ""
            case DeadlineExtended() | StepReassigned() | StepSnoozed():
                return self._change(event)
            case ExchangeSuspended():
                return self.names.label(SUSPENSION_REASONS, event.reason) if event.reason else "", ""
            case ExchangeResumed():
                return "", self._arrow(event.since, event.until)
            case PostWritten():
                return self._post(event)
            case _ if isinstance(event, DocumentEvent):
                return self._document(event)
            case SeatAnswered() | BedAssigned() | PlaceAssigned() | PlaceReleased() | HoldingsReleased():
                return self._holding(event)
            case LeavingBegan(declared_on=date() as day):
                return self.names.ending(event.reason), self._say(_("said on {day}"), day=self._day(day))
            case ExchangeClosed():
                return self.names.ending(event.reason), self.names.label(OUTCOMES, event.outcome)
            case _:
                return self._stay(event)

    def _step(self, event: StepOpened | StepClosed | RungFired | StepHeld | StepResumed) -> Words:
        title = self._title(event.step_id)
        match event:
            case StepOpened():
                return title, self.about(event.step, event.subject)
            case StepClosed():
                done, by_rule = self.names.done(kind_of(event.step_id), event.outcome), _("by default: {rule}")
                done = self.names.aside(done, self._say(by_rule, rule=event.rule)) if event.rule else done
                return title, self.names.aside(done, self._day(event.valid_through)) if event.valid_through else done
            case RungFired():
                return title, self._rung(event)
            case StepHeld(because=HoldCause.OTHER_SIDE):
                return title, self._say(_("waits for: {step}"), step=self._title(event.cause))
            case StepHeld():
                return title, self._say(_("its clock stands still"))
            case StepResumed():
                return title, self._arrow(event.before, event.plan.due_at if event.plan else None)

    def _post(self, event: PostWritten) -> Words:
        about = [self.names.label(POST_READERS, event.audience), self._title(event.about_step or "")]
        return self.names.listed(one for one in about if one), self._say(_("a question")) if event.asks else ""

    def about(self, kind: StepKind, subject: str) -> str:
        """What a step is about, by what its subject means for its kind: documents, contents, a place, a bed."""
        if kind in {StepKind.STUDENT_DUTY, StepKind.HOST_DUTY}:
            return self.names.duty(subject)
        if kind is StepKind.CONFIRM_BED:
            return self.names.bed(self.host, subject)
        if kind in CHANGING:
            return self.names.change(subject)
        if kind is StepKind.REVIEW_SERVICE_LEVEL:
            office, colon, figures = subject.partition(":")
            return f"{self.names.office(office)}{colon}{figures}"
        if kind is StepKind.EVALUATE_PROGRAMME:
            return self._say(_("{count} objectives"), count=len(subject.split(","))) if subject else ""
        return self.names.listed(dict.fromkeys(self._part(part) for part in subject.split(",") if part))

    def _part(self, part: str) -> str:
        if part in self.units:
            return self.names.unit(self.units[part])
        if self.names.programme.policy.document(part):
            return self.names.document(part)
        return self.names.unmet(self.names.content(part))

    def _rung(self, event: RungFired) -> str:
        urged = event.rung_kind is RungKind.ESCALATION and event.to == (Target.OWNER,)
        words = self._say(URGED) if urged else self.names.label(RUNGS, event.rung_kind)
        if event.to:
            words = self._say(_("{what} to {whom}"), what=words, whom=self._targets(event.to))
        if not event.missed:
            return words
        numbers = self.names.listed(str(rung + 1) for rung in event.missed)  # people count from 1
        why = self.names.label(MISSED, event.why_missed or Missed.LATE)
        return self.names.aside(words, self._say(_("left out: {numbers}; {why}"), numbers=numbers, why=why))

    def _targets(self, targets: tuple[str, ...]) -> str:
        return self.names.listed(self.names.label(TARGETS, target) for target in targets)

    def _change(self, event: DeadlineExtended | StepReassigned | StepSnoozed) -> Words:
        title = self._title(event.step_id)
        match event:
            case DeadlineExtended():
                return title, self._arrow(event.before, event.due_at)
            case StepSnoozed():
                return title, self._say(_("until {when}"), when=self._moment(event.until))
            case StepReassigned():
                return title, " → ".join(self._owner(owner) for owner in (event.before, event.owner) if owner)

    def _owner(self, owner: Owner) -> str:
        where = owner.unit or owner.institution
        role = self.names.role_name(owner.role, owner.unit)
        return self.names.aside(role, self.names.office(where)) if where else role

    def _document(self, event: DocumentEvent) -> Words:
        title = self.names.document(event.document)
        match event:
            case DocumentSubmitted() | DocumentReturned() | DocumentOpened():
                return title, ""
            case OverrideAsked():
                return title, self.names.listed(dict.fromkeys(self.names.rule(rule) for rule in event.overrides))
            case DocumentReviewed():
                return title, self.names.label(DOCUMENT_STATES, DocumentState.ACCEPTED)
            case DocumentChecked(accepted=True):
                found = DocumentState.CONSISTENT if event.read else DocumentState.RECEIVED
                return title, self.names.label(DOCUMENT_STATES, found)
            case DocumentChecked():
                found = DocumentState.NEEDS_A_PERSON if event.review else DocumentState.REJECTED
                words = self.names.label(DOCUMENT_STATES, found)
                return title, self.names.aside(
                    words, self.names.listed(dict.fromkeys(self.names.rule(rule) for rule in event.findings))
                )

    def _holding(self, event: SeatAnswered | BedAssigned | PlaceAssigned | PlaceReleased | HoldingsReleased) -> Words:
        match event:
            case SeatAnswered():
                return self._seat(event), self.names.label(SEAT_ANSWERS, event.answer)
            case BedAssigned():
                beds = [self.names.bed(self.host, bed) for bed in (event.moved_from, event.bed_id) if bed]
                return " → ".join(beds), self._stretch(event.first_night, event.last_night)
            case PlaceAssigned():
                stretch = self._stretch(event.start, event.end)
                unmet = [
                    self.names.pair(self.names.unit(one.unit_id), why_words(one, self.names)) for one in event.unmet
                ]
                wishes = self._say(_("wishes not met: {wishes}"), wishes=self.names.listed(unmet)) if unmet else ""
                return self.names.unit(event.unit_id), self.names.aside(stretch, wishes) if wishes else stretch
            case PlaceReleased():
                return self._place(event.placement_id), self._from(event.from_day)
            case HoldingsReleased():
                return "", self._from(event.from_day)

    def _seat(self, event: SeatAnswered) -> str:
        if event.seat is not None:
            return self._say(_("seat {number}"), number=event.seat)
        return self._say(_("position {number}"), number=event.position) if event.position else ""

    def _stay(self, event: Event) -> Words:
        match event:
            case Cleared():
                return "", self._say(_("through {day}"), day=self._day(event.valid_through))
            case PaperRecorded():
                until = self._say(_("until {when}"), when=self._day(event.valid_until)) if event.valid_until else ""
                return self.names.label(PAPERS, event.paper), until
            case ClearanceEnding():
                through = self._say(_("through {day}"), day=self._day(event.through))
                return self.names.label(CLEARANCES, event.clearance), through
            case RenewalNotNeeded():
                return self.names.listed(map(self.names.document, event.documents)), ""
            case ClearanceEnded():
                return "", self.names.label(CLEARANCE_ENDS, event.reason)
            case Arrived():
                return "", self._moment(event.arrived_at)
            case ReportCorrected():
                return self.names.label(REPORTED, event.reported), self._other(event)
            case AttendanceReported():
                hours = self._say(
                    _("{attended} of {planned} hours"),
                    attended=f"{event.hours_attended:g}",
                    planned=f"{event.hours_planned:g}",
                )
                about = self.names.content(event.content)
                if event.placement_id in self.units:
                    about = self.names.pair(about, self._place(event.placement_id))
                return about, self._corrected(event, hours)
            case MovementReported():
                return self.names.label(MOVEMENTS, event.movement), self._moment(event.moved_at)
            case ParticularsKept():
                taken_back = self._say(_("taken back")) if event.erased else ""
                version = self._say(_("version {number}"), number=event.version)
                kept = self.names.listed((version, *map(self.names.unmet, event.unsettled)))
                return self.names.label(PARTICULARS, event.what), taken_back or kept
            case RulesMoved():
                return "", event.to_version
            case FactsStated():
                return self.names.document(event.document), self._say(_("version {number}"), number=event.version)
            case DocumentErased():
                return self.names.document(event.document), event.rule
            case StayPermitted():
                return "", self._say(_("until {when}"), when=self._day(event.until))
            case Evaluated():
                about = self._place(event.placement_id) if event.placement_id else self._say(_("the programme"))
                return about, "" if event.passed is None else self._say(
                    _("Passed") if event.passed else _("Not passed")
                )
            case Departed():
                return "", self._day(event.departed_on)
            case CertificateIssued():
                return event.number, self._say(_("version {number}"), number=event.version)
            case LetterWritten():
                written = self._say(_("{number}, version {version}"), number=event.number, version=event.version)
                return self.names.label(LETTERS, event.letter), written
            case _:
                return "", ""

    def _other(self, event: ReportCorrected) -> str:
        """What was reported, and what is right."""
        if event.on is not None and event.on_before is not None:
            return f"{self._day(event.on_before)} → {self._day(event.on)}"
        return self._arrow(event.happened_before, event.happened_at)

    def _corrected(self, event: AttendanceReported, hours: str) -> str:
        """What a report says, and what the one said that it replaces."""
        if event.corrects is None or event.attended_before is None or event.planned_before is None:
            return hours
        before = {"attended": f"{event.attended_before:g}", "planned": f"{event.planned_before:g}"}
        return self._say(_("{hours}, corrected from {attended} of {planned}"), hours=hours, **before)
