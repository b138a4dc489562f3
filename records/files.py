"""Where file bytes are kept, named by what they are: the same bytes are stored once, under their SHA-256."""

import asyncio
import contextlib
import hashlib
import os
import re
from collections.abc import AsyncIterable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import uuid4

from models.errors import BadInput, Broken, Unavailable
from models.wire import Wire

_HASH = re.compile(r"^[0-9a-f]{64}$")


class StoredFile(Wire):
    """A file that is on disk for good: its SHA-256 in hex and its size in bytes."""

    hash: str
    size: int


class Files(Protocol):
    """A store of bytes by content; a folder here, an object store elsewhere.

    Both raise `Unavailable` where trying again may help and `Broken` where an operator must look.
    """

    async def put(self, data: bytes | AsyncIterable[bytes], *, max_bytes: int | None = None) -> StoredFile:
        """Keep the bytes; when it returns they survive a crash. More than `max_bytes` raises `BadInput`."""
        ...

    async def read(self, file_hash: str) -> bytes:
        """The bytes of this hash, verified."""
        ...


class FileStore:
    """Content-addressed folder: `root/ab/abcdef…`."""

    def __init__(self, root: Path) -> None:
        """Keep files under `root`, which is made at the first write."""
        self._root = root

    async def put(self, data: bytes | AsyncIterable[bytes], *, max_bytes: int | None = None) -> StoredFile:
        """Keep the bytes; when it returns they survive a crash.

        Raises:
            BadInput: more than `max_bytes` bytes came.
            Unavailable: the folder cannot be written now.
        """
        if isinstance(data, bytes):
            return await asyncio.to_thread(self._put_bytes, data, max_bytes)
        return await self._put_stream(data, max_bytes)

    async def read(self, file_hash: str) -> bytes:
        """The bytes of this hash, verified.

        Raises:
            Broken: no such file, or its bytes are no longer what they were.
            Unavailable: the folder cannot be read now.
        """
        return await asyncio.to_thread(self._read, file_hash)

    def _put_bytes(self, data: bytes, max_bytes: int | None) -> StoredFile:
        with _unavailable_on_os_error():
            writer = _Writer(self._root, max_bytes)
            try:
                writer.write(data)
                return writer.keep()
            finally:
                writer.discard()

    async def _put_stream(self, data: AsyncIterable[bytes], max_bytes: int | None) -> StoredFile:
        with _unavailable_on_os_error():
            writer = await asyncio.to_thread(_Writer, self._root, max_bytes)
            try:
                async for chunk in data:
                    await asyncio.to_thread(writer.write, chunk)
                return await asyncio.to_thread(writer.keep)
            finally:
                await asyncio.to_thread(writer.discard)

    def _read(self, file_hash: str) -> bytes:
        if not _HASH.match(file_hash):
            raise Broken("file.not_a_hash")
        with _unavailable_on_os_error():
            try:
                data = _path(self._root, file_hash).read_bytes()
            except FileNotFoundError:
                if not self._root.is_dir():  # not mounted, rather than lost
                    raise
                raise Broken("file.lost", hash=file_hash[:12]) from None
        if hashlib.sha256(data).hexdigest() != file_hash:
            raise Broken("file.damaged", hash=file_hash[:12])
        return data


class _Writer:
    """One file on its way in: written beside the store, then renamed into it."""

    def __init__(self, root: Path, max_bytes: int | None) -> None:
        incoming = root / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        self._root = root
        self._max_bytes = max_bytes
        self._path = incoming / uuid4().hex
        self._file: BinaryIO = self._path.open("xb")
        self._hash = hashlib.sha256()
        self._size = 0

    def write(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._max_bytes is not None and self._size > self._max_bytes:
            raise BadInput("upload.too_large", most=self._max_bytes)
        self._hash.update(chunk)
        self._file.write(chunk)

    def keep(self) -> StoredFile:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        stored = StoredFile(hash=self._hash.hexdigest(), size=self._size)
        target = _path(self._root, stored.hash)
        if not _holds(target, stored.hash):
            if not target.parent.is_dir():
                target.parent.mkdir(exist_ok=True)
                _sync_folder(self._root)
            self._path.replace(target)
            _sync_folder(target.parent)
        return stored

    def discard(self) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)


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
