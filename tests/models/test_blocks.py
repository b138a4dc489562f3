"""Several laboratory and clinical blocks in one stay: by dates or by shares, each with wishes and hours (D8, D38)."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.loading import load_programme
from models.rules.again import differences, typed
from models.rules.blocks import WantedBlock, planned_blocks, split
from models.rules.nomination import Nomination, parse_row
from models.rules.stay import Fault
from models.vocabulary import Content
from tests.programmes import GOOD_ROW, small_programme

PROGRAMME = small_programme()
START, END = date(2027, 3, 1), date(2027, 5, 30)
"""Thirteen whole weeks, as in the good row but for two days."""
EMPTY = {f"{content}_{of}": "" for content in ("laboratory", "clinical") for of in ("start", "end")}
TWO_OF_EACH = {
    "start": "2027-03-01",
    "end": "2027-05-30",
    "laboratory_start": "2027-03-01 | 2027-04-12",
    "laboratory_end": "2027-03-21 | 2027-05-02",
    "laboratory_hours": "90 |",
    "laboratories": "cqmu-lipid; cqmu-child | Ultrasonic Medicine ; cqmu-lipid",
    "clinical_start": "2027-03-22｜2027-05-03",
    "clinical_end": "2027-04-11 | 2027-05-30",
    "clinical_hours": " | 100",
    "specialties": "Neurology | Oncology",
}


def read(**cells: str) -> Nomination | tuple[Fault, ...]:
    return parse_row(GOOD_ROW | cells, PROGRAMME)


def good(**cells: str) -> Nomination:
    found = read(**cells)
    assert isinstance(found, Nomination), found
    return found


def told(**cells: str) -> list[tuple[str, str]]:
    found = read(**cells)
    assert isinstance(found, tuple), found
    return [(fault.field, fault.message) for fault in found]


def two_of_each(**more: str) -> dict[str, str]:
    return TWO_OF_EACH | {"laboratories": "cqmu-lipid; cqmu-child | cqmu-child"} | more


def test_two_laboratories_and_two_specialties_are_one_plan_in_order() -> None:
    plan = good(**two_of_each()).to_plan(PROGRAMME)
    assert [(b.key, b.start, b.end, b.hours, b.units) for b in plan.rotations] == [
        ("laboratory.1", date(2027, 3, 1), date(2027, 3, 21), 90, ("cqmu-lipid", "cqmu-child")),
        ("clinical.2", date(2027, 3, 22), date(2027, 4, 11), None, ("cqmu-neurology",)),
        ("laboratory.3", date(2027, 4, 12), date(2027, 5, 2), None, ("cqmu-child",)),
        ("clinical.4", date(2027, 5, 3), date(2027, 5, 30), 100, ("cqmu-oncology",)),
    ]
    assert plan.laboratories == ("cqmu-lipid", "cqmu-child")
    assert plan.specialties == ("cqmu-neurology", "cqmu-oncology")
    assert plan.kinds() == (
        Content.LABORATORY,
        Content.CLINICAL,
        Content.ACADEMIC_LECTURES,
        Content.CULTURAL_LECTURES,
    )
    assert plan.last_day(Content.CLINICAL) == date(2027, 5, 30)
    assert plan.last_day(Content.CULTURAL_ACTIVITIES) is None


def test_a_name_of_two_laboratories_asks_which_in_any_block() -> None:
    assert told(**TWO_OF_EACH) == [("laboratories", "cell.unit_ambiguous")]


def test_one_block_of_each_is_a_plan_as_it_always_was() -> None:
    plan = good().to_plan(PROGRAMME)
    assert [(block.key, block.number, block.units) for block in plan.rotations] == [
        ("laboratory", 0, ()),
        ("clinical", 0, ()),
    ]
    assert plan.wishes(plan.rotations[0]) == ("cqmu-lipid", "cqmu-child")


def test_a_block_without_wishes_has_those_of_the_plan() -> None:
    plan = good(**two_of_each(laboratories="cqmu-lipid")).to_plan(PROGRAMME)
    assert [plan.wishes(block) for block in plan.blocks(Content.LABORATORY)] == [("cqmu-lipid",), ("cqmu-lipid",)]


def test_what_is_kept_says_no_more_than_before_where_nothing_more_is_said() -> None:
    kept = good().model_dump(mode="json")
    assert not {"more_laboratories", "laboratory_share", "academic_lectures_start"} & kept.keys()
    assert Nomination.model_validate(kept) == good()
    several = good(**two_of_each())
    assert Nomination.model_validate(several.model_dump(mode="json")) == several


def test_the_cells_of_several_blocks_are_written_as_they_are_read() -> None:
    nomination = good(**two_of_each())
    assert good(**typed(nomination)) == nomination
    other = good(**two_of_each(laboratory_end="2027-03-20 | 2027-05-02"))
    [found] = differences(nomination, other)
    assert (found.column, found.on_record) == ("laboratory_end", "2027-03-21 | 2027-05-02")


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"laboratory_start": "2027-03-01 | 2027-03-15"}, ("laboratory_start", "block.overlaps")),
        ({"clinical_end": "2027-04-12 | 2027-05-30"}, ("laboratory_start", "block.overlaps")),
        ({"clinical_end": "2027-04-11 | 2027-06-30"}, ("clinical_end", "block.outside_stay")),
        ({"laboratory_end": "2027-03-21 | 2027-04-02"}, ("laboratory_end", "block.end_before_start")),
        ({"laboratory_end": "2027-03-21"}, ("laboratory_end", "cell.missing_beside")),
        ({"laboratory_start": "2027-03-01 | 12 April"}, ("laboratory_start", "cell.part_not_a_date")),
        ({"specialties": "Neurology | Oncology | Oncology"}, ("clinical_start", "cell.missing_for")),
        ({"clinical_hours": "many |"}, ("clinical_hours", "cell.not_a_number")),
        ({"laboratory_share": "30 | 30"}, ("laboratory_share", "block.share_and_days")),
        ({"laboratories": "cqmu-lipid | cqmu-neurology"}, ("laboratories", "cell.unit_not_offered")),
    ],
)
def test_what_is_wrong_with_one_of_several_blocks_is_said(cells: dict[str, str], expected: tuple[str, str]) -> None:
    assert expected in told(**two_of_each(**cells))


@pytest.mark.parametrize(("hours", "taken"), [(59, False), (60, True), (252, True), (253, False)])
def test_three_weeks_are_planned_with_twenty_hours_a_week_to_twelve_a_day(hours: int, taken: bool) -> None:
    cells = GOOD_ROW | two_of_each(clinical_hours=f"{hours} |", laboratories="cqmu-lipid")
    found = parse_row(cells, load_programme())
    if taken:
        assert isinstance(found, Nomination), found
        return
    assert isinstance(found, tuple)
    [fault] = found
    assert (fault.field, fault.message, fault.params["least"], fault.params["most"]) == (
        "clinical_hours",
        "block.hours",
        60,
        252,
    )


def by_share(laboratory: str, clinical: str, **more: str) -> dict[str, str]:
    return EMPTY | {"laboratory_share": laboratory, "clinical_share": clinical, "end": "2027-05-30"} | more


def test_shares_split_the_stay_into_whole_weeks_in_order() -> None:
    plan = good(**by_share("25 | 25 %", "30 | 20")).to_plan(PROGRAMME)
    assert [(b.key, b.start, b.end) for b in plan.rotations] == [
        ("laboratory.1", date(2027, 3, 1), date(2027, 3, 21)),
        ("laboratory.2", date(2027, 3, 22), date(2027, 4, 18)),
        ("clinical.3", date(2027, 4, 19), date(2027, 5, 9)),
        ("clinical.4", date(2027, 5, 10), date(2027, 5, 30)),
    ]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (by_share("50 | 25", "30"), [("laboratory_share", "block.share_sum")]),
        (by_share("", "99", laboratories=""), [("clinical_share", "block.share_sum")]),
        (by_share("50 | 0", "50"), [("laboratory_share", "cell.not_a_number")]),
        (by_share("50 | x", "50"), [("laboratory_share", "cell.not_a_number")]),
        (by_share("1 | 1 | 1 | 1 | 1", "95", end="2027-03-28"), [("laboratory_share", "block.share_without_day")]),
        (
            by_share("50", "", clinical_start="2027-04-19", clinical_end="2027-05-28"),
            [("laboratory_share", "block.share_of_some")],
        ),
    ],
)
def test_shares_that_do_not_make_the_stay_are_explained(cells: dict[str, str], expected: list[Any]) -> None:
    cells = cells | ({"academic_lectures": "no", "cultural_lectures": "no"} if "2027-03-28" in cells.values() else {})
    assert told(**cells) == expected


SHARES = st.lists(st.integers(1, 60), min_size=1, max_size=8).map(lambda them: [*them, max(1, 100 - sum(them))])


@given(st.integers(28, 184), SHARES)
def test_a_split_has_no_gap_and_no_overlap_and_sums_to_the_stay(days: int, shares: list[int]) -> None:
    end = START + timedelta(days=days - 1)
    parts = split(START, end, shares)
    if sum(shares) != 100:
        assert parts == ()
        return
    if not parts:
        assert min(shares) * days < 100, "a share that has a day of its own is never refused"
        return
    assert len(parts) == len(shares)
    assert (parts[0].first, parts[-1].last) == (START, end)
    for one, other in pairwise(parts):
        assert other.first == one.last + timedelta(days=1)
    sizes = [(part.last - part.first).days + 1 for part in parts]
    assert all(abs(size - share * days / 100) <= 7 for size, share in zip(sizes, shares, strict=True))
    weeks = [(part.first - START).days % 7 == 0 for part in parts]
    assert all(weeks) or min(shares) * days < 100 * 7, "parts of a week and more begin on whole weeks"


def test_lectures_and_culture_have_dates_of_their_own_or_the_whole_stay() -> None:
    own = {"academic_lectures_start": "2027-03-08", "academic_lectures_end": "2027-04-02"}
    plan = good(**own).to_plan(PROGRAMME)
    lectures, culture = plan.block(Content.ACADEMIC_LECTURES), plan.block(Content.CULTURAL_LECTURES)
    assert lectures is not None
    assert (lectures.start, lectures.end) == (date(2027, 3, 8), date(2027, 4, 2))
    assert culture is not None
    assert (culture.start, culture.end) == (plan.start, plan.end)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"academic_lectures_start": "2027-03-08"}, ("academic_lectures_end", "cell.missing_beside")),
        (
            {"cultural_activities_start": "2027-03-08", "cultural_activities_end": "2027-03-09"},
            ("cultural_activities_start", "cell.not_planned"),
        ),
        (
            {"academic_lectures_start": "2027-02-08", "academic_lectures_end": "2027-03-09"},
            ("academic_lectures_start", "block.outside_stay"),
        ),
        (
            {"academic_lectures_start": "2027-03-12", "academic_lectures_end": "2027-03-09"},
            ("academic_lectures_end", "block.end_before_start"),
        ),
    ],
)
def test_dates_of_lectures_that_cannot_be_are_refused(cells: dict[str, str], expected: tuple[str, str]) -> None:
    assert expected in told(**cells)


def test_blocks_of_which_nothing_is_said_are_none() -> None:
    wanted = [(Content.LABORATORY, WantedBlock(share=100)), (Content.CLINICAL, WantedBlock())]
    [block] = planned_blocks(START, END, wanted)
    assert (block.start, block.end, block.number) == (START, END, 0)
