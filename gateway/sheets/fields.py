"""Fields of a fillable PDF, read in a process of its own: `mmr.1.on` is the cell `on` of the line `mmr.1`."""

import io
from collections.abc import Iterator, Mapping
from typing import Any

import pikepdf

from gateway.sheets.child import serve
from gateway.sheets.limits import FORM_COLUMNS as COLUMNS
from gateway.sheets.limits import Budget, RawRow, RawTable, Unreadable

MOST_FIELDS = 2000
LONGEST = 200
"""Characters of a field."""


def main() -> None:
    """What the reading process does with a PDF."""
    serve(read_fields)


def read_fields(data: bytes, request: Mapping[str, Any]) -> RawTable:
    """The fields of a form as rows: one for each line, with the name of its line first.

    Raises:
        Unreadable: it is damaged or locked, or no form.
    """
    lines: dict[str, dict[str, str]] = {}
    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as pdf:
            for name, value in _fields(pdf):
                line, _, column = name.rpartition(".")
                if line and column in COLUMNS[1:]:
                    lines.setdefault(line, {})[column] = value[:LONGEST]
    except pikepdf.PasswordError:
        raise Unreadable("form.locked") from None
    except pikepdf.PdfError:
        raise Unreadable("form.damaged") from None
    if not lines:
        raise Unreadable("form.no_fields")
    budget = Budget()
    rows = [RawRow(1, list(COLUMNS), {}, {})]
    for number, (line, cells) in enumerate(lines.items(), 2):
        row = [line, *(cells.get(column, "") for column in COLUMNS[1:])]
        budget.row(row)
        rows.append(RawRow(number, row, {}, {}))
    return RawTable(rows)


def _fields(pdf: pikepdf.Pdf) -> Iterator[tuple[str, str]]:
    """Every field with its full name and what is written in it; names may be nested."""
    form = pdf.Root.get("/AcroForm")
    if not isinstance(form, pikepdf.Dictionary):
        return
    waiting = [("", field) for field in _list(form.get("/Fields"))]
    seen = 0
    while waiting:
        prefix, field = waiting.pop(0)
        seen += 1
        if seen > MOST_FIELDS:
            raise Unreadable("form.no_fields")
        if not isinstance(field, pikepdf.Dictionary):
            continue
        own = str(field.get("/T", ""))
        name = f"{prefix}.{own}" if prefix and own else prefix or own
        kids = [kid for kid in _list(field.get("/Kids")) if isinstance(kid, pikepdf.Dictionary) and "/T" in kid]
        if kids:
            waiting[:0] = [(name, kid) for kid in kids]
            continue
        value = field.get("/V", "")
        yield name, str(value).lstrip("/") if isinstance(value, pikepdf.Name) else str(value)


def _list(value: object) -> list[Any]:
    return list(value) if isinstance(value, pikepdf.Array) else []
