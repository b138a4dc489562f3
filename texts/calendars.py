"""What a calendar feed says: ids and titles, no names, for calendar programs keep what they fetched where they like."""

from models.people.calendar_feeds import CalendarKind
from texts.i18n import _, _p
from texts.names import Names

CALENDARS: dict[str, str] = {
    CalendarKind.MINE: _("My steps"),
    CalendarKind.EXCHANGE: _("One exchange"),
    CalendarKind.ARRIVALS: _("Arrivals and departures"),
    CalendarKind.UNIT: _("One unit"),
}
FEED = _p("calendar", "Sojourn: {title}")
"""What a feed is called in a calendar program."""

ABOUT = _p("calendar", "{exchange}: {title}")
FIRST_DAY = _p("calendar", "first day of the stay")
LAST_DAY = _p("calendar", "last day of the stay")
STAY = _p("calendar", "stay at {host}")
ARRIVED = _p("calendar", "arrived")
LEFT = _p("calendar", "left")
DUE = _p("calendar", "Due {due}.")
HELD = _p("calendar", "On hold: its time does not run.")


def calendar_title(names: Names, kind: CalendarKind, about: str) -> str:
    """What a feed tells: of an exchange or a unit which one, where it is known."""
    if about:
        return names.unit(about) if kind is CalendarKind.UNIT else about
    return names.label(CALENDARS, kind)
