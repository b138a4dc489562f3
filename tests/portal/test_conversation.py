"""Conversations in the portal: asked on a step, seen where people look, answered, also behind the link of a mail."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.events import PlaceAssigned
from models.people.access import ApiScope
from models.people.authorization import Owner
from models.tables import MessageRow
from models.vocabulary import Content, Role, Side, StepKind
from records.store.engine import transaction
from tests.portal.test_api import system
from tests.portal.world import People, Portal
from tests.records.stays import asked

STEP = "{}.verify_nomination.1"
ASKS = {"audience": "sides", "to": "coordinator@dartmouth", "text": "Is <the plan> enough?"}


@pytest.mark.parametrize(
    ("language", "question", "yours", "waits"),
    [("en", "has not answered yet; the due time goes on", "Questions to you", "waits for"),
     ("zh", "尚未答复；截止时间照常计算", "向您提出的问题", "等待")],
)  # fmt: skip
async def test_a_host_asks_and_everybody_sees_for_whom_the_step_waits(
    portal: Portal, people: People, language: str, question: str, yours: str, waits: str
) -> None:
    host, sending = await portal.signed_in("cqmu.coordinator"), await portal.signed_in("dartmouth.coordinator")
    for client in (host, sending):
        client.http.cookies.set("sojourn-language", language, domain="portal.example")
    home, step = f"/exchanges/{people.living}", STEP.format(people.living)
    page = (await host.get(f"/steps/{step}")).text
    assert f'href="{home}/conversation?step={step}"' in page
    form = (await host.get(f"{home}/conversation?step={step}")).text
    assert 'value="coordinator@dartmouth"' in form
    assert 'value="coordinator@cqmu"' not in form, "nobody asks themself"
    done = await host.post(f"{home}/conversation", ASKS | {"step": step})
    assert done.status_code == 303
    post = done.headers["location"].partition("#")[2]
    for client, path in ((host, f"/steps/{step}"), (host, "/worklist"), (host, home), (sending, home)):
        assert question in (await client.get(path)).text, path
    assert yours in (await sending.get("/worklist")).text
    assert yours not in (await host.get("/worklist")).text
    thread = (await sending.get(f"{home}/conversation?answers={post}")).text
    assert "Is &lt;the plan&gt; enough?" in thread
    assert waits in thread
    answer = {"text": "Yes.", "answers": post, "key": "b" * 32}
    assert (await sending.post(f"{home}/conversation", answer)).status_code == 303
    assert question not in (await host.get(f"/steps/{step}")).text
    assert "Yes." in (await host.get(home)).text
    assert f'href="{home}/conversation#{post}"' in (await host.get(home)).text, "in the timeline"
    async with transaction(portal.office.sessions) as session:
        mails = await session.execute(
            select(MessageRow.recipient_id).where(MessageRow.kind == "conversation").order_by(MessageRow.id)
        )
        assert [one for (one,) in mails] == ["dartmouth.coordinator", "cqmu.coordinator"]


async def test_what_an_office_notes_and_what_is_refused(portal: Portal, people: People) -> None:
    path = f"/exchanges/{people.living}/conversation"
    host, head = await portal.signed_in("cqmu.coordinator"), await portal.signed_in("cqmu.head_of_office")
    sending, student = await portal.signed_in("dartmouth.coordinator"), await portal.signed_in(people.living_student)
    note = {"audience": "office", "text": "Between us."}
    assert (await host.post(path, note)).status_code == 303
    assert (await host.post(path, note)).status_code == 303, "sent again"
    assert (await head.get(path)).text.count("Between us.") == 1
    for client in (sending, student):
        assert "Between us." not in (await client.get(path)).text
        assert "Between us." not in (await client.get(f"/exchanges/{people.living}")).text
    outside = {"audience": "office", "text": "Help!", "mention": "dartmouth.coordinator", "key": "c" * 32}
    refused = await host.post(path, outside)
    assert refused.status_code == 422
    assert "Somebody is mentioned for whom it is not" in refused.text
    assert "Help!" in refused.text, "nothing that was typed is lost"
    assert (await host.post(path, {"audience": "sides", "text": " ", "key": "d" * 32})).status_code == 422
    assert (await host.post(path, {"audience": "all", "text": "x", "key": "e" * 32})).status_code == 422
    said = {"audience": "student", "text": "When do I arrive?", "to": "coordinator@cqmu"}
    assert (await student.post(path, said)).status_code == 303
    assert "When do I arrive?" in (await host.get("/exchanges/" + people.living)).text
    assert (await student.get(f"/exchanges/{people.other}/conversation")).status_code == 404


async def test_a_supervisor_asks_behind_the_link_of_a_mail(portal: Portal, people: People) -> None:
    first, last = portal.now.date() + timedelta(days=120), portal.now.date() + timedelta(days=150)
    place = PlaceAssigned(
        at=portal.now,
        placement_id="pl-9",
        content=Content.LABORATORY,
        unit_id="cqmu-lipid",
        start=first,
        end=last,
        supervisor="",
    )
    unit = Owner(side=Side.UNIT, role=Role.SUPERVISOR, institution="cqmu", unit="cqmu-lipid")
    step = asked(people.living, StepKind.ACCEPT_STUDENT, unit, portal.now + timedelta(days=3), place.placement_id)
    await portal.office.record(people.living, place, step)
    signing = portal.context.services.gateway.signing
    link = f"/act/{signing.action(step.step_id, people.of(Role.SUPERVISOR), portal.now)}"
    client = portal.browser()
    assert f'href="{link}/conversation"' in (await client.get(link)).text
    page = await client.get(f"{link}/conversation")
    assert page.status_code == 200
    csrf = re.search(r'name="csrf" value="(\w+)"', page.text)
    assert csrf is not None
    form = ASKS | {"csrf": csrf[1], "key": "f" * 32}
    done = await client.http.post(f"{link}/conversation", data=form)
    assert (done.status_code, done.headers["location"]) == (303, link)
    shown = (await client.get(link)).text
    assert "Is &lt;the plan&gt; enough?" in shown
    host = await portal.signed_in("cqmu.coordinator")
    assert "Is &lt;the plan&gt; enough?" in (await host.get(f"/exchanges/{people.living}")).text
    assert (await client.get("/act/forged/conversation")).status_code == 410


async def test_systems_read_and_write_as_their_office(portal: Portal, people: People) -> None:
    dartmouth, cqmu = await system(portal, "dartmouth"), await system(portal, "cqmu")
    path, step = f"/api/v1/exchanges/{people.living}/conversation", STEP.format(people.living)
    offered = (await cqmu.get(f"{path}/readers", params={"step": step})).json()
    assert offered["audiences"] == ["sides", "student", "office"]
    body, key = {"text": "Enough?", "step_id": step, "to": "coordinator@dartmouth"}, {"Idempotency-Key": "ask-12345678"}
    written = [await cqmu.post(path, json=body, headers=key) for _ in range(2)]
    assert [one.status_code for one in written] == [201, 201]
    assert len({one.json()["post_id"] for one in written}) == 1
    thread = (await dartmouth.get(path, params={"step": step})).json()
    assert [(one["text"], one["is_open"]) for one in thread["posts"]] == [("Enough?", True)]
    answer = {"text": "Yes.", "answers": thread["posts"][0]["post_id"]}
    said = await dartmouth.post(path, json=answer, headers={"Idempotency-Key": "answer-12345678"})
    assert said.status_code == 201
    assert not (await cqmu.get(path)).json()["posts"][0]["is_open"]
    assert (await dartmouth.get(path.replace(people.living, "EX-2027-DAR-999"))).status_code == 404
    reader = await system(portal, "cqmu", ApiScope.EXCHANGES_READ)
    refused = await reader.post(path, json=body, headers={"Idempotency-Key": "other-12345678"})
    assert refused.status_code == 403
