"""What can be asked about service levels."""

from datetime import date

from models.rules.service_levels import By
from models.vocabulary import Direction, StepKind
from models.wire import Moment, Wire


class LevelFilter(Wire):
    """Which steps; every condition given must hold."""

    now: Moment
    by: tuple[By, ...] = (By.INSTITUTION, By.KIND)
    since: date | None = None
    """Opened on this day or later, in UTC."""
    until: date | None = None
    """Opened on this day or earlier."""
    institution: str | None = None
    unit: str | None = None
    direction: Direction | None = None
    kinds: tuple[StepKind, ...] = ()
    students: bool | None = None
    """What students owe alone, or what institutions owe alone."""
