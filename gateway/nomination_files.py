"""Nomination files: read, checked row by row, and what was refused written back as a file to correct.

Nothing here starts an exchange. A row number is the one a person sees in a spreadsheet program.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from gateway.sheets.cells import heading
from gateway.sheets.limits import MAX_ROWS
from gateway.spreadsheets import CERTAIN, Row, Table, read_table, save, write_table
from models.addresses import NotAnAddress, mailbox
from models.catalogue.programme import Programme
from models.errors import BadInput, Said
from models.rules.nomination import Nomination, parse_row, student_key
from models.rules.nomination_cells import CatalogueNames, Cells
from models.rules.nomination_columns import COLUMNS, KNOWN_COLUMNS, NEEDED_COLUMNS, OTHER_HEADINGS, TEXT_COLUMNS, Column
from models.rules.nomination_timing import LATE
from models.rules.stay import Fault, fault_of
from texts import forms
from texts.fonts import CertificateFonts
from texts.forms import DAY_FORM, MEANINGS
from texts.i18n import _, translated
from texts.punctuation import colon, sentences
from texts.refusals import refusal

SHEET = "nominations"
FAULTS = "faults"
"""The first column of a refused file; ignored when it comes back."""
MOST_TOLD = 20
"""Rows that are counted up in one sentence."""


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
    told: tuple[Said, ...] = ()
    """What its sender should know: its encoding, and what was left out because nobody sees it in the file."""


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
    told: Mapping[int, tuple[Fault, ...]] = field(default_factory=dict)
    """Of good rows: what refuses nothing, but should be known."""


def read_nominations(path: Path, encoding: str = "") -> NominationSheet:
    """Read a nomination file, CSV or XLSX; `encoding` is that of a CSV file, where its sender says it. Blocking.

    Raises:
        UnclearEncoding: a CSV file that is not in Unicode; say which encoding it is in.
        BadInput: for a file that cannot be read as a table (see `read_table`), is empty, or lacks columns, has unknown
            ones or one twice; one message names them all.
    """
    return sheet_of(read_table(path, SHEET, headings(), encoding), path.name)


def sheet_of(table: Table, name: str) -> NominationSheet:
    """The nominations in a table that was read from a file called `name`.

    Raises:
        BadInput: it is empty, or lacks columns, has unknown ones or one twice.
    """
    known = headings()
    if not table.rows:
        raise BadInput("nominations.empty", file=name)
    header, *rows = table.rows
    columns = [known.get(heading(c), heading(c)) for c in header.cells]
    hidden = frozenset(table.hidden_columns)
    unseen = _leave_out(name, columns, table.hidden_columns)
    while columns and not columns[-1]:
        columns.pop()
    _check_columns(name, columns)
    return NominationSheet(
        columns=tuple(c for c in columns if c and c != FAULTS),
        rows=tuple(found for row in rows if (found := _sheet_row(row, columns, hidden)) is not None),
        told=_told_of_file(table, unseen),
    )


def check_sheet(
    sheet: NominationSheet,
    programme: Programme,
    *,
    now: datetime | None = None,
    fonts: CertificateFonts | None = None,
) -> CheckedSheet:
    """Check every row: its cells, the rules of the programme, and that no student is nominated twice by the file.

    `now`: where the rows are to be nominated; stays that have begun need a reason. `fonts`: tells the names that
    certificates cannot print.
    """
    names = CatalogueNames(programme)
    students: dict[tuple[str, ...], int] = {}
    addresses: dict[str, tuple[int, tuple[str, ...]]] = {}
    good: list[tuple[int, Nomination]] = []
    refused: list[RefusedRow] = []
    for row in sheet.rows:
        parsed = parse_row(row.values, programme, names, now)
        faults = list(row.faults)
        if isinstance(parsed, tuple):
            at_fault = {f.field for f in faults}
            faults += [f for f in parsed if f.field not in at_fault]
        faults += _repeated(row, names, students, addresses)
        if faults or isinstance(parsed, tuple):
            refused.append(RefusedRow(row.number, row.values, tuple(faults)))
        else:
            good.append((row.number, parsed))
    rows = {row.number: row for row in sheet.rows}
    unprintable = fonts.unprintable(name for _, n in good for name in names_of(n).values()) if fonts else frozenset()
    told = {number: told_of(rows[number].values, n, unprintable) for number, n in good}
    return CheckedSheet(tuple(good), tuple(refused), {number: what for number, what in told.items() if what})


def names_of(nomination: Nomination) -> dict[str, str]:
    """The names of a student that a certificate prints, by column."""
    return {column: getattr(nomination, column) for column in ("family_name", "given_name", "native_name")}


def told_of(row: Mapping[str, str], nomination: Nomination, unprintable: frozenset[str]) -> tuple[Fault, ...]:
    """What the sender of a good row should know: letters read otherwise than typed, names that cannot be printed."""
    told = [fault_of(column, "told.wide_letters") for column in Cells(row).widened()]
    told += [fault_of(column, "told.not_printable") for column, n in names_of(nomination).items() if n in unprintable]
    return tuple(told)


def recorded_late(sheet: NominationSheet, reason: str, programme: Programme, now: datetime) -> NominationSheet:
    """The same rows with a reason for stays that have begun, where such a row gives none itself."""
    names = CatalogueNames(programme)

    def late(row: SheetRow) -> bool:
        parsed = parse_row(row.values, programme, names, now)
        return isinstance(parsed, tuple) and any(fault.message in LATE for fault in parsed)

    rows = tuple(replace(row, values={**row.values, "late_reason": reason}) if late(row) else row for row in sheet.rows)
    columns = sheet.columns if "late_reason" in sheet.columns else (*sheet.columns, "late_reason")
    return replace(sheet, rows=rows, columns=columns)


def write_refused(
    path: Path,
    refused: Sequence[RefusedRow],
    columns: Sequence[str],
    programme: Programme | None = None,
    *,
    language: str = "en",
) -> None:
    """Write the refused rows with their faults in a first column: corrected, the file can be nominated as it is.

    The faults are said in `language`.

    Raises:
        BadInput: where it cannot be written.
    """
    rows = [[FAULTS, *columns]]
    for row in refused:
        told = " | ".join(f"{f.field}{colon(language)}{refusal(f, language, programme)}" for f in row.faults)
        rows.append([told, *(row.values.get(c, "") for c in columns)])
    write_table(path, rows, SHEET)


def write_template(path: Path, *, language: str = "en") -> None:
    """Write an empty nomination file: as XLSX with explanations and choices, otherwise as CSV with the header alone.

    The explanations are in `language`.

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
        example = translated(_("Example: {example}"), language).format(example=column.example) if column.example else ""
        head.comment = Comment("\n".join(filter(None, (meaning_of(column, language), example))), "Sojourn")
        page.column_dimensions[letter].width = max(14, len(column.name) + 2)
        page.column_dimensions[letter].number_format = "@"  # as typed: leading zeros and dates stay as they are
        if column.choices:
            choices = DataValidation(type="list", formula1=f'"{",".join(column.choices)}"', allow_blank=True)
            choices.add(f"{letter}2:{letter}{MAX_ROWS}")
            page.add_data_validation(choices)
    explained = book.create_sheet(translated(_("explanations"), language))
    for line in _explanations(language):
        explained.append(line)
    for letter, width in zip("ABCD", (22, 10, 80, 28), strict=True):
        explained.column_dimensions[letter].width = width
    save(path, book.save)


def meaning_of(column: Column, language: str) -> str:
    """What belongs into a column of a file, and in which form."""
    told = (MEANINGS.get(column.name), DAY_FORM if column.is_date else None)
    return sentences((translated(one, language) for one in told if one), language)


def _explanations(language: str) -> Iterator[tuple[str, ...]]:
    """What belongs into each column, with a line of headings first."""
    yield tuple(translated(one, language) for one in (_("column"), _("needed"), _("meaning"), _("example")))
    yes, no = (translated(one, language) for one in (_("yes"), _("no")))
    for column in COLUMNS:
        yield column.name, yes if column.needed else no, meaning_of(column, language), column.example


def headings() -> dict[str, str]:
    """Columns by every name they may have in a file: their own, those of forms in both languages, and common others."""
    found = {heading(name): column for name, column in OTHER_HEADINGS.items()}
    for column, label in forms.COLUMNS.items():
        found |= {heading(label): column, heading(translated(label, "zh")): column}
    return found | {column: column for column in (*KNOWN_COLUMNS, FAULTS)}


def _leave_out(name: str, columns: list[str], hidden: Sequence[int]) -> tuple[str, ...]:
    """Take hidden columns away; answers those of them that were named.

    Raises:
        BadInput: one of them is a column of nominations: whether it was meant to count, nobody knows.
    """
    named = [columns[position] for position in hidden if position < len(columns) and columns[position]]
    if meant := [column for column in named if column in KNOWN_COLUMNS]:
        raise BadInput("nominations.columns_hidden", file=name, columns=meant)
    for position in hidden:
        if position < len(columns):
            columns[position] = ""
    return tuple(column[:40] for column in named)


def _told_of_file(table: Table, unseen: tuple[str, ...]) -> tuple[Said, ...]:
    told = []
    if table.encoding and table.encoding not in CERTAIN:
        told.append(Said("told.encoding", {"encoding": table.encoding}))
    if table.hidden_rows:
        rows, count = table.hidden_rows[:MOST_TOLD], len(table.hidden_rows)
        told.append(Said("told.hidden_rows", {"rows": rows, "count": count}))
    if table.hidden_sheets:
        told.append(Said("told.hidden_sheets", {"count": table.hidden_sheets}))
    if unseen:
        told.append(Said("told.hidden_columns", {"columns": unseen[:MOST_TOLD]}))
    return tuple(told)


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


def _sheet_row(row: Row, columns: list[str], hidden: frozenset[int]) -> SheetRow | None:
    values: dict[str, str] = {}
    faults: list[Fault] = []
    for position, text in enumerate(row.cells):
        column = columns[position] if position < len(columns) else ""
        if column == FAULTS:
            continue
        if column:
            values[column] = text
        elif text and position not in hidden:
            faults.append(Fault(field=f"cell {position + 1}", value=text, message="cell.no_column"))
        cell = f"{get_column_letter(position + 1)}{row.number}"
        if column and position in row.faults:
            faults.append(Fault(field=column, value=text, message=row.faults[position]))
        elif column in TEXT_COLUMNS and position in row.doubtful:
            faults.append(Fault(field=column, value=text, message=row.doubtful[position], params={"cell": cell}))
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
