"""The blocks of a nominated stay: several of one content, by dates or by their share of the stay (D8, D38). Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import accumulate, pairwise
from typing import NamedTuple

from pydantic import Field

from models.messages.exchange import PlannedContent
from models.rules.hours import WEEK
from models.rules.stay import days_of
from models.vocabulary import ROTATION_CONTENTS, Content
from models.wire import Form

WHOLE = 100
"""Percent of a stay that its shares add up to."""


class WantedBlock(Form):
    """A laboratory or clinical block as it was nominated: with its dates, or with its share of the stay."""

    start: date | None = None
    end: date | None = None
    share: int | None = Field(default=None, ge=1, le=WHOLE)
    """Percent of the stay."""
    hours: int | None = Field(default=None, ge=1)
    units: tuple[str, ...] = ()
    """Unit ids in order of preference."""

    @property
    def is_placed(self) -> bool:
        """Whether it says when it is, or how long."""
        return self.share is not None or (self.start is not None and self.end is not None)


class Days(NamedTuple):
    """From a day to a day, both included."""

    first: date
    last: date


def split(start: date, end: date, shares: Sequence[int]) -> tuple[Days, ...]:
    """A stay split by percent, in order: without gap or overlap, and to its last day (D38).

    Parts begin on a whole week counted from the first day, at the nearest one; where a part would have no week of its
    own, all are counted in days. Nothing comes back where the shares do not add up to 100, or a part has no day.
    """
    if sum(shares) != WHOLE or end < start:
        return ()
    days = days_of(start, end)
    for unit in (WEEK, 1):
        # Halves go up: 50 % of 13 weeks are 7 and 6.
        cuts = [(2 * percent * days + WHOLE * unit) // (2 * WHOLE * unit) * unit for percent in accumulate(shares)]
        cuts = [0, *cuts[:-1], days]
        if all(one < other for one, other in pairwise(cuts)):
            return tuple(Days(start + timedelta(one), start + timedelta(other - 1)) for one, other in pairwise(cuts))
    return ()


def planned_blocks(start: date, end: date, wanted: Iterable[tuple[Content, WantedBlock]]) -> tuple[PlannedContent, ...]:
    """The laboratory and clinical blocks of a stay, in the order of their first days; those by share come in theirs.

    They are numbered where a content has several, and then each has its own wishes and no other. Of shares that
    cannot be split nothing comes back.
    """
    placed = [(content, block) for content, block in wanted if block.is_placed]
    parts = iter(split(start, end, [block.share for _, block in placed if block.share is not None]))
    found: list[PlannedContent] = []
    for content, block in placed:
        days = next(parts, None) if block.share is not None else Days(block.start or start, block.end or end)
        if days is not None:
            found.append(
                PlannedContent(content=content, start=days.first, end=days.last, units=block.units, hours=block.hours)
            )
    contents = [block.content for block in found]
    if all(contents.count(content) <= 1 for content in ROTATION_CONTENTS):
        return tuple(block.model_copy(update={"units": ()}) for block in found)
    found.sort(key=lambda block: (block.start, block.end))
    return tuple(block.model_copy(update={"number": number}) for number, block in enumerate(found, start=1))
