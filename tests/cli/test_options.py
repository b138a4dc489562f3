"""How days, moments and ids are read, and how text is made safe to print."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import typer

from cli.options import made, read_day, read_exchange, read_id, read_moment, read_step
from cli.output import clean, when
from models.messages.exchange import ReportAttendance
from models.vocabulary import Content


def test_a_moment_without_offset_is_meant_in_the_zone() -> None:
    assert read_moment("2027-03-01T14:30", "Asia/Shanghai") == datetime(2027, 3, 1, 6, 30, tzinfo=UTC)
    assert read_moment("2027-03-01 14:30-05:00", "Asia/Shanghai") == datetime(2027, 3, 1, 19, 30, tzinfo=UTC)


def test_a_day_is_its_beginning_or_its_end_in_the_zone() -> None:
    zone = "America/New_York"
    assert read_moment("2027-07-01", zone) == datetime(2027, 7, 1, 4, 0, tzinfo=UTC)
    assert read_moment("2027-07-01", zone, end_of_day=True) == datetime(2027, 7, 2, 3, 59, 59, tzinfo=UTC)


def test_codes_and_steps_are_read_in_any_case() -> None:
    assert read_day(" 2027-02-28 ") == date(2027, 2, 28)
    assert read_exchange(" ex-2027-dar-007 ") == "EX-2027-DAR-007"
    assert read_step("ex-2027-dar-007.laboratory.1.evaluate_student.1").startswith("EX-2027-DAR-007.laboratory")
    assert read_id("again-1") == "again-1"


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (read_day, "28/02/2027"),
        (read_day, "2027-02-30"),
        (read_exchange, "DAR-007"),
        (read_exchange, "EX-2027-DAR-007/../../etc"),
        (read_step, "EX-2027-DAR-007"),
        (read_step, "EX-2027-DAR-007.a b"),
        (read_id, "a b"),
        (read_id, ""),
        (read_id, "x" * 91),
        (lambda t: read_moment(t, "UTC"), "tomorrow"),
        (lambda t: read_moment(t, "UTC"), "2027-13-01"),
    ],
)
def test_what_cannot_be_read_is_said(reader: Callable[[str], object], text: str) -> None:
    with pytest.raises(typer.BadParameter):
        reader(text)


def test_a_request_that_cannot_be_names_its_field_and_no_value() -> None:
    with pytest.raises(typer.BadParameter) as refusal:
        made(ReportAttendance, report_id="r", actor=None, content=Content.CLINICAL, hours_planned=98765)
    said = str(refusal.value)
    assert "hours_planned: " in said
    assert "first_day: " in said
    assert "98765" not in said


def test_text_of_others_gives_no_orders_to_the_terminal() -> None:
    assert clean("Ana\x1b[2J\x07 安娜\nx") == "Ana [2J  安娜\nx"


def test_moments_show_their_offset() -> None:
    moment = datetime(2027, 3, 1, 6, 30, tzinfo=UTC)
    assert when(moment, "Asia/Shanghai") == "2027-03-01 14:30 +08:00"
    assert when(moment, "America/New_York") == "2027-03-01 01:30 -05:00"
    assert when(None) == ""
