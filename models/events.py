"""Facts. Appended once per stream, never changed; together they rebuild the projection. Ids only, no personal data."""

from datetime import date, time
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from models.actors import CLOCK, Actor, Owner
from models.exchange import Plan, StepPlan
from models.policy import DueRule, LadderRule
from models.vocabulary import (
    Content,
    MobilityStatus,
    NominationStatus,
    Outcome,
    RungKind,
    Stage,
    StepKind,
    StepStatus,
    Target,
)
from models.wire import Id, Moment, Wire


class Fact(Wire):
    """Base of all events: when (workflow time) and by whom."""

    at: Moment
    actor: Actor = CLOCK
    note_id: Id | None = None


class ExchangeOpened(Fact):
    """A nomination arrived and its exchange began."""

    kind: Literal["exchange_opened"] = "exchange_opened"
    student: Id
    plan: Plan
    policy_version: str
    nomination_version: int = 1


class NominationCorrected(Fact):
    """The sending office corrected a returned nomination under the same exchange (D11)."""

    kind: Literal["nomination_corrected"] = "nomination_corrected"
    plan: Plan
    nomination_version: int


class StageEntered(Fact):
    """The exchange moved to a stage."""

    kind: Literal["stage_entered"] = "stage_entered"
    stage: Stage


class StatusChanged(Fact):
    """The two EWP axes (D10)."""

    kind: Literal["status_changed"] = "status_changed"
    mobility: MobilityStatus
    nomination: NominationStatus


class StepOpened(Fact):
    """An obligation began. `plan` is filled in when it is recorded; replaying events never computes it again."""

    kind: Literal["step_opened"] = "step_opened"
    step_id: Id
    step: StepKind
    owner: Owner
    outcomes: tuple[str, ...]
    subject: str = ""
    """What it is about: a placement id, a bed id, document kinds joined by a comma."""
    anchor_at: Moment | None = None
    """The moment an event-anchored due rule counts from; the stay's dates and `at` need none."""
    plan: StepPlan | None = None


class StepClosed(Fact):
    """An obligation ended: done by a decision, expired by the clock, or cancelled with the exchange."""

    kind: Literal["step_closed"] = "step_closed"
    step_id: Id
    status: StepStatus
    outcome: str
    decision_id: Id | None = None
    acknowledged: tuple[str, ...] = ()


class RungFired(Fact):
    """A reminder or escalation became due. `missed` are earlier rungs that an outage swallowed."""

    kind: Literal["rung_fired"] = "rung_fired"
    step_id: Id
    rung: int
    missed: tuple[int, ...] = ()
    rung_kind: RungKind = RungKind.REMINDER
    to: tuple[Target, ...] = ()
    """Whom the rung addresses, relative to the step's owner."""
    copy_to: tuple[Target, ...] = ()


class DeadlineExtended(Fact):
    """A step's due time moved. `plan` is filled in when it is recorded."""

    kind: Literal["deadline_extended"] = "deadline_extended"
    step_id: Id
    decision_id: Id
    due_at: Moment
    plan: StepPlan | None = None


class StepReassigned(Fact):
    """A step went to another owner."""

    kind: Literal["step_reassigned"] = "step_reassigned"
    step_id: Id
    decision_id: Id
    owner: Owner


class DocumentSubmitted(Fact):
    """A document was handed in."""

    kind: Literal["document_submitted"] = "document_submitted"
    document_id: Id
    document: str
    """Document kind."""
    issued_on: date | None = None
    expires_on: date | None = None


class DocumentChecked(Fact):
    """The checks answered. `findings` are rule ids; the reasons are kept beside the document."""

    kind: Literal["document_checked"] = "document_checked"
    document_id: Id
    document: str
    accepted: bool
    findings: tuple[str, ...] = ()


class DocumentReturned(Fact):
    """A reviewer sent an accepted document back."""

    kind: Literal["document_returned"] = "document_returned"
    document_id: Id
    document: str


class SeatAnswered(Fact):
    """The cohort answered: `granted`, `waitlisted`, `offered` or `released`."""

    kind: Literal["seat_answered"] = "seat_answered"
    answer: Literal["granted", "waitlisted", "offered", "released"]
    seat: int | None = None
    position: int | None = None


class BedAssigned(Fact):
    """A bed was taken for every night of the stay."""

    kind: Literal["bed_assigned"] = "bed_assigned"
    bed_id: Id
    first_night: date
    last_night: date


class PlaceAssigned(Fact):
    """A place in a unit was taken for every week of a block."""

    kind: Literal["place_assigned"] = "place_assigned"
    placement_id: Id
    content: Content
    unit_id: Id
    start: date
    end: date


class PlaceReleased(Fact):
    """A place was given back from a day on (inclusive); `None`: all of it."""

    kind: Literal["place_released"] = "place_released"
    placement_id: Id
    from_day: date | None = None


class HoldingsReleased(Fact):
    """Compensation: bed and places given back from a day on (inclusive); `None`: all of it (D40)."""

    kind: Literal["holdings_released"] = "holdings_released"
    from_day: date | None = None


class Cleared(Fact):
    """Occupational health said yes, through a day (D36)."""

    kind: Literal["cleared"] = "cleared"
    valid_through: date


class Arrived(Fact):
    """The student reached the residence (D35)."""

    kind: Literal["arrived"] = "arrived"
    report_id: Id
    arrived_at: Moment


class AttendanceReported(Fact):
    """Hours of one content over a period."""

    kind: Literal["attendance_reported"] = "attendance_reported"
    report_id: Id
    content: Content
    placement_id: Id | None = None
    first_day: date
    last_day: date
    hours_planned: float
    hours_attended: float


class Evaluated(Fact):
    """A supervisor evaluated a rotation, or the student the programme (D41)."""

    kind: Literal["evaluated"] = "evaluated"
    decision_id: Id
    step_id: Id
    placement_id: Id | None = None
    ratings: dict[str, int]
    passed: bool | None = None


class Departed(Fact):
    """The student left the residence (D35)."""

    kind: Literal["departed"] = "departed"
    report_id: Id
    departed_on: date


class CertificateIssued(Fact):
    """A certificate was issued (version 1) or reissued (D42)."""

    kind: Literal["certificate_issued"] = "certificate_issued"
    number: Id
    version: int
    verification: str
    file_hash: str
    issued_on: date


class ExchangeClosed(Fact):
    """The exchange ended."""

    kind: Literal["exchange_closed"] = "exchange_closed"
    outcome: Outcome
    reason: str
    mobility: MobilityStatus


class CohortOpened(Fact):
    """A cohort's seats were set up, or its number of seats changed (D4)."""

    kind: Literal["cohort_opened"] = "cohort_opened"
    sending: str
    host: str
    year: int
    direction: str
    cap: int
    minimum: int
    closes_at: Moment


class SeatTaken(Fact):
    """A seat of the cohort went to an exchange: held for an offer, or granted."""

    kind: Literal["seat_taken"] = "seat_taken"
    exchange_id: Id
    seat: int
    held: bool = False


class SeatGivenBack(Fact):
    """A seat of the cohort came free."""

    kind: Literal["seat_given_back"] = "seat_given_back"
    exchange_id: Id
    seat: int
    reason: str


class WaitlistChanged(Fact):
    """The cohort's waitlist, in order."""

    kind: Literal["waitlist_changed"] = "waitlist_changed"
    exchange_ids: tuple[Id, ...]
    reason: str


class CohortClosedBelowMinimum(Fact):
    """Nominations closed with fewer students than the agreement's minimum (D4)."""

    kind: Literal["cohort_closed_below_minimum"] = "cohort_closed_below_minimum"
    seats_taken: int
    minimum: int


Event = Annotated[
    ExchangeOpened
    | NominationCorrected
    | StageEntered
    | StatusChanged
    | StepOpened
    | StepClosed
    | RungFired
    | DeadlineExtended
    | StepReassigned
    | DocumentSubmitted
    | DocumentChecked
    | DocumentReturned
    | SeatAnswered
    | BedAssigned
    | PlaceAssigned
    | PlaceReleased
    | HoldingsReleased
    | Cleared
    | Arrived
    | AttendanceReported
    | Evaluated
    | Departed
    | CertificateIssued
    | ExchangeClosed
    | CohortOpened
    | SeatTaken
    | SeatGivenBack
    | WaitlistChanged
    | CohortClosedBelowMinimum,
    Field(discriminator="kind"),
]
EVENT: TypeAdapter[Event] = TypeAdapter(Event)


class StepRules(Wire):
    """The frozen rules of a step that a batch opens or moves, with its anchor resolved.

    Travels with the batch, so that recording needs no policy and a changed catalogue touches no running exchange.
    """

    step_id: Id
    due: DueRule
    ladder: LadderRule
    anchor_on: date | None = None
    """For rules anchored at a day (start, end)."""
    anchor_at: Moment | None = None
    """For rules anchored at a moment (opened, arrival)."""


class DayRule(Wire):
    """A day of an institution's calendar that a workflow wants to wake at."""

    name: str
    institution: str
    """Whose zone; empty: the home institution's."""
    on: date
    at: time = time(0, 0)


class Batch(Wire):
    """Everything one activation of a workflow brought about: recorded in one transaction, once per `key`."""

    stream: Id
    """Exchange id, or cohort id."""
    key: Id
    """`{workflow id}:{number}`, unique; recording it again changes nothing and answers the same."""
    events: tuple[Event, ...]
    rules: tuple[StepRules, ...] = ()
    days: tuple[DayRule, ...] = ()


class Recorded(Wire):
    """What recording answered: the plans of the steps that the batch opened or moved."""

    plans: tuple[StepPlan, ...] = ()
    moments: dict[str, Moment] = Field(default_factory=dict)
    """The days asked for, by name."""
