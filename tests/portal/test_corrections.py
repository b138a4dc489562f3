"""Personal data of a verified nomination, corrected by page and API; a way back is offered to who may take it."""

import re

import pytest

from models.events import ExchangeClosed, StatusChanged
from models.people.access import ApiScope
from models.vocabulary import MobilityStatus, NominationStatus, Outcome
from tests.activities.students import NOW
from tests.portal.test_api import system
from tests.portal.world import People, Portal

VERIFIED = StatusChanged(at=NOW, mobility=MobilityStatus.NOMINATION, nomination=NominationStatus.VERIFIED)


async def test_the_host_corrects_personal_data_and_the_page_says_whose(portal: Portal, people: People) -> None:
    path = f"/exchanges/{people.exchange}/person"
    host = await portal.signed_in("cqmu.coordinator")
    assert (await host.get(path)).status_code == 404, "it is not verified yet"
    await portal.office.record(people.exchange, VERIFIED)
    sending = await portal.signed_in("dartmouth.coordinator")
    assert path not in (await sending.get(f"/exchanges/{people.exchange}")).text
    assert (await sending.get(path)).status_code == 404
    page = (await host.get(path)).text
    assert 'value="Rivera"' in page
    assert re.search(r'<select id="f-gender"[^>]*>\s*(<option[^>]*>[^<]*</option>\s*)*<option[^>]* selected>', page)
    cells = {"family_name": "Riviera", "given_name": "Ana Lucia", "email": "student1@example.edu", "language": "en"}
    cells |= {"birth_date": "2001-05-16", "gender": "female", "nationality": "XXA", "native_name": ""}
    without = await host.post(path, cells)
    assert (without.status_code, "Riviera" in without.text) == (422, True)
    wrong = await host.post(path, cells | {"birth_date": "x", "reason": "Passport."})
    assert (wrong.status_code, 'aria-invalid="true"' in wrong.text) == (422, True)
    assert (await host.post(path, cells | {"reason": "Passport."})).status_code == 303
    shown = (await sending.get(f"/exchanges/{people.exchange}")).text
    assert "RIVIERA Ana Lucia" in shown
    assert "Personal data corrected" in shown


async def test_a_correction_by_api_changes_the_etag_and_comes_to_the_feed(portal: Portal, people: People) -> None:
    await portal.office.record(people.exchange, VERIFIED)
    client = await system(portal, "cqmu", ApiScope.EXCHANGES_READ, ApiScope.DECISIONS_WRITE, ApiScope.EVENTS_READ)
    path = f"/api/v1/exchanges/{people.exchange}"
    before = await client.get(path)
    body = {"cells": {"family_name": "Riviera"}, "reason": "As in the passport."}
    stale = {"idempotency-key": "key-12345", "if-match": '"EX-2027-DAR-001.99"'}
    assert (await client.post(f"{path}/person", json=body, headers=stale)).status_code == 412
    own = {"idempotency-key": "key-12345", "if-match": before.headers["etag"]}
    answer = await client.post(f"{path}/person", json=body, headers=own)
    assert (answer.status_code, answer.json()["repeated"]) == (200, False)
    assert (await client.get(path)).headers["etag"] != before.headers["etag"]
    feed = (await client.get("/api/v1/events", params={"after": 0, "limit": 100})).json()
    told = [one["data"] for one in feed["events"] if one["type"] == "sojourn.person_corrected.v1"]
    assert [one["columns"] for one in told] == [["family_name"]]
    assert "Riviera" not in str(feed)


@pytest.mark.parametrize(
    ("outcome", "offered"), [(Outcome.REJECTED, "cqmu"), (Outcome.WITHDRAWN, "dartmouth"), (Outcome.DECLINED, "")]
)
async def test_a_way_back_is_offered_to_its_side(
    portal: Portal, people: People, outcome: Outcome, offered: str
) -> None:
    closed = ExchangeClosed(at=NOW, outcome=outcome, reason="test", mobility=MobilityStatus.CANCELLED)
    await portal.office.record(people.living, closed)
    for side in ("cqmu", "dartmouth"):
        client = await portal.signed_in(f"{side}.coordinator")
        shown = f"/exchanges/{people.living}/reopen" in (await client.get(f"/exchanges/{people.living}")).text
        page = await client.get(f"/exchanges/{people.living}/reopen")
        assert (shown, page.status_code) == (side == offered, 200 if side == offered else 404)
