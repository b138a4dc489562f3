"""Free places as a heat map: a row for each unit that matters, a cell with a number for each week."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.rules.free_places import WEEK, free_by_week
from models.views.places import PlaceRow, Places
from texts.charts.drawing import Picture, across, box, drawing, hatched, said, stripes, upright
from texts.dates import written
from texts.i18n import _, _p
from texts.names import Names

KEY = "heat"
TITLE = _("Free places by week")
UNIT, PLACES = _p("heat map", "Unit"), _p("heat map", "Places")
NOTHING = "–"
FULL, NOBODY = _("full"), _("takes nobody in this week")
FREE = _p("heat map", "free places; shaded where some are taken")
AXIS, ROW, CELL = 30, 46, 22
MOST_MONTHS = 4
"""Names on the axis that do not touch on a phone."""
MONTH_FITS = 0.86
"""How far to the right the name of a month begins at most."""


@dataclass(frozen=True)
class FreeUnit:
    """A unit with what is free in each week; `None` in weeks in which it takes nobody."""

    unit: PlaceRow
    weeks: tuple[int | None, ...]
    taken: bool

    @property
    def matters(self) -> bool:
        """Whether somebody is there in these weeks, or it is closed in one."""
        return self.taken or None in self.weeks


def free_units(found: Places, first: date, weeks: int) -> list[FreeUnit]:
    """Every unit with its free places: first those that matter, the fullest before the others."""
    units = []
    for unit in found.units:
        taken = [(one.start, one.end) for one in found.blocks if one.row_id == unit.row_id]
        free = free_by_week(unit.capacity, unit.blocked, taken, first, weeks)
        units.append(FreeUnit(unit, free, bool(taken)))
    return sorted(units, key=lambda one: (not one.matters, -sum(week == 0 for week in one.weeks)))


def heat_map(units: Sequence[FreeUnit], first: date, today: date, names: Names) -> Picture:
    """The units that matter, week by week."""
    shown = [one for one in units if one.matters]
    weeks = len(units[0].weeks) if units else 0
    height = AXIS + ROW * len(shown) + 4
    body = stripes(KEY) + _axis(first, weeks, height, names)
    body += "".join(_row(one, AXIS + ROW * number, names) for number, one in enumerate(shown))
    last = first + WEEK * weeks
    if first <= today < last:
        body += upright("today", (today - first).days / (last - first).days, 16, height)
    days = [written(first + WEEK * number, "date without year", names.language) for number in range(weeks)]
    rows = [(names.name(one.unit), str(one.unit.capacity), *(_number(week) for week in one.weeks)) for one in shown]
    told = [names.pair(row[0], " ".join(row[2:])) for row in rows]
    return Picture(
        svg=drawing(KEY, names.gettext(TITLE), told, height, body),
        title=names.gettext(TITLE),
        columns=(names.gettext(UNIT), names.gettext(PLACES), *days),
        rows=tuple(rows),
        legend=(("0", names.gettext(FULL)), ("1", names.gettext(FREE)), (NOTHING, names.gettext(NOBODY))),
    )


def _axis(first: date, weeks: int, height: float, names: Names) -> str:
    """The months by their first Mondays."""
    mondays = [(number / weeks, first + WEEK * number) for number in range(weeks)]
    months = [one for one in mondays if one[1].day <= 7]
    every = -(-len(months) // MOST_MONTHS) or 1
    named = [one for one in months[::every] if one[0] < MONTH_FITS]
    return "".join(upright("axis", x, 16, height) for x, _monday in months) + "".join(
        said(written(monday, "month", names.language), x, 14, "faint", aside=2) for x, monday in named
    )


def _row(one: FreeUnit, top: float, names: Names) -> str:
    wide, y = 1 / len(one.weeks), top + 18
    name = names.aside(names.name(one.unit), str(one.unit.capacity))
    cells = "".join(_cell(week, one.unit.capacity, number * wide, y, wide) for number, week in enumerate(one.weeks))
    return across("axis", top + ROW - 2) + said(name, 0, top + 13) + cells


def _cell(free: int | None, capacity: int, x: float, y: float, wide: float) -> str:
    kind = "full" if free == 0 else "two" if free and free > 9 else ""
    number = said(_number(free), x + wide / 2, y + 15, kind, "middle")
    if free is None:
        return hatched(KEY, x, y, wide, CELL) + number
    return box("full" if free == 0 else "some" if free < capacity else "all", x, y, wide, CELL) + number


def _number(free: int | None) -> str:
    return NOTHING if free is None else str(free)
