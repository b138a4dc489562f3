"""The HTTP API of a running service: acts reach the workflows, events reach endpoints, and nothing makes it fail."""

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
from standardwebhooks.webhooks import Webhook

from demo.cohort import Nominee, row
from dev.stack import DevStack
from examples.papers import letter
from gateway.composition import open_for_serving
from models.people.access import OFFICE_SCOPES
from models.people.authorization import Actor
from models.vocabulary import Role, StepKind
from tests.interop.generated import generate
from tests.journey.journey import COHORT, Journey, monday_before, open_journey, settings_in
from tests.webhooks.test_webhooks import receiver

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="module")]

OFFICE = Actor(id="cqmu.programme_office", role=Role.PROGRAMME_OFFICE, institution="cqmu")
SECONDS = 20
GENERATED = Nominee("D20", "Berg", "Maja", "", "female", "phd", "esi-immunology", "cqmu-lipid")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DevStack]:
    folder = tmp_path_factory.mktemp("api")
    settings = settings_in(folder, webhook_allow_private=True)
    async with DevStack(settings, folder, temporal_port=0, smtp_port=0, portal_port=0, ui=False) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def journey(stack: DevStack) -> AsyncIterator[Journey]:
    async with open_journey(stack) as opened:
        await opened.nominate(COHORT[:3])
        yield opened


async def token(stack: DevStack, institution: str = "cqmu") -> str:
    """The secret of a token for everything."""
    async with open_for_serving(stack.settings) as services:
        now = datetime.now(UTC)
        issued = await services.gateway.tokens.issue(
            institution, "test", OFFICE_SCOPES, now + timedelta(days=1), OFFICE, now
        )
        return issued.secret


async def client(stack: DevStack) -> httpx2.AsyncClient:
    assert stack.portal_address is not None
    headers = {"authorization": f"Bearer {await token(stack)}"}
    return httpx2.AsyncClient(base_url=f"{stack.portal_address}/api/v1", headers=headers, timeout=60)


async def test_a_decision_is_taken_once_for_its_key(stack: DevStack, journey: Journey) -> None:
    code = min(journey.travellers)
    async with await client(stack) as api:
        version = (await api.get(f"/exchanges/{code}")).headers["etag"]
        path, body = f"/steps/{code}.verify_nomination.1/decision", {"outcome": "verified"}
        headers = {"idempotency-key": "decision-1", "if-match": version}
        first = await api.post(path, json=body, headers=headers)
        assert (first.status_code, first.json()["repeated"]) == (200, False)
        assert first.json()["stage"] == "documents"
        del headers["if-match"]
        again = await api.post(path, json=body, headers=headers)
        assert (again.status_code, again.json()) == (200, first.json()), "the same key gets the first answer"
        other = await api.post(path, json={"outcome": "rejected"}, headers={"idempotency-key": "decision-2"})
        assert (other.status_code, other.json()["code"]) == (409, "not_open")
        assert (await api.get(f"/exchanges/{code}")).headers["etag"] != version


async def test_a_generated_client_nominates_decides_and_hands_in(
    stack: DevStack, journey: Journey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a program wrote from the description of the API does what a partner's system is for."""
    address = stack.portal_address
    assert address is not None
    async with httpx2.AsyncClient(base_url=address) as plain:
        generated = generate((await plain.get("/api/v1/openapi.json")).json(), tmp_path, monkeypatch)
    start = monday_before(datetime.now(UTC).date() + timedelta(weeks=30))
    cells = generated.model("NominationFieldsRow").from_dict(row(GENERATED, start, 20))
    body = generated.body("nominate_student", row=cells)
    decision = generated.body("decide_step", outcome="verified")
    sending, host = await token(stack, "dartmouth"), await token(stack)
    async with generated.connected(address, sending):
        made = await generated.call("nominate_student", body=body, idempotency_key="generated-1")
        again = await generated.call("nominate_student", body=body, idempotency_key="generated-1")
        assert (made.exchange_id, made.already_known) == (again.exchange_id, False)
        code, step = made.exchange_id, f"{made.exchange_id}.verify_nomination.1"
        refused = await generated.call("decide_step", step, body=decision, idempotency_key="generated-2")
        assert (type(refused).__name__, refused.code) == ("Problem", "not_authorised"), "the host verifies"
    async with generated.connected(address, host):
        taken = await generated.call("decide_step", step, body=decision, idempotency_key="generated-3")
        assert (taken.exchange_id, taken.stage, taken.repeated) == (code, "documents", False)
    async with generated.connected(address, sending):
        paper = generated.file(letter("Curriculum Vitae"), "plan.pdf")
        document = generated.body("add_document", kind="cv_study_plan", file=paper)
        answer = await generated.call("add_document", code, body=document, idempotency_key="generated-4")
        assert answer.document_id
        feed = await generated.call("list_events", limit=500)
    told = {one.type_ for one in feed.events if one.subject == code}
    assert {"sojourn.exchange_opened.v1", "sojourn.document_submitted.v1"} <= told


async def test_events_reach_an_endpoint_by_themselves(stack: DevStack, journey: Journey) -> None:
    codes = sorted(journey.travellers)
    async with receiver() as partner, open_for_serving(stack.settings) as services, await client(stack) as api:
        assert services.outward is not None
        made = await services.outward.add_endpoint("cqmu", partner.url, "", (), OFFICE, "endpoint-1")
        path = f"/steps/{codes[1]}.verify_nomination.1/decision"
        await api.post(path, json={"outcome": "verified"}, headers={"idempotency-key": "decision-3"})
        async with asyncio.timeout(30):
            while len(partner.ids(codes[1])) < 3:
                await partner.heard()
        subject, headers, body = partner.taken[0]
        assert Webhook(made.secret).verify(body, headers)["subject"] == subject
        numbers = [int(one.rpartition(".")[2]) for one in partner.ids(codes[1])]
        assert numbers == sorted(set(numbers))
        feed = (await api.get("/events", params={"limit": 500})).json()
        assert set(partner.ids(codes[1])) <= {event["id"] for event in feed["events"]}


async def test_an_event_of_a_dormitory_is_an_arrival(stack: DevStack, journey: Journey) -> None:
    code = sorted(journey.travellers)[2]
    traveller = journey.travellers[code]
    await journey.go_with(traveller, StepKind.CHECK_IN)
    host = journey.programme.institutions[traveller.plan.host]
    event = {
        "specversion": "1.0",
        "id": f"door-{code}",
        "source": "/dormitories/east",
        "type": "sojourn.inbound.dormitory.checked_in.v1",
        "data": {"exchange_id": code, "at": f"{traveller.plan.start}T14:30:00+08:00"},
    }
    async with await client(stack) as api:
        if host.id != "cqmu":
            pytest.skip("this student goes elsewhere")
        answer = (await api.post("/events", json=event)).json()
        assert (answer["status"], answer["exchange_id"], answer["repeated"]) == ("done", code, False), answer
        assert (await api.post("/events", json=event)).json()["repeated"] is True
        assert (await api.get(f"/exchanges/{code}")).json()["arrived_at"] is not None
        unknown = event | {
            "id": "door-2",
            "data": {"exchange_id": "EX-2027-DAR-999", "at": "2027-03-01T14:30:00+08:00"},
        }
        refused = (await api.post("/events", json=unknown)).json()
        assert refused["status"] == "refused"
        assert refused["why"]


async def test_nothing_it_is_sent_makes_it_fail(stack: DevStack, journey: Journey, tmp_path: Path) -> None:
    """schemathesis makes requests up from the description, for a bounded time; no server error, and as described."""
    checks = "not_a_server_error,content_type_conformance,response_schema_conformance,status_code_conformance"
    command = [
        str(Path(sys.executable).with_name("schemathesis")), "run", f"{stack.portal_address}/api/v1/openapi.json",
        "--header", f"Authorization: Bearer {await token(stack)}", "--checks", checks, "--phases", "coverage,fuzzing",
        "--max-time", str(SECONDS), "--max-examples", "15", "--seed", "1", "--rate-limit", "4/s", "--no-color",
        "--suppress-health-check", "all", "--warnings", "off", "--max-failures", "5",
    ]  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        *command, cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()[-6000:]
    assert b"Test cases" in said or b"passed" in said
