"""The ledger of consents: asked in the student's language, once each, and what the host opens by it."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from examples import papers
from models.catalogue.loading import load_programme
from models.errors import BadInput, Conflict, NotAuthorised, NotOpen, Unknown
from models.events import EVENT, ConsentWithdrawn
from models.people.authorization import Actor
from models.people.consents import ConsentAnswer, ConsentTo
from models.rules.requirements.saying import RESULT
from models.tables import ConsentRow, DocumentRow, EventRow
from models.vocabulary import DocumentStatus, Role
from records.clearances import Clearances
from records.consents import Consents, OnPaper
from records.fact_seals import SealedByPerson
from records.papers import Papers
from records.queries import Reading
from records.readings import Readings
from records.statements import Statements
from records.store.append import NoOutbox
from records.store.engine import transaction
from records.store.rebuild import rebuild
from records.transfers import TransferGate
from tests.activities.students import NOW, Office
from tests.databases import Database
from tests.sealed import VAULT

SENDING = Actor(id="dartmouth.coordinator", role=Role.COORDINATOR, institution="dartmouth")
HOST = Actor(id="cqmu.coordinator", role=Role.COORDINATOR, institution="cqmu")
NOTICE = "from_united_states_1"
ALL = dict.fromkeys(ConsentTo, True)
LATER = timedelta(minutes=10)


class Asked:
    """One student of Dartmouth who is asked before papers go to CQMU, and another one."""

    def __init__(self, office: Office) -> None:
        self.office, sessions, programme = office, office.sessions, office.programme
        self.consents = Consents(sessions, programme, NoOutbox())
        self.gate = TransferGate(sessions, programme)
        self.papers = Papers(sessions, office.files, programme)
        self.reading = Reading(sessions, programme)
        self.exchange, self.student, self.other = "", HOST, HOST

    async def fill(self) -> None:
        self.office.asks_consent = True
        ana, bo = await self.office.nominate(1), await self.office.nominate(2)
        self.exchange = ana.exchange_id
        self.student, self.other = (
            Actor(id=one.person_id, role=Role.STUDENT, institution="dartmouth") for one in (ana, bo)
        )

    async def file(self, kind: str, later: int) -> str:
        data = papers.letter(kind, pages=later + 1)
        return await self.office.filing.file_document(self.exchange, kind, "p.pdf", data, "p", NOW + later * LATER)

    async def agree(self, later: int, key: str = "k", **said: bool) -> None:
        at = NOW + later * LATER
        await self.consents.show(self.exchange, "zh", self.student, at)
        answers = {ConsentTo(name): yes for name, yes in said.items()} or ALL
        await self.consents.answer(self.exchange, answers, NOTICE, "zh", self.student, at, key)

    async def told(self) -> list[str]:
        query = select(EventRow.kind).where(EventRow.stream == self.exchange).order_by(EventRow.seq)
        async with transaction(self.office.sessions) as session:
            return [kind for kind in await session.scalars(query) if kind.startswith("consent")]


@pytest.fixture
async def asked(database: Database, tmp_path: Path) -> Asked:
    office = Office(database, tmp_path / "files", load_programme())
    await office.seed()
    asked = Asked(office)
    await asked.fill()
    return asked


async def test_a_notice_is_shown_answered_and_taken_back_each_once(asked: Asked) -> None:
    before = await asked.consents.look(asked.exchange, asked.student, NOW)
    assert before is not None
    assert (before.is_asked, before.may_answer, before.may_record) == (True, True, False)
    assert "passport" in before.lacking
    assert "admission_notice" not in before.lacking, "the host's own papers go nowhere"
    with pytest.raises(Conflict, match=r"consent.notice_changed"):
        await asked.consents.answer(asked.exchange, ALL, NOTICE, "zh", asked.student, NOW, "early")
    for _ in range(2):
        await asked.agree(0)
    view = await asked.consents.look(asked.exchange, HOST, NOW)
    assert view is not None
    assert (view.is_asked, view.lacking, view.given) == (False, (), tuple(ConsentTo))
    assert {(one.language, one.version, one.notice) for one in view.ledger} == {("zh", 1, NOTICE)}
    assert [one.language for one in view.shown] == ["zh"], "once in a language"
    await asked.agree(1, "back", transfer=False)
    assert await asked.told() == ["consent_notice_shown", "consent_given", "consent_withdrawn"]
    after = await asked.consents.look(asked.exchange, asked.student, NOW)
    assert after is not None
    assert [one.answer for one in after.ledger] == [ConsentAnswer.WITHDRAWN] * 2 + [ConsentAnswer.GIVEN] * 2
    assert not after.is_asked, "who took it back is not asked again and again"
    async with transaction(asked.office.sessions) as session:
        rows = select(ConsentRow.number, ConsentRow.about, ConsentRow.answer).order_by(ConsentRow.number)
        kept = (await session.execute(rows)).all()
        await rebuild(session)
        assert (await session.execute(rows)).all() == kept, "the log has the whole ledger"
        payloads = await session.scalars(select(EventRow.payload).where(EventRow.kind == "consent_withdrawn"))
        [withdrawn] = [EVENT.validate_python(one) for one in payloads]
    assert isinstance(withdrawn, ConsentWithdrawn)
    assert withdrawn.actor == asked.student


async def test_who_may_not_answers_nothing(asked: Asked) -> None:
    answer = asked.consents.answer
    paper = OnPaper(date(2026, 11, 1), "Folder 7")
    with pytest.raises(NotAuthorised, match=r"not_allowed.consent"):
        await answer(asked.exchange, ALL, NOTICE, "en", SENDING, NOW, "k")
    with pytest.raises(NotAuthorised, match=r"not_allowed.consent"):
        await answer(asked.exchange, ALL, NOTICE, "en", HOST, NOW, "k", paper=paper)
    for stranger in (asked.other, Actor(id="h", role=Role.OCCUPATIONAL_HEALTH, institution="cqmu")):
        with pytest.raises(Unknown):
            await asked.consents.look(asked.exchange, stranger, NOW)
        with pytest.raises(Unknown):
            await answer(asked.exchange, ALL, NOTICE, "en", stranger, NOW, "k")
    for wrong, message in (
        (OnPaper(NOW.date() + timedelta(days=2), "F"), "paper_to_come"),
        (OnPaper(paper.on, " "), "reference"),
    ):
        with pytest.raises(BadInput, match=message):
            await answer(asked.exchange, ALL, "", "en", SENDING, NOW, "k", paper=wrong)
    with pytest.raises(BadInput, match=r"consent.no_answer"):
        await answer(asked.exchange, {}, NOTICE, "en", asked.student, NOW, "k")
    assert await asked.told() == []
    view = await answer(asked.exchange, ALL, "", "en", SENDING, NOW, "k", paper=paper)
    assert {(one.paper_on, one.reference) for one in view.ledger} == {(paper.on, "Folder 7")}
    assert all("Folder" not in str(one) for one in await _payloads(asked)), "its words stay beside the log"


async def test_the_gate_asks_the_student_and_goes_against_nobodys_no(asked: Asked) -> None:
    for kind in ("passport", "transcript"):
        with pytest.raises(NotOpen, match=r"consent.missing"):
            await asked.gate.let_in(asked.exchange, kind, asked.student)
        await asked.gate.let_in(asked.exchange, kind, SENDING)
    await asked.gate.let_in(asked.exchange, "admission_notice", HOST)
    await asked.agree(0, transfer=True, sensitive=False)
    await asked.gate.let_in(asked.exchange, "transcript", asked.student)
    for actor in (asked.student, SENDING):
        with pytest.raises(NotOpen, match=r"consent.refused"):
            await asked.gate.let_in(asked.exchange, "passport", actor)
    asked.office.asks_consent = False
    earlier = await asked.office.nominate(3)
    student = Actor(id=earlier.person_id, role=Role.STUDENT, institution="dartmouth")
    await asked.gate.let_in(earlier.exchange_id, "passport", student)
    assert await asked.consents.look(earlier.exchange_id, student, NOW) is None
    with pytest.raises(NotOpen, match=r"consent.not_asked"):
        await asked.consents.answer(earlier.exchange_id, ALL, NOTICE, "en", student, NOW, "k")


async def test_the_host_opens_what_was_sent_and_nothing_that_came_without_consent(asked: Asked) -> None:
    early = await asked.file("transcript", 0)
    at = NOW + 9 * LATER

    async def opens(document: str, actor: Actor) -> bool:
        try:
            await asked.papers.open(asked.exchange, document, actor, at)
        except NotOpen as refused:
            return refused.message != "consent.not_sent"
        return True

    async def shown(document: str, actor: Actor) -> tuple[str, bool]:
        view = await asked.reading.exchange(asked.exchange, actor, now=at)
        assert view is not None
        [one] = [one for one in view.documents if one.document_id == document]
        return one.filename, one.withheld

    assert not await opens(early, HOST)
    with pytest.raises(NotOpen, match=r"consent.not_sent"):
        await Readings(asked.office.sessions, asked.office.programme).of(asked.exchange, early, HOST, at)
    assert await shown(early, HOST) == ("", True)
    assert await opens(early, SENDING)
    assert await opens(early, asked.student)
    assert await shown(early, SENDING) == ("p.pdf", False)
    await asked.agree(1)
    assert await opens(early, HOST), "it waited for the consent"
    sent = await asked.file("cv_study_plan", 2)
    await asked.agree(3, "back", transfer=False)
    late = await asked.file("enrolment_proof", 4)
    assert [await opens(one, HOST) for one in (early, sent, late)] == [True, True, False]
    assert await opens(late, SENDING)


async def test_what_never_went_tells_the_host_results_alone(asked: Asked) -> None:
    passport, at = await asked.file("passport", 0), NOW + LATER
    async with transaction(asked.office.sessions) as session:
        await session.execute(update(DocumentRow).values(status=DocumentStatus.ACCEPTED, accepted=True))
    programme = asked.office.programme.model_copy(update={"policy": load_programme().policy})
    statements = Statements(asked.office.sessions, programme, NoOutbox(), SealedByPerson(VAULT, lambda: NOW))
    await statements.state(asked.exchange, passport, {"expires_on": "2027-01-31"}, asked.student, at, "k")

    async def told(reader: Actor) -> tuple[set[str], set[str]]:
        judged = await statements.judged(asked.exchange, reader, at)
        view = await Clearances(statements, programme).of(asked.exchange, reader, at)
        why = {reason.finding.message for one in view.clearances for reason in one.why if reason.document == "passport"}
        return {one.message for one in judged.findings["passport"]}, why

    whole = await told(SENDING)
    assert RESULT not in whole[0] | whole[1]
    assert await told(HOST) == ({RESULT}, {RESULT})
    await asked.agree(1)
    assert await told(HOST) == whole, "it went, and is told like everything"


async def _payloads(asked: Asked) -> list[object]:
    async with transaction(asked.office.sessions) as session:
        return list(await session.scalars(select(EventRow.payload).where(EventRow.stream == asked.exchange)))
