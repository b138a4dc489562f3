"""A stay is nominated before nominations close (D4); one that has begun is recorded with a reason (decision 0028)."""

from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models.catalogue.programme import AfterClosing, Programme, rule_value
from models.errors import BadInput
from models.rules.local import day_at
from models.rules.stay import Fault, fault_of

SHORTEST_REASON = 10
"""Characters: a word like “late” is none."""
LONGEST_REASON = 500
LATE = frozenset({"stay.over", "stay.begun"})
"""The faults that a reason mends."""


class WantedTime(NamedTuple):
    """Between whom, and when, a stay is nominated."""

    sending: str
    host: str
    start: date
    end: date
    late_reason: str = ""


def require_timely(wanted: WantedTime, programme: Programme, now: datetime) -> None:
    """That a student may be nominated now.

    Raises:
        BadInput: the stay has begun or is over, and no reason is given, or nominations have closed and the programme
            takes none after that; `field` is the column.
    """
    for fault in timing_faults(wanted, programme, now):
        raise BadInput(fault.message, fault.field, **fault.params)


def is_after_closing(wanted: WantedTime, programme: Programme, now: datetime) -> bool:
    """Whether nominations for a stay that lies ahead have closed (D4).

    A stay that has begun is recorded with its reason, whatever day it is: nobody is asked whether a student may come
    who is there (decision 0028).
    """
    if not {wanted.sending, wanted.host} <= programme.institutions.keys() or _has_begun(wanted, programme, now):
        return False
    return now > programme.closes_for(wanted.sending, wanted.host, wanted.start)


def _has_begun(wanted: WantedTime, programme: Programme, now: datetime) -> bool:
    return wanted.start <= day_at(programme.zone_of(wanted.host), now)


def timing_faults(wanted: WantedTime, programme: Programme, now: datetime) -> tuple[Fault, ...]:
    """What is wrong with when a stay is nominated, by the day it is at the host; nothing where a reason is given."""
    if programme.institution(wanted.host) is None:
        return ()
    if not _has_begun(wanted, programme, now):
        return _closing_faults(wanted, programme, now)
    start, end, late_reason = wanted.start, wanted.end, wanted.late_reason
    if late_reason:
        if len(late_reason) < SHORTEST_REASON:
            return (fault_of("late_reason", "cell.reason_short", "", late_reason, least=SHORTEST_REASON),)
        return ()
    if end < day_at(programme.zone_of(wanted.host), now):
        return (fault_of("end", "stay.over", "", end.isoformat()),)
    return (fault_of("start", "stay.begun", "", start.isoformat()),)


def _closing_faults(wanted: WantedTime, programme: Programme, now: datetime) -> tuple[Fault, ...]:
    """A nomination after the closing day, where the programme refuses it; where it queues it, nothing is wrong (D4)."""
    if rule_value(programme.policy, "D4", "after_closing", AfterClosing.QUEUED.value) != AfterClosing.REFUSED:
        return ()
    if not is_after_closing(wanted, programme, now):
        return ()
    closed = programme.closes_for(wanted.sending, wanted.host, wanted.start)
    day = closed.astimezone(ZoneInfo(programme.zone_of(wanted.sending))).date()
    return (fault_of("start", "nomination.closed", "D4", wanted.start.isoformat(), closed=day),)
