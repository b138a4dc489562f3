"""A cohort's seats and waitlist: the state its workflow carries, what exchanges and people tell it, what it shows."""

from pydantic import Field

from models.messages.contracts import CohortStart
from models.messages.replans import ReplanExchange
from models.people.authorization import Actor
from models.wire import Id, Moment, Wire


class SeatRequest(Wire):
    """An exchange that the sending university approved asks for a seat."""

    exchange_id: Id
    rank: int
    requested_at: Moment


class SeatReturn(Wire):
    """An exchange confirms an offered seat, or gives back what it holds or waits for."""

    exchange_id: Id
    reason: str


class SeatNews(Wire):
    """What the cohort tells an exchange: `granted`, `waitlisted` or `offered`."""

    answer: str
    seat: int | None = None
    position: int | None = None
    cohort_id: str = ""
    """Which cohort says so; one of before this was told says nothing."""


class SetQuota(Wire):
    """The programme office sets the number of seats of the year: at most 10, at least those that are taken (D4)."""

    decision_id: Id
    actor: Actor
    cap: int = Field(ge=0, le=10)


class SeatHeld(Wire):
    """A seat that is taken; `held` while its offer waits for an answer."""

    exchange_id: Id
    seat: int
    held: bool = False


class Told(Wire):
    """One thing that an exchange told a cohort."""

    name: str
    request: SeatRequest | None = None
    message: SeatReturn | None = None

    @classmethod
    def of(cls, name: str, said: "SeatRequest | SeatReturn") -> "Told":
        """What was said by a signal."""
        return cls(name=name, request=said) if isinstance(said, SeatRequest) else cls(name=name, message=said)


class Untold(Wire):
    """An answer that an exchange has not put on record."""

    exchange_id: Id
    news: SeatNews


class Unmoved(Wire):
    """An exchange of a re-planned cohort that has not put on record that it heard of it."""

    exchange_id: Id
    told: ReplanExchange


class CohortState(Wire):
    """All a cohort workflow knows; the one value it continues as new with."""

    start: CohortStart
    seats: tuple[SeatHeld, ...] = ()
    waitlist: tuple[SeatRequest, ...] = ()
    closed: bool = False
    opened: bool = False
    longest_history: int = Field(default=4000, ge=10)
    """Events after which the workflow continues as new."""
    written: int = 0
    """Batches recorded so far; keeps the keys of side effects unique over continue-as-new."""
    acts: dict[str, str] = Field(default_factory=dict)
    """What people asked for, by the key of their act."""
    follows: tuple[int, ...] = ()
    """The numbers of which one is the newest on record; empty in states of earlier versions."""
    resumes: int = 0
    """How often in a row it was started to go on from the records: what else the state says of seats is not asked."""
    inbox: tuple[Told, ...] = ()
    """What it was told and has not handled yet."""


class RememberCohort(Wire):
    """Ask what is on record of a cohort."""

    cohort_id: Id
    workflow_id: str


class RememberedCohort(Wire):
    """A cohort as it is on record, and what its exchanges may not have heard."""

    revision: int = 0
    opened: bool = False
    cap: int = 0
    seats: tuple[SeatHeld, ...] = ()
    waitlist: tuple[SeatRequest, ...] = ()
    closed: bool = False
    """Whether nominations had closed when it last recorded something."""
    acts: dict[str, str] = Field(default_factory=dict)
    left: tuple[str, ...] = ()
    """Exchanges that ended without using what they hold or wait for."""
    untold: tuple[Untold, ...] = ()
    unmoved: tuple[Unmoved, ...] = ()
    elsewhere: tuple[str, ...] = ()
    """Exchanges that have a seat in another intake of the two universities: what they asked for here is over."""


class CohortStatus(Wire):
    """The answer to the query `status`."""

    cohort_id: Id
    cap: int
    minimum: int
    seats: tuple[SeatHeld, ...]
    waitlist: tuple[str, ...]
    closed: bool


def ranked(waitlist: tuple[SeatRequest, ...]) -> tuple[SeatRequest, ...]:
    """The waitlist in its order: the sending university's rank, then who asked first (D14)."""
    return tuple(sorted(waitlist, key=lambda r: (r.rank, r.requested_at, r.exchange_id)))
