"""Erasing: by whom, when not, what nobody reads afterwards, and that a restored copy is brought to the same."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from examples import papers
from models.catalogue.loading import load_programme
from models.errors import BadInput, Broken, NotAuthorised, NotOpen, Unknown
from models.events import PapersErased
from models.people.authorization import Actor
from models.tables import DataKeyRow, DocumentRow, EventRow, ExchangeRow
from models.vocabulary import Role
from records.erasing import Erasures
from records.erasure_ledger import ErasureLedger
from records.store.append import NoOutbox
from records.store.engine import transaction
from tests.activities.students import NOW, Office
from tests.databases import Database

OFFICE = Actor(id="office", role=Role.PROGRAMME_OFFICE)
COORDINATOR = Actor(id="c", role=Role.COORDINATOR, institution="cqmu")
YEARS = NOW + timedelta(days=800)
"""When an application need not be kept any more, and a passport still must."""


class Archive:
    """One student whose exchange is over, with a curriculum vitae and a passport."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.office = office
        self.ledger = folder / "erasures.jsonl"
        self.erasures = Erasures(
            office.sessions, office.programme, NoOutbox(), office.files.vault, ErasureLedger(self.ledger)
        )
        self.exchange = self.person = ""
        self.documents: list[tuple[str, str]] = []

    async def fill(self) -> None:
        registered = await self.office.nominate(1)
        self.exchange, self.person = registered.exchange_id, registered.person_id
        file = self.office.filing.file_document
        for kind, data in (("cv_study_plan", papers.letter("CV")), ("passport", papers.passport_scan())):
            self.documents.append((await file(self.exchange, kind, "p.pdf", data, "p", NOW), kind))

    async def close(self, at: datetime | None) -> None:
        async with transaction(self.office.sessions) as session:
            await session.execute(update(ExchangeRow).values(closed_at=at))

    async def read(self, kind: str) -> bytes:
        [document] = [one for one, its in self.documents if its == kind]
        async with transaction(self.office.sessions) as session:
            row = await session.get_one(DocumentRow, document)
        return await self.office.files.read(row.file_hash, document)

    async def events(self) -> list[str]:
        async with transaction(self.office.sessions) as session:
            return list(await session.scalars(select(EventRow.kind).order_by(EventRow.position)))[1:]


@pytest.fixture
async def archive(database: Database, tmp_path: Path) -> Archive:
    office = Office(database, tmp_path / "files", load_programme())
    await office.seed()
    archive = Archive(office, tmp_path)
    await archive.fill()
    return archive


async def test_what_need_not_be_kept_is_read_by_nobody_any_more(archive: Archive) -> None:
    await archive.close(NOW)
    erased = await archive.erasures.erase(archive.exchange, OFFICE, YEARS, "e-1")
    assert erased == ("application", "conduct", "conversation", "training")
    assert await archive.erasures.erase(archive.exchange, OFFICE, YEARS, "e-1") == erased, "it is done once"
    on_ledger = archive.ledger.read_text()
    assert await archive.erasures.erase(archive.exchange, OFFICE, YEARS, "e-2", "Once more") == ()
    assert archive.ledger.read_text() == on_ledger, "under another key nothing is left to do"
    with pytest.raises(NotOpen, match=r"vault.erased"):
        await archive.read("cv_study_plan")
    assert await archive.read("passport") == papers.passport_scan()
    assert await archive.events() == [PapersErased.model_fields["kind"].default]
    assert archive.person in archive.ledger.read_text()


async def test_a_restored_copy_erases_again_what_it_brought_back(archive: Archive) -> None:
    await archive.close(NOW)
    async with transaction(archive.office.sessions) as session:
        copy = [
            {column.name: getattr(row, column.name) for column in DataKeyRow.__table__.columns}
            for row in await session.scalars(select(DataKeyRow))
        ]
    await archive.erasures.erase(archive.exchange, OFFICE, YEARS, "e-1")
    async with transaction(archive.office.sessions) as session:
        await session.execute(delete(DataKeyRow))
        session.add_all(DataKeyRow(**row) for row in copy)
    assert await archive.read("cv_study_plan") == papers.letter("CV"), "the copy knows of no erasure"
    with archive.ledger.open("a") as ledger:
        ledger.write('{"person_id": "half')
    assert await archive.erasures.apply_again() == 1
    assert await archive.erasures.apply_again() == 0
    with pytest.raises(NotOpen, match=r"vault.erased"):
        await archive.read("cv_study_plan")
    assert await archive.read("passport") == papers.passport_scan()
    archive.ledger.write_text("none of ours\n")
    with pytest.raises(Broken, match=r"erasure.ledger"):
        await archive.erasures.apply_again()


async def test_nothing_is_erased_that_must_be_kept(archive: Archive) -> None:
    erase, hold, lift = archive.erasures.erase, archive.erasures.hold, archive.erasures.lift
    with pytest.raises(NotOpen, match=r"erasure.goes_on"):
        await erase(archive.exchange, OFFICE, YEARS, "e-1")
    await archive.close(NOW)
    with pytest.raises(NotOpen, match=r"erasure.retained"):
        await erase(archive.exchange, OFFICE, NOW + timedelta(days=364), "e-1")
    held = await hold(archive.exchange, "A claim of 2027", OFFICE, NOW, "h-1")
    assert await hold(archive.exchange, "A claim of 2027", OFFICE, NOW, "h-1") == held
    with pytest.raises(NotOpen, match=r"erasure.held"):
        await erase(archive.exchange, OFFICE, YEARS, "e-1")
    assert not archive.ledger.exists()
    for _ in range(2):
        await lift(archive.exchange, held, OFFICE, NOW)
    assert await erase(archive.exchange, OFFICE, YEARS, "e-1")
    assert await archive.events() == ["hold_set", "hold_lifted", "papers_erased"]


async def test_the_programme_office_alone_erases_and_holds(archive: Archive) -> None:
    await archive.close(NOW)
    student = Actor(id=archive.person, role=Role.STUDENT, institution="dartmouth")
    for actor in (COORDINATOR, student):
        for act in (
            archive.erasures.erase(archive.exchange, actor, YEARS, "e-1"),
            archive.erasures.hold(archive.exchange, "Why", actor, NOW, "h-1"),
            archive.erasures.lift(archive.exchange, "h", actor, NOW),
        ):
            with pytest.raises(NotAuthorised, match=r"not_allowed.erase"):
                await act
    with pytest.raises(Unknown, match=r"exchange.not_seen"):
        await archive.erasures.erase("EX-2027-ABC-999", OFFICE, YEARS, "e-1")
    with pytest.raises(Unknown, match=r"hold.unknown"):
        await archive.erasures.lift(archive.exchange, "h", OFFICE, NOW)
    with pytest.raises(BadInput, match=r"hold.reason"):
        await archive.erasures.hold(archive.exchange, " ", OFFICE, NOW, "h-1")
