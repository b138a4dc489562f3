"""Files under their students' keys: what a file is, whose it is and for what is sealed with it, and with its name."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Broken, NotOpen
from models.tables import FileRow
from models.wire import Wire
from records.data_key import DataKey
from records.files import PIECE, Bytes, FileStore, IncomingFile
from records.keyring import framed
from records.projections.common import insert_once
from records.store.engine import Sessions, transaction
from records.vault import DataVault

ISSUED = "issued"
"""The purpose of what the service makes: letters and certificates."""


class FileOwner(Wire):
    """Whose a file is, for what, and to what it belongs: a document by its id, or what was issued about an exchange."""

    person_id: str
    purpose: str
    bound_to: str


class StoredFile(Wire):
    """A file that is on disk for good: the name that rows and events have for it, and its size in bytes."""

    hash: str
    size: int
    owner: FileOwner
    fingerprint: str
    """What it shares with the same file of others."""


@dataclass(frozen=True)
class SealedFile:
    """A file that is sealed and not kept yet."""

    stored: StoredFile
    path: Path


def issued_about(exchange_id: str) -> str:
    """What letters and certificates about an exchange are bound to."""
    return f"{ISSUED}/{exchange_id}"


class SealedFiles:
    """A store of sealed files. Those of the release before are read in clear until they are sealed."""

    def __init__(self, sessions: Sessions, store: FileStore, vault: DataVault) -> None:
        """Rows and keys are in `sessions`; they are only read where files are."""
        self._sessions = sessions
        self.store = store
        self.vault = vault

    def incoming(self, data: Bytes, *, max_bytes: int | None = None) -> AbstractAsyncContextManager[IncomingFile]:
        """The bytes as a file to be looked at; see `FileStore.incoming`."""
        return self.store.incoming(data, max_bytes=max_bytes)

    async def put(self, data: bytes, owner: FileOwner, at: datetime) -> StoredFile:
        """Keep the bytes; when it returns they survive a crash. Its row is for the caller to write: see `note`.

        Raises:
            NotOpen: the owner's key was erased.
            Broken: the settings give no key.
            Unavailable: the store or the database does not answer.
        """
        async with self.incoming(data) as file, self.sealed(file, owner, at) as sealed:
            await self.store.place(sealed.path, sealed.stored.hash)
            return sealed.stored

    @asynccontextmanager
    async def sealed(self, file: IncomingFile, owner: FileOwner, at: datetime) -> AsyncIterator[SealedFile]:
        """The file under its owner's key, beside the store: sealed before the database is kept waiting.

        Raises:
            NotOpen: the owner's key was erased.
            Broken: the settings give no key.
            Unavailable: the store or the database does not answer.
        """
        async with transaction(self._sessions) as session:
            key = await self.vault.key(session, owner.person_id, owner.purpose, at)
            fingerprint = await self.vault.fingerprint(session, file.hash, at)
        name = _name(key, owner, file.hash)
        async with self.store.written(key.seal_stream(file.pieces(), _context(owner.bound_to, name))) as path:
            yield SealedFile(StoredFile(hash=name, size=file.size, owner=owner, fingerprint=fingerprint), path)

    async def keep(self, session: AsyncSession, sealed: SealedFile, media_type: str, at: datetime) -> None:
        """Keep it with its row, in the caller's transaction; the bytes are safe before the row is.

        Raises:
            NotOpen: the owner's key was erased meanwhile.
        """
        await self.vault.existing(session, sealed.stored.owner.person_id, sealed.stored.owner.purpose)
        await self.store.place(sealed.path, sealed.stored.hash)
        await self.note(session, sealed.stored, media_type, at)

    async def note(self, session: AsyncSession, stored: StoredFile, media_type: str, at: datetime) -> None:
        """Write the row of a file that is kept."""
        row = {"hash": stored.hash, "size": stored.size, "fingerprint": stored.fingerprint, **stored.owner.model_dump()}
        await insert_once(session, FileRow, media_type=media_type, created_at=at, **row)

    async def says_the_same(self, name: str, data: bytes, owner: FileOwner, at: datetime) -> bool:
        """Whether the file of this name has these bytes."""
        file_hash = hashlib.sha256(data).hexdigest()
        if name == file_hash:  # named by the release before
            return True
        async with transaction(self._sessions) as session:
            return name == _name(await self.vault.key(session, owner.person_id, owner.purpose, at), owner, file_hash)

    async def tag(self, exchange_id: str, kind: str, person_id: str, purpose: str, file_hash: str, at: datetime) -> str:
        """By which a document is known among those of its exchange and kind: the same file is the same document."""
        async with transaction(self._sessions) as session:
            key = await self.vault.key(session, person_id, purpose, at)
        return _keyed(key, "document", exchange_id, kind, file_hash)

    async def mark(self, session: AsyncSession, at: datetime) -> None:
        """Give files of an earlier release their fingerprints, so that the same file is found.

        Raises:
            Broken: the settings give no key.
        """
        unmarked = select(FileRow.hash).where(FileRow.fingerprint.is_(None), FileRow.person_id.is_(None))
        names = list(await session.scalars(unmarked))
        if names:
            fingerprint = await self.vault.fingerprints(session, at)
            marked = [{"hash": name, "fingerprint": fingerprint(name)} for name in names]
            await session.execute(update(FileRow), marked)

    async def read(self, name: str, bound_to: str | None = None) -> bytes:
        """The bytes of a file, verified; `bound_to` is what it must belong to.

        Raises:
            NotOpen: its key was erased, or it was itself.
            Broken: it is lost, cut, changed or another file, or belongs to something else; or a key is missing.
            Unavailable: the store or the database does not answer.
        """
        pieces = await self._pieces(name, bound_to)
        return await asyncio.to_thread(b"".join, pieces)

    async def stream(self, name: str, bound_to: str | None = None) -> AsyncIterator[bytes]:
        """The bytes piece by piece, each verified; that the file is whole is known at its end."""
        async for piece in _by_and_by(await self._pieces(name, bound_to)):
            yield piece

    def clear(self, name: str) -> AsyncIterator[bytes]:
        """A file that an earlier release kept in clear, piece by piece; raises as `read`."""
        return _by_and_by(self._clear(name))

    def over(self, sessions: Sessions) -> "SealedFiles":
        """The same files, their rows looked up in other sessions."""
        return SealedFiles(sessions, self.store, self.vault)

    async def verify(self, name: str) -> None:
        """Read a file through, and keep nothing; raises as `read`."""
        pieces = await self._pieces(name, None)
        await asyncio.to_thread(lambda: [None for _ in pieces])

    async def remove(self, name: str) -> None:
        """Forget the bytes under a name of the store, to which nothing refers any more."""
        await self.store.remove(name)

    async def _pieces(self, name: str, bound_to: str | None) -> Iterator[bytes]:
        async with transaction(self._sessions) as session:
            row = await session.get(FileRow, name)
            if row is not None and row.removed_at is not None:
                raise NotOpen("vault.erased")
            if row is None or row.person_id is None or row.purpose is None or row.bound_to is None:
                return self._clear(name)
            if bound_to is not None and row.bound_to != bound_to:
                raise Broken("vault.unreadable")
            key = await self.vault.existing(session, row.person_id, row.purpose)
            return self._opened(key, row.address or name, _context(row.bound_to, row.address or name))

    def _opened(self, key: DataKey, address: str, context: str) -> Iterator[bytes]:
        with self.store.open(address) as file:
            try:
                yield from key.open_stream(file, context)
            except Broken:
                raise Broken("file.damaged", hash=address[:12]) from None

    def _clear(self, name: str) -> Iterator[bytes]:
        found = hashlib.sha256()
        with self.store.open(name) as file:
            while piece := file.read(PIECE):
                found.update(piece)
                yield piece
        if found.hexdigest() != name:
            raise Broken("file.damaged", hash=name[:12])


async def _by_and_by(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
        yield piece


def _context(bound_to: str, name: str) -> str:
    return f"files.{bound_to}.{name}"


def _name(key: DataKey, owner: FileOwner, file_hash: str) -> str:
    """The address of a file: who lacks the key cannot ask whether a student has it."""
    return _keyed(key, "file", owner.bound_to, file_hash)


def _keyed(key: DataKey, *parts: str) -> str:
    address = key.address()
    address.update(framed(*parts))
    return address.hexdigest()
