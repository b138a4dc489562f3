"""Days, times and numbers as people type them: what nobody means is none, before anything is counted on from it."""

from datetime import UTC, date, datetime

import pytest

from models.errors import BadInput
from models.messages.exchange import ReportArrival, ReportDeparture
from models.people.authorization import Actor
from models.typed import NotMeant, day_typed, moment_typed, number_typed, require_meant_days
from models.vocabulary import Role

ACTOR = Actor(id="cqmu.coordinator", role=Role.COORDINATOR, institution="cqmu")


@pytest.mark.parametrize("text", ["1900-01-01", "2027-02-28", "2199-12-31"])
def test_a_day(text: str) -> None:
    assert day_typed(text) == date.fromisoformat(text)


@pytest.mark.parametrize(
    "text",
    ["", "0001-01-01", "9999-12-31", "1899-12-31", "2200-01-01", "2027-02-30", "20270228", "2027-W09-1",
     "２０２７-02-28", "٢٠٢٧-٠٢-٢٨", "2027-02-28T00:00", "2027-02-28\x00", "-2027-02-28", "1e9"],
)  # fmt: skip
def test_no_day(text: str) -> None:
    with pytest.raises(NotMeant):
        day_typed(text)


@pytest.mark.parametrize(
    "text",
    ["", "0001-01-01T00:00+23:59", "9999-12-31T23:59-23:59", "2027-02-30T00:00", "2027-02-28T25:00",
     "２０２７-02-28T00:00", "NaN", "1" * 25],
)  # fmt: skip
def test_no_time(text: str) -> None:
    with pytest.raises(NotMeant):
        moment_typed(text)


def test_a_time_keeps_its_offset() -> None:
    assert moment_typed("2027-02-28T08:00+08:00") == datetime(2027, 2, 28, tzinfo=UTC)
    assert moment_typed("2027-02-28T08:00").tzinfo is None


@pytest.mark.parametrize(
    "text", ["", "²", "٣", "７", "-1", "+1", "1.0", "1e3", "1_000", " 1", "9" * 19, "9" * 25, "9" * 5000, "x", "①"]
)
def test_no_number(text: str) -> None:
    with pytest.raises(NotMeant):
        number_typed(text)


def test_a_number() -> None:
    assert [number_typed(text) for text in ("0", "007", "1000000000000000000")] == [0, 7, 10**18]
    with pytest.raises(NotMeant):
        number_typed("11", 10)


@pytest.mark.parametrize("day", [date.min, date.max, date(1899, 12, 31), date(2200, 1, 1)])
def test_a_year_that_nobody_means_goes_no_further(day: date) -> None:
    report = ReportDeparture(report_id="r", actor=ACTOR, departed_on=day)
    with pytest.raises(BadInput) as refused:
        require_meant_days(report)
    assert (refused.value.message, refused.value.field) == ("day.too_far", "departed_on")


def test_times_count_too_and_what_is_not_given_does_not() -> None:
    early = datetime.fromisoformat("0001-01-01T00:00+23:59")
    with pytest.raises(BadInput):
        require_meant_days(ReportArrival(report_id="r", actor=ACTOR, arrived_at=early))
    require_meant_days(ReportArrival(report_id="r", actor=ACTOR, arrived_at=datetime(2027, 3, 1, tzinfo=UTC)))
