"""Retention by rules: what goes on which day, what a hold or an open exchange keeps, what a crash or a copy leaves."""

import asyncio
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from examples import papers
from models.catalogue.loading import load_programme
from models.errors import NotAuthorised, NotOpen, Unavailable, Unknown
from models.messages.retention import RetentionAnswer
from models.people.authorization import Actor
from models.tables import DocumentRow, ExchangeRow, FileRow, ReadingRow, StatedFactsRow
from models.views.retention import RetentionState
from models.vocabulary import Role
from records.erasure_ledger import ErasedDocument, ErasureLedger
from records.papers import Papers
from records.store.engine import transaction
from records.store.rebuild import rebuild
from tests.activities.students import NOW, Office
from tests.databases import Database
from tests.records.archives import CLOSED, GONE, KEPT, OFFICE, StudentsPapers
from tests.sealed import kept_in_clear


@pytest.fixture
async def archive(database: Database, tmp_path: Path) -> StudentsPapers:
    office = Office(database, tmp_path / "files", load_programme())
    await office.seed()
    archive = StudentsPapers(office, tmp_path)
    await archive.fill()
    return archive


async def test_what_no_rule_keeps_goes_on_its_day_and_a_proof_stays(archive: StudentsPapers) -> None:
    assert await archive.retention.erase_due(KEPT) == RetentionAnswer()
    assert await archive.states(KEPT) == {
        "passport": RetentionState.KEPT,
        "cv_study_plan": RetentionState.KEPT,
        "badge": RetentionState.WITHOUT_RULE,
    }
    ahead = await archive.look.all(OFFICE, KEPT, 30)
    assert [(one.kind, one.rule, one.kept_through) for one in ahead.lines] == [
        ("passport", "identity_2026", date(2029, 2, 28))
    ]
    beats: list[None] = []
    assert await archive.retention.erase_due(GONE, lambda: beats.append(None)) == RetentionAnswer(erased=1, removed=1)
    assert len(beats) == 2
    assert await archive.retention.erase_due(GONE) == RetentionAnswer(), "it is done once"
    document, file = await archive.row("passport")
    [event] = await archive.erased()
    assert (event.document_id, event.rule, event.received_at) == (document.id, "identity_2026", NOW)
    assert (event.received_from, event.file, event.at) == (Role.STUDENT, file.hash, GONE)
    assert (document.filename, document.erased_at, document.erased_under) == ("", GONE, "identity_2026")
    assert file.removed_at == GONE
    assert not await archive.is_there("passport")
    async with transaction(archive.office.sessions) as session:
        assert (await session.scalars(select(StatedFactsRow))).all() == []
        assert (await session.scalars(select(ReadingRow))).all() == []
    opened = Papers(archive.office.sessions, archive.office.files, archive.office.programme)
    with pytest.raises(NotOpen, match=r"document.erased day=2029-03-01 rule=identity_2026"):
        await opened.open(archive.exchange, document.id, Actor(id="c", role=Role.COORDINATOR, institution="cqmu"), GONE)
    assert await archive.is_there("cv_study_plan")
    assert await archive.is_there("badge")
    assert await archive.audited() == 0
    assert (await archive.states(GONE))["passport"] is RetentionState.ERASED
    async with transaction(archive.office.sessions) as session:
        await session.execute(update(DocumentRow).values(erased_at=None))
        await rebuild(session)
    assert (await archive.row("passport"))[0].erased_at == GONE, "the log says so"


async def test_a_hold_and_an_open_exchange_keep_everything(archive: StudentsPapers) -> None:
    held = await archive.erasures.hold(archive.exchange, "A claim", OFFICE, NOW, "h-1")
    later = GONE + timedelta(days=4000)
    assert await archive.retention.erase_due(later) == RetentionAnswer(held=2)
    assert (await archive.states(later))["passport"] is RetentionState.HELD
    assert {one.state for one in (await archive.look.all(OFFICE, later, 0)).lines} == {RetentionState.HELD}
    await archive.erasures.lift(archive.exchange, held, OFFICE, NOW)
    async with transaction(archive.office.sessions) as session:
        await session.execute(update(ExchangeRow).values(closed_at=None))
    assert await archive.retention.erase_due(later) == RetentionAnswer()
    assert set((await archive.states(later)).values()) == {RetentionState.OPEN}
    assert not archive.ledger.exists()
    assert await archive.is_there("passport")
    student = Actor(id=archive.person, role=Role.STUDENT, institution="dartmouth")
    with pytest.raises(NotAuthorised, match=r"not_allowed.erase"):
        await archive.look.all(student, later, 30)
    with pytest.raises(NotAuthorised, match=r"not_allowed.erase"):
        await archive.look.of(archive.exchange, student, later)
    with pytest.raises(Unknown):
        await archive.look.of("EX-2027-ABC-999", OFFICE, later)


async def test_what_a_crash_left_goes_with_the_next_run(
    archive: StudentsPapers, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(_name: str) -> None:
        raise Unavailable("files.away", error="down")

    with monkeypatch.context() as patch:
        patch.setattr(archive.office.files, "remove", dies)
        with pytest.raises(Unavailable):
            await archive.retention.erase_due(GONE)
    document, file = await archive.row("passport")
    assert document.erased_at == GONE
    assert file.removed_at is None
    assert await archive.is_there("passport")
    assert await archive.retention.erase_due(GONE) == RetentionAnswer(removed=1)
    assert not await archive.is_there("passport")
    assert len(await archive.erased()) == 1


async def test_two_runs_at_once_erase_once(archive: StudentsPapers) -> None:
    answers = await asyncio.gather(*(archive.retention.erase_due(GONE) for _ in range(4)))
    assert sum(one.erased for one in answers) == 1
    assert sum(one.removed for one in answers) == 1
    assert len(await archive.erased()) == 1


async def test_copies_of_database_and_files_are_brought_to_the_same(archive: StudentsPapers) -> None:
    document, file = await archive.row("passport")
    path = archive.folder / "files" / file.hash[:2] / file.hash
    copy = path.read_bytes()
    # The database of before, which has not heard of it; as after a crash between ledger and database.
    mark = ErasedDocument(document=document.id, rule="identity_2026", at=GONE)
    await ErasureLedger(archive.ledger).write([mark, mark.model_copy(update={"document": "gone.x"})])
    assert await archive.retention.apply_again(GONE) == 1
    assert not path.exists()
    path.write_bytes(copy)  # the folder of before
    assert await archive.retention.apply_again(GONE) == 1
    assert await archive.retention.apply_again(GONE) == 0
    assert not path.exists()
    assert [one.rule for one in await archive.erased()] == ["identity_2026"]
    assert await archive.erasures.apply_again() == 0, "no key was erased"


async def test_a_file_of_before_that_another_document_has_is_not_lost(archive: StudentsPapers) -> None:
    name = kept_in_clear(archive.folder / "files", b"%PDF-1.7 of both")
    async with transaction(archive.office.sessions) as session:
        session.add(FileRow(hash=name, size=16, media_type="application/pdf", created_at=NOW))
        await session.flush()
        both = DocumentRow.id.in_([archive.documents["passport"], archive.documents["badge"]])
        await session.execute(update(DocumentRow).where(both).values(file_hash=name))
    assert await archive.retention.erase_due(GONE) == RetentionAnswer(erased=1)
    assert await archive.is_there("badge")


async def test_what_is_handed_in_again_is_another_document(archive: StudentsPapers) -> None:
    await archive.retention.erase_due(GONE)
    again = await archive.file("passport", papers.passport_scan())
    assert again != archive.documents["passport"]
    assert await archive.file("passport", papers.passport_scan()) == again
    archive.documents["passport"] = again
    assert await archive.is_there("passport")
    assert (await archive.row("passport"))[0].erased_at is None


async def test_keys_wait_for_what_a_rule_keeps_longer(archive: StudentsPapers) -> None:
    """The key of an application goes after 730 days, and 24 months from a leap year have a day more."""
    with pytest.raises(NotOpen, match=r"erasure.retained"):
        await archive.erasures.erase(archive.exchange, OFFICE, CLOSED + timedelta(days=300), "e-1")
    erased = await archive.erasures.erase(archive.exchange, OFFICE, CLOSED + timedelta(days=730, hours=1), "e-2")
    assert "application" not in erased
    erased = await archive.erasures.erase(archive.exchange, OFFICE, CLOSED + timedelta(days=732), "e-3")
    assert "application" in erased
