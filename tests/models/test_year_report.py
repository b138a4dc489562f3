"""The figures of a year: counted, balanced, and told of nobody alone (D4, D5)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.served import Served, Serving
from models.rules.year_report import AnswerFacts, FlowFacts, StayOfYear, YearReport, year_report
from models.vocabulary import Content

NOW = datetime(2027, 9, 1, 12, tzinfo=UTC)
BEFORE, AFTER = NOW - timedelta(days=1), NOW + timedelta(days=1)
CAME = {"accepted": True, "arrived": date(2027, 3, 1), "left": date(2027, 5, 30), "completed": True}


def stay(number: int = 1, **values: Any) -> StayOfYear:
    base = {"exchange_id": f"EX-{number}", "sending": "dartmouth", "host": "cqmu", "end": date(2027, 5, 28)}
    return StayOfYear.model_validate(base | values)


def flow(sending: str = "dartmouth", host: str = "cqmu", **values: Any) -> FlowFacts:
    return FlowFacts.model_validate({"sending": sending, "host": host, "closes_at": BEFORE} | values)


def report(
    *stays: StayOfYear, flows: tuple[FlowFacts, ...] = (), answers: tuple[AnswerFacts, ...] = (), now: datetime = NOW
) -> YearReport:
    return year_report(2027, "cqmu", flows, stays, answers, now)


def test_each_partnership_counts_both_ways_and_all_are_summed() -> None:
    out = {"sending": "cqmu", "host": "dartmouth"}
    found = report(
        stay(1), stay(2, accepted=True), stay(3, **CAME), stay(4, **CAME, **out), stay(5, sending="x", **CAME)
    )
    dartmouth, other = found.partnerships
    assert (dartmouth.partner, other.partner) == ("dartmouth", "x")
    back = dartmouth.back
    assert (back.nominated, back.accepted, back.came, back.completed, back.days) == (3, 2, 1, 1, 91)
    assert (dartmouth.out.came, dartmouth.balance, other.balance) == (1, 0, 1)
    assert (found.whole.back.came, found.whole.out.came, found.whole.balance) == (2, 1, 1)
    assert found.whole.balance_months == 3.0


@pytest.mark.parametrize(
    ("values", "now", "days"),
    [
        ({"arrived": None}, NOW, 0),
        ({"left": date(2027, 3, 1)}, NOW, 1),
        ({"left": date(2027, 5, 30)}, NOW, 91),
        ({}, NOW, 89),
        ({}, datetime(2027, 3, 10, tzinfo=UTC), 10),
        ({}, datetime(2027, 3, 1, tzinfo=UTC), 1),
        ({}, datetime(2027, 2, 28, tzinfo=UTC), 0),
    ],
)
def test_days_run_from_arrival_to_departure_or_the_planned_end_or_today(
    values: dict[str, Any], now: datetime, days: int
) -> None:
    found = report(stay(**({"arrived": date(2027, 3, 1)} | values)), now=now)
    assert found.whole.back.days == days


@pytest.mark.parametrize(
    ("values", "stays", "below", "silent"),
    [
        ({"cap": 10, "minimum": 5, "taken": 4}, 4, True, False),
        ({"cap": 10, "minimum": 5, "taken": 5}, 5, False, False),
        ({"cap": 10, "minimum": 5, "taken": 4, "closes_at": AFTER}, 4, False, False),
        ({}, 0, False, True),
        ({"closes_at": AFTER}, 0, False, False),
        ({"closes_at": NOW}, 0, False, True),
        ({"agreed": False}, 0, False, False),
        ({}, 1, False, False),
    ],
)
def test_below_five_and_silent_are_said_once_nominations_have_closed(
    values: dict[str, Any], stays: int, below: bool, silent: bool
) -> None:
    found = report(*(stay(n) for n in range(stays)), flows=(flow(**values),))
    assert (found.partnerships[0].back.below_minimum, found.partnerships[0].back.silent) == (below, silent)


def test_a_rating_is_told_of_three_students_or_more_and_each_counts_once() -> None:
    rated = [stay(n, ratings=({"skills": 1}, {"skills": 3 + n})) for n in range(3)]
    assert not report(*rated[:2]).whole.ratings
    [rating] = report(*rated).whole.ratings
    assert (rating.objective, rating.raters, rating.mean) == ("skills", 3, 4.0)


def test_late_answers_are_counted_by_who_owed_them() -> None:
    answers = tuple(
        AnswerFacts(exchange_id="EX-1", institution=who, late=late)
        for who, late in (("cqmu", True), ("cqmu", False), ("dartmouth", False))
    )
    [partnership] = report(stay(1), answers=answers).partnerships
    told = {one.institution: (one.answers, one.late) for one in partnership.answered}
    assert told == {"cqmu": (2, 1), "dartmouth": (1, 0)}


@given(
    st.lists(
        st.tuples(
            st.sampled_from([("dartmouth", "cqmu"), ("cqmu", "dartmouth"), ("x", "cqmu"), ("cqmu", "y")]),
            st.booleans(), st.booleans(), st.integers(0, 200),
        )
    )
)  # fmt: skip
def test_the_whole_is_the_sum_of_its_parts(drawn: list[tuple[tuple[str, str], bool, bool, int]]) -> None:
    stays = [
        stay(
            n,
            sending=way[0],
            host=way[1],
            accepted=accepted,
            arrived=date(2027, 3, 1) if came else None,
            left=date(2027, 3, 1) + timedelta(days=days) if came else None,
        )
        for n, (way, accepted, came, days) in enumerate(drawn)
    ]
    found = report(*stays)
    for side in ("out", "back"):
        for figure in ("nominated", "accepted", "came", "completed", "days"):
            parts = sum(getattr(getattr(one, side), figure) for one in found.partnerships)
            assert getattr(getattr(found.whole, side), figure) == parts
    assert found.whole.out.nominated + found.whole.back.nominated == len(stays)


def test_hosts_and_units_are_rated_by_what_they_serve() -> None:
    served = {
        "skills": Served(contents=(Content.LABORATORY,)),
        "culture": Served(contents=(Content.CULTURAL_LECTURES,), hosts=("cqmu",)),
    }
    serving = Serving(by_content=served, of_units={"odd": ()})
    lab, odd = (Content.LABORATORY, "lab"), (Content.LABORATORY, "odd")
    ratings = ({"skills": 4, "culture": 2, "gone": 1},)
    there = [stay(n, ratings=ratings, units=(lab, odd)) for n in range(3)]
    away = [stay(n, sending="cqmu", host="dartmouth", ratings=ratings, units=(lab,)) for n in range(3, 5)]
    found = year_report(2027, "cqmu", (), [*there, *away], (), NOW, serving).places
    assert [(p.host, p.unit, [(r.objective, r.raters, r.mean) for r in p.ratings]) for p in found] == [
        ("cqmu", "", [("culture", 3, 2.0), ("skills", 3, 4.0)]),
        ("cqmu", "lab", [("skills", 3, 4.0)]),
    ], "two at Dartmouth are too few to be told of"
