"""Where file bytes are kept, named by what they are: the same bytes are stored once, under their SHA-256."""

import asyncio
import contextlib
import hashlib
import os
import re
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import uuid4

from models.errors import BadInput, Broken, Unavailable
from models.wire import Wire

_HASH = re.compile(r"[0-9a-f]{64}\Z")
HEAD = 64 * 1024
"""Bytes by which a file is recognised."""
DAY = 24 * 3600.0


class StoredFile(Wire):
    """A file that is on disk for good: its SHA-256 in hex and its size in bytes."""

    hash: str
    size: int


Bytes = bytes | AsyncIterable[bytes]


class IncomingFile(Protocol):
    """A file that came whole and is not kept yet: what is refused now leaves nothing."""

    hash: str
    size: int
    head: bytes
    """Its first bytes."""
    path: Path
    """Where it can be looked at meanwhile."""

    async def keep(self) -> StoredFile:
        """Keep it; when this returns it survives a crash."""
        ...


class Files(Protocol):
    """A store of bytes by content; a folder here, an object store elsewhere.

    All raise `Unavailable` where trying again may help and `Broken` where an operator must look.
    """

    async def put(self, data: Bytes, *, max_bytes: int | None = None) -> StoredFile:
        """Keep the bytes; when it returns they survive a crash. More than `max_bytes` raises `BadInput`."""
        ...

    def incoming(self, data: Bytes, *, max_bytes: int | None = None) -> AbstractAsyncContextManager[IncomingFile]:
        """The bytes as a file to be looked at; gone at the end of the block unless it was kept."""
        ...

    async def read(self, file_hash: str) -> bytes:
        """The bytes of this hash, verified."""
        ...

    async def remove(self, file_hash: str) -> None:
        """Forget the bytes of this hash, to which nothing refers any more."""
        ...


class FileStore:
    """Content-addressed folder: `root/ab/abcdef…`, for the service's user alone."""

    def __init__(self, root: Path) -> None:
        """Keep files under `root`, which is made at the first write."""
        self._root = root

    async def put(self, data: Bytes, *, max_bytes: int | None = None) -> StoredFile:
        """Keep the bytes; when it returns they survive a crash.

        Raises:
            BadInput: more than `max_bytes` bytes came.
            Unavailable: the folder cannot be written now.
        """
        async with self.incoming(data, max_bytes=max_bytes) as file:
            return await file.keep()

    @asynccontextmanager
    async def incoming(self, data: Bytes, *, max_bytes: int | None = None) -> AsyncIterator[IncomingFile]:
        """The bytes as a file beside the store, written and hashed as they come.

        Raises:
            BadInput: more than `max_bytes` bytes came.
            Unavailable: the folder cannot be written now.
        """
        with _unavailable_on_os_error():
            file = await asyncio.to_thread(_Incoming, self._root, max_bytes)
        try:
            async for chunk in _chunks(data):
                with _unavailable_on_os_error():
                    await asyncio.to_thread(file.write, chunk)
            with _unavailable_on_os_error():
                await asyncio.to_thread(file.finish)
            yield file
        finally:
            await asyncio.to_thread(file.discard)

    async def read(self, file_hash: str) -> bytes:
        """The bytes of this hash, verified.

        Raises:
            Broken: no such file, or its bytes are no longer what they were.
            Unavailable: the folder cannot be read now.
        """
        return await asyncio.to_thread(self._read, file_hash)

    async def remove(self, file_hash: str) -> None:
        """Forget the bytes of this hash; that they are gone already is no fault.

        Raises:
            Unavailable: the folder cannot be written now.
        """
        with _unavailable_on_os_error():
            await asyncio.to_thread(_path(self._root, _checked(file_hash)).unlink, missing_ok=True)

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

    def _read(self, file_hash: str) -> bytes:
        path = _path(self._root, _checked(file_hash))
        with _unavailable_on_os_error():
            try:
                data = path.read_bytes()
            except FileNotFoundError:
                if not self._root.is_dir():  # not mounted, rather than lost
                    raise
                raise Broken("file.lost", hash=file_hash[:12]) from None
        if hashlib.sha256(data).hexdigest() != file_hash:
            raise Broken("file.damaged", hash=file_hash[:12])
        return data


async def _chunks(data: Bytes) -> AsyncIterator[bytes]:
    if isinstance(data, bytes):
        yield data
        return
    async for chunk in data:
        yield chunk


class _Incoming:
    """One file on its way in: written beside the store, then renamed into it."""

    def __init__(self, root: Path, max_bytes: int | None) -> None:
        incoming = root / "incoming"
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        incoming.mkdir(mode=0o700, exist_ok=True)
        self._root = root
        self._max_bytes = max_bytes
        self.path = incoming / uuid4().hex
        self._file: BinaryIO = os.fdopen(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")
        _sweep(incoming, self.path.stat().st_mtime)
        self._hash = hashlib.sha256()
        self.hash, self.head, self.size = "", b"", 0

    def write(self, chunk: bytes) -> None:
        self.size += len(chunk)
        if self._max_bytes is not None and self.size > self._max_bytes:
            raise BadInput("upload.too_large", "file", most=self._max_bytes / 2**20)
        if len(self.head) < HEAD:
            self.head += chunk[: HEAD - len(self.head)]
        self._hash.update(chunk)
        self._file.write(chunk)

    def finish(self) -> None:
        """Have it on disk; only a rename is missing."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self.hash = self._hash.hexdigest()

    async def keep(self) -> StoredFile:
        with _unavailable_on_os_error():
            return await asyncio.to_thread(self._keep)

    def _keep(self) -> StoredFile:
        target = _path(self._root, self.hash)
        if not _holds(target, self.hash):
            if not target.parent.is_dir():
                target.parent.mkdir(mode=0o700, exist_ok=True)
                _sync_folder(self._root)
            self.path.replace(target)
            _sync_folder(target.parent)
        return StoredFile(hash=self.hash, size=self.size)

    def discard(self) -> None:
        with contextlib.suppress(OSError):
            self._file.close()
        self.path.unlink(missing_ok=True)


def _sweep(incoming: Path, now: float) -> None:
    """Remove what a crash left half written; nothing takes a day to come."""
    with contextlib.suppress(OSError):
        for path in incoming.iterdir():
            if now - path.stat().st_mtime > DAY:
                path.unlink(missing_ok=True)


def _checked(file_hash: str) -> str:
    if not _HASH.match(file_hash):
        raise Broken("file.not_a_hash")
    return file_hash


def _path(root: Path, file_hash: str) -> Path:
    return root / file_hash[:2] / file_hash


def _holds(path: Path, file_hash: str) -> bool:
    """Whether the file is there and whole; a damaged one is replaced by the good bytes at hand."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == file_hash
    except FileNotFoundError:
        return False


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
