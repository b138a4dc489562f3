"""What was erased, in a file apart from database and backups: who restores an older copy erases it again."""

import asyncio
import fcntl
import os
from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from models.errors import Broken, Unavailable
from models.wire import Moment, Wire


class Erased(Wire):
    """A data key that was deleted: an id that says nothing without the database, and a purpose."""

    person_id: str
    purpose: str
    at: Moment


class ErasedDocument(Wire):
    """A document that was erased by a rule of retention: an id, the rule, and nothing of what it said."""

    document: str
    rule: str
    at: Moment


_ENTRY: TypeAdapter[Erased | ErasedDocument] = TypeAdapter(Erased | ErasedDocument)
LEDGER = "erasures.jsonl"
"""Beside the folder of files."""


class ErasureLedger:
    """A file of JSON lines that is only added to."""

    def __init__(self, file: Path) -> None:
        """It is made with its first entry."""
        self._file = file

    async def write(self, entries: Sequence[Erased | ErasedDocument]) -> None:
        """Add entries; when this returns they survive a crash.

        Raises:
            Unavailable: the file cannot be written now.
        """
        try:
            await asyncio.to_thread(self._write, "".join(f"{one.model_dump_json()}\n" for one in entries))
        except OSError as fault:
            raise Unavailable("files.away", error=fault.strerror or type(fault).__name__) from fault

    async def read(self) -> list[Erased | ErasedDocument]:
        """All entries; none where nothing was ever erased.

        Raises:
            Unavailable: the file cannot be read now.
            Broken: a line of it is none of ours.
        """
        try:
            text = await asyncio.to_thread(self._file.read_text, "utf-8")
        except FileNotFoundError:
            return []
        except OSError as fault:
            raise Unavailable("files.away", error=fault.strerror or type(fault).__name__) from fault
        # A line that a crash cut off is of an erasure that the database does not have either.
        whole = text[: text.rfind("\n") + 1].splitlines()
        try:
            return [_ENTRY.validate_json(line) for line in whole]
        except ValidationError:
            raise Broken("erasure.ledger", path=str(self._file)) from None

    def _write(self, text: str) -> None:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(self._file, os.O_CREAT | os.O_RDWR, 0o600), "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # one writer at a time, in whichever process
            kept = file.read()
            file.seek(kept.rfind(b"\n") + 1)  # over what a crash cut off
            file.truncate()
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
