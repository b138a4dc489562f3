"""Attendance of a session from a file: a row for each student, with whether they were there."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from gateway.sheets.cells import heading
from gateway.spreadsheets import read_table
from models.errors import BadInput
from models.messages.host_sessions import LONGEST_REASON, Mark, Presence

COLUMNS = ("exchange", "presence")
REASON = "reason"
WORDS: Mapping[str, Presence] = {
    "attended": Presence.ATTENDED,
    "yes": Presence.ATTENDED,
    "是": Presence.ATTENDED,
    "出席": Presence.ATTENDED,
    "absent": Presence.ABSENT,
    "no": Presence.ABSENT,
    "否": Presence.ABSENT,
    "缺席": Presence.ABSENT,
    "excused": Presence.EXCUSED,
    "请假": Presence.EXCUSED,
}
"""What a cell may say of a presence, in any case."""
MOST_BYTES = 192 * 1024


def read_marks(name: str, data: bytes) -> tuple[Mark, ...]:
    """The marks in a CSV or XLSX file with the columns `exchange`, `presence` and, if there is one, `reason`. Blocking.

    Raises:
        BadInput: it cannot be read as a table, lacks a column, or says something else in a cell; naming line and code,
            never what was typed.
        Conflict: too many files are being read.
    """
    with tempfile.TemporaryDirectory() as folder:
        # A name of our own: what the browser calls the file is no path here.
        path = Path(folder) / f"attendance{'.xlsx' if name.lower().endswith('.xlsx') else '.csv'}"
        path.write_bytes(data)
        table = read_table(path, "attendance", (*COLUMNS, REASON))
    rows = list(table.rows)
    heads = [heading(cell) for cell in rows[0].cells] if rows else []
    if not set(COLUMNS) <= set(heads):
        raise BadInput("session.file_columns", "file", columns=COLUMNS)
    return tuple(_mark(row.number, dict(zip(heads, row.cells, strict=False))) for row in rows[1:])


def _mark(line: int, cells: Mapping[str, str]) -> Mark:
    exchange = cells.get("exchange", "").strip().upper()[:120]
    presence = WORDS.get(cells.get("presence", "").strip().casefold())
    if presence is None:
        choices = tuple(dict.fromkeys(WORDS))
        raise BadInput("session.file_presence", "file", line=line, exchange=exchange, choices=choices)
    reason = cells.get(REASON, "").strip()[:LONGEST_REASON]
    return Mark(exchange_id=exchange or "-", presence=presence, reason=reason)
