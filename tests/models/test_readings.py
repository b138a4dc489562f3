"""What is kept of a reading, and how it stands beside what was typed."""

from datetime import date, timedelta
from typing import Any

import pytest

from examples.papers import SPECIMEN, machine_readable_zone
from models.facts import FACTS_OF
from models.kept_reading import KeptReading
from models.reading import DocumentReading, Line, PageRead, ReadOutcome, Source, ZoneRead
from models.rules.mrz import ZoneField
from models.rules.passport_check import HolderTyped
from models.rules.readings import kept_of, suggested_fields, zone_beside
from models.views.readings import PlaceOnPage, place_of

TODAY = date(2026, 11, 25)
EXPIRES = date(2031, 4, 30)
ZONE = machine_readable_zone(SPECIMEN, EXPIRES)
BOX = (0.1, 0.8, 0.9, 0.9)


def typed(**changes: Any) -> HolderTyped:
    said: dict[str, Any] = {
        "family_name": SPECIMEN.family_name,
        "given_name": SPECIMEN.given_names,
        "native_name": "",
        "birth_date": SPECIMEN.born,
        "nationality": SPECIMEN.nationality,
        "expires_on": EXPIRES,
    }
    return HolderTyped(**said | changes)


def zone(second: tuple[str, str] | None = ZONE) -> ZoneRead:
    return ZoneRead(page=1, box=BOX, lines=ZONE, second=second)


def read(*lines: str, kind: str = "insurance") -> dict[str, tuple[str, ...]]:
    page = PageRead(number=1, source=Source.TEXT, lines=tuple(Line(text=one, box=BOX) for one in lines))
    kept = kept_of(DocumentReading(outcome=ReadOutcome.READ, pages=(page,)))
    return suggested_fields(kind, kept, TODAY) if kept else {}


def test_fields_agree_only_where_both_readers_saw_what_was_typed() -> None:
    agreed = zone_beside(zone(), typed(), TODAY)
    assert {one.field for one in agreed.fields if one.agrees} == {one.field for one in agreed.fields}
    assert next(one.typed for one in agreed.fields if one.field is ZoneField.NUMBER) is None
    other_name = zone_beside(zone(), typed(family_name="Lindqvist"), TODAY)
    assert [one.field for one in other_name.fields if not one.agrees] == [ZoneField.NAME]
    later = typed(expires_on=EXPIRES + timedelta(days=1))
    assert [one.field for one in zone_beside(zone(), later, TODAY).fields if not one.agrees] == [ZoneField.EXPIRES_ON]


@pytest.mark.parametrize(("place", "char", "field"), [(0, "X", ZoneField.NUMBER), (13, "9", ZoneField.BIRTH_DATE)])
def test_a_character_seen_in_two_ways_shows_both_in_its_field(place: int, char: str, field: ZoneField) -> None:
    lower = ZONE[1][:place] + char + ZONE[1][place + 1 :]
    beside = zone_beside(zone((ZONE[0], lower)), typed(), TODAY)
    (doubtful,) = [one for one in beside.fields if not one.agrees]
    assert doubtful.field is field
    assert doubtful.first != doubtful.second


def test_one_reader_alone_is_no_second() -> None:
    assert {one.second for one in zone_beside(zone(None), typed(), TODAY).fields} == {None}


@pytest.mark.parametrize(
    ("kind", "lines", "found"),
    [
        (
            "insurance",
            ("Valid from 2027-03-01 to 2027-08-31", "Deductible: USD 250.00"),
            {"first_day": ("2027-03-01",), "last_day": ("2027-08-31",), "deductible": ("250",)},
        ),
        (
            "insurance",
            ("保险期间自2027年3月1日起至2027年8月31日止", "Medical evacuation USD 50,000"),
            {"first_day": ("2027-03-01",), "last_day": ("2027-08-31",), "evacuation": ("50000",)},
        ),
        ("insurance", ("Printed on 2026-10-01", "Premium: USD 300.00"), {}),
        (
            "insurance",
            ("Cover starts 03/04/2027", "Cover starts 2027-05-01"),
            {"first_day": ("2027-04-03", "2027-03-04", "2027-05-01")},
        ),
        ("passport", ("Date of expiry 30 APR 2031", "Date of issue 30 APR 2021"), {"expires_on": ("2031-04-30",)}),
        ("photo", ("Date of expiry 2031-04-30",), {}),
    ],
)
def test_a_value_is_for_the_field_whose_words_stand_nearest(
    kind: str, lines: tuple[str, ...], found: dict[str, tuple[str, ...]]
) -> None:
    assert read(*lines, kind=kind) == found


def test_the_day_of_expiry_is_that_of_the_zone_in_both_readings() -> None:
    other = machine_readable_zone(SPECIMEN, EXPIRES + timedelta(days=1))
    assert suggested_fields("passport", KeptReading(zones=(zone(),)), TODAY) == {"expires_on": ("2031-04-30",)}
    two = suggested_fields("passport", KeptReading(zones=(zone(other),)), TODAY)
    assert two == {"expires_on": ("2031-04-30", "2031-05-01")}


def test_what_is_suggested_can_be_stated() -> None:
    for kind, model in FACTS_OF.items():
        lines = [
            f"valid from, checked, completed, collected, examined {TODAY}",
            f"until expiry {EXPIRES}",
            "per claim USD 5",
        ]
        assert set(read(*lines, kind=kind)) <= set(model.model_fields)


def test_nothing_is_kept_where_nothing_was_read() -> None:
    for outcome in ReadOutcome:
        assert kept_of(DocumentReading(outcome=outcome)) is None


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_place_lies_where_it_was_before_the_page_was_turned(turned: int) -> None:
    place = (0.1, 0.2, 0.3, 0.6)  # as the file has it
    upright = {
        0: place,
        90: (1 - 0.6, 0.1, 1 - 0.2, 0.3),  # clockwise: what was at the left edge is at the top
        180: (1 - 0.3, 1 - 0.6, 1 - 0.1, 1 - 0.2),
        270: (0.2, 1 - 0.3, 0.6, 1 - 0.1),
    }[turned]
    found = place_of(upright, turned)
    assert found.model_dump() == pytest.approx(PlaceOnPage(left=0.1, top=0.2, width=0.2, height=0.4).model_dump())
