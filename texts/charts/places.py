"""The calendar of places as SVG: values for the template to draw; colours and fonts are the stylesheet's."""

from dataclasses import dataclass
from datetime import date, timedelta

from models.views.places import PlaceBlock, Places
from texts.dates import stay_words, written
from texts.i18n import in_language
from texts.punctuation import comma

LEFT = 230
DAY = 5.2
LANE = 22
HEAD = 34


@dataclass(frozen=True)
class Bar:
    """One block of days in a row."""

    x: float
    y: float
    width: float
    label: str
    link: str
    title: str
    kind: str


@dataclass(frozen=True)
class ChartLine:
    """One row: a unit, a student or a bed."""

    y: float
    height: float
    label: str
    note: str


@dataclass(frozen=True)
class Calendar:
    """A calendar ready to draw."""

    width: float
    height: float
    lines: tuple[ChartLine, ...]
    bars: tuple[Bar, ...]
    shaded: tuple[tuple[float, float, str], ...]
    """Closed days: where, how wide, why."""
    months: tuple[tuple[float, str], ...]
    weeks: tuple[float, ...]
    today: float | None
    empty: int
    """Units or beds without anybody in these days, which have no row."""


def calendar(found: Places, view: str, first: date, last: date, today: date, *, language: str) -> Calendar:
    """Blocks of a stretch of days: a row for each unit, student or bed."""
    every = _rows(found, view, language=language)
    rows = [row for row in every if row[2]]
    lines, drawn, y = [], [], float(HEAD)
    for label, note, blocks, capacity in rows:
        lanes = _lanes(blocks)
        height = max(1, capacity if view == "units" else 1, 1 + max(lanes.values(), default=0)) * LANE + 6
        lines.append(ChartLine(y, height, label, note))
        drawn += [_bar(block, first, last, y + 3 + lanes[block] * LANE, view, language=language) for block in blocks]
        y += height
    days = (last - first).days + 1
    months = [first + timedelta(days=n) for n in range(days) if (first + timedelta(days=n)).day == 1 or n == 0]
    return Calendar(
        width=LEFT + days * DAY,
        height=y + 4,
        lines=tuple(lines),
        bars=tuple(drawn),
        shaded=tuple((_x(day.day, first), DAY, in_language(day, "why", language)) for day in found.closed),
        months=tuple((_x(day, first), written(day, "month", language)) for day in months),
        weeks=tuple(_x(first + timedelta(days=n), first) for n in range(0, days, 7)),
        today=_x(today, first) if first <= today <= last else None,
        empty=len(every) - len(rows),
    )


Row = tuple[str, str, list[PlaceBlock], int]


def _rows(found: Places, view: str, *, language: str) -> list[Row]:
    if view == "students":
        students: dict[str, list[PlaceBlock]] = {}
        for block in (*found.blocks, *found.nights):
            students.setdefault(block.exchange_id, []).append(block)
        return [(blocks[0].student or key, key, blocks, 1) for key, blocks in sorted(students.items())]
    if view == "beds":
        return [
            (in_language(bed, "name", language), bed.note, [n for n in found.nights if n.row_id == bed.row_id], 1)
            for bed in found.beds
        ]
    return [
        (in_language(unit, "name", language), f"{unit.capacity}", blocks, unit.capacity)
        for unit in found.units
        for blocks in [[b for b in found.blocks if b.row_id == unit.row_id]]
    ]


def _lanes(blocks: list[PlaceBlock]) -> dict[PlaceBlock, int]:
    """A lane for each block, so that none lies over another."""
    free: list[date] = []
    lanes: dict[PlaceBlock, int] = {}
    for block in sorted(blocks, key=lambda b: (b.start, b.end, b.exchange_id)):
        lane = next((n for n, until in enumerate(free) if until < block.start), len(free))
        if lane == len(free):
            free.append(block.end)
        free[lane] = block.end
        lanes[block] = lane
    return lanes


def _bar(block: PlaceBlock, first: date, last: date, y: float, view: str, *, language: str) -> Bar:
    start, end = max(block.start, first), min(block.end, last)
    where = in_language(block, "where", language)
    name = (where if view == "students" else block.student) or "–"
    width = ((end - start).days + 1) * DAY
    return Bar(
        x=_x(start, first),
        y=y,
        width=width,
        label=name[: max(1, int(width / 7))],
        link=f"/exchanges/{block.exchange_id}" if block.student else "",
        title=comma(language).join((name, where, stay_words(block.start, block.end, language))),
        kind="mine" if block.bed else "block",
    )


def _x(day: date, first: date) -> float:
    return round(LEFT + (day - first).days * DAY, 1)
