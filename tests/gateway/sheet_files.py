"""Files for tests of reading them: CSV rows, and workbooks with any of their parts as nobody else would write them."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl

from gateway.nomination_files import NominationSheet, headings, sheet_of
from gateway.sheets.child import answer_to
from gateway.sheets.commas import read_csv
from gateway.sheets.workbooks import read_workbook
from gateway.spreadsheets import Table, table_of
from tests.programmes import GOOD_ROW

COLUMNS = tuple(GOOD_ROW)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
_STRINGS_TYPE = (
    '<Override PartName="/xl/sharedStrings.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)


def row_of(**cells: str) -> dict[str, str]:
    """A good row with other cells."""
    return GOOD_ROW | cells


def comma_text(*rows: Mapping[str, str], separator: str = ",", end: str = "\r\n") -> str:
    """A CSV file's text."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=end)
    writer.writerow(COLUMNS)
    writer.writerows([row[c] for c in COLUMNS] for row in rows)
    return out.getvalue()


def workbook(rows: Sequence[Sequence[Any]], formats: Mapping[str, str] | None = None) -> openpyxl.Workbook:
    """A workbook with one sheet of nominations; `formats` are number formats by cell."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.title = "nominations"
    for row in rows:
        page.append(list(row))
    for cell, number_format in (formats or {}).items():
        page[cell].number_format = number_format
    return book


def bytes_of(book: openpyxl.Workbook) -> bytes:
    """A workbook as a file."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_parts(parts: Mapping[str, str]) -> bytes:
    """An empty workbook with parts of one's own; shared strings are entered where they are looked for."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(bytes_of(workbook([])))) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            data = source.read(name)
            if name == "[Content_Types].xml" and STRINGS in parts and STRINGS not in source.namelist():
                data = data.replace(b"</Types>", _STRINGS_TYPE.encode())
            if name not in parts:
                target.writestr(name, data)
        for name, text in parts.items():
            target.writestr(name, text)
    return out.getvalue()


def sheet_with(rows: str, around: str = "") -> str:
    """A worksheet part with rows written by hand."""
    return f'<worksheet xmlns="{MAIN}">{around}<sheetData>{rows}</sheetData></worksheet>'


def read(data: bytes, encoding: str = "") -> Table:
    """What the reading process would answer, asked in this process."""
    reader = read_workbook if data.startswith(b"PK") else read_csv
    request = {"sheet": "nominations", "known": sorted(headings()), "encoding": encoding}
    return table_of(json.loads(json.dumps(answer_to(reader, request, data))), "n.file")


def nominations(data: bytes, encoding: str = "") -> NominationSheet:
    """The nominations in a file."""
    return sheet_of(read(data, encoding), "n.file")
