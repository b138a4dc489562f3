"""XLSX: the rows of one worksheet as people see them; what is hidden is left out and counted."""

import io
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from gateway.sheets.cells import FORMULA, CellText, of_value, row_of
from gateway.sheets.child import serve
from gateway.sheets.limits import (
    LAST_ROW,
    MAX_COLUMNS,
    MAX_PART,
    MAX_PARTS,
    MAX_SHEETS,
    MAX_STRINGS,
    MAX_TEXT,
    MAX_UNPACKED,
    Budget,
    RawRow,
    RawTable,
    Unreadable,
)

_STRING = f"{{{SHEET_MAIN_NS}}}si"
_SHEETS = ("xl/worksheets/", "xl/sharedstrings")
"""Parts that are read piece by piece."""
_STRICT = b"http://purl.oclc.org/ooxml/"
_NAMESPACES = (
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", SHEET_MAIN_NS.encode()),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
    (b"http://purl.oclc.org/ooxml/drawingml/main", b"http://schemas.openxmlformats.org/drawingml/2006/main"),
)
"""The names that “Strict Open XML” has for the same things."""
_TRUE = ("1", "true")


def main() -> None:
    """What the reading process does with a workbook."""
    serve(read_workbook)


def read_workbook(data: bytes, request: Mapping[str, Any]) -> RawTable:
    """The rows of a worksheet that are not blank: of the visible sheet of this name, or else of the first visible one.

    Raises:
        Unreadable: it is damaged, packed to explode, or has too much of something.
    """
    try:
        data = _transitional(data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions, which do not matter here
            return _read(data, request["sheet"])
    except (Unreadable, MemoryError):
        raise
    except Exception:  # whatever a parser says of a file made to break it
        raise Unreadable("sheet.damaged") from None


def _transitional(data: bytes) -> bytes:
    """The workbook, checked for its packing, with the namespaces that the reader knows."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        # The unpacker stops at the size a part declares, so a part cannot be larger than it says.
        if len(parts) > MAX_PARTS or sum(p.file_size for p in parts) > MAX_UNPACKED:
            raise Unreadable("sheet.unpacks", most=MAX_UNPACKED // 2**20)
        whole = [p for p in parts if p.filename.endswith((".xml", ".rels"))]
        if any(p.file_size > MAX_PART for p in whole if not p.filename.lower().startswith(_SHEETS)):
            raise Unreadable("sheet.unpacks", most=MAX_PART // 2**20)
        if _STRICT not in archive.read("_rels/.rels"):
            return data
        changed = io.BytesIO()
        with zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
            for part in whole:
                xml = archive.read(part)
                for strict, name in _NAMESPACES:
                    xml = xml.replace(strict, name)
                target.writestr(part.filename, xml)
        return changed.getvalue()


class _BookReader(ExcelReader):
    """Reads what rows need: strings, counted, and styles. No properties, charts or themes."""

    def read_strings(self) -> None:
        package: Any = self.package
        found = package.find(SHARED_STRINGS)
        if found is None:
            return
        length = 0
        with self.archive.open(found.PartName[1:]) as source:
            for _, node in iterparse(source):
                if node.tag == _STRING:
                    held: Any = Text.from_tree(node)
                    text = str(held.content)
                    node.clear()
                    self.shared_strings.append(text)
                    length += len(text)
                    if len(self.shared_strings) > MAX_STRINGS or length > MAX_TEXT:
                        raise Unreadable("sheet.too_many_strings", most=MAX_STRINGS)

    def read_properties(self) -> None:
        """Not needed."""

    def read_custom(self) -> None:
        """Not needed."""

    def read_theme(self) -> None:
        """Not needed."""

    def read_chartsheet(self, sheet: Any, rel: Any) -> None:
        """Not needed."""


class _Chosen(NamedTuple):
    part: str
    hidden: int


def _read(data: bytes, sheet: str) -> RawTable:
    reader = _BookReader(io.BytesIO(data), read_only=True, keep_links=False)  # parses with defusedxml: no entities
    reader.read()
    book: Any = reader.wb
    chosen = _choose(book, sheet)
    with reader.archive.open(chosen.part) as source:
        parser = WorkSheetParser(
            source,
            reader.shared_strings,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        rows: list[RawRow] = []
        hidden: list[int] = []
        budget = Budget()
        for row in _parsed(parser, _formats(book)):
            unseen = _is_hidden(parser.row_dimensions.pop(str(row.number), {}))
            if not any(row.cells) and not row.faults:
                continue
            if unseen:
                hidden.append(row.number)
                continue
            budget.row(row.cells)
            rows.append(row)
    return RawTable(
        rows, hidden_rows=tuple(hidden), hidden_sheets=chosen.hidden, hidden_columns=_hidden_columns(parser)
    )


def _choose(book: Any, sheet: str) -> _Chosen:
    sheets: list[Any] = list(book._sheets)
    if len(sheets) > MAX_SHEETS:
        raise Unreadable("sheet.too_many_sheets", most=MAX_SHEETS)
    visible = [s for s in sheets if s.sheet_state == "visible"]
    titled = {s.title.strip().casefold(): s for s in reversed(visible)}
    found = titled.get(sheet) or next(iter(visible), None)
    if found is None:
        raise Unreadable("sheet.no_worksheet")
    return _Chosen(found._worksheet_path, len(sheets) - len(visible))


def _formats(book: Any) -> list[str]:
    """The number formats of a workbook by the number of a cell's style."""
    own = list(book._number_formats)
    found = []
    for style in book._cell_styles:
        number = style.numFmtId
        if number < BUILTIN_FORMATS_MAX_SIZE:
            found.append(BUILTIN_FORMATS.get(number, "General"))
        else:
            found.append(own[number - BUILTIN_FORMATS_MAX_SIZE])
    return found


def _parsed(parser: WorkSheetParser, formats: list[str]) -> Iterator[RawRow]:
    last = 0
    for count, (number, cells) in enumerate(parser.parse(), start=1):
        if number > LAST_ROW or count > LAST_ROW:
            raise Unreadable("sheet.rows_claimed")
        if number <= last or any(cell["row"] != number for cell in cells):
            raise Unreadable("sheet.damaged")
        last = number
        texts: dict[int, CellText] = {}
        for cell in cells:
            if cell["column"] <= MAX_COLUMNS:
                texts[cell["column"]] = _text(cell["value"], cell["data_type"], formats, cell["style_id"])
        width = max(texts, default=0)
        yield row_of(number, [texts.get(column, CellText("")) for column in range(1, width + 1)])


def _text(value: Any, kind: str, formats: list[str], style: int) -> CellText:
    if value is None:
        return CellText("")
    if kind == "f":
        return CellText(value if isinstance(value, str) else "=", fault=FORMULA)
    if kind == "e":
        return CellText(str(value), fault="cell.spreadsheet_error")
    return of_value(value, formats[style] if 0 <= style < len(formats) else "General")


def _is_hidden(attributes: dict[str, str]) -> bool:
    return attributes.get("hidden", "").lower() in _TRUE or attributes.get("ht") in ("0", "0.0")


def _hidden_columns(parser: WorkSheetParser) -> tuple[int, ...]:
    found: set[int] = set()
    for attributes in parser.column_dimensions.values():
        if attributes.get("hidden", "").lower() in _TRUE or attributes.get("width") in ("0", "0.0"):
            last = min(int(attributes["max"]), MAX_COLUMNS)
            found |= set(range(int(attributes["min"]) - 1, last))
    return tuple(sorted(found))
