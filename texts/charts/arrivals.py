"""Who arrives and who leaves on which day, as a calendar of weeks."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.views.particulars import DirectoryRow
from texts.charts.drawing import Picture, across, box, drawing, said, upright
from texts.dates import day_words, written
from texts.i18n import _, _p
from texts.names import Names

KEY = "arrivals"
TITLE = _("Arrivals and departures")
COLUMNS = (_p("arrivals", "Day"), _p("arrivals", "Arrive"), _p("arrivals", "Leave"))
ARRIVE, LEAVE, TODAY = _p("arrivals", "arrive"), _p("arrivals", "leave"), _("today")
COMES, GOES = "▼", "▲"
HEAD, ROW, DAYS = 24, 44, 7


@dataclass(frozen=True)
class ComingOrGoing:
    """One student who comes or goes on a day, or is to."""

    day: date
    arrives: bool
    confirmed: bool
    """Whether it is on record that they came; a departure that is on record has left the list."""
    who: DirectoryRow


def movements(
    rows: Iterable[DirectoryRow], first: date, last: date, day_at: Callable[[str, datetime], date]
) -> list[ComingOrGoing]:
    """Arrivals and departures in a stretch of days, in their order; `day_at` tells the day of a moment at a host."""
    found = []
    for row in rows:
        came = day_at(row.host, row.arrived_at) if row.arrived_at is not None else None
        found.append(ComingOrGoing(came or row.start, True, came is not None, row))
        found.append(ComingOrGoing(row.end, False, False, row))
    inside = [one for one in found if first <= one.day <= last]
    return sorted(inside, key=lambda one: (one.day, not one.arrives, one.who.student.name, one.who.exchange_id))


def arrivals_calendar(moves: Sequence[ComingOrGoing], first: date, weeks: int, today: date, names: Names) -> Picture:
    """Weeks from the Monday `first` on, with how many come and go on each day."""
    height = HEAD + ROW * weeks + 2
    wide = 1 / DAYS
    body = "".join(
        said(written(first + timedelta(days=n), "weekday", names.language), n * wide, 15, "faint", aside=4)
        for n in range(DAYS)
    )
    rows = []
    for number in range(weeks * DAYS):
        day = first + timedelta(days=number)
        comes = sum(one.day == day and one.arrives for one in moves)
        goes = sum(one.day == day and not one.arrives for one in moves)
        place = number % DAYS * wide, HEAD + ROW * (number // DAYS)
        body += _day(day, (comes, goes), place, today, names, month=number == 0)
        if comes or goes:
            rows.append((day_words(day, names.language), str(comes), str(goes)))
    body += "".join(across("axis", HEAD + ROW * week) for week in range(weeks + 1))
    body += "".join(upright("axis", n * wide, HEAD, height - 2) for n in range(DAYS + 1))
    title = names.gettext(TITLE)
    columns = tuple(names.gettext(one) for one in COLUMNS)
    told = [names.listed((row[0], names.pair(columns[1], row[1]), names.pair(columns[2], row[2]))) for row in rows]
    legend = ((COMES, names.gettext(ARRIVE)), (GOES, names.gettext(LEAVE)), ("□", names.gettext(TODAY)))
    return Picture(drawing(KEY, title, told, height, body), title, columns, tuple(rows), legend)


def _day(
    day: date, counts: tuple[int, int], place: tuple[float, float], today: date, names: Names, *, month: bool
) -> str:
    (comes, goes), (x, y) = counts, place
    name = written(day, "date without year", names.language) if month or day.day == 1 else str(day.day)
    found = box("some", x, y, 1 / DAYS, ROW) if comes or goes else ""
    found += box("day-now", x, y, 1 / DAYS, ROW) if day == today else ""
    found += said(name, x, y + 15, "faint", aside=4)
    words = " ".join(f"{mark}{number}" for mark, number in ((COMES, comes), (GOES, goes)) if number)
    return found + said(words, x, y + 34, "count", aside=4) if words else found
