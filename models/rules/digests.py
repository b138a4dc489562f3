"""Digests and weekly summaries: which morning one belongs to, how a step is listed in it, and what is worth a mail."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from models.vocabulary import HoldCause

MORNING = time(8)
"""When digests are written, on the clock of each zone."""
SKEW = timedelta(minutes=10)
"""How far the clocks of a schedule and of what it starts may differ."""
DAY = timedelta(days=1)
WEEK = timedelta(days=7)
CLOSE = timedelta(days=3)
"""What is due so soon is worth a digest by itself."""


class Group(StrEnum):
    """Where a step stands in a digest, in this order."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    """Due in the next seven days."""
    NEW = "new"
    """Due later, and opened or reminded of since the last digest."""
    HELD = "held"
    """Waits for a step of somebody else, and is paused."""


@dataclass(frozen=True)
class Owed:
    """What a digest must know of an open step."""

    due_at: datetime
    began_at: datetime
    """When it became somebody's to do: opened, or no longer waiting for another step."""
    told: bool = False
    """Whether a mail of its own said that it opened."""
    reminders: tuple[datetime, ...] = ()
    """Reminders that spoke, but for those that were a mail of their own."""
    held: HoldCause | None = None
    snoozed_until: datetime | None = None


@dataclass(frozen=True)
class DigestSpan:
    """What a digest looks at: from the last one to this one, in the reader's zone."""

    since: datetime
    until: datetime
    zone: str

    def holds(self, moment: datetime) -> bool:
        """Whether something happened since the last digest."""
        return self.since < moment <= self.until

    def day(self, moment: datetime) -> date:
        """The reader's day at a moment."""
        return moment.astimezone(ZoneInfo(self.zone)).date()


def group_of(owed: Owed, span: DigestSpan) -> Group | None:
    """How a digest lists a step; `None` where it says nothing of it."""
    if owed.held is HoldCause.OTHER_SIDE:
        return Group.HELD
    if owed.held is not None or (owed.snoozed_until is not None and owed.snoozed_until > span.until):
        return None
    if owed.due_at < span.until:
        return Group.OVERDUE
    due, today = span.day(owed.due_at), span.day(span.until)
    if due == today:
        return Group.TODAY
    if due <= today + WEEK:
        return Group.SOON
    return Group.NEW if is_new(owed, span) or _reminded(owed, span) else None


def is_new(owed: Owed, span: DigestSpan) -> bool:
    """Whether a step became somebody's to do since the last digest."""
    return span.holds(owed.began_at)


def is_worth_a_mail(owed: Owed, span: DigestSpan) -> bool:
    """Whether a step is a reason to write: overdue, due within three days, or unheard of since the last digest.

    What has been overdue for more than a week is a reason once a week only: who did not act on seven mails does not
    need an eighth every morning, and the ladder has long climbed past them.
    """
    today = span.day(span.until)
    match group_of(owed, span):
        case None | Group.HELD:
            return False
        case Group.OVERDUE:
            weekly = span.day(span.since) <= today - WEEK
            return span.day(owed.due_at) >= today - WEEK or weekly or is_new(owed, span)
        case Group.TODAY:
            return True
        case _:
            close = span.day(owed.due_at) <= today + CLOSE
            return close or (is_new(owed, span) and not owed.told) or _reminded(owed, span)


def digest_day(at: datetime, zone: str) -> date | None:
    """The day whose digest is written at a moment; none before eight in the morning: that day's is still to come.

    What an outage kept from the day before is in the digest of this one.
    """
    day = at.astimezone(ZoneInfo(zone)).date()
    return day if at >= morning_of(day, zone) - SKEW else None


def morning_of(day: date, zone: str) -> datetime:
    """Eight in the morning of a day in a zone, whatever its clocks did that night."""
    return datetime.combine(day, MORNING, ZoneInfo(zone)).astimezone(UTC)


def summary_of(at: datetime, zone: str) -> tuple[str, datetime] | None:
    """The week whose summary is written at a moment, as `2026-W49`, and its Monday morning; none before that.

    A summary that an outage kept from Monday is written on the next morning.
    """
    if digest_day(at, zone) is None:
        return None
    day = at.astimezone(ZoneInfo(zone)).date()
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}", morning_of(day - timedelta(days=day.weekday()), zone)


def _reminded(owed: Owed, span: DigestSpan) -> bool:
    return any(span.holds(moment) for moment in owed.reminders)
