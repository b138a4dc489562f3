"""The looks of a university: one accent for each theme, legible wherever it is used (WCAG AA), and its logo."""

from collections.abc import Iterator

from pydantic import Field

from models.catalogue.faults import Wrong, wrong
from models.wire import Wire

LEAST = 4.5
"""The contrast of text that AA asks for."""
HEX = r"^#[0-9a-f]{6}$"
THEMES = {
    "accent": (("#ffffff", "#f4f5f7"), "#ffffff", 0.10),
    "accent_dark": (("#10161d", "#18212b", "#1e242b"), "#0b1622", 0.25),
}
"""By field: the grounds on which the accent stands, on pages and in mails, what is written on it, and how much of it
tints a soft ground."""


class Looks(Wire):
    """How pages look to the people of a university."""

    accent: str = Field(pattern=HEX)
    """On light pages, `#1d4e89`."""
    accent_dark: str = Field(pattern=HEX)
    """On dark ones."""
    logo: str = ""
    """A PNG file in the folder of the institution's file, by its path from there; see `models.catalogue.logos`."""

    def soft(self, theme: str) -> str:
        """The ground that is tinted with the accent of a theme."""
        (ground, *_), _, part = THEMES[theme]
        mixed = zip(_channels(getattr(self, theme)), _channels(ground), strict=True)
        return "#" + "".join(f"{round(a * part + b * (1 - part)):02x}" for a, b in mixed)


def looks_faults(looks: Looks) -> Iterator[Wrong]:
    """Colours that somebody could not read."""
    for theme, (grounds, ink, _) in THEMES.items():
        accent = getattr(looks, theme)
        for other in (*grounds, looks.soft(theme), ink):
            if (ratio := contrast(accent, other)) < LEAST:
                yield wrong(f"looks.{theme}", "catalogue.contrast", id=other, ratio=f"{ratio:.1f}")


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (n / 255 for n in _channels(colour)))
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
