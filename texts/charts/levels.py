"""A chart of service levels as SVG, for a page and for a file; nothing in it is fetched from elsewhere.

A page brings its own style sheet for the classes; a file gets `STYLE`, for light and dark.
"""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from models.rules.service_levels import ServiceLevel
from texts.i18n import _, translated

WIDTH, LABEL, BAR, ROW, HEAD = 1060, 330, 260, 34, 46
TIMES = LABEL + BAR + 90
"""Where the times begin, right of the shares."""
LONGEST = 42
TIMES_HEAD = _("Days: half within (dark), 90% within (light)")
STYLE = """
text { font: 14px system-ui, 'Noto Sans', 'Noto Sans CJK SC', sans-serif; fill: #1d2733 }
.faint { fill: #5b6672; font-size: 13px } .late { fill: #b3431d } .half { fill: #1f7a82 } .most { fill: #9cc9cd }
.track { fill: #e2e4de } .page { fill: #ffffff } .title { font-size: 20px; font-weight: 600 }
@media (prefers-color-scheme: dark) {
  .page { fill: #14181d } text { fill: #e8ebee } .faint { fill: #a5afba } .late { fill: #f08a5d }
  .half { fill: #5fc3cb } .most { fill: #2f5f64 } .track { fill: #313a44 }
}
"""


def level_chart(levels: Sequence[ServiceLevel], names: Sequence[str], language: str, style: str = "") -> str:
    """Share late and time to decide of every group, one row each; what it shows is said to a screen reader too."""
    height = HEAD + ROW * max(len(levels), 1) + 10
    longest = max((one.p90_hours or 0 for one in levels), default=0) or 1
    rows = "".join(
        _row(one, name, HEAD + ROW * number, longest)
        for number, (one, name) in enumerate(zip(levels, names, strict=True))
    )
    told = "\n".join(_sentence(one, name, language) for one, name in zip(levels, names, strict=True))
    late, times = translated(_("Late"), language), translated(TIMES_HEAD, language)
    title = escape(translated(_("Service levels"), language))
    left, top = (24, 56) if style else (0, 0)
    sheet = (
        f'<style>{style}</style><rect class="page" x="{-left}" y="{-top}" width="100%" height="100%"/>'
        f'<text class="title" x="0" y="-16">{title}</text>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" width="{WIDTH + left}" height="{height + top}" '
        f'viewBox="{-left} {-top} {WIDTH + left} {height + top}" role="img" aria-labelledby="chart-title chart-told">'
        f'<title id="chart-title">{title}</title><desc id="chart-told">{escape(told)}</desc>{sheet if style else ""}'
        f'<text class="faint" x="{LABEL}" y="26">{escape(late)}</text>'
        f'<text class="faint" x="{TIMES}" y="26">{escape(times)}</text>{rows}</svg>\n'
    )


def _row(one: ServiceLevel, name: str, y: int, longest: float) -> str:
    half, most = ((hours or 0) / longest * BAR for hours in (one.p50_hours, one.p90_hours))
    short = name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
    return (
        f'<text x="0" y="{y + 15}">{escape(short)}</text>'
        f"{_bar('track', LABEL, y, BAR)}{_bar('late', LABEL, y, one.late_share * BAR)}"
        f'<text class="faint" x="{LABEL + BAR + 8}" y="{y + 15}">{one.late} / {one.steps}</text>'
        f"{_bar('most', TIMES, y, most)}{_bar('half', TIMES, y, half)}"
        f'<text class="faint" x="{TIMES + most + 8:.1f}" y="{y + 15}">{_days(one)}</text>'
    )


def _bar(kind: str, x: float, y: int, width: float) -> str:
    return f'<rect class="{kind}" x="{x}" y="{y + 2}" width="{width:.1f}" height="16" rx="2"/>'


def _days(one: ServiceLevel) -> str:
    if one.p50_hours is None:
        return "–"
    return f"{one.p50_hours / 24:.1f} / {(one.p90_hours or 0) / 24:.1f}"


def _sentence(one: ServiceLevel, name: str, language: str) -> str:
    words = translated(_("{name}: {late} of {steps} late; days, half and 90% within: {days}"), language)
    return words.format(name=name, late=one.late, steps=one.steps, days=_days(one))
