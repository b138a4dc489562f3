"""From nomination to its end: what happened to the exchange as a whole and to its documents."""

from datetime import date
from typing import Literal

from models.events.base import Fact, _
from models.messages.exchange import Plan, Reopening
from models.vocabulary import MobilityStatus, NominationStatus, Outcome, Stage
from models.wire import Id, Moment


class ExchangeOpened(Fact):
    """A nomination arrived and its exchange began."""

    kind: Literal["exchange_opened"] = "exchange_opened"
    title = _("Nominated")
    outward = ("nomination_version",)
    once = ()
    student: Id
    plan: Plan
    policy_version: str
    nomination_version: int = 1


class NominationCorrected(Fact):
    """The sending office corrected a returned nomination under the same exchange (D11)."""

    kind: Literal["nomination_corrected"] = "nomination_corrected"
    title = _("Nomination corrected")
    outward = ("nomination_version",)
    once = ("nomination_version",)
    plan: Plan
    nomination_version: int


class PersonCorrected(Fact):
    """What identifies the student in this exchange was corrected after verification; the cells are in the records."""

    kind: Literal["person_corrected"] = "person_corrected"
    title = _("Personal data corrected")
    outward = ("columns", "nomination_version")
    once = ("nomination_version",)
    columns: tuple[str, ...]
    """Names of the columns that differ."""
    nomination_version: int
    nomination_before: int


class StageEntered(Fact):
    """The exchange moved to a stage."""

    kind: Literal["stage_entered"] = "stage_entered"
    title = _("Reached a stage")
    outward = ("stage",)
    once = ("stage", "visit")
    stage: Stage
    visit: int = 1
    """The how many-th time: returned papers lead back to a stage."""


class StatusChanged(Fact):
    """The two EWP axes (D10)."""

    kind: Literal["status_changed"] = "status_changed"
    title = _("Status changed")
    outward = ("mobility", "nomination")
    once = ("mobility", "nomination")
    mobility: MobilityStatus
    nomination: NominationStatus


class DocumentSubmitted(Fact):
    """A document was handed in."""

    kind: Literal["document_submitted"] = "document_submitted"
    title = _("Document handed in")
    outward = ("document_id", "document")
    document_id: Id
    document: str
    """Document kind."""
    issued_on: date | None = None
    expires_on: date | None = None


class DocumentChecked(Fact):
    """The checks answered. `findings` are rule ids; the reasons are kept beside the document."""

    kind: Literal["document_checked"] = "document_checked"
    title = _("Document checked")
    outward = ("document_id", "document", "accepted", "review")
    document_id: Id
    document: str
    accepted: bool
    findings: tuple[str, ...] = ()
    review: bool = False
    """Whether somebody must look at it before it counts."""
    read: bool = False
    """Whether what is on it was read and agrees with what is known; else the file alone was checked."""


class DocumentReviewed(Fact):
    """Somebody looked at a document and accepted it, or confirmed that it counts against what the checks say."""

    kind: Literal["document_reviewed"] = "document_reviewed"
    title = _("Document accepted")
    outward = ("document_id", "document")
    once = ("document_id", "step_id")
    document_id: Id
    document: str
    step_id: Id
    overrides: tuple[str, ...] = ()
    """Rule ids of what stands against it, where it counts all the same."""
    asked_by: Id | None = None
    """Who had asked that it counts all the same."""


class OverrideAsked(Fact):
    """An officer asks that a document counts all the same; until a second person confirms it, it does not."""

    kind: Literal["override_asked"] = "override_asked"
    title = _("Asked to count all the same")
    outward = ("document_id", "document")
    once = ("decision_id",)
    decision_id: Id
    document_id: Id
    document: str
    overrides: tuple[str, ...] = ()


class DocumentReturned(Fact):
    """A reviewer sent an accepted document back."""

    kind: Literal["document_returned"] = "document_returned"
    title = _("Document returned")
    outward = ("document_id", "document")
    document_id: Id
    document: str


class DocumentOpened(Fact):
    """Somebody opened a document; the student sees who, and when (D46)."""

    kind: Literal["document_opened"] = "document_opened"
    title = _("Document opened")
    changes = False
    document_id: Id
    document: str


class SeatAnswered(Fact):
    """The cohort answered: `granted`, `waitlisted`, `offered` or `released`."""

    kind: Literal["seat_answered"] = "seat_answered"
    title = _("Seat")
    outward = ("answer",)
    answer: Literal["granted", "waitlisted", "offered", "released"]
    seat: int | None = None
    position: int | None = None


class LeavingBegan(Fact):
    """Somebody ended the exchange from outside its story; what follows may take until the last duty is done (D40)."""

    kind: Literal["leaving_began"] = "leaving_began"
    title = _("Ending begun")
    once = ()
    outcome: Outcome
    reason: str
    last_day: date | None = None
    declared_on: date | None = None
    """Of a withdrawal: the day on which the student, or the office, said so."""


class ExchangeClosed(Fact):
    """The exchange ended."""

    kind: Literal["exchange_closed"] = "exchange_closed"
    title = _("Exchange closed")
    outward = ("outcome",)
    once = ()
    outcome: Outcome
    reason: str
    mobility: MobilityStatus


class ExchangeReopened(Fact):
    """An exchange that was rejected or withdrawn by mistake goes on under its code, at the nomination (D10)."""

    kind: Literal["exchange_reopened"] = "exchange_reopened"
    title = _("Reopened")
    outward = ("nomination_version",)
    once = ("decision_id",)
    decision_id: Id
    plan: Plan
    policy_version: str
    nomination_version: int
    reopening: Reopening


class ExchangeSuspended(Fact):
    """A suspension reached the exchange: its deadlines are paused, legal ones go on."""

    kind: Literal["exchange_suspended"] = "exchange_suspended"
    title = _("Suspended")
    outward = ("suspension_id", "since")
    once = ("suspension_id",)
    suspension_id: Id
    since: Moment
    reason: str = ""
    """A code, e.g. `outbreak`."""


class ExchangeResumed(Fact):
    """A suspension ended for the exchange."""

    kind: Literal["exchange_resumed"] = "exchange_resumed"
    title = _("Resumed")
    outward = ("suspension_id", "since", "until")
    once = ("suspension_id",)
    suspension_id: Id
    since: Moment
    until: Moment
