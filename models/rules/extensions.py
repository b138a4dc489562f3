"""How a due time may be moved: later, within the limit of its step, and never nearer than people were told."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from models.catalogue.policy import DueRule
from models.errors import BadInput
from models.rules.deadlines import Hold, OfficeTime, shifted_due

LONGEST = 366
"""Days beyond its first due time to which a step without a limit of its own is extended."""


def check_extension(
    asked: datetime,
    *,
    now: datetime,
    due_at: datetime,
    first_due_at: datetime,
    held_since: datetime | None = None,
    most_days: int | None = None,
    rule: DueRule | None = None,
    zone: str = "UTC",
) -> None:
    """Whether a step that is due may be due at another time instead; `rule` is its own, `zone` its owner's.

    Raises:
        BadInput: it lies in the past, before the due time that stands, or beyond what the step allows.
    """
    if asked <= now:
        raise BadInput("time.not_ahead", "due_at")
    stands = standing(due_at, now, held_since, rule=rule, zone=zone)
    if asked <= stands:
        raise BadInput("due_time.nearer", "due_at", moment=stands)
    days = LONGEST if most_days is None else most_days
    latest = first_due_at + timedelta(days=days)
    if asked > latest:
        raise BadInput("due_time.after_limit", "due_at", days=days, moment=latest)


def standing(
    due_at: datetime,
    now: datetime,
    held_since: datetime | None = None,
    *,
    rule: DueRule | None = None,
    zone: str = "UTC",
) -> datetime:
    """The due time as it would be if the step's pause ended now; while a step is paused its due time moves on.

    It moves on the owner's calendar, as when the pause ends: hours exactly, days by the midnights of the owner's zone,
    working days by its weekdays. Public holidays are not known here: the records add them when the pause ends.
    Without a rule it moves exactly.
    """
    if held_since is None or held_since >= now:
        return due_at
    if rule is None:
        return due_at + (now - held_since)
    office = OfficeTime(ZoneInfo(zone), _is_weekday)
    return shifted_due(rule, office, due_at, Hold(since=held_since, until=now))


def _is_weekday(day: date) -> bool:
    return day.isoweekday() <= 5
