"""Where a stay stands on a day: the week of a rotation, and what is asked next while nobody owes anything. Pure."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from models.catalogue.policy import Policy
from models.messages.exchange import Plan
from models.rules.forecast import story_of
from models.vocabulary import Anchor, Content, StepKind

DAYS_OF_A_WEEK = 7


class Rotation(NamedTuple):
    """A place in a unit for the days of a block, both included."""

    content: Content
    unit_id: str
    start: date
    end: date


class Coming(NamedTuple):
    """What is asked from a day on; the unit where it is asked of a supervisor."""

    kind: StepKind
    on: date
    unit_id: str = ""


def week_of(start: date, end: date, today: date) -> tuple[int, int]:
    """Which week of a rotation a day is in, and how many weeks it has; both count from its first day, from 1 on."""
    week = (today - start).days // DAYS_OF_A_WEEK + 1
    return week, (end - start).days // DAYS_OF_A_WEEK + 1


def coming(plan: Plan, policy: Policy, rotations: Iterable[Rotation], today: date) -> Coming | None:
    """The next thing that is asked by the calendar alone, after today; on the last day nothing more is (D35, D41)."""
    ahead = [asked for asked in story_of(plan, policy) if asked.on is not None and asked.on > today]
    if not ahead:
        return None
    asked = min(ahead, key=lambda one: one.on or date.max)
    assert asked.on is not None
    of_a_unit = policy.step(asked.kind).due.anchor is Anchor.SUBJECT_END
    units = (one.unit_id for one in rotations if one.content is asked.content and one.end == asked.subject_end)
    return Coming(asked.kind, asked.on, next(units, "") if of_a_unit else "")
