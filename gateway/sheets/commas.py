"""CSV: its encoding, its separator and its rows. An encoding that is not certain is never guessed."""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from gateway.sheets.cells import CellText, heading, row_of, unescaped
from gateway.sheets.child import serve
from gateway.sheets.limits import ENCODINGS, MARKED, Budget, RawRow, RawTable, Unclear, Unreadable

SAMPLES = 5
_SEPARATED = re.compile(r'"?sep=(.)"?[;,\t]*(?:\r\n|\r|\n|$)', re.IGNORECASE)
"""A word to the spreadsheet program, no row of the sheet."""
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LETTERS = ("L", "M", "N", "Pd", "Pf", "Pi", "Po", "Ps", "Pe", "Zs")
"""Classes of characters beyond ASCII that names and places are written with."""


def main() -> None:
    """What the reading process does with a CSV file."""
    serve(read_csv)


def read_csv(data: bytes, request: Mapping[str, Any]) -> RawTable:
    """The rows of a CSV file that are not blank.

    Raises:
        Unreadable: it is no text, or its quotation marks do not match.
        Unclear: it is text in several encodings, and none was given.
    """
    known = frozenset(request["known"])
    text, encoding = decode(data, known, request["encoding"])
    budget = Budget()
    rows = []
    for row in _rows(text, known):
        if any(row.cells) or row.faults:
            budget.row(row.cells)
            rows.append(row)
    return RawTable(rows, encoding)


def decode(data: bytes, known: frozenset[str], encoding: str = "") -> tuple[str, str]:
    """The text of a CSV file and its encoding: as given, UTF-8, UTF-16, or the one in which the column names read.

    Raises:
        Unreadable: it is no text in it.
        Unclear: it is in another one, and nothing says in which.
    """
    found = encoding or _marked(data)
    if encoding and encoding not in ENCODINGS | MARKED:
        raise Unreadable("sheet.encoding_unknown", encodings=[*MARKED, *ENCODINGS])
    if not found:
        fitting = {name: text for name in ENCODINGS if (text := _fits(data, name))}
        found = _by_header(fitting, known)
        if not found:
            raise _unclear(data, fitting)
    codec = (ENCODINGS | MARKED).get(found, found)
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable("sheet.encoding_wrong", line=line, encoding=found) from None
    text = text.lstrip("\ufeff")
    if bad := _NOT_TEXT.search(text):
        raise Unreadable("sheet.not_text", line=text.count("\n", 0, bad.start()) + 1)
    return text, "utf-16" if found.startswith("utf-16") else found


def _marked(data: bytes) -> str:
    """UTF-8 or UTF-16, by its mark or because nothing else can read so; empty: neither."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    half = len(data) // 2
    if half and not len(data) % 2:  # without a mark: every other byte of what is mostly ASCII is zero
        if data[1::2].count(0) > 0.7 * half and not data[0::2].count(0):
            return "utf-16-le"
        if data[0::2].count(0) > 0.7 * half and not data[1::2].count(0):
            return "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return "utf-8"


def _fits(data: bytes, name: str) -> str:
    """The text in an encoding, if it reads as letters in it."""
    try:
        text = data.decode(ENCODINGS[name])
    except UnicodeDecodeError:
        return ""
    beyond = {c for c in text if ord(c) > 127}
    fits = all(unicodedata.category(c).startswith(_LETTERS) for c in beyond)
    return text if fits and not _NOT_TEXT.search(text) else ""


def _by_header(fitting: dict[str, str], known: frozenset[str]) -> str:
    """The encoding in which column names beyond ASCII are known ones: no guess, two encodings do not share them."""
    for name, text in fitting.items():
        cells = re.split("[,;\t]", _header(text))
        if any(not cell.isascii() and heading(cell.strip('" ')) in known for cell in cells):
            return name
    return ""


def _unclear(data: bytes, fitting: dict[str, str]) -> Unclear | Unreadable:
    line = next((n for n, line in enumerate(re.split(rb"\r\n|\r|\n", data), 1) if not line.isascii()), 1)
    if not fitting or b"\0" in data:
        return Unreadable("sheet.not_text", line=line)
    samples = {}
    for name, text in fitting.items():
        cells = re.split("[,;\t\r\n]", text)
        samples[name] = list(dict.fromkeys(c.strip('" ')[:40] for c in cells if not c.isascii()))[:SAMPLES]
    return Unclear(samples)


def _rows(text: str, known: frozenset[str]) -> Iterator[RawRow]:
    named = _SEPARATED.match(text)
    rest = text[named.end() :] if named else text
    separator = named[1] if named else _separator(text, known)
    reader = csv.reader(io.StringIO(rest, newline=""), delimiter=separator, strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            yield row_of(number, [CellText(unescaped(cell)) for cell in cells])
    except csv.Error:
        raise Unreadable("sheet.quotes", line=reader.line_num) from None


def _separator(text: str, known: frozenset[str]) -> str:
    header = _header(text)
    return max(",;\t", key=lambda s: _known_in(next(csv.reader([header], delimiter=s), []), known))


def _header(text: str) -> str:
    """The first line that is not blank; lines end with any of the line ends."""
    lines = io.StringIO(text, newline="")
    return next((line.rstrip("\r\n") for line in lines if line.strip(' ,;\t"\r\n')), "")


def _known_in(cells: list[str], known: frozenset[str]) -> int:
    return sum(heading(cell) in known for cell in cells)
