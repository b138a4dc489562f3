"""Hours of a stay: what a period holds, which day is reported already, and what was planned of a block (D42). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from models.rules.stay import days_of

WEEK = 7


@dataclass(frozen=True)
class Period:
    """Days of a stay, both included."""

    first: date
    last: date

    def overlaps(self, other: "Period") -> bool:
        """Whether they have a day in common."""
        return self.first <= other.last and other.first <= self.last


def most_hours(period: Period, hours_a_day: int) -> int:
    """The hours that a period holds at most: so many for each of its days, weekends included (D42)."""
    return hours_a_day * days_of(period.first, period.last)


def planned_hours(block: Period, stood_still: Iterable[Period], hours_a_week: int) -> int:
    """The hours that a block is planned with at least: so many for each whole week that was not suspended (D42).

    Days on which the stay stood still are taken out before whole weeks are counted; 0 for a block without days.
    """
    return hours_a_week * (_days_left(block, stood_still) // WEEK)


def share_of_hours(hours: int, whole: Period, worked: Period, stood_still: Iterable[Period]) -> int:
    """Of the hours planned for a whole block, those of the days that could be worked, rounded down (D42)."""
    return hours * _days_left(worked, stood_still) // max(1, days_of(whole.first, whole.last))


def _days_left(block: Period, stood_still: Iterable[Period]) -> int:
    days = {block.first + timedelta(days=n) for n in range(days_of(block.first, block.last))}
    for still in stood_still:
        days = {day for day in days if not still.first <= day <= still.last}
    return len(days)
