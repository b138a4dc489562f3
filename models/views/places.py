"""The places calendar: who works in which unit and sleeps in which bed, over a stretch of days."""

from datetime import date

from models.catalogue.units import BlockedWeeks
from models.rules.forecast import CalendarDay
from models.wire import Wire


class PlaceRow(Wire):
    """A unit or a bed."""

    row_id: str
    name: str
    name_zh: str = ""
    capacity: int = 1
    note: str = ""
    blocked: tuple[BlockedWeeks, ...] = ()
    """Weeks in which a unit takes nobody."""


class PlaceBlock(Wire):
    """One student in one unit or bed, both days included; without a name for those who may not know of them (D44)."""

    row_id: str
    where: str
    where_zh: str = ""
    exchange_id: str
    student: str
    start: date
    end: date
    bed: bool = False
    placement_id: str = ""
    """Empty for nights, and where nobody may know of the student."""


class Places(Wire):
    """Everything of one host over a stretch of days."""

    units: tuple[PlaceRow, ...]
    beds: tuple[PlaceRow, ...]
    blocks: tuple[PlaceBlock, ...]
    nights: tuple[PlaceBlock, ...]
    closed: tuple[CalendarDay, ...]
    """Holidays and closures, weekends left out, with why."""


class EventView(Wire):
    """One event as an auditor reads it: ids only."""

    position: int
    stream: str
    seq: int
    kind: str
    at: str
    actor_id: str
    actor_role: str
    actor_institution: str
    facts: dict[str, str]
