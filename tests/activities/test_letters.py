"""Letters on both databases: who writes them, what they lack, their numbers and versions, and what they say."""

import asyncio
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select

from activities.letters import LetterWriting
from models.catalogue.loading import load_programme
from models.catalogue.programme import Letterhead, Programme
from models.errors import Conflict, NotAuthorised, Unavailable, Unknown
from models.events import (
    Arrived,
    Departed,
    Event,
    LeavingBegan,
    LetterWritten,
    PersonCorrected,
    PlaceAssigned,
)
from models.messages.contracts import IssueCertificate, WriteLetter, WrittenLetter
from models.people.authorization import CLOCK, Actor
from models.people.letters import LetterKind
from models.rules.letters import lacks
from models.tables import IdentityRow, LetterRow
from models.vocabulary import Content, Outcome, Role
from records.letter_facts import letter_facts, past_of
from records.papers import Papers
from records.queries.reading import Reading
from records.store.append import Wakers
from tests.activities.test_certificates import (
    CLINICAL,
    ISSUED,
    LABORATORY,
    OPENED,
    Office,
    OneMessage,
    attended,
    programme,
)
from tests.databases import Database
from tests.wakers import CountingWaker

HOST = Actor(id="cqmu.head", role=Role.HEAD_OF_OFFICE, institution="cqmu")
SENDING = Actor(id="dar.coordinator", role=Role.COORDINATOR, institution="dartmouth")
HEAD = Letterhead(office="Office", office_zh="国际处", address="1 Road", address_zh="某路1号", phone="+86 23 0000 0000")
NOW = datetime(2027, 5, 3, 20, tzinfo=UTC)  # 4 May in Chongqing


def with_letterheads() -> Programme:
    found = programme()
    heads = {
        id: one.model_copy(update={"letterhead": HEAD, "office_email": f"office@{id}.example"})
        for id, one in found.institutions.items()
    }
    whole = load_programme()
    policy = found.policy.model_copy(update={"serving": whole.policy.serving, "objectives": whole.policy.objectives})
    zh = whole.objectives_zh
    return found.model_copy(update={"institutions": heads, "policy": policy, "objectives_zh": zh})


class LetterOffice:
    """An office that writes letters about students whose stays it records."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.office = Office(database, folder)
        self.sessions = database.sessions
        self.programme = with_letterheads()
        self.letters = self.another()
        self.papers = Papers(self.sessions, self.office.files, self.programme)
        self.reading = Reading(self.sessions, self.programme)

    def another(self, catalogue: Programme | None = None) -> LetterWriting:
        """As a second process would have it."""
        catalogue = catalogue or self.programme
        return LetterWriting(self.sessions, self.office.files, catalogue, OneMessage(), Wakers(CountingWaker()))

    async def write(self, exchange: str, letter: LetterKind, key: str, actor: Actor = HOST) -> WrittenLetter:
        request = WriteLetter(key=f"letter/{exchange}/{key}", exchange_id=exchange, letter=letter, at=NOW, actor=actor)
        return await self.letters.write_letter(request)

    async def text(self, exchange: str, written: WrittenLetter, language: str, actor: Actor = HOST) -> str:
        paper = await self.papers.letter(exchange, written.number, written.version, language, actor)
        pages = PdfReader(io.BytesIO(paper.data)).pages
        return " ".join(" ".join(page.extract_text() for page in pages).split())

    async def lacking(self, exchange: str, letter: LetterKind) -> list[str]:
        async with self.sessions() as session:
            return [one.message for one in lacks(letter, await letter_facts(session, exchange, self.programme))]

    async def rows(self) -> int:
        async with self.sessions() as session:
            return await session.scalar(select(func.count()).select_from(LetterRow)) or 0

    async def stays(self, given: str = "Eleanor Rose", family: str = "Whitfield", native: str = "惠艾琳") -> str:
        exchange = await self.office.nominate(given, family, native)
        await self.office.live_through(exchange)
        return exchange


@pytest.fixture
def writing(database: Database, tmp_path: Path) -> LetterOffice:
    return LetterOffice(database, tmp_path)


async def test_a_transcript_says_blocks_hours_sessions_and_results(writing: LetterOffice) -> None:
    exchange = await writing.stays()
    written = await writing.write(exchange, LetterKind.TRANSCRIPT, "a")
    assert (written.number, written.version) == ("CQMU-2027-000001", 1)
    english, chinese = await writing.text(exchange, written, "en"), await writing.text(exchange, written, "zh")
    for said in ("Eleanor Rose WHITFIELD", "惠艾琳", "160", "152.5", "95%", "140", "18", "90%", "Passed", "Chen Yaxi"):
        assert said in english, said
    assert "4 May 2027" in english  # by the calendar of who writes
    assert "Learning objectives of the stay" in english
    assert "Join in a research teams at CQMU" in english
    for said in ("惠艾琳", "152.5", "合格", "2027", "学时", "加入重庆医科大学的科研团队"):
        assert said in chinese, said
    assert "CQMU-2027-000001" in english
    assert "CQMU-2027-000001" in chinese


async def test_the_same_letter_is_not_written_twice_and_a_changed_one_is_a_version(writing: LetterOffice) -> None:
    exchange = await writing.stays()
    first = await writing.write(exchange, LetterKind.TRANSCRIPT, "a")
    assert await writing.write(exchange, LetterKind.TRANSCRIPT, "a") == first
    again = await writing.write(exchange, LetterKind.TRANSCRIPT, "b")
    assert (again.number, again.version, again.repeated) == (first.number, 1, True)
    await writing.office.record(exchange, attended("a-9", LABORATORY, 8, 8, f"{exchange}.laboratory.1"))
    changed = await writing.write(exchange, LetterKind.TRANSCRIPT, "c")
    assert (changed.number, changed.version, changed.repeated) == (first.number, 2, False)
    assert "replacing earlier ones" in await writing.text(exchange, changed, "en")
    assert "replacing earlier ones" not in await writing.text(exchange, first, "en")
    assert await writing.rows() == 2


async def test_numbers_are_one_row_for_each_university_and_none_is_used_twice(writing: LetterOffice) -> None:
    one, two = await writing.stays(), await writing.stays("Li", "Na", "李娜")
    numbers = [
        (await writing.write(one, LetterKind.TRANSCRIPT, "a")).number,
        (await writing.write(two, LetterKind.TRANSCRIPT, "a")).number,
        (await writing.write(one, LetterKind.NOMINATION, "b", SENDING)).number,
        (await writing.write(two, LetterKind.NOMINATION, "b", SENDING)).number,
    ]
    assert numbers == ["CQMU-2027-000001", "CQMU-2027-000002", "DAR-2027-000001", "DAR-2027-000002"]


async def test_processes_that_write_the_same_letter_at_once_write_it_once(writing: LetterOffice) -> None:
    exchange = await writing.stays()

    async def by_one_of_them(n: int) -> WrittenLetter:
        letters = writing.another()
        key = f"letter/{exchange}/{n}"
        request = WriteLetter(key=key, exchange_id=exchange, letter=LetterKind.TRANSCRIPT, at=NOW, actor=HOST)
        while True:
            try:
                return await letters.write_letter(request)
            except Unavailable:  # as Temporal would try it again
                await asyncio.sleep(0.01)

    written = await asyncio.gather(*(by_one_of_them(n) for n in range(6)))
    assert {(one.number, one.version) for one in written} == {("CQMU-2027-000001", 1)}
    assert await writing.rows() == 1


async def test_letters_of_many_students_at_once_have_each_a_number(writing: LetterOffice) -> None:
    exchanges = [await writing.stays() for _ in range(5)]

    async def written(exchange: str) -> WrittenLetter:
        letters = writing.another()
        key = f"letter/{exchange}/a"
        request = WriteLetter(key=key, exchange_id=exchange, letter=LetterKind.TRANSCRIPT, at=NOW, actor=HOST)
        while True:
            try:
                return await letters.write_letter(request)
            except Unavailable:
                await asyncio.sleep(0.01)

    numbers = sorted(one.number for one in await asyncio.gather(*(written(one) for one in exchanges)))
    assert numbers == [f"CQMU-2027-{n:06d}" for n in range(1, 6)]


async def test_a_letter_that_lacks_something_is_not_made(writing: LetterOffice) -> None:
    exchange = await writing.office.nominate("Ana", "Rivera")
    assert await writing.lacking(exchange, LetterKind.NOMINATION) == []
    assert await writing.lacking(exchange, LetterKind.HOUSING) == ["letter.lacks_bed"]
    assert await writing.lacking(exchange, LetterKind.ACCEPTANCE) == [
        "letter.lacks_verification",
        "letter.lacks_approval",
        "letter.lacks_place",
        "letter.lacks_place",
    ]
    assert await writing.lacking(exchange, LetterKind.TRANSCRIPT) == [
        "letter.lacks_arrival",
        "letter.lacks_departure",
        "letter.lacks_hours",
    ]
    assert "letter.needs_no_form" in await writing.lacking(exchange, LetterKind.DATA_SHEET)
    assert await writing.lacking(exchange, LetterKind.EARLY_END) == ["letter.lacks_early_end"]
    with pytest.raises(Conflict) as refused:
        await writing.write(exchange, LetterKind.HOUSING, "a")
    assert refused.value.params["lacks"] == ("letter.lacks_bed",)
    writing.letters = writing.another(programme())  # whose catalogue has no letterheads
    with pytest.raises(Conflict):
        await writing.write(exchange, LetterKind.NOMINATION, "b", SENDING)
    assert await writing.rows() == 0


async def test_a_transcript_waits_for_no_letterhead(writing: LetterOffice) -> None:
    exchange = await writing.stays()
    writing.letters = writing.another(programme())
    written = await writing.write(exchange, LetterKind.TRANSCRIPT, "a")
    assert "International Office" in await writing.text(exchange, written, "en")


async def test_who_may_not_write_it_is_refused_and_nothing_is_kept(writing: LetterOffice) -> None:
    exchange = await writing.stays()
    elsewhere = Actor(id="x", role=Role.COORDINATOR, institution="elsewhere")
    student = Actor(id="p-1", role=Role.STUDENT, institution="dartmouth")
    for letter, actor in (
        (LetterKind.TRANSCRIPT, SENDING),
        (LetterKind.NOMINATION, HOST),
        (LetterKind.TRANSCRIPT, elsewhere),
        (LetterKind.TRANSCRIPT, student),
        (LetterKind.NOMINATION, CLOCK),
    ):
        with pytest.raises(NotAuthorised):
            await writing.write(exchange, letter, "a", actor)
    with pytest.raises(Unknown):
        await writing.write("EX-2027-DAR-999", LetterKind.TRANSCRIPT, "a")
    assert await writing.rows() == 0


async def test_a_letter_is_opened_by_those_who_may_and_unknown_to_others(writing: LetterOffice) -> None:
    exchange = await writing.stays()
    written = await writing.write(exchange, LetterKind.TRANSCRIPT, "a")
    supervisor = Actor(id="s", role=Role.SUPERVISOR, institution="cqmu", unit="cqmu-lipid")
    partner = Actor(id="p", role=Role.PARTNER_OFFICE, institution="dartmouth")
    stranger = Actor(id="p-2", role=Role.STUDENT, institution="dartmouth")
    own = Actor(id="p-1", role=Role.STUDENT, institution="dartmouth")
    foreign = Actor(id="f", role=Role.COORDINATOR, institution="sample")
    for actor in (HOST, SENDING, partner, own):
        assert "Passed" in await writing.text(exchange, written, "en", actor)
    for actor in (supervisor, stranger, foreign):
        with pytest.raises(Unknown):
            await writing.text(exchange, written, "en", actor)
    for version, language in ((2, "en"), (1, "fr")):
        with pytest.raises(Unknown):
            await writing.papers.letter(exchange, written.number, version, language, HOST)
    view = await writing.reading.letters(exchange, partner)
    assert view is not None
    states = {state.letter: state for state in view.letters}
    assert states[LetterKind.NOMINATION].writable
    assert not states[LetterKind.TRANSCRIPT].writable
    assert [one.number for one in states[LetterKind.TRANSCRIPT].versions] == [written.number]
    assert await writing.reading.letters(exchange, foreign) is None


async def test_a_change_is_told_against_the_letters_written_before(writing: LetterOffice) -> None:
    exchange = await writing.office.nominate("Ana", "Rivera")
    lab = f"{exchange}.laboratory.1"

    def place(unit: str, at: datetime) -> Event:
        return PlaceAssigned(
            at=at,
            placement_id=lab,
            content=Content.LABORATORY,
            unit_id=unit,
            start=LABORATORY.start,
            end=LABORATORY.end,
        )

    told = OPENED + timedelta(days=10)
    letter = LetterWritten(
        at=told,
        letter=LetterKind.ACCEPTANCE,
        number="CQMU-2026-000009",
        version=1,
        issuer="cqmu",
        file_en="a" * 64,
        file_zh="b" * 64,
        issued_on=told.date(),
        nomination_version=1,
    )
    await writing.office.record(exchange, place("cqmu-lipid", OPENED), letter)
    assert "letter.lacks_change" in await writing.lacking(exchange, LetterKind.CHANGE)
    await writing.office.record(exchange, place("cqmu-neurology", told + timedelta(days=1)))
    async with writing.sessions() as session:
        facts = await letter_facts(session, exchange, writing.programme)
    assert [(one.what, one.before, one.after) for one in facts.changes] == [
        ("laboratory", "cqmu-lipid", "cqmu-neurology")
    ]


async def test_an_early_end_is_told_with_its_last_day(writing: LetterOffice) -> None:
    exchange = await writing.stays()
    last = date(2027, 4, 2)
    ended = LeavingBegan(at=NOW, outcome=Outcome.ENDED_EARLY_JUSTIFIED, reason="force_majeure", last_day=last)
    await writing.office.record(exchange, ended)
    written = await writing.write(exchange, LetterKind.EARLY_END, "a")
    assert "for a good reason" in await writing.text(exchange, written, "en")
    async with writing.sessions() as session:
        assert (await past_of(session, exchange)).at().leaving == (Outcome.ENDED_EARLY_JUSTIFIED, last)


async def test_certificate_and_transcript_are_one_record(database: Database, tmp_path: Path) -> None:
    writing = LetterOffice(database, tmp_path)
    exchange = await writing.stays()
    certificates = type(writing.office.certificates)(
        writing.sessions,
        writing.office.files,
        writing.programme,
        OneMessage(),
        Wakers(CountingWaker()),
        "https://s.example",
    )
    request = IssueCertificate(key=f"certificate/{exchange}", exchange_id=exchange, at=ISSUED, issued_on=ISSUED.date())
    issued = await certificates.issue_certificate(request)
    assert await certificates.issue_certificate(request) == issued
    view = await writing.reading.exchange(exchange)
    assert view is not None
    assert [one.number for one in view.certificates] == [issued.number]
    assert [(one.letter, one.version) for one in view.letters] == [(LetterKind.TRANSCRIPT, 1)]
    assert [one.kind for one in view.timeline][-2:] == ["certificate_issued", "letter_written"]


async def test_what_was_done_is_sent_home_also_without_a_certificate(writing: LetterOffice) -> None:
    exchange = await writing.office.nominate("Ana", "Rivera")
    arrived = datetime(2027, 2, 28, 17, 30, tzinfo=UTC)
    block = PlaceAssigned(
        at=OPENED,
        placement_id=f"{exchange}.clinical.1",
        content=Content.CLINICAL,
        unit_id="cqmu-neurology",
        start=CLINICAL.start,
        end=CLINICAL.end,
    )
    gone = Departed(at=ISSUED, report_id="left", departed_on=CLINICAL.end)
    await writing.office.record(exchange, Arrived(at=arrived, report_id="in", arrived_at=arrived), block, gone)
    certificates = type(writing.office.certificates)(
        writing.sessions,
        writing.office.files,
        writing.programme,
        OneMessage(),
        Wakers(CountingWaker()),
        "https://s.example",
    )
    request = IssueCertificate(key=f"certificate/{exchange}", exchange_id=exchange, at=ISSUED, issued_on=ISSUED.date())
    for _ in range(2):
        with pytest.raises(Conflict):
            await certificates.issue_certificate(request)
    view = await writing.reading.exchange(exchange)
    assert view is not None
    assert view.certificates == ()
    assert [(one.letter, one.version) for one in view.letters] == [(LetterKind.TRANSCRIPT, 1)]
    written = WrittenLetter(letter=LetterKind.TRANSCRIPT, number=view.letters[0].number, version=1)
    assert "Not evaluated" in await writing.text(exchange, written, "en")


async def test_names_are_those_of_the_exchange_as_corrected(writing: LetterOffice) -> None:
    exchange = await writing.stays()
    first = await writing.write(exchange, LetterKind.TRANSCRIPT, "a")
    assert "WHITFIELD" in await writing.text(exchange, first, "en")
    async with writing.sessions.begin() as session:
        row = await session.get_one(IdentityRow, (exchange, 1))
        values = {c.key: getattr(row, c.key) for c in IdentityRow.__table__.columns}
        session.add(IdentityRow(**(values | {"version": 2, "family_name": "Whitford"})))
    corrected = PersonCorrected(at=NOW, columns=("family_name",), nomination_version=2, nomination_before=1)
    await writing.office.record(exchange, corrected)
    second = await writing.write(exchange, LetterKind.TRANSCRIPT, "b")
    assert second.version == 2
    assert "WHITFORD" in await writing.text(exchange, second, "en")
