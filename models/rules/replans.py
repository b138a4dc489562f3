"""Which days a stay of a re-planned cohort gets, and in which order its exchanges make room for each other (D39)."""

from collections.abc import Iterable
from datetime import date, timedelta

from models.messages.changes import DatesChange
from models.messages.plan import Plan
from models.messages.replans import ReplanExchange


def days_for(plan: Plan, told: ReplanExchange, *, begun: bool) -> DatesChange:
    """The days that a stay is to have; of one that has begun the first day stays."""
    later = timedelta(days=told.shift)
    start = told.start if told.start is not None else plan.start + later
    end = told.end if told.end is not None else plan.end + later
    return DatesChange(start=plan.start if begun else start, end=end)


def in_order(stays: Iterable[tuple[str, date]], shift: int) -> tuple[str, ...]:
    """Exchanges in the order in which they are moved: later stays first where all go later, earlier ones otherwise.

    Who comes after another in the same bed or unit has left those days when they are wanted.
    """
    ordered = sorted(stays, key=lambda one: (one[1], one[0]), reverse=shift > 0)
    return tuple(exchange_id for exchange_id, _ in ordered)
