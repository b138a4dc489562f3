"""Where students live and whom to call: versions, who reads and writes, what is asked, and every look on record."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from certificates.letter_words import LetterWords
from gateway.cards import card_pdf, card_rows
from models.catalogue.loading import load_programme
from models.errors import BadInput, Conflict, KeyReused, NotAuthorised, Unknown
from models.events import Arrived, BedAssigned, MovementReported, PlaceAssigned, PlaceReleased
from models.people.authorization import Actor
from models.people.letters import LetterKind
from models.people.particulars import (
    CardReader,
    EmergencyCard,
    Handover,
    Inspection,
    ParticularKind,
    Residence,
    Support,
)
from models.rules.letters import lacks
from models.tables import EventRow, ParticularRow
from models.vocabulary import Content, Movement, Role
from records.directory import StayDirectory
from records.letter_facts import letter_facts
from records.particulars import Particulars
from records.store.engine import transaction
from tests.activities.students import FIRST_NIGHT, LAST_NIGHT, NOW, Office, OneMessage, with_beds
from tests.databases import Database
from texts.names import Names

K = ParticularKind
DAY = timedelta(days=1)
OFFICER = Actor(id="cqmu.housing_officer", role=Role.HOUSING_OFFICER, institution="cqmu")
HOST = Actor(id="cqmu.coordinator", role=Role.COORDINATOR, institution="cqmu")
HOME = Actor(id="dartmouth.coordinator", role=Role.COORDINATOR, institution="dartmouth")
PARTNER = Actor(id="dartmouth.partner_office", role=Role.PARTNER_OFFICE, institution="dartmouth")
HEALTH = Actor(id="cqmu.occupational_health", role=Role.OCCUPATIONAL_HEALTH, institution="cqmu")
PROGRAMME = Actor(id="cqmu.programme_office", role=Role.PROGRAMME_OFFICE, institution="cqmu")
OPERATOR = Actor(id="cqmu.operator", role=Role.OPERATOR, institution="cqmu")
RENTED = Residence(
    address="12 Elm Street",
    address_local="榆树街12号",
    first_night=FIRST_NIGHT,
    last_night=LAST_NIGHT,
    rent=Decimal("850.00"),
    currency="USD",
    support=Support.SUPPORTED,
    support_amount=Decimal(400),
    granted_by="Housing office",
)
CARD = EmergencyCard(
    phone="+86 23 1234 5678",
    address="Hall 3, room 101",
    address_local="三号楼101室",
    contact="Pat Example",
    relation="parent",
    contact_phone="+1 603 555 0100",
    insurer="Example Mutual",
    hotline="+1 800 555 0100",
    policy_number="P-1",
    shown_to=frozenset({CardReader.HOST}),
)


@pytest.fixture
async def office(database: Database, tmp_path: Path) -> Office:
    made = Office(database, tmp_path / "files", with_beds("101:any:2"))
    await made.seed()
    return made


class Student:
    """Somebody who was nominated, and what is kept of them."""

    def __init__(self, office: Office, exchange: str, person: str) -> None:
        self.records = Particulars(office.sessions, office.programme, OneMessage())
        self.exchange, self.office = exchange, office
        self.actor = Actor(id=person, role=Role.STUDENT, institution="dartmouth")

    async def rows(self, kind: ParticularKind) -> list[dict[str, object]]:
        query = select(ParticularRow.form).where(ParticularRow.exchange_id == self.exchange, ParticularRow.kind == kind)
        return [row[0] for row in await self.office.rows(query.order_by(ParticularRow.version))]

    async def events(self, kind: str) -> list[dict[str, object]]:
        query = select(EventRow.payload).where(EventRow.kind == kind, EventRow.stream == self.exchange)
        return [row[0] for row in await self.office.rows(query.order_by(EventRow.seq))]


@pytest.fixture
async def ana(office: Office) -> Student:
    registered = await office.nominate(1)
    return Student(office, registered.exchange_id, registered.person_id)


async def test_an_address_is_kept_in_versions_and_never_in_events(ana: Student) -> None:
    first = await ana.records.keep(ana.exchange, K.RESIDENCE, RENTED, ana.actor, NOW, "k1")
    again = await ana.records.keep(ana.exchange, K.RESIDENCE, RENTED, ana.actor, NOW, "k1")
    moved = RENTED.model_copy(update={"address": "7 Oak Street"})
    second = await ana.records.keep(ana.exchange, K.RESIDENCE, moved, OFFICER, NOW + DAY, "k2")
    assert (first, again, second) == (1, 1, 2)
    with pytest.raises(KeyReused):
        await ana.records.keep(ana.exchange, K.RESIDENCE, moved, ana.actor, NOW, "k1")
    view = await ana.records.of(ana.exchange, HOST)
    assert [(one.version, one.residence) for one in view.residences] == [(2, moved), (1, RENTED)]
    told = await ana.events("particulars_kept")
    assert [one["version"] for one in told] == [1, 2]
    assert not any("Street" in str(one) or "850" in str(one) for one in told)


WRONG: list[tuple[ParticularKind, object, str]] = [
    (K.RESIDENCE, RENTED.model_copy(update={"last_night": FIRST_NIGHT - DAY}), "last_night"),
    (K.RESIDENCE, RENTED.model_copy(update={"currency": ""}), "currency"),
    (K.RESIDENCE, RENTED.model_copy(update={"granted_by": ""}), "granted_by"),
    (K.HANDOVER, Handover(on=FIRST_NIGHT, condition="good", by="Lin", deposit=Decimal(300)), "currency"),
    (K.INSPECTION, Inspection(on=LAST_NIGHT, condition="good", by="Lin", withheld=Decimal(5)), "reason"),
]


@pytest.mark.parametrize(("kind", "form", "field"), WRONG, ids=lambda one: str(one)[:20])
async def test_parts_that_do_not_go_together_are_refused_by_name(
    ana: Student, kind: ParticularKind, form: object, field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        await ana.records.keep(ana.exchange, kind, form, OFFICER, NOW, "k1")  # type: ignore[arg-type]
    assert refused.value.field == field
    assert await ana.rows(kind) == []


async def test_who_may_fill_in_and_read_what(ana: Student, office: Office) -> None:
    for actor in (HOME, PARTNER, HEALTH, OPERATOR):
        with pytest.raises(NotAuthorised):
            await ana.records.keep(ana.exchange, K.RESIDENCE, RENTED, actor, NOW, f"k-{actor.id}")
    given = Handover(on=FIRST_NIGHT, condition="good", by="Lin")
    with pytest.raises(NotAuthorised):  # not the student's own word
        await ana.records.keep(ana.exchange, K.HANDOVER, given, ana.actor, NOW, "k1")
    for actor in (HOST, PROGRAMME):
        with pytest.raises(NotAuthorised):  # the student alone
            await ana.records.keep(ana.exchange, K.EMERGENCY_CARD, CARD, actor, NOW, f"c-{actor.id}")
    for reader in (PARTNER, HEALTH, OPERATOR):
        with pytest.raises(Unknown):
            await ana.records.of(ana.exchange, reader)
    eva = (await office.nominate(2)).person_id
    other = Actor(id=eva, role=Role.STUDENT, institution="dartmouth")
    with pytest.raises(Unknown):
        await ana.records.of(ana.exchange, other)


async def test_nobody_travels_without_an_address(ana: Student, office: Office) -> None:
    with pytest.raises(Conflict, match=r"residence.missing"):
        await ana.records.require_address(ana.exchange, ana.actor)
    await ana.records.require_address(ana.exchange, HOST)  # it is not theirs to confirm, and they learn nothing
    await ana.records.keep(ana.exchange, K.RESIDENCE, RENTED, OFFICER, NOW, "k1")
    await ana.records.require_address(ana.exchange, ana.actor)
    eva = await office.nominate(2)
    bed = BedAssigned(at=NOW, bed_id="bed-101-1", first_night=FIRST_NIGHT, last_night=LAST_NIGHT)
    await office.record(eva.exchange_id, bed)
    await ana.records.require_address(
        eva.exchange_id, Actor(id=eva.person_id, role=Role.STUDENT, institution="dartmouth")
    )


@pytest.mark.parametrize(
    ("keys", "returned", "withheld", "left"),
    [
        (2, 300, 0, ()),
        (1, 300, 0, ("keys",)),
        (2, 0, 0, ("deposit",)),
        (2, 250, 50, ()),
        (0, 299, 0, ("keys", "deposit")),
    ],
)
async def test_keys_and_deposit_are_open_until_they_are_settled(
    ana: Student, office: Office, keys: int, returned: int, withheld: int, left: tuple[str, ...]
) -> None:
    given = Handover(on=FIRST_NIGHT, condition="good", by="Lin", keys=2, deposit=Decimal(300), currency="CNY")
    await ana.records.keep(ana.exchange, K.HANDOVER, given, OFFICER, NOW, "k1")
    assert (await ana.records.of(ana.exchange, ana.actor)).open == ("keys", "deposit")
    found = Inspection(
        on=LAST_NIGHT, condition="a stain", by="Lin", keys=keys,
        returned=Decimal(returned), withheld=Decimal(withheld), reason="stain" if withheld else "",
    )  # fmt: skip
    await ana.records.keep(ana.exchange, K.INSPECTION, found, OFFICER, NOW, "k2")
    assert (await ana.records.of(ana.exchange, OFFICER)).open == left
    listed = await StayDirectory(office.sessions).rows(OFFICER, open_only=True)
    assert [one.open for one in listed.rows] == ([left] if left else [])


AGREED = [
    (frozenset({CardReader.HOST}), {HOST, OFFICER, PROGRAMME}),
    (frozenset({CardReader.HOST, CardReader.SENDING}), {HOST, OFFICER, PROGRAMME, HOME, PARTNER}),
]


@pytest.mark.parametrize(("agreed", "readers"), AGREED, ids=["host", "both"])
async def test_a_card_is_shown_to_whom_the_student_agreed_and_every_look_is_on_record(
    ana: Student, agreed: frozenset[CardReader], readers: set[Actor]
) -> None:
    card = CARD.model_copy(update={"shown_to": agreed})
    await ana.records.keep(ana.exchange, K.EMERGENCY_CARD, card, ana.actor, NOW, "k1")
    for actor in (HOST, OFFICER, PROGRAMME, HOME, PARTNER, HEALTH, OPERATOR):
        found = await ana.records.card(ana.exchange, actor, NOW)
        assert (found is not None) == (actor in readers) == await ana.records.may_open_card(ana.exchange, actor)
    own = await ana.records.card(ana.exchange, ana.actor, NOW)
    assert own is not None
    assert own.card == card
    looked = [one["actor"]["id"] for one in await ana.events("card_opened")]  # type: ignore[index]
    assert sorted(looked) == sorted(actor.id for actor in readers)
    await ana.records.card(ana.exchange, HOST, NOW)  # the same look
    assert len(await ana.events("card_opened")) == len(readers)


async def test_without_consent_there_is_no_card_and_one_taken_back_leaves_no_word(ana: Student) -> None:
    silent = CARD.model_copy(update={"shown_to": frozenset({CardReader.SENDING})})
    with pytest.raises(BadInput, match=r"card.consent"):
        await ana.records.keep(ana.exchange, K.EMERGENCY_CARD, silent, ana.actor, NOW, "k0")
    for number in (1, 2):
        await ana.records.keep(ana.exchange, K.EMERGENCY_CARD, CARD, ana.actor, NOW, f"k{number}")
    await ana.records.keep(ana.exchange, K.EMERGENCY_CARD, None, ana.actor, NOW, "k3")
    assert await ana.rows(K.EMERGENCY_CARD) == [{}, {}, {}]
    assert await ana.records.card(ana.exchange, HOST, NOW) is None
    assert await ana.records.card_is_asked_for(ana.exchange)


CHANGES: list[tuple[str, Callable[[], object]]] = [
    ("arrival", lambda: Arrived(at=NOW + DAY, report_id="r", arrived_at=NOW + DAY)),
    ("move", lambda: MovementReported(at=NOW + DAY, report_id="m", movement=Movement.MOVED, moved_at=NOW + DAY)),
    (
        "bed",
        lambda: BedAssigned(
            at=NOW + DAY, bed_id="bed-101-2", first_night=FIRST_NIGHT, last_night=LAST_NIGHT, decision_id="d"
        ),
    ),
]


@pytest.mark.parametrize(("what", "change"), CHANGES, ids=[what for what, _ in CHANGES])
async def test_the_card_is_asked_for_again_after(
    ana: Student, office: Office, what: str, change: Callable[[], object]
) -> None:
    assert await ana.records.card_is_asked_for(ana.exchange)
    await ana.records.keep(ana.exchange, K.EMERGENCY_CARD, CARD, ana.actor, NOW, "k1")
    assert not await ana.records.card_is_asked_for(ana.exchange)
    await office.record(ana.exchange, change())  # type: ignore[arg-type]
    assert await ana.records.card_is_asked_for(ana.exchange), what
    await ana.records.keep(ana.exchange, K.EMERGENCY_CARD, CARD, ana.actor, NOW + 2 * DAY, "k2")
    assert not await ana.records.card_is_asked_for(ana.exchange)


async def test_the_directory_lists_who_is_here_and_who_arrives(ana: Student, office: Office) -> None:
    directory = StayDirectory(office.sessions)
    assert (await directory.rows(HOST)).rows == ()
    coming = await directory.rows(HOST, arriving=(date(2027, 2, 1), date(2027, 4, 1)))
    assert [one.exchange_id for one in coming.rows] == [ana.exchange]
    assert (await directory.rows(HOST, arriving=(date(2028, 2, 1), None))).rows == ()
    await office.record(ana.exchange, Arrived(at=NOW, report_id="r", arrived_at=NOW))
    await ana.records.keep(ana.exchange, K.EMERGENCY_CARD, CARD, ana.actor, NOW, "k1")
    for actor in (HOST, OFFICER, PROGRAMME):
        assert [(one.exchange_id, one.card) for one in (await directory.rows(actor)).rows] == [(ana.exchange, True)]
    assert (await directory.rows(HOME)).rows == ()  # it hosts nobody
    assert (await directory.rows(HOST, unit="cqmu-lipid")).rows == ()
    for actor in (PARTNER, HEALTH, OPERATOR, ana.actor):
        with pytest.raises(NotAuthorised):
            await directory.rows(actor)


async def test_who_is_in_a_unit_is_looked_for_among_all_who_are_here(
    ana: Student, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("records.directory.MOST", 1)
    first = (await office.nominate(2, family_name="Aalto")).exchange_id
    for exchange in (first, ana.exchange):
        await office.record(exchange, Arrived(at=NOW, report_id="r", arrived_at=NOW))
    placed = PlaceAssigned(
        at=NOW,
        placement_id=f"{ana.exchange}.laboratory.1",
        content=Content.LABORATORY,
        unit_id="cqmu-lipid",
        start=date(2027, 3, 1),
        end=date(2027, 4, 16),
    )
    await office.record(ana.exchange, placed)
    directory = StayDirectory(office.sessions)
    everybody = await directory.rows(HOST)
    assert ([one.exchange_id for one in everybody.rows], everybody.more) == ([first], True)
    found = await directory.rows(HOST, unit="cqmu-lipid")
    assert [(one.exchange_id, one.units) for one in found.rows] == [(ana.exchange, ("cqmu-lipid",))]
    assert not found.more
    released = PlaceReleased(at=NOW, placement_id=placed.placement_id)
    await office.record(ana.exchange, released)
    assert (await directory.rows(HOST, unit="cqmu-lipid")).rows == ()


async def test_what_is_not_settled_is_found_behind_many_that_are(
    ana: Student, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("records.directory.MOST", 2)
    settled = [(await office.nominate(n, family_name="A" + "abc"[n - 2])).exchange_id for n in (2, 3, 4)]
    for exchange in (*settled, ana.exchange):
        keys = 2 if exchange == ana.exchange else 0
        given = Handover(on=FIRST_NIGHT, condition="good", by="Lin", keys=keys)
        await ana.records.keep(exchange, K.HANDOVER, given, OFFICER, NOW, f"k{exchange}")
    listed = await StayDirectory(office.sessions).rows(OFFICER, open_only=True)
    assert ([one.exchange_id for one in listed.rows], listed.more) == ([ana.exchange], False)


async def test_an_address_outside_fills_the_housing_letter(ana: Student, office: Office) -> None:
    async def lacking() -> set[str]:
        async with transaction(office.sessions) as session:
            facts = await letter_facts(session, ana.exchange, office.programme)
        return {one.message for one in lacks(LetterKind.HOUSING, facts)}

    assert "letter.lacks_bed" in await lacking()
    await ana.records.keep(ana.exchange, K.RESIDENCE, RENTED, ana.actor, NOW, "k1")
    assert "letter.lacks_bed" not in await lacking()
    async with transaction(office.sessions) as session:
        facts = await letter_facts(session, ana.exchange, office.programme)
    said = dict(LetterWords(facts, Names(office.programme, "zh")).lines("bed", "address", "nights"))
    assert len(said) == 2, "no bed"
    assert "榆树街12号" in said["住址"]


@pytest.mark.parametrize("demanded", [True, False])
async def test_a_host_may_demand_an_inspection_before_the_check_out(
    ana: Student, office: Office, demanded: bool
) -> None:
    cqmu = office.programme.institutions["cqmu"]
    housing = cqmu.housing.model_copy(update={"inspection": demanded})
    office.programme.institutions["cqmu"] = cqmu.model_copy(update={"housing": housing})
    await ana.records.require_inspection(ana.exchange, OFFICER)  # no bed of the host
    bed = BedAssigned(at=NOW, bed_id="bed-101-1", first_night=FIRST_NIGHT, last_night=LAST_NIGHT)
    await office.record(ana.exchange, bed)
    if demanded:
        with pytest.raises(Conflict, match=r"inspection.missing"):
            await ana.records.require_inspection(ana.exchange, OFFICER)
    found = Inspection(on=LAST_NIGHT, condition="good", by="Lin")
    await ana.records.keep(ana.exchange, K.INSPECTION, found, OFFICER, NOW, "k2")
    await ana.records.require_inspection(ana.exchange, OFFICER)


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_a_card_is_printed(ana: Student, office: Office, language: str) -> None:
    await ana.records.keep(ana.exchange, K.EMERGENCY_CARD, CARD, ana.actor, NOW, "k1")
    view = await ana.records.card(ana.exchange, ana.actor, NOW)
    assert view is not None
    rows = card_rows(view, load_programme(), language)
    assert rows[0][2] == ("120",)
    said = "\n".join(line for *_, lines in rows for line in lines).replace("\u00a0", " ")
    for words in (
        "重庆医科大学",
        "+1 603 000 0000",
        "+86 23 0000 0110",
        "1 Yixueyuan Road",
        "中国重庆市",
        "Margaret Hale",
    ):
        assert words in said
    longest = {"address": "W" * 300, "address_local": "重庆" * 150, "contact": "W" * 200, "insurer": "W" * 200}
    full = view.model_copy(update={"card": view.card.model_copy(update=longest)})
    for one in (view, full):
        pdf = card_pdf(one, load_programme(), language, NOW + timedelta(microseconds=7))
        assert pdf.startswith(b"%PDF-1.7")
        assert len(PdfReader(BytesIO(pdf)).pages) == 1
