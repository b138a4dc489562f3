"""Who is where: the blocks of units, students or beds over a stretch of days, closed days shaded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from models.views.places import PlaceBlock, PlaceRow, Places
from texts.charts.drawing import Picture, across, box, drawing, inside, said, upright
from texts.dates import stay_words, written
from texts.i18n import _, _p, in_language
from texts.names import Names

KEY = "calendar"
TITLE = _("Calendar of places; the table below says the same.")
COLUMNS = _p("calendar", "Where"), _p("calendar", "Student"), _p("calendar", "Days")
TAKEN, CLOSED, OF_UNITS, OF_BEDS = _("taken"), _("Closed days"), _p("calendar", "in a unit"), _p("calendar", "in a bed")
HEAD, NAME, LANE = 26, 20, 24
NARROW = 0.03
"""The share of the width below which a bar has no words."""


@dataclass(frozen=True)
class CalendarRow:
    """A unit, a student or a bed with what lies in its row."""

    name: str
    blocks: tuple[PlaceBlock, ...]


def rows_of(found: Places, view: str, language: str) -> tuple[list[CalendarRow], int]:
    """The rows of a view with somebody in these days, and how many have nobody."""
    if view == "students":
        students: dict[str, list[PlaceBlock]] = {}
        for block in (*found.blocks, *found.nights):
            if block.exchange_id:
                students.setdefault(block.exchange_id, []).append(block)
        return [CalendarRow(blocks[0].student, tuple(blocks)) for _id, blocks in sorted(students.items())], 0
    places, taken = (found.beds, found.nights) if view == "beds" else (found.units, found.blocks)
    every = [_row_of(place, taken, language) for place in places]
    rows = [one for one in every if one.blocks]
    return rows, len(every) - len(rows)


def _row_of(place: PlaceRow, taken: Sequence[PlaceBlock], language: str) -> CalendarRow:
    return CalendarRow(in_language(place, "name", language), tuple(one for one in taken if one.row_id == place.row_id))


def places_calendar(
    found: Places, rows: Sequence[CalendarRow], view: str, days: tuple[date, date], today: date, names: Names
) -> Picture:
    """The blocks of every row, one lane below the other where they overlap; `days` are the first and the last shown."""
    span = _Stretch(*days)
    body, table, y = "", [], HEAD
    for row in rows:
        lanes = _lanes(row.blocks)
        body += across("axis", y) + said(row.name, 0, y + 14)
        for block, lane in lanes:
            body += _bar(block, span, y + NAME + lane * LANE, view, names)
            table.append(_told(block, names))
        y += NAME + LANE * (1 + max(lane for _block, lane in lanes)) + 6
    shaded = (box("closed", span.at(one.day), HEAD, span.day, y - HEAD) for one in found.closed)
    marked = upright("today", span.at(today), 16, y) if days[0] <= today <= days[1] else ""
    title = names.gettext(TITLE)
    kinds = [(mark, words) for mark, words, there in (
        ("▬", OF_UNITS, any(not one.bed for row in rows for one in row.blocks)),
        ("┅", OF_BEDS, any(one.bed for row in rows for one in row.blocks)),
    ) if there]  # fmt: skip
    return Picture(
        svg=drawing(KEY, title, (), y + 4, "".join(shaded) + _months(span, y, names) + body + marked),
        title=title,
        columns=tuple(names.gettext(one) for one in COLUMNS),
        rows=tuple(table),
        legend=tuple((mark, names.gettext(words)) for mark, words in kinds) if len(kinds) > 1 else (),
    )


@dataclass(frozen=True)
class _Stretch:
    first: date
    last: date

    @property
    def day(self) -> float:
        """How wide a day is, as a share of the width."""
        return 1 / ((self.last - self.first).days + 1)

    def at(self, day: date) -> float:
        return (day - self.first).days * self.day


def _months(span: _Stretch, height: float, names: Names) -> str:
    days = [span.first + timedelta(days=n) for n in range((span.last - span.first).days + 1)]
    months = [day for day in days if day.day == 1]
    named = [day for day in months[:: max(1, len(months) // 3)] if span.at(day) < 0.85]
    return "".join(upright("axis", span.at(day), 16, height) for day in months) + "".join(
        said(written(day, "month", names.language), span.at(day), 13, "faint", aside=2) for day in named
    )


def _lanes(blocks: Sequence[PlaceBlock]) -> list[tuple[PlaceBlock, int]]:
    """A lane for each block, so that none lies over another; those of two strangers may be alike."""
    free: list[date] = []
    lanes = list[tuple[PlaceBlock, int]]()
    for block in sorted(blocks, key=lambda one: (one.start, one.end, one.exchange_id)):
        lane = next((n for n, until in enumerate(free) if until < block.start), len(free))
        if lane == len(free):
            free.append(block.end)
        free[lane] = block.end
        lanes.append((block, lane))
    return lanes


def _told(block: PlaceBlock, names: Names) -> tuple[str, str, str]:
    student = block.student or names.gettext(TAKEN)
    return in_language(block, "where", names.language), student, stay_words(block.start, block.end, names.language)


def _bar(block: PlaceBlock, span: _Stretch, y: float, view: str, names: Names) -> str:
    start, end = max(block.start, span.first), min(block.end, span.last)
    where, student, days = _told(block, names)
    x, wide = span.at(start), ((end - start).days + 1) * span.day
    bar = box("mine" if block.bed else "block", x, y, wide, 20, title=names.listed((where, student, days)))
    label = where if view == "students" else student
    return bar + (inside(label, x, y, wide) if wide > NARROW else "")
