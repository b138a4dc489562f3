"""Suspending exchanges and resuming them: what is asked for, what exchanges are told, and how far it has got."""

from enum import StrEnum

from pydantic import Field

from models.people.authorization import Actor
from models.vocabulary import Role, Scope
from models.wire import Id, Moment, Wire


class SuspensionReason(StrEnum):
    """Why exchanges are suspended."""

    OUTBREAK = "outbreak"
    BORDER_CLOSED = "border_closed"
    DISASTER = "disaster"
    OTHER = "other"


class SuspensionPhase(StrEnum):
    """Where a suspension is."""

    SUSPENDING = "suspending"
    SUSPENDED = "suspended"
    RESUMING = "resuming"
    ENDED = "ended"


class Suspend(Wire):
    """The deadlines of an exchange are paused from a moment on; legal ones go on."""

    suspension_id: Id
    since: Moment
    reason: str = ""
    """A code, e.g. `outbreak`; the words are kept in the records."""


class Resume(Wire):
    """The deadlines of an exchange go on."""

    suspension_id: Id
    until: Moment


class Coverage(Wire):
    """Which exchanges a suspension covers: those of its target, but the exempt ones."""

    scope: Scope
    target: str = ""
    """An exchange, a cohort or a host institution; empty for the whole programme."""
    exempt: tuple[Id, ...] = ()


class SuspensionStart(Wire):
    """Input of the suspension workflow."""

    suspension_id: Id
    coverage: Coverage
    reason: SuspensionReason
    actor: Actor
    since: Moment
    resumption: "ResumeExchanges | None" = None
    """Set where it is recovered after it had ended, and exchanges still wait."""


class ResumeExchanges(Wire):
    """End a suspension."""

    decision_id: Id
    actor: Actor
    until: Moment | None = None
    """The moment exchanges go on; none: when the workflow takes it."""


class ExemptExchange(Wire):
    """Take one exchange out of a suspension: it goes on."""

    decision_id: Id
    actor: Actor
    exchange_id: Id


class SuspensionProgress(Wire):
    """How far a suspension has got."""

    suspension_id: Id
    coverage: Coverage
    phase: SuspensionPhase
    since: Moment
    until: Moment | None = None
    suspended: int = Field(default=0, ge=0)
    """Exchanges that this suspension pauses now, by the records."""
    left: int = Field(default=0, ge=0)
    """Exchanges that are still to be told."""
    unreachable: int = Field(default=0, ge=0)
    """Exchanges on record whose workflow does not answer: an operator must look."""
    repeated: bool = False


class Reach(Wire):
    """Tell every exchange that has not heard of it: suspend those covered, or resume those suspended."""

    suspension_id: Id
    coverage: Coverage
    suspend: Suspend | None = None
    resume: Resume | None = None
    only: Id | None = None
    """One exchange alone."""


class Reached(Wire):
    """What telling them came to."""

    told: int = 0
    left: int = 0
    """Exchanges that the records do not confirm yet."""
    unreachable: int = 0
    suspended: int = 0


def may_suspend(actor: Actor) -> bool:
    """Whether this person may suspend exchanges and resume them: the programme office."""
    return actor.role is Role.PROGRAMME_OFFICE
