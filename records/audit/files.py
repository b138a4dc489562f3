"""Stored files compared with the rows that name them."""

from collections.abc import Callable

from sqlalchemy import or_, select, union, union_all

from models.errors import Broken, NotOpen
from models.messages.audit import AuditFinding, FindingKind, Part
from models.tables import CertificateRow, DocumentRow, FileRow, LetterRow
from records.audit.looking import Breath, snapshot
from records.files import DAY
from records.sealed_files import SealedFiles
from records.store.engine import Sessions

PAGE = 200
OF_ITS_FILE = {"file.lost": FindingKind.FILE_LOST, "file.damaged": FindingKind.FILE_DAMAGED}


class StoredFiles:
    """Looks for files that are lost or damaged, and for files that nothing refers to."""

    part = Part.FILES

    def __init__(self, sessions: Sessions, files: SealedFiles, now: Callable[[], float]) -> None:
        """`sessions` of a reading engine; `now` is the clock by which the store dates its files, in seconds."""
        self._sessions = sessions
        self._files = files
        self._now = now

    async def find(self, breathe: Breath) -> list[AuditFinding]:
        """Read every file that a row names, and name every older file that no row does.

        Raises:
            Broken: the settings lack a key: that says nothing about the files.
        """
        kept = await self._files.store.kept()  # before the rows: a file is there before its row is
        named = set[str]()
        findings: list[AuditFinding] = []
        last = ""
        while page := await self._named_after(last):
            for name, address in page.items():
                findings += await self._looked_at(name, address)
                await breathe()
            named.update(page.values())
            last = max(page)
        old = self._now() - DAY
        strays = sorted(name for name, written in kept.items() if name not in named and written < old)
        return findings + [_about(FindingKind.FILE_WITHOUT_ROW, name) for name in strays]

    async def _named_after(self, last: str) -> dict[str, str]:
        """Names that rows have for files, in order, with where each is kept."""
        rows = union(
            select(FileRow.hash),
            select(DocumentRow.file_hash),
            select(CertificateRow.file_hash),
            select(LetterRow.file_en),
            select(LetterRow.file_zh),
        ).subquery()
        column = rows.c[0]
        query = select(column, FileRow.address).outerjoin(FileRow, FileRow.hash == column)
        async with snapshot(self._sessions) as session:
            found = await session.execute(query.where(column > last).order_by(column).limit(PAGE))
            return {name: address or name for name, address in found}

    async def _looked_at(self, name: str, address: str) -> list[AuditFinding]:
        try:
            await self._files.verify(name)
        except NotOpen:
            return []  # erased: nobody reads it any more
        except Broken as fault:
            if fault.message not in OF_ITS_FILE:
                raise
            return await self._still(name, _about(OF_ITS_FILE[fault.message], address))
        return []

    async def _still(self, name: str, finding: AuditFinding) -> list[AuditFinding]:
        """The finding, unless the file was forgotten or moved meanwhile."""
        async with snapshot(self._sessions) as session:
            row = await session.get(FileRow, name)
            issued = union_all(
                select(CertificateRow.number).where(CertificateRow.file_hash == name),
                select(LetterRow.number).where(or_(LetterRow.file_en == name, LetterRow.file_zh == name)),
            )
            if row is None and await session.scalar(issued.limit(1)) is None:
                return []
            moved = row is not None and (row.address or name) != finding.params["row"]
        return [] if moved else [finding]


def _about(kind: FindingKind, address: str) -> AuditFinding:
    return AuditFinding(kind=kind, stream=address[:12], params={"row": address})
