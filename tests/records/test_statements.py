"""What documents say: versions, who states and reads it, what the rules make of it, and no value outside the table."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from models.catalogue.loading import load_programme
from models.errors import BadInput, Broken, KeyReused, NotAuthorised, Unknown
from models.facts.cover import CoverFacts
from models.people.authorization import Actor
from models.tables import DataKeyRow, DocumentRow, EventRow, ExchangeCodeRow, FileRow, StatedFactsRow
from models.vocabulary import DocumentStatus, Role, Severity
from records.fact_seals import SealedByPerson
from records.keyring import keyring_of
from records.statements import Statements
from records.store.engine import transaction
from records.vault import DataVault
from tests.activities.students import NOW, Office, OneMessage, with_beds
from tests.databases import Database

DAY = timedelta(days=1)
HOST = Actor(id="cqmu.coordinator", role=Role.COORDINATOR, institution="cqmu")
HOME = Actor(id="dartmouth.coordinator", role=Role.COORDINATOR, institution="dartmouth")
PARTNER = Actor(id="dartmouth.partner_office", role=Role.PARTNER_OFFICE, institution="dartmouth")
HEALTH = Actor(id="cqmu.occupational_health", role=Role.OCCUPATIONAL_HEALTH, institution="cqmu")
ELSEWHERE = Actor(id="sample.coordinator", role=Role.COORDINATOR, institution="sample")
TESTED = {"tests": [{"method": "igra", "tested_on": "2026-10-15", "result": "negative"}]}


class Holder:
    """Somebody who handed in documents."""

    def __init__(self, office: Office, exchange: str, person: str) -> None:
        programme = office.programme.model_copy(update={"policy": load_programme().policy})
        sealing = SealedByPerson(DataVault(keyring_of(None, "s" * 32)), lambda: NOW)
        self.records = Statements(office.sessions, programme, OneMessage(), sealing)
        self.exchange, self.office, self.programme = exchange, office, programme
        self.actor = Actor(id=person, role=Role.STUDENT, institution="dartmouth")

    async def file(self, document_id: str, kind: str) -> str:
        async with transaction(self.office.sessions) as session:
            await session.merge(FileRow(hash="0" * 64, size=1, media_type="application/pdf", created_at=NOW))
            await session.flush()
            assert await session.get(ExchangeCodeRow, self.exchange)
            row = {
                "filename": "a.pdf",
                "uploaded_by": self.actor.id,
                "filed_at": NOW,
                "status": DocumentStatus.ACCEPTED,
            }
            session.add(DocumentRow(id=document_id, exchange_id=self.exchange, kind=kind, file_hash="0" * 64, **row))
        return document_id

    async def state(self, document: str, said: dict[str, Any], by: Actor | None = None, key: str = "k1") -> int:
        return await self.records.state(self.exchange, document, said, by or self.actor, NOW, key)


@pytest.fixture
async def ana(database: Database, tmp_path: Path) -> Holder:
    office = Office(database, tmp_path / "files", with_beds("101:any:2"))
    await office.seed()
    registered = await office.nominate(1)
    return Holder(office, registered.exchange_id, registered.person_id)


def covered(ana: Holder, last: date, first: date) -> dict[str, Any]:
    return CoverFacts(first_day=first, last_day=last, insurer="Example Mutual").model_dump(mode="json")


async def test_every_version_stays_readable_and_the_key_states_once(ana: Holder) -> None:
    document = await ana.file("d-1", "tb_test")
    assert await ana.state(document, TESTED) == await ana.state(document, TESTED) == 1
    later = {"tests": [{"method": "igra", "tested_on": "2026-11-20", "result": "negative"}]}
    with pytest.raises(KeyReused):
        await ana.state(document, later)
    assert await ana.state(document, later, HEALTH, "k2") == 2
    view = await ana.records.of(ana.exchange, document, ana.actor, NOW)
    assert [(one.version, one.facts["tests"][0]["tested_on"]) for one in view.versions] == [
        (2, "2026-11-20"),
        (1, "2026-10-15"),
    ]


async def test_health_is_stated_and_read_by_the_student_and_occupational_health_alone(ana: Holder) -> None:
    document = await ana.file("d-1", "tb_test")
    for stranger in (HOST, HOME):
        with pytest.raises(NotAuthorised):
            await ana.state(document, TESTED, stranger)
        with pytest.raises(Unknown):
            await ana.records.of(ana.exchange, document, stranger, NOW)
    with pytest.raises(Unknown):
        await ana.state(document, TESTED, ELSEWHERE)
    assert await ana.state(document, TESTED, HEALTH) == 1


async def test_insurance_is_stated_by_offices_too(ana: Holder) -> None:
    document = await ana.file("d-2", "insurance")
    said = covered(ana, date(2027, 12, 31), date(2026, 12, 1))
    assert await ana.state(document, said, HOME) == 1
    with pytest.raises(NotAuthorised):
        await ana.state(document, said, PARTNER, "k2")


async def test_a_field_that_cannot_be_is_named_and_its_value_not_repeated(ana: Holder) -> None:
    document = await ana.file("d-1", "tb_test")
    wrong = {"tests": [{"method": "igra", "tested_on": "2nd of May", "result": "negative"}]}
    with pytest.raises(BadInput) as refused:
        await ana.state(document, wrong)
    assert refused.value.field == "tests 1 tested_on"
    assert "May" not in str(refused.value)
    photo = await ana.file("d-3", "photo")
    with pytest.raises(BadInput, match=r"facts\.none_of_kind"):
        await ana.state(photo, {})


async def test_no_fact_is_in_an_event(ana: Holder) -> None:
    await ana.state(await ana.file("d-1", "tb_test"), TESTED)
    query = select(EventRow.payload).where(EventRow.kind == "facts_stated")
    (payload,) = [row[0] for row in await ana.office.rows(query)]
    assert (payload["document_id"], payload["document"], payload["version"]) == ("d-1", "tb_test", 1)
    assert "2026-10-15" not in str(payload)


async def test_the_rules_say_to_offices_what_holds_and_not_why(ana: Holder) -> None:
    await ana.state(await ana.file("d-1", "tb_test"), TESTED)
    mine = await ana.records.judged(ana.exchange, ana.actor, NOW)
    (told,) = mine.findings["tb_test"]
    assert (told.rule_id, told.holds_until) == ("D27.tb", date(2026, 10, 15) + 365 * DAY)
    (result,) = (await ana.records.judged(ana.exchange, HOST, NOW)).findings["tb_test"]
    assert (result.rule_id, result.message, result.params) == ("D27", "requirement.result", {})
    assert result.holds_until == told.holds_until


async def test_policies_count_together_and_a_replaced_one_no_more(ana: Holder) -> None:
    stay = (await ana.records.judged(ana.exchange, ana.actor, NOW)).findings
    assert "insurance" not in stay
    first = await ana.file("d-1", "insurance")
    second = await ana.file("d-2", "insurance")
    middle = date(2027, 4, 1)
    await ana.state(first, covered(ana, middle, date(2026, 12, 1)), key="a")
    await ana.state(second, covered(ana, date(2028, 12, 31), middle + DAY), key="b")
    (days,) = (await ana.records.judged(ana.exchange, HOST, NOW)).findings["insurance"]
    assert days.severity is Severity.INFORMING
    async with transaction(ana.office.sessions) as session:
        replaced = update(DocumentRow).where(DocumentRow.id == first).values(status=DocumentStatus.REPLACED)
        await session.execute(replaced)
    (days,) = (await ana.records.judged(ana.exchange, HOST, NOW)).findings["insurance"]
    assert (days.severity, days.message) == (Severity.BLOCKING, "requirement.days_not_covered")
    assert len(await ana.office.rows(select(StatedFactsRow.document_id))) == 2


async def test_without_a_key_nothing_is_written(ana: Holder) -> None:
    document = await ana.file("d-1", "tb_test")
    unsealing = Statements(ana.office.sessions, ana.programme, OneMessage())
    with pytest.raises(Broken, match=r"vault.no_key"):
        await unsealing.state(ana.exchange, document, TESTED, ana.actor, NOW, "k1")
    async with transaction(ana.office.sessions) as session:
        assert list(await session.scalars(select(StatedFactsRow))) == []


async def test_what_is_stated_is_sealed_for_its_student_and_row(ana: Holder) -> None:
    document, other = await ana.file("d-1", "tb_test"), await ana.file("d-2", "tb_test")
    await ana.state(document, TESTED)
    await ana.state(other, TESTED, key="k2")
    async with transaction(ana.office.sessions) as session:
        rows = {row.document_id: row for row in await session.scalars(select(StatedFactsRow))}
        keys = list(await session.scalars(select(DataKeyRow)))
    assert [(key.subject, key.purpose) for key in keys] == [(ana.actor.id, "health")]
    for row in rows.values():
        assert not any(said in row.sealed for said in (b"igra", b"negative", b"2026-10-15", b"tests"))
    assert rows[document].sealed != rows[other].sealed
    assert (await ana.records.of(ana.exchange, document, ana.actor, NOW)).versions[0].facts["tests"] == TESTED["tests"]
    async with transaction(ana.office.sessions) as session:
        moved = update(StatedFactsRow).where(StatedFactsRow.document_id == other)
        await session.execute(moved.values(sealed=rows[document].sealed))
    with pytest.raises(Broken, match=r"vault.unreadable"):
        await ana.records.of(ana.exchange, other, ana.actor, NOW)
    assert (await ana.records.of(ana.exchange, document, ana.actor, NOW)).versions, "the others open"
    [said, *_] = (await ana.records.judged(ana.exchange, ana.actor, NOW)).findings["tb_test"]
    assert (said.severity, said.message) == (Severity.ASKING, "vault.unreadable")
