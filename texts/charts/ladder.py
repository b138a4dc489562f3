"""The ladder of a deadline, from when it was asked to its end: a rung for each reminder and escalation, and today."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.views import StepLine
from models.views.ladders import RungState, RungView
from models.vocabulary import RungKind, Target
from texts.charts.drawing import Picture, across, drawing, said, shape, spine
from texts.dates import moment_words
from texts.i18n import _, _p
from texts.labels import RUNGS, TARGETS
from texts.names import Names

KEY = "ladder"
TITLE = _("Reminders and escalations")
COLUMNS = (
    _p("ladder", "When"), _p("ladder", "What"), _p("ladder", "To"), _p("ladder", "Copy to"), _p("ladder", "State"),
)  # fmt: skip
ASKED, DUE, TODAY, END = _p("ladder", "asked"), _p("ladder", "due"), _("today"), RUNGS[RungKind.END]
SENT, LEFT_OUT, TO_COME = _p("ladder", "sent"), _p("ladder", "left out"), _p("ladder", "to come")
STATES = {RungState.FIRED: SENT, RungState.MISSED: LEFT_OUT, RungState.COMING: TO_COME}
ROUND = "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0z"
UP, DIAMOND, SQUARE, CROSS = "M-7 5L0-7L7 5z", "M0-8l7 8-7 8-7-8z", "M-6-6h12v12h-12z", "M-5-5L5 5M5-5L-5 5"
OUTLINES = {ASKED: ROUND, RUNGS[RungKind.REMINDER]: ROUND, RUNGS[RungKind.ESCALATION]: UP, DUE: DIAMOND, END: SQUARE}
TOP, ROW, SPINE = 14, 38, 12
"""Pixels: to the first rung, from one to the next, and from the left to the line that holds them."""


@dataclass(frozen=True)
class LadderLine:
    """One line of the picture and of its table."""

    at: datetime
    what: str
    when: str
    to: str = ""
    copy: str = ""
    state: str = ""


def ladder(step: StepLine, rungs: Sequence[RungView], now: datetime, names: Names) -> Picture:
    """What was and what comes of a step's deadline; while it is on hold, what comes waits."""
    order = (TODAY, ASKED, RUNGS[RungKind.REMINDER], DUE, RUNGS[RungKind.ESCALATION], END)
    lines = sorted(_lines(step, rungs, now, names), key=lambda one: (one.at, order.index(one.what)))
    height = TOP * 2 + ROW * (len(lines) - 1) + 16
    body = spine("axis", SPINE, TOP, TOP + ROW * (len(lines) - 1))
    body += "".join(_drawn(one, TOP + ROW * number, names) for number, one in enumerate(lines))
    rows = tuple((one.when, names.gettext(one.what), one.to, one.copy, names.gettext(one.state)) for one in lines)
    title = names.gettext(TITLE)
    columns = tuple(names.gettext(one) for one in COLUMNS)
    told = [names.listed(part for part in row if part) for row in rows]
    return Picture(drawing(KEY, title, told, height, body), title, columns, rows)


def _lines(step: StepLine, rungs: Sequence[RungView], now: datetime, names: Names) -> Iterator[LadderLine]:
    def line(at: datetime, what: str, *more: str) -> LadderLine:
        return LadderLine(at, what, moment_words(at, step.zone, names.language), *more)

    yield line(step.opened_at, ASKED)
    yield line(step.due_at, DUE)
    yield line(now, TODAY)
    for rung in rungs:
        state = STATES[rung.state]
        yield line(rung.at, RUNGS[rung.kind], _whom(rung.to, names), _whom(rung.copy_to, names), state)
    if step.ends_at is not None and not any(rung.kind is RungKind.END for rung in rungs):
        yield line(step.ends_at, END)


def _whom(targets: Sequence[Target], names: Names) -> str:
    return names.listed(names.label(TARGETS, one) for one in targets)


def _drawn(one: LadderLine, y: float, names: Names) -> str:
    if one.what == TODAY:
        words = names.pair(names.gettext(TODAY), one.when)
        return across("today", y) + said(words, 0, y - 5, "now-word", aside=SPINE + 18)
    kind = {SENT: "sent", LEFT_OUT: "late"}.get(one.state, "rung")
    mark = shape(kind, 0, y, CROSS if one.state == LEFT_OUT else OUTLINES[one.what], aside=SPINE)
    what = names.listed(part for part in (names.gettext(one.what), one.to, names.gettext(one.state)) if part)
    return mark + said(one.when, 0, y, aside=SPINE + 18) + said(what, 0, y + 15, "faint", aside=SPINE + 18)
