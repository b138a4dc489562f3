"""The papers of one student whose exchange is over, and what erases them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select, update

from examples import papers
from models.events import EVENT, DocumentErased, DocumentSubmitted
from models.people.authorization import Actor
from models.tables import DocumentRow, EventRow, ExchangeRow, FileRow, ReadingRow, StatedFactsRow
from models.views.retention import RetentionState
from models.vocabulary import Role
from records.audit.files import StoredFiles
from records.erasing import Erasures
from records.erasure_ledger import ErasureLedger
from records.queries.retention import RetentionLook
from records.retaining import Retention
from records.store.append import NoOutbox
from records.store.engine import transaction
from tests.activities.students import NOW, Office

OFFICE = Actor(id="office", role=Role.PROGRAMME_OFFICE)
CLOSED = datetime(2028, 2, 29, 4, tzinfo=UTC)
"""A leap day at noon in Chongqing: a year later there is none."""
KEPT = datetime(2029, 2, 28, 15, 59, tzinfo=UTC)
"""The last minute, there, of the last day on which a passport is kept."""
GONE = KEPT + timedelta(minutes=1)


class StudentsPapers:
    """One student with a passport, a curriculum vitae and a paper of which no rule speaks."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.office, self.folder = office, folder
        self.ledger = folder / "erasures.jsonl"
        ledger = ErasureLedger(self.ledger)
        self.retention = Retention(office.sessions, office.programme, NoOutbox(), office.files, ledger)
        self.erasures = Erasures(office.sessions, office.programme, NoOutbox(), office.files.vault, ledger)
        self.look = RetentionLook(office.sessions, office.programme)
        self.exchange = self.person = ""
        self.documents: dict[str, str] = {}

    async def fill(self) -> None:
        registered = await self.office.nominate(1)
        self.exchange, self.person = registered.exchange_id, registered.person_id
        for kind, data in (
            ("passport", papers.passport_scan()),
            ("cv_study_plan", papers.letter("CV")),
            ("badge", papers.letter("Badge")),
        ):
            self.documents[kind] = await self.file(kind, data)
        document = self.documents["passport"]
        student = Actor(id=self.person, role=Role.STUDENT, institution="dartmouth")
        await self.office.record(
            self.exchange, DocumentSubmitted(at=NOW, actor=student, document_id=document, document="passport")
        )
        async with transaction(self.office.sessions) as session:
            said = {"sealed": b"x", "stated_by": self.person, "stated_role": Role.STUDENT, "at": NOW}
            session.add(StatedFactsRow(document_id=document, version=1, exchange_id=self.exchange, **said))
            session.add(ReadingRow(document_id=document, exchange_id=self.exchange, sealed=b"x"))
            await session.execute(update(ExchangeRow).values(closed_at=CLOSED))

    async def file(self, kind: str, data: bytes) -> str:
        file = self.office.filing.file_document
        return await file(self.exchange, kind, "Jane Doe.pdf", data, self.person, NOW)

    async def row(self, kind: str) -> tuple[DocumentRow, FileRow]:
        async with transaction(self.office.sessions) as session:
            document = await session.get_one(DocumentRow, self.documents[kind])
            return document, await session.get_one(FileRow, document.file_hash)

    async def is_there(self, kind: str) -> bool:
        _, file = await self.row(kind)
        return (file.address or file.hash) in await self.office.files.store.kept()

    async def erased(self) -> list[DocumentErased]:
        async with transaction(self.office.sessions) as session:
            rows = await session.scalars(select(EventRow.payload).where(EventRow.kind == "document_erased"))
            return [one for one in map(EVENT.validate_python, rows) if isinstance(one, DocumentErased)]

    async def states(self, at: datetime) -> dict[str, RetentionState]:
        view = await self.look.of(self.exchange, OFFICE, at)
        return {one.kind: one.state for one in view.lines}

    async def audited(self) -> int:
        check = StoredFiles(self.office.sessions, self.office.files, lambda: 4e9)

        async def breathe() -> None:
            return None

        return len(await check.find(breathe))
