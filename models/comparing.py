"""How texts are compared: one form for numbers, names and searches, made here and stored, the same on every database.

SQLite folds ASCII letters only and PostgreSQL by its locale, so neither is asked to.
"""

import re
import unicodedata
from datetime import date
from typing import Protocol

from models.addresses import NotAnAddress, mailbox

_ONE_LETTER = str.maketrans({"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ŋ": "n"})
_TWO_LETTERS = str.maketrans({"æ": "ae", "œ": "oe", "þ": "th"})
_SPELT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
"""As machine-readable zones of passports spell them."""


def fold(text: str) -> str:
    """A text as it is compared: case, width, composition, invisible characters and more spaces make no difference."""
    visible = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    folded = unicodedata.normalize("NFKC", visible.casefold())
    # The Turkish capital with a dot folds into two characters, its dotless small letter into itself: all are one i.
    return " ".join(folded.replace("i\u0307", "i").replace("ı", "i").split())


def number_key(student_number: str) -> str:
    """A student's number as it is compared; spaces inside of it don't matter either."""
    return fold(student_number).replace(" ", "")


def address_key(address: str) -> str:
    """An e-mail address as it is compared: as mail hosts know it (see `models.addresses`)."""
    try:
        return mailbox(address)
    except NotAnAddress:
        return fold(address).replace(" ", "")


def bare(text: str) -> str:
    """A folded text without its accents."""
    letters = fold(text).translate(_ONE_LETTER).translate(_TWO_LETTERS)
    return "".join(c for c in unicodedata.normalize("NFKD", letters) if not unicodedata.combining(c))


def search_text(number: str, family_name: str, given_name: str, native_name: str) -> str:
    """What a search looks through: both orders of the name, with accents and without."""
    text = fold(" ".join((number, family_name, given_name, family_name, native_name)))
    without = bare(text)
    return text if without == text else f"{text} {without}"


class Identified(Protocol):
    """What tells one person from another."""

    @property
    def family_name(self) -> str:
        """As in the passport."""

    @property
    def given_name(self) -> str:
        """As in the passport."""

    @property
    def native_name(self) -> str:
        """In the original script."""

    @property
    def email(self) -> str:
        """The person's own."""

    @property
    def birth_date(self) -> date:
        """The day of birth."""


def alike(one: Identified, other: Identified) -> tuple[str, ...]:
    """The columns that make two nominees look like one person; none where they are two.

    The same address is enough, and so is the same name with the same day of birth, in any spelling. Twins share the
    family name and the day.
    """
    if address_key(one.email) == address_key(other.email):
        return ("email",)
    if one.birth_date == other.birth_date and same_name(one, other):
        return ("family_name", "given_name", "birth_date")
    return ()


def same_name(one: Identified, other: Identified) -> bool:
    """Whether two names may be one, in any order and spelling, a middle name left out or not."""
    native = fold(one.native_name).replace(" ", "")
    if native and native == fold(other.native_name).replace(" ", ""):
        return True
    if _spellings(one) & _spellings(other):
        return True
    few, many = sorted((_words(bare(_whole(one))), _words(bare(_whole(other)))), key=len)
    return len(set(few)) > 1 and set(few) <= set(many)  # one of them leaves a middle name out


def _spellings(person: Identified) -> set[str]:
    """The name as it may be written: either part first, with or without spaces, umlauts as one letter or two."""
    found: set[str] = set()
    for spelt in (bare, lambda text: bare(fold(text).translate(_SPELT))):
        parts = sorted("".join(_words(spelt(part))) for part in (person.family_name, person.given_name))
        found |= {"|".join(parts), " ".join(sorted(_words(spelt(_whole(person)))))}
    return found


def _whole(person: Identified) -> str:
    return f"{person.family_name} {person.given_name}"


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", re.sub("['\u2019\u02bc]", "", text))
