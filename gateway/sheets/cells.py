"""Cells as text: what a spreadsheet program shows, and what in it would be taken for a formula."""

import re
import unicodedata
from datetime import date, datetime, time
from typing import NamedTuple

from gateway.sheets.limits import RawRow

WIDE_EQUALS = "\uff1d"
FORMULA_STARTS = f"=+-@\t\r\n{WIDE_EQUALS}\uff0b\uff0d\uff20"
"""East Asian spreadsheet programs take the wide forms for formulas too."""
FORMULA = "cell.formula"
EXACT_DIGITS = 10**15
"""Spreadsheet programs round longer numbers."""
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_PLACES = re.compile(r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|(?P<place>[0#?])|(?P<plain>[-() ])')
_REQUIRED = re.compile(r"[(\[](?:required|optional|mandatory|必填|选填|可选)[)\]]|\*")


class CellText(NamedTuple):
    """A cell as text; message ids where it cannot be taken, or not in a column of text."""

    text: str
    fault: str = ""
    doubtful: str = ""


def heading(text: str) -> str:
    """A column name as it is compared: case, width, spacing, hyphens, and marks of what is required do not matter."""
    text = _REQUIRED.sub(" ", unicodedata.normalize("NFKC", text).casefold())
    return "_".join(text.replace("-", " ").replace("_", " ").rstrip(" :").split())


def unescaped(text: str) -> str:
    """Text with the `_xHHHH_` that workbooks write for characters XML cannot hold; surrogates are put together."""
    if "_x" not in text:
        return text
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def of_value(value: object, number_format: str) -> CellText:
    """A value of a workbook as its cell shows it."""
    if value is None:
        return CellText("")
    if isinstance(value, bool):
        return CellText("TRUE" if value else "FALSE", doubtful="cell.boolean")
    if isinstance(value, datetime):
        text = value.date().isoformat() if value.time() == time(0) else value.isoformat(" ")
        return CellText(text, doubtful="cell.date")
    if isinstance(value, date | time):
        return CellText(value.isoformat(), doubtful="cell.date")
    if isinstance(value, int | float):
        return of_number(value, number_format)
    return CellText(unescaped(str(value)))


def of_number(value: int | float, number_format: str) -> CellText:
    """A number as its format shows it, leading zeros included."""
    whole = int(value) if float(value).is_integer() else value
    if abs(whole) >= EXACT_DIGITS:
        return CellText(str(whole), fault="cell.number_too_long")
    shown = str(whole) if number_format in ("General", "@", "0") else _shown(whole, number_format)
    if shown is None or not isinstance(whole, int) or whole < 0:
        return CellText(str(whole), doubtful="cell.number_shown")
    return CellText(shown)


def _shown(value: int | float, number_format: str) -> str | None:
    """A whole number in a format of digits and literal text, like `"F"000-000`; `None`: it is not of that kind."""
    pattern = number_format.partition(";")[0]
    parts: list[tuple[str, str]] = []
    end = 0
    for found in _PLACES.finditer(pattern):
        if found.start() != end:
            return None
        end = found.end()
        place = found["place"]
        parts.append(("place", place) if place else ("text", next(t for t in found.groups() if t is not None)))
    places = sum(kind == "place" for kind, _ in parts)
    if end != len(pattern) or not places or not isinstance(value, int):
        return None
    digits = list(str(value))
    shown: list[str] = []
    for kind, text in reversed(parts):
        if kind == "text":
            shown.append(text)
            continue
        places -= 1
        if not places:  # the first place takes all digits that are left
            shown.append("".join(digits) or ("0" if text == "0" else ""))
            digits = []
        else:
            shown.append(digits.pop() if digits else "0" if text == "0" else "")
    return "".join(reversed(shown))


def row_of(number: int, cells: list[CellText]) -> RawRow:
    """A row of cells: without the guard against formulas that this service writes, formulas refused."""
    texts: list[str] = []
    faults: dict[int, str] = {}
    doubtful: dict[int, str] = {}
    for position, cell in enumerate(cells):
        text = without_guard(cell.text).strip()
        fault = FORMULA if text[:1] in ("=", WIDE_EQUALS) and text else cell.fault
        texts.append(text)
        if fault:
            faults[position] = fault
        if cell.doubtful:
            doubtful[position] = cell.doubtful
    return RawRow(number, texts, faults, doubtful)


def without_guard(text: str) -> str:
    """A cell without the apostrophe that keeps it from being a formula."""
    return text[1:] if text[:1] == "'" and text[1:2] and text[1:2] in FORMULA_STARTS else text


def guarded(text: str) -> str:
    """A cell's text that no spreadsheet program takes for a formula."""
    return f"'{text}" if text and text[0] in FORMULA_STARTS else text
