"""What a laboratory or department takes: how many at a time, when not, whom, and under which supervisors (D38)."""

from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from pydantic import Field, field_validator, model_validator

from models.invalid import Unfit
from models.vocabulary import LANGUAGES, Level
from models.wire import Id, Wire

MOST_PLACES = 99
MOST_BLOCKED = 60
MONDAY, SUNDAY = 1, 7


class BlockReason(StrEnum):
    """Why a unit takes nobody in some weeks; a code, so that the log holds no words about people."""

    HOLIDAY = "holiday"
    INSPECTION = "inspection"
    EXAMINATIONS = "examinations"
    RENOVATION = "renovation"
    STAFFING = "staffing"
    OTHER = "other"


class BlockedWeeks(Wire):
    """Whole weeks in which a unit has no student, from a Monday to a Sunday."""

    first: date
    last: date
    reason: BlockReason = BlockReason.OTHER

    @model_validator(mode="after")
    def _whole_weeks(self) -> "BlockedWeeks":
        if self.first.isoweekday() != MONDAY or self.last.isoweekday() != SUNDAY:
            raise Unfit("unit.whole_weeks")
        if self.last < self.first:
            raise Unfit("unit.weeks_reversed")
        return self

    def covers(self, day: date) -> bool:
        """Whether the unit is blocked on a day."""
        return self.first <= day <= self.last


def whole_weeks(first: date, last: date, reason: BlockReason) -> BlockedWeeks:
    """The weeks that a stretch of days touches, whole."""
    monday = first - timedelta(days=first.isoweekday() - MONDAY)
    return BlockedWeeks(first=monday, last=last + timedelta(days=SUNDAY - last.isoweekday()), reason=reason)


class UnitTerms(Wire):
    """Whom a unit takes, and how many. What is empty asks for nothing."""

    capacity: int = Field(ge=0, le=MOST_PLACES)
    """Students on one day; 0: nobody new."""
    blocked: tuple[BlockedWeeks, ...] = Field(default=(), max_length=MOST_BLOCKED)
    languages: tuple[str, ...] = ()
    """Of which the student speaks one."""
    levels: tuple[Level, ...] = ()
    disciplines: tuple[Id, ...] = ()
    supervisors: dict[Id, int] = Field(default_factory=dict)
    """Students of each person on one day, 0 to 99, by the id of the person; who is not named has no limit."""

    @field_validator("blocked")
    @classmethod
    def _in_order(cls, blocked: tuple[BlockedWeeks, ...]) -> tuple[BlockedWeeks, ...]:
        found = tuple(sorted(blocked, key=lambda one: one.first))
        if any(later.first <= earlier.last for earlier, later in pairwise(found)):
            raise Unfit("unit.weeks_overlap")
        return found

    @field_validator("languages")
    @classmethod
    def _known_languages(cls, languages: tuple[str, ...]) -> tuple[str, ...]:
        if not set(languages) <= set(LANGUAGES):
            raise Unfit("value.not_one_of", choices=tuple(LANGUAGES))
        return tuple(sorted(set(languages)))

    @field_validator("levels", "disciplines")
    @classmethod
    def _once_each(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted(set(words)))

    @field_validator("supervisors")
    @classmethod
    def _limits(cls, limits: dict[str, int]) -> dict[str, int]:
        if not all(0 <= most <= MOST_PLACES for most in limits.values()):
            raise Unfit("value.too_great", most=MOST_PLACES)
        return dict(sorted(limits.items()))
