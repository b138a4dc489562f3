"""Units as a table: written for a host, changed in a spreadsheet program, and read back as edits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.sheets.cells import heading
from gateway.spreadsheets import Table, read_table, write_table
from models.errors import BadInput, Message, Said
from models.messages.units import MOST_EDITS, UnitEdit
from models.rules.unit_cells import COLUMNS, NEEDED, cells_of, edit_of
from models.views.units import UnitView

SHEET = "units"


@dataclass(frozen=True)
class RowFault:
    """A row that cannot be read, with the number that a spreadsheet program shows."""

    row: int
    column: str
    error: Message


def write_units(path: Path, units: Iterable[UnitView]) -> None:
    """Write units, XLSX or CSV by the name. Names are for the eye: they are not read back.

    Raises:
        BadInput: where it cannot be written.
    """
    rows: list[Sequence[str]] = [COLUMNS]
    for unit in units:
        known = {"unit": unit.unit_id, "name": unit.name, "name_zh": unit.name_zh, "version": str(unit.version)}
        cells = known | cells_of(unit.terms)
        rows.append([cells[column] for column in COLUMNS])
    write_table(path, rows, SHEET)


def read_units(path: Path) -> tuple[tuple[UnitEdit, ...], tuple[RowFault, ...]]:
    """The edits in a file, and the rows that cannot be read. Blocking.

    Raises:
        BadInput: it is no table, is empty, lacks a column or has more rows than are saved at once.
    """
    return edits_of(read_table(path, SHEET, frozenset(COLUMNS)), path.name)


def edits_of(table: Table, name: str) -> tuple[tuple[UnitEdit, ...], tuple[RowFault, ...]]:
    """The edits in a table that was read from a file called `name`; raises as `read_units`."""
    if not table.rows:
        raise BadInput("units.empty", "file", file=name)
    header, *rows = table.rows
    columns = [heading(cell) for cell in header.cells]
    missing = sorted(NEEDED - set(columns))
    if missing or len({c for c in columns if c}) != len([c for c in columns if c]):
        raise BadInput("units.columns", "file", file=name, needed=tuple(sorted(NEEDED)))
    if len(rows) > MOST_EDITS:
        raise BadInput("units.too_many", "file", most=MOST_EDITS)
    edits: list[UnitEdit] = []
    faults: list[RowFault] = []
    for row in rows:
        cells = {column: cell for column, cell in zip(columns, row.cells, strict=False) if column in COLUMNS}
        bad = next((columns[at] for at in row.faults if at < len(columns) and columns[at] in COLUMNS), None)
        if bad is not None:
            faults.append(RowFault(row.number, bad, Said(row.faults[columns.index(bad)], {})))
            continue
        try:
            edits.append(edit_of(cells))
        except BadInput as error:
            faults.append(RowFault(row.number, error.field, error))
    return tuple(edits), tuple(faults)
