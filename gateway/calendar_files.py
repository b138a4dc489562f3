"""Writes what stands in a calendar feed as iCalendar (RFC 5545), the same bytes for the same content."""

from collections.abc import Sequence
from datetime import UTC, date, timedelta

from icalendar import Calendar, Event, vDuration

from gateway.calendar_entries import CalendarContent, CalendarEntry

AGAIN = timedelta(hours=1)
"""How often a calendar program should fetch."""
ZONES_FOR = timedelta(days=366)
"""How long before the first and after the last entry the time zones are told."""


def calendar_file(content: CalendarContent, *, base: str, host: str) -> bytes:
    """A feed with links below `base`; `host` makes the ids of entries the service's own."""
    made = Calendar()
    made.add("prodid", "-//Sojourn//Sojourn//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("name", content.title)
    made.add("x-wr-calname", content.title)
    made.add("refresh-interval", AGAIN, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", vDuration(AGAIN))
    for entry in content.entries:
        made.add_component(_event(entry, base, host))
    if content.entries:
        first, last = _span(content.entries)
        made.add_missing_timezones(first_date=first, last_date=last)
    written: bytes = made.to_ical()
    return written


def _span(entries: Sequence[CalendarEntry]) -> tuple[date, date]:
    days = [one.day for one in entries]
    return min(days) - ZONES_FOR, max(days) + ZONES_FOR


def _event(entry: CalendarEntry, base: str, host: str) -> Event:
    event = Event()
    event.add("uid", f"{entry.key}@{host}")
    event.add("sequence", entry.sequence)
    # Of when it is as it is, not of now: who fetches twice gets the same.
    event.add("dtstamp", entry.changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("summary", entry.summary)
    if entry.description:
        event.add("description", entry.description)
    event.add("url", f"{base}{entry.path}")
    if entry.at is not None:
        event.add("dtstart", entry.at)
    elif entry.first is not None:
        event.add("dtstart", entry.first)
        event.add("dtend", (entry.last or entry.first) + timedelta(days=1))
    event.add("status", "TENTATIVE" if entry.tentative else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return event
