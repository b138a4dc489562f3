"""Free places by week: counted, drawn and listed from one thing."""

from datetime import date, timedelta

import pytest

from models.catalogue.units import BlockedWeeks
from models.rules.free_places import free_by_week
from models.views.places import PlaceBlock, PlaceRow, Places
from tests.programmes import small_programme
from tests.texts.pictures import SVG, read
from texts.charts.heat import free_units, heat_map
from texts.names import Names

FIRST = date(2027, 3, 1)
WEEKS = 26
AWAY = (BlockedWeeks(first=date(2027, 3, 15), last=date(2027, 3, 21)),)


def places(units: int, *taken: tuple[str, date, date]) -> Places:
    rows = tuple(PlaceRow(row_id=f"u{n}", name=f"Unit <{n}>", name_zh=f"科室{n}", capacity=2) for n in range(units))
    blocks = tuple(
        PlaceBlock(row_id=unit, where=unit, exchange_id="", student="", start=start, end=end)
        for unit, start, end in taken
    )
    return Places(units=rows, beds=(), blocks=blocks, nights=(), closed=())


def test_a_week_has_as_many_free_places_as_its_fullest_day() -> None:
    taken = [(FIRST, FIRST), (date(2027, 3, 5), date(2027, 3, 8)), (date(2027, 3, 7), date(2027, 3, 7))]
    assert free_by_week(2, AWAY, taken, FIRST, 4) == (0, 1, None, 2)
    assert free_by_week(1, (), taken, FIRST, 1) == (0,), "never fewer than none, where places were taken away"


def test_units_that_matter_come_first_and_alone_are_drawn() -> None:
    found = places(4, ("u2", FIRST, date(2027, 3, 12)), ("u3", FIRST, FIRST), ("u3", FIRST, FIRST))
    units = free_units(found, FIRST, WEEKS)
    assert [one.unit.row_id for one in units] == ["u3", "u2", "u0", "u1"]
    picture = heat_map(units, FIRST, FIRST, Names(small_programme(), "en"))
    assert [row[:5] for row in picture.rows] == [("Unit <3>", "2", "0", "2", "2"), ("Unit <2>", "2", "1", "1", "2")]
    assert picture.columns[2:4] == ("1 Mar", "8 Mar")


@pytest.mark.parametrize("units", [1, 40])
def test_numbers_drawn_are_those_of_the_table(units: int) -> None:
    taken = [(f"u{n}", FIRST + timedelta(weeks=n % 20), FIRST + timedelta(weeks=n % 20 + 3)) for n in range(units)]
    picture = heat_map(free_units(places(units, *taken), FIRST, WEEKS), FIRST, FIRST, Names(small_programme(), "zh"))
    tree = read(picture)
    drawn = [one.text for group in tree.iter(f"{SVG}g") for one in group]
    assert drawn == [number for row in picture.rows for number in row[2:]]
    assert len(picture.rows) == units
    assert len(picture.svg) < 50_000, "a page weighs 60 kB at most"
    assert max(float((one.get("x") or "0").strip("%")) for one in tree.iter(f"{SVG}text")) < 100


def test_nobody_anywhere_is_a_picture_without_rows() -> None:
    assert heat_map(free_units(places(2), FIRST, WEEKS), FIRST, FIRST, Names(small_programme(), "en")).rows == ()
    assert heat_map([], FIRST, FIRST, Names(small_programme(), "en")).rows == ()
