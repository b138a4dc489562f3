"""The looks of a university as files named by their content: a stylesheet, for no page may have a style, and a logo."""

from dataclasses import dataclass
from functools import cache

from models.catalogue.logos import Logo
from models.catalogue.looks import Looks
from models.catalogue.programme import Programme
from portal.assets import digest_of

PLACE = "/looks"


def looks_address(programme: Programme, institution_id: str) -> str:
    """Where the stylesheet of a university is; empty where it has none."""
    found = programme.institution(institution_id)
    if found is None or found.looks is None:
        return ""
    return f"{PLACE}/{institution_id}.{digest_of(stylesheet_of(found.looks).encode())}.css"


@dataclass(frozen=True)
class ShownLogo:
    """A logo as a page shows it: where it is, and its sides in pixels."""

    address: str
    width: int
    height: int


def logo_of(programme: Programme, institution_id: str) -> ShownLogo | None:
    """The logo of a university; nothing where it has none."""
    found = programme.logos.get(institution_id)
    if found is None:
        return None
    return ShownLogo(f"{PLACE}/{institution_id}.{_digest_of(found)}.png", found.width, found.height)


@cache
def _digest_of(logo: Logo) -> str:
    return digest_of(logo.png)


def stylesheet_of(looks: Looks) -> str:
    """The accent of both themes, in the layer of the tokens."""
    light, dark = _tokens(looks, "accent"), _tokens(looks, "accent_dark")
    return f"@layer tokens {{ :root {{ {light} }} @media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }} }}\n"


def _tokens(looks: Looks, theme: str) -> str:
    return f"--accent: {getattr(looks, theme)}; --accent-soft: {looks.soft(theme)};"
