"""Free places as a heat map: a row for each unit that matters, a cell with a number for each week."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from models.rules.free_places import WEEK, free_by_week
from models.views.places import PlaceRow, Places
from texts.charts.drawing import Picture, box, drawing, hatched, said, share, stripes, upright
from texts.dates import written
from texts.i18n import _, _p
from texts.names import Names

KEY = "heat"
TITLE = _("Free places by week")
UNIT, PLACES = _p("heat map", "Unit"), _p("heat map", "Places")
NOTHING, CLOSED = "–", "closed"
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
    body = stripes(KEY) + "".join(_shades(one, AXIS + ROW * number) for number, one in enumerate(shown))
    body += _axis(first, weeks, height, names)
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
    """The weeks, and the months by their first Mondays."""
    mondays = [(number / weeks, first + WEEK * number) for number in range(weeks)]
    months = [one for one in mondays if one[1].day <= 7]
    every = -(-len(months) // MOST_MONTHS) or 1
    named = [one for one in months[::every] if one[0] < MONTH_FITS]
    starts = {x for x, _monday in months}
    return "".join(upright("axis", x, 16 if x in starts else AXIS, height) for x, _monday in mondays) + "".join(
        said(written(monday, "month", names.language), x, 14, "faint", aside=2) for x, monday in named
    )


def _shades(one: FreeUnit, top: float) -> str:
    """A rectangle for each run of weeks that are alike."""
    wide, at, found = 1 / len(one.weeks), 0, ""
    for kind, weeks in groupby(one.weeks, lambda free: _kind(free, one.unit.capacity)):
        long = len(list(weeks))
        place = at * wide, top + 18, long * wide, CELL
        found += hatched(KEY, *place) if kind == CLOSED else box(kind, *place)
        at += long
    return found


def _row(one: FreeUnit, top: float, names: Names) -> str:
    name = names.aside(names.name(one.unit), str(one.unit.capacity))
    places = ((number + 0.5) / len(one.weeks) for number in range(len(one.weeks)))
    numbers = "".join(_figure(free, x) for free, x in zip(one.weeks, places, strict=True))
    return said(name, 0, top + 13) + f'<g class="numbers" transform="translate(0 {top + 33:g})">{numbers}</g>'


def _kind(free: int | None, capacity: int) -> str:
    if free is None:
        return CLOSED
    return "full" if free == 0 else "some" if free < capacity else "all"


def _figure(free: int | None, x: float) -> str:
    kind = ' class="full"' if free == 0 else ' class="two"' if free and free > 9 else ""
    return f'<text x="{share(x)}"{kind}>{_number(free)}</text>'


def _number(free: int | None) -> str:
    return NOTHING if free is None else str(free)
