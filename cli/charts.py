"""Charts as SVG, readable in light and dark and by a screen reader; nothing in them is fetched from elsewhere."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from models.rules.service_levels import ServiceLevel

WIDTH, LABEL, BAR, ROW, HEAD = 1060, 330, 260, 34, 96
STYLE = """
text { font: 14px system-ui, 'Noto Sans', 'Noto Sans CJK SC', sans-serif; fill: #1d2733 }
.title { font-size: 20px; font-weight: 600 } .soft { fill: #5b6672; font-size: 13px }
.late { fill: #b3431d } .half { fill: #1f7a82 } .most { fill: #9cc9cd } .rail { fill: #e2e4de }
@media (prefers-color-scheme: dark) {
  .page { fill: #14181d } text { fill: #e8ebee } .soft { fill: #a5afba } .late { fill: #f08a5d }
  .half { fill: #5fc3cb } .most { fill: #2f5f64 } .rail { fill: #313a44 }
}
.page { fill: #ffffff }
@media (prefers-color-scheme: dark) { .page { fill: #14181d } }
"""


def service_level_chart(levels: Sequence[ServiceLevel], title: str) -> str:
    """Share late and time to decide of every group, one row each."""
    height = HEAD + ROW * max(len(levels), 1) + 24
    longest = max((one.p90_hours or 0 for one in levels), default=0) or 1
    told = "; ".join(_sentence(one) for one in levels) or "No steps."
    rows = "".join(_row(one, HEAD + ROW * number, longest) for number, one in enumerate(levels))
    half = LABEL + BAR + 90
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-labelledby="title desc"><title id="title">{escape(title)}</title>'
        f'<desc id="desc">{escape(told)}</desc><style>{STYLE}</style>'
        f'<rect class="page" width="{WIDTH}" height="{height}"/>'
        f'<text class="title" x="24" y="40">{escape(title)}</text>'
        f'<text class="soft" x="{LABEL}" y="76">Share late</text>'
        f'<text class="soft" x="{half}" y="76">Days to decide: half (dark), nine of ten (light)</text>{rows}</svg>\n'
    )


def _row(one: ServiceLevel, y: int, longest: float) -> str:
    half, most = ((hours or 0) / longest * BAR for hours in (one.p50_hours, one.p90_hours))
    left = LABEL + BAR + 90
    days = f"{(one.p50_hours or 0) / 24:.1f} / {(one.p90_hours or 0) / 24:.1f}" if one.p50_hours is not None else "–"
    return (
        f'<text x="24" y="{y + 15}">{escape(_short(_name(one)))}</text>'
        f'<rect class="rail" x="{LABEL}" y="{y + 2}" width="{BAR}" height="16" rx="2"/>'
        f'<rect class="late" x="{LABEL}" y="{y + 2}" width="{one.late_share * BAR:.1f}" height="16" rx="2"/>'
        f'<text class="soft" x="{LABEL + BAR + 8}" y="{y + 15}">{one.late_share:.0%} of {one.steps}</text>'
        f'<rect class="most" x="{left}" y="{y + 2}" width="{most:.1f}" height="16" rx="2"/>'
        f'<rect class="half" x="{left}" y="{y + 2}" width="{half:.1f}" height="16" rx="2"/>'
        f'<text class="soft" x="{left + most + 8:.1f}" y="{y + 15}">{days}</text>'
    )


def _name(one: ServiceLevel) -> str:
    return " · ".join(value.replace("_", " ") for value in one.group.values() if value) or "programme office"


def _short(name: str) -> str:
    return name if len(name) <= 42 else name[:41] + "…"


def _sentence(one: ServiceLevel) -> str:
    half = f", half decided within {one.p50_hours / 24:.1f} days" if one.p50_hours is not None else ""
    return f"{_name(one)}: {one.late} of {one.steps} late{half}"
