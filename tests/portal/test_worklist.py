"""The worklist: what was done lately, one kind of step at a time with all of it picked; and the log as a table."""

import csv
import io
import re
from datetime import timedelta

import openpyxl
import pytest

from models.events import StepClosed
from models.people.authorization import Actor
from models.vocabulary import Role, StepKind, StepStatus
from tests.portal.world import People, Portal
from tests.records.stays import HOST, asked, of_host

ANSWERED = "host_approval"


async def closed(portal: Portal, exchange: str, kind: StepKind, *, days_ago: int, by: Actor = HOST) -> str:
    step = asked(exchange, kind, of_host())
    at = portal.now - timedelta(days=days_ago)
    done = StepClosed(at=at, actor=by, step_id=step.step_id, status=StepStatus.DONE, outcome="approve", decision_id="d")
    await portal.office.record(exchange, step, done)
    return step.step_id


async def test_what_was_done_this_week_is_there_with_its_answer(portal: Portal, people: People) -> None:
    lately = await closed(portal, people.living, StepKind.HOST_APPROVAL, days_ago=6)
    before = await closed(portal, people.living, StepKind.CONFIRM_BED, days_ago=8)
    other = Actor(id="cqmu.head_of_office", role=Role.HEAD_OF_OFFICE, institution="cqmu")
    others = await closed(portal, people.living, StepKind.ORIENTATION, days_ago=1, by=other)
    client = await portal.signed_in(HOST.id)
    page = (await client.get("/worklist?tab=done")).text
    assert f"/steps/{lately}" in page
    assert "approved" in page
    assert not [one for one in (before, others) if f"/steps/{one}" in page]
    counted = re.search(r'Done this week <span class="count">(\d+)<', page)
    assert counted is not None
    assert int(counted[1]) == page.count('<div class="due">')
    partner = (await (await portal.signed_in("dartmouth.coordinator")).get("/worklist?tab=done")).text
    assert "You have answered no step in the last seven days." in partner


async def test_all_of_one_kind_are_picked_by_the_address(portal: Portal, people: People) -> None:
    more = [(await portal.office.nominate(number)).exchange_id for number in (7, 8)]
    for exchange in more:
        await portal.office.record(exchange, asked(exchange, StepKind.VERIFY_NOMINATION, of_host()))
    await portal.office.record(people.living, asked(people.living, StepKind.CONFIRM_BED, of_host()))
    client = await portal.signed_in(HOST.id)
    everything = (await client.get("/worklist")).text
    assert "Confirm the bed" in everything
    assert "Pick all on this page" not in everything
    path = "/worklist?tab=mine&amp;kind=verify_nomination&amp;pick=all"
    one_kind = (await client.get("/worklist?kind=verify_nomination")).text
    assert path in one_kind
    assert "<h2><a href" in one_kind
    assert f"/steps/{people.living}.confirm_bed.1" not in one_kind
    assert not re.search(r'name="step"[^>]* checked', one_kind)
    picked = (await client.get(path.replace("&amp;", "&"))).text
    assert len(re.findall(r'name="step"[^>]* checked', picked)) == len(re.findall(r'name="step"', picked)) == 3


async def test_a_kind_that_there_is_not_shows_all(portal: Portal, people: People) -> None:
    client = await portal.signed_in(HOST.id)
    assert (await client.get("/worklist?kind=nothing&pick=all&tab=other")).status_code == 200


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_the_log_is_a_table_for_those_who_audit(portal: Portal, people: People, kind: str) -> None:
    client = await portal.signed_in("cqmu.auditor")
    answer = await client.get(f"/events.{kind}?stream={people.exchange}")
    assert answer.headers["content-disposition"].startswith("attachment")
    if kind == "csv":
        head, *lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        assert sheet is not None
        head, *lines = [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert head[:3] == ["number", "when (UTC)", "of"]
    logged = await portal.context.services.reading.events(stream=people.exchange, limit=1000)
    assert [int(line[0]) for line in lines] == [one.position for one in logged]
    assert {line[2] for line in lines} == {people.exchange}
    assert all(line[4] and line[5] for line in lines)


async def test_the_log_is_asked_for_by_days(portal: Portal, people: People) -> None:
    client = await portal.signed_in("cqmu.auditor")
    today = portal.now.date()
    for first, last, any_ in ((today - timedelta(days=9), today, True), (today + timedelta(days=1), "", False)):
        answer = await client.get(f"/events.csv?first={first}&last={last}")
        assert (answer.text.count("\n") > 1) is any_
        page = (await client.get(f"/events?first={first}&last={last}")).text
        assert ("No events." not in page) is any_
        assert f"/events.csv?first={first}" in page
    assert (await client.get("/events.pdf")).status_code == 404
    assert (await (await portal.signed_in(HOST.id)).get("/events.csv")).status_code in (403, 404)


async def test_who_waits_has_the_owner_reminded_and_sees_it_counted(portal: Portal, people: People) -> None:
    step = f"{people.living}.verify_nomination.1"
    client = await portal.signed_in("dartmouth.coordinator")
    button, told = f'action="/remind/{step}"', "Reminded on request 1 time, last"
    for path in ("/worklist?tab=others", f"/exchanges/{people.living}"):
        page = (await client.get(path)).text
        assert button in page
        assert told not in page
    assert (await client.post(f"/remind/{step}", {"next": "worklist"})).headers["location"] == "/worklist?tab=others"
    assert "They are reminded by mail, at once." in (await client.get("/worklist?tab=others")).text
    for path in ("/worklist?tab=others", f"/exchanges/{people.living}"):
        page = (await client.get(path)).text
        assert button not in page
        assert told in page
    again = await client.post(f"/remind/{step}", {"next": "exchange", "key": "j" * 32})
    assert again.status_code == 429
    host = await portal.signed_in(HOST.id)
    assert button not in (await host.get(f"/exchanges/{people.living}")).text
    assert (await host.post(f"/remind/{step}", {"next": "exchange"})).status_code == 403
