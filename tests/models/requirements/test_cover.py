"""Insurance of every single day, its amounts, and liability, each at its boundary (D20, D25, D28)."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.facts.cover import CoverFacts, LiabilityFacts
from models.rules.requirements.cover import covered_until, gaps
from tests.models.requirements.asked import END, START, TODAY, against, said, stay

DAY = timedelta(days=1)


def cover(first: date = START, last: date = END, **other: Any) -> CoverFacts:
    enough: dict[str, Any] = {
        "per_illness": 100_000, "repatriation": 25_000, "evacuation": 50_000, "deductible": 500, "copay_percent": 25,
        "rating": "A-",
    }  # fmt: skip
    return CoverFacts(first_day=first, last_day=last, **(enough | other))


def test_a_policy_from_the_first_to_the_last_day_covers_every_day() -> None:
    assert not against("insurance", cover())
    assert said("insurance", cover())["D25.days"].holds_until == END


@pytest.mark.parametrize(("first", "last"), [(START + DAY, END), (START, END - DAY)])
def test_a_day_short_is_named(first: date, last: date) -> None:
    found = said("insurance", cover(first, last))["D25.days"]
    missing = START if first > START else END
    assert (found.message, found.params["day"]) == ("requirement.day_not_covered", missing.isoformat())


def test_the_last_covered_day_is_told_where_the_end_is_not_covered() -> None:
    assert said("insurance", cover(last=END - DAY))["D25.days"].holds_until == END - DAY


def test_two_policies_that_meet_cover_and_a_gap_between_them_is_found() -> None:
    middle = date(2027, 4, 15)
    assert not against("insurance", cover(last=middle), cover(first=middle + DAY))
    found = said("insurance", cover(last=middle), cover(first=middle + 3 * DAY))["D25.days"]
    assert found.message == "requirement.days_not_covered"
    assert (found.params["first"], found.params["last"]) == ("2027-04-16", "2027-04-17")
    assert found.holds_until == middle


def test_a_leap_day_is_a_day() -> None:
    leap = stay(start=date(2028, 2, 1), end=date(2028, 3, 31), checked_on=date(2027, 12, 1))
    policies = cover(date(2028, 2, 1), date(2028, 2, 28)), cover(date(2028, 3, 1), date(2028, 3, 31))
    assert said("insurance", *policies, of=leap)["D25.days"].params == {"day": "2028-02-29"}


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6), st.integers(0, 40))
def test_gaps_are_exactly_the_days_that_no_policy_covers(spans: list[tuple[int, int]], length: int) -> None:
    terms = [cover(START + min(s) * DAY, START + max(s) * DAY) for s in spans]
    wanted = {START + n * DAY for n in range(length + 1)}
    bare = {day for day in wanted if not any(t.first_day <= day <= t.last_day for t in terms)}
    found = gaps(terms, START, START + length * DAY)
    assert {gap.first + n * DAY for gap in found for n in range((gap.last - gap.first).days + 1)} == bare
    until = covered_until(terms, START)
    run = START
    while any(t.first_day <= run <= t.last_day for t in terms):
        run += DAY
    assert until == (run - DAY if run > START else None)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("per_illness", 99_999, "requirement.amount_too_low"),
        ("per_illness", None, "requirement.amount_unknown"),
        ("repatriation", 24_999, "requirement.amount_too_low"),
        ("evacuation", 49_999, "requirement.amount_too_low"),
        ("deductible", 501, "requirement.share_too_high"),
        ("deductible", None, "requirement.share_unknown"),
        ("copay_percent", 25.5, "requirement.copay_too_high"),
        ("copay_percent", None, "requirement.copay_unknown"),
        ("rating", "B++", "requirement.rating_too_low"),
        ("rating", "", "requirement.rating_unknown"),
    ],
)
def test_amounts_just_beyond_what_is_accepted(name: str, value: Any, message: str) -> None:
    assert against("insurance", cover(**{name: value})) == {f"D25.{name}": message}


def test_amounts_are_asked_by_the_law_of_the_united_states_alone() -> None:
    bare = CoverFacts(first_day=START, last_day=END)
    assert not against("insurance", bare, of=stay("CN"))
    assert against("insurance", bare)


def test_another_currency_and_a_states_word_are_for_a_person() -> None:
    assert against("insurance", cover(currency="CNY")) == {"D25.currency": "requirement.currency"}
    assert against("insurance", cover(rating="B", backed_by_state=True)) == {"D25.rating": "requirement.rating_unknown"}


def test_a_policy_that_is_over_before_the_stay_is_not_judged_by_its_amounts() -> None:
    assert not against("insurance", cover(), cover(TODAY, START - DAY, per_illness=0))


def test_cover_may_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="ends_before_start"):
        cover(END, START)


def liability(last: date, **other: Any) -> LiabilityFacts:
    enough = {"per_claim": 1_000_000, "in_all": 3_000_000}
    return LiabilityFacts(first_day=date(2027, 4, 1), last_day=last, **(enough | other))


def test_liability_is_asked_of_clinical_days_alone_for_what_the_host_says() -> None:
    last = date(2027, 5, 28)
    assert not against("liability_insurance", liability(last))
    assert against("liability_insurance", liability(last - DAY)) == {"D28.days": "requirement.day_not_covered"}
    assert against("liability_insurance", liability(last, per_claim=999_999)) == {
        "D28.per_claim": "requirement.amount_too_low"
    }
    assert not said("liability_insurance", liability(last), of=stay(clinic_start=None, clinic_end=None))
