"""Nomination files that people upload: read beside everything else, one at a time for each person."""

import asyncio
import base64
import binascii
import tempfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gateway.nomination_files import NominationSheet, read_nominations
from gateway.spreadsheets import READ_AT_ONCE
from models.errors import BadInput, Conflict

MOST_ROWS = 200
"""Rows that are corrected on a page; larger files are split."""
SUFFIXES = (".csv", ".xlsx")
MOST_WAITING = 20
LARGEST_KEPT = 48 * 1024
"""Bytes, packed, of a file that a page sends back instead of asking for it again."""
LARGEST_UNPACKED = 2 * 1024 * 1024


class FileReading:
    """Reads files for people. Its threads only wait for the reading processes."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(READ_AT_ONCE, "reading")
        self._people: set[str] = set()

    @property
    def busy(self) -> bool:
        """Whether it reads a file now."""
        return bool(self._people)

    async def nominations(self, person: str, name: str, data: bytes, encoding: str) -> NominationSheet:
        """The rows of a file that a person has sent; `encoding` is empty where nobody has said it.

        Raises:
            UnclearEncoding, BadInput: see `read_nominations`, or it is too much for a page.
            Conflict: many files are being read, or another one of this person.
        """
        if person in self._people:
            raise Conflict("sheet.one_at_a_time")
        if len(self._people) >= MOST_WAITING:
            raise Conflict("sheet.busy")
        self._people.add(person)
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, _read, name, data, encoding)
        finally:
            self._people.discard(person)

    def close(self) -> None:
        """End its threads; what is being read ends by its own limits."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _read(name: str, data: bytes, encoding: str) -> NominationSheet:
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise BadInput("sheet.other_format", "file")
    with tempfile.TemporaryDirectory() as folder:
        # A name of our own: what the browser calls the file is no path here.
        path = Path(folder) / f"nominations{suffix}"
        path.write_bytes(data)
        sheet = read_nominations(path, encoding)
    if len(sheet.rows) > MOST_ROWS:
        raise BadInput("sheet.too_many_for_page", "file", rows=len(sheet.rows), most=MOST_ROWS)
    return sheet


def packed(data: bytes) -> str:
    """A file as a field of a form, so that it need not be chosen again; empty where it is too large for one."""
    small = zlib.compress(data) if len(data) <= LARGEST_UNPACKED else b""
    return base64.b64encode(small).decode("ascii") if small and len(small) <= LARGEST_KEPT * 3 // 4 else ""


def unpacked(field: str) -> bytes:
    """The file in a field.

    Raises:
        BadInput: there is none in it, or one larger than was ever put into it.
    """
    opener = zlib.decompressobj()
    try:
        data = opener.decompress(base64.b64decode(field, validate=True), LARGEST_UNPACKED)
    except (binascii.Error, ValueError, zlib.error):
        raise BadInput("file.choose", "file") from None
    if not opener.eof:
        raise BadInput("file.choose", "file")
    return data
