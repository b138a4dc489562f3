"""A stay on one strip: stages, places, lectures and deadlines from the nomination to the end, and today."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from models.events import ExchangeResumed, ExchangeSuspended, StageEntered
from models.views import ExchangeView, StepLine
from models.views.host_sessions import SessionLine
from models.vocabulary import ROTATION_CONTENTS, Stage, StepStatus
from texts.charts.drawing import (
    LETTERS,
    Picture,
    across,
    box,
    drawing,
    hatched,
    inside,
    said,
    shape,
    stripes,
    upright,
)  # fmt: skip
from texts.dates import moment_words, stay_words, written
from texts.i18n import _, _p
from texts.labels import STAGES
from texts.names import Names

KEY = "strip"
TITLE = _("The stay on one strip")
COLUMNS = (_p("strip", "Mark"), _p("strip", "What"), _p("strip", "When"), _p("strip", "State"))
STAGE_LANE, PLACE_LANE, PROGRAMME_LANE, DUE_LANE = _p("strip", "Stages"), _("Places"), _("Lectures"), _("Deadlines")
TODAY = _("today")
DONE, HERE, PLANNED, HELD_SEAT, LATE, ON_HOLD, OPEN = (
    _("done"), _p("strip", "under way"), _("planned"), _p("strip", "reserved"), _("overdue"), _("on hold"),
    _p("strip", "open"),
)  # fmt: skip
SUSPENDED = _("Suspended")
LECTURE, DEADLINE = _p("strip", "Lecture"), _p("strip", "Deadline")
OVERDUE, DEADLINE_HELD = _p("strip", "Deadline, overdue"), _p("strip", "Deadline, on hold")
DUE_MARKS = {OPEN: "◆", LATE: "×", ON_HOLD: "◇"}
DUE_KINDS = {"◆": "due", "×": "late", "◇": "due-held"}
AXIS, LANE, BAR = 30, 44, 20
"""Pixels: of the axis above, of a lane with its name, of the bars in it."""
MOST_MONTHS = 5
"""Names on the axis that do not touch on a phone."""
FEWEST = 0.035
"""The share of the width that a letter needs."""
DIAMOND, CROSS, TICK = "M0 2l7 8-7 8-7-8z", "M-6 4L6 16M6 4L-6 16", "M0 2V18"


@dataclass(frozen=True)
class StripPiece:
    """One thing on the strip, both days included."""

    lane: str
    mark: str
    what: str
    first: date
    last: date
    state: str
    when: str
    short: str = ""
    """What stands in its bar, where that is less than what it is."""


def stay_strip(view: ExchangeView, sessions: Sequence[SessionLine], now: datetime, names: Names, zone: str) -> Picture:
    """Everything of a stay that has a day; days of stages and deadlines are those of the reader's zone."""
    made = _Pieces(view, sessions, now, names, zone)
    pieces = made.all()
    first = min([view.plan.start, *(one.first for one in pieces)])
    last = max([view.plan.end, *(one.last for one in pieces), *([made.today] if view.closed_at is None else [])])
    span = _Span(first, last, made.today)
    lanes = [lane for lane in (STAGE_LANE, PLACE_LANE, PROGRAMME_LANE, DUE_LANE) if any(p.lane == lane for p in pieces)]
    height = AXIS + LANE * len(lanes) + 4
    body = stripes(KEY) + _axis(span, height, names)
    body += "".join(
        hatched(KEY, span.at(one.first), AXIS, span.wide(one), height - AXIS, title=names.listed((one.what, one.when)))
        for one in pieces
        if one.lane == SUSPENDED
    )
    for number, lane in enumerate(lanes):
        body += _lane(lane, [p for p in pieces if p.lane == lane], AXIS + LANE * number, span, names)
    body += _today(span, height, names)
    body += "".join(
        said(names.gettext(lane), 0, AXIS + LANE * number + 14, "faint") for number, lane in enumerate(lanes)
    )  # over the line of today, which may stand at the edge
    told = [names.listed(part for part in (one.what, one.when, one.state) if part) for one in pieces]
    return Picture(
        svg=drawing(KEY, names.gettext(TITLE), told, height, body),
        title=names.gettext(TITLE),
        columns=tuple(names.gettext(one) for one in COLUMNS),
        rows=tuple((one.mark, one.what, one.when, one.state) for one in pieces),
        legend=tuple(_legend(pieces, names)),
    )


@dataclass(frozen=True)
class _Span:
    first: date
    last: date
    today: date

    def at(self, day: date) -> float:
        """Where a day begins, as a share of the width."""
        return (day - self.first).days / ((self.last - self.first).days + 1)

    def wide(self, one: StripPiece) -> float:
        return self.at(one.last + timedelta(days=1)) - self.at(one.first)


@dataclass(frozen=True)
class _Pieces:
    view: ExchangeView
    sessions: Sequence[SessionLine]
    now: datetime
    names: Names
    zone: str

    @property
    def today(self) -> date:
        return self.day(self.now)

    def day(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.zone)).date()

    def all(self) -> list[StripPiece]:
        return [*self.stages(), *self.places(), *self.programme(), *self.due(), *self.suspended()]

    def piece(self, lane: str, mark: str, what: str, first: date, last: date, state: str, when: str = "") -> StripPiece:
        days = when or stay_words(first, last, self.names.language)
        return StripPiece(lane, mark, what, first, max(first, last), self.names.gettext(state) if state else "", days)

    def stages(self) -> Iterator[StripPiece]:
        """Every visit of a stage, until the next one began; the last one until now, or the end."""
        entered: list[tuple[datetime, Stage]] = [
            (one.at, one.event.stage)
            for one in self.view.timeline
            if isinstance(one.event, StageEntered) and one.event.stage is not Stage.CLOSED
        ]
        if not entered or entered[0][1] is not Stage.NOMINATION:
            entered.insert(0, (self.view.opened_at, Stage.NOMINATION if entered else self.view.stage))
        ends = [at for at, _stage in entered[1:]] + [self.view.closed_at or max(self.now, self.view.opened_at)]
        closed = self.view.closed_at is not None
        for number, ((at, stage), end) in enumerate(zip(entered, ends, strict=True)):
            state = DONE if closed or number < len(entered) - 1 else HERE
            mark = str(list(Stage).index(stage) + 1)
            yield self.piece(STAGE_LANE, mark, self.names.label(STAGES, stage), self.day(at), self.day(end), state)

    def places(self) -> Iterator[StripPiece]:
        """Places as far as they were not given back; a block without one as it is planned."""
        letters = iter(LETTERS)
        held = []
        for place in self.view.placements:
            back = place.released_from
            last = place.end if back is None else min(place.end, back - timedelta(days=1))
            if last < place.start:
                continue
            held.append(place.content)
            unit = self.names.unit(place.unit_id)
            what = self.names.pair(self.names.content(place.content), unit)
            state = DONE if last < self.today else HERE if place.start <= self.today else HELD_SEAT
            piece = self.piece(PLACE_LANE, next(letters, ""), what, place.start, last, state)
            yield replace(piece, short=unit)
        if self.view.closed_at is None:
            for block in self.view.plan.rotations:
                if block.content not in held:
                    what = self.names.content(block.content)
                    yield self.piece(PLACE_LANE, next(letters, ""), what, block.start, block.end, PLANNED)

    def programme(self) -> Iterator[StripPiece]:
        """Blocks of lectures and culture, and the sessions that the student is invited to."""
        for block in self.view.plan.contents:
            if block.content not in ROTATION_CONTENTS:
                what = self.names.content(block.content)
                yield self.piece(PROGRAMME_LANE, "", what, block.start, block.end, PLANNED)
        for one in self.sessions:
            day = one.starts_at.astimezone(ZoneInfo(one.zone)).date()
            when = moment_words(one.starts_at, one.zone, self.names.language)
            state = DONE if one.ends_at < self.now else PLANNED
            yield self.piece(PROGRAMME_LANE, "|", self.names.title(one), day, day, state, when)

    def due(self) -> Iterator[StripPiece]:
        """The due times of what is open."""
        steps = [one for one in self.view.steps if one.status is StepStatus.OPEN]
        for step in sorted(steps, key=lambda one: (one.due_at, one.step_id)):
            day = self.day(step.due_at)
            when = moment_words(step.due_at, step.zone, self.names.language)
            state = _state_of(step)
            yield self.piece(DUE_LANE, DUE_MARKS[state], self.names.title(step), day, day, state, when)

    def suspended(self) -> Iterator[StripPiece]:
        """The times in which deadlines stood still."""
        events = [one.event for one in self.view.timeline]
        over = {one.suspension_id: one.until for one in events if isinstance(one, ExchangeResumed)}
        for one in events:
            if isinstance(one, ExchangeSuspended):
                until = over.get(one.suspension_id) or self.view.closed_at or self.now
                yield self.piece(
                    SUSPENDED, "//", self.names.gettext(SUSPENDED), self.day(one.since), self.day(until), ""
                )


def _state_of(step: StepLine) -> str:
    if step.held_since is not None:
        return ON_HOLD
    return LATE if step.overdue else OPEN


def _axis(span: _Span, height: float, names: Names) -> str:
    """The first days of months, and the names of as many as there is room for."""
    days = [span.first + timedelta(days=n) for n in range((span.last - span.first).days + 1)]
    months = [day for day in days if day.day == 1]
    every = -(-max(len(months), 1) // MOST_MONTHS)
    lines = "".join(upright("axis", span.at(day), AXIS - 10, height) for day in months)
    named = [day for number, day in enumerate(months) if number % every == 0 and span.at(day) < 0.85]
    return lines + "".join(
        said(written(day, "month", names.language), span.at(day), 12, "faint", aside=2) for day in named
    )


def _today(span: _Span, height: float, names: Names) -> str:
    if not span.first <= span.today <= span.last:
        return ""
    x = span.at(span.today)
    anchor, aside = ("end", -3) if x > 0.8 else ("start", 3)
    return upright("today", x, 14, height) + said(names.gettext(TODAY), x, 26, "now-word", anchor, aside)


def _lane(lane: str, pieces: list[StripPiece], top: float, span: _Span, names: Names) -> str:
    found = across("axis", top + LANE - 2)
    y = top + 19
    for one in pieces:
        x, wide = span.at(one.first), span.wide(one)
        title = names.listed(part for part in (one.what, one.when, one.state) if part)
        if lane == DUE_LANE:
            outline = CROSS if one.mark == "×" else DIAMOND
            found += shape(DUE_KINDS[one.mark], x + wide / 2, y, outline, title=title)
        elif one.mark == "|":
            found += shape("tick", x, y, TICK, title=title)
        else:
            found += _bar(one, x, wide, y, names, title)
    return found


def _bar(one: StripPiece, x: float, wide: float, y: float, names: Names, title: str) -> str:
    kind = {names.gettext(DONE): "past", names.gettext(HERE): "here", names.gettext(PLANNED): "planned"}
    thin = one.lane == PROGRAMME_LANE
    bar = box(
        kind.get(one.state, "block"),
        x,
        y + (6 if thin else 0),
        max(wide, 0.004),
        BAR - (12 if thin else 0),
        title=title,
    )
    if not one.mark or wide < FEWEST:
        return bar
    return bar + inside(
        f"{one.mark} {one.short or one.what}" if wide > FEWEST * 3 else one.mark, x, y, wide, kind.get(one.state, "")
    )


def _legend(pieces: Iterable[StripPiece], names: Names) -> Iterator[tuple[str, str]]:
    """Of letters the places, and of each shape what it is; stages are named by the line above the picture."""
    shapes = {"|": LECTURE, "◆": DEADLINE, "×": OVERDUE, "◇": DEADLINE_HELD, "//": SUSPENDED}
    seen = list[str]()
    for one in pieces:
        if one.lane == PLACE_LANE and one.mark:
            yield one.mark, names.listed((one.what, one.when))
        elif one.mark in shapes and one.mark not in seen:
            seen.append(one.mark)
            yield one.mark, names.gettext(shapes[one.mark])
