"""Days are days of the place where something happens: at seven in the morning in Chongqing it is not yesterday."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def day_at(zone: str, moment: datetime) -> date:
    """The day on the calendar of a zone, by its name; without one in UTC, as workflows of earlier versions counted."""
    return moment.astimezone(ZoneInfo(zone) if zone else UTC).date()
