"""Sessions in the portal: planned, shown with a code, signed in to, marked, closed; and whose they are."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from models.events import Arrived
from models.messages.exchange import ReportAttendance
from models.people.access import ApiScope
from models.tables import ActRow, SessionInvitationRow
from records.registry import Registered
from tests.portal.test_api import system
from tests.portal.world import Client, People, Portal

STARTS = datetime(2027, 3, 10, 6, tzinfo=UTC)  # two in the afternoon in Chongqing
TERMS = {
    "content": "academic_lectures",
    "title": "Health systems <today>",
    "title_zh": "医疗体系",
    "place": "Hall 2",
    "capacity": "20",
    "day": "2027-03-10",
    "begins": "14:00",
    "ends": "16:00",
}


async def arrives(portal: Portal) -> Registered:
    """A student who is there."""
    registered = await portal.office.nominate(7, given_name="Cy")
    at = datetime(2027, 3, 1, 2, tzinfo=UTC)
    await portal.office.record(registered.exchange_id, Arrived(at=at, report_id="a", arrived_at=at))
    return registered


async def planned(client: Client, *exchanges: str) -> str:
    asked = TERMS | {"host": "cqmu", "exchanges": ", ".join(exchanges), "objective": "rare_cases"}
    answer = await client.post("/sessions/plan", asked)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def presences(portal: Portal) -> list[str]:
    query = select(SessionInvitationRow.presence, SessionInvitationRow.reason)
    rows = await portal.office.rows(query.order_by(SessionInvitationRow.exchange_id))
    return [f"{row[0]} {row[1]}".strip() for row in rows]


async def test_a_student_signs_in_by_the_code_and_the_closed_list_makes_hours(portal: Portal, people: People) -> None:
    cy = await arrives(portal)
    host, student = await portal.signed_in("cqmu.coordinator"), await portal.signed_in(cy.person_id)
    session = await planned(host, cy.exchange_id, people.living)
    assert "Health systems &lt;today&gt;" in (await host.get(session)).text
    sheet = (await host.get(f"{session}/sheet")).text
    assert "<svg" in sheet
    assert people.living in sheet
    code = portal.context.services.gateway.signing.session_code(session.rpartition("/")[2])
    assert "not marked" in (await student.get("/sessions")).text
    scanned = (await student.get(f"{session}/sign-in?code={code}")).text
    assert "from Wed 10 Mar 2027, 13:45 China time on" in scanned
    assert "I am here" not in scanned
    early = await student.post(f"{session}/sign-in", {"code": code})
    assert early.status_code == 409
    assert "It is too early to sign in" in early.text
    portal.now = STARTS + timedelta(minutes=5)
    host, student = await portal.signed_in("cqmu.coordinator"), await portal.signed_in(cy.person_id)
    forged = await student.post(f"{session}/sign-in", {"code": "0" * 24})
    assert (forged.status_code, await presences(portal)) == (422, ["invited", "invited"])
    assert f'value="{code}"' in (await student.get(f"{session}/sign-in?code={code}")).text
    assert (await student.post(f"{session}/sign-in", {"code": code})).status_code == 303
    assert "attended" in (await student.get("/sessions")).text
    portal.now = STARTS + timedelta(hours=3)
    missed = await portal.signed_in(people.living_student)
    late = (await missed.get(f"{session}/sign-in?code={code}")).text
    assert "It is over." in late
    assert "I am here" not in late
    closed = await host.post(f"{session}/close", {"key": "c" * 32})
    assert closed.status_code == 303, closed.text
    assert sorted(await presences(portal)) == ["absent", "attended"]
    acts = await portal.office.rows(select(ActRow.request).where(ActRow.exchange_id == cy.exchange_id))
    [report] = [ReportAttendance.model_validate(row[0]) for row in acts]
    assert (report.hours_planned, report.hours_attended, report.objectives) == (2, 2, ("rare_cases",))


async def test_the_office_marks_and_reads_a_file(portal: Portal, people: People) -> None:
    cy = (await arrives(portal)).exchange_id
    host, living = await portal.signed_in("cqmu.coordinator"), await portal.signed_in(people.living_student)
    session = await planned(host, cy, people.living)
    assert (await living.post(f"{session}/absence", {"reason": "An exam."})).status_code == 303
    portal.now = STARTS + timedelta(hours=2)
    host = await portal.signed_in("cqmu.coordinator")
    assert "“An exam.”" in (await host.get(session)).text
    marks = {f"p-{people.living}": "excused", f"r-{people.living}": "", f"p-{cy}": ""}
    assert (await host.post(f"{session}/marks", marks | {"key": "m" * 32})).status_code == 303
    assert sorted(await presences(portal)) == ["excused An exam.", "invited"]
    table = f"Exchange,Presence,Reason\n{cy.lower()},yes,\n{people.living},缺席,Overslept\n"

    async def read(text: str, key: str) -> int:
        form = {"csrf": await host.csrf(), "key": key * 32}
        file = {"file": ("attendance.csv", text.encode())}
        return (await host.http.post(f"{session}/file", data=form, files=file)).status_code

    assert await read(table, "f") == 303
    assert sorted(await presences(portal)) == ["absent Overslept", "attended"]
    for wrong in (table.replace("yes", "maybe"), table.replace("Presence", "There"), table + table[26:]):
        assert await read(wrong, "g") == 422
    assert sorted(await presences(portal)) == ["absent Overslept", "attended"]


async def test_a_session_is_moved_and_cancelled(portal: Portal, people: People) -> None:
    host = await portal.signed_in("cqmu.coordinator")
    session = await planned(host, people.living)
    moved = await host.post(f"{session}/change", TERMS | {"day": "2027-03-11", "key": "n" * 32})
    assert moved.status_code == 303, moved.text
    assert "Thu 11 Mar 2027, 14:00 China time – 16:00" in (await host.get(session)).text
    assert (await host.post(f"{session}/change", TERMS | {"ends": "13:00", "key": "o" * 32})).status_code == 422
    assert (await host.post(f"{session}/cancel", {"key": "p" * 32})).status_code == 303
    assert "cancelled" in (await (await portal.signed_in(people.living_student)).get(session)).text


@pytest.mark.parametrize("field", ["day", "begins", "capacity", "title", "content", "exchanges", "host"])
async def test_a_field_at_fault_is_told(portal: Portal, people: People, field: str) -> None:
    host = await portal.signed_in("cqmu.coordinator")
    asked = TERMS | {"host": "cqmu", "exchanges": people.living, field: ""}
    refused = await host.post("/sessions/plan", asked)
    assert refused.status_code in (403, 422), refused.status_code
    assert 'role="alert"' in refused.text
    assert re.search(r"No session yet", (await host.get("/sessions")).text)


async def test_a_session_is_nobody_elses(portal: Portal, people: People) -> None:
    cy = await arrives(portal)
    session = await planned(await portal.signed_in("cqmu.coordinator"), cy.exchange_id, people.living)
    for person in ("dartmouth.coordinator", people.other_student, "dartmouth.head_of_office"):
        client = await portal.signed_in(person)
        assert (await client.get(session)).status_code == 404, person
        assert "Health systems" not in (await client.get("/sessions")).text
        for act in ("close", "cancel", "sign-in", "absence"):
            assert (await client.post(f"{session}/{act}", {})).status_code == 404, (person, act)
    student = await portal.signed_in(cy.person_id)
    assert people.living not in (await student.get(session)).text, "who else is invited is not told"
    assert (await student.get(f"{session}/sheet")).status_code == 404


async def test_systems_keep_sessions_by_the_api(portal: Portal, people: People) -> None:
    cy = (await arrives(portal)).exchange_id
    client = await system(portal, "cqmu", ApiScope.DECISIONS_WRITE, ApiScope.EXCHANGES_READ)
    terms = {
        "content": "cultural_lectures",
        "title": "Tea",
        "place": "Hall 2",
        "starts_at": STARTS.isoformat(),
        "ends_at": (STARTS + timedelta(hours=1, minutes=30)).isoformat(),
        "capacity": 5,
    }
    body = {"host": "cqmu", "terms": terms, "audience": {"kind": "chosen", "exchanges": [cy]}}

    async def post(path: str, body: dict[str, Any], key: str) -> httpx2.Response:
        return await client.post(f"/api/v1/sessions{path}", json=body, headers={"Idempotency-Key": key})

    made = await post("", body, "planned-1")
    assert made.status_code == 201, made.text
    session = made.json()["session_id"]
    assert (await post("", body, "planned-1")).json()["session_id"] == session
    assert (await post(f"/{session}/closing", {}, "too-early-1")).status_code == 409
    portal.now = STARTS + timedelta(hours=2)
    client = await system(portal, "cqmu", ApiScope.DECISIONS_WRITE, ApiScope.EXCHANGES_READ)
    marks = {"marks": [{"exchange_id": cy, "presence": "attended"}]}
    assert (await post(f"/{session}/marks", marks, "marked-01")).status_code == 200
    assert (await post(f"/{session}/closing", {}, "closed-01")).status_code == 200
    shown = (await client.get(f"/api/v1/sessions/{session}")).json()
    assert (shown["line"]["status"], shown["line"]["hours"], shown["line"]["attended"]) == ("closed", 1.5, 1)
    assert [one["session_id"] for one in (await client.get("/api/v1/sessions")).json()["items"]] == [session]
    stranger = await system(portal, "dartmouth", ApiScope.DECISIONS_WRITE, ApiScope.EXCHANGES_READ)
    assert (await stranger.get(f"/api/v1/sessions/{session}")).status_code == 404
    assert (await stranger.get("/api/v1/sessions")).json()["items"] == []
