"""Moments and days in words of the reader's language, always with their zone (D15); the words are Babel's."""

from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_timedelta, get_timezone_gmt, get_timezone_location

from texts.i18n import _, _p, translated

_NEVER_A_LARGER_UNIT = 10**9
"""Threshold that no count reaches: 40 days stay days, and 23 hours hours."""

PATTERNS: dict[str, str] = {
    "day": _p("date pattern", "EEE d MMM y"),
    "day without year": _p("date pattern", "EEE d MMM"),
    "date": _p("date pattern", "d MMM y"),
    "date without year": _p("date pattern", "d MMM"),
    "long date": _p("date pattern", "d MMMM y"),
    "month": _p("date pattern", "MMM y"),
    "weekday": _p("date pattern", "EEE"),
}
"""How a day is written, in the pattern letters of CLDR."""
ZONES: dict[str, str] = {
    "Asia/Shanghai": _("China time"),
    "America/New_York": _("US Eastern time"),
    "UTC": _("UTC"),
}
"""Zones that people call otherwise than CLDR does; every other one is called by its city and offset."""


def zone_words(zone: str, at: datetime, language: str) -> str:
    """What a zone is called."""
    if zone in ZONES:
        return translated(ZONES[zone], language)
    place = ZoneInfo(zone)
    city = get_timezone_location(place, locale=language, return_city=True)
    offset = get_timezone_gmt(at.astimezone(place), locale=language).replace("GMT", "UTC")
    return translated(_("{city} time, {offset}"), language).format(city=city, offset=offset)


def written(day: date, pattern: str, language: str) -> str:
    """A day in one of the patterns: `12 Dec 2026`, `2026年12月12日`."""
    return format_date(day, translated(PATTERNS[pattern], language), locale=language)


def day_words(day: date, language: str, *, year: bool = True) -> str:
    """A day with its weekday: `Fri 12 Dec 2026`, `2026年12月12日（周六）`."""
    return written(day, "day" if year else "day without year", language)


def moment_words(at: datetime, zone: str, language: str) -> str:
    """A moment with its zone: `Fri 12 Dec 2026, 23:59 China time`."""
    local = at.astimezone(ZoneInfo(zone))
    day, clock, where = day_words(local.date(), language), f"{local:%H:%M}", zone_words(zone, at, language)
    return translated(_("{day}, {clock} {where}"), language).format(day=day, clock=clock, where=where)


def short_due(at: datetime, zone: str, language: str) -> str:
    """A due time for a subject: the day, and the hour where it is not the end of the day."""
    local = at.astimezone(ZoneInfo(zone))
    day = day_words(local.date(), language, year=False)
    if local.hour == 23 and local.minute == 59:
        return day
    return translated(_("{day}, {clock}"), language).format(day=day, clock=f"{local:%H:%M}")


def distance_words(at: datetime, zone: str, since: datetime, language: str) -> str:
    """How far a due time is from now, in days of the zone, or in hours or minutes within a day."""
    away = at - since
    if abs(away) >= timedelta(hours=24):
        place = ZoneInfo(zone)
        return _far(at.astimezone(place).date() - since.astimezone(place).date(), "day", language)
    minutes = round(away / timedelta(minutes=1))
    if not minutes:
        return translated(_p("due", "now"), language)
    hours = int(minutes / 60)
    if hours:
        return _far(timedelta(hours=hours), "hour", language)
    return _far(timedelta(minutes=minutes), "minute", language)


def _far(away: timedelta, unit: Literal["day", "hour", "minute"], language: str) -> str:
    """A distance counted in one unit: `in 3 days`, `已逾期2小时`."""
    words = format_timedelta(abs(away), granularity=unit, threshold=_NEVER_A_LARGER_UNIT, locale=language)
    # Babel says it too, but its Chinese not as of a due time.
    frame = _p("due", "{time} ago") if away < timedelta(0) else _p("due", "in {time}")
    return translated(frame, language).format(time=words)


def due_words(at: datetime, zone: str, since: datetime, language: str, reader_zone: str) -> str:
    """A due time in full: in the zone it was set in, how far away, and what the reader's clock says then."""
    words, far = moment_words(at, zone, language), distance_words(at, zone, since, language)
    if same_clock(at, zone, reader_zone):
        return translated(_("{due} ({far})"), language).format(due=words, far=far)
    there = moment_words(at, reader_zone, language)
    return translated(_("{due} ({far}; for you: {there})"), language).format(due=words, far=far, there=there)


def same_clock(at: datetime, zone: str, other: str) -> bool:
    """Whether two zones show the same time at a moment."""
    at = at.astimezone(UTC)
    return at.astimezone(ZoneInfo(zone)).utcoffset() == at.astimezone(ZoneInfo(other)).utcoffset()


def stay_words(first: date, last: date, language: str) -> str:
    """The dates of a stay or block, both included."""
    return _from_to(written(first, "date", language), written(last, "date", language), language)


def block_words(first: date, last: date, language: str) -> str:
    """The dates of a block, the year said once where it is the same."""
    short = "date without year" if first.year == last.year else "date"
    year_first = translated(PATTERNS["date"], language).startswith("y")
    begins, ends = ("date", short) if year_first else (short, "date")
    return _from_to(written(first, begins, language), written(last, ends, language), language)


def _from_to(first: str, last: str, language: str) -> str:
    return translated(_("{first} – {last}"), language).format(first=first, last=last)
