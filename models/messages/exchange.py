"""One student's exchange: the plan, the input and result of its workflow, what people send it and what it shows."""

from datetime import date

from pydantic import Field

from models.catalogue.sharing import SharedPolicy
from models.messages.onward import Continues
from models.messages.plan import Plan as Plan
from models.messages.plan import PlannedContent as PlannedContent
from models.people.authorization import Actor, Owner, Parties
from models.vocabulary import Content, MobilityStatus, Movement, NominationStatus, Outcome, Stage, StepKind, StepStatus
from models.wire import Id, Moment, Wire


class Reopening(Wire):
    """What a further run of an exchange goes on from: its own ids begin after those on record."""

    round: int = Field(ge=1)
    """1 for the first reopening."""
    decision_id: Id
    actor: Actor
    note_id: Id | None = None
    numbers: dict[str, int] = Field(default_factory=dict)
    """The last number of each kind of step, and of places under `places`."""
    accepted: dict[str, str] = Field(default_factory=dict)
    """Accepted document id by kind."""


class ExchangeStart(Wire):
    """Input of the exchange workflow. Ids, dates and policy only."""

    exchange_id: Id
    student: Id
    plan: Plan
    policy: SharedPolicy
    nomination_version: int = 1
    reopening: Reopening | None = None
    """Set where the exchange had ended and goes on."""
    resumes: int = 0  # how often in a row it was started to tell its story again from the records; 0: the first time
    longest_history: int = Field(default=12_000, ge=10)
    """Events after which the workflow continues as new."""
    zone: str = ""
    """The host's, by which the days of the stay are counted; unset in earlier versions: UTC."""
    rotations_apart: bool = False
    """Whether its rotations stand beside it and outlive its runs; `False`: its children, as in earlier versions."""
    watches_clearance: bool = False  # whether one that does not reach the last clinical day is watched, unlike earlier
    watches_insurance: bool = False  # the same of an insurance: without one the clinic stops
    late: bool = False  # nominated after the closing day: the programme office decides whether it is admitted (D4)
    continues: Continues | None = None  # the stay elsewhere that it goes on from


class ExchangeResult(Wire):
    """How one exchange ended."""

    exchange_id: Id
    outcome: Outcome
    reason: str
    """A code for what ended it, e.g. the step kind."""
    certificate: str | None = None


class Nominate(Wire):
    """The update that starts an exchange (update-with-start)."""

    request_id: Id
    actor: Actor
    note_id: Id | None = None
    """Why somebody who looks like another nominee is none."""


class Nominated(Wire):
    """Reply to a nomination."""

    exchange_id: Id
    already_known: bool
    stage: Stage


class Decide(Wire):
    """A person's answer to a step. `decision_id` makes repeating it harmless."""

    decision_id: Id
    step_id: Id
    outcome: str
    actor: Actor
    note_id: Id | None = None
    """Where the comment is kept; the text itself never enters history."""
    documents: tuple[str, ...] = ()
    """Document kinds to be replaced, when a step is returned."""
    acknowledged: tuple[str, ...] = ()
    """Terms acknowledged when an offer is accepted: `fees`, `housing`, `observer` (D6, D37)."""
    bed_id: str | None = None
    unit_id: str | None = None
    valid_through: date | None = None
    """Last day a clearance holds (D36), or of a permitted stay (D30, D31)."""
    justified: bool | None = None
    """Whether an early end has a good reason (D40)."""


class Decided(Wire):
    """Reply to a decision: the state after it."""

    step_id: Id
    outcome: str
    repeated: bool = False
    stage: Stage
    open_steps: tuple[str, ...] = ()


class SubmitDocument(Wire):
    """A filed document handed in; the same file with other dates is another submission."""

    submission_id: Id
    document_id: Id
    kind: str
    actor: Actor
    issued_on: date | None = None
    expires_on: date | None = None


class DocumentAnswer(Wire):
    """What became of a submitted document: for `review` by a person before it counts, or `read` and consistent."""

    document_id: Id
    accepted: bool
    findings: tuple[str, ...] = ()
    """Rule ids."""
    missing: tuple[str, ...] = ()
    """Document kinds that the step still waits for."""
    review: bool = False
    read: bool = False


class CorrectNomination(Wire):
    """A corrected nomination under the same exchange (D11)."""

    decision_id: Id
    step_id: Id
    nomination_version: int
    plan: Plan
    actor: Actor
    note_id: Id | None = None


class ReportArrival(Wire):
    """The student reached the residence: starts the legal deadlines (D29, D35)."""

    report_id: Id
    actor: Actor
    arrived_at: Moment
    entered_at: Moment | None = None
    """When the student entered the country; none: at the arrival."""
    permitted_until: date | None = None
    """The last day of the permitted stay, as on the visa or permit."""
    single_entry: bool = True
    """Whether the visa is used up by leaving the country (D33)."""
    confirmed: bool = False
    """Whether the person confirms a day far from the first one of the stay (D35)."""
    rural: bool = False
    """Whether the residence lies in the countryside, where registration has longer (D29)."""


class ReportMovement(Wire):
    """The student moved, left the country or came back. The address itself is not told: it is personal data."""

    report_id: Id
    actor: Actor
    movement: Movement
    moved_at: Moment
    permitted_until: date | None = None
    """After a re-entry: the last day of the stay now permitted."""
    single_entry: bool = True
    """After a re-entry: whether the new visa is for a single entry."""
    rural: bool = False
    """Whether the residence lies in the countryside (D29)."""


class ReportAttendance(Wire):
    """Hours of one content over a period within the stay, both days included."""

    report_id: Id
    actor: Actor
    content: Content
    placement_id: str | None = None
    first_day: date
    last_day: date
    hours_planned: float = Field(ge=0, le=2000)
    """0 only where a correction says that nothing was planned after all."""
    hours_attended: float = Field(ge=0, le=2000)
    corrects: Id | None = None
    """The report that this one replaces; what that one said stays on record beside it."""
    confirmed: bool = False
    """Whether the person confirms hours of days on which the exchange was suspended."""
    objectives: tuple[Id, ...] = ()
    """Of the sessions attended, besides those of the content."""


class Evaluate(Wire):
    """An evaluation, by a supervisor of a student or by a student of the programme (D41)."""

    decision_id: Id
    step_id: Id
    actor: Actor
    ratings: dict[str, int]
    """1 (poor) to 5 (excellent), by objective."""
    passed: bool | None = None
    """Supervisor's result; not asked of the student."""
    note_id: Id | None = None


class ReportDeparture(Wire):
    """The student left the residence after the check-out inspection (D34, D35)."""

    report_id: Id
    actor: Actor
    departed_on: date
    unsettled: tuple[str, ...] = ()
    """What the records have open of keys and deposit: `keys`, `deposit`."""


class Withdraw(Wire):
    """End the exchange before it is complete (D40)."""

    decision_id: Id
    actor: Actor
    note_id: Id | None = None
    declared_on: date | None = None


class EndEarly(Wire):
    """End a live exchange before its planned end (D40)."""

    decision_id: Id
    actor: Actor
    last_day: date
    justified: bool
    note_id: Id | None = None


class ExtendDeadline(Wire):
    """Move a step's due time."""

    decision_id: Id
    step_id: Id
    actor: Actor
    due_at: Moment
    note_id: Id | None = None


class SnoozeStep(Wire):
    """Put off the reminders of one's own step."""

    decision_id: Id
    step_id: Id
    actor: Actor
    until: Moment
    note_id: Id | None = None


class ReassignStep(Wire):
    """Give a step to another role of the same institution."""

    decision_id: Id
    step_id: Id
    actor: Actor
    role: str
    note_id: Id | None = None


class Reopen(Wire):
    """Have an exchange that ended by mistake go on (D10)."""

    decision_id: Id
    exchange_id: Id
    actor: Actor
    note_id: Id
    """Where the reason is kept."""


class Acknowledged(Wire):
    """Reply to a report or change."""

    exchange_id: Id
    repeated: bool = False
    stage: Stage


class RungAt(Wire):
    """One rung with its moment."""

    index: int
    at: Moment


class StepPlan(Wire):
    """Due time and rungs of one step, computed outside the workflow (zones, holidays)."""

    step_id: Id
    due_at: Moment
    zone: str
    rungs: tuple[RungAt, ...] = ()
    ends_at: Moment | None = None
    """When the ladder's end action applies, if it does anything."""
    unknown_years: tuple[int, ...] = ()
    """Calendar years the holiday source does not know (a warning)."""


class StepView(Wire):
    """One step as the workflow knows it."""

    step_id: Id
    kind: StepKind
    owner: Owner
    status: StepStatus
    subject: str = ""
    outcomes: tuple[str, ...] = ()
    due_at: Moment | None = None
    outcome: str | None = None
    held_since: Moment | None = None
    """Since when it is paused."""


class ExchangeStatus(Wire):
    """Where one exchange is: the answer to the query `status`."""

    exchange_id: Id
    stage: Stage
    parties: Parties
    mobility: MobilityStatus
    nomination: NominationStatus
    outcome: Outcome | None = None
    waitlist_position: int | None = None
    open_steps: tuple[StepView, ...] = ()


class TimelineEntry(Wire):
    """One thing that happened: the answer to the query `timeline`."""

    at: Moment
    kind: str
    actor: str
    subject: str = ""
    outcome: str = ""
