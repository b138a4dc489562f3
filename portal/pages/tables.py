"""A table to keep: for spreadsheets, with no cell taken for a formula."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi.responses import Response

from gateway.spreadsheets import write_table
from models.errors import Unknown
from portal.pages.exchange import download

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = {"csv": "text/csv", "xlsx": XLSX}


def require_kind(kind: str) -> None:
    """That a table is written in this way.

    Raises:
        Unknown: it is none.
    """
    if kind not in KINDS:
        raise Unknown("export.unknown")


def table_file(rows: Iterable[Sequence[str]], kind: str, name: str, now: datetime) -> Response:
    """Rows, the first one with the columns' names, as a file named by what it holds and by its day."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.{kind}"
        write_table(path, rows, name)
        data = path.read_bytes()
    return download(data, f"{name}-{now:%Y-%m-%d}.{kind}", KINDS[kind])
