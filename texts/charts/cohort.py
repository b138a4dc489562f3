"""The seats of a cohort as dots with those who wait, and how far its students have come."""

from collections.abc import Iterable, Sequence

from models.views import CohortView, ExchangeSummary, SeatView
from models.vocabulary import Outcome, Stage
from texts.charts.drawing import Picture, across, box, dot, drawing, hatched, said, stripes
from texts.i18n import _, _p
from texts.labels import STAGES
from texts.names import Names

SEATS_KEY, FUNNEL_KEY = "seats", "funnel"
SEATS = _("Seats and waitlist")
SEAT_COLUMNS = (_p("seat", "Number"), _p("seat", "Student"), _p("seat", "State"))
TAKEN, OFFERED, FREE, WAITS = _p("seat", "taken"), _p("seat", "offered"), _p("seat", "free"), _p("seat", "waits")
SEAT, WAITLIST = _p("seat", "Seats"), _("Waitlist")
FUNNEL = _("How far the students have come")
FUNNEL_COLUMNS = (_("Stage"), _p("funnel", "Reached"), _p("funnel", "There now"))
ENDED = _p("funnel", "Ended before that")
AT_ONCE = 10
"""Dots in a row: a phone is as wide, and no cohort has more seats (D4)."""
DOT, GAP, HEAD = 12, 31, 20
ROW, NAME, END = 28, 0.36, 0.86
"""Of the funnel: the height of a row, where its bar begins, and where the longest one ends."""
STAGES_IN_ORDER = tuple(stage for stage in Stage if stage is not Stage.CLOSED)


def seat_dots(cohort: CohortView, names: Names) -> Picture:
    """A dot for each seat, full, half or empty, and a ring of dashes for each who waits."""
    seats = [(str(one.number), _holder(one), _state(one)) for one in cohort.seats]
    waiting = [
        (str(one.position), one.student.name if one.student else one.exchange_id, WAITS) for one in cohort.waitlist
    ]
    lines = -(-len(seats) // AT_ONCE), -(-len(waiting) // AT_ONCE)
    below = HEAD + lines[0] * GAP
    body = said(names.gettext(SEAT), 0, 13, "faint") + _dots(seats, HEAD)
    if waiting:
        body += said(names.gettext(WAITLIST), 0, below + 17, "faint") + _dots(waiting, below + HEAD + 4)
    height = below + (HEAD + 8 + lines[1] * GAP if waiting else 4)
    rows = tuple((number, who, names.gettext(state)) for number, who, state in (*seats, *waiting))
    states = dict.fromkeys(state for _number, _who, state in (*seats, *waiting))
    marks = {TAKEN: "●", OFFERED: "◐", FREE: "○", WAITS: "◌"}
    counted = [(state, sum(one[2] == state for one in (*seats, *waiting))) for state in states]
    legend = tuple((marks[state], names.pair(names.gettext(state), number)) for state, number in counted)
    told = [names.listed(part for part in row if part) for row in rows]
    title = names.gettext(SEATS)
    columns = tuple(names.gettext(one) for one in SEAT_COLUMNS)
    return Picture(drawing(SEATS_KEY, title, told, height, body), title, columns, rows, legend)


def _holder(seat: SeatView) -> str:
    if seat.exchange_id is None:
        return ""
    return seat.student.name if seat.student else seat.exchange_id


def _state(seat: SeatView) -> str:
    if seat.exchange_id is None:
        return FREE
    return OFFERED if seat.held else TAKEN


def _dots(dots: Iterable[tuple[str, str, str]], top: float) -> str:
    kinds = {TAKEN: "taken", OFFERED: "offered", FREE: "free", WAITS: "waits"}
    return "".join(
        dot(kinds[state], DOT + 2 + GAP * (number % AT_ONCE), top + DOT + 2 + GAP * (number // AT_ONCE), DOT, mark, who)
        for number, (mark, who, state) in enumerate(dots)
    )


def funnel(students: Sequence[ExchangeSummary], names: Names) -> Picture:
    """How many have reached each stage, and how many are at it; apart those who ended before completion."""
    order = STAGES_IN_ORDER
    open_ones = [order.index(one.stage) for one in students if one.stage in order and one.outcome is None]
    through = sum(one.outcome is Outcome.COMPLETED for one in students)
    ended = sum(one.outcome not in (None, Outcome.COMPLETED) for one in students)
    counts = [
        (sum(at >= number for at in open_ones) + through, open_ones.count(number)) for number in range(len(order))
    ]
    most = max(len(students), 1)
    body, rows = stripes(FUNNEL_KEY), []
    for number, (stage, (reached, here)) in enumerate(zip(order, counts, strict=True)):
        name = names.label(STAGES, stage)
        body += _bar(number, name, reached, here, most)
        rows.append((name, str(reached), str(here)))
    name = names.gettext(ENDED)
    body += _ended(len(order), name, ended, most)
    rows.append((name, str(ended), ""))
    title = names.gettext(FUNNEL)
    columns = tuple(names.gettext(one) for one in FUNNEL_COLUMNS)
    told = [names.pair(row[0], names.listed(part for part in row[1:] if part)) for row in rows]
    legend = (("■", columns[2]), ("□", columns[1]))
    height = ROW * (len(order) + 1) + 6
    return Picture(drawing(FUNNEL_KEY, title, told, height, body), title, columns, tuple(rows), legend)


def _bar(number: int, name: str, reached: int, here: int, most: int) -> str:
    y, wide, part = ROW * number + 4, (END - NAME) * reached / most, (END - NAME) * here / most
    count = f"{reached}" if not here else f"{reached} · {here}"
    return (
        said(name, 0, y + 14)
        + (box("some", NAME, y, wide, 20) if reached else "")
        + (box("here", NAME, y, part, 20) if here else "")
        + said(count, NAME + wide, y + 14, aside=6)
        + across("axis", y + 24)
    )


def _ended(number: int, name: str, ended: int, most: int) -> str:
    y, wide = ROW * number + 4, (END - NAME) * ended / most
    bar = hatched(FUNNEL_KEY, NAME, y, wide, 20) if ended else ""
    return said(name, 0, y + 14, "faint") + bar + said(str(ended), NAME + wide, y + 14, aside=6)
