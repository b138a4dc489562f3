"""What is on a filed document is read and compared with who was nominated, on both databases."""

import io
import random
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bench.corpus import page_at, passport_page
from documents.reader import DocumentReader
from examples import papers
from models.errors import Broken
from models.findings import Verdict
from models.kept_reading import KeptReading
from models.messages.contracts import CheckAnswer
from models.reading import DocumentReading, ReadOutcome
from models.tables import DocumentRow, ExchangeCodeRow, FindingRow, IdentityRow, PersonRow, ReadingRow
from records.fact_seals import READ, SealedByPerson
from tests.activities.test_documents import EXCHANGE, KINDS, NOW, FiledDocuments, request
from tests.databases import Database
from tests.nominees import identity
from tests.sealed import VAULT

FROZEN = {kind.kind: kind.frozen() for kind in KINDS}
KEPT_FOR = next(kind.purpose for kind in KINDS if kind.kind == "passport")
STRANGERS = "EX-2027-DAR-002"


class ReadDocuments(FiledDocuments):
    """The same, with the student who was nominated."""

    async def filed(self, document_id: str, kind: str, data: bytes, *, exchange: str = EXCHANGE) -> None:
        await self.file(document_id, data, f"{kind}.pdf")
        async with self.database.sessions.begin() as session:
            person = await session.get_one(PersonRow, "p-1")
            person.given_name = papers.SPECIMEN.given_names
            await session.merge(identity(person, EXCHANGE))
            changes = {"kind": kind, "exchange_id": exchange}
            await session.execute(update(DocumentRow).where(DocumentRow.id == document_id).values(changes))

    async def checked(self, document_id: str, kind: str, **changes: Any) -> CheckAnswer:
        return await self.documents.check_document(request(document_id, policy=FROZEN[kind], **changes))

    async def said(self, document_id: str) -> dict[str, dict[str, Any]]:
        async with self.database.sessions() as session:
            rows = await session.scalars(select(FindingRow).where(FindingRow.document_id == document_id))
            return {row.rule_id: row.params or {} for row in rows}


async def add_stranger(session: AsyncSession) -> None:
    """Another student of the same university, with an exchange."""
    known = await session.get_one(PersonRow, "p-1")
    cells = {"family_name": "Lindqvist", "given_name": "Karin", "email": "k@example.edu", "gender": "female"}
    born = {"birth_date": date(1998, 12, 30), "nationality": "SE", "student_number": "F2"}
    session.add(PersonRow(id="p-2", sending_id=known.sending_id, **cells, **born))
    await session.flush()
    own = await session.get_one(ExchangeCodeRow, EXCHANGE)
    cells = {"cohort_id": own.cohort_id, "sending_id": own.sending_id, "host_id": own.host_id, "person_id": "p-2"}
    session.add(ExchangeCodeRow(exchange_id=STRANGERS, year=own.year, number=2, **cells))
    await session.flush()


@pytest.fixture
async def filed(database: Database, tmp_path: Path) -> AsyncIterator[ReadDocuments]:
    async with aclosing(DocumentReader()) as reader:
        yield ReadDocuments(database, tmp_path / "files", reader)


async def test_the_students_own_passport_is_consistent(filed: ReadDocuments) -> None:
    await filed.filed("doc-1", "passport", papers.passport_scan())
    answer = await filed.checked("doc-1", "passport")
    assert answer == CheckAnswer(accepted=True, verdict=Verdict.CONSISTENT)
    assert await filed.said("doc-1") == {}


@pytest.mark.parametrize(
    ("wrong", "rule", "params"),
    [
        ("another_persons_passport", "D19.differs", {"zone_fields": ["name", "nationality", "birth_date"]}),
        ("expired_passport", "D19.differs", {"zone_fields": ["expires_on"]}),
        ("passport_as_enrolment", "D17.kind", {"kind": "passport", "kinds": ["enrolment_proof"]}),
        ("transcript_as_passport", "D17.kind", {"kind": "transcript", "kinds": ["passport"]}),
        ("another_persons_transcript", "D17.holder", {}),
    ],
)
async def test_what_is_mistaken_is_stopped_and_says_why(
    filed: ReadDocuments, wrong: str, rule: str, params: dict[str, Any]
) -> None:
    kind, make = papers.MISTAKEN[wrong]
    await filed.filed("doc-1", kind, make())
    answer = await filed.checked("doc-1", kind)
    assert (answer.accepted, answer.verdict) == (False, Verdict.REJECTED)
    assert rule in answer.findings
    assert (await filed.said("doc-1"))[rule] == params


async def test_an_exchange_that_began_before_is_checked_as_then(filed: ReadDocuments) -> None:
    await filed.filed("doc-1", "passport", papers.passport_scan(papers.STRANGER))
    answer = await filed.documents.check_document(request("doc-1"))
    assert answer == CheckAnswer(accepted=True)
    assert await filed.said("doc-1") == {}


async def test_the_version_of_the_nomination_that_holds_is_compared(filed: ReadDocuments) -> None:
    await filed.filed("doc-1", "passport", papers.passport_scan())
    async with filed.database.sessions.begin() as session:
        person = await session.get_one(PersonRow, "p-1")
        later = identity(person, EXCHANGE, 2)
        later.birth_date = date(2001, 5, 15)
        session.add(later)
    answer = await filed.checked("doc-1", "passport")
    assert answer.findings == ("D19.differs",)
    assert await filed.said("doc-1") == {"D19.differs": {"zone_fields": ["birth_date"]}}


@pytest.mark.parametrize(("number", "against"), [("L898902C3", ()), ("L898902C4", ("D19.differs",))])
async def test_the_number_that_was_typed_is_compared(
    filed: ReadDocuments, number: str, against: tuple[str, ...]
) -> None:
    await filed.filed("doc-1", "passport", papers.passport_scan())
    async with filed.database.sessions.begin() as session:
        await session.execute(update(IdentityRow).values(passport_number=number))
    assert (await filed.checked("doc-1", "passport")).findings == against
    assert (await filed.said("doc-1")).get("D19.differs") == ({"zone_fields": ["number"]} if against else None)


async def test_a_picture_without_a_reader_is_for_a_person(
    filed: ReadDocuments, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing_to_read_with(*_: Any, **__: Any) -> DocumentReading:
        return DocumentReading(outcome=ReadOutcome.NO_READER)

    monkeypatch.setattr(filed.reader, "read", nothing_to_read_with)
    await filed.filed("doc-1", "transcript", papers.page_scan())
    answer = await filed.checked("doc-1", "transcript")
    assert (answer.verdict, answer.findings) == (Verdict.PERSON, ("D17.unread",))
    assert "D17.unread" in await filed.said("doc-1")


async def test_a_photographed_passport_is_compared_with_who_was_nominated(filed: ReadDocuments) -> None:
    drawn = io.BytesIO()
    zone = papers.machine_readable_zone(papers.SPECIMEN, papers.FAR_OFF)
    passport_page(papers.SPECIMEN, papers.FAR_OFF, zone, random.Random(1)).save(drawn, "JPEG", quality=85)
    await filed.filed("doc-1", "passport", drawn.getvalue())
    assert (await filed.checked("doc-1", "passport")).verdict is Verdict.CONSISTENT
    other = page_at(1)
    await filed.filed("doc-2", "passport", other.jpeg)
    answer = await filed.checked("doc-2", "passport")
    assert (answer.verdict, answer.findings) == (Verdict.REJECTED, ("D19.differs",))
    assert "name" in (await filed.said("doc-2"))["D19.differs"]["zone_fields"]


async def test_a_file_that_nobody_can_open_is_not_read(filed: ReadDocuments) -> None:
    await filed.filed("doc-1", "passport", papers.corrupt_pdf())
    assert (await filed.checked("doc-1", "passport")).findings == ("D17.readable",)
    assert set(await filed.said("doc-1")) == {"D17.readable"}


async def test_one_file_as_two_papers_is_for_a_person(filed: ReadDocuments) -> None:
    data = papers.letter("Curriculum vitae and transcript of records")
    await filed.filed("doc-1", "cv_study_plan", data)
    await filed.filed("doc-2", "transcript", data)
    assert (await filed.checked("doc-2", "transcript")).verdict is Verdict.PERSON
    assert (await filed.said("doc-2"))["D17.same_file"] == {"kinds": ["cv_study_plan"]}


async def test_what_was_turned_away_may_be_handed_in_as_what_it_is(filed: ReadDocuments) -> None:
    data = papers.passport_scan()
    await filed.filed("doc-1", "enrolment_proof", data)
    await filed.filed("doc-2", "passport", data)
    async with filed.database.sessions.begin() as session:
        await session.execute(update(DocumentRow).where(DocumentRow.id == "doc-1").values(accepted=False))
    assert (await filed.checked("doc-2", "passport")).verdict is Verdict.CONSISTENT


async def test_the_file_of_another_student_is_known_and_nothing_is_told_of_whom(filed: ReadDocuments) -> None:
    data = papers.portrait()
    await filed.filed("doc-1", "photo", data)
    await filed.filed("doc-2", "photo", data)
    async with filed.database.sessions.begin() as session:
        await add_stranger(session)
        await session.execute(update(DocumentRow).where(DocumentRow.id == "doc-1").values(exchange_id=STRANGERS))
    answer = await filed.checked("doc-2", "photo")
    assert (answer.verdict, answer.findings) == (Verdict.PERSON, ("D17.known_file",))
    assert (await filed.said("doc-2"))["D17.known_file"] == {}


async def test_what_was_read_is_kept_sealed(filed: ReadDocuments) -> None:
    await filed.filed("doc-1", "passport", papers.passport_scan())
    await filed.checked("doc-1", "passport")
    async with filed.database.sessions.begin() as session:
        (sealed,) = await session.scalars(select(ReadingRow.sealed))
        assert papers.SPECIMEN.number.encode() not in sealed
        about = session, EXCHANGE, KEPT_FOR, "doc-1", sealed
        kept = KeptReading.model_validate_json(await SealedByPerson(VAULT, lambda: NOW, READ).open(*about))
        with pytest.raises(Broken):  # among what people state it does not open
            await SealedByPerson(VAULT, lambda: NOW).open(*about)
    (zone,) = kept.zones
    assert zone.lines == papers.machine_readable_zone(papers.SPECIMEN, papers.FAR_OFF)
    assert papers.FAR_OFF.isoformat() in {fact.value for fact in kept.facts}


async def test_what_was_read_is_that_of_the_last_check(filed: ReadDocuments, monkeypatch: pytest.MonkeyPatch) -> None:
    async def kept() -> int:
        async with filed.database.sessions() as session:
            return len((await session.scalars(select(ReadingRow.document_id))).all())

    await filed.filed("doc-1", "passport", papers.passport_scan())
    for _ in range(2):
        await filed.checked("doc-1", "passport")
        assert await kept() == 1

    async def nothing(*_: Any, **__: Any) -> DocumentReading:
        return DocumentReading(outcome=ReadOutcome.DAMAGED)

    monkeypatch.setattr(filed.reader, "read", nothing)
    await filed.checked("doc-1", "passport")
    assert await kept() == 0
