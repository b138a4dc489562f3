"""What people type or send, made safe to keep and to show."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import TypeVar

from pydantic import BaseModel

from models.errors import BadInput

D = TypeVar("D", bound=date)
YEARS = (1900, 2199)
"""Years that anybody means; what lies beyond cannot be counted on from, nor moved to another zone."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_UNSAFE_IN_NAMES = re.compile(r'[<>:"|?*]')


_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
"""Latin letters, digits and signs as East Asian keyboards type them: the same ones, only wider."""


class NotMeant(ValueError):
    """What was typed is no such thing, or none that anybody means."""


def safe_filename(name: str) -> str:
    """A file's own name without folders, control characters or what some systems forbid; at most 200 characters."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    # Category C holds control and format characters; the latter can make a name read backwards.
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C")
    name = _UNSAFE_IN_NAMES.sub("_", name).strip(" .")
    stem, dot, extension = name.rpartition(".")
    if dot and len(extension) <= 10:
        name = f"{stem[: 199 - len(extension)]}.{extension}"
    return name[:200].strip(" .") or "document"


def clean_text(text: str) -> str:
    """Text without control characters but line ends and tabs; databases refuse some, terminals obey others."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"}).strip()


def narrowed(text: str) -> str:
    """Wide Latin letters, digits and signs as ordinary ones."""
    return text.translate(_WIDE)


def day_typed(text: str) -> date:
    """A day as year-month-day, of a year that somebody may mean.

    Raises:
        NotMeant: it is none.
    """
    if not _DAY.fullmatch(text):
        raise NotMeant
    return _meant(date.fromisoformat, text)


def moment_typed(text: str) -> datetime:
    """A time in ISO form, with or without its offset, of a year that somebody may mean.

    Raises:
        NotMeant: it is none.
    """
    if not text.isascii():
        raise NotMeant
    return _meant(datetime.fromisoformat, text)


def number_typed(text: str, most: int = 10**18) -> int:
    """A whole number from nothing on, in the digits 0 to 9.

    Raises:
        NotMeant: it is none, or greater than anything here is counted to.
    """
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= most):
        raise NotMeant
    return int(text)


def require_meant_days(value: BaseModel) -> None:
    """That no day and no time in a value lies in a year that nobody means.

    Raises:
        BadInput: one does; `field` names it.
    """
    for field, day in _days(value):
        if not YEARS[0] <= day.year <= YEARS[1]:
            raise BadInput("day.too_far", field, least=YEARS[0], most=YEARS[1])


def _days(value: BaseModel) -> Iterator[tuple[str, date]]:
    for name, one in value:
        if isinstance(one, date):
            yield name, one
        elif isinstance(one, BaseModel):
            yield from ((f"{name}.{inner}", day) for inner, day in _days(one))


def _meant(read: Callable[[str], D], text: str) -> D:
    try:
        day = read(text)
    except ValueError:
        raise NotMeant from None
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise NotMeant
    return day
