"""The API is described well enough for a client that a program writes: names, forms of events, no warning."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter

from models.events.outward import EVENTS, TYPES
from models.messages.inbound import MEANT
from models.people.access import OFFICE_SCOPES, ApiScope
from portal.api.event_shapes import FEED
from tests.interop.generated import Generated, generate
from tests.portal.test_api import OFFICE, system
from tests.portal.world import BASE, People, Portal

OPERATIONS = {
    "list_exchanges", "get_exchange", "list_worklist", "list_cohorts", "get_cohort", "list_service_levels",
    "nominate_student", "decide_step", "add_document", "report_arrival", "report_departure", "report_movement",
    "report_attendance", "correct_report", "withdraw_student", "list_events", "receive_event", "receive_event_batch",
    "correct_nomination", "correct_person", "reopen_exchange", "get_act", "list_letters", "write_letter", "get_letter",
    "preview_message", "send_message", "list_messages", "get_message", "get_conversation", "get_readers", "write_post",
    "request_clearance_revocation", "request_document_override", "list_papers", "add_paper",
    "list_changes", "preview_change", "request_change", "withdraw_change",
    "list_replans", "preview_replan", "decide_replan", "move_bed", "get_housing",
    "get_facts", "record_facts", "get_rules", "get_clearances",
    "get_data", "request_archive", "get_erasure", "request_erasure",
    "record_residence", "record_handover", "record_inspection", "list_directory",
    "list_units", "get_unit", "preview_units", "change_units",
    "list_sessions", "get_session", "plan_session", "change_session", "cancel_session", "mark_session", "close_session",
}  # fmt: skip
"""What clients of partners call: a name that goes breaks them. A new operation has its line here."""
VERBS = {
    "list", "get", "nominate", "decide", "add", "report", "withdraw", "receive", "correct", "reopen", "extend", "end",
    "change", "request", "send", "remove", "cancel", "preview", "confirm", "check", "write",
    "move", "record", "plan", "mark", "close",
}  # fmt: skip


async def described(portal: Portal) -> dict[str, Any]:
    """The description as a client reads it."""
    found: dict[str, Any] = (await portal.browser().http.get("/api/v1/openapi.json")).json()
    return found


async def test_each_operation_has_a_name_of_its_own(portal: Portal) -> None:
    operations = [one for path in (await described(portal))["paths"].values() for one in path.values()]
    names = [one["operationId"] for one in operations]
    assert len(names) == len(set(names))
    assert set(names) == OPERATIONS
    for name in names:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)+", name)
        assert name.partition("_")[0] in VERBS, f"{name} begins with no verb that is known here"


async def test_the_data_of_each_type_of_event_is_described(portal: Portal) -> None:
    """What is told, told apart by its type; and what is taken, with what means nothing yet."""
    description = await described(portal)
    schemas = description["components"]["schemas"]
    told = schemas["EventFeed"]["properties"]["events"]["items"]["discriminator"]["mapping"]
    assert list(told) == sorted(TYPES)
    [sent] = description["webhooks"]["event"]["post"]["requestBody"]["content"].values()
    assert sent["schema"]["discriminator"]["mapping"] == told
    for kind, reference in told.items():
        event = schemas[reference.rpartition("/")[2]]
        assert event["properties"]["type"]["const"] == kind
        data = schemas[event["properties"]["data"]["$ref"].rpartition("/")[2]]
        assert "exchange_id" in data["required"]
        assert data["description"]
    taken = [schemas[one["$ref"].rpartition("/")[2]] for one in schemas["InboundEvent"]["anyOf"]]
    assert {one["properties"]["type"].get("const") for one in taken} == {*MEANT, None}


async def test_every_event_that_is_told_has_the_form_described(portal: Portal, people: People) -> None:
    client = await system(portal, "dartmouth", ApiScope.EVENTS_READ)
    feed = (await client.get("/api/v1/events", params={"limit": 500})).json()
    read: Any = TypeAdapter(FEED).validate_python(feed)
    assert len({one.type for one in read.events}) > 12
    for one, sent in zip(read.events, feed["events"], strict=True):
        assert isinstance(one, EVENTS[sent["type"]])
        assert set(sent["data"]) <= set(type(one.data).model_fields), "nothing goes out that is not described"


@pytest.fixture
async def generated(portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generated:
    return generate(await described(portal), tmp_path, monkeypatch)


async def test_a_generated_client_lists_acts_and_hands_in(portal: Portal, people: People, generated: Generated) -> None:
    """Against the application in this process; what reaches workflows is `tests/journey/test_portal_api.py`."""
    assert "arning" not in generated.said
    tokens = portal.context.services.gateway.tokens
    expires = portal.now + timedelta(days=1)
    issued = await tokens.issue("cqmu", "generated", OFFICE_SCOPES, expires, OFFICE, portal.now)
    async with generated.connected(BASE, issued.secret, httpx.ASGITransport(portal.app)):
        listed = await generated.call("list_exchanges")
        assert {one.exchange_id for one in listed.items} == {people.exchange, people.other, people.living}
        view = await generated.call("get_exchange", people.living)
        assert view.student.name == "RIVERA Bo"
        assert (await generated.call("list_cohorts")).items

        feed = await generated.call("list_events", limit=500)
        assert {one.type_ for one in feed.events} <= set(TYPES)
        for one in feed.events:
            assert type(one) is generated.model(EVENTS[one.type_].__name__)
        entered = next(one for one in feed.events if one.type_ == "sojourn.arrived.v1")
        assert entered.data.exchange_id == people.exchange

        arrived, data = generated.model("CheckedInEvent"), generated.model("CheckedIn")
        when = portal.now
        event = arrived(
            specversion="1.0", id="door-1", source="/dorm", type_="sojourn.inbound.dormitory.checked_in.v1",
            data=data(exchange_id="EX-2027-DAR-999", at=when),
        )  # fmt: skip
        assert (await generated.call("receive_event", body=event)).message == "exchange.not_seen"
        results = (await generated.call("receive_event_batch", body=[event, event])).results
        assert [one.id for one in results] == ["door-1"] * 2

        decision = generated.model("Decision")(outcome="verified")
        step = f"{people.living}.verify_nomination.1"
        kept = await generated.call("decide_step", step, body=decision, idempotency_key="decision-1")
        assert (type(kept).__name__, kept.status) == ("KeptAct", "asked"), "Temporal is away here"
        assert (await generated.call("get_act", kept.key)).status == "asked"

        paper = generated.body("add_document", kind="cv_study_plan", file=generated.file(b"%PDF-1.7", "plan.pdf"))
        assert type(paper.file).__name__ == "File"
        unknown = await generated.call("add_document", "EX-2027-DAR-999", body=paper, idempotency_key="document-1")
        assert (type(unknown).__name__, unknown.status) == ("Problem", 404)
        away = await generated.call("add_document", people.living, body=paper, idempotency_key="document-2")
        assert away.status != 422, "the file is read as one"
