"""D44 for other systems: feed, deliveries and their lists tell an institution what its own role may see."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from activities.webhooks import NOT_FOR_IT, Webhooks
from mail.outbox import Outbox
from models.catalogue.loading import load_programme
from models.catalogue.programme import Programme
from models.errors import NotAuthorised, NotOpen, Unknown
from models.events import KINDS
from models.events.outward import TOLD, event_type
from models.messages.webhooks import DeliverDue, DeliveryStatus, Endpoint, Tried, WhyInactive
from models.people.authorization import Actor, Parties, may_see
from models.people.outward import office_of
from models.tables import EndpointRow, EventRow
from models.vocabulary import Role
from records.projections.common import table_of
from tests.activities.students import NOW, Office
from tests.databases import Database
from tests.records.stays import HOST, OFFICE, OUTGOING, PARTNER, SENDING, STRANGER, student
from tests.webhooks.people import EVERYBODY, HEAD, HEALTH, HOUSING, OWN_PARTNER, staffed
from webhooks.client import Caller
from webhooks.cloudevents import Outward
from webhooks.endpoints import Endpoints, Vault
from webhooks.feed import Feed

OUTWARD = Outward("https://sojourn.example", load_programme().policy.about_health)
VAULT = Vault("a secret for tests, long enough")
INSIDE = "stays-inside"
"""Stands in every field of every event that is not for other systems."""
URL = "https://partner.example/hook"
CLINICIAN = Actor(id="cqmu.lipid", role=Role.SUPERVISOR, institution="cqmu", unit="cqmu-lipid")


class Noted(Caller):
    """Calls nobody, and notes what it would have sent."""

    def __init__(self) -> None:
        super().__init__(lambda: NOW, allow_private=False)
        self.sent: list[tuple[str, str]] = []
        self.answer = Tried(accepted=True, answer="200")

    async def call(self, url: str, secrets: tuple[str, ...], message_id: str, body: str) -> Tried:
        self.sent.append((message_id, body))
        return self.answer


@dataclass
class Connected:
    """Two exchanges, one in each direction, of which everything is known; and what is connected."""

    office: Office
    incoming: str
    outgoing: str
    caller: Noted = field(default_factory=Noted)

    def people(self, programme: Programme) -> None:
        """Who holds a role from now on."""
        outbox = Outbox(programme)
        self.endpoints = Endpoints(self.office.sessions, programme, outbox, VAULT, self.caller, "https://x.example")
        self.webhooks = Webhooks(self.office.sessions, programme, outbox, VAULT, self.caller, OUTWARD)

    def seen_by(self, actor: Actor) -> set[str]:
        """The exchanges that somebody may know of: the rule itself."""
        between = {self.incoming: ("dartmouth", "cqmu"), self.outgoing: ("cqmu", "dartmouth")}
        return {
            code
            for code, (sending, host) in between.items()
            if may_see(actor, Parties(sending=sending, host=host, student="nobody"))
        }

    async def add(self, actor: Actor, institution: str = "", key: str = "") -> Endpoint:
        key = key or f"{actor.id}:{institution}"
        where = institution or actor.institution
        return (await self.endpoints.add(where, URL, "", (), actor, NOW, key)).endpoint

    async def deliver(self, endpoint_id: str, at: datetime = NOW) -> set[tuple[str, str]]:
        """Deliver what is due; answers with exchange and type of what was sent."""
        self.caller.sent.clear()
        await self.webhooks.deliver_due(DeliverDue(endpoint_id=endpoint_id, now=at))
        rows = await self.office.rows(select(EventRow.stream, EventRow.seq, EventRow.kind))
        named = {f"{stream}.{seq}": (stream, kind) for stream, seq, kind in rows}
        return {named[message_id] for message_id, _ in self.caller.sent}

    async def everything_happens(self) -> None:
        """One event of each kind that is told, in both exchanges; what is not for others says so."""
        async with self.office.sessions.begin() as session:
            for stream in (self.incoming, self.outgoing):
                for number, kind in enumerate(TOLD, start=100):
                    session.add(_event(stream, number, kind))


def _event(stream: str, seq: int, kind: str) -> EventRow:
    payload = dict.fromkeys(KINDS[kind].outward or (), "told")
    return EventRow(
        stream=stream, seq=seq, batch_key=f"{stream}:{seq}", batch_index=0, kind=kind, at=NOW, actor_id="clock",
        actor_role=Role.CLOCK, actor_institution="",
        payload={"kind": kind, "reason": INSIDE, "findings": [INSIDE], "ratings": {INSIDE: 1}, "note_id": INSIDE}
        | {"step_id": f"{stream}.clear_for_clinic.1"} | {n: v for n, v in payload.items() if n != "step_id"},
    )  # fmt: skip


async def connect(database: Database, folder: Path) -> Connected:
    """Both universities with everybody, over a database."""
    office = Office(database, folder / "files", staffed())
    await office.seed()
    incoming = (await office.nominate(1)).exchange_id
    outgoing = (await office.nominate(2, **OUTGOING)).exchange_id
    made = Connected(office, incoming, outgoing)
    made.people(office.programme)
    return made


@pytest.fixture
async def connected(sqlite_database: Database, tmp_path: Path) -> Connected:
    return await connect(sqlite_database, tmp_path)


async def test_the_feed_tells_each_role_of_what_it_may_see(connected: Connected) -> None:
    """Institution, role, direction and type of event: the feed is the rule itself."""
    await connected.everything_happens()
    feed = Feed(connected.office.sessions, OUTWARD)
    for actor in (*EVERYBODY, STRANGER, CLINICIAN, student("somebody")):
        events, _ = await feed.after(actor, 0, 500)
        expected = {(code, event_type(kind)) for code in connected.seen_by(actor) for kind in TOLD}
        assert {(event["subject"], event["type"]) for event in events} == expected, actor
        assert INSIDE not in str(events)


CONNECTING = [
    (HOST, "cqmu", {"incoming", "outgoing"}),
    (OWN_PARTNER, "cqmu", {"outgoing"}),
    (OFFICE, "cqmu", {"incoming", "outgoing"}),
    (SENDING, "dartmouth", {"incoming", "outgoing"}),
    (HEAD, "dartmouth", {"incoming", "outgoing"}),
    (PARTNER, "dartmouth", {"incoming"}),
    (OFFICE, "dartmouth", {"incoming"}),
]


async def test_an_endpoint_is_told_what_whoever_added_it_may_see(connected: Connected) -> None:
    made = []
    for actor, institution, directions in CONNECTING:
        endpoint = await connected.add(actor, institution)
        assert endpoint.office is office_of(actor, institution, "cqmu")
        made.append((actor, endpoint.endpoint_id, {getattr(connected, direction) for direction in directions}))
    await connected.everything_happens()
    for actor, endpoint_id, codes in made:
        told = await connected.deliver(endpoint_id)
        assert told == {(code, kind) for code in codes for kind in TOLD}, actor
        assert codes <= connected.seen_by(actor)
        assert not [body for _, body in connected.caller.sent if INSIDE in body]


async def test_nobody_else_connects_anything(connected: Connected) -> None:
    for actor, institution in (
        (HOUSING, "cqmu"), (HEALTH, "cqmu"), (CLINICIAN, "cqmu"), (student("somebody"), "dartmouth"),
        (PARTNER, "cqmu"), (HOST, "dartmouth"), (HEAD, "cqmu"), (STRANGER, "dartmouth"),
    ):  # fmt: skip
        with pytest.raises(NotAuthorised):
            await connected.add(actor, institution)
        assert await connected.endpoints.endpoints(actor) == []


async def test_what_waited_since_before_the_rule_does_not_go_out(connected: Connected) -> None:
    """Deliveries made for a wider office, and dead ones sent again, are judged when they are sent."""
    endpoint = await connected.add(SENDING)
    connected.caller.answer = Tried(accepted=False, answer="500")
    await connected.everything_happens()
    await connected.deliver(endpoint.endpoint_id)
    await _narrow(connected, endpoint.endpoint_id)
    connected.caller.answer = Tried(accepted=True, answer="200")
    at = NOW
    for _ in range(2 * len(TOLD)):
        at += timedelta(minutes=1)
        assert {code for code, _ in await connected.deliver(endpoint.endpoint_id, at)} <= {connected.incoming}
    listed = await connected.endpoints.deliveries(endpoint.endpoint_id, SENDING, DeliveryStatus.DEAD, limit=500)
    assert {one.stream for one in listed} == {connected.outgoing}
    assert {one.answer for one in listed} == {NOT_FOR_IT}
    for one in listed[:3]:
        await connected.endpoints.redeliver(one.delivery_id, SENDING, at)
        assert await connected.deliver(endpoint.endpoint_id, at) == set()


async def _narrow(connected: Connected, endpoint_id: str) -> None:
    table = table_of(EndpointRow)
    async with connected.office.sessions.begin() as session:
        await session.execute(update(table).where(table.c.id == endpoint_id).values(office=Role.PARTNER_OFFICE))


async def test_an_endpoint_of_a_wider_office_is_not_a_partner_offices_to_look_at_or_turn(connected: Connected) -> None:
    """Its address or its secret would be a way to what a partner office may not see."""
    endpoint = (await connected.add(SENDING)).endpoint_id
    await connected.everything_happens()
    await connected.deliver(endpoint)
    [delivery, *_] = await connected.endpoints.deliveries(endpoint, SENDING)
    ours = connected.endpoints
    assert await ours.endpoints(PARTNER) == []
    for refused in (
        ours.change(endpoint, "https://thief.example/", "", (), True, PARTNER, NOW, "change-1"),
        ours.rotate(endpoint, PARTNER, NOW, "rotate-1"),
        ours.remove(endpoint, PARTNER, NOW),
        ours.test(endpoint, PARTNER, NOW),
        ours.deliveries(endpoint, PARTNER),
        ours.redeliver(delivery.delivery_id, PARTNER, NOW),
    ):
        with pytest.raises(Unknown):
            await refused
    with pytest.raises(NotAuthorised):
        await connected.add(PARTNER, "dartmouth", key=f"{SENDING.id}:")  # the key that the coordinator's form had
    with pytest.raises(NotOpen):
        await ours.redeliver(delivery.delivery_id, SENDING, NOW)


async def test_a_list_of_deliveries_leaves_out_what_its_reader_may_not_see(connected: Connected) -> None:
    endpoint = (await connected.add(SENDING)).endpoint_id
    await connected.everything_happens()
    await connected.deliver(endpoint)
    await _narrow(connected, endpoint)  # now the partner office may manage it, with what was delivered before
    seen = {one.stream for one in await connected.endpoints.deliveries(endpoint, PARTNER, limit=500)}
    assert seen == {connected.incoming}
    everything = await connected.endpoints.deliveries(endpoint, SENDING, limit=500)
    hidden = next(one for one in everything if one.stream == connected.outgoing)
    with pytest.raises(Unknown):
        await connected.endpoints.redeliver(hidden.delivery_id, PARTNER, NOW)


@pytest.mark.parametrize("creator", [SENDING, HEAD, PARTNER, OFFICE], ids=lambda one: one.id)
async def test_an_endpoint_whose_owner_left_is_paused_until_somebody_answers_for_it(
    connected: Connected, creator: Actor
) -> None:
    endpoint = (await connected.add(creator, "dartmouth")).endpoint_id
    connected.people(staffed(creator))
    keeper = HEAD if creator == SENDING else SENDING
    [listed] = await connected.endpoints.endpoints(keeper)
    assert (listed.active, listed.why_inactive) == (False, WhyInactive.CREATOR_LEFT), "at once"
    await connected.everything_happens()
    assert await connected.deliver(endpoint) == set()
    assert await connected.endpoints.endpoints(keeper) == [listed]
    kinds = await connected.office.rows(
        select(EventRow.payload).where(EventRow.stream == f"endpoint:{endpoint}").order_by(EventRow.seq)
    )
    assert [payload["what"] for (payload,) in kinds] == ["added", "disabled"]
    changed = await connected.endpoints.change(endpoint, URL, "ours", (), False, keeper, NOW, "still-off")
    assert changed.why_inactive == WhyInactive.CREATOR_LEFT, "it still waits for a decision"
    changed = await connected.endpoints.change(endpoint, URL, "ours", (), True, keeper, NOW, "on")
    assert (changed.active, changed.office) == (True, Role.COORDINATOR)
    told = await connected.deliver(endpoint)
    assert {code for code, _ in told} == {connected.incoming, connected.outgoing}, "nothing that happened is lost"


async def test_an_endpoint_never_sees_more_than_its_owner_does_now(connected: Connected) -> None:
    """A partner office that became coordinator widens nothing; a coordinator that became partner office narrows."""
    narrow = (await connected.add(PARTNER)).endpoint_id
    wide = (await connected.add(SENDING)).endpoint_id
    programme = staffed()
    dartmouth = programme.institutions["dartmouth"]
    turned = {PARTNER.id: Role.COORDINATOR, SENDING.id: Role.PARTNER_OFFICE}
    contacts = tuple(one.model_copy(update={"role": turned.get(one.id, one.role)}) for one in dartmouth.contacts)
    moved = dartmouth.model_copy(update={"contacts": contacts})
    connected.people(programme.model_copy(update={"institutions": programme.institutions | {"dartmouth": moved}}))
    await connected.everything_happens()
    for endpoint in (narrow, wide):
        assert {code for code, _ in await connected.deliver(endpoint)} == {connected.incoming}
    demoted = SENDING.model_copy(update={"role": Role.PARTNER_OFFICE})
    with pytest.raises(Unknown):  # it would see more again, at an address of theirs, with its owner's next role
        await connected.endpoints.change(wide, "https://thief.example/", "", (), True, demoted, NOW, "thief")


async def test_a_deputys_endpoint_is_the_one_they_stand_in_for(connected: Connected) -> None:
    deputy = Actor(id="somebody.else", role=Role.COORDINATOR, institution="dartmouth", on_behalf_of=SENDING.id)
    endpoint = await connected.add(deputy, "dartmouth")
    await connected.everything_happens()
    assert {code for code, _ in await connected.deliver(endpoint.endpoint_id)} == connected.seen_by(SENDING)
    connected.people(staffed(SENDING))
    assert await connected.deliver(endpoint.endpoint_id) == set()


async def test_pausing_holds_on_each_database(database: Database, tmp_path: Path) -> None:
    """The log is locked by who reads it when the pause is put on record; and what went on meanwhile is not lost."""
    connected = await connect(database, tmp_path)
    endpoint = (await connected.add(SENDING)).endpoint_id
    connected.people(staffed(SENDING))
    await connected.everything_happens()
    assert await connected.deliver(endpoint) == set()
    await connected.endpoints.change(endpoint, URL, "", (), True, HEAD, NOW, "on")
    connected.caller.answer = Tried(accepted=False, answer="410", gone=True)
    await connected.deliver(endpoint)
    [paused] = await connected.endpoints.endpoints(HEAD)
    assert (paused.active, paused.why_inactive) == (False, WhyInactive.GONE)
    connected.caller.answer = Tried(accepted=True, answer="200")
    await connected.endpoints.change(endpoint, URL, "", (), True, HEAD, NOW, "on-again")
    assert {code for code, _ in await connected.deliver(endpoint)} == {connected.incoming, connected.outgoing}
