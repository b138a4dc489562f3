"""A stay is nominated before it begins; one that has begun is recorded late, with a reason (decision 0028)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from models.catalogue.programme import Programme
from models.errors import BadInput
from models.rules.stay import Fault, fault_of

SHORTEST_REASON = 10
"""Characters: a word like “late” is none."""
LONGEST_REASON = 500
LATE = frozenset({"stay.over", "stay.begun"})
"""The faults that a reason mends."""


def require_timely(host: str, start: date, end: date, late_reason: str, programme: Programme, now: datetime) -> None:
    """That a student may be nominated now.

    Raises:
        BadInput: the stay has begun or is over, and no reason is given; `field` is the column.
    """
    for fault in timing_faults(host, start, end, late_reason, programme, now):
        raise BadInput(fault.message, fault.field, **fault.params)


def timing_faults(
    host: str, start: date, end: date, late_reason: str, programme: Programme, now: datetime
) -> tuple[Fault, ...]:
    """What is wrong with when a stay is nominated, by the day it is at the host; nothing where a reason is given."""
    institution = programme.institution(host)
    if institution is None:
        return ()
    today = now.astimezone(ZoneInfo(institution.zone)).date()
    if start > today:
        return ()
    if late_reason:
        if len(late_reason) < SHORTEST_REASON:
            return (fault_of("late_reason", "cell.reason_short", "", late_reason, least=SHORTEST_REASON),)
        return ()
    if end < today:
        return (fault_of("end", "stay.over", "", end.isoformat()),)
    return (fault_of("start", "stay.begun", "", start.isoformat()),)
