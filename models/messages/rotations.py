"""A rotation: the dated block in which a place is worked, with its supervisor, attendance and evaluation."""

from datetime import date

from pydantic import Field

from models.catalogue.sharing import SharedPolicy
from models.events import AttendanceReported
from models.messages.exchange import PlannedContent
from models.messages.suspensions import Suspend
from models.people.authorization import Parties
from models.rules.clearance import ClearedDays
from models.rules.deadlines import Hold
from models.wire import Id, Wire

ROTATION_WORKFLOW = "Rotation"
ROTATION_OVER = "rotation_over"
"""The signal by which an exchange hears of it."""


class RotationStart(Wire):
    """Input of the rotation workflow."""

    exchange_id: Id
    placement_id: Id
    unit_id: Id
    parties: Parties
    block: PlannedContent
    policy: SharedPolicy
    """Only what a rotation needs of it."""
    suspensions: tuple[Suspend, ...] = ()
    """What suspends the exchange already."""
    resumes: int = 0
    """As for an exchange."""
    longest_history: int = Field(default=12_000, ge=10)
    zone: str = ""
    """As for an exchange."""
    apart: bool = False
    """Whether it stands beside its exchange and tells it when it is over; `False`: it is its child."""
    most_hours_a_day: int = 24
    """Hours that a day holds at most (D42); as a day was understood in earlier versions."""
    suspended: tuple[Hold, ...] = ()
    """Suspensions of the exchange that were over when it began."""
    midpoint: date | None = None
    """The day of the evaluation at the middle, where the rotation has one (D41)."""
    needs_clearance: bool = False
    cleared_through: date | None = None
    """Of the clearance that holds."""
    cleared: tuple[ClearedDays, ...] = ()
    """All clearances so far; empty where there was none, and in earlier versions."""
    end: "RotationEnd | None" = None
    """What the exchange had told, where the workflow continued as new."""


class ClinicCleared(Wire):
    """The exchange tells a clinical rotation for which days the student is cleared (D36)."""

    valid_through: date
    days: tuple[ClearedDays, ...] = ()
    """All clearances so far; empty in earlier versions, which knew one."""


class RotationEnd(Wire):
    """The parent exchange ends a rotation before its block is over."""

    last_day: date
    evaluate: bool
    """Whether the days worked are still to be evaluated (a justified early end)."""


class RotationReplanned(Wire):
    """The parent exchange tells a rotation that its block has other days (D39)."""

    block: PlannedContent


class RotationResult(Wire):
    """How a rotation ended."""

    placement_id: Id
    last_day: date
    hours_attended: float
    evaluated: bool
    passed: bool | None = None
    first_day: date | None = None
    """From when hours could be reported; unset where a clinic was never allowed, or by earlier versions."""
    reports: tuple[AttendanceReported, ...] = ()
    """What is reported and was not corrected."""


class TellExchange(Wire):
    """What an exchange is told of a rotation of its own."""

    exchange_id: Id
    result: RotationResult
