"""Messages to many: to whom they go, once, and who got them."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from mail.broadcasts import Broadcasts
from mail.compose import Composer
from mail.ledger import mark_bounced
from mail.outbox import Outbox
from mail.render import render
from models.catalogue.loading import load_programme
from models.errors import BadInput, Conflict, KeyReused, NotAuthorised, Unknown
from models.events import Arrived, ExchangeClosed, PlaceAssigned
from models.messages.broadcasts import Audience, AudienceKind, Broadcast, BroadcastWording
from models.people.authorization import Actor
from models.rules.broadcasts import BroadcastDelivery
from models.tables import BroadcastRow, EventRow, IdentityRow, MessageRow, MessageStatus
from models.vocabulary import MobilityStatus, Outcome, Role, Side
from records.queries import Reading
from records.store.engine import transaction
from tests.activities.students import NOW, Office
from tests.databases import Database
from tests.records.stays import COHORT, HOST, LIPID, OFFICE, OUTGOING, PARTNER, SENDING, open_cohort
from tests.wakers import CountingWaker

WORDING = BroadcastWording(
    subject="Arriving at {host}", text="Dear {name}, from {start}.", subject_zh="到达{host}", text_zh="{name}：{start}"
)
HEAD = Actor(id="cqmu.head_of_office", role=Role.HEAD_OF_OFFICE, institution="cqmu")
STRANGER = Actor(id="sample.coordinator", role=Role.COORDINATOR, institution="sample")
PARTNER_OF_CQMU = Actor(id="cqmu.partner_office", role=Role.PARTNER_OFFICE, institution="cqmu")
OF_COHORT = Audience(kind=AudienceKind.COHORT, cohort=COHORT)


class World:
    """Two students from Dartmouth, one of whom reads Chinese, and one to Dartmouth."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.waker = CountingWaker()
        self.broadcasts = Broadcasts(office.sessions, office.programme, Outbox(office.programme), self.waker)
        self.reading = Reading(office.sessions, office.programme)

    async def begin(self) -> None:
        await self.office.seed()
        await open_cohort(self.office)
        self.ana = await self.office.nominate(1)
        self.bo = await self.office.nominate(2, given_name="Bo", language="zh")
        self.li = await self.office.nominate(3, **OUTGOING)

    async def to(self, audience: Audience, actor: Actor) -> list[str]:
        """Whom a message would go to."""
        found = await self.broadcasts.preview(audience, WORDING, actor, NOW)
        return [one.exchange_id for one in found.recipients]

    async def send(self, actor: Actor = HOST, key: str = "key-1", **values: Any) -> Any:
        message = Broadcast(**({"audience": OF_COHORT, "wording": WORDING} | values))
        return await self.broadcasts.send(message, actor, NOW, key)

    async def messages(self) -> list[MessageRow]:
        async with self.office.sessions() as session:
            return list(await session.scalars(select(MessageRow).order_by(MessageRow.id)))


@pytest.fixture
async def world(database: Database, tmp_path: Path) -> World:
    made = World(Office(database, tmp_path / "files", load_programme()))
    await made.begin()
    return made


async def test_it_goes_to_every_student_once_however_often_it_is_asked(world: World) -> None:
    first, again = await world.send(), await world.send()
    assert (first.recipients, first.unreachable, first.repeated) == (2, 0, False)
    assert (again.broadcast_id, again.repeated) == (first.broadcast_id, True)
    rows = await world.messages()
    assert [row.exchange_id for row in rows] == [world.ana.exchange_id, world.bo.exchange_id]
    assert {row.language for row in rows} == {"en", "zh"}
    assert world.waker.woken == 1
    with pytest.raises(KeyReused):
        await world.send(audience=Audience(kind=AudienceKind.CHOSEN, exchanges=(world.ana.exchange_id,)))
    other = await world.send(key="key-2")
    assert other.broadcast_id != first.broadcast_id
    assert (await world.send(HEAD)).broadcast_id not in {first.broadcast_id, other.broadcast_id}


async def test_each_reads_it_in_their_language_and_answers_to_the_office_that_wrote(world: World) -> None:
    await world.send(SENDING)
    composer, mails = Composer(world.office.programme, "https://sojourn.example"), []
    async with transaction(world.office.sessions) as session:
        for row in await session.scalars(select(MessageRow).order_by(MessageRow.id)):
            reader, letter = await composer.compose(session, row)
            mails.append((render(letter), await composer.reply_to(session, row, reader)))
    (english, answers), (chinese, _) = mails
    assert "Arriving at Chongqing Medical University" in english.subject
    assert "from Mon 1 Mar 2027" in english.text
    assert "到达重庆医科大学" in chinese.subject
    assert "2027年3月1日" in chinese.text
    assert answers.endswith("@dartmouth.example")


async def test_an_office_writes_to_its_own_students_and_those_it_hosts(world: World) -> None:
    everybody = Audience(kind=AudienceKind.ARRIVING, first_day=date(2027, 1, 1), last_day=date(2027, 12, 31))
    incoming, outgoing = [world.ana.exchange_id, world.bo.exchange_id], [world.li.exchange_id]
    both = sorted([*incoming, *outgoing])
    assert sorted(await world.to(everybody, HOST)) == sorted(await world.to(everybody, OFFICE)) == both
    assert await world.to(everybody.model_copy(update={"side": Side.HOST}), HOST) == incoming
    assert await world.to(everybody.model_copy(update={"side": Side.SENDING}), HOST) == outgoing
    assert await world.to(everybody, PARTNER) == incoming
    assert await world.to(everybody, PARTNER_OF_CQMU) == outgoing
    for audience in (everybody, OF_COHORT):
        with pytest.raises(BadInput, match=r"broadcast\.nobody"):
            await world.to(audience, STRANGER)
    for actor in (LIPID, Actor(id=world.ana.person_id, role=Role.STUDENT)):
        with pytest.raises(NotAuthorised):
            await world.to(everybody, actor)
        with pytest.raises(NotAuthorised):
            await world.send(actor)
    assert not await world.messages()


async def test_an_exchange_of_others_and_none_at_all_are_refused_alike(world: World) -> None:
    """D44: what is refused says nothing of what there is."""
    refusals = []
    for code in (world.li.exchange_id, "EX-2027-CQMU-999"):
        chosen = Audience(kind=AudienceKind.CHOSEN, exchanges=(world.ana.exchange_id, code))
        with pytest.raises(Unknown) as refused:
            await world.send(PARTNER, audience=chosen)
        refusals.append((refused.value.message, refused.value.params == {"exchange": code}))
    assert refusals[0] == refusals[1]
    assert not await world.messages()


async def test_who_has_arrived_ended_or_left_the_unit_is_not_meant(world: World) -> None:
    arriving = Audience(kind=AudienceKind.ARRIVING, first_day=date(2027, 3, 1), last_day=date(2027, 3, 1))
    assert len(await world.to(arriving, HOST)) >= 2
    for day in (date(2027, 2, 28), date(2027, 3, 2)):
        with pytest.raises(BadInput):
            await world.to(arriving.model_copy(update={"first_day": day, "last_day": day, "side": Side.HOST}), HOST)
    await world.office.record(world.ana.exchange_id, Arrived(at=NOW, report_id="r", arrived_at=NOW))
    hosted = arriving.model_copy(update={"side": Side.HOST})
    assert await world.to(hosted, HOST) == [world.bo.exchange_id]
    closed = ExchangeClosed(at=NOW, outcome=Outcome.WITHDRAWN, reason="withdrawn", mobility=MobilityStatus.CANCELLED)
    await world.office.record(world.bo.exchange_id, closed)
    assert await world.to(OF_COHORT, HOST) == [world.ana.exchange_id]
    chosen = Audience(kind=AudienceKind.CHOSEN, exchanges=(world.bo.exchange_id,))
    assert await world.to(chosen, HOST) == [world.bo.exchange_id]


async def test_the_students_of_a_unit_are_those_whose_place_is_not_over(world: World) -> None:
    place = {"placement_id": f"{world.ana.exchange_id}.laboratory.1", "unit_id": "cqmu-lipid"}
    days = {"content": "laboratory", "start": date(2027, 3, 1), "end": date(2027, 4, 16)}
    await world.office.record(world.ana.exchange_id, PlaceAssigned.model_validate({"at": NOW} | place | days))
    unit = Audience(kind=AudienceKind.UNIT, unit="cqmu-lipid")
    for other in ("cqmu-nowhere", "dartmouth-immunology"):
        with pytest.raises(BadInput, match=r"broadcast\.nobody"):
            await world.to(unit.model_copy(update={"unit": other}), HOST)
    assert await world.to(unit, HOST) == [world.ana.exchange_id]
    last = datetime(2027, 4, 16, 15, 59, tzinfo=UTC)  # nearly midnight in Chongqing
    found = await world.broadcasts.preview(unit, WORDING, HOST, last)
    assert len(found.recipients) == 1
    with pytest.raises(BadInput, match=r"broadcast\.nobody"):
        await world.broadcasts.preview(unit, WORDING, HOST, last + timedelta(minutes=1))


async def test_what_is_sent_is_what_was_seen(world: World) -> None:
    seen = (await world.broadcasts.preview(OF_COHORT, WORDING, HOST, NOW)).seen
    changed = WORDING.model_copy(update={"text": "Something else"})
    with pytest.raises(Conflict):
        await world.send(wording=changed, seen=seen)
    await world.office.nominate(4, given_name="Cy")
    with pytest.raises(Conflict):
        await world.send(seen=seen)
    assert not await world.messages()
    seen = (await world.broadcasts.preview(OF_COHORT, WORDING, HOST, NOW)).seen
    assert (await world.send(seen=seen)).recipients == 3


async def test_who_got_it_who_not_and_why(world: World) -> None:
    cy = await world.office.nominate(4, given_name="Cy")
    async with transaction(world.office.sessions) as session:
        nowhere = update(IdentityRow).where(IdentityRow.exchange_id == cy.exchange_id).values(email="nowhere")
        await session.execute(nowhere)
    preview = await world.broadcasts.preview(OF_COHORT, WORDING, HOST, NOW)
    assert [one.exchange_id for one in preview.unreachable] == [cy.exchange_id]
    sent = await world.send()
    assert (sent.recipients, sent.unreachable) == (2, 1)
    async with transaction(world.office.sessions) as session:
        ana, bo = await session.scalars(select(MessageRow).order_by(MessageRow.id))
        ana.status, ana.sent_at = MessageStatus.SENT, NOW
        await mark_bounced(session, bo, "5.1.1", NOW)
    found = await world.reading.broadcast(sent.broadcast_id, HEAD)
    assert found is not None
    told = {line.exchange_id: (line.delivery, line.why) for line in found.lines}
    assert told == {
        world.ana.exchange_id: (BroadcastDelivery.SENT, ""),
        world.bo.exchange_id: (BroadcastDelivery.BOUNCED, "5.1.1"),
        cy.exchange_id: (BroadcastDelivery.NO_ADDRESS, ""),
    }
    [listed] = await world.reading.broadcasts(HEAD)
    assert listed.got == {BroadcastDelivery.SENT: 1, BroadcastDelivery.BOUNCED: 1, BroadcastDelivery.NO_ADDRESS: 1}


async def test_what_an_office_wrote_is_read_there_and_nowhere_else(world: World) -> None:
    by_host, by_partner = (await world.send(HOST)).broadcast_id, (await world.send(PARTNER)).broadcast_id
    readers = {HOST: {by_host}, HEAD: {by_host}, SENDING: {by_partner}, PARTNER: {by_partner}, STRANGER: set()}
    readers |= {OFFICE: {by_host, by_partner}, PARTNER_OF_CQMU: set(), LIPID: set()}
    for actor, expected in readers.items():
        assert {one.broadcast_id for one in await world.reading.broadcasts(actor)} == expected, actor
        for one in (by_host, by_partner):
            assert (await world.reading.broadcast(one, actor) is not None) is (one in expected), (actor, one)


async def test_the_log_holds_no_word_and_no_person(world: World) -> None:
    sent = await world.send()
    [(payload,)] = await world.office.rows(select(EventRow.payload).where(EventRow.kind == "broadcast_written"))
    assert payload["broadcast_id"] == sent.broadcast_id
    assert not {"subject", "text", "exchanges"} & payload.keys()
    [(audience, words)] = await world.office.rows(select(BroadcastRow.audience, BroadcastRow.text))
    assert (audience, words) == ({"kind": "cohort", "cohort": COHORT}, WORDING.text)
