"""English and Chinese: messages from the Babel catalogue, dates and times in words of the reader."""

import io
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

LANGUAGES = {"en": "English", "zh": "中文"}
LOCALE = Path(__file__).parent / "locale"
DOMAIN = "sojourn"


def _(message: str) -> str:
    """Marks a message for the catalogue; it is translated where it is said."""
    return message


@cache
def translations(language: str) -> NullTranslations:
    """The messages of a language; the catalogue is read as it was written, there is nothing to compile."""
    file = LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    if not file.exists():
        return NullTranslations()
    with file.open("rb") as source:
        catalogue = read_po(source, locale=language, domain=DOMAIN)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(fp=compiled, domain=DOMAIN)


def listed(things: Iterable[str], language: str, *, either: bool = False) -> str:
    """Things in one phrase: `a, b and c`, or `a, b or c`."""
    return format_list(list(things), "or" if either else "standard", locale=language)


def accepted(header: str) -> str:
    """The language that a browser asks for, of those there are; English where it asks for none of them."""
    wanted: list[tuple[float, str]] = []
    for part in header.split(",")[:20]:
        tag, _, rest = part.strip().partition(";")
        try:
            weight = float(rest.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        language = tag.strip().lower().partition("-")[0]
        if language in LANGUAGES and weight > 0:
            wanted.append((-weight, language))
    return min(wanted, key=lambda one: one[0])[1] if wanted else "en"
