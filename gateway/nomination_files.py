"""Nomination files: read, checked row by row, and what was refused written back as a file to correct.

Nothing here starts an exchange. A row number is the one a person sees in a spreadsheet program.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from gateway.spreadsheets import MAX_ROWS, Row, read_table, save, write_table
from models.addresses import NotAnAddress, mailbox
from models.catalogue.programme import Programme
from models.errors import BadInput
from models.rules.nomination import Nomination, parse_row, student_key
from models.rules.nomination_cells import CatalogueNames
from models.rules.nomination_columns import COLUMNS, KNOWN_COLUMNS, NEEDED_COLUMNS
from models.rules.stay import Fault
from texts.refusals import refusal

SHEET = "nominations"
FAULTS = "faults"
"""The first column of a refused file; ignored when it comes back."""


@dataclass(frozen=True)
class SheetRow:
    """One row of a nomination file: text by column, and cells that cannot be taken at all."""

    number: int
    values: Mapping[str, str]
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class NominationSheet:
    """A nomination file as it was read."""

    columns: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    encoding: str = ""
    """Of a CSV file: worth telling when it was not UTF-8."""


@dataclass(frozen=True)
class RefusedRow:
    """A row that cannot be nominated, with everything that is wrong with it."""

    row_number: int
    values: Mapping[str, str]
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class CheckedSheet:
    """The rows that can be nominated, and the others."""

    good: tuple[tuple[int, Nomination], ...]
    refused: tuple[RefusedRow, ...]


def read_nominations(path: Path) -> NominationSheet:
    """Read a nomination file, CSV or XLSX.

    Raises:
        BadInput: for a file that cannot be read as a table (see `read_table`), is empty, or lacks columns, has unknown
            ones or one twice; one message names them all.
    """
    table = read_table(path, SHEET, lambda cells: sum(_column(c) in KNOWN_COLUMNS for c in cells))
    if not table.rows:
        raise BadInput("nominations.empty", file=path.name)
    header, *rows = table.rows
    columns = [_column(c) for c in header.cells]
    while columns and not columns[-1]:
        columns.pop()
    _check_columns(path.name, columns)
    return NominationSheet(
        columns=tuple(c for c in columns if c and c != FAULTS),
        rows=tuple(found for row in rows if (found := _sheet_row(row, columns)) is not None),
        encoding=table.encoding,
    )


def check_sheet(sheet: NominationSheet, programme: Programme) -> CheckedSheet:
    """Check every row: its cells, the rules of the programme, and that no student is nominated twice by the file."""
    names = CatalogueNames(programme)
    students: dict[tuple[str, ...], int] = {}
    addresses: dict[str, tuple[int, tuple[str, ...]]] = {}
    good: list[tuple[int, Nomination]] = []
    refused: list[RefusedRow] = []
    for row in sheet.rows:
        parsed = parse_row(row.values, programme, names)
        faults = list(row.faults)
        if isinstance(parsed, tuple):
            at_fault = {f.field for f in faults}
            faults += [f for f in parsed if f.field not in at_fault]
        faults += _repeated(row, names, students, addresses)
        if faults or isinstance(parsed, tuple):
            refused.append(RefusedRow(row.number, row.values, tuple(faults)))
        else:
            good.append((row.number, parsed))
    return CheckedSheet(tuple(good), tuple(refused))


def write_refused(
    path: Path, refused: Sequence[RefusedRow], columns: Sequence[str], programme: Programme | None = None
) -> None:
    """Write the refused rows with their faults in a first column: corrected, the file can be nominated as it is.

    Raises:
        BadInput: where it cannot be written.
    """
    rows = [[FAULTS, *columns]]
    for row in refused:
        told = " | ".join(f"{f.field}: {refusal(f, 'en', programme)}" for f in row.faults)
        rows.append([told, *(row.values.get(c, "") for c in columns)])
    write_table(path, rows, SHEET)


def write_template(path: Path) -> None:
    """Write an empty nomination file: as XLSX with explanations and choices, otherwise as CSV with the header alone.

    Raises:
        BadInput: where it cannot be written.
    """
    if path.suffix.lower() != ".xlsx":
        write_table(path, [[c.name for c in COLUMNS]], SHEET)
        return
    book = Workbook()
    page = book.worksheets[0]
    page.title = SHEET
    page.freeze_panes = "A2"
    for number, column in enumerate(COLUMNS, start=1):
        letter = get_column_letter(number)
        head = page.cell(row=1, column=number, value=column.name)
        head.font = Font(bold=column.needed)
        head.comment = Comment(f"{column.meaning}\nExample: {column.example}", "Sojourn")
        page.column_dimensions[letter].width = max(14, len(column.name) + 2)
        page.column_dimensions[letter].number_format = "@"  # as typed: leading zeros and dates stay as they are
        if column.choices:
            choices = DataValidation(type="list", formula1=f'"{",".join(column.choices)}"', allow_blank=True)
            choices.add(f"{letter}2:{letter}{MAX_ROWS}")
            page.add_data_validation(choices)
    explained = book.create_sheet("explanations")
    for line in (("column", "needed", "meaning", "example"), *_explanations()):
        explained.append(line)
    for letter, width in zip("ABCD", (22, 10, 80, 28), strict=True):
        explained.column_dimensions[letter].width = width
    save(path, book.save)


def _explanations() -> list[tuple[str, str, str, str]]:
    return [(c.name, "yes" if c.needed else "no", c.meaning, c.example) for c in COLUMNS]


def _column(text: str) -> str:
    return "_".join(text.casefold().replace("-", " ").replace("_", " ").split())


def _check_columns(name: str, columns: list[str]) -> None:
    missing = [c.name for c in COLUMNS if c.needed and c.name not in columns]
    if len(missing) == len(NEEDED_COLUMNS):
        # Not repeated: without a header the first row is a student.
        raise BadInput("nominations.columns_missing", file=name, columns=missing)
    unknown = sorted({c for c in columns if c and c not in KNOWN_COLUMNS and c != FAULTS})
    twice = sorted({c for c in columns if c and columns.count(c) > 1})
    if missing or unknown or twice:
        unknown, twice = ([column[:40] for column in found[:20]] for found in (unknown, twice))
        raise BadInput("nominations.columns_wrong", file=name, missing=missing, unknown=unknown, twice=twice)


def _sheet_row(row: Row, columns: list[str]) -> SheetRow | None:
    values: dict[str, str] = {}
    faults: list[Fault] = []
    for position, text in enumerate(row.cells):
        column = columns[position] if position < len(columns) else ""
        if column == FAULTS:
            continue
        if column:
            values[column] = text
        elif text:
            faults.append(Fault(field=f"cell {position + 1}", value=text, message="cell.no_column"))
        if column and position in row.faults:
            faults.append(Fault(field=column, value=text, message=row.faults[position]))
    return SheetRow(row.number, values, tuple(faults)) if faults or any(values.values()) else None


def _repeated(
    row: SheetRow,
    names: CatalogueNames,
    students: dict[tuple[str, ...], int],
    addresses: dict[str, tuple[int, tuple[str, ...]]],
) -> list[Fault]:
    key = student_key(row.values, names)
    if key is None:
        return []
    number = row.values.get("student_number", "")
    first = students.setdefault(key, row.number)
    if first != row.number:
        return [Fault(field="student_number", value=number, message="cell.student_twice", params={"row": first})]
    written = row.values.get("email", "")
    try:
        address = mailbox(written)
    except NotAnAddress:
        return []
    first, student = addresses.setdefault(address, (row.number, (key[0], key[2])))
    if student != (key[0], key[2]):
        return [Fault(field="email", value=written, message="cell.address_twice", params={"row": first})]
    return []
