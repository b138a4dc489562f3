"""The official JavaScript libraries of CloudEvents and Standard Webhooks take what is sent, and send what is taken."""

from pathlib import Path
from typing import Any

from standardwebhooks.webhooks import Webhook

from models.events.outward import TOLD
from models.people.access import ApiScope
from tests.activities.students import NOW, Office
from tests.databases import Database
from tests.interop.tools import run_script
from tests.portal.test_api import system
from tests.portal.world import People, Portal
from tests.records.stays import SENDING, live_through, open_cohort
from tests.webhooks.people import staffed
from tests.webhooks.test_webhooks import Deliveries, receiver
from webhooks.incoming import BATCH

SECRET = "whsec_" + "c2VjcmV0IGZvciB0ZXN0cyBvbmx5"


async def test_every_event_is_taken_by_the_javascript_libraries(sqlite_database: Database, tmp_path: Path) -> None:
    """As it came over the wire: signature, media type and event."""
    office = Office(sqlite_database, tmp_path / "files", staffed())
    await office.seed()
    await open_cohort(office)
    deliveries = Deliveries(office)
    async with receiver() as partner:
        made = await deliveries.endpoints.add("dartmouth", partner.url, "", (), SENDING, NOW, "key")
        ana = await office.nominate(1)
        await live_through(office, ana.exchange_id, ana.person_id)
        while await deliveries.go(made.endpoint.endpoint_id) is not None:
            pass
        await deliveries.endpoints.test(made.endpoint.endpoint_id, SENDING, NOW)
    sent: list[dict[str, Any]] = [{"headers": headers, "body": body} for _, headers, body in partner.taken]
    assert {one["headers"]["content-type"] for one in sent} == {"application/cloudevents+json; charset=utf-8"}
    taken = run_script("receive.cjs", {"secret": made.secret, "deliveries": sent})
    assert [one.get("error") for one in taken if not one["ok"]] == []
    assert [one["id"] for one in taken] == [one["headers"]["webhook-id"] for one in sent]
    told = {one["type"].split(".")[1] for one in taken}
    assert len(told & set(TOLD)) > 12
    assert "test" in told
    assert {one["data"]["exchange_id"] for one in taken[:-1]} == {ana.exchange_id}
    forged = [sent[0] | {"body": sent[0]["body"].replace(ana.exchange_id, "EX-2027-DAR-999")}]
    [refused] = run_script("receive.cjs", {"secret": made.secret, "deliveries": forged})
    assert not refused["ok"]


def events(*codes: str) -> list[dict[str, Any]]:
    """Events of a badge reader; one with what is no header as it is."""
    kinds = ("sojourn.inbound.flight.confirmed.v1", "door.opened")
    made = []
    for number, code in enumerate(codes):
        for kind in kinds:
            data = {"exchange_id": code, "place": "北楼"}
            made.append({"id": f"{kind}-{number}", "source": "/badges", "type": kind, "data": data})
    return made


async def test_what_the_javascript_library_sends_is_taken_in_each_mode(portal: Portal, people: People) -> None:
    """The same event in two modes is one; what it means is refused here, as Temporal is away, or is unknown."""
    client = await system(portal, "cqmu", ApiScope.EVENTS_WRITE)
    given = {"secret": SECRET, "at": NOW.isoformat(), "events": events(people.living, "EX-2027-DAR-999")}
    made = run_script("send.cjs", given)
    assert len(made) == 4
    for one in made:
        named = one["plain"]["id"]
        answers = []
        for mode in ("binary", "structured", "binary"):
            message = one[mode]
            body = message["body"]
            answer = await client.post("/api/v1/events", content=body.encode(), headers=message["headers"])
            answers.append((answer.status_code, answer.json().get("message"), answer.json().get("id", named)))
        if "EX-2027-DAR-999" in str(one["plain"]):
            expected = (202, "exchange.not_seen", named)
        elif named.startswith("door"):
            expected = (202, "event.unmapped", named)
        else:
            expected = (503, answers[0][1], named)
        assert answers == [expected] * 3
    batch = [one["plain"] | {"id": f"b-{one['plain']['id']}"} for one in made if one["plain"]["type"] == "door.opened"]
    answer = await client.post("/api/v1/events", json=batch, headers={"content-type": BATCH})
    results = answer.json()["results"]
    assert [one["id"] for one in results] == [one["id"] for one in batch]
    assert [one["message"] for one in results] == ["event.unmapped", "exchange.not_seen"]


async def test_a_message_is_signed_alike_in_both_languages() -> None:
    [one] = run_script("send.cjs", {"secret": SECRET, "at": NOW.isoformat(), "events": events("x")[:1]})
    body = one["signed"]["body"]
    assert one["signed"]["signature"] == Webhook(SECRET).sign(one["plain"]["id"], NOW, body)
