"""One exchange as a whole: steps, documents, holdings, what the stay left behind, and its timeline."""

from datetime import date

from pydantic import Field

from models.document_states import DocumentState
from models.errors import Plain
from models.events import Event
from models.messages.exchange import Plan
from models.people.authorization import Owner
from models.views.conversation import OpenQuestion
from models.views.letters import LetterVersion
from models.views.shared import LinkedStayView, SeatView, Student
from models.views.standing import Standing
from models.vocabulary import (
    Content,
    DocumentStatus,
    HoldCause,
    MobilityStatus,
    NominationStatus,
    Outcome,
    Role,
    Severity,
    Stage,
    StepKind,
    StepStatus,
)
from models.wire import Id, Moment, Wire


class AskedAct(Wire):
    """An act that is on record and not yet taken: what is asked, since when."""

    kind: str
    step_id: Id | None
    asked_at: Moment


class StepLine(Wire):
    """One step of an exchange, open or closed."""

    step_id: Id
    kind: StepKind
    title: str
    title_zh: str
    stage: Stage
    owner: Owner
    subject: str
    status: StepStatus
    outcomes: tuple[str, ...]
    policy_version: str = ""
    """The rules its exchange runs by."""
    start: date | None = None
    """The first day of the stay."""
    opened_at: Moment
    due_at: Moment
    zone: str
    overdue: bool
    rungs_fired: tuple[int, ...]
    rungs: int
    escalated: bool
    ends_at: Moment | None
    unknown_years: tuple[int, ...]
    rungs_missed: tuple[int, ...] = ()
    held_since: Moment | None = None
    """Since when it is paused."""
    held_because: HoldCause | None = None
    waits_for: tuple[str, ...] = ()
    asked_at: Moment | None = None
    """Since when something is asked of it that is kept and not yet taken."""
    reminded: int = 0
    """How often somebody who waits had its owner reminded."""
    reminded_at: Moment | None = None
    question: OpenQuestion | None = None
    """What somebody asked about it and nobody answered yet."""
    outcome: str | None
    decided_at: Moment | None
    decided_by: str | None
    decision_id: str | None


class Finding(Wire):
    """What a check said about a document. What it said is empty for those who see results only (D46)."""

    rule_id: Id
    field: str
    severity: Severity
    message: str = ""
    """The id of the sentence; empty where only `reason` was kept."""
    params: dict[str, Plain] = Field(default_factory=dict)
    reason: str = ""
    """The sentence itself, as it was kept before there were message ids."""


class DocumentView(Wire):
    """A document of an exchange.

    Who may not open it is told the result and its date alone: there is no file, and of findings the rule at most; of a
    document about health not even that (D46).
    """

    document_id: Id
    kind: str
    title: str
    title_zh: str
    filename: str
    """Empty for those who may not open it, as are the type, the size and the number of pages."""
    media_type: str
    size: int
    """Bytes."""
    pages: int | None
    status: DocumentStatus
    state: DocumentState
    """What people are told of it."""
    accepted_by: str | None
    """Who looked at it and accepted it; nobody where the checks alone did."""
    filed_at: Moment
    uploaded_by: str
    submitted_at: Moment | None
    issued_on: date | None
    expires_on: date | None
    findings: tuple[Finding, ...] = ()
    withheld: bool = False
    """Whether it never went to the reader's university, for want of the student's consent."""
    erased_on: date | None = None
    """The day, at the home university, since which nobody may open it any more; then there is no file."""
    erased_under: str | None = None
    """The rule of retention under which it was kept until then."""


class PlacementView(Wire):
    """A place in a unit for a block of days, both included."""

    placement_id: Id
    content: Content
    unit_id: Id
    unit: str
    unit_zh: str
    start: date
    end: date
    status: str
    released_from: date | None
    """First day given back."""


class BedView(Wire):
    """A bed held, with the first and last of its nights in a row."""

    bed_id: Id
    building: str
    room: str
    first_night: date
    last_night: date


class AttendanceView(Wire):
    """Hours of one content over a period, both days included."""

    report_id: Id
    content: Content
    placement_id: str | None
    first_day: date
    last_day: date
    hours_planned: float
    hours_attended: float
    reported_by: str
    at: Moment


class EvaluationView(Wire):
    """An evaluation; without a placement it is the student's of the programme."""

    decision_id: Id
    step_id: Id
    placement_id: str | None
    ratings: dict[str, int]
    passed: bool | None
    by: str
    at: Moment
    note: str = ""


class CertificateView(Wire):
    """One version of a certificate. Dates of the stay are actual ones; `revoked_at` where it no longer holds."""

    number: Id
    version: int
    exchange_id: Id
    verification: Id
    file_hash: str
    student: Student
    sending: str
    host: str
    arrived_at: Moment | None
    departed_on: date | None
    issued_on: date
    issued_at: Moment
    revoked_at: Moment | None


class Happening(Wire):
    """One thing that happened: when, who, what, and why where somebody wrote it down."""

    seq: int
    at: Moment
    kind: str
    who: str
    """The name of the person of the catalogue, the student's, or the id where nobody answers to it any more."""
    actor_id: str
    role: Role
    institution: str
    on_behalf_of: str = ""
    """Id of the absent person whom they stood in for."""
    event: Event
    """What happened, with its ids and codes; ratings are left out."""
    step_id: str | None = None
    note: str = ""
    """Empty for those who may not read it (D46)."""


class ExchangeView(Wire):
    """Everything recorded of one exchange, as far as the reader may see it."""

    exchange_id: Id
    student: Student
    birth_date: date | None = None
    """For occupational health alone, to tell whose papers they are."""
    cohort_id: Id
    plan: Plan
    nomination_version: int
    policy_version: str
    stage: Stage
    mobility: MobilityStatus
    nomination: NominationStatus
    outcome: Outcome | None
    reason: str | None
    waitlist_position: int | None
    seat: SeatView | None
    bed: BedView | None
    """The one of the last night held."""
    beds: tuple[BedView, ...] = ()
    """All of them, oldest first: who is moved during the stay has more than one."""
    clearance_through: date | None
    permitted_until: date | None = None
    """The last day of the permitted stay (D30)."""
    latest_arrival: date | None = None
    """The last day of arrival on which the stay earns a certificate (D1)."""
    linked: tuple[LinkedStayView, ...] = ()
    """The stay before it, or the one that goes on from it, at another host."""
    standing: Standing = Standing()
    arrived_at: Moment | None
    departed_on: date | None
    opened_at: Moment
    closed_at: Moment | None
    revision: int
    """Grows with everything that happens."""
    asked: tuple[AskedAct, ...] = ()
    """What is kept and not yet taken, as it was asked."""
    steps: tuple[StepLine, ...]
    documents: tuple[DocumentView, ...]
    placements: tuple[PlacementView, ...]
    attendance: tuple[AttendanceView, ...]
    evaluations: tuple[EvaluationView, ...]
    certificates: tuple[CertificateView, ...]
    """Newest version first."""
    letters: tuple[LetterVersion, ...] = ()
    """By kind, the newest version of each first."""
    timeline: tuple[Happening, ...]
