"""A re-planned cohort as people see it: what each stay would get, and which were moved and which could not be."""

from datetime import date
from enum import StrEnum

from models.messages.changes import Effect
from models.messages.replans import Replanning
from models.wire import Id, Moment, Wire


class ReplanState(StrEnum):
    """What became of one stay."""

    MOVED = "moved"
    NOT_MOVED = "not_moved"
    WAITING = "waiting"
    """The exchange has not come to it: units are being asked, others make room, or it was not reached yet."""
    ENDED = "ended"
    """The exchange ended first."""


class StayProposed(Wire):
    """What one exchange of the cohort would get."""

    exchange_id: Id
    was_start: date
    was_end: date
    start: date
    end: date
    effects: tuple[Effect, ...] = ()
    against: Effect | None = None
    """Why it cannot be moved; unset where nothing is known to hinder it."""
    exempt: bool = False


class ReplanPreview(Wire):
    """The proposal for a cohort. Nothing is changed by looking."""

    cohort_id: Id
    replanning: Replanning
    stays: tuple[StayProposed, ...]


class StayMoved(Wire):
    """What became of one exchange."""

    exchange_id: Id
    state: ReplanState
    was_start: date
    was_end: date
    start: date
    end: date
    """As they were to be."""
    reason: str = ""
    """Why it was not moved: a message, `bed`, or a unit."""


class ReplanView(Wire):
    """One re-planning and its report."""

    replan_id: Id
    cohort_id: Id
    at: Moment
    by: str
    """The id of whoever decided."""
    replanning: Replanning
    stays: tuple[StayMoved, ...]
