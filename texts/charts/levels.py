"""Service levels: how long answers take, on an axis of days that can be read, and how many are late.

A page brings its own style sheet for the classes; a file gets `STYLE`, for light and dark, and a width of its own.
"""

from collections.abc import Sequence

from models.rules.service_levels import ServiceLevel
from texts.charts.drawing import Drawn, Picture, across, box, drawing, said, upright
from texts.i18n import _, _p, translated
from texts.punctuation import colon, in_a_row

TITLE = _("Service levels")
COLUMNS = (
    _p("service levels", "Whose, what"), _p("service levels", "Asked"), _p("service levels", "Answered"),
    _p("service levels", "Half within (days)"), _p("service levels", "90% within (days)"),
    _p("service levels", "Late"), _p("service levels", "Clock held (days)"),
)  # fmt: skip
DAYS = _p("axis", "days")
FIGURES = _p("service levels", "{half} / {most} days")
COUNTED = _p("service levels", "{late} of {steps} late")
NOTHING = "–"
WHOLE, LATE_AT, LATE_WIDE = 0.66, 0.72, 0.26
"""Shares of the width: of the days, of where the late ones begin, and of all that were asked."""
HEAD, ROW, BAR = 34, 56, 12
MOST_TICKS = 4
STEPS = (0.25, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
"""Days between two ticks."""
WIDTH, LEFT, TOP = 1060, 24, 56
STYLE = """
text { font: 14px system-ui, 'Noto Sans', 'Noto Sans CJK SC', sans-serif; fill: #1d2733 }
.faint { fill: #5b6672; font-size: 13px } .late-part { fill: #b3431d } .half { fill: #1f7a82 } .most { fill: #9cc9cd }
.track { fill: #e2e4de } .axis { stroke: #c9cec6 } .page { fill: #ffffff } .title { font-size: 20px; font-weight: 600 }
@media (prefers-color-scheme: dark) {
  .page { fill: #14181d } text { fill: #e8ebee } .faint { fill: #a5afba } .late-part { fill: #f08a5d }
  .half { fill: #5fc3cb } .most { fill: #2f5f64 } .track { fill: #313a44 } .axis { stroke: #4a5560 }
}
"""


def level_picture(
    levels: Sequence[ServiceLevel], names: Sequence[str], language: str, key: str = "levels", title: str = ""
) -> Picture:
    """Every group with its days and its share late, as part of a page."""
    title = title or translated(TITLE, language)
    rows, told = _rows(levels, names), _told(levels, names, language)
    height = HEAD + ROW * len(levels) + 4
    columns = tuple(translated(one, language) for one in COLUMNS)
    legend = (("■", columns[3]), ("□", columns[4]))
    return Picture(drawing(key, title, told, height, _body(levels, names, language)), title, columns, rows, legend)


def level_file(levels: Sequence[ServiceLevel], names: Sequence[str], language: str) -> Drawn:
    """The same as a file that shows alike everywhere: it fetches nothing."""
    title, height = translated(TITLE, language), HEAD + ROW * len(levels) + 4
    head = said(title, 0, 32, "title", aside=LEFT)
    chart = f'<svg x="{LEFT}" y="{TOP}" width="{WIDTH - 2 * LEFT}" height="{height}">{{}}</svg>'
    page = f'<style>{STYLE}</style><rect class="page" width="100%" height="100%"/>'
    body = page + head + chart.format(_body(levels, names, language))
    return drawing("levels", title, _told(levels, names, language), height + TOP, body, width=str(WIDTH))


def _body(levels: Sequence[ServiceLevel], names: Sequence[str], language: str) -> str:
    longest = max((one.p90_hours or 0 for one in levels), default=0) / 24
    step = next((one for one in STEPS if longest <= one * MOST_TICKS), STEPS[-1])
    ends = step * MOST_TICKS
    height = HEAD + ROW * len(levels) + 4
    body = "".join(
        upright("axis", WHOLE * tick / MOST_TICKS, HEAD - 8, height)
        + said(f"{step * tick:g}", WHOLE * tick / MOST_TICKS, 20, "faint", "middle" if tick else "start")
        for tick in range(MOST_TICKS + 1)
    )
    body += said(translated(DAYS, language), WHOLE, 20, "faint", aside=12)
    rows = zip(levels, names, strict=True)
    return body + "".join(_row(one, name, HEAD + ROW * n, ends, language) for n, (one, name) in enumerate(rows))


def _row(one: ServiceLevel, name: str, y: float, ends: float, language: str) -> str:
    half, most = ((hours or 0) / 24 / ends * WHOLE for hours in (one.p50_hours, one.p90_hours))
    late = translated(COUNTED, language).format(late=one.late, steps=one.steps)
    figures = NOTHING if one.p50_hours is None else translated(FIGURES, language)
    figures = figures.format(half=_days(one.p50_hours), most=_days(one.p90_hours))
    return (
        across("axis", y)
        + said(name, 0, y + 14)
        + (box("most", 0, y + 20, most, BAR) + box("half", 0, y + 20, half, BAR) if one.p50_hours is not None else "")
        + box("track", LATE_AT, y + 20, LATE_WIDE, BAR)
        + (box("late-part", LATE_AT, y + 20, one.late_share * LATE_WIDE, BAR) if one.late else "")
        + said(figures, 0, y + 47, "faint")
        + said(late, LATE_AT, y + 47, "faint")
    )


def _days(hours: float | None) -> str:
    return NOTHING if hours is None else f"{hours / 24:.1f}"


def _rows(levels: Sequence[ServiceLevel], names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (
            name, str(one.steps), str(one.decided), _days(one.p50_hours), _days(one.p90_hours), f"{one.late}",
            _days(one.held_hours),
        )
        for one, name in zip(levels, names, strict=True)
    )  # fmt: skip


def _told(levels: Sequence[ServiceLevel], names: Sequence[str], language: str) -> list[str]:
    columns, between = [translated(one, language) for one in COLUMNS[1:]], colon(language)
    return [
        in_a_row((row[0], *(name + between + value for name, value in zip(columns, row[1:], strict=True))), language)
        for row in _rows(levels, names)
    ]
