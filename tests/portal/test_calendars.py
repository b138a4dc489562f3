"""Calendar feeds as people have them: the profile page, and what a calendar program gets at the address."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from icalendar import Calendar

from models.events import DeadlineExtended
from models.messages.exchange import StepPlan
from models.people.absences import Preferences
from models.people.authorization import Actor
from models.people.calendar_feeds import CalendarKind
from models.posting import DigestChoice
from models.vocabulary import Role
from tests.portal.world import BASE, Client, People, Portal
from tests.records.stays import HOST

HOUSING, LIPID = "cqmu.housing_officer", "cqmu.supervisor.lipid"


async def address(client: Client, what: str, key: str = "a", exchange: str = "") -> str:
    """Make an address on the profile page; its path."""
    page = await client.post("/profile/calendars", {"what": what, "exchange": exchange, "key": key * 32})
    assert page.status_code == 200, page.text[:3000]
    found = re.search(rf'value="{BASE}(/calendar/[\w-]{{43}}\.ics)" readonly', page.text)
    assert found is not None
    return found[1]


async def fetched(portal: Portal, path: str) -> dict[str, Any]:
    """The entries of a feed by their ids, as a program without a session gets them."""
    answer = await portal.browser().get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"].startswith("private")
    return {str(one["UID"]): one for one in Calendar.from_ical(answer.content).events}


async def test_my_steps_keep_their_ids_while_their_times_move(portal: Portal, people: People) -> None:
    client = await portal.signed_in(HOST.id)
    path = await address(client, "mine:coordinator/cqmu:")
    step = f"{people.living}.verify_nomination.1"
    before = await fetched(portal, path)
    entry = before[f"{step}@portal.example"]
    assert str(entry["SUMMARY"]) == f"{people.living}: Verify the nomination"
    assert (entry["URL"], entry["STATUS"]) == (f"{BASE}/steps/{step}", "CONFIRMED")
    due = entry["DTSTART"].dt
    assert (due, str(due.tzinfo)) == (portal.now + timedelta(days=2), "Asia/Shanghai")
    assert all(people.other not in uid for uid in before), "owed by others"
    first = await portal.browser().get(path)
    again = await portal.browser(**{"if-none-match": first.headers["etag"]}).get(path)
    assert (again.status_code, again.content) == (304, b"")
    later = portal.now + timedelta(days=9)
    moved = DeadlineExtended(at=portal.now, actor=HOST, step_id=step, decision_id="d-1", due_at=later)
    plan = StepPlan(step_id=step, due_at=later, zone="Asia/Shanghai")
    await portal.office.record(people.living, moved.model_copy(update={"plan": plan}))
    after = await fetched(portal, path)
    assert set(after) == set(before)
    entry = after[f"{step}@portal.example"]
    assert (entry["DTSTART"].dt, int(entry["SEQUENCE"])) == (later, int(before[str(entry["UID"])]["SEQUENCE"]) + 1)
    text = (await portal.browser().get(path)).text
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in text
    assert "Bo" not in re.sub(r"BEGIN:VTIMEZONE.*?END:VTIMEZONE", "", text, flags=re.S), "no names"


async def test_an_address_is_listed_and_revoked_by_its_owner_alone(portal: Portal, people: People) -> None:
    client, other = await portal.signed_in(HOST.id), await portal.signed_in(HOUSING)
    path = await address(client, "mine:coordinator/cqmu:")
    assert "never fetched" in (page := (await client.get("/profile")).text)
    assert path not in page, "shown once"
    await fetched(portal, path)
    page = (await client.get("/profile")).text
    assert "last fetched" in page
    feed = re.search(r'name="feed" value="(\w+)"', page)
    assert feed is not None
    assert (await other.post("/profile/calendars/revoke", {"feed": feed[1]})).status_code == 404
    assert (await other.post("/profile/calendars", {"what": "mine:coordinator/cqmu:"})).status_code == 404
    assert (await client.post("/profile/calendars/revoke", {"feed": feed[1]})).status_code == 303
    assert (await portal.browser().get(path)).status_code == 404
    assert 'name="feed"' not in (await client.get("/profile")).text


async def test_an_exchange_its_places_and_who_may_know_of_it(portal: Portal, people: People) -> None:
    sees, blind = await portal.signed_in(people.student), await portal.signed_in(LIPID)
    choice = "exchange:student/dartmouth:"
    refused = await sees.post("/profile/calendars", {"what": choice, "exchange": people.other})
    assert (refused.status_code, "no exchange with this code" in refused.text) == (422, True)
    refused = await blind.post(
        "/profile/calendars", {"what": "exchange:supervisor/cqmu/cqmu-lipid:", "exchange": people.living}
    )
    assert refused.status_code == 422
    own = await fetched(portal, await address(sees, choice, exchange=people.exchange.lower()))
    stay = own[f"{people.exchange}.stay@portal.example"]
    assert type(stay["DTSTART"].dt) is date
    assert all(uid.startswith(people.exchange) for uid in own)
    assert f"{people.open_step}@portal.example" in own
    unit = await fetched(portal, await address(blind, "unit:supervisor/cqmu/cqmu-lipid:cqmu-lipid", key="b"))
    assert set(unit) == {uid for uid in own if ".laboratory." in uid}
    [place] = unit.values()
    assert place["DTEND"].dt > place["DTSTART"].dt
    assert "Lipid" in str(place["SUMMARY"])


async def test_arrivals_are_those_of_the_directory_in_the_readers_language(portal: Portal, people: People) -> None:
    portal.now = datetime(2027, 2, 1, 8, tzinfo=UTC)
    client = await portal.signed_in(HOUSING)
    housing = Actor(id=HOUSING, role=Role.HOUSING_OFFICER, institution="cqmu")
    chosen = Preferences(person=HOUSING, language="zh", zone="", digest=DigestChoice.DAILY)
    await portal.context.services.gateway.set_preferences(chosen, housing, "p" * 32)
    found = await fetched(portal, await address(client, "arrivals:housing_officer/cqmu:"))
    assert f"{people.living}.arrival@portal.example" in found
    assert all(people.other not in uid for uid in found), "hosted elsewhere"
    assert str(found[f"{people.living}.arrival@portal.example"]["SUMMARY"]) == f"{people.living}：交流首日"


async def test_a_calendar_of_a_capacity_that_its_owner_does_not_hold_is_none(portal: Portal, people: People) -> None:
    """Somebody moved to another unit: what they see there now is not what the address was made for."""
    calendars = portal.context.services.gateway.calendars
    for unit, status in (("cqmu-lipid", 200), ("cqmu-skl-ultrasonic", 404)):
        actor = Actor(id=LIPID, role=Role.SUPERVISOR, institution="cqmu", unit=unit)
        issued = await calendars.issue(CalendarKind.MINE, "", actor, portal.now, key=unit)
        assert (await portal.browser().get(f"/calendar/{issued.secret}.ics")).status_code == status
