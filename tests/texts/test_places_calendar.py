"""Who is where: every block is drawn once, and listed once."""

from datetime import date, timedelta

import pytest

from models.rules.forecast import CalendarDay
from models.views.places import PlaceBlock, PlaceRow, Places
from tests.programmes import small_programme
from tests.texts.pictures import read, shares, titles
from texts.charts.drawing import Picture
from texts.charts.places import places_calendar, rows_of
from texts.names import Names

FIRST, LAST = date(2027, 3, 1), date(2027, 8, 29)


def block(row: str, student: int, start: date, end: date, *, bed: bool = False) -> PlaceBlock:
    name = f"STUDENT <{student}>" if student else ""
    code = f"EX-{student}" if student else ""
    return PlaceBlock(row_id=row, where=f"Place {row}", exchange_id=code, student=name, start=start, end=end, bed=bed)


def drawn(view: str, blocks: tuple[PlaceBlock, ...], nights: tuple[PlaceBlock, ...] = ()) -> tuple[Picture, int]:
    units = tuple(PlaceRow(row_id=f"u{n}", name=f"Unit {n}") for n in range(3))
    beds = tuple(PlaceRow(row_id=f"b{n}", name=f"Bed {n}") for n in range(3))
    closed = (CalendarDay(day=date(2027, 5, 3), works=False, why="Labour Day"),)
    found = Places(units=units, beds=beds, blocks=blocks, nights=nights, closed=closed)
    rows, empty = rows_of(found, view, "en")
    return places_calendar(found, rows, view, (FIRST, LAST), FIRST, Names(small_programme(), "en")), empty


BLOCKS = (
    block("u0", 1, FIRST - timedelta(days=9), FIRST + timedelta(days=6)),
    block("u0", 0, FIRST, FIRST + timedelta(days=20)),
    block("u2", 2, LAST - timedelta(days=1), LAST + timedelta(days=30)),
)
NIGHTS = (block("b1", 1, FIRST, LAST, bed=True),)


@pytest.mark.parametrize(("view", "listed", "empty"), [("units", 3, 1), ("beds", 1, 2), ("students", 3, 0)])
def test_what_is_drawn_is_what_is_listed(view: str, listed: int, empty: int) -> None:
    picture, free = drawn(view, BLOCKS, NIGHTS)
    assert (len(picture.rows), free) == (listed, empty)
    assert sorted(titles(read(picture))) == sorted(", ".join(row) for row in picture.rows)


def test_blocks_end_where_the_days_shown_end_and_strangers_have_no_name() -> None:
    picture, _free = drawn("units", BLOCKS)
    day = 100 / 182
    found = shares(read(picture), "block")
    assert found == [
        pytest.approx((0, 7 * day), abs=0.02),
        pytest.approx((0, 21 * day), abs=0.02),
        pytest.approx((180 * day, 2 * day), abs=0.02),
    ]
    assert picture.rows[1] == ("Place u0", "taken", "1 Mar 2027 – 21 Mar 2027")
    assert [row[1] for row in drawn("students", BLOCKS)[0].rows] == ["STUDENT <1>", "STUDENT <2>"]


def test_two_strangers_with_the_same_days_are_two() -> None:
    stranger = block("u0", 0, FIRST, FIRST + timedelta(days=20))
    assert len(shares(read(drawn("units", (stranger, stranger))[0]), "block")) == 2


def test_nobody_is_no_row() -> None:
    picture, free = drawn("units", ())
    assert (picture.rows, free) == ((), 3)
