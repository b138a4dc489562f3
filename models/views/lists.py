"""Lists: worklists, exchanges, cohorts, messages, escalations and operator's tasks, with their filters."""

from datetime import date

from pydantic import Field

from models.errors import Plain
from models.people.authorization import Owner
from models.views.conversation import OpenQuestion
from models.views.shared import Paged, SeatView, Student
from models.views.standing import NextMove, Standing
from models.vocabulary import (
    Direction,
    HoldCause,
    Level,
    MobilityStatus,
    NominationStatus,
    Outcome,
    Role,
    Stage,
    StepKind,
    StepStatus,
    Target,
)
from models.wire import Id, Moment, Wire


class WorklistFilter(Paged):
    """Which open steps; every condition given must hold."""

    now: Moment | None = None
    """The moment to call steps overdue at; without it none is."""
    overdue: bool = False
    """Only steps that were due before `now`."""
    these: tuple[str, ...] = ()
    """Only steps with these ids."""
    exchange_id: str | None = None
    cohort_id: str | None = None
    institution: str | None = None
    """Who owes it."""
    role: Role | None = None
    kinds: tuple[StepKind, ...] = ()
    stage: Stage | None = None
    of_others: bool = False
    """What others owe in exchanges that the reader may see, instead of what the reader may answer."""


class WorklistRow(Wire):
    """One open step: what is owed, by whom, by when, and what may be answered.

    A step outside an exchange has no student, universities and dates; `exchange_id` is then what keeps it.
    """

    step_id: Id
    exchange_id: Id
    kind: StepKind
    title: str
    title_zh: str
    owner: Owner
    subject: str
    stage: Stage
    student: Student | None
    sending: str
    host: str
    cohort_id: str
    start: date | None
    end: date | None
    outcomes: tuple[str, ...]
    """The answers to choose from; what the clock or another act answers is left out."""
    policy_version: str = ""
    """The rules its exchange runs by."""
    opened_at: Moment
    due_at: Moment
    zone: str
    overdue: bool
    rungs_fired: tuple[int, ...]
    rungs: int
    """How many rungs its ladder has."""
    escalated: bool
    """Whether a rung at or after the due time has fired."""
    ends_at: Moment | None
    held_since: Moment | None = None
    """Since when it is paused; it is not overdue then."""
    held_because: HoldCause | None = None
    waits_for: tuple[str, ...] = ()
    """Ids of the steps that somebody else owes first."""
    asked_at: Moment | None = None
    """Since when something is asked of it that is kept and not yet taken."""
    question: OpenQuestion | None = None
    """What somebody asked about it and nobody answered yet."""
    snoozed_until: Moment | None = None
    reminded: int = 0
    """How often somebody who waits had its owner reminded."""
    reminded_at: Moment | None = None
    instead_of: str = ""
    """Id of the absent person for whom the reader may answer it."""
    level: Level | None = None
    """Of the student, as are the discipline and the rank among the nominees of the sending university."""
    discipline: str = ""
    rank: int | None = None
    wishes: tuple[str, ...] = ()
    """The unit wanted most for each block, where the step decides on a nomination or a place."""
    cursor: str


class WorklistCounts(Wire):
    """How many open steps there are of each kind of list."""

    mine: int
    overdue: int
    others: int
    done: int = 0
    """Steps that the reader answered in the last seven days."""


class DoneStep(Wire):
    """A step that somebody answered."""

    step_id: Id
    exchange_id: Id
    kind: StepKind
    title: str
    title_zh: str
    student: Student | None
    sending: str
    host: str
    outcome: str
    decided_at: Moment


class ExchangeFilter(Paged):
    """Which exchanges; every condition given must hold."""

    now: Moment | None = None
    """The moment to call steps overdue at; without it none is."""
    only: str | None = None
    """The one exchange with this code."""
    cohort_id: str | None = None
    sending: str | None = None
    host: str | None = None
    year: int | None = None
    direction: Direction | None = None
    stage: Stage | None = None
    outcome: Outcome | None = None
    closed: bool | None = None
    modified_since: Moment | None = None
    """Only exchanges in which something happened at this moment or later."""
    search: str = ""
    """Part of the code, of a name in either script, of the student number, or of the name of a unit with a place."""


class ExchangeSummary(Wire):
    """One exchange in a list."""

    exchange_id: Id
    student: Student
    cohort_id: Id
    direction: Direction
    sending: str
    host: str
    year: int
    level: Level
    discipline: str
    start: date
    end: date
    stage: Stage
    mobility: MobilityStatus
    nomination: NominationStatus
    outcome: Outcome | None
    reason: str | None
    seat: int | None
    waitlist_position: int | None
    next_moves: tuple[NextMove, ...]
    """Those whose clock runs first, the soonest due before others."""
    standing: Standing = Standing()
    opened_at: Moment
    closed_at: Moment | None
    cursor: str


class Waiting(Wire):
    """A place on a waitlist; 1 is next."""

    position: int
    exchange_id: Id
    student: Student | None


class CohortView(Wire):
    """A cohort with its seats and waitlist."""

    cohort_id: Id
    sending: str
    host: str
    year: int
    direction: Direction
    cap: int
    minimum: int
    closes_at: Moment
    closed_below_minimum: bool
    seats: tuple[SeatView, ...]
    free: int
    waitlist: tuple[Waiting, ...]


class MessageFilter(Paged):
    """Which messages; every condition given must hold."""

    exchange_id: str | None = None
    status: str | None = None
    """`queued`, `sent` or `refused`."""
    kind: str | None = None
    recipient_id: str | None = None
    in_doubt: bool = False
    """Only those that may have come more than once."""


class MessageView(Wire):
    """A message of the outbox. `last_error` is what the mail host answered."""

    key: str
    kind: str
    exchange_id: str | None
    step_id: str | None
    recipient_id: str
    recipient_role: Role
    on_behalf_of: str = ""
    """Id of the absent person whom the recipient stands in for."""
    language: str
    status: str
    attempts: int
    in_doubt: int = 0
    """After how many attempts nobody knew whether the host had taken it."""
    created_at: Moment
    not_before: Moment
    sent_at: Moment | None
    sent_to: str | None
    message_id: str | None
    last_error: str | None
    cursor: str


class MailInDoubt(Wire):
    """Mail that may have come more than once: the host's answer, or the mark of it, was lost, and it was sent again."""

    messages: int = 0
    attempts: int = 0


class OperatorTask(Wire):
    """Something an operator must look at; `closed_at` once it is settled."""

    key: str
    kind: str
    subject: str
    detail: str = ""
    """In words, as earlier versions wrote it; now it is a message."""
    message: str = ""
    params: dict[str, Plain] = Field(default_factory=dict)
    opened_at: Moment
    closed_at: Moment | None


class EscalationFilter(Paged):
    """Which escalations; every condition given must hold."""

    exchange_id: str | None = None
    still_open: bool = False
    """Only those of steps that are still open."""


class Escalation(Wire):
    """A rung that fired at or after a step's due time: when, about what, and to whom."""

    at: Moment
    exchange_id: Id
    student: Student
    step_id: Id
    kind: StepKind
    title: str
    title_zh: str
    owner: Owner
    """Who owes it now."""
    due_at: Moment
    rung: int
    to: tuple[Target, ...]
    copy_to: tuple[Target, ...]
    missed: tuple[int, ...]
    status: StepStatus
    """What became of the step since."""
    cursor: str
