"""The page of changes: who may ask, what is shown before anybody is asked, and what is not taken."""

import re

from sqlalchemy import update

from models.events import StatusChanged
from models.people.access import ApiScope
from models.tables import ExchangeRow
from models.vocabulary import MobilityStatus, NominationStatus, Role, Stage
from portal.pages.plan_changes import MORE
from records.queries import Reading
from tests.portal.test_api import system
from tests.portal.world import TODAY, People, Portal


async def test_what_follows_is_shown_before_anybody_is_asked(portal: Portal, people: People) -> None:
    path = f"/exchanges/{people.living}/changes"
    host = await portal.signed_in("cqmu.coordinator")
    page = (await host.get(path)).text
    assert "Nothing has been changed." in page
    view = await Reading(portal.office.sessions, portal.programme).exchange(people.living, None)
    assert view is not None
    longer = view.plan.end.replace(day=min(view.plan.end.day + 1, 28))
    typed = {"kind": "dates", "start": view.plan.start.isoformat(), "end": longer.isoformat()}
    seen = await host.post(f"{path}/preview", typed)
    assert seen.status_code == 200
    assert "Before" in seen.text
    assert "Ask for this change" in seen.text or "something is lacking" in seen.text
    assert "Nothing has been changed." in (await host.get(path)).text


async def test_what_is_no_change_is_not_taken(portal: Portal, people: People) -> None:
    path = f"/exchanges/{people.living}/changes"
    host = await portal.signed_in("cqmu.coordinator")
    assert (await host.post(f"{path}/preview", {"kind": "intake"})).status_code == 422
    assert (await host.post(f"{path}/preview", {"kind": "dates", "start": "2027-03-01"})).status_code == 422
    assert (await host.post(f"{path}/preview", {"kind": "dates", "start": "x", "end": "y"})).status_code == 422


async def test_whoever_can_ask_for_nothing_is_told_why(portal: Portal, people: People) -> None:
    host = await portal.signed_in("cqmu.coordinator")
    assert "is not verified yet" in (await host.get(f"/exchanges/{people.living}/changes")).text
    assert "The stay is over" in (await host.get(f"/exchanges/{people.exchange}/changes")).text
    supervisor = await portal.signed_in("cqmu.supervisor.lipid")
    assert "The stay is over" not in (await supervisor.get(f"/exchanges/{people.exchange}/changes")).text


async def test_a_supervisor_is_chosen_from_those_of_the_host(portal: Portal, people: People) -> None:
    path = f"/exchanges/{people.exchange}/changes"
    view = await Reading(portal.office.sessions, portal.programme).exchange(people.exchange, None)
    assert view is not None
    place = view.placements[0]
    async with portal.office.sessions.begin() as session:
        living = {"nomination": NominationStatus.VERIFIED, "stage": Stage.ROTATIONS}
        await session.execute(update(ExchangeRow).where(ExchangeRow.id == people.exchange).values(living))
    host = await portal.signed_in("cqmu.coordinator")
    (mine,) = portal.programme.contacts("cqmu", Role.SUPERVISOR, place.unit_id)
    assert f'<option value="{mine.id}">{mine.name}' in (await host.get(path)).text
    typed = {"kind": "unit", "placement_id": place.placement_id, "unit_id": place.unit_id, "from_day": "2027-04-01"}
    other = next(one for one in portal.programme.contacts("cqmu", Role.SUPERVISOR) if one.unit != place.unit_id)
    refused = await host.post(f"{path}/preview", typed | {"supervisor": other.id})
    assert refused.status_code == 422
    assert "does not supervise in" in refused.text
    assert f'<option value="{other.id}" selected>' in refused.text


async def test_what_was_typed_stands_again_with_its_fault(portal: Portal, people: People) -> None:
    path = f"/exchanges/{people.living}/changes"
    async with portal.office.sessions.begin() as session:
        verified = update(ExchangeRow).where(ExchangeRow.id == people.living)
        await session.execute(verified.values(nomination=NominationStatus.VERIFIED))
    host = await portal.signed_in("cqmu.coordinator")
    refused = await host.post(f"{path}/preview", {"kind": "dates", "start": "2027-03-08", "end": ""})
    assert refused.status_code == 422
    assert 'name="start" value="2027-03-08"' in refused.text
    assert 'href="#f-end"' in refused.text
    assert re.search(r'id="f-end"[^>]* aria-invalid="true"', refused.text)
    seen = await host.post(f"{path}/preview", {"kind": "dates", "start": "2027-03-01", "end": "2027-05-21"})
    assert f'<a href="{path}">Back</a>' in seen.text


async def test_only_who_may_ask_is_offered_it(portal: Portal, people: People) -> None:
    path = f"/exchanges/{people.living}/changes"
    for person, offered in (("dartmouth.coordinator", True), ("cqmu.supervisor.lipid", False)):
        answer = await (await portal.signed_in(person)).get(path)
        assert answer.status_code == (200 if offered else 404)
    foreign = await portal.signed_in(people.other_student)
    assert (await foreign.get(path)).status_code == 404


async def test_the_api_lists_and_previews(portal: Portal, people: People) -> None:
    client = await system(portal, "cqmu", ApiScope.EXCHANGES_READ)
    path = f"/api/v1/exchanges/{people.living}/changes"
    listed = (await client.get(path)).json()
    assert (listed["version"], listed["changes"]) == (1, [])
    change = {"kind": "discipline", "discipline": "esi-clinical-medicine"}
    seen = await client.post(f"{path}/preview", json={"change": change})
    assert seen.status_code in {200, 422}, seen.text
    unknown = await client.post(f"{path}/preview", json={"change": {"kind": "intake"}})
    assert unknown.status_code == 422


async def test_blocks_are_typed_one_by_one(portal: Portal, people: People) -> None:
    path = f"/exchanges/{people.living}/changes"
    host = await portal.signed_in("cqmu.coordinator")
    verified = StatusChanged(at=TODAY, mobility=MobilityStatus.NOMINATION, nomination=NominationStatus.VERIFIED)
    await portal.office.record(people.living, verified)
    form = (await host.get(path)).text
    view = await Reading(portal.office.sessions, portal.programme).exchange(people.living, None)
    assert view is not None
    assert form.count('name="first"') == form.count('name="last"') == len(view.plan.contents)
    assert form.count('name="more_unit"') == MORE
    typed: dict[str, str | list[str]] = {
        "kind": "blocks",
        "block": [one.key for one in view.plan.contents],
        "first": [one.start.isoformat() for one in view.plan.contents],
        "last": [one.end.isoformat() for one in view.plan.contents],
        "more": ["", ""],
        "more_unit": ["", ""],
        "more_first": ["", ""],
        "more_last": ["", ""],
    }
    same = await host.post(f"{path}/preview", typed)
    assert same.status_code == 200, same.text
    dropped = len(view.plan.contents) - 1
    days = {name: ["" if n == dropped else day for n, day in enumerate(typed[name])] for name in ("first", "last")}
    seen = await host.post(f"{path}/preview", typed | days)
    assert seen.status_code == 200, seen.text
    kept = seen.text.split("Ask for this change")[0]
    assert kept.count('name="block"') == len(view.plan.contents) or "something is lacking" in seen.text
    half = {"last": ["", *typed["last"][1:]]}
    assert (await host.post(f"{path}/preview", typed | half)).status_code == 422
    other = {"block": ["clinical.9", *typed["block"][1:]]}
    assert (await host.post(f"{path}/preview", typed | other)).status_code == 422
    more = {"more": ["surgery", ""], "more_first": ["2027-03-01", ""], "more_last": ["2027-03-05", ""]}
    assert (await host.post(f"{path}/preview", typed | more)).status_code == 422
    soon = {"more": ["clinical", ""], "more_first": ["2027-03-01", ""], "more_last": ["soon", ""]}
    refused = await host.post(f"{path}/preview", typed | soon)
    assert refused.status_code == 422
    assert 'name="more_first" value="2027-03-01"' in refused.text  # what was typed stands


async def test_a_deferred_exchange_says_both_intakes(portal: Portal, people: People) -> None:
    host = await portal.signed_in("cqmu.coordinator")
    path = f"/exchanges/{people.living}"
    assert "Deferred from" not in (await host.get(path)).text
    view = await Reading(portal.office.sessions, portal.programme).exchange(people.living, None)
    assert view is not None
    later = view.plan.model_copy(update={"year": view.plan.year + 1})
    async with portal.office.sessions.begin() as session:
        moved = update(ExchangeRow).where(ExchangeRow.id == people.living)
        await session.execute(moved.values(plan=later.model_dump(mode="json"), nomination=NominationStatus.VERIFIED))
    assert f"Deferred from the intake of {view.plan.year} to that of {later.year}" in (await host.get(path)).text
    back = {"kind": "intake", "start": view.plan.start.isoformat(), "end": view.plan.end.isoformat()}
    seen = (await host.post(f"{path}/changes/preview", back)).text
    row = seen[seen.index("Intake year</th>") :].partition("</tr>")[0]
    assert re.findall(r"<td[^>]*>(\d{4})</td>", row) == [str(later.year), str(view.plan.year)]


async def test_a_second_host_is_asked_for_in_both_languages(portal: Portal, people: People) -> None:
    abroad = {"sending": "cqmu", "host": "dartmouth", "nationality": "CN", "laboratories": "dartmouth-immunology"}
    alone = {"laboratory_end": "2027-05-28", "clinical_start": "", "clinical_end": "", "specialties": ""}
    first = (await portal.office.nominate(77, **abroad, **alone)).exchange_id
    verified = StatusChanged(at=TODAY, mobility=MobilityStatus.NOMINATION, nomination=NominationStatus.VERIFIED)
    await portal.office.record(first, verified)
    path = f"/exchanges/{first}/changes"
    home = await portal.signed_in("cqmu.coordinator")
    page = (await home.get(path)).text
    assert '<option value="sample"' in page
    assert "Onward to a second host" not in (await home.get(f"/exchanges/{people.living}/changes")).text
    typed: dict[str, str | list[str]] = {
        "kind": "second_host",
        "host": "sample",
        "start": "2027-04-12",
        "end": "2027-05-21",
        "laboratories": ["sample-public-health", ""],
    }
    seen = await home.post(f"{path}/preview", typed)
    assert seen.status_code == 200, seen.text
    assert "The stay goes on as an exchange of its own at Sample Partner University" in seen.text
    assert '<input type="hidden" name="laboratories" value="sample-public-health">' in seen.text
    late = await home.post(f"{path}/preview", typed | {"last_day": "2027-03-01"})
    assert late.status_code == 422
    assert 'name="last_day" value="2027-03-01"' in late.text  # what was typed stands
    assert 'value="sample-public-health" selected' in late.text
    home.http.cookies.set("sojourn-language", "zh", domain="portal.example")
    seen = await home.post(f"{path}/preview", typed)
    assert "转往第二接收院校" in seen.text
    assert "后续停留在" in seen.text
    other = await portal.signed_in("sample.coordinator")
    assert (await other.get(path)).status_code == 404  # it sees nothing before it is nominated there
