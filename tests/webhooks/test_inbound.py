"""Events of other systems: in which forms they come, kept once for each institution, telling no more than a page."""

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, cast

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from cloudevents.core.bindings import http
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from sqlalchemy import Connection, select, text, update

from gateway.operations import Gateway
from gateway.webhooks import Connections
from models.errors import BadInput, Conflict, Kept, KeyReused, NotAuthorised, Unavailable, Unknown
from models.messages.inbound import MEANT
from models.messages.webhooks import InboundStatus, Received
from models.people.authorization import Actor
from models.tables import InboundRow
from models.vocabulary import Role, StepKind
from records.store.engine import alembic_config
from tests.activities.students import NOW, Office
from tests.databases import Database
from tests.records.stays import HOST, OFFICE, OUTGOING, PARTNER
from tests.webhooks.people import OWN_PARTNER, staffed
from webhooks.inbound import Inbound
from webhooks.incoming import BATCH, LARGEST, MOST, STRUCTURED

OURS = Actor(id="token:1", role=Role.COORDINATOR, institution="cqmu")
OTHERS = Actor(id="token:2", role=Role.COORDINATOR, institution="other")
NARROW = Actor(id="token:3", role=Role.PARTNER_OFFICE, institution="cqmu")
NOWHERE = "EX-2027-DAR-999"
AT = "2027-03-01T14:30:00+08:00"
DATA: dict[str, dict[str, Any]] = {
    "sojourn.inbound.dormitory.checked_in.v1": {"at": AT},
    "sojourn.inbound.dormitory.checked_out.v1": {"on": "2027-05-28"},
    "sojourn.inbound.badge.attendance.v1": {
        "content": "laboratory", "first_day": "2027-03-02", "last_day": "2027-03-06", "hours_planned": 40,
        "hours_attended": 38.5,
    },
    "sojourn.inbound.flight.confirmed.v1": {},
    "sojourn.inbound.residence.registered.v1": {},
    "sojourn.inbound.border.left.v1": {"at": AT},
    "sojourn.inbound.border.entered.v1": {"at": AT, "permitted_until": ""},
}  # fmt: skip
"""Sound data of each type, but for the exchange."""


@dataclass
class Acts:
    """Stands for the gateway: notes what was asked, and refuses as it is told."""

    done: list[tuple[str, str, str]] = field(default_factory=list)
    refusal: Exception | None = None
    availability: Any = None

    def _note(self, what: str, exchange_id: str, key: str) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.done.append((what, exchange_id, key))

    async def report_arrival(self, exchange_id: str, report: Any) -> None:
        self._note("arrival", exchange_id, report.report_id)

    async def report_departure(self, exchange_id: str, report: Any) -> None:
        self._note("departure", exchange_id, report.report_id)

    async def report_attendance(self, exchange_id: str, report: Any) -> None:
        self._note(f"{report.hours_attended} hours", exchange_id, report.report_id)

    async def report_movement(self, exchange_id: str, report: Any) -> None:
        self._note(f"{report.movement} {report.permitted_until}", exchange_id, report.report_id)

    async def open_step(self, exchange_id: str, kind: StepKind) -> str:
        return f"{exchange_id}.{kind}.1"

    async def decide(self, decision: Any) -> None:
        self._note(f"{decision.outcome}", decision.step_id.partition(".")[0], decision.decision_id)


@dataclass
class Door:
    """Where events of other systems come in, with an exchange in each direction."""

    office: Office
    incoming: str
    outgoing: str
    acts: Acts = field(default_factory=Acts)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.inbound = Inbound(self.office.sessions)
        nothing: Any = None
        self.connections = Connections(nothing, cast(Gateway, self.acts), nothing, self.inbound, nothing, lambda: NOW)

    def event(self, kind: str, exchange_id: str, event_id: str = "", **data: Any) -> dict[str, Any]:
        event_id = event_id or f"e-{next(self.numbers)}"
        said = {"exchange_id": exchange_id} | DATA.get(kind, {}) | data
        return {"specversion": "1.0", "id": event_id, "source": "/dorm", "type": kind, "data": said}

    async def send(self, event: Any, actor: Actor = OURS, media: str = STRUCTURED) -> Received:
        [answer] = await self.connections.receive([("Content-Type", media)], json.dumps(event).encode(), actor)
        return answer

    async def kept(self) -> list[tuple[str, str, str]]:
        query = select(InboundRow.institution_id, InboundRow.event_id, InboundRow.status).order_by(InboundRow.id)
        return [tuple(row) for row in await self.office.rows(query)]


@pytest.fixture
async def door(sqlite_database: Database, tmp_path: Path) -> Door:
    office = Office(sqlite_database, tmp_path / "files", staffed())
    await office.seed()
    incoming = (await office.nominate(1)).exchange_id
    return Door(office, incoming, (await office.nominate(2, **OUTGOING)).exchange_id)


CHECKED_IN = "sojourn.inbound.dormitory.checked_in.v1"


def test_every_type_has_sound_data_here() -> None:
    assert set(DATA) == set(MEANT)


async def test_each_type_means_its_act(door: Door) -> None:
    for kind in DATA:
        answer = await door.send(door.event(kind, door.incoming))
        assert (answer.status, answer.exchange_id, answer.repeated) == (InboundStatus.DONE, door.incoming, False), kind
    what = [one for one, _, _ in door.acts.done]
    assert what == [
        "arrival", "departure", "38.5 hours", "confirmed", "registered", "left_country None", "reentered None",
    ]  # fmt: skip
    assert len({key for _, _, key in door.acts.done}) == len(DATA)


@pytest.mark.parametrize(
    ("kind", "changed"),
    [
        (CHECKED_IN, {}), (CHECKED_IN, {"at": "yesterday"}), (CHECKED_IN, {"at": None, "placement_id": "p"}),
        ("sojourn.inbound.badge.attendance.v1", {}), ("sojourn.inbound.badge.attendance.v1", {"hours_planned": -1}),
        ("sojourn.inbound.flight.confirmed.v1", {}), ("sojourn.inbound.moon.v1", {}), ("other", {"x": ["y"]}),
        ("sojourn.inbound.border.entered.v1", {"permitted_until": "never"}),
    ],
)  # fmt: skip
async def test_what_is_not_for_the_sender_answers_as_what_is_not_there(
    door: Door, kind: str, changed: dict[str, Any]
) -> None:
    """D44, before type, data, repetition and state: the refusal of the act would tell them apart."""
    door.acts.refusal = NotAuthorised("not_allowed.decide")
    answers = []
    for code in (NOWHERE, door.incoming, door.outgoing, door.incoming, NOWHERE):
        answers.append(await door.send(door.event(kind, code, "the-same", **changed), OTHERS))
    first = answers[0]
    assert (first.status, first.message, first.repeated) == (InboundStatus.REFUSED, "exchange.not_seen", False)
    assert all(one == first for one in answers), "also where the id came before, with other data"
    assert door.acts.done == []


async def test_a_partner_offices_token_learns_nothing_of_students_coming_from_the_host(door: Door) -> None:
    """Nor by sending again what the coordinator's token sent under the same id."""
    event = door.event(CHECKED_IN, door.incoming, "door-1")
    assert (await door.send(event, OURS)).status is InboundStatus.DONE
    unknown = await door.send(door.event(CHECKED_IN, NOWHERE, "door-1"), NARROW)
    assert await door.send(event, NARROW) == unknown
    assert unknown.status is InboundStatus.REFUSED
    again = await door.send(event, OURS)
    assert (again.status, again.repeated) == (InboundStatus.DONE, True), "what the coordinator sent stays"
    assert (await door.send(door.event(CHECKED_IN, door.outgoing), NARROW)).status is InboundStatus.DONE


async def test_an_id_belongs_to_the_institution_that_sends_it(door: Door) -> None:
    dartmouth = Actor(id="token:4", role=Role.COORDINATOR, institution="dartmouth")
    event = door.event(CHECKED_IN, door.incoming, "door-1")
    other = door.event(CHECKED_IN, door.incoming, "door-1", at="2027-03-02T09:00:00+08:00")
    assert (await door.send(event, OURS)).repeated is False
    theirs = await door.send(other, dartmouth)
    assert (theirs.status, theirs.repeated) == (InboundStatus.DONE, False), "no conflict with an id of others"
    first, second = (key for _, _, key in door.acts.done)
    assert first != second
    assert [row[0] for row in await door.kept()] == ["cqmu", "dartmouth"]
    with pytest.raises(KeyReused):
        await door.send(other, OURS)
    assert (await door.send(event, OURS)).repeated is True


async def test_what_died_on_its_way_is_done_once_when_it_comes_again(door: Door) -> None:
    event = door.event(CHECKED_IN, door.incoming)
    door.acts.refusal = Unavailable("temporal.away")
    with pytest.raises(Unavailable):
        await door.send(event)
    door.acts.refusal = None
    assert (await door.send(event)).repeated is False
    assert (await door.send(event)).repeated is True
    assert len(door.acts.done) == 1


async def test_what_died_before_there_were_message_ids_is_done_once_too(door: Door) -> None:
    event = door.event(CHECKED_IN, door.incoming)
    door.acts.refusal = Unavailable("temporal.away")
    with pytest.raises(Unavailable):
        await door.send(event)
    [now] = await door.inbound.events(OURS)
    earlier = {"message": None, "params": None, "why": "It was received; what it means is being done."}
    async with door.office.sessions.begin() as session:
        await session.execute(update(InboundRow).values(**earlier))
    [then] = await door.inbound.events(OURS)
    assert now.message == then.message == "event.underway"
    door.acts.refusal = None
    assert (await door.send(event)).repeated is False
    assert [(one.status, one.message, one.why) for one in await door.inbound.events(OURS)] == [("done", "", "")]


async def test_what_is_kept_need_not_come_again_and_is_settled_when_it_is_taken(door: Door) -> None:
    door.acts.refusal = Kept("act.kept", key="k", about=door.incoming)
    first, second = (door.event(CHECKED_IN, door.incoming) for _ in range(2))
    assert (await door.send(first)).status is InboundStatus.KEPT
    assert (await door.send(second)).status is InboundStatus.KEPT
    async with door.office.sessions() as session:
        done, refused = (await session.scalars(select(InboundRow.act_id).order_by(InboundRow.id))).all()
    await door.inbound.settle_kept(done, None)
    await door.inbound.settle_kept(refused, Conflict("arrival.reported_already"))
    newest, oldest = await door.inbound.events(HOST)
    assert (oldest.status, newest.status, newest.message) == (
        InboundStatus.DONE,
        InboundStatus.REFUSED,
        "arrival.reported_already",
    )
    await door.inbound.settle_kept(done, Conflict("arrival.reported_already"))
    assert (await door.inbound.events(HOST))[1].status is InboundStatus.DONE, "what is settled stays"


async def test_what_was_refused_is_tried_again_by_who_may_know_of_it(door: Door) -> None:
    door.acts.refusal = NotAuthorised("not_allowed.decide")
    await door.send(door.event(CHECKED_IN, door.incoming))
    [listed] = await door.inbound.events(HOST)
    assert (listed.status, listed.exchange_id) == (InboundStatus.REFUSED, door.incoming)
    assert await door.inbound.events(OWN_PARTNER) == [], "it is about an exchange that a partner office may not see"
    assert await door.inbound.events(PARTNER) == []
    door.acts.refusal = None
    with pytest.raises(Unknown):
        await door.connections.retry(listed.inbound_id, PARTNER)
    unseen = await door.connections.retry(listed.inbound_id, OWN_PARTNER)
    assert unseen.message == "exchange.not_seen"
    assert door.acts.done == []
    assert (await door.connections.retry(listed.inbound_id, OFFICE)).status is InboundStatus.DONE
    [listed] = await door.inbound.events(HOST)
    assert listed.status is InboundStatus.DONE


async def test_what_named_no_exchange_that_is_seen_stays_listed_for_its_sender(door: Door) -> None:
    """Whether there is such an exchange cannot be read from the list either."""
    for code in (NOWHERE, door.incoming):
        await door.send(door.event(CHECKED_IN, code), OTHERS)
    listed = await door.inbound.events(OTHERS)
    assert [(one.exchange_id, one.message) for one in listed] == [("", "exchange.not_seen")] * 2


def as_sent(event: dict[str, Any], mode: str) -> tuple[list[tuple[str, str]], bytes]:
    """A request of the official library."""
    attributes = {name: value for name, value in event.items() if name != "data"}
    made = CloudEvent(attributes | {"datacontenttype": "application/json"}, event.get("data"))
    write = http.to_binary if mode == "binary" else http.to_structured
    message = write(made, JSONFormat())
    return list(message.headers.items()), message.body


async def test_an_event_is_the_same_in_each_mode(door: Door) -> None:
    event = door.event(CHECKED_IN, door.incoming, 'Tür 7 %\u2009"ost"') | {"subject": "宿舍"}
    answers = []
    for mode in ("binary", "structured", "binary"):
        headers, body = as_sent(event, mode)
        if mode == "binary":
            headers = [(name, value) for name, value in headers if name != "ce-time"]
        else:
            body = json.dumps({k: v for k, v in json.loads(body).items() if k != "time"}).encode()
        [answer] = await door.connections.receive(headers, body, OURS)
        answers.append((answer.status, answer.event_id, answer.repeated))
    assert answers == [(InboundStatus.DONE, event["id"], repeated) for repeated in (False, True, True)]
    base = {name: value for name, value in event.items() if name != "data"}
    packed = base | {"data_base64": base64.b64encode(json.dumps(event["data"]).encode()).decode()}
    assert (await door.send(packed | {"datacontenttype": "application/json"})).repeated is True


async def test_an_event_that_an_earlier_version_kept_by_its_bytes_is_the_same(door: Door) -> None:
    event = door.event(CHECKED_IN, door.incoming)
    body = json.dumps(event).encode()
    await door.connections.receive([("Content-Type", STRUCTURED)], body, OURS)
    async with door.office.sessions.begin() as session:
        await session.execute(update(InboundRow).values(body_hash=hashlib.sha256(body).hexdigest()))
    assert (await door.send(event)).repeated
    with pytest.raises(KeyReused):
        await door.send(door.event(CHECKED_IN, door.incoming, event["id"], at="2027-03-02T09:00:00+08:00"))
    assert len(door.acts.done) == 1


BATCHED = [("content-type", f"{BATCH}; charset=utf-8")]


async def test_each_event_of_a_batch_is_answered_for_itself(door: Door) -> None:
    await door.send(door.event(CHECKED_IN, door.incoming, "taken"))
    events = [
        door.event(CHECKED_IN, door.incoming),
        door.event("other", door.incoming),
        door.event(CHECKED_IN, NOWHERE),
        door.event(CHECKED_IN, door.incoming, "taken", at="2027-03-02T09:00:00+08:00"),
        door.event(CHECKED_IN, door.outgoing),
    ]
    answers = await door.connections.receive(BATCHED, json.dumps(events).encode(), OURS)
    assert [one.event_id for one in answers] == [one["id"] for one in events]
    assert [(one.status.value, one.message) for one in answers] == [
        ("done", ""), ("unmapped", "event.unmapped"), ("refused", "exchange.not_seen"),
        ("refused", "idempotency.another_request"), ("done", ""),
    ]  # fmt: skip
    again = await door.connections.receive(BATCHED, json.dumps(events).encode(), OURS)
    assert [one.repeated for one in again] == [True, True, False, False, True]
    assert len(door.acts.done) == 3
    assert await door.connections.receive(BATCHED, b"[]", OURS) == []


async def test_nothing_is_taken_of_a_batch_with_an_event_that_is_none(door: Door) -> None:
    sound = door.event(CHECKED_IN, door.incoming)
    strange: list[Any] = [{}, 1, "x", None, [], sound | {"id": ""}, sound | {"data": "x" * LARGEST}]
    for wrong in strange:
        with pytest.raises(BadInput):
            await door.connections.receive(BATCHED, json.dumps([sound, wrong]).encode(), OURS)
    for body in (b"", b"{}", b"null", b"[" * 100_000, json.dumps([sound] * (MOST + 1)).encode()):
        with pytest.raises(BadInput):
            await door.connections.receive(BATCHED, body, OURS)
    assert await door.kept() == []


async def test_events_of_before_keep_the_ids_of_their_acts(sqlite_database: Database) -> None:
    """What was on its way while the service was renewed is not done twice."""

    def renew(connection: Connection) -> list[Any]:
        config = alembic_config(connection)
        scripts = ScriptDirectory.from_config(config)
        [before] = [one.down_revision for one in scripts.walk_revisions() if one.path.endswith("_connections.py")]
        command.downgrade(config, str(before))
        connection.execute(
            text(
                "INSERT INTO inbound_events (source, event_id, type, body_hash, payload, institution_id, actor_id,"
                " received_at, status, why, exchange_id) VALUES ('/dorm', '1', 't', 'x', '{}', 'cqmu', 'token:1',"
                " '2027-03-01 10:00:00', 'refused', '', '')"
            )
        )
        command.upgrade(config, "head")
        return list(connection.execute(text("SELECT institution_id, act_id FROM inbound_events")))

    async with sqlite_database.engine.begin() as connection:
        [(institution, act_id)] = await connection.run_sync(renew)
    assert institution == "cqmu"
    assert act_id == f"in-{hashlib.sha256(b'/dorm' + bytes([10]) + b'1').hexdigest()[:32]}"
