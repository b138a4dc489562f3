"""Events as other systems see them: what leaves the house, in which order, to whom, and how often it is tried."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from activities.webhooks import Webhooks
from mail.outbox import Outbox
from models.catalogue.loading import load_programme
from models.errors import BadInput, NotAuthorised, NotOpen, Unknown
from models.events import KINDS, StageEntered
from models.events.outward import TOLD, TYPES, event_type
from models.messages.webhooks import BACK_OFF, DeliverDue, DeliveryStatus
from models.tables import EndpointRow, EventRow
from models.vocabulary import Stage, StepKind
from records.store.append import NoOutbox, append
from records.store.engine import transaction
from tests.activities.students import NOW, Office
from tests.databases import Database
from tests.records.stays import OFFICE, PARTNER, STRANGER, live_through, open_cohort
from tests.webhooks.people import staffed
from webhooks.client import Caller, is_inside
from webhooks.cloudevents import Outward
from webhooks.endpoints import Endpoints, Vault
from webhooks.feed import Feed

SOURCE = "https://sojourn.example"
OUTWARD = Outward(SOURCE, load_programme().policy.about_health)
VAULT = Vault("a secret for tests, long enough")
PERSONAL = ("name", "email", "birth", "native", "note", "passport", "gender", "nationality")


@pytest.fixture
async def office(database: Database, tmp_path: Path) -> Office:
    made = Office(database, tmp_path / "files", staffed())
    await made.seed()
    await open_cohort(made)
    return made


def test_what_leaves_the_house_is_said_by_the_events() -> None:
    assert {"cleared", "stay_permitted", "movement_reported", "signed_in"}.isdisjoint(TOLD)
    assert [event_type(kind) for kind in TOLD] == list(TYPES)
    for kind in TOLD:
        fields = KINDS[kind].outward or ()
        assert set(fields) <= set(KINDS[kind].model_fields), kind
        assert not [name for name in fields if any(word in name for word in PERSONAL)], kind


@pytest.mark.parametrize("kind", StepKind)
def test_no_answer_about_health_leaves_the_house(kind: StepKind) -> None:
    payload = {"step_id": f"EX-2027-DAR-001.{kind}.1", "status": "done", "outcome": "cleared"}
    row = EventRow(stream="EX-2027-DAR-001", kind="step_closed", payload=payload)
    private = kind in {
        StepKind.CLEAR_FOR_CLINIC,
        StepKind.SUBMIT_HEALTH_RECORDS,
        StepKind.RENEW_HEALTH_RECORDS,
        StepKind.REVIEW_HEALTH_DOCUMENT,
        StepKind.CONFIRM_HEALTH_DOCUMENT,
    }
    assert ("outcome" in OUTWARD.data(row)) is not private


async def test_the_feed_is_complete_in_order_and_without_a_name(office: Office) -> None:
    ana = await office.nominate(1)
    await live_through(office, ana.exchange_id, ana.person_id)
    feed = Feed(office.sessions, OUTWARD)
    found: list[dict[str, object]] = []
    cursor = 0
    while True:
        part, cursor = await feed.after(PARTNER, cursor, 3)
        if not part:
            break
        found += part
    numbers = [int(str(event["id"]).rpartition(".")[2]) for event in found]
    assert numbers == sorted(numbers)
    assert len(found) > 10
    text = json.dumps(found, ensure_ascii=False)
    for personal in ("Rivera", "Ana", "example.edu", "Her plan", ana.person_id):
        assert personal not in text
    assert {event["type"] for event in found} <= set(TYPES)
    assert (await feed.after(STRANGER, 0, 100))[0] == []


@pytest.mark.postgres
async def test_a_slower_transaction_is_never_passed_over(office: Office) -> None:
    """On PostgreSQL a lower position may be committed later: the reader waits for it."""
    if office.database.kind != "postgresql":
        pytest.skip("SQLite has one writer")
    first, second = [(await office.nominate(number)).exchange_id for number in (1, 2)]
    feed = Feed(office.sessions, OUTWARD)
    _, cursor = await feed.after(OFFICE, 0, 500)
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with transaction(office.sessions) as session:
            event = StageEntered(at=NOW, stage=Stage.DOCUMENTS)
            await append(session, NoOutbox(), first, "slow", (event,))
            await session.flush()
            begun.set()
            await go_on.wait()

    writing = asyncio.create_task(slow())
    await begun.wait()
    await office.record(second, StageEntered(at=NOW, stage=Stage.DOCUMENTS))
    reading = asyncio.create_task(feed.after(OFFICE, cursor, 500))
    await asyncio.sleep(0.2)
    assert not reading.done(), "it would have seen the later event alone"
    go_on.set()
    await writing
    events, _ = await reading
    assert [event["subject"] for event in events] == [first, second]


@dataclass
class Receiver:
    """An endpoint of a partner, as a real HTTP server."""

    url: str = ""
    taken: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    """Subject, headers and body of what came."""
    answer: Callable[[str], str] = lambda _: "200 OK"
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def heard(self) -> None:
        """Wait until something else came."""
        self._news.clear()
        await self._news.wait()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for line in head[1:] if ": " in line for name, value in [line.split(": ", 1)]}
        body = (await reader.readexactly(int(headers["content-length"]))).decode()
        subject = json.loads(body).get("subject", "")
        self.taken.append((subject, headers, body))
        self._news.set()
        writer.write(f"HTTP/1.1 {self.answer(subject)}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    def ids(self, subject: str) -> list[str]:
        """The ids that came of an exchange, in their order."""
        return [headers["webhook-id"] for who, headers, _ in self.taken if who == subject]


@asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    try:
        yield made
    finally:
        server.close()


@dataclass
class Deliveries:
    """Endpoints and their deliveries, at a time that the test sets."""

    office: Office
    now: datetime = NOW

    def __post_init__(self) -> None:
        caller = Caller(lambda: datetime.now(NOW.tzinfo), allow_private=True)
        sessions, known = self.office.sessions, self.office.programme
        outbox = Outbox(known)
        self.endpoints = Endpoints(sessions, known, outbox, VAULT, caller, SOURCE)
        self.webhooks = Webhooks(sessions, known, outbox, VAULT, caller, OUTWARD)

    async def add(self, url: str, *kinds: str) -> tuple[str, str]:
        made = await self.endpoints.add("dartmouth", url, "", kinds, OFFICE, self.now, "key")
        return made.endpoint.endpoint_id, made.secret

    async def go(self, endpoint: str) -> datetime | None:
        answer = await self.webhooks.deliver_due(DeliverDue(endpoint_id=endpoint, now=self.now))
        return answer.next_at

    async def states(self, endpoint: str) -> dict[str, DeliveryStatus]:
        return {one.event_id: one.status for one in await self.endpoints.deliveries(endpoint, OFFICE)}


@pytest.fixture
def deliveries(office: Office) -> Deliveries:
    return Deliveries(office)


def entered(*stages: Stage) -> list[StageEntered]:
    return [StageEntered(at=NOW, stage=stage) for stage in stages]


async def test_events_come_signed_and_in_order(office: Office, deliveries: Deliveries) -> None:
    async with receiver() as partner:
        endpoint, secret = await deliveries.add(partner.url)
        ana = (await office.nominate(1)).exchange_id
        await office.record(ana, *entered(Stage.DOCUMENTS, Stage.SEAT))
        assert await deliveries.go(endpoint) is None
        assert partner.ids(ana) == [f"{ana}.{n}" for n in (1, 2, 3)]
        _, headers, body = partner.taken[0]
        assert headers["content-type"].startswith("application/cloudevents+json")
        told = Webhook(secret).verify(body, headers)
        assert (told["specversion"], told["type"], told["source"]) == ("1.0", "sojourn.exchange_opened.v1", SOURCE)
        assert told["data"] == {"exchange_id": ana, "nomination_version": 1}
        await deliveries.go(endpoint)
        assert len(partner.taken) == 3, "nothing is sent twice"


async def test_what_fails_holds_up_its_own_exchange_alone(office: Office, deliveries: Deliveries) -> None:
    async with receiver() as partner:
        endpoint, _ = await deliveries.add(partner.url)
        ana, bo = [(await office.nominate(number)).exchange_id for number in (1, 2)]
        await office.record(ana, *entered(Stage.DOCUMENTS))
        partner.answer = lambda subject: "500 Oops" if subject == ana else "204 No Content"
        assert await deliveries.go(endpoint) == pytest.approx(NOW + BACK_OFF[0], abs=timedelta(seconds=5))
        assert partner.ids(ana) == [f"{ana}.1"]
        assert partner.ids(bo) == [f"{bo}.1"]
        partner.answer = lambda _: "200 OK"
        deliveries.now += timedelta(minutes=1)
        await deliveries.go(endpoint)
        assert partner.ids(ana) == [f"{ana}.1", f"{ana}.1", f"{ana}.2"]


async def test_what_is_never_taken_is_given_up_and_can_be_sent_again(office: Office, deliveries: Deliveries) -> None:
    async with receiver() as partner:
        endpoint, _ = await deliveries.add(partner.url)
        ana = (await office.nominate(1)).exchange_id
        partner.answer = lambda _: "302 Found\r\nlocation: http://127.0.0.1:1/"
        tries = 0
        while (await deliveries.go(endpoint)) is not None:
            tries += 1
            deliveries.now += timedelta(days=2)
            assert tries < 30
        assert len(partner.taken) == len(BACK_OFF) + 1
        [dead] = await deliveries.endpoints.deliveries(endpoint, OFFICE, DeliveryStatus.DEAD)
        assert (dead.attempts, dead.answer) == (len(BACK_OFF) + 1, "302")
        partner.answer = lambda _: "200 OK"
        await office.record(ana, *entered(Stage.DOCUMENTS))
        await deliveries.go(endpoint)
        assert partner.ids(ana)[-1] == f"{ana}.2", "what follows goes on"
        assert await deliveries.endpoints.redeliver(dead.delivery_id, PARTNER, deliveries.now) == endpoint
        await deliveries.go(endpoint)
        assert set((await deliveries.states(endpoint)).values()) == {DeliveryStatus.DELIVERED}
        with pytest.raises(NotOpen):
            await deliveries.endpoints.redeliver(dead.delivery_id, PARTNER, deliveries.now)


async def test_an_endpoint_says_when_to_come_back_or_that_it_is_gone(office: Office, deliveries: Deliveries) -> None:
    async with receiver() as partner:
        endpoint, _ = await deliveries.add(partner.url)
        await office.nominate(1)
        partner.answer = lambda _: "503 Busy\r\nretry-after: 7200"
        assert await deliveries.go(endpoint) == pytest.approx(NOW + timedelta(hours=2), abs=timedelta(seconds=5))
        partner.answer = lambda _: "410 Gone"
        deliveries.now += timedelta(hours=3)
        await deliveries.go(endpoint)
        [known] = await deliveries.endpoints.endpoints(PARTNER)
        assert (known.active, known.why_inactive) == (False, "gone")
        taken = len(partner.taken)
        deliveries.now += timedelta(days=1)
        await deliveries.go(endpoint)
        assert len(partner.taken) == taken


async def test_a_day_long_both_secrets_sign(office: Office, deliveries: Deliveries) -> None:
    async with receiver() as partner:
        endpoint, old = await deliveries.add(partner.url)
        new = (await deliveries.endpoints.rotate(endpoint, PARTNER, NOW, "rotate-1")).secret
        again = (await deliveries.endpoints.rotate(endpoint, PARTNER, NOW, "rotate-1")).secret
        assert new == again != old
        await deliveries.endpoints.test(endpoint, PARTNER, NOW)
        await deliveries.endpoints.test(endpoint, PARTNER, NOW + timedelta(hours=25))
        (_, both, body), (_, late, late_body) = partner.taken
        for secret in (old, new):
            assert Webhook(secret).verify(body, both)["type"] == "sojourn.test.v1"
        Webhook(new).verify(late_body, late)
        with pytest.raises(WebhookVerificationError):
            Webhook(old).verify(late_body, late)


async def test_only_the_kinds_wanted_are_delivered(office: Office, deliveries: Deliveries) -> None:
    async with receiver() as partner:
        endpoint, _ = await deliveries.add(partner.url, "sojourn.stage_entered.v1")
        ana = (await office.nominate(1)).exchange_id
        await office.record(ana, *entered(Stage.DOCUMENTS))
        await deliveries.go(endpoint)
        assert partner.ids(ana) == [f"{ana}.2"]


async def test_endpoints_belong_to_an_institution(deliveries: Deliveries) -> None:
    add = deliveries.endpoints.add
    with pytest.raises(NotAuthorised):
        await add("dartmouth", "https://partner.example/hook", "", (), STRANGER, NOW, "key-1")
    made = await add("dartmouth", "https://partner.example/hook", "", (), PARTNER, NOW, "key-1")
    assert await add("dartmouth", "https://partner.example/hook", "", (), PARTNER, NOW, "key-1") == made
    assert await deliveries.endpoints.endpoints(STRANGER) == []
    with pytest.raises(Unknown):
        await deliveries.endpoints.remove(made.endpoint.endpoint_id, STRANGER, NOW)
    with pytest.raises(BadInput, match=r"kinds.unknown"):
        await add("dartmouth", "https://partner.example/hook", "", ("everything",), PARTNER, NOW, "key-2")
    await deliveries.endpoints.remove(made.endpoint.endpoint_id, PARTNER, NOW)
    assert await deliveries.endpoints.endpoints(PARTNER) == []


async def test_secrets_are_not_kept_as_they_are(office: Office, deliveries: Deliveries) -> None:
    _, secret = await deliveries.add("http://127.0.0.1:9/hook")
    [(kept,)] = await office.rows(select(EndpointRow.secret))
    assert secret not in kept
    assert secret.removeprefix("whsec_") not in kept


INSIDE = (
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1", "192.0.2.1", "198.18.0.1", "240.0.0.1",
)  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_inside_are_known(address: str) -> None:
    assert is_inside(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111"])
def test_addresses_outside_are_known(address: str) -> None:
    assert not is_inside(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://partner.example/", "https://user:secret@partner.example/", "https://partner.example/#x", "ftp://x/",
        "https:///hook", "https://partner.example:22/", "https://partner.example:99999/", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_addresses_that_are_none_are_refused(url: str) -> None:
    with pytest.raises(BadInput, match="field=url"):
        Caller(lambda: NOW, allow_private=False).check(url)


async def test_nothing_is_sent_inside_whatever_the_name_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads inside, with one of its addresses alone, is not called; nor does a second answer matter."""
    caller = Caller(lambda: NOW, allow_private=False)
    loop = asyncio.get_running_loop()
    asked: list[str] = []

    async def resolved(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [(0, 0, 0, "", (address, port)) for address in ("93.184.216.34", "127.0.0.1")]

    monkeypatch.setattr(loop, "getaddrinfo", resolved)
    tried = await caller.call("https://partner.example/hook", ("whsec_c2VjcmV0",), "id", "{}")
    assert (tried.accepted, tried.answer) == (False, "address not allowed")
    assert asked == ["partner.example"], "looked up once"
    for literal in ("https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest", "https://2130706433/"):
        monkeypatch.undo()
        assert not (await caller.call(literal, ("whsec_c2VjcmV0",), "id", "{}")).accepted
