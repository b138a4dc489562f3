"""Everything that stands on a certificate besides names and dates, and how those who sign are titled on it."""

from collections.abc import Iterator, Mapping
from string import Formatter
from typing import NamedTuple

from models.vocabulary import Role
from texts.i18n import _p, translated

WORDS: dict[str, str] = {
    "host": _p("certificate", "Host university"),
    "home": _p("certificate", "Home university"),
    "title": _p("certificate", "Certificate of Exchange"),
    "certify": _p("certificate", "This is to certify that"),
    "unit": _p("certificate", "Unit"),
    "level": _p("certificate", "Level of activity"),
    "dates": _p("certificate", "Dates"),
    "hours": _p("certificate", "Hours"),
    "supervisor": _p("certificate", "Supervisor"),
    "result": _p("certificate", "Result"),
    "passed": _p("certificate", "Passed"),
    "issued": _p("certificate", "Issued"),
    "number": _p("certificate", "No."),
    "version": _p("certificate", "Version"),
    "verify": _p("certificate", "Verify"),
}
"""Labels by the name that the template has for them."""
NAME = _p("certificate", "Certificate {number}")
"""What the file is called by who opens it."""
STATEMENT = _p(
    "certificate",
    "born on {born}, has completed a stay of *{days} days* and *{hours} hours* in the\nInternational Graduate Academic"
    " Exchange Program at {host}, from *{first}* to *{last}*.",
)
"""What is certified. Between asterisks stands what is set bold; lines break where they break here."""
REPLACING = _p("certificate", "{version}, replacing earlier ones")
HOURS = _p("certificate", "{hours} h")
QR_CODE = _p("certificate", "QR code of the verification address")
"""What is read out in place of the code."""
TITLES: dict[Role, str] = {
    Role.HEAD_OF_OFFICE: _p("certificate", "Head of International Office"),
    Role.COORDINATOR: _p("certificate", "Exchange Coordinator"),
}
"""Who signs for a university, in this order.

Not `ROLES` of `texts/labels.py`: whoever signs a document has the formal title of the office there (“Head of
International Office”, 国际合作与交流处处长), while lists and mails call the role in short (“Head of office”).
"""
OFFICE = _p("certificate", "International Office")
"""Who signs where nobody holds either office."""


def in_both(message: str) -> tuple[str, str]:
    """A word in English and Chinese."""
    return translated(message, "en"), translated(message, "zh")


class Piece(NamedTuple):
    """Words of the statement that are set alike."""

    text: str
    bold: bool


def statement(values: Mapping[str, object], language: str) -> Iterator[Piece]:
    """What is certified, piece by piece. An asterisk in a value is a letter like any other."""
    bold = False
    for words, name, *__ in Formatter().parse(translated(STATEMENT, language)):
        for number, text in enumerate(words.split("*")):
            bold ^= number > 0
            if text:
                yield Piece(text, bold)
        if name:
            yield Piece(str(values[name]), bold)
