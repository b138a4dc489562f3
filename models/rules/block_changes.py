"""The blocks of a plan anew: others on other days, some dropped, some more (D8, D38).

Pure functions: what the rules have against the result is asked where every plan is.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from models.errors import BadInput
from models.messages.plan import Plan, PlannedContent
from models.rules.changes import DayRange
from models.vocabulary import ROTATION_CONTENTS, Content


class BlockMore(NamedTuple):
    """A block more, and the unit it is to be worked in; none for what is worked in no unit."""

    content: Content
    days: DayRange
    unit: str = ""


def blocks_anew(
    plan: Plan, days: Mapping[str, DayRange | None], more: Iterable[BlockMore] = ()
) -> tuple[PlannedContent, ...]:
    """The blocks of a plan, by their keys on other days, `None`: dropped; and others besides.

    A block that is not named stays as it is. The hours planned for one that gets longer or shorter are those of its
    days, not those planned before.

    Raises:
        BadInput: the plan has no such block.
    """
    known = {block.key: block for block in plan.contents}
    if strange := sorted(days.keys() - known.keys()):
        raise BadInput("change.no_such_block", "blocks", block=strange[0], blocks=tuple(known))
    kept = [_on(block, days.get(key, DayRange(block.start, block.end))) for key, block in known.items()]
    found = [block for block in kept if block is not None]
    numbers = [(block.content, block.number) for block in plan.contents]
    for one in more:
        block = PlannedContent(
            content=one.content,
            start=one.days.start,
            end=one.days.end,
            number=_number(one.content, numbers),
            units=(one.unit,) if one.unit and one.content in ROTATION_CONTENTS else (),
        )
        numbers.append((block.content, block.number))
        found.append(block)
    return tuple(found)


def _on(block: PlannedContent, days: DayRange | None) -> PlannedContent | None:
    if days is None or days == (block.start, block.end):
        return block if days else None
    hours = block.hours if days.end - days.start == block.end - block.start else None
    return block.model_copy(update={"start": days.start, "end": days.end, "hours": hours})


def _number(content: Content, numbers: Iterable[tuple[Content, int]]) -> int:
    """The first of a content has none; those after it count on from two, and no number is used again."""
    taken = [number for of, number in numbers if of is content]
    return max(1, *taken) + 1 if taken else 0
