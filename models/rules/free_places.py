"""How many places of a unit are free in each week. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from models.catalogue.units import BlockedWeeks

WEEK = timedelta(weeks=1)


def free_by_week(
    capacity: int, blocked: Iterable[BlockedWeeks], taken: Sequence[tuple[date, date]], first: date, weeks: int
) -> tuple[int | None, ...]:
    """Of each week from the Monday `first` on: the places free on its fullest day; `None` while the unit takes nobody.

    `taken` are the days of the students there, both included.
    """
    away, mondays = tuple(blocked), [first + WEEK * number for number in range(weeks)]
    return tuple(
        None if any(one.covers(monday) for one in away) else max(capacity - _busiest(taken, monday), 0)
        for monday in mondays
    )


def _busiest(taken: Sequence[tuple[date, date]], monday: date) -> int:
    days = [monday + timedelta(days=number) for number in range(7)]
    return max(sum(start <= day <= end for start, end in taken) for day in days)
