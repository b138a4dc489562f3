"""Tables in files people send: CSV and XLSX read as text cell by cell, with everything hostile refused; and written.

A file is judged by its content, not by its name. Formulas are never evaluated and never passed on: a cell with one is
refused, and on writing a cell that a spreadsheet program would take for one gets an apostrophe in front, which the
reader takes off again.
"""

import csv
import io
import os
import re
import tempfile
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
from openpyxl.cell.read_only import EMPTY_CELL

from models.errors import BadInput

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 100 * 1024 * 1024
MAX_PARTS = 1000
MAX_ROWS = 20_000
MAX_COLUMNS = 100
LAST_ROW = 1_048_576
"""Of any spreadsheet program."""
EXACT_DIGITS = 10**15
"""Spreadsheet programs round longer numbers."""

WIDE_EQUALS = "\uff1d"
FORMULA_STARTS = f"=+-@\t\r\n{WIDE_EQUALS}\uff0b\uff0d\uff20"
"""East Asian spreadsheet programs take the wide forms for formulas too."""
FORMULA = "cell.formula"
_EMPTY: Any = EMPTY_CELL
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class Row(NamedTuple):
    """One row: its number as a spreadsheet program shows it, its cells, and what is wrong with single cells."""

    number: int
    cells: list[str]
    faults: dict[int, str]
    """Reason by position of the cell."""


class Table(NamedTuple):
    """The rows of a file that are not blank."""

    rows: list[Row]
    encoding: str
    """Of a CSV file; empty for XLSX."""


def read_table(path: Path, sheet: str, headed_by: Callable[[list[str]], int]) -> Table:
    """The rows of a CSV or XLSX file; of a workbook the sheet of this name, or else its first.

    `headed_by` tells how many of some cells are known column names: it decides between the separators of a CSV file.

    Raises:
        BadInput: for a file that is missing, too large, damaged, packed to explode, or no table at all. The message
            never repeats a cell.
    """
    try:
        if not path.is_file():
            raise BadInput("file.not_found", file=path.name)
        if path.stat().st_size > MAX_BYTES:
            raise BadInput("sheet.too_large", file=path.name, most=MAX_BYTES // 2**20)
        data = path.read_bytes()
    except OSError as error:
        raise BadInput("file.unreadable", file=path.name, reason=error.strerror or "") from error
    if data.startswith(_OLE):
        raise BadInput("sheet.old_or_locked", file=path.name)
    packed = data.startswith(_ZIP)
    encoding = ""
    if packed:
        rows = _xlsx_rows(data, path.name, sheet)
    else:
        text, encoding = decode(data, path.name)
        rows = _csv_rows(text, path.name, headed_by)
    kept: list[Row] = []
    for row in rows:
        if any(row.cells) or row.faults:
            kept.append(row)
            if len(kept) > MAX_ROWS + 1:
                raise BadInput("sheet.too_many_rows", file=path.name, most=MAX_ROWS)
    return Table(kept, encoding)


def decode(data: bytes, name: str) -> tuple[str, str]:
    """The text of a CSV file and its encoding: UTF-8, UTF-16 with its mark, or GB18030 where it reads as Chinese.

    Western encodings also decode as GB18030, into nonsense; so at least half of the characters must be of the common
    set (GB 2312). A guess that garbles names is worse than asking for UTF-8.

    Raises:
        BadInput: with the line that is not text in any of them.
    """
    encoding = "utf-8-sig"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        encoding, text = "gb18030", _as_chinese(data)
        if not text:
            raise BadInput("sheet.encoding", file=name, line=line) from None
    if bad := _NOT_TEXT.search(text):
        line = text.count("\n", 0, bad.start()) + 1
        raise BadInput("sheet.not_text", file=name, line=line)
    return text, encoding.removesuffix("-sig")


def _as_chinese(data: bytes) -> str:
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    wide = [c for c in text if ord(c) > 127]
    common = 0
    for character in wide:
        with suppress(UnicodeEncodeError):
            common += len(character.encode("gb2312")) == 2
    return text if 2 * common >= len(wide) else ""


def _csv_rows(text: str, name: str, headed_by: Callable[[list[str]], int]) -> Iterator[Row]:
    header = next((line for line in io.StringIO(text) if line.strip(' ,;\t"\r\n')), "")
    separator = max(",;\t", key=lambda s: headed_by(next(csv.reader([header], delimiter=s), [])))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            yield _row(number, cells, {})
    except csv.Error:
        raise BadInput("sheet.quotes", file=name, line=reader.line_num) from None


def _xlsx_rows(data: bytes, name: str, sheet: str) -> Iterator[Row]:
    broken = BadInput("sheet.damaged", file=name)
    try:
        _check_packing(data, name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions, which do not matter here
            yield from _worksheet_rows(data, name, sheet)
    except BadInput:
        raise
    except Exception:  # whatever a parser says of a file made to break it
        raise broken from None


def _check_packing(data: bytes, name: str) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as records:
        parts = records.infolist()
    # The unpacker stops at the size a part declares, so a part cannot be larger than it says.
    if len(parts) > MAX_PARTS or sum(p.file_size for p in parts) > MAX_UNPACKED:
        raise BadInput("sheet.unpacks", file=name, most=MAX_UNPACKED // 2**20)


def _worksheet_rows(data: bytes, name: str, sheet: str) -> Iterator[Row]:
    # openpyxl parses with defusedxml, which refuses entities
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    try:
        titled = {s.title.strip().casefold(): s for s in reversed(book.worksheets)}
        found = titled.get(sheet) or next(iter(book.worksheets), None)
        if found is None:
            raise BadInput("sheet.no_worksheet", file=name)
        found.reset_dimensions()  # what a workbook says of its own extent is often wrong
        for number, values in enumerate(found.iter_rows(max_col=MAX_COLUMNS), start=1):
            if number > LAST_ROW:
                raise BadInput("sheet.rows_claimed", file=name)
            if any(cell is not _EMPTY for cell in values):
                yield _worksheet_row(number, values)
    finally:
        book.close()


def _worksheet_row(number: int, values: Sequence[Any]) -> Row:
    cells, faults = [], {}
    for position, cell in enumerate(values):
        if cell is _EMPTY:
            cells.append("")
            continue
        text, reason = _cell_text(cell.value, cell.data_type)
        cells.append(text)
        if reason:
            faults[position] = reason
    return _row(number, cells, faults)


def _cell_text(value: Any, kind: str) -> tuple[str, str]:
    """A cell of a workbook as text, and the message id of what is wrong with it."""
    if value is None:
        return "", ""
    if kind == "f":
        return (value if isinstance(value, str) else "="), FORMULA
    if kind == "e":
        return str(value), "cell.spreadsheet_error"
    if isinstance(value, bool):
        return ("yes" if value else "no"), ""
    if isinstance(value, datetime):
        return (value.date().isoformat() if value.time() == time(0) else value.isoformat(" ")), ""
    if isinstance(value, date | time):
        return value.isoformat(), ""
    if isinstance(value, int | float):
        whole = int(value) if float(value).is_integer() else value
        if abs(whole) >= EXACT_DIGITS:
            return str(whole), "cell.number_too_long"
        return str(whole), ""
    return str(value), ""


def _row(number: int, cells: list[str], faults: dict[int, str]) -> Row:
    for position, text in enumerate(cells):
        if not text:
            continue
        text = _without_guard(text).strip()
        if text[:1] in ("=", WIDE_EQUALS):
            faults[position] = FORMULA
        cells[position] = text
    return Row(number, cells, faults)


def _without_guard(text: str) -> str:
    return text[1:] if text[:1] == "'" and text[1:2] and text[1:2] in FORMULA_STARTS else text


def guarded(text: str) -> str:
    """A cell's text that no spreadsheet program takes for a formula."""
    return f"'{text}" if text and text[0] in FORMULA_STARTS else text


def write_table(path: Path, rows: Iterable[Sequence[str]], sheet: str) -> None:
    """Write a table, as XLSX if the name says so, otherwise as CSV in UTF-8 that Excel recognises.

    Raises:
        BadInput: where it cannot be written.
    """
    if path.suffix.lower() == ".xlsx":
        book = openpyxl.Workbook(write_only=True)
        page = book.create_sheet(sheet)
        for row in rows:
            page.append([guarded(cell) for cell in row])
        save(path, book.save)
    else:
        text = io.StringIO()
        csv.writer(text).writerows([guarded(cell) for cell in row] for row in rows)
        data = text.getvalue().encode("utf-8-sig")
        save(path, lambda file: file.write(data))


def save(path: Path, write: Callable[[Any], object]) -> None:
    """Have a file written beside its place, then put it there: complete or not at all, for its owner's eyes.

    Raises:
        BadInput: where it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.stem, delete=False) as file:
            try:
                write(file)
                file.close()
                os.replace(file.name, path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise BadInput("file.unwritable", file=path.name, reason=error.strerror or "") from error
