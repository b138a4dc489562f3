"""Checking a filed document on both databases with real files."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from activities.documents import Documents
from documents.reader import DocumentReader, ReadsDocuments
from examples import papers
from models.catalogue.loading import load_programme
from models.catalogue.policy import DocumentPolicy
from models.errors import Broken, Unavailable
from models.messages.contracts import CheckDocument
from models.tables import DocumentRow, ExchangeCodeRow, FindingRow, PersonRow
from models.vocabulary import Direction, DocumentGroup, Severity, StepKind
from records.sealed_files import FileOwner
from tests.databases import Database
from tests.sealed import sealed_files

KINDS = load_programme().policy.documents
EXCHANGE = "EX-2027-DAR-001"
NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
PASSPORT = DocumentPolicy(
    kind="passport",
    group=DocumentGroup.APPLICATION,
    step=StepKind.SUBMIT_DOCUMENTS,
    title="Passport",
    title_zh="护照",
    directions=(Direction.INCOMING,),
    expires=True,
    valid_months_after_end=6,
    rule="D18",
)


class FiledDocuments:
    """Files documents and has them checked."""

    def __init__(self, database: Database, folder: Path, reader: ReadsDocuments) -> None:
        self.database = database
        self.files = sealed_files(database.sessions, folder)
        self.documents = Documents(database.sessions, self.files, reader, KINDS)
        self.reader = reader

    async def file(self, document_id: str, data: bytes, filename: str = "passport.pdf") -> None:
        owner = FileOwner(person_id="p-1", purpose="identity", bound_to=document_id)
        stored = await self.files.put(data, owner, NOW)
        async with self.database.sessions.begin() as session:
            if await session.get(PersonRow, "p-1") is None:
                session.add(_person())
                await session.flush()
                session.add(_code())
            await self.files.note(session, stored, "application/pdf", NOW)
            await session.flush()
            session.add(
                DocumentRow(
                    id=document_id,
                    exchange_id=EXCHANGE,
                    kind="passport",
                    file_hash=stored.hash,
                    filename=filename,
                    uploaded_by="p-1",
                    filed_at=NOW,
                )
            )

    async def findings(self, document_id: str) -> list[tuple[str, str, Severity]]:
        async with self.database.sessions() as session:
            rows = await session.scalars(select(FindingRow).where(FindingRow.document_id == document_id))
            return sorted((row.rule_id, row.field, row.severity) for row in rows)


def _person() -> PersonRow:
    return PersonRow(
        id="p-1",
        sending_id="dartmouth",
        student_number="F1",
        family_name="Whitfield",
        given_name="Eleanor",
        email="e@example.edu",
        birth_date=date(2001, 5, 14),
        gender="female",
        nationality="US",
    )


def _code() -> ExchangeCodeRow:
    return ExchangeCodeRow(
        exchange_id=EXCHANGE,
        cohort_id="2027-incoming-dartmouth-cqmu",
        year=2027,
        sending_id="dartmouth",
        host_id="cqmu",
        person_id="p-1",
        number=1,
    )


def request(document_id: str, **changes: Any) -> CheckDocument:
    given: dict[str, Any] = {
        "exchange_id": EXCHANGE,
        "document_id": document_id,
        "policy": PASSPORT,
        "stay_start": date(2027, 3, 1),
        "stay_end": date(2027, 8, 31),
        "expires_on": date(2034, 3, 31),
        "checked_on": date(2026, 12, 1),
    }
    return CheckDocument(**(given | changes))


@pytest.fixture
async def filed(database: Database, tmp_path: Path) -> AsyncIterator[FiledDocuments]:
    async with aclosing(DocumentReader()) as reader:
        yield FiledDocuments(database, tmp_path / "files", reader)


async def test_a_sound_passport_is_accepted_and_its_pages_counted(filed: FiledDocuments) -> None:
    await filed.file("doc-1", papers.passport_scan())
    answer = await filed.documents.check_document(request("doc-1"))
    assert (answer.accepted, answer.findings) == (True, ())
    assert await filed.findings("doc-1") == []
    async with filed.database.sessions() as session:
        assert (await session.get_one(DocumentRow, "doc-1")).pages == 1


async def test_findings_are_kept_with_reasons_and_answered_as_rule_ids(filed: FiledDocuments) -> None:
    await filed.file("doc-1", papers.thumbnail(), filename="passport.pdf")
    answer = await filed.documents.check_document(request("doc-1", expires_on=date(2027, 9, 30)))
    assert answer.accepted is False
    assert answer.findings == ("D17.dimensions", "D18.validity")
    assert await filed.findings("doc-1") == [
        ("D17.dimensions", "file", Severity.BLOCKING),
        ("D17.extension", "file", Severity.WARNING),
        ("D18.validity", "expires_on", Severity.BLOCKING),
    ]
    async with filed.database.sessions() as session:
        row = await session.get_one(FindingRow, ("doc-1", "D18.validity", "expires_on"))
    assert (row.reason, row.message) == ("", "finding.expires_too_soon_after_stay")
    assert row.params == {"day": "2027-09-30", "until": "2028-02-29", "months": 6}


async def test_a_warning_alone_does_not_stop_a_document(filed: FiledDocuments) -> None:
    await filed.file("doc-1", papers.portrait(), filename="passport.pdf")
    answer = await filed.documents.check_document(request("doc-1"))
    assert (answer.accepted, answer.findings) == (True, ())
    assert await filed.findings("doc-1") == [("D17.extension", "file", Severity.WARNING)]


async def test_checking_again_replaces_what_was_found(filed: FiledDocuments) -> None:
    await filed.file("doc-1", papers.passport_scan())
    late = request("doc-1", expires_on=None)
    assert await filed.documents.check_document(late) == await filed.documents.check_document(late)
    assert await filed.findings("doc-1") == [("D18.expiry", "expires_on", Severity.BLOCKING)]
    await filed.documents.check_document(request("doc-1"))
    assert await filed.findings("doc-1") == []


async def test_two_checks_at_once_leave_one_set_of_findings(filed: FiledDocuments) -> None:
    await filed.file("doc-1", papers.corrupt_pdf())
    answers = await asyncio.gather(*(filed.documents.check_document(request("doc-1")) for _ in range(4)))
    assert {answer.findings for answer in answers} == {("D17.readable",)}
    assert await filed.findings("doc-1") == [("D17.readable", "file", Severity.BLOCKING)]


@pytest.mark.parametrize(
    "changes",
    [
        {"document_id": "doc-2"},
        {"exchange_id": "EX-2027-DAR-002"},
        {"policy": PASSPORT.model_copy(update={"kind": "cv"})},
    ],
)
async def test_a_document_that_is_not_filed_there_is_broken(filed: FiledDocuments, changes: dict[str, Any]) -> None:
    await filed.file("doc-1", papers.passport_scan())
    with pytest.raises(Broken, match=r"document.not_filed"):
        await filed.documents.check_document(request("doc-1").model_copy(update=changes))


async def test_a_lost_file_is_broken_and_an_absent_store_is_unavailable(filed: FiledDocuments, tmp_path: Path) -> None:
    await filed.file("doc-1", papers.passport_scan())
    lost = Documents(
        filed.database.sessions, sealed_files(filed.database.sessions, tmp_path / "elsewhere"), filed.reader
    )
    with pytest.raises(Unavailable):
        await lost.check_document(request("doc-1"))
    (tmp_path / "elsewhere").mkdir()
    with pytest.raises(Broken, match=r"file.lost"):
        await lost.check_document(request("doc-1"))
    assert await filed.findings("doc-1") == []
