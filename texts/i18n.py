"""English and Chinese: the messages of the Babel catalogue."""

import io
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from babel.core import negotiate_locale
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from models.vocabulary import LANGUAGES

LOCALE = Path(__file__).parent / "locale"
DOMAIN = "sojourn"
TAGS = {"en": "en", "zh": "zh-Hans"}
"""A language as HTML and mail name it (BCP 47)."""
CONTEXT = "\x04"
"""What gettext puts between a context and its message."""


def _(message: str) -> str:
    """Marks a message for the catalogue; it is translated where it is said."""
    return message


def _p(context: str, message: str) -> str:
    """Marks a message that needs another translation in a context."""
    return f"{context}{CONTEXT}{message}"


def translated(message: str, language: str) -> str:
    """A message of the catalogue, marked with a context or without, in a language."""
    if not message:
        return ""  # gettext answers nothing with the head of its catalogue
    return translations(language).gettext(message).rpartition(CONTEXT)[2]


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


def in_language(thing: object, field: str, language: str) -> Any:
    """What a field says in a language: `title_zh` beside `title`; the plain one where there is none."""
    return getattr(thing, f"{field}_{language}", None) or getattr(thing, field, "")


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


def of_locale(environment: Mapping[str, str]) -> str:
    """The language of a process, from the variables that gettext reads; English where there is none for it."""
    named = (environment.get(name, "") for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"))
    wanted = next((value for value in named if value), "")
    tags = [tag.partition(".")[0].partition("@")[0] for tag in wanted.split(":")]
    return negotiate_locale([tag for tag in tags if tag], LANGUAGES) or "en"
