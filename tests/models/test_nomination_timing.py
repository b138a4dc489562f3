"""Names as passports print them, and stays that have begun: pure rules."""

import ast
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.rules.nomination import Nomination, parse_row
from models.rules.nomination_timing import WantedTime, timing_faults
from tests.programmes import GOOD_ROW, small_programme
from tests.rules.source import room

PROGRAMME = small_programme()
START, END = date(2027, 3, 1), date(2027, 5, 28)


def told(now: datetime, reason: str = "", host: str = "cqmu") -> list[tuple[str, str]]:
    wanted = WantedTime("dartmouth" if host == "cqmu" else "cqmu", host, START, END, reason)
    return [(f.field, f.message) for f in timing_faults(wanted, PROGRAMME, now)]


@pytest.mark.parametrize(
    ("now", "found"),
    [
        (datetime(2027, 2, 28, 23, 59, tzinfo=ZoneInfo("Asia/Shanghai")), []),
        (datetime(2027, 3, 1, 0, 0, tzinfo=ZoneInfo("Asia/Shanghai")), [("start", "stay.begun")]),
        (datetime(2027, 2, 28, 16, 30, tzinfo=UTC), [("start", "stay.begun")]),
        (datetime(2027, 5, 28, 23, 59, tzinfo=ZoneInfo("Asia/Shanghai")), [("start", "stay.begun")]),
        (datetime(2027, 5, 29, 0, 0, tzinfo=ZoneInfo("Asia/Shanghai")), [("end", "stay.over")]),
    ],
)
def test_the_day_is_the_hosts(now: datetime, found: list[tuple[str, str]]) -> None:
    assert told(now) == found


def test_another_host_has_another_day() -> None:
    now = datetime(2027, 2, 28, 16, 30, tzinfo=UTC)
    assert told(now, host="dartmouth") == []
    assert told(now + timedelta(hours=13), host="dartmouth") == [("start", "stay.begun")]


def test_a_reason_is_a_sentence_and_is_kept_with_the_nomination() -> None:
    now = datetime(2027, 6, 1, tzinfo=UTC)
    assert told(now, "late") == [("late_reason", "cell.reason_short")]
    parsed = parse_row(GOOD_ROW | {"late_reason": "The list came by post."}, PROGRAMME, now=now)
    assert isinstance(parsed, Nomination)
    assert parsed.model_dump(mode="json")["late_reason"] == "The list came by post."


def test_a_nomination_without_a_reason_is_kept_as_before() -> None:
    parsed = parse_row(GOOD_ROW, PROGRAMME)
    assert isinstance(parsed, Nomination)
    assert "late_reason" not in parsed.model_dump(mode="json")
    assert Nomination.model_validate(parsed.model_dump(mode="json")) == parsed


@pytest.mark.parametrize(
    "name",
    [
        "Ka\u02bbiulani", "O\u02bcConnor", "O\u2019Neill", "O'Neill", "D`Souza", "L\u00b4Hospital",
        "Ad\u00e9b\u00e1y\u1ecd\u0300",
        "Ẹkún\u0329", "M\u00aa Jos\u00e9", "Jos\u00e9 N.\u00ba", "Samy A/L Raju", "Anne\u2010Marie", "Jean\u2011Luc",
        "Smith\u2013Jones",
        "Gal\u00b7la", "van der Berg, Jr.", "Nguy\u1ec5n", "\u01c0Gowan", "\u0160im\u016fnek", "A" * 120,
    ],
)  # fmt: skip
def test_names_as_passports_print_them(name: str) -> None:
    parsed = parse_row(GOOD_ROW | {"family_name": name}, PROGRAMME)
    assert isinstance(parsed, Nomination), parsed
    assert parsed.family_name == name


@pytest.mark.parametrize(
    "name", ["Rivera\u0301\u4e00", "\u0301Rivera", "...", "'", "/", "R1vera", "Иванова", "김", "Ri|vera", "-/-"]
)
def test_what_is_no_latin_name_is_refused(name: str) -> None:
    parsed = parse_row(GOOD_ROW | {"family_name": name}, PROGRAMME)
    assert isinstance(parsed, tuple)
    assert [(f.field, f.message) for f in parsed] == [("family_name", "cell.not_latin")]


@pytest.mark.parametrize(
    ("column", "typed", "read"),
    [
        ("family_name", "ＲＩＶＥＲＡ\u3000Ｌｏｐｅｚ", "RIVERA Lopez"),
        ("given_name", "Ａｎａ－Ｌｕｃｉａ", "Ana-Lucia"),
        ("student_number", "Ｆ００１２３", "F00123"),
        ("email", "ana＠example.edu", "ana@example.edu"),
    ],
)
def test_wide_letters_are_ordinary_ones(column: str, typed: str, read: str) -> None:
    parsed = parse_row(GOOD_ROW | {column: typed}, PROGRAMME)
    assert isinstance(parsed, Nomination), parsed
    assert getattr(parsed, column) == read


def test_wide_dates_are_dates_and_chinese_keeps_its_signs() -> None:
    parsed = parse_row(GOOD_ROW | {"start": "２０２７-０３-０１", "native_name": "阿卜杜勒·克里木（小）"}, PROGRAMME)
    assert isinstance(parsed, Nomination), parsed
    assert (parsed.start, parsed.native_name) == (START, "阿卜杜勒·克里木（小）")


def test_one_name_alone() -> None:
    parsed = parse_row(GOOD_ROW | {"family_name": "Suharto", "given_name": "-"}, PROGRAMME)
    assert isinstance(parsed, Nomination), parsed
    assert (parsed.family_name, parsed.given_name) == ("Suharto", "")


def test_whoever_nominates_says_what_day_it_is() -> None:
    """Or leaves it to the filing, which knows who is nominated already."""
    left_to_the_filing = {"cli/plan.py", "portal/api/acting.py"}
    silent = [
        f"{source}:{call.lineno}"
        for source in [*room("portal"), *room("cli")]
        for call in ast.walk(source.tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in ("parse_row", "check_sheet")
        and "now" not in {keyword.arg for keyword in call.keywords}
    ]
    assert {place.partition(":")[0] for place in silent} == left_to_the_filing
