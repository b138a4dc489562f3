"""Going on to a second host: lengths, days between, both together; the nomination there, and what follows (D1, D38)."""

from datetime import date, timedelta
from typing import Any

import pytest

from models.messages.changes import SecondHostChange
from models.rules.changes import change_faults, changed_plan, name_of
from models.rules.impact import SeatFor
from models.rules.nomination import Nomination, parse_row
from models.rules.onward import onward_effects, onward_nomination
from models.rules.stay import latest_end
from models.vocabulary import Content
from tests.models.test_stay import CLINIC, END, LABORATORY, POLICY, START, plan
from tests.programmes import GOOD_ROW, small_programme

TODAY = START - timedelta(weeks=10)
LAST = START + timedelta(days=41)
FIRST_THERE = LAST + timedelta(days=3)


def change(**values: Any) -> SecondHostChange:
    """Six weeks here, then five there."""
    given = {"last_day": LAST, "start": FIRST_THERE, "end": FIRST_THERE + timedelta(days=34)}
    return SecondHostChange(**({"host": "helsinki", "laboratories": ("hel-lab",)} | given | values))


def faults(today: date = TODAY, *, arrived: bool = False, **values: Any) -> list[tuple[str, str]]:
    found = change_faults(plan(), change(**values), POLICY, today=today, arrived=arrived)
    return [(one.field, one.message) for one in found]


LATEST = latest_end(START, POLICY)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, []),
        ({"last_day": None}, []),
        ({"host": "cqmu"}, [("host", "second_host.same")]),
        ({"host": "dartmouth"}, [("host", "second_host.same")]),
        ({"last_day": END + timedelta(days=1)}, [("last_day", "second_host.not_shorter")]),
        ({"start": LAST}, [("start", "second_host.overlaps")]),
        ({"start": LAST + timedelta(days=1)}, []),
        ({"start": LAST + timedelta(days=15), "end": LAST + timedelta(days=60)}, []),
        ({"start": LAST + timedelta(days=16), "end": LAST + timedelta(days=60)}, [("start", "second_host.gap")]),
        ({"last_day": START + timedelta(days=27), "start": START + timedelta(days=28)}, []),
        (
            {"last_day": START + timedelta(days=26), "start": START + timedelta(days=27)},
            [("last_day", "stay.too_short")],
        ),
        ({"end": FIRST_THERE + timedelta(days=27)}, []),
        ({"end": FIRST_THERE + timedelta(days=26)}, [("end", "stay.too_short")]),
        ({"end": LATEST}, []),
        ({"end": LATEST + timedelta(days=1)}, [("end", "second_host.too_long")]),
        ({"laboratories": ()}, [("laboratories", "block.none_planned")]),
        (
            {"specialties": ("hel-ward",)},
            [("laboratory_start", "second_host.block_days"), ("clinical_start", "second_host.block_days")],
        ),
        ({"laboratory_start": FIRST_THERE}, [("laboratory_end", "second_host.block_days")]),
    ],
)
def test_what_the_rules_have_against_it(values: dict[str, Any], said: list[tuple[str, str]]) -> None:
    assert faults(**values) == said


def test_days_that_are_over_stay_as_they_were() -> None:
    assert faults(LAST) == []
    assert faults(LAST + timedelta(days=1)) == [("last_day", "change.day_over")]


def test_the_first_stay_ends_sooner_with_the_visa_and_form_of_its_length() -> None:
    long = plan(end=START + timedelta(days=182))
    after = changed_plan(long, change(), POLICY)
    assert (long.visa_class, after.visa_class, after.visa_form) == ("X1", "X2", "DQ")
    assert (after.start, after.end, name_of(change(), long)) == (START, LAST, "second_host")
    assert after.block(Content.LABORATORY) == LABORATORY.model_copy(update={"end": min(LABORATORY.end, LAST)})
    assert (after.block(Content.CLINICAL) is not None) == (CLINIC.start <= LAST)
    assert changed_plan(long, change(), POLICY, arrived=True).visa_class == "X1"  # who has entered keeps the visa


def nomination() -> Nomination:
    read = parse_row(GOOD_ROW, small_programme())
    assert isinstance(read, Nomination)
    return read


def test_the_nomination_there_is_the_same_person_with_what_was_asked_for() -> None:
    first = nomination()
    there = onward_nomination(first, plan(contents=(LABORATORY,)), change())
    same = {"student_number", "family_name", "birth_date", "level", "discipline", "sending", "nationality"}
    assert all(getattr(there, name) == getattr(first, name) for name in same)
    assert (there.host, there.intake_year, there.laboratories, there.specialties) == (
        "helsinki",
        FIRST_THERE.year,
        ("hel-lab",),
        (),
    )
    assert [(one.start, one.end) for one in there.blocks(Content.LABORATORY)] == [(there.start, there.end)]
    assert there.blocks(Content.CLINICAL) == ()
    assert there.academic_lectures == first.academic_lectures


def test_what_the_first_stay_has_is_not_owed_twice() -> None:
    lectures = LABORATORY.model_copy(update={"content": Content.ACADEMIC_LECTURES})
    after = plan(contents=(LABORATORY, lectures))
    assert not onward_nomination(nomination(), after, change()).academic_lectures
    told = [one.message for one in onward_effects(after, plan(), POLICY, SeatFor.FREE, None)]
    assert "effect.done_here" in told


@pytest.mark.parametrize(
    ("seat", "goes_on", "hinders"),
    [
        (SeatFor.FREE, False, []),
        (SeatFor.NONE, False, ["effect.no_seat_at"]),
        (SeatFor.NOMINATED, False, ["effect.nominated_at"]),
        (SeatFor.FREE, True, ["effect.third_host"]),
    ],
)
def test_a_seat_there_and_no_third_host(seat: SeatFor, goes_on: bool, hinders: list[str]) -> None:
    found = list(onward_effects(plan(), plan(), POLICY, seat, TODAY, goes_on=goes_on))
    assert [one.message for one in found if one.hinders] == hinders
    assert {"effect.goes_on", "effect.papers_at", "effect.late_at"} <= {one.message for one in found}
