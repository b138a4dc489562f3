"""Blocks of a plan moved, dropped and added; ids of the places that changes make."""

from datetime import date

import pytest

from models.errors import BadInput
from models.identifiers import block_of, placement_id, placement_number, swap_attempt
from models.rules.block_changes import BlockMore, blocks_anew
from models.rules.changes import DayRange
from models.vocabulary import Content
from tests.models.test_stay import CLINIC, LABORATORY, plan

DAYS = DayRange(date(2027, 5, 3), date(2027, 5, 28))


def test_what_is_not_named_stays() -> None:
    assert blocks_anew(plan(), {}) == plan().contents


def test_a_block_is_moved_and_another_dropped() -> None:
    days = DayRange(LABORATORY.start, date(2027, 4, 2))
    found = {block.key: block for block in blocks_anew(plan(), {LABORATORY.key: days, CLINIC.key: None})}
    assert (found[LABORATORY.key].start, found[LABORATORY.key].end) == days
    assert CLINIC.key not in found
    assert len(found) == len(plan().contents) - 1


def test_planned_hours_are_kept_only_where_a_block_is_as_long_as_before() -> None:
    planned = plan().model_copy(update={"contents": (LABORATORY.model_copy(update={"hours": 100}),)})
    length = LABORATORY.end - LABORATORY.start
    (shifted,) = blocks_anew(planned, {LABORATORY.key: DayRange(DAYS.start, DAYS.start + length)})
    (shorter,) = blocks_anew(planned, {LABORATORY.key: DAYS})
    assert (shifted.hours, shorter.hours) == (100, None)


def test_blocks_more_get_numbers_that_none_of_the_content_had() -> None:
    unit = BlockMore(Content.LABORATORY, DAYS, "cqmu-lipid")
    found = blocks_anew(plan(), {LABORATORY.key: None}, [unit, unit])
    assert [(one.number, one.units) for one in found if one.content is Content.LABORATORY] == [
        (2, ("cqmu-lipid",)),
        (3, ("cqmu-lipid",)),
    ]
    only = plan().model_copy(update={"contents": (LABORATORY,)})
    assert blocks_anew(only, {}, [BlockMore(Content.CLINICAL, DAYS, "cqmu-oncology")])[-1].key == "clinical"


def test_a_block_that_the_plan_does_not_have_is_named() -> None:
    with pytest.raises(BadInput, match=r"change\.no_such_block"):
        blocks_anew(plan(), {"laboratory.7": DAYS})


def test_no_two_changes_take_a_place_of_the_same_id() -> None:
    attempts = [swap_attempt(round_, version) for round_ in range(12) for version in range(1, 120)]
    attempts += range(1, 50)  # the units that are asked in turn
    ids = [placement_id("EX", "laboratory", placement_number(n, one)) for n in (0, 1, 2, 99) for one in attempts]
    assert len(set(ids)) == len(ids)
    assert {block_of(one) for one in ids} == {"laboratory", "laboratory.1", "laboratory.2", "laboratory.99"}
    assert swap_attempt(0, 1) == 51
    assert placement_number(2, 3) == 203
