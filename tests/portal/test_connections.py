"""Connections on their page: what is of others looks as if it were not there; what waits for a decision is named."""

import re

from sqlalchemy import update

from gateway.webhooks import Connections
from models.messages.webhooks import DeliveryStatus, Endpoint
from models.people.authorization import Actor
from models.tables import DeliveryRow, EndpointRow, InboundRow
from models.vocabulary import Role
from records.projections.common import table_of
from tests.portal.world import ROLES, Client, People, Portal
from webhooks.incoming import STRUCTURED

DARTMOUTH = Actor(id="dartmouth.coordinator", role=Role.COORDINATOR, institution="dartmouth")
SYSTEM = Actor(id="token:1", role=Role.COORDINATOR, institution="dartmouth")
URL = "https://partner.example/hook"
EVENT = b'{"specversion":"1.0","id":"1","source":"/dorm","type":"door.opened","data":{"exchange_id":"%s"}}'


def outward(portal: Portal) -> Connections:
    """The connections of the portal."""
    found = portal.context.services.outward
    assert found is not None
    return found


async def connected(portal: Portal, exchange: str) -> tuple[Endpoint, int, int]:
    """An endpoint of Dartmouth's coordinator with a dead delivery, and an event that its system sent."""
    doors = outward(portal)
    made = await doors.endpoints.add("dartmouth", URL, "", (), DARTMOUTH, portal.now, "key")
    row = DeliveryRow(
        endpoint_id=made.endpoint.endpoint_id, position=1, stream=exchange, event_id=f"{exchange}.1",
        type="sojourn.exchange_opened.v1", status=DeliveryStatus.DEAD, attempts=10, answer="500", next_at=portal.now,
    )  # fmt: skip
    async with portal.office.sessions.begin() as session:
        session.add(row)
    await doors.receive([("content-type", STRUCTURED)], EVENT % exchange.encode(), SYSTEM)
    [kept] = await doors.inbound.events(SYSTEM)
    return made.endpoint, row.id, kept.inbound_id


def asked(endpoint: str, delivery: int, event: int) -> list[tuple[str, str, dict[str, str]]]:
    """Every request about an endpoint, a delivery or an event of others."""
    path = f"/connections/endpoints/{endpoint}"
    return [
        ("GET", path, {}),
        ("POST", path, {"url": "https://thief.example/", "description": "", "active": "yes"}),
        ("POST", f"{path}/test", {}),
        ("POST", f"{path}/rotate", {}),
        ("POST", f"{path}/remove", {}),
        ("POST", f"/connections/deliveries/{delivery}/redeliver", {"endpoint": ""}),
        ("POST", "/connections/inbound/retry", {"event": str(event)}),
    ]


async def answer(client: Client, method: str, path: str, form: dict[str, str]) -> tuple[int, str]:
    """Status and words of an answer, without what differs with every page."""
    got = await (client.get(path) if method == "GET" else client.post(path, data=form))
    words = re.sub(r"ep-[0-9a-z]+|<time.*?</time>|Now: .*?</span>|value=\"[^\"]*\"|/\d+/", "", got.text)
    return got.status_code, words


async def test_foreign_connections_answer_as_unknown_ones(portal: Portal, people: People) -> None:
    """Of another institution, and for the partner office of its own what the coordinator connected."""
    endpoint, delivery, event = await connected(portal, people.other)
    there = asked(endpoint.endpoint_id, delivery, event)
    nowhere = asked("ep-0000000000000000", 987654321, 987654321)
    for role in ROLES:
        if role is Role.PROGRAMME_OFFICE:
            continue
        client = await portal.signed_in(people.of(role))
        for one, unknown in zip(there, nowhere, strict=True):
            told = await answer(client, *one)
            assert told == await answer(client, *unknown), (role, one)
            assert told[0] in (404, 422)
        page = (await client.get("/connections")).text
        assert endpoint.endpoint_id not in page
        assert people.other not in page
    [kept] = await outward(portal).endpoints.endpoints(DARTMOUTH)
    assert (kept.url, kept.active) == (URL, True)


async def test_their_own_connections_open_for_those_who_may(portal: Portal, people: People) -> None:
    """The test above would hold too if nobody got in anywhere."""
    endpoint, _, event = await connected(portal, people.other)
    for person in ("dartmouth.coordinator", "cqmu.programme_office"):
        client = await portal.signed_in(person)
        page = await client.get(f"/connections/endpoints/{endpoint.endpoint_id}")
        assert page.status_code == 200
        assert people.other in page.text
        assert "It is told what this office may see: Coordinator" in re.sub(r"\s+", " ", page.text)
        again = await client.post("/connections/inbound/retry", data={"event": str(event)})
        assert again.status_code == 303


async def test_an_endpoint_for_which_nobody_answers_is_named_on_top(portal: Portal, people: People) -> None:
    endpoint, *_ = await connected(portal, people.exchange)
    table = table_of(EndpointRow)
    async with portal.office.sessions.begin() as session:
        left = {"active": False, "why_inactive": "creator_left", "created_by": "dartmouth.somebody"}
        await session.execute(update(table).where(table.c.id == endpoint.endpoint_id).values(**left))
    client = await portal.signed_in("dartmouth.coordinator")
    assert "nobody answers any more" in (await client.get("/connections")).text
    outsider = await portal.signed_in("dartmouth.partner_office")
    assert "nobody answers" not in (await outsider.get("/connections")).text


async def test_what_is_on_its_way_is_said_in_the_readers_language(portal: Portal, people: People) -> None:
    await connected(portal, people.other)
    table = table_of(InboundRow)
    client = await portal.signed_in("dartmouth.coordinator")
    said = {"en": "It was received; what it means is being done.", "zh": "已收到，正在处理。"}
    for kept in ({"why": "", "message": "event.underway"}, {"why": said["en"], "message": None}):
        async with portal.office.sessions.begin() as session:
            await session.execute(update(table).values(status="refused", **kept))
        for language, words in said.items():
            client.http.cookies.set("sojourn-language", language, domain="portal.example")
            page = (await client.get("/connections")).text
            assert [one in page for one in said.values()] == [one == words for one in said.values()]
