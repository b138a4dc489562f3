"""Public holidays in Chinese: by country and name, and none that is called by another country's."""

from datetime import date

import holidays
import pytest

from records.calendars import Calendars
from tests.programmes import small_programme
from texts.holidays import holiday_in_chinese
from texts.i18n import translated

UNNAMED = translated("public holiday", "zh")
YEARS = range(2026, 2031)


def days(country: str) -> set[str]:
    """Every public holiday of a country and of its parts, as its calendar names it."""
    parts = [None, *holidays.list_supported_countries()[country]]
    calendars = (holidays.country_holidays(country, part, YEARS, language="en_US") for part in parts)
    return {name for calendar in calendars for name in calendar.values()}


@pytest.mark.parametrize("country", ["DE", "FI", "KR", "NO"])
def test_every_holiday_has_a_name(country: str) -> None:
    assert not {name for name in days(country) if UNNAMED in holiday_in_chinese(name, country)}


def test_every_holiday_of_dartmouth_has_a_name() -> None:
    calendar = holidays.country_holidays("US", "NH", YEARS, language="en_US")
    assert not {name for name in calendar.values() if UNNAMED in holiday_in_chinese(name, "US")}


def test_the_same_words_are_another_day_elsewhere() -> None:
    assert holiday_in_chinese("Memorial Day", "US") == "阵亡将士纪念日"
    assert holiday_in_chinese("Memorial Day", "KR") == "显忠日"
    assert holiday_in_chinese("Memorial Day", "CA") == UNNAMED
    assert holiday_in_chinese("Constitution Day", "NO") == "宪法日"


def test_what_stands_for_a_holiday_says_so() -> None:
    assert holiday_in_chinese("Independence Day (observed)", "US") == "独立日（补休）"
    assert holiday_in_chinese("Alternative holiday for Chuseok", "KR") == "秋夕（补休）"


def test_two_on_one_day_are_said_once_each() -> None:
    assert holiday_in_chinese("Constitution Day; Pentecost Monday", "NO") == "宪法日、圣灵降临节次日"
    assert holiday_in_chinese("Matāri'i; Mi-Careme", "FR") == UNNAMED
    assert holiday_in_chinese("Matāri'i; Mi-Careme", "FR", {"Mi-Careme": "封斋中期节"}) == f"{UNNAMED}、封斋中期节"


@pytest.mark.parametrize(
    ("country", "day", "names"),
    [
        ("NO", date(2027, 5, 17), ("Constitution Day; Pentecost Monday", "宪法日、圣灵降临节次日")),
        ("KR", date(2028, 6, 6), ("Memorial Day", "显忠日")),
        ("DE", date(2028, 10, 3), ("German Unity Day", "德国统一日")),
        ("CN", date(2027, 9, 15), ("Mid-Autumn Festival", "中秋节")),
        ("FR", date(2028, 7, 14), ("National Day", "法国国庆日")),
    ],
)
def test_a_calendar_says_both_names(country: str, day: date, names: tuple[str, str]) -> None:
    found = small_programme()
    named = {"holidays_country": country, "holidays_subdivision": None, "holidays_zh": {"National Day": "法国国庆日"}}
    partner = found.institutions["dartmouth"].model_copy(update=named)
    calendars = Calendars(found.model_copy(update={"institutions": {"dartmouth": partner}}))
    [told] = calendars.days("dartmouth", day, day)
    assert (told.why, told.why_zh) == names
