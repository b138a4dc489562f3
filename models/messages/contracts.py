"""What workflows ask of activities, and what they answer. Every request carries a key: repeating it is safe."""

from datetime import date

from pydantic import Field

from models.catalogue.policy import DocumentPolicy
from models.findings import Verdict
from models.people.authorization import CLOCK, Actor
from models.people.letters import LetterKind
from models.vocabulary import Content, Direction
from models.wire import Id, Moment, Wire


class BedMove(Wire):
    """Who has a student moved to another bed, and why; nights before the first one asked for stay as they are."""

    decision_id: Id
    actor: Actor
    note_id: Id | None = None
    workflow_id: Id
    """Whose act it is: noted as taken with the bed."""


class AssignBed(Wire):
    """Take a bed at the host for every night of a stay: a given bed, or the best that is free."""

    key: Id
    exchange_id: Id
    host: str
    first_night: date
    last_night: date
    bed_id: str | None = None
    at: Moment
    move: BedMove | None = None


class BedAnswer(Wire):
    """The bed taken; `None` where no bed is free for all nights: a person must act."""

    bed_id: str | None
    held: bool = False
    """Whether the student had it for all these nights already."""


class AssignPlace(Wire):
    """Take a place in a unit of the host for every week of a block, by preference, then any that is free."""

    key: Id
    exchange_id: Id
    placement_id: Id
    host: str
    content: Content
    preferences: tuple[str, ...]
    start: date
    end: date
    refused_by: tuple[str, ...] = ()
    """Units that declined this student, never asked again."""
    only: str | None = None
    """A unit chosen by a person."""
    replanned: bool = False
    """Whether it is part of a change of the plan, whose places fit each other."""
    supervisor: str = ""
    """Who is to supervise, where a person has named somebody."""
    besides: tuple[str, ...] = ()
    """Places of the student's own that the change moves: their days count as free."""
    at: Moment


class LookForPlaces(Wire):
    """Ask how the units of a host stand to a block, without taking anything."""

    exchange_id: Id
    placement_id: Id = "none"
    """A place of the student's own whose days count as free."""
    besides: tuple[str, ...] = ()
    """Others of them."""
    supervisor: str = ""
    """Who is to supervise; empty: whoever has the fewest students."""
    host: str
    content: Content
    start: date
    end: date
    preferences: tuple[str, ...] = ()
    """Looked at first, in their order."""
    refused_by: tuple[str, ...] = ()


class PlaceAnswer(Wire):
    """The unit that took the student; `None` where nothing is free: a person must act."""

    unit_id: str | None


class CheckDocument(Wire):
    """Check one filed document against its policy and the stay."""

    exchange_id: Id
    document_id: Id
    policy: DocumentPolicy
    stay_start: date
    stay_end: date
    clinic_end: date | None = None
    """The last clinical day, where there is one."""
    issued_on: date | None = None
    expires_on: date | None = None
    checked_on: date


class CheckAnswer(Wire):
    """Accepted, or the rule ids of what stands against it. Reasons are kept beside the document."""

    accepted: bool
    findings: tuple[str, ...] = ()
    verdict: Verdict | None = None
    """What follows from everything that was found; unset where a document was not read, as before it could be."""


class GateRules(Wire):
    """The conditions of a certificate as frozen with the exchange (D1, D42)."""

    attendance_above: float = Field(default=0.80, ge=0, lt=1)
    minimum_days: int = Field(default=28, ge=1)
    late_arrival_days: int = 0
    """Days of a late arrival that are forgiven."""
    least_hours_a_week: int = 0
    """Hours with which a rotation is planned at least, for each whole week."""


class CheckGate(Wire):
    """Ask which conditions for a certificate do not hold."""

    exchange_id: Id
    gate: GateRules = GateRules()


class IssueCertificate(Wire):
    """Render, store and record a certificate. The same key issues it once."""

    key: Id
    exchange_id: Id
    at: Moment
    issued_on: date | None = None
    """The day printed; unset: the day it is at the host."""
    gate: GateRules = GateRules()
    reissue: bool = False
    actor: Actor = CLOCK
    """Who asked for a reissue."""


class IssuedCertificate(Wire):
    """A certificate that exists."""

    number: Id
    version: int
    verification: str


class WriteLetter(Wire):
    """Write a letter, or its next version where what it says is not as before. The same key writes it once."""

    key: Id
    exchange_id: Id
    letter: LetterKind
    at: Moment
    actor: Actor


class WrittenLetter(Wire):
    """A letter that exists."""

    letter: LetterKind
    number: Id
    version: int
    repeated: bool = False
    """Whether it was there already and says the same."""


class TakeSeat(Wire):
    """Take a seat of a cohort for an exchange: `held` while an offer is out, then granted."""

    key: Id
    cohort_id: Id
    exchange_id: Id
    held: bool = False
    at: Moment


class SeatAnswer(Wire):
    """The seat's number; `None` where all seats are taken."""

    seat: int | None
    elsewhere: bool = False
    """Whether there is none because the exchange has one in another intake."""


class SendMail(Wire):
    """Send a batch of what the outbox holds."""

    now: Moment
    limit: int = 50
    urgent: bool = False
    """Only what goes first: links to sign in."""


class MailAnswer(Wire):
    """What a batch did, and when to come back. `next_at` is `None` when the outbox holds nothing to send."""

    sent: int = 0
    delayed: int = 0
    refused: int = 0
    next_at: Moment | None = None


class ReadBounces(Wire):
    """Read what mail hosts reported."""

    now: Moment


class BouncesAnswer(Wire):
    """What was read of the inbox of returned mail."""

    read: int = 0
    failed: int = 0
    delayed: int = 0
    more: bool = False
    """Whether there may be more to read."""


class WriteDigests(Wire):
    """Write the digests of everybody in a zone."""

    zone: str
    at: Moment
    asked: str = ""
    """By which id somebody asked for them at once, whatever the hour and beside those of the morning."""


class DigestAnswer(Wire):
    """How many messages were written."""

    written: int = 0


class CohortStart(Wire):
    """Input of the cohort workflow (D4)."""

    cohort_id: Id
    sending: str
    host: str
    year: int
    direction: Direction
    cap: int
    minimum: int
    closes_at: Moment
