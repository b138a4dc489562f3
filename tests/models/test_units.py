"""Whether a unit can take a student, why not, and which places an edit breaks: every reason and its boundaries."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import ValidationError

from models.catalogue.units import BlockedWeeks, BlockReason, UnitTerms, whole_weeks
from models.rules.units import BlockAsked, Hindrance, PlaceHeld, UnitLoad, can_take, room, supervisor_for, to_move
from models.vocabulary import Level

START, END = date(2027, 3, 1), date(2027, 3, 28)
WEEK = BlockedWeeks(first=date(2027, 3, 8), last=date(2027, 3, 14), reason=BlockReason.INSPECTION)


def asked(start: date = START, end: date = END, **changes: Any) -> BlockAsked:
    given: dict[str, Any] = {"level": Level.PHD, "discipline": "phd.neurology", "languages": ("en",)}
    return BlockAsked(start=start, end=end, **(given | changes))


def why(terms: UnitTerms, block: BlockAsked, load: UnitLoad = UnitLoad(), people: tuple[str, ...] = ()) -> Any:  # noqa: B008
    found = can_take("u", terms, block, load, people)
    return found and (found.why, found.on)


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({}, None),
        ({"capacity": 0}, (Hindrance.NOT_OFFERED, None)),
        ({"levels": (Level.PHD, Level.MASTER)}, None),
        ({"levels": (Level.MASTER,)}, (Hindrance.LEVEL, None)),
        ({"disciplines": ("phd.neurology",)}, None),
        ({"disciplines": ("phd.pharmacy",)}, (Hindrance.DISCIPLINE, None)),
        ({"languages": ("en", "zh")}, None),
        ({"languages": ("zh",)}, (Hindrance.LANGUAGE, None)),
        ({"blocked": (WEEK,)}, (Hindrance.BLOCKED, date(2027, 3, 8))),
    ],
)
def test_each_reason_is_told(terms: dict[str, Any], expected: Any) -> None:
    assert why(UnitTerms(**({"capacity": 1} | terms)), asked()) == expected


@pytest.mark.parametrize(
    ("start", "end", "blocked"),
    [
        (date(2027, 3, 1), date(2027, 3, 7), False),
        (date(2027, 3, 1), date(2027, 3, 8), True),
        (date(2027, 3, 14), date(2027, 3, 20), True),
        (date(2027, 3, 15), date(2027, 3, 20), False),
    ],
)
def test_a_blocked_week_counts_from_monday_to_sunday(start: date, end: date, blocked: bool) -> None:
    found = why(UnitTerms(capacity=1, blocked=(WEEK,)), asked(start, end))
    assert (found is not None) is blocked


def test_a_student_whose_languages_nobody_knows_is_not_refused_for_them() -> None:
    assert why(UnitTerms(capacity=1, languages=("zh",)), asked(languages=())) is None


def test_one_full_day_is_enough_and_is_named() -> None:
    load = UnitLoad(taken={END: 2, START: 1})
    assert why(UnitTerms(capacity=2), asked(), load) == (Hindrance.FULL, END)
    assert why(UnitTerms(capacity=3), asked(), load) is None
    assert (room(UnitTerms(capacity=3), asked(), load), room(UnitTerms(capacity=1), asked(), load)) == (1, -1)


def test_somebody_must_have_room_to_supervise_on_every_day() -> None:
    load = UnitLoad(supervised={"ann": {START: 1}, "bo": {END: 2}})
    terms = UnitTerms(capacity=9, supervisors={"ann": 1, "bo": 2})
    assert why(terms, asked(), load, ("ann", "bo")) == (Hindrance.SUPERVISORS, None)
    assert why(terms, asked(), load, ()) is None, "a unit without supervisors asks for none"
    assert supervisor_for(terms, asked(end=END - timedelta(days=1)), load, ("ann", "bo")) == "bo"
    assert supervisor_for(UnitTerms(capacity=9, supervisors={"ann": 1}), asked(), load, ("ann", "bo")) == "bo"
    assert supervisor_for(UnitTerms(capacity=9), asked(), UnitLoad(), ("ann", "bo")) == "ann"
    assert supervisor_for(UnitTerms(capacity=9, supervisors={"ann": 0}), asked(), UnitLoad(), ("ann",)) is None


def held(number: int, slot: int, block: BlockAsked | None = None, supervisor: str = "ann") -> PlaceHeld:
    block = block or asked()
    return PlaceHeld(
        placement_id=f"p-{number}",
        exchange_id=f"e-{number}",
        unit_id="u",
        block=block,
        supervisor=supervisor,
        slots=dict.fromkeys(block.days, slot),
    )


def broken(terms: UnitTerms, *places: PlaceHeld, today: date = START) -> list[tuple[str, Hindrance, date | None]]:
    return [(one.placement_id, one.why, one.on) for one in to_move(terms, places, today)]


def test_who_came_last_is_too_many_when_there_are_fewer_places() -> None:
    three = [held(number, number) for number in (3, 1, 2)]
    assert broken(UnitTerms(capacity=3), *three) == []
    assert broken(UnitTerms(capacity=2), *three) == [("p-3", Hindrance.FULL, START)]
    assert broken(UnitTerms(capacity=0), *three) == [(f"p-{n}", Hindrance.FULL, START) for n in (1, 2, 3)]
    assert broken(UnitTerms(capacity=2), held(1, 1), held(2, 3)) == [], "there is room, whatever the numbers are"


def test_a_lower_limit_of_a_supervisor_breaks_theirs_alone() -> None:
    places = [held(1, 1), held(2, 2), held(3, 3, supervisor="bo")]
    assert broken(UnitTerms(capacity=3, supervisors={"ann": 1, "bo": 1}), *places) == [
        ("p-2", Hindrance.SUPERVISORS, START)
    ]


def test_a_blocked_week_breaks_the_blocks_across_it_and_what_is_over_is_left_alone() -> None:
    before = held(1, 1, asked(START, date(2027, 3, 7)))
    across = held(2, 2, asked(date(2027, 3, 10), END))
    terms = UnitTerms(capacity=2, blocked=(WEEK,))
    assert broken(terms, before, across) == [("p-2", Hindrance.BLOCKED, date(2027, 3, 10))]
    assert broken(terms, before, across, today=date(2027, 3, 14)) == [("p-2", Hindrance.BLOCKED, date(2027, 3, 14))]
    assert broken(terms, before, across, today=date(2027, 3, 15)) == []
    assert broken(UnitTerms(capacity=2, levels=(Level.MASTER,)), before, across, today=date(2027, 3, 8)) == [
        ("p-2", Hindrance.LEVEL, None)
    ]


DAYS = some.integers(0, 60).map(lambda n: START + timedelta(days=n))
BLOCKS = some.tuples(DAYS, some.integers(0, 40)).map(lambda one: asked(one[0], one[0] + timedelta(days=one[1])))


@given(some.lists(BLOCKS, max_size=8), some.integers(0, 4))
def test_without_the_places_to_move_the_terms_hold(blocks: list[BlockAsked], capacity: int) -> None:
    """Whatever was taken: moving the places named leaves no day with too many, and names none where none is."""
    slots: dict[date, int] = {}
    places = []
    for number, block in enumerate(blocks):
        own = {}
        for day in block.days:
            slots[day] = own[day] = slots.get(day, 0) + 1
        places.append(held(number, 1, block).model_copy(update={"slots": own}))
    named = {one.placement_id for one in to_move(UnitTerms(capacity=capacity), places, START)}
    left = [place for place in places if place.placement_id not in named]
    on = {day: sum(day in place.slots for place in left) for day in slots}
    assert max(on.values(), default=0) <= capacity
    assert bool(named) is (max(slots.values(), default=0) > capacity)


@given(DAYS, some.integers(0, 30), some.sampled_from(BlockReason))
def test_days_become_the_weeks_they_touch(first: date, more: int, reason: BlockReason) -> None:
    last = first + timedelta(days=more)
    weeks = whole_weeks(first, last, reason)
    assert weeks.covers(first)
    assert weeks.covers(last)
    assert first - weeks.first < timedelta(days=7)
    assert weeks.last - last < timedelta(days=7)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"capacity": -1}, "greater than or equal"),
        ({"capacity": 100}, "less than or equal"),
        ({"languages": ("fr",)}, "value.not_one_of"),
        ({"blocked": (WEEK, WEEK)}, "unit.weeks_overlap"),
        ({"blocked": ({"first": "2027-03-09", "last": "2027-03-14"},)}, "unit.whole_weeks"),
        ({"blocked": ({"first": "2027-03-15", "last": "2027-03-14"},)}, "unit.weeks_reversed"),
        ({"supervisors": {"ann": 100}}, "value.too_great"),
    ],
)
def test_terms_that_cannot_be_are_refused(wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        UnitTerms.model_validate({"capacity": 1} | wrong)
