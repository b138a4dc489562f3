"""Stored files compared with the rows that name them."""

from collections.abc import Callable
from typing import Protocol

from sqlalchemy import or_, select, union, union_all

from models.errors import Broken
from models.messages.audit import AuditFinding, FindingKind, Part
from models.tables import CertificateRow, DocumentRow, FileRow, LetterRow
from records.audit.looking import Breath, snapshot
from records.files import DAY
from records.store.engine import Sessions

PAGE = 200


class KeptFiles(Protocol):
    """A store whose files can be listed."""

    async def read(self, file_hash: str) -> bytes:
        """The bytes of this hash, verified."""
        ...

    async def kept(self) -> dict[str, float]:
        """What is in the store by its name, with the second in which it was written."""
        ...


class StoredFiles:
    """Looks for files that are lost or damaged, and for files that nothing refers to."""

    part = Part.FILES

    def __init__(self, sessions: Sessions, files: KeptFiles, now: Callable[[], float]) -> None:
        """`sessions` of a reading engine; `now` is the clock by which the store dates its files, in seconds."""
        self._sessions = sessions
        self._files = files
        self._now = now

    async def find(self, breathe: Breath) -> list[AuditFinding]:
        """Read every file that a row names, and name every older file that no row does."""
        kept = await self._files.kept()  # before the rows: a file is there before its row is
        named = set[str]()
        findings: list[AuditFinding] = []
        last = ""
        while page := await self._named_after(last):
            for file_hash in page:
                findings += await self._looked_at(file_hash)
                await breathe()
            named.update(page)
            last = page[-1]
        old = self._now() - DAY
        strays = sorted(name for name, written in kept.items() if name not in named and written < old)
        return findings + [_about(FindingKind.FILE_WITHOUT_ROW, name) for name in strays]

    async def _named_after(self, last: str) -> list[str]:
        """Hashes that rows name, in order."""
        rows = union(
            select(FileRow.hash),
            select(DocumentRow.file_hash),
            select(CertificateRow.file_hash),
            select(LetterRow.file_en),
            select(LetterRow.file_zh),
        ).subquery()
        column = rows.c[0]
        async with snapshot(self._sessions) as session:
            return list(await session.scalars(select(column).where(column > last).order_by(column).limit(PAGE)))

    async def _looked_at(self, file_hash: str) -> list[AuditFinding]:
        try:
            await self._files.read(file_hash)
        except Broken as fault:
            kind = FindingKind.FILE_LOST if fault.message == "file.lost" else FindingKind.FILE_DAMAGED
            async with snapshot(self._sessions) as session:
                still = select(FileRow.hash).where(FileRow.hash == file_hash)
                issued = union_all(
                    select(CertificateRow.number).where(CertificateRow.file_hash == file_hash),
                    select(LetterRow.number).where(or_(LetterRow.file_en == file_hash, LetterRow.file_zh == file_hash)),
                )
                if await session.scalar(still) is None and await session.scalar(issued.limit(1)) is None:
                    return []  # forgotten meanwhile
            return [_about(kind, file_hash)]
        return []


def _about(kind: FindingKind, file_hash: str) -> AuditFinding:
    return AuditFinding(kind=kind, stream=file_hash[:12], params={"row": file_hash})
