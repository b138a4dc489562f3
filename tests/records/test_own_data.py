"""A student's data in one archive: whole, byte for byte, on record, for those alone whom it is for."""

import hashlib
import io
import json
import logging
import os
import random
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile, is_zipfile

import pytest
from sqlalchemy import select, update

from examples import papers
from models.catalogue.loading import load_programme
from models.errors import KeyReused, Unavailable, Unknown
from models.events import DocumentErased
from models.people.authorization import Actor
from models.reading import DocumentReading, Line, PageRead, ReadOutcome, Source
from models.tables import DocumentRow, EventRow
from models.vocabulary import Purpose, Role
from records.archives import archive
from records.erasing import Erasures
from records.erasure_ledger import ErasureLedger
from records.fact_seals import SealedByPerson
from records.own_data import DataExports
from records.readings import keep_reading
from records.sealed_files import ISSUED, FileOwner, issued_about
from records.statements import Statements
from records.store.append import NoOutbox
from records.store.engine import transaction
from tests.activities.students import NOW, Office
from tests.databases import Database
from tests.records.stays import HOST, LIPID, OFFICE, PARTNER, STRANGER, live_through, open_cohort, programme
from tests.records.story import issued, written
from tests.records.test_erasing import YEARS

PLAN = papers.letter("CV")
BETTER = papers.letter("Another CV")
PASSPORT = papers.passport_scan()
TB = papers.letter("IGRA")
LARGE = random.Random(4).randbytes(4 * 1024 * 1024)
TESTED = {"tests": [{"method": "igra", "tested_on": "2026-09-01", "result": "negative"}]}


class Given:
    """What one reader is given of one student's data."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.office = office
        self.folder = folder / "files"
        sealing = SealedByPerson(office.files.vault, lambda: NOW)
        known = office.sessions, office.programme, NoOutbox()
        self.sealing = sealing
        self.exports = DataExports(*known, sealing)
        self.statements = Statements(*known, sealing)
        self.erasures = Erasures(*known, office.files.vault, ErasureLedger(folder / "erasures.jsonl"))
        self.exchange = ""
        self.handed_in = 0
        self.student = Actor(id="p", role=Role.STUDENT)
        self.pieces: list[int] = []

    async def fill(self) -> None:
        registered = await self.office.nominate(1, language="zh")
        self.exchange = registered.exchange_id
        self.student = Actor(id=registered.person_id, role=Role.STUDENT, institution="dartmouth")

    async def hand_in(self, kind: str, name: str, data: bytes) -> str:
        self.handed_in += 1
        at = NOW + timedelta(minutes=self.handed_in)
        return await self.office.filing.file_document(self.exchange, kind, name, data, self.student.id, at)

    async def was_read(self, document: str, line: str) -> None:
        page = PageRead(number=1, source=Source.TEXT, lines=(Line(text=line, box=(0, 0, 1, 1)),))
        reading = DocumentReading(outcome=ReadOutcome.READ, pages=(page,))
        async with transaction(self.office.sessions) as session:
            about = self.exchange, document, Purpose.HEALTH
            await keep_reading(session, self.sealing, *about, reading)

    async def issue(self, data: bytes) -> str:
        """A file as letters and certificates are kept; answers its name."""
        owner = FileOwner(person_id=self.student.id, purpose=ISSUED, bound_to=issued_about(self.exchange))
        stored = await self.office.files.put(data, owner, NOW)
        async with transaction(self.office.sessions) as session:
            await self.office.files.note(session, stored, "application/pdf", NOW)
        return stored.hash

    async def open(self, actor: Actor, key: str = "e-1") -> ZipFile:
        data = await self.exports.begin(self.exchange, actor, NOW, key)
        pieces = [piece async for piece in archive(data, self.office.files, self.office.programme)]
        self.pieces = [len(one) for one in pieces]
        assert all(pieces), "an empty piece ends an answer"
        found = ZipFile(io.BytesIO(b"".join(pieces)))
        assert found.testzip() is None
        return found

    async def events(self) -> list[tuple[str, str]]:
        async with transaction(self.office.sessions) as session:
            query = select(EventRow.kind, EventRow.actor_id).where(EventRow.stream == self.exchange)
            return [(kind, who) for kind, who in await session.execute(query.order_by(EventRow.seq))]


@pytest.fixture
async def given(database: Database, tmp_path: Path) -> Given:
    office = Office(
        database, tmp_path / "files", programme().model_copy(update={"retention": load_programme().retention})
    )
    await office.seed()
    given = Given(office, tmp_path)
    await given.fill()
    return given


def read(found: ZipFile, name: str) -> Any:
    return json.loads(found.read(name))


async def test_a_running_exchange_is_given_out_byte_for_byte_and_once_on_record(
    given: Given, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await given.hand_in("cv_study_plan", "../../etc/my plan.pdf", PLAN)
    await given.hand_in("cv_study_plan", "my plan.pdf", BETTER)
    await given.hand_in("passport", "护照\u202e.pdf", PASSPORT)
    tested = await given.hand_in("tb_test", "igra.pdf", TB)
    await given.statements.state(given.exchange, tested, TESTED, given.student, NOW, "f-1")
    await given.was_read(tested, "Collected on 2026-10-15")
    found = await given.open(given.student)
    assert await given.events() == [
        ("exchange_opened", "clock"),
        ("facts_stated", given.student.id),
        ("data_exported", given.student.id),
    ]
    listed = read(found, "files.json")
    handed_in = {PLAN: "my plan.pdf", BETTER: "my plan.pdf", PASSPORT: "护照.pdf", TB: "igra.pdf"}
    assert [found.read(one["path"]) for one in listed] == list(handed_in)
    for one, (data, name) in zip(listed, handed_in.items(), strict=True):
        assert (one["state"], one["size"], one["sha256"]) == ("whole", len(data), hashlib.sha256(data).hexdigest())
        assert one["path"].startswith("documents/")
        assert one["path"].rpartition("/")[2] == name
    data = read(found, "data.json")
    assert data["person"][0]["email"] == "student1@example.edu"
    assert data["nomination"]["family_name"] == "Rivera"
    assert "rank" not in data["nomination"], "it says something of others"
    assert {one["purpose"] for one in data["kept"]} == {"application", "identity", "health"}
    assert data["stated_facts"][0]["versions"][0]["facts"]["tests"][0]["result"] == "negative"
    assert [(one["kind"], one["facts"][0]["value"]) for one in data["read_by_machine"]] == [("tb_test", "2026-10-15")]
    assert [one["kind"] for one in data["exchange"]["timeline"]][-1] == "data_exported"
    assert "您在" in found.read("README.txt").decode()
    await given.open(given.student)
    assert len(await given.events()) == 3, "asked again under its key it is on record once"
    with pytest.raises(KeyReused):
        await given.open(OFFICE)
    assert "Rivera" not in caplog.text
    assert "my plan" not in caplog.text


async def test_an_office_is_given_no_health_and_nobody_else_anything(given: Given) -> None:
    tested = await given.hand_in("tb_test", "igra.pdf", TB)
    await given.statements.state(given.exchange, tested, TESTED, given.student, NOW, "f-1")
    await given.hand_in("passport", "p.pdf", PASSPORT)
    found = await given.open(OFFICE)
    assert [one["kind"] for one in read(found, "files.json")] == ["passport"]
    assert "negative" not in found.read("data.json").decode()
    assert read(found, "data.json")["stated_facts"] == []
    assert "健康材料" in found.read("README.txt").decode()
    another = await given.office.nominate(2)
    others = [
        Actor(id=another.person_id, role=Role.STUDENT, institution="dartmouth"),
        Actor(id="h", role=Role.OCCUPATIONAL_HEALTH, institution="cqmu"),
        *(HOST, LIPID, PARTNER, STRANGER),
    ]
    before = await given.events()
    for actor in others:
        with pytest.raises(Unknown, match=r"exchange.not_seen"):
            await given.exports.begin(given.exchange, actor, NOW, "e-2")
        with pytest.raises(Unknown, match=r"exchange.not_seen"):
            await given.exports.look(given.exchange, actor, NOW)
    with pytest.raises(Unknown, match=r"exchange.not_seen"):
        await given.exports.begin("EX-2027-ABC-999", given.student, NOW, "e-2")
    assert await given.events() == before


async def test_a_finished_exchange_has_its_letters_and_every_version_of_its_certificate(given: Given) -> None:
    await open_cohort(given.office)
    await live_through(given.office, given.exchange, given.student.id)
    made = {name: b"%PDF-1.7 " + name.encode() for name in ("en", "zh", "certificate")}
    names = {name: await given.issue(data) for name, data in made.items()}
    letter = written(1).model_copy(update={"file_en": names["en"], "file_zh": names["zh"]})
    await given.office.record(given.exchange, letter)
    again = {"number": "SJ-2027-000001", "file_hash": names["certificate"]}
    await given.office.record(given.exchange, issued(2).model_copy(update=again))
    found = await given.open(given.student)
    assert found.read("letters/CQMU-2027-000001-v1-en.pdf") == made["en"]
    assert found.read("letters/CQMU-2027-000001-v1-zh.pdf") == made["zh"]
    assert found.read("certificates/SJ-2027-000001-v2.pdf") == made["certificate"]
    data = read(found, "data.json")
    assert [one["letter"] for one in data["letters"]] == ["invitation"]
    assert [one["version"] for one in data["exchange"]["certificates"]] == [2, 1]
    assert data["exchange"]["attendance"]
    assert data["exchange"]["evaluations"]


async def test_what_is_erased_or_damaged_is_named_and_the_rest_is_there(given: Given) -> None:
    await open_cohort(given.office)
    await live_through(given.office, given.exchange, given.student.id)
    await given.hand_in("cv_study_plan", "plan.pdf", PLAN)
    held = await given.exports.look(given.exchange, given.student, NOW)
    assert {one.purpose: one.papers for one in held.papers} == {"identity": 1, "application": 1, "issued": 1}
    assert held.papers[0].until is not None
    assert await given.erasures.erase(given.exchange, OFFICE, YEARS, "x-1")
    found = await given.open(given.student)
    listed = {one["kind"]: one for one in read(found, "files.json")}
    assert {kind: one["state"] for kind, one in listed.items()} == {
        "passport": "whole",
        "cv_study_plan": "erased",
        "certificate": "damaged",
    }
    assert found.read(listed["passport"]["path"]) == b"paper"
    names = set(found.namelist())
    assert listed["cv_study_plan"]["path"] not in names
    said = found.read("README.txt").decode()
    assert f"{listed['cv_study_plan']['path']}：已删除" in said
    assert f"{listed['certificate']['path']}：存储的文件已损坏" in said
    told = read(found, "data.json")["exchange"]
    assert told["outcome"] == "completed"
    assert [one["said"] for paper in told["documents"] for one in paper["findings"]] == ["It is text."]
    [approval] = [one for one in told["steps"] if one["kind"] == "host_approval"]
    assert approval["decided_by"] == "Wang Fang"
    gone = {"document_id": listed["passport"]["about"], "document": "passport", "rule": "identity_2026"}
    await given.office.record(given.exchange, DocumentErased(at=NOW, received_at=NOW, file="0" * 64, **gone))
    found = await given.open(given.student, "e-2")
    [passport] = [one for one in read(found, "files.json") if one["kind"] == "passport"]
    assert passport["state"] == "erased", "its bytes may lie there still, and are nobody's to read"
    assert not [name for name in found.namelist() if name.startswith("documents/")]
    held = await given.exports.look(given.exchange, given.student, NOW)
    assert [one.purpose for one in held.papers if one.erased_at] == ["application"]


async def test_a_large_file_is_never_held_as_a_whole_and_a_cut_one_is_named(given: Given) -> None:
    document = await given.hand_in("passport", "large.pdf", PASSPORT)
    owner = FileOwner(person_id=given.student.id, purpose="identity", bound_to=document)
    stored = await given.office.files.put(LARGE, owner, NOW)
    async with transaction(given.office.sessions) as session:
        await given.office.files.note(session, stored, "application/pdf", NOW)
        await session.flush()
        of_it = update(DocumentRow).where(DocumentRow.id == document)
        await session.execute(of_it.values(file_hash=stored.hash))
    found = await given.open(given.student)
    assert found.read(read(found, "files.json")[0]["path"]) == LARGE
    assert max(given.pieces) < 256 * 1024
    on_disk = given.folder / stored.hash[:2] / stored.hash
    os.truncate(on_disk, on_disk.stat().st_size // 2)
    found = await given.open(given.student, "e-2")
    [listed] = read(found, "files.json")
    assert listed["state"] == "damaged"
    assert LARGE.startswith(found.read(listed["path"]))
    assert f"{listed['path']}：存储的文件已损坏" in found.read("README.txt").decode()


async def test_what_was_stated_of_erased_papers_is_told_as_erased(given: Given) -> None:
    course = await given.hand_in("hipaa_training", "course.pdf", PLAN)
    stated = {"completed_on": "2026-10-01"}
    await given.statements.state(given.exchange, course, stated, given.student, NOW, "f-1")
    said = read(await given.open(given.student), "data.json")["stated_facts"]
    assert said[0]["versions"][0]["facts"]["completed_on"] == "2026-10-01"
    async with transaction(given.office.sessions) as session:
        await given.office.files.vault.erase(session, given.student.id, "training", NOW)
    said = read(await given.open(given.student, "e-2"), "data.json")["stated_facts"]
    assert said == [{"document_id": course, "kind": "hipaa_training", "unreadable": "vault.erased"}]


async def test_an_archive_does_not_open_where_the_store_goes_away_meanwhile(given: Given) -> None:
    await given.hand_in("passport", "p.pdf", PASSPORT)
    data = await given.exports.begin(given.exchange, given.student, NOW, "e-1")
    given.folder.rename(given.folder.with_name("away"))
    pieces: list[bytes] = []

    async def take() -> None:
        async for piece in archive(data, given.office.files, given.office.programme):
            pieces.append(piece)

    with pytest.raises(Unavailable, match=r"files.away"):
        await take()
    assert pieces
    assert not is_zipfile(io.BytesIO(b"".join(pieces)))
