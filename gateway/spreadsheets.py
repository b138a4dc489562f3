"""Tables in files people send: read in a process of its own, with limits, and written.

A file is judged by its content, not by its name. Formulas are never evaluated and never passed on: a cell with one is
refused, and on writing a cell that a spreadsheet program would take for one gets an apostrophe in front, which the
reader takes off again.
"""

import csv
import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import openpyxl

from gateway.sheets.cells import guarded
from gateway.sheets.limits import ENCODINGS, MARKED, MAX_BYTES, Limits, RawRow
from models.errors import BadInput, Conflict

Row = RawRow
READ_AT_ONCE = 2
"""Reading processes of this process; more wait for their turn."""
LIMITS = Limits()
CERTAIN = frozenset(MARKED)
ENCODING_NAMES = (*MARKED, *ENCODINGS)
"""What may be said of a CSV file's encoding."""
_ROOT = str(Path(__file__).parents[1])
_CHILD = "import sys; sys.path.insert(0, {root!r}); from gateway.sheets.{module} import main; main()"
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_PLACES = BoundedSemaphore(READ_AT_ONCE)


class UnclearEncoding(BadInput):
    """A CSV file is text in several encodings. `samples` are cells as they read in each: for the sender's eyes only."""

    samples: Mapping[str, Sequence[str]] = {}


@dataclass(frozen=True)
class Table:
    """The rows of a file that are not blank, and what was left out because nobody sees it in the file."""

    rows: tuple[Row, ...]
    encoding: str
    """Of a CSV file; empty for XLSX."""
    hidden_rows: tuple[int, ...] = ()
    hidden_sheets: int = 0
    hidden_columns: tuple[int, ...] = ()
    """Positions; their cells are among the rows."""


def read_table(path: Path, sheet: str, known: Collection[str], encoding: str = "", allowed: Limits = LIMITS) -> Table:
    """The rows of a CSV or XLSX file; of a workbook the visible sheet of this name, or else its first. Blocking.

    `known` are the column names as `heading` makes them: they decide between separators, and between encodings where
    they are beyond ASCII. `encoding` is that of a CSV file, if somebody said it.

    Raises:
        UnclearEncoding: a CSV file in none of the Unicode encodings; say which one it is in.
        BadInput: for a file that is missing, too large, damaged, packed to explode, or no table at all. The message
            never repeats a cell.
        Conflict: too many files are being read.
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
    module = "workbooks" if data.startswith(_ZIP) else "commas"
    request = {"sheet": sheet, "known": sorted(known), "encoding": encoding, "limits": allowed}
    answer = _read_apart(module, json.dumps(request).encode() + b"\n" + data, path.name, allowed.seconds)
    return table_of(answer, path.name)


def read_form(path: Path, sheet: str, known: Collection[str], allowed: Limits = LIMITS) -> Table:
    """The lines of a form that was filled in: a fillable PDF, or else a table; see `read_table`. Blocking.

    Raises:
        BadInput: as `read_table`; or a PDF that is damaged, locked, or has no fields.
        Conflict: too many files are being read.
    """
    try:
        with path.open("rb") as file:
            is_pdf = file.read(5) == b"%PDF-"
            if not is_pdf or path.stat().st_size > MAX_BYTES:
                return read_table(path, sheet, known, allowed=allowed)
            data = b"%PDF-" + file.read()
    except OSError:
        raise BadInput("file.not_found", file=path.name) from None
    request = {"sheet": sheet, "known": sorted(known), "encoding": "", "limits": allowed}
    answer = _read_apart("fields", json.dumps(request).encode() + b"\n" + data, path.name, allowed.seconds)
    return table_of(answer, path.name)


def table_of(answer: Mapping[str, Any], name: str) -> Table:
    """What a reading process answered.

    Raises:
        BadInput: it refused the file called `name`.
    """
    if "unclear" in answer:
        unclear = UnclearEncoding("sheet.encoding_unclear", "encoding", file=name, encodings=tuple(answer["unclear"]))
        unclear.samples = answer["unclear"]
        raise unclear
    if "refused" in answer:
        raise BadInput(answer["refused"], file=name, **answer["params"])
    rows, encoding, hidden_rows, hidden_sheets, hidden_columns = answer["table"]
    return Table(
        tuple(
            Row(number, cells, {int(p): why for p, why in faults.items()}, {int(p): why for p, why in doubts.items()})
            for number, cells, faults, doubts in rows
        ),
        encoding,
        tuple(hidden_rows),
        hidden_sheets,
        tuple(hidden_columns),
    )


def _read_apart(module: str, request: bytes, name: str, seconds: int) -> Mapping[str, Any]:
    """Have a process read a file: its time and memory are limited, and nothing of this process can be reached."""
    if not _PLACES.acquire(timeout=seconds):
        raise Conflict("sheet.busy")
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-X", "utf8", "-c", _CHILD.format(root=_ROOT, module=module)],
            input=request,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise BadInput("sheet.too_heavy", file=name) from None
    except OSError as error:
        raise Conflict("sheet.busy") from error
    finally:
        _PLACES.release()
    if done.returncode != 0:  # ended by the system at a limit, or by a parser that broke
        raise BadInput("sheet.too_heavy", file=name)
    answer: Mapping[str, Any] = json.loads(done.stdout)
    return answer


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
