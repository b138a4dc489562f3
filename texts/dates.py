"""Moments and days in words of the reader's language, always with their zone (D15)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")

ZONES: dict[str, tuple[str, str]] = {
    "Asia/Shanghai": ("China time", "北京时间"),
    "America/New_York": ("US Eastern time", "美国东部时间"),
    "Europe/Helsinki": ("Helsinki time", "赫尔辛基时间"),
    "UTC": ("UTC", "协调世界时"),
}
"""What people call the zones of the catalogue; another zone is called by its city and offset."""


def zone_words(zone: str, at: datetime, language: str) -> str:
    """What a zone is called."""
    if zone in ZONES:
        return ZONES[zone][language == "zh"]
    city = zone.rpartition("/")[2].replace("_", " ")
    offset = at.astimezone(ZoneInfo(zone)).strftime("%z")
    offset = f"UTC{offset[:3]}:{offset[3:]}"
    return f"{city}当地时间，{offset}" if language == "zh" else f"{city} time, {offset}"


def day_words(day: date, language: str, *, year: bool = True) -> str:
    """A day: `Fri 12 Dec 2026`, `2026年12月12日（周六）`."""
    if language == "zh":
        words = f"{day.month}月{day.day}日（{_DAYS_ZH[day.weekday()]}）"
        return f"{day.year}年{words}" if year else words
    words = f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"
    return f"{words} {day.year}" if year else words


def moment_words(at: datetime, zone: str, language: str) -> str:
    """A moment with its zone: `Fri 12 Dec 2026, 23:59 China time`."""
    local = at.astimezone(ZoneInfo(zone))
    day, clock, where = day_words(local.date(), language), f"{local:%H:%M}", zone_words(zone, at, language)
    return f"{day}{clock}（{where}）" if language == "zh" else f"{day}, {clock} {where}"


def short_due(at: datetime, zone: str, language: str) -> str:
    """A due time for a subject: the day, and the hour where it is not the end of the day."""
    local = at.astimezone(ZoneInfo(zone))
    day = day_words(local.date(), language, year=False)
    if local.hour == 23 and local.minute == 59:
        return day
    return f"{day}{local:%H:%M}" if language == "zh" else f"{day}, {local:%H:%M}"


def distance_words(at: datetime, zone: str, since: datetime, language: str) -> str:
    """How far a moment is from the writing of the mail, in days of the zone, or hours within a day."""
    away = at - since
    if abs(away) < timedelta(hours=24):
        return _hours(away, language)
    place = ZoneInfo(zone)
    days = (at.astimezone(place).date() - since.astimezone(place).date()).days
    if language == "zh":
        return f"还有{days}天" if days > 0 else f"已逾期{-days}天"
    count = f"{abs(days)} day{'' if abs(days) == 1 else 's'}"
    return f"in {count}" if days > 0 else f"{count} ago"


def due_words(at: datetime, zone: str, since: datetime, language: str, reader_zone: str) -> str:
    """A due time in full: in the zone it was set in, how far away, and what the reader's clock says then."""
    words, far = moment_words(at, zone, language), distance_words(at, zone, since, language)
    if same_clock(at, zone, reader_zone):
        return f"{words}，{far}" if language == "zh" else f"{words} ({far})"
    there = moment_words(at, reader_zone, language)
    return f"{words}，{far}；您当地：{there}" if language == "zh" else f"{words} ({far}; for you: {there})"


def same_clock(at: datetime, zone: str, other: str) -> bool:
    """Whether two zones show the same time at a moment."""
    at = at.astimezone(UTC)
    return at.astimezone(ZoneInfo(zone)).utcoffset() == at.astimezone(ZoneInfo(other)).utcoffset()


def stay_words(first: date, last: date, language: str) -> str:
    """The dates of a stay or block, both included."""
    if language == "zh":
        return f"{first.year}年{first.month}月{first.day}日至{last.year}年{last.month}月{last.day}日"
    return f"{first.day} {_MONTHS[first.month - 1]} {first.year} – {last.day} {_MONTHS[last.month - 1]} {last.year}"


def _hours(away: timedelta, language: str) -> str:
    minutes = round(abs(away).total_seconds() / 60)
    if minutes < 1:
        return "现在到期" if language == "zh" else "now"
    late = away < timedelta(0)
    hours, rest = minutes // 60, minutes % 60
    if language == "zh":
        count = f"{hours}小时" if hours else f"{rest}分钟"
        return f"已逾期{count}" if late else f"还有{count}"
    count = f"{hours} hour{'' if hours == 1 else 's'}" if hours else f"{rest} minute{'' if rest == 1 else 's'}"
    return f"{count} ago" if late else f"in {count}"
