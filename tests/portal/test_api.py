"""The HTTP API: tokens and scopes, cursors, versions, problems, limits, and nothing that its description leaves out."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from models.errors import NotOpen, Unavailable
from models.messages.exchange import Nominated
from models.people.access import OFFICE_SCOPES, ApiScope
from models.people.authorization import Actor
from models.rules.nomination import Nomination
from models.vocabulary import Role, Stage
from portal.api import caller
from portal.api.caller import PER_MINUTE
from portal.bounds import SMALL
from tests.portal.world import People, Portal
from tests.programmes import GOOD_ROW

OFFICE = Actor(id="cqmu.programme_office", role=Role.PROGRAMME_OFFICE, institution="cqmu")


async def system(portal: Portal, institution: str, *scopes: ApiScope, days: int = 30) -> httpx2.AsyncClient:
    """The system of an institution, with a token."""
    tokens = portal.context.services.gateway.tokens
    expires = portal.now + timedelta(days=days)
    issued = await tokens.issue(institution, "test", scopes or OFFICE_SCOPES, expires, OFFICE, portal.now)
    client = portal.browser(authorization=f"Bearer {issued.secret}")
    return client.http


async def test_a_token_sees_its_own_institution_alone(portal: Portal, people: People) -> None:
    dartmouth = await system(portal, "dartmouth", ApiScope.EXCHANGES_READ)
    listed = (await dartmouth.get("/api/v1/exchanges")).json()
    assert {row["exchange_id"] for row in listed["items"]} == {people.exchange, people.living}
    assert (await dartmouth.get(f"/api/v1/exchanges/{people.other}")).status_code == 404
    assert (await dartmouth.get("/api/v1/exchanges/EX-2027-DAR-999")).status_code == 404
    assert (await dartmouth.get(f"/api/v1/exchanges/{people.exchange}")).json()["student"]["name"] == "RIVERA Ana Lucia"


async def test_a_token_holds_within_its_scopes_until_it_expires_or_is_revoked(portal: Portal, people: People) -> None:
    reader = await system(portal, "dartmouth", ApiScope.EXCHANGES_READ)
    refused = await reader.get("/api/v1/events")
    assert refused.status_code == 403
    assert "events:read" in refused.json()["detail"]
    assert (refused.json()["message"], refused.json()["params"]) == ("token.lacks_scope", {"scope": "events:read"})
    tokens = portal.context.services.gateway.tokens
    [token] = await tokens.tokens(OFFICE)
    await tokens.revoke(token.token_id, OFFICE, portal.now)
    assert (await reader.get("/api/v1/exchanges")).status_code == 401
    late = await system(portal, "dartmouth", days=1)
    assert (await late.get("/api/v1/exchanges")).status_code == 200
    portal.now += timedelta(days=2)
    answer = await late.get("/api/v1/exchanges")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_list_goes_on_by_cursor(portal: Portal, people: People) -> None:
    for number in range(20, 27):
        await portal.office.nominate(number)
    client = await system(portal, "dartmouth")
    seen: list[str] = []
    after: str | None = None
    while True:
        query: dict[str, Any] = {"limit": 4} | ({"after": after} if after else {})
        part = (await client.get("/api/v1/exchanges", params=query)).json()
        seen += [row["exchange_id"] for row in part["items"]]
        after = part["next"]
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 10
    assert seen == sorted(seen)
    assert (await client.get("/api/v1/worklist", params={"after": "nonsense"})).status_code == 422


async def test_modified_since_leaves_out_what_did_not_change(portal: Portal, people: People) -> None:
    client = await system(portal, "dartmouth")
    later = (portal.now + timedelta(days=1)).isoformat()
    assert (await client.get("/api/v1/exchanges", params={"modified_since": later})).json()["items"] == []
    earlier = (portal.now - timedelta(days=3)).isoformat()
    assert len((await client.get("/api/v1/exchanges", params={"modified_since": earlier})).json()["items"]) == 3


async def test_an_exchange_has_a_version(portal: Portal, people: People) -> None:
    client = await system(portal, "dartmouth")
    first = await client.get(f"/api/v1/exchanges/{people.living}")
    tag = first.headers["etag"]
    same = await client.get(f"/api/v1/exchanges/{people.living}", headers={"if-none-match": f'"x", {tag}'})
    assert (same.status_code, same.content) == (304, b"")
    step = f"{people.living}.verify_nomination.1"
    stale = await client.post(
        f"/api/v1/steps/{step}/decision",
        json={"outcome": "verified"},
        headers={"if-match": '"EX-2027-DAR-002.1"', "idempotency-key": "key-12345"},
    )
    assert stale.status_code == 412
    assert stale.headers["etag"] == tag


async def test_an_act_needs_its_key_and_is_kept_while_a_part_is_away(portal: Portal, people: People) -> None:
    client = await system(portal, "cqmu")
    path, body = f"/api/v1/steps/{people.living}.verify_nomination.1/decision", {"outcome": "verified"}
    assert (await client.post(path, json=body)).status_code == 422
    key = {"idempotency-key": "key-12345"}
    kept = await client.post(path, json=body, headers=key)
    assert kept.status_code == 202
    told = kept.json()
    assert (told["status"], told["look"]) == ("asked", f"/api/v1/acts/{told['key']}")
    assert told["detail"].startswith("What you asked is kept, not yet taken.")
    assert kept.headers["location"] == told["look"]
    again = await client.post(path, json=body, headers=key)
    assert (again.status_code, again.json()["key"]) == (202, told["key"]), "sent again, it is the same act"
    found = (await client.get(told["look"])).json()
    assert (found["kind"], found["exchange_id"], found["status"]) == ("decide", people.living, "asked")
    assert (await (await system(portal, "cqmu")).get(told["look"])).status_code == 404, "another token's"
    assert (await (await system(portal, "dartmouth")).get(told["look"])).status_code == 404
    register = portal.context.services.gateway.asking.register
    (waiting,) = await register.due(datetime.now(UTC), 10)
    await register.refused(waiting, NotOpen("step.not_open", step=f"{people.living}.verify_nomination.1"), portal.now)
    found = (await client.get(told["look"], headers={"accept-language": "zh"})).json()
    assert (found["status"], found["message"]) == ("refused", "step.not_open")
    assert re.match("[\u4e00-\u9fff]", found["detail"]), found


async def test_an_act_that_cannot_be_kept_says_that_a_part_is_away(
    portal: Portal, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_: object, **__: object) -> None:
        raise Unavailable("database.gone")

    client = await system(portal, "cqmu")
    monkeypatch.setattr(portal.context.services.gateway.asking.register, "ask", gone)
    path, body = f"/api/v1/steps/{people.living}.verify_nomination.1/decision", {"outcome": "verified"}
    away = await client.post(path, json=body, headers={"idempotency-key": "key-12345"})
    assert away.status_code == 503
    problem = away.json()
    assert away.headers["content-type"] == "application/problem+json"
    assert (problem["status"], problem["code"], problem["type"]) == (
        503,
        "unavailable",
        "urn:sojourn:problem:unavailable",
    )


async def test_fields_that_there_are_not_are_refused(portal: Portal, people: People) -> None:
    client = await system(portal, "cqmu")
    path = f"/api/v1/steps/{people.living}.verify_nomination.1/decision"
    body = {"outcome": "verified", "actor": {"id": "x", "role": "programme_office"}}
    answer = await client.post(path, json=body, headers={"idempotency-key": "key-12345"})
    assert answer.status_code == 422
    assert (answer.json()["message"], answer.json()["field"]) == ("request.invalid", "actor")
    assert answer.json()["detail"] == "These fields of the request cannot be taken: actor."


async def test_what_http_itself_refuses_is_said_in_the_callers_language(portal: Portal, people: People) -> None:
    client = await system(portal, "cqmu")
    path = f"/api/v1/steps/{people.living}.verify_nomination.1/decision"
    chinese = {"accept-language": "zh", "idempotency-key": "key-12345"}
    typed = chinese | {"content-type": "application/json"}
    answers = [
        (401, "token.needed", await portal.browser().http.get("/api/v1/exchanges", headers=chinese)),
        (404, "page.unknown", await client.get("/api/v1/moon", headers=chinese)),
        (405, "request.method", await client.put("/api/v1/exchanges", headers=chinese)),
        (400, "request.not_json", await client.post(path, content=b"{", headers=typed)),
        (413, "request.too_large", await client.post(path, content=b"x" * (SMALL + 1), headers=typed)),
        (422, "request.invalid", await client.post(path, json={}, headers=chinese)),
    ]
    for status, message, answer in answers:
        problem = answer.json()
        assert (answer.status_code, problem["message"]) == (status, message)
        assert answer.headers["content-language"] == "zh"
        assert re.match("[\u4e00-\u9fff]", problem["detail"]), problem
        assert {"field", "params"} <= problem.keys()


async def test_a_nomination_is_told_cell_by_cell_what_is_wrong(portal: Portal) -> None:
    client = await system(portal, "dartmouth")
    answer = await client.post(
        "/api/v1/nominations", json={"row": {"sending": "dartmouth"}}, headers={"idempotency-key": "key-12345"}
    )
    assert answer.status_code == 422
    assert {"host", "email"} <= {fault["field"] for fault in answer.json()["faults"]}


async def test_a_nomination_tells_what_should_be_known(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    client = await system(portal, "dartmouth")

    async def begun(nomination: Nomination, *_: object, **__: object) -> Nominated:
        return Nominated(exchange_id="EX-2027-DAR-001", already_known=False, stage=Stage.NOMINATION)

    monkeypatch.setattr(portal.context.services.gateway, "nominate", begun)
    row = GOOD_ROW | {"laboratories": "Child Development and Disease", "native_name": "김민수", "rank": "１"}
    answer = await client.post("/api/v1/nominations", json={"row": row}, headers={"idempotency-key": "key-12345"})
    assert answer.status_code == 201, answer.text
    assert [(one["field"], one["message"]) for one in answer.json()["told"]] == [
        ("rank", "told.wide_letters"),
        ("native_name", "told.not_printable"),
    ]


async def test_too_many_calls_are_refused_with_when_to_come_back(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await system(portal, "dartmouth")
    first = await client.get("/api/v1/cohorts")
    assert first.headers["ratelimit-limit"] == str(PER_MINUTE)
    assert first.headers["ratelimit-remaining"] == str(PER_MINUTE - 1)
    monkeypatch.setattr(caller, "PER_MINUTE", 2)
    left = [(await client.get("/api/v1/cohorts")).headers["ratelimit-remaining"] for _ in range(2)]
    assert left == ["1", "0"]
    answer = await client.get("/api/v1/cohorts")
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert answer.headers["ratelimit-remaining"] == "0"
    assert (await (await system(portal, "cqmu")).get("/api/v1/cohorts")).status_code == 200
    assert answer.json()["code"] == "too_many"


async def test_the_feed_tells_of_ones_own_exchanges_without_a_name(portal: Portal, people: People) -> None:
    client = await system(portal, "dartmouth")
    answer = await client.get("/api/v1/events", params={"limit": 500})
    feed = answer.json()
    assert {event["subject"] for event in feed["events"]} <= {people.exchange, people.other, people.living}
    for personal in ("Rivera", "Ana", "李娜", "example.edu", "Her plan is convincing"):
        assert personal not in answer.text
    again = (await client.get("/api/v1/events", params={"after": feed["next"]})).json()
    assert again == {"events": [], "next": feed["next"]}
    await portal.office.nominate(40)
    new = (await client.get("/api/v1/events", params={"after": feed["next"]})).json()
    assert [event["type"] for event in new["events"]] == ["sojourn.exchange_opened.v1"]


async def test_an_event_from_elsewhere_is_kept_and_answered_with_why(portal: Portal, people: People) -> None:
    client = await system(portal, "cqmu")
    event = {"specversion": "1.0", "id": "1", "source": "/dorm", "type": "dorm.door_opened", "data": {"door": 7}}
    answer = await client.post("/api/v1/events", json=event)
    assert answer.status_code == 202
    assert (answer.json()["status"], answer.json()["repeated"]) == ("unmapped", False)
    assert "sojourn.inbound.dormitory.checked_in.v1" in answer.json()["why"]
    assert (await client.post("/api/v1/events", json=event)).json()["repeated"] is True
    assert (await client.post("/api/v1/events", json=event | {"data": {}})).status_code == 422
    assert (await client.post("/api/v1/events", json={"id": "1"})).status_code == 422
    page = await (await portal.signed_in("cqmu.coordinator")).get("/connections")
    assert "dorm.door_opened" in page.text
    assert "means nothing here" in page.text
