"""The folder that file bytes are kept in, under names; what they are is for others to know."""

import asyncio
import contextlib
import hashlib
import os
import re
import tempfile
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from models.errors import BadInput, Broken, Unavailable

_NAME = re.compile(r"[0-9a-f]{64}\Z")
HEAD = 64 * 1024
"""Bytes by which a file is recognised."""
PIECE = 64 * 1024
DAY = 24 * 3600.0

Bytes = bytes | AsyncIterable[bytes]


class FileStore:
    """A folder `root/ab/abcdef…`, for the service's user alone; names have 64 hexadecimal digits.

    All raise `Unavailable` where trying again may help and `Broken` where an operator must look.
    """

    def __init__(self, root: Path) -> None:
        """Keep files under `root`, which is made at the first write."""
        self._root = root

    @asynccontextmanager
    async def incoming(self, data: Bytes, *, max_bytes: int | None = None) -> AsyncIterator["IncomingFile"]:
        """The bytes as a file without a name, hashed as they come; nothing of it is left however the block ends.

        Raises:
            BadInput: more than `max_bytes` bytes came.
            Unavailable: the folder cannot be written now.
        """
        with _unavailable_on_os_error():
            file = await asyncio.to_thread(IncomingFile, _beside(self._root), max_bytes)
        try:
            async for chunk in _chunks(data):
                with _unavailable_on_os_error():
                    await asyncio.to_thread(file.write, chunk)
            with _unavailable_on_os_error():
                await asyncio.to_thread(file.finish)
            yield file
        finally:
            await asyncio.to_thread(file.opened.close)

    @asynccontextmanager
    async def written(self, pieces: Iterable[bytes]) -> AsyncIterator[Path]:
        """The pieces on disk for good, beside the store; gone at the end of the block unless they were placed in it.

        Raises:
            Unavailable: the folder cannot be written now.
        """
        with _unavailable_on_os_error():
            path = await asyncio.to_thread(_beside, self._root) / uuid4().hex
        try:
            with _unavailable_on_os_error():
                await asyncio.to_thread(_write, path, pieces)
            yield path
        finally:
            await asyncio.to_thread(path.unlink, missing_ok=True)

    async def place(self, path: Path, name: str) -> None:
        """Have what was written under a name, in place of what had it; when this returns it survives a crash.

        Raises:
            Unavailable: the folder cannot be written now.
        """
        with _unavailable_on_os_error():
            await asyncio.to_thread(self._place, path, name)

    def beside(self, name: str) -> Path:
        """A file next to the folder: it is copied and restored apart from it."""
        return self._root.with_name(name)

    def open(self, name: str) -> BinaryIO:
        """What is kept under a name, from its beginning.

        Raises:
            Broken: there is no such file.
            Unavailable: the folder cannot be read now.
        """
        with _unavailable_on_os_error():
            try:
                return self._path(name).open("rb")
            except FileNotFoundError:
                if not self._root.is_dir():  # not mounted, rather than lost
                    raise
                raise Broken("file.lost", hash=name[:12]) from None

    async def remove(self, name: str) -> None:
        """Forget what is kept under a name; that it is gone already is no fault.

        Raises:
            Unavailable: the folder cannot be written now.
        """
        with _unavailable_on_os_error():
            await asyncio.to_thread(self._path(name).unlink, missing_ok=True)

    async def kept(self) -> dict[str, float]:
        """What is in the store by its name, with the second in which it was written.

        Raises:
            Unavailable: the folder cannot be read now.
        """
        with _unavailable_on_os_error():
            return await asyncio.to_thread(self._kept)

    def _kept(self) -> dict[str, float]:
        if not self._root.is_dir():
            return {}  # made at the first write
        found: dict[str, float] = {}
        for path in self._root.glob("??/*"):
            with contextlib.suppress(FileNotFoundError):  # forgotten meanwhile
                found[path.name] = path.stat().st_mtime
        return found

    def _place(self, path: Path, name: str) -> None:
        target = self._path(name)
        if not target.parent.is_dir():
            target.parent.mkdir(mode=0o700, exist_ok=True)
            _sync_folder(self._root)
        path.replace(target)
        _sync_folder(target.parent)

    def _path(self, name: str) -> Path:
        if not _NAME.match(name):
            raise Broken("file.not_a_hash")
        return self._root / name[:2] / name


class IncomingFile:
    """A file on its way in: on no disk under any name, so that a crash leaves nothing of it to be read."""

    def __init__(self, folder: Path, max_bytes: int | None) -> None:
        self.opened: BinaryIO = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by who made it
        """What came, to be looked at meanwhile."""
        self._max_bytes = max_bytes
        self._hash = hashlib.sha256()
        self.hash, self.head, self.size = "", b"", 0
        """Its SHA-256 in hex, its first bytes, and how many it has."""

    def write(self, chunk: bytes) -> None:
        """Take the next bytes.

        Raises:
            BadInput: they are too many.
        """
        self.size += len(chunk)
        if self._max_bytes is not None and self.size > self._max_bytes:
            raise BadInput("upload.too_large", "file", most=self._max_bytes / 2**20)
        if len(self.head) < HEAD:
            self.head += chunk[: HEAD - len(self.head)]
        self._hash.update(chunk)
        self.opened.write(chunk)

    def finish(self) -> None:
        """It is whole."""
        self.opened.flush()
        self.hash = self._hash.hexdigest()

    def pieces(self) -> Iterator[bytes]:
        """Its bytes from the beginning."""
        self.opened.seek(0)
        return iter(lambda: self.opened.read(PIECE), b"")


async def _chunks(data: Bytes) -> AsyncIterator[bytes]:
    if isinstance(data, bytes):
        yield data
        return
    async for chunk in data:
        yield chunk


def _beside(root: Path) -> Path:
    """Where files are on their way in."""
    incoming = root / "incoming"
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    incoming.mkdir(mode=0o700, exist_ok=True)
    return incoming


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        _sweep(path.parent, path.stat().st_mtime)
        file.writelines(pieces)
        file.flush()
        os.fsync(file.fileno())


def _sweep(incoming: Path, now: float) -> None:
    """Remove what a crash left half written; nothing takes a day to come."""
    with contextlib.suppress(OSError):
        for path in incoming.iterdir():
            if now - path.stat().st_mtime > DAY:
                path.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make a rename inside the folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _unavailable_on_os_error() -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise Unavailable("files.away", error=fault.strerror or type(fault).__name__) from fault
