"""Files that an earlier release kept in clear, sealed one by one while everything goes on."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy import Select, delete, or_, select, union, union_all, update

from models.catalogue.programme import Programme
from models.errors import Broken, NotOpen
from models.tables import CertificateRow, DocumentRow, ExchangeCodeRow, FileRow, LetterRow
from records.sealed_files import ISSUED, FileOwner, SealedFile, SealedFiles, issued_about
from records.store.append import lock_stream
from records.store.engine import Sessions, transaction

PAGE = 200


class ClearFiles:
    """Seals what is in clear. It may be stopped anywhere, and be done by several at once."""

    def __init__(
        self, sessions: Sessions, files: SealedFiles, programme: Programme, clock: Callable[[], datetime]
    ) -> None:
        self._sessions = sessions
        self._files = files
        self._programme = programme
        self._clock = clock

    async def seal_all(self) -> tuple[int, int]:
        """Seal all that is in clear; answers how many files were, and how many are left: lost, damaged or erased.

        Raises:
            Broken: the settings give no key.
            Unavailable: the store or the database does not answer.
        """
        async with transaction(self._sessions) as session:
            await self._files.mark(session, self._clock())
        done, left, last = 0, 0, ""
        while names := await self._clear_after(last):
            for name in names:
                try:
                    await self._seal(name)
                    done += 1
                except NotOpen:
                    left += 1
                except Broken as fault:
                    if not fault.message.startswith("file."):
                        raise
                    left += 1
            last = names[-1]
        await self._remove_moved()
        return done, left

    async def _clear_after(self, last: str) -> list[str]:
        """Names of files in clear, also of those issued whose row is gone, in order."""
        known = select(FileRow.hash).where(FileRow.person_id.is_not(None))
        rows = union_all(
            select(FileRow.hash),
            select(CertificateRow.file_hash),
            select(LetterRow.file_en),
            select(LetterRow.file_zh),
        ).subquery()
        column = rows.c[0]
        query = select(column).where(column > last, column.not_in(known)).distinct().order_by(column).limit(PAGE)
        async with transaction(self._sessions) as session:
            return list(await session.scalars(query))

    async def _seal(self, name: str) -> None:
        async with transaction(self._sessions) as session:
            row = await session.get(FileRow, name)
            documents = select(DocumentRow.id, DocumentRow.kind, ExchangeCodeRow.person_id).join(
                ExchangeCodeRow, ExchangeCodeRow.exchange_id == DocumentRow.exchange_id
            )
            filed = (await session.execute(documents.where(DocumentRow.file_hash == name))).all()
            issued = (await session.execute(_issued(name))).one_or_none()
            media_type = row.media_type if row else "application/pdf"
        for document, kind, person in filed:
            purpose = self._programme.policy.purpose(kind)
            await self._seal_document(name, FileOwner(person_id=person, purpose=purpose, bound_to=document), media_type)
        if issued is not None:
            owner = FileOwner(person_id=issued.person_id, purpose=ISSUED, bound_to=issued_about(issued.exchange_id))
            await self._seal_issued(name, owner)
        await self._forget(name, issued=issued is not None)

    async def _seal_document(self, name: str, owner: FileOwner, media_type: str) -> None:
        """The document has a file of its own from then on."""
        async with self._sealed(name, owner) as sealed, transaction(self._sessions) as session:
            await lock_stream(session, f"file/{name}")
            of_it = (DocumentRow.id == owner.bound_to, DocumentRow.file_hash == name)
            if await session.scalar(select(DocumentRow.id).where(*of_it)) is None:
                return  # forgotten, or sealed by somebody else
            await self._files.keep(session, sealed, media_type, self._clock())
            await session.execute(update(DocumentRow).where(*of_it).values(file_hash=sealed.stored.hash))

    async def _seal_issued(self, name: str, owner: FileOwner) -> None:
        """Events name it, and events stay: its row says where it is kept now."""
        async with self._sealed(name, owner) as sealed, transaction(self._sessions) as session:
            stored, at = sealed.stored, self._clock()
            await self._files.store.place(sealed.path, stored.hash)
            await self._files.note(session, stored.model_copy(update={"hash": name}), "application/pdf", at)
            now = {**owner.model_dump(), "address": stored.hash, "fingerprint": stored.fingerprint}
            await session.execute(update(FileRow).where(FileRow.hash == name).values(now))

    @asynccontextmanager
    async def _sealed(self, name: str, owner: FileOwner) -> AsyncIterator[SealedFile]:
        async with (
            self._files.incoming(self._files.clear(name)) as file,
            self._files.sealed(file, owner, self._clock()) as sealed,
        ):
            yield sealed

    async def _forget(self, name: str, *, issued: bool) -> None:
        """Remove what is in clear, once nothing refers to it; its row goes last, so that a crash leaves nothing."""
        async with transaction(self._sessions) as session:
            await lock_stream(session, f"file/{name}")
            if await session.scalar(select(DocumentRow.id).where(DocumentRow.file_hash == name).limit(1)) is not None:
                return
            await self._files.remove(name)
            if not issued:
                await session.execute(delete(FileRow).where(FileRow.hash == name))

    async def _remove_moved(self) -> None:
        """What a crash left in clear of files that are kept under another name."""
        async with transaction(self._sessions) as session:
            moved = set(await session.scalars(select(FileRow.hash).where(FileRow.address.is_not(None))))
        for name in moved & (await self._files.store.kept()).keys():
            await self._files.remove(name)


def _issued(name: str) -> Select[str, str]:
    """Exchange and person of the letter or certificate of this name; there is one, for its number is printed on it."""
    certificates = select(CertificateRow.exchange_id).where(CertificateRow.file_hash == name)
    letters = select(LetterRow.exchange_id).where(or_(LetterRow.file_en == name, LetterRow.file_zh == name))
    about = union(certificates, letters).subquery()
    query = select(ExchangeCodeRow.exchange_id, ExchangeCodeRow.person_id)
    return query.join(about, about.c[0] == ExchangeCodeRow.exchange_id).limit(1)
