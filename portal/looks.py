"""The colours of a university as a stylesheet, named by its content: the content policy allows no style in a page."""

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


def stylesheet_of(looks: Looks) -> str:
    """The accent of both themes, in the layer of the tokens."""
    light, dark = _tokens(looks, "accent"), _tokens(looks, "accent_dark")
    return f"@layer tokens {{ :root {{ {light} }} @media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }} }}\n"


def _tokens(looks: Looks, theme: str) -> str:
    return f"--accent: {getattr(looks, theme)}; --accent-soft: {looks.soft(theme)};"
