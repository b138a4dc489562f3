"""Certificates on both databases, from recorded events to a PDF that is opened and read."""

import asyncio
import io
import itertools
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.certificates import Certificates
from models.catalogue.logos import Logo
from models.catalogue.looks import Looks
from models.catalogue.programme import Contact, Programme
from models.errors import Conflict, Unavailable, Unknown
from models.events import (
    Arrived,
    AttendanceReported,
    CertificateIssued,
    Departed,
    Evaluated,
    Event,
    ExchangeOpened,
    PlaceAssigned,
)
from models.messages.contracts import CheckGate, IssueCertificate, IssuedCertificate
from models.messages.exchange import Plan, PlannedContent
from models.tables import CertificateRow, EventRow, ExchangeCodeRow, FileRow, PersonRow, UnitRow, UnitSlotRow
from models.vocabulary import Content, Direction, Level, Role
from records.queries.reading import Reading
from records.store.append import NoOutbox, Wakers, append
from tests.databases import Database
from tests.logos import png
from tests.nominees import identity
from tests.programmes import small_programme
from tests.sealed import sealed_files
from tests.wakers import CountingWaker

START, END = date(2027, 3, 1), date(2027, 4, 25)
OPENED = datetime(2026, 11, 2, 8, tzinfo=UTC)
ISSUED = datetime(2027, 4, 30, 8, tzinfo=UTC)
LABORATORY = PlannedContent(content=Content.LABORATORY, start=START, end=date(2027, 3, 28))
CLINICAL = PlannedContent(content=Content.CLINICAL, start=date(2027, 3, 29), end=END)
LOOKS = Looks(accent="#1d4e89", accent_dark="#8fbef0", logo="logo.png")
LECTURES = PlannedContent(content=Content.ACADEMIC_LECTURES, start=START, end=END)


class OneMessage:
    """An outbox that writes a message for every certificate."""

    async def post(self, session: AsyncSession, stream: str, seq: int, event: Event) -> int:
        return int(isinstance(event, CertificateIssued))


def programme() -> Programme:
    small = small_programme()
    cqmu, dartmouth = small.institutions["cqmu"], small.institutions["dartmouth"]
    here = (
        Contact(id="cqmu.head", role=Role.HEAD_OF_OFFICE, name="Prof. Li Wei", email="head@cqmu.example"),
        Contact(
            id="cqmu.lipid",
            role=Role.SUPERVISOR,
            name="Prof. Chen Yaxi",
            email="chen@cqmu.example",
            unit="cqmu-lipid",
        ),
    )
    there = (Contact(id="dar.coordinator", role=Role.COORDINATOR, name="Susan Carter", email="sc@dartmouth.example"),)
    return small.model_copy(
        update={
            "institutions": {
                "cqmu": cqmu.model_copy(update={"contacts": here, "looks": LOOKS}),
                "dartmouth": dartmouth.model_copy(update={"contacts": there}),
            },
            "logos": {"cqmu": Logo(png=png(60, 40), width=60, height=40)},
        }
    )


class Office:
    """An office with students whose stays it records."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.waker = CountingWaker()
        self.files = sealed_files(database.sessions, folder)
        self.certificates = self.another()
        self._numbers = itertools.count(1)

    def another(self) -> Certificates:
        """As a second process would have it."""
        return Certificates(
            self.database.sessions,
            self.files,
            programme(),
            OneMessage(),
            Wakers(self.waker),
            "https://sojourn.example/",
        )

    async def nominate(self, given: str, family: str, native: str = "") -> str:
        number = next(self._numbers)
        exchange = f"EX-2027-DAR-{number:03d}"
        async with self.database.sessions.begin() as session:
            if number == 1:
                for unit, content in (("cqmu-lipid", Content.LABORATORY), ("cqmu-neurology", Content.CLINICAL)):
                    session.add(UnitRow(unit_id=unit, institution_id="cqmu", content=content, capacity=9))
                    await session.flush()
                    session.add_all(UnitSlotRow(unit_id=unit, slot=slot) for slot in range(1, 10))
            person = PersonRow(
                id=f"p-{number}",
                sending_id="dartmouth",
                student_number=f"F{number}",
                family_name=family,
                given_name=given,
                native_name=native,
                email="student@example.edu",
                birth_date=date(2001, 5, 14),
                gender="female",
                nationality="US",
            )
            session.add(person)
            await session.flush()
            session.add(
                ExchangeCodeRow(
                    exchange_id=exchange,
                    cohort_id="2027-incoming-dartmouth-cqmu",
                    year=2027,
                    sending_id="dartmouth",
                    host_id="cqmu",
                    person_id=f"p-{number}",
                    number=number,
                )
            )
            await session.flush()
            session.add(identity(person, exchange))
        plan = Plan(
            direction=Direction.INCOMING,
            sending="dartmouth",
            host="cqmu",
            year=2027,
            level=Level.PHD,
            discipline="phd-pharmacy",
            start=START,
            end=END,
            contents=(LABORATORY, CLINICAL, LECTURES),
        )
        await self.record(exchange, ExchangeOpened(at=OPENED, student=f"p-{number}", plan=plan, policy_version="test"))
        return exchange

    async def record(self, exchange: str, *events: Event) -> None:
        async with self.database.sessions.begin() as session:
            await append(session, NoOutbox(), exchange, f"{exchange}:{next(self._numbers) + 1000}", events)

    async def live_through(self, exchange: str) -> None:
        """Everything that earns a certificate."""
        await self.record(exchange, *worked(exchange), *evaluated(exchange), left())

    async def count(self, table: type[CertificateRow] | type[EventRow]) -> int:
        query = select(func.count()).select_from(table)
        if table is EventRow:
            query = query.where(EventRow.kind == "certificate_issued")
        async with self.database.sessions() as session:
            return await session.scalar(query) or 0

    async def page(self, issued: IssuedCertificate) -> str:
        """The text of a certificate's only page, which has the host's logo."""
        async with self.database.sessions() as session:
            row = await session.get_one(CertificateRow, (issued.number, issued.version))
            assert (await session.get_one(FileRow, row.file_hash)).media_type == "application/pdf"
        [page] = PdfReader(io.BytesIO(await self.files.read(row.file_hash))).pages
        assert [one.image.size for one in page.images if one.image] == [(60, 40)]
        return page.extract_text()


def worked(exchange: str) -> list[Event]:
    arrived = datetime(2027, 2, 28, 17, 30, tzinfo=UTC)  # 1 March in Chongqing
    laboratory, clinical = f"{exchange}.laboratory.1", f"{exchange}.clinical.1"
    return [
        Arrived(at=arrived, report_id="arrival", arrived_at=arrived),
        placed(laboratory, LABORATORY, "cqmu-lipid"),
        placed(clinical, CLINICAL, "cqmu-neurology"),
        attended("a-1", LABORATORY, 160, 152.5, laboratory),
        attended("a-2", CLINICAL, 160, 140, clinical, late=2),
        attended("a-3", LECTURES, 20, 18, None),
    ]


def placed(placement: str, block: PlannedContent, unit: str) -> Event:
    return PlaceAssigned(
        at=OPENED, placement_id=placement, content=block.content, unit_id=unit, start=block.start, end=block.end
    )


def attended(
    report: str, block: PlannedContent, planned: float, hours: float, placement: str | None, late: int = 0
) -> Event:
    return AttendanceReported(
        at=ISSUED,
        report_id=report,
        content=block.content,
        placement_id=placement,
        first_day=block.start + timedelta(days=late),
        last_day=block.end,
        hours_planned=planned,
        hours_attended=hours,
    )


def evaluated(exchange: str) -> list[Event]:
    return [
        said(f"{exchange}.laboratory.1", True),
        said(f"{exchange}.clinical.1", True),
        said(None, None),
    ]


def said(placement: str | None, passed: bool | None, decision: str = "") -> Event:
    return Evaluated(
        at=ISSUED,
        decision_id=decision or f"said-{placement}",
        step_id="s",
        placement_id=placement,
        ratings={},
        passed=passed,
    )


def left() -> Event:
    return Departed(at=ISSUED, report_id="departure", departed_on=END)


def request(exchange: str, key: str = "", *, reissue: bool = False) -> IssueCertificate:
    return IssueCertificate(
        key=key or f"certificate/{exchange}",
        exchange_id=exchange,
        at=ISSUED,
        issued_on=ISSUED.date(),
        reissue=reissue,
    )


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    return Office(database, tmp_path / "files")


async def test_the_gate_reads_every_condition_from_the_records(office: Office) -> None:
    exchange = await office.nominate("Eleanor Rose", "Whitfield")
    assert await office.certificates.check_gate(CheckGate(exchange_id=exchange)) == (
        "D42.arrival",
        "D42.departure",
        "D42.attendance.laboratory",
        "D42.attendance.clinical",
        "D42.attendance.academic_lectures",
        "D42.rotation.laboratory",
        "D42.rotation.clinical",
        "D42.student_evaluation",
    )
    await office.record(exchange, *worked(exchange))
    assert await office.certificates.check_gate(CheckGate(exchange_id=exchange)) == (
        "D42.departure",
        f"D42.evaluation.{exchange}.laboratory.1",
        f"D42.evaluation.{exchange}.clinical.1",
        "D42.student_evaluation",
    )
    await office.record(exchange, *evaluated(exchange), left())
    assert await office.certificates.check_gate(CheckGate(exchange_id=exchange)) == ()


async def test_the_last_word_of_a_supervisor_counts(office: Office) -> None:
    exchange = await office.nominate("Eleanor Rose", "Whitfield")
    await office.live_through(exchange)
    placement = f"{exchange}.clinical.1"
    later = said(placement, False, "on-second-thoughts").model_copy(update={"at": ISSUED + timedelta(hours=1)})
    await office.record(exchange, later)
    assert await office.certificates.check_gate(CheckGate(exchange_id=exchange)) == (f"D42.result.{placement}",)


async def test_an_unknown_exchange_has_no_gate(office: Office) -> None:
    with pytest.raises(Unknown):
        await office.certificates.check_gate(CheckGate(exchange_id="EX-2027-DAR-404"))


async def test_a_certificate_says_what_was_done_in_both_languages(office: Office) -> None:
    exchange = await office.nominate("Eleanor Rose", "Whitfield", "惠艾琳")
    await office.live_through(exchange)
    issued = await office.certificates.issue_certificate(request(exchange))
    assert (issued.number, issued.version) == ("SJ-2027-000001", 1)
    assert len(issued.verification) == 32
    text = await office.page(issued)
    flat = text.replace(" ", "").replace("\n", "")
    for words in (
        "Eleanor Rose Whitfield",
        "惠艾琳",
        "14 May 2001",
        "Chongqing Medical University",
        "重庆医科大学",
        "Dartmouth College",
        "达特茅斯学院",
        "1 March 2027",
        "25 April 2027",
        "56 days",
        "310.5 hours",
        "2001年5月14日出生,于2027年3月1日至2027年4月25日在重庆医科大学完成",
        "Lab for Lipid Research",
        "脂质研究实验室",
        "Supervised laboratory training",
        "Prof. Chen Yaxi",
        "1 Mar – 28 Mar 2027",
        "152.5",
        "Neurology",
        "Observation (no direct patient care)",
        "临床观摩",
        "31 Mar – 25 Apr 2027",
        "Academic lectures",
        "学术讲座",
        "18 h",
        "Passed",
        "合格",
        "30 April 2027",
        "SJ-2027-000001",
        "Prof. Li Wei",
        "Susan Carter",
    ):
        assert words.replace(" ", "").replace(",", "\uff0c") in flat.replace(",", "\uff0c"), words
    assert "version" not in text.lower()


async def test_the_same_key_issues_once_even_at_the_same_time(office: Office) -> None:
    exchange = await office.nominate("Eleanor Rose", "Whitfield")
    await office.live_through(exchange)
    asked = request(exchange)
    first, second = await asyncio.gather(*(office.certificates.issue_certificate(asked) for _ in range(2)))
    third = await office.another().issue_certificate(asked)
    assert first == second == third
    assert await office.certificates.issue_certificate(request(exchange, "certificate/other-key")) == first
    assert await office.count(CertificateRow) == await office.count(EventRow) == 1
    assert office.waker.woken == 1


async def test_two_processes_with_one_key_answer_the_same(office: Office) -> None:
    exchange = await office.nominate("Eleanor Rose", "Whitfield")
    await office.live_through(exchange)
    answers = await asyncio.gather(*(office.another().issue_certificate(request(exchange)) for _ in range(2)))
    assert answers[0] == answers[1]
    assert await office.count(CertificateRow) == 1


async def test_numbers_of_a_year_follow_each_other(office: Office) -> None:
    exchanges = [await office.nominate(name, "Whitfield") for name in ("Ada", "Bea", "Cleo")]
    for exchange in exchanges:
        await office.live_through(exchange)
    issued = await asyncio.gather(*(office.certificates.issue_certificate(request(one)) for one in exchanges))
    assert sorted(one.number for one in issued) == ["SJ-2027-000001", "SJ-2027-000002", "SJ-2027-000003"]


async def test_processes_that_want_the_same_number_get_two_or_ask_again(office: Office) -> None:
    exchanges = [await office.nominate(name, "Whitfield") for name in ("Ada", "Bea")]
    for exchange in exchanges:
        await office.live_through(exchange)

    async def issue(exchange: str) -> IssuedCertificate:
        process = office.another()
        while True:
            try:
                return await process.issue_certificate(request(exchange))
            except Unavailable:
                continue

    issued = await asyncio.gather(*map(issue, exchanges))
    assert {one.number for one in issued} == {"SJ-2027-000001", "SJ-2027-000002"}


async def test_nothing_is_issued_that_was_not_earned(office: Office) -> None:
    exchange = await office.nominate("Eleanor Rose", "Whitfield")
    await office.record(exchange, *worked(exchange), *evaluated(exchange))
    with pytest.raises(Conflict, match=r"certificate.not_earned .*D42.departure"):
        await office.certificates.issue_certificate(request(exchange))
    with pytest.raises(Unknown, match=r"certificate.none"):
        await office.certificates.issue_certificate(request(exchange, reissue=True))
    assert await office.count(CertificateRow) == 0


async def test_a_reissue_keeps_the_number_and_supersedes(office: Office) -> None:
    exchange = await office.nominate("Eleanor Rose", "Whitfield")
    await office.live_through(exchange)
    first = await office.certificates.issue_certificate(request(exchange))
    again = request(exchange, "certificate/again", reissue=True)
    second = await office.certificates.issue_certificate(again)
    assert await office.certificates.issue_certificate(again) == second
    assert (second.number, second.version) == (first.number, 2)
    assert second.verification != first.verification
    assert "2, replacing earlier ones" in await office.page(second)
    reading = Reading(office.database.sessions, programme())
    old, new = [await reading.certificate(one.verification) for one in (first, second)]
    assert old is not None
    assert new is not None
    assert (old.version, new.version) == (1, 2)
    assert old.revoked_at is not None, "the earlier version no longer holds"
    assert new.revoked_at is None
    assert await reading.certificate("0" * 32) is None
