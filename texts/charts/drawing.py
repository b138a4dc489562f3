"""What every picture is made of: shapes that stretch with the page, letters that do not, and a table beside them.

Places are shares of the width, so that a picture fills a phone as it fills a sheet, while its letters keep their size.
Colours are the style sheet's, by class; what a colour says is said by a shape, a pattern or a letter too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Drawn(str):
    """SVG that a template takes as it is: all words in it are escaped."""

    def __html__(self) -> str:
        return str(self)


@dataclass(frozen=True)
class Picture:
    """A drawing with the table that says the same."""

    svg: Drawn
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    legend: tuple[tuple[str, str], ...] = ()
    """What its letters and shapes stand for: the mark, and words."""


def share(value: float) -> str:
    """A part of the width, from 0 to 1."""
    return f"{min(max(value, 0), 1) * 100:.2f}".rstrip("0").rstrip(".") + "%"


def box(kind: str, x: float, y: float, width: float, height: float, *, title: str = "") -> str:
    """A rectangle; `x` and `width` are shares of the width, `y` and `height` pixels."""
    told = f"<title>{escape(title)}</title>" if title else ""
    return f'<rect class="{kind}" x="{share(x)}" y="{y:g}" width="{share(width)}" height="{height:g}">{told}</rect>'


def hatched(key: str, x: float, y: float, width: float, height: float, *, title: str = "") -> str:
    """A rectangle with stripes, for what stands still or is not to be had."""
    told = f"<title>{escape(title)}</title>" if title else ""
    place = f'x="{share(x)}" y="{y:g}" width="{share(width)}" height="{height:g}"'
    return f'<rect fill="url(#{key}-stripes)" {place}>{told}</rect>'


def upright(kind: str, x: float, top: float, bottom: float) -> str:
    """A line from top to bottom."""
    return f'<line class="{kind}" x1="{share(x)}" x2="{share(x)}" y1="{top:g}" y2="{bottom:g}"/>'


def across(kind: str, y: float, x: float = 0, until: float = 1) -> str:
    """A line from left to right."""
    return f'<line class="{kind}" x1="{share(x)}" x2="{share(until)}" y1="{y:g}" y2="{y:g}"/>'


def said(text: str, x: float, y: float, kind: str = "", anchor: str = "start", aside: float = 0) -> str:
    """Words at a share of the width, `aside` pixels beside it."""
    of_kind = f' class="{kind}"' if kind else ""
    at = "" if anchor == "start" else f' text-anchor="{anchor}"'
    away = f' dx="{aside:g}"' if aside else ""
    return f'<text{of_kind} x="{share(x)}" y="{y:g}"{at}{away}>{escape(text)}</text>'


def inside(text: str, x: float, y: float, width: float, kind: str = "") -> str:
    """Words in a part of the width, cut off where it ends."""
    of_kind = f' class="{kind}"' if kind else ""
    words = f'<text{of_kind} x="4" y="14">{escape(text)}</text>'
    return f'<svg x="{share(x)}" y="{y:g}" width="{share(width)}" height="20">{words}</svg>'


def spine(kind: str, x: float, top: float, bottom: float) -> str:
    """A line from top to bottom, at pixels from the left."""
    return f'<line class="{kind}" x1="{x:g}" x2="{x:g}" y1="{top:g}" y2="{bottom:g}"/>'


def shape(kind: str, x: float, y: float, path: str, *, title: str = "", aside: float = 0) -> str:
    """An outline in pixels around a share of the width, or `aside` pixels from it."""
    told = f"<title>{escape(title)}</title>" if title else ""
    moved = f' transform="translate({aside:g})"' if aside else ""
    return (
        f'<svg x="{share(x)}" y="{y:g}" width="1" height="1" overflow="visible">'
        f'<path class="{kind}"{moved} d="{path}">{told}</path></svg>'
    )


def dot(kind: str, x: float, y: float, radius: float, mark: str, title: str = "") -> str:
    """A circle with a number in it, in pixels from the left; a half one has its left half filled."""
    told = f"<title>{escape(title)}</title>" if title else ""
    inner = radius - 1
    outline = f"M{x:g} {y - inner:g}a{inner:g} {inner:g} 0 0 0 0 {2 * inner:g}z"
    half = f'<path class="{kind}-half" d="{outline}"/>' if kind == "offered" else ""
    return (
        f'<circle class="{kind}" cx="{x:g}" cy="{y:g}" r="{radius:g}">{told}</circle>{half}'
        f'<text class="{kind}" x="{x:g}" y="{y + 4:g}" text-anchor="middle">{escape(mark)}</text>'
    )


def drawing(key: str, title: str, told: Iterable[str], height: float, body: str, *, width: str = "100%") -> Drawn:
    """A picture as wide as its place; what it shows is said to a screen reader in its description."""
    words = escape("\n".join(told))
    name = quoteattr(f"{key}-title {key}-told")
    return Drawn(
        f'<svg xmlns="http://www.w3.org/2000/svg" class="picture" width="{width}" height="{height:g}" role="img" '
        f'aria-labelledby={name}><title id="{key}-title">{escape(title)}</title>'
        f'<desc id="{key}-told">{words}</desc>{body}</svg>'
    )


def stripes(key: str) -> str:
    """The pattern of `hatched`, once in a drawing."""
    return (
        f'<defs><pattern id="{key}-stripes" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><path class="stripe" d="M0 0V6"/></pattern></defs>'
    )
