"""Clearances of a stay: whether each holds, through which day, what it lets a student do, and why one is over."""

from datetime import date
from enum import StrEnum

from models.findings import FindingDraft
from models.wire import Wire


class ClearanceEnds(StrEnum):
    """Why a clearance for the clinic holds no longer (D36)."""

    REVOKED = "revoked"
    LAPSED = "lapsed"
    UNINSURED = "uninsured"


class ClearanceKind(StrEnum):
    """What a stay is cleared by, in the order in which it is shown."""

    PASSPORT = "passport"
    VISA = "visa"
    """The right to stay: visa, entry, permit, extension."""
    INSURANCE = "insurance"
    OCCUPATIONAL = "occupational"
    """Occupational health's decision, and the health records that it rests on."""
    TRAINING = "training"


class ClearanceState(StrEnum):
    """What can be said of a clearance on a day."""

    HOLDS = "holds"
    """It reaches every day for which it is needed."""
    SHORT = "short"
    """It holds, and ends before the last day for which it is needed."""
    OVER = "over"
    """It has held, and does no longer."""
    LACKING = "lacking"
    """It is not given yet, or something is against it."""


class Covers(StrEnum):
    """What a clearance lets a student do; without it that stops, and nothing else does."""

    STAY = "stay"
    CLINIC = "clinic"
    """Laboratory work, lectures and the cultural programme need none of these (D36)."""


class ClearanceReason(Wire):
    """Why a clearance does not hold, or not as long as it is needed: what was found, and of which document."""

    document: str = ""
    """The kind of document; empty: of none."""
    finding: FindingDraft


class Clearance(Wire):
    """One clearance as it follows from everything on record; nobody types it."""

    kind: ClearanceKind
    covers: Covers
    state: ClearanceState
    holds: bool
    """Whether it holds on the day of which it is asked."""
    since: date | None = None
    """The first day for which it holds, where a paper or a decision says one."""
    through: date | None = None
    """The last day for which it holds; of the passport, the latest last day of a stay. Unset: nothing ends it."""
    needed_through: date
    """The last day for which it is needed."""
    why: tuple[ClearanceReason, ...] = ()
