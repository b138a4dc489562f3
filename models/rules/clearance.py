"""When a student may see patients: clearances of occupational health, and their ends (D27, D36). Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Protocol

from models.clearances import ClearanceEnds
from models.errors import BadInput, NotOpen
from models.events import ClearanceEnded, Cleared, StageEntered
from models.events.base import Fact
from models.rules.hours import Period
from models.rules.local import day_at
from models.vocabulary import Stage
from models.wire import Wire


class ClearedDays(Wire):
    """Days for which a student is cleared for the clinic, both included."""

    first: date | None = None
    """Unset: from the first day of the block; the clearance came before the rotations began."""
    last: date
    ended: ClearanceEnds | None = None
    """Why it holds no longer than that, where it was revoked or lapsed."""

    def holds(self, day: date) -> bool:
        """Whether it is a day of the clearance."""
        return day <= self.last and (self.first is None or self.first <= day)


class _Days(Protocol):
    @property
    def first_day(self) -> date: ...
    @property
    def last_day(self) -> date: ...


def cleared_days(events: Iterable[Fact], zone: str) -> tuple[ClearedDays, ...]:
    """What events of an exchange say of its clearances, oldest first; days are those of the host's zone."""
    found: list[ClearedDays] = []
    told = list(events)
    began = next((e.at for e in told if isinstance(e, StageEntered) and e.stage is Stage.ROTATIONS), None)
    for event in told:
        if isinstance(event, Cleared):
            # The stage is put on record while its rotations begin.
            early = not found and (began is None or event.at <= began)
            found.append(ClearedDays(first=None if early else day_at(zone, event.at), last=event.valid_through))
        elif isinstance(event, ClearanceEnded) and found:
            last = min(found[-1].last, event.last_day)
            found[-1] = found[-1].model_copy(update={"last": last, "ended": event.reason})
    return tuple(found)


def is_worked(cleared: Sequence[ClearedDays], block_start: date) -> bool:
    """Whether a clinical block was begun: not where the only clearance was revoked before its first day."""
    return any(days.ended is not ClearanceEnds.REVOKED or days.last >= block_start for days in cleared)


def check_cleared(report: _Days, cleared: Sequence[ClearedDays]) -> None:
    """That every day of a report of clinical hours is cleared (D36).

    Raises:
        NotOpen: no clearance was ever given.
        BadInput: a day lies before, between or after the clearances; its message says why.
    """
    if not cleared:
        raise NotOpen("clinic.not_cleared")
    day = report.first_day
    while day <= report.last_day:
        days = next((one for one in cleared if one.holds(day)), None)
        if days is None:
            raise _uncleared(day, report.first_day, cleared)
        day = days.last + timedelta(days=1)


def _uncleared(day: date, first_day: date, cleared: Sequence[ClearedDays]) -> BadInput:
    before = [days for days in cleared if days.last < day]
    after = next((days.first for days in cleared if days.first is not None and days.first > day), None)
    field = "first_day" if day == first_day else "last_day"
    if after is not None:
        if not before:
            return BadInput("clinic.before_clearance", "first_day", first=after)
        return BadInput("clinic.between_clearances", field, last=before[-1].last, first=after)
    last = before[-1]
    if last.ended is ClearanceEnds.REVOKED:
        return BadInput("clinic.clearance_revoked", field, last=last.last)
    return BadInput("clinic.after_clearance", "last_day", last=last.last)


def not_cleared(cleared: Sequence[ClearedDays], block: Period) -> tuple[Period, ...]:
    """The days of a block that no clearance holds for; none where the student was never cleared."""
    if not cleared:
        return ()
    days = [block.first + timedelta(days=n) for n in range((block.last - block.first).days + 1)]
    return tuple(Period(day, day) for day in days if not any(one.holds(day) for one in cleared))
