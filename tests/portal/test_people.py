"""People, absences and deputies on their pages: every role, with people of its own and of others."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.people.access import ApiScope, may_manage
from models.people.authorization import Actor
from models.tables import AddressChangeRow
from models.vocabulary import Role
from portal.menu import GROUPS, MOST
from portal.policy import MANAGING
from tests.portal.test_policy import actor_of
from tests.portal.world import ROLES, People, Portal

PERSONS = {
    "cqmu.coordinator": Role.COORDINATOR,
    "cqmu.head_of_office": Role.HEAD_OF_OFFICE,
    "cqmu.partner_office": Role.PARTNER_OFFICE,
    "cqmu.housing_officer": Role.HOUSING_OFFICER,
    "cqmu.occupational_health": Role.OCCUPATIONAL_HEALTH,
    "cqmu.supervisor.lipid": Role.SUPERVISOR,
    "cqmu.programme_office": Role.PROGRAMME_OFFICE,
    "cqmu.operator": Role.OPERATOR,
    "cqmu.auditor": Role.AUDITOR,
    "dartmouth.coordinator": Role.COORDINATOR,
    "dartmouth.head_of_office": Role.HEAD_OF_OFFICE,
    "dartmouth.occupational_health": Role.OCCUPATIONAL_HEALTH,
}
"""Somebody of every role, at home and elsewhere."""


def manages(actor: Actor, person: str) -> bool:
    return actor.role in (MANAGING.roles or ()) and may_manage(actor, PERSONS[person], person.split(".")[0])


@pytest.mark.parametrize("role", ROLES)
async def test_people_are_opened_changed_and_removed_by_whoever_manages_them(
    portal: Portal, people: People, role: Role
) -> None:
    client, actor = await portal.signed_in(people.of(role)), actor_of(portal, people, role)
    for number, (person, theirs) in enumerate(PERSONS.items()):
        page = await client.get(f"/admin/people/{person}")
        assert page.status_code == (200 if manages(actor, person) else 404), person
        if manages(actor, person):
            continue
        entry = {"role": theirs, "institution": person.split(".")[0], "name": "Mallory", "email": "m@evil.example"}
        entry |= {"unit": "cqmu-lipid" if theirs is Role.SUPERVISOR else "", "language": "en", "deputies": ""}
        changed = await client.post(f"/admin/people/{person}", entry | {"key": f"{number:032d}"})
        removed = await client.post(f"/admin/people/{person}/remove", {"key": f"{number:032d}"})
        entered = await client.post("/admin/people/new", entry | {"person": f"{person}.9", "key": f"{number:031d}x"})
        assert (changed.status_code, removed.status_code, entered.status_code) == (404, 404, 404), person
    office = await portal.signed_in("cqmu.programme_office")
    assert "Mallory" not in (await office.get("/admin/people")).text


@pytest.mark.parametrize("role", ROLES)
async def test_a_menu_is_short_and_leads_to_every_place(portal: Portal, people: People, role: Role) -> None:
    client = await portal.signed_in(people.of(role))
    visitor = (await client.get("/profile")).text
    menu = visitor[visitor.index('<nav class="menu"') : visitor.index("</nav>")]
    top = re.findall(r'href="(/\w+)"', menu)
    assert len(top) == len(set(top)) <= MOST
    reached = set(top)
    for path in top:
        page = (await client.get(path)).text
        reached |= set(re.findall(r'href="(/\w+)"', page[page.index('<nav class="menu"') : page.index("</nav>")]))
    everywhere = {where for _, places in GROUPS for where, _, _ in places}
    for path in everywhere:
        assert (path in reached) is ((await client.get(path)).status_code == 200), path


@pytest.mark.parametrize("role", [role for role in ROLES if role is not Role.STUDENT])
async def test_nobody_takes_what_is_not_theirs_by_an_absence(portal: Portal, people: People, role: Role) -> None:
    """With themself as deputy of everybody there is: pages of others stay closed, and menus stay as they were."""
    me = people.of(role)
    client, actor = await portal.signed_in(me), actor_of(portal, people, role)
    before = re.findall(r'href="/\w+"', (await client.get("/options")).text)
    day = portal.now.date()
    days = {"first_day": str(day), "last_day": str(day + timedelta(days=9))}
    for number, person in enumerate(PERSONS):
        key = f"{number:032d}"
        planned = await client.post("/admin/absences", days | {"person": person, "deputy": me, "key": key})
        if person == me:
            continue
        lower = manages(actor, person) and PERSONS[person] is not Role.OCCUPATIONAL_HEALTH
        assert planned.status_code == (303 if lower else 404), (person, planned.text[:500])
    acting = await portal.context.services.gateway.people.acting(actor, portal.now)
    assert {one.on_behalf_of for one in acting} <= {"", *(p for p in PERSONS if manages(actor, p))}
    assert not any(one.role is Role.OCCUPATIONAL_HEALTH for one in acting[1:])
    if role not in (MANAGING.roles or ()):
        assert len(acting) == 1
        assert re.findall(r'href="/\w+"', (await client.get("/options")).text) == before


async def test_an_address_is_changed_told_and_restored(portal: Portal, people: People) -> None:
    office, housing = await portal.signed_in("cqmu.programme_office"), await portal.signed_in("cqmu.housing_officer")
    assert (await housing.get("/worklist")).status_code == 200
    entry = {"role": "housing_officer", "institution": "cqmu", "unit": "", "name": "Deng Haibo", "language": "zh"}
    changed = await office.post(
        "/admin/people/cqmu.housing_officer", entry | {"email": "new@cqmu.example", "deputies": ""}
    )
    assert changed.status_code == 303
    assert (await housing.get("/worklist")).status_code == 303, "signed out"
    signing = portal.context.services.gateway.access.signing
    [row] = await portal.office.rows(select(AddressChangeRow.id))
    path = f"/address/{signing.undo(row[0])}"
    browser = portal.browser()
    asked = await browser.get(path)
    assert asked.status_code == 200
    assert 'method="post"' in asked.text
    assert (await browser.get(path)).status_code == 200
    assert "new@cqmu.example" in (await office.get("/admin/people")).text, "looking changes nothing"
    forged = await browser.http.post(path)
    assert forged.status_code in (403, 422)
    for _ in range(2):
        assert (await browser.post(path)).status_code == 200
    assert "new@cqmu.example" not in (await office.get("/admin/people")).text
    for wrong in (path[:-2] + "xx", "/address/nonsense"):
        assert (await browser.get(wrong)).status_code == 410
        assert (await browser.post(wrong)).status_code == 410
    portal.now += timedelta(days=8)
    assert (await browser.get(path)).status_code == 200, "it is undone, and says so"


async def test_what_somebody_connected_is_listed_when_they_are_removed(portal: Portal, people: People) -> None:
    office = await portal.signed_in("cqmu.programme_office")
    tokens = portal.context.services.gateway.tokens
    partner = Actor(id="dartmouth.partner_office", role=Role.PARTNER_OFFICE, institution="dartmouth")
    until, scopes = portal.now + timedelta(days=9), (ApiScope.EXCHANGES_READ,)
    ends = await tokens.issue("dartmouth", "nightly <copy>", scopes, until, partner, portal.now)
    stays = await tokens.issue("dartmouth", "registry", scopes, until, partner, portal.now)
    page = (await office.get("/admin/people/dartmouth.partner_office")).text
    assert "nightly &lt;copy&gt;" in page
    kept = {"keep": f"token:{stays.token.token_id}"}
    removed = await office.post("/admin/people/dartmouth.partner_office/remove", kept)
    assert removed.status_code == 303
    assert await tokens.principal(ends.secret, portal.now) is None
    assert await tokens.principal(stays.secret, portal.now) is not None


async def test_a_second_person_agrees_on_the_page(portal: Portal, people: People) -> None:
    office, head = await portal.signed_in("cqmu.programme_office"), await portal.signed_in("cqmu.head_of_office")
    entry = {"role": "programme_office", "institution": "cqmu", "unit": "", "name": "Gao <Mei>", "deputies": ""}
    entry |= {"email": "gao@cqmu.example", "language": "en", "person": "cqmu.programme_office.2", "key": "p" * 32}
    assert (await office.post("/admin/people/new", entry)).status_code == 303
    seen = (await office.get("/admin/people")).text
    assert "Gao &lt;Mei&gt;" in seen
    assert f"/admin/proposals/{'p' * 32}/agree" not in seen, "nobody agrees to themself"
    assert f"/admin/proposals/{'p' * 32}/agree" in (await head.get("/admin/people")).text
    for person in ("cqmu.coordinator", "dartmouth.head_of_office", "cqmu.programme_office"):
        client = await portal.signed_in(person)
        if person != "cqmu.programme_office":
            assert "Gao &lt;" not in (await client.get("/admin/people")).text
        assert (await client.post(f"/admin/proposals/{'p' * 32}/agree")).status_code == 404
    assert (await head.post(f"/admin/proposals/{'p' * 32}/other")).status_code == 404
    assert (await head.post(f"/admin/proposals/{'p' * 32}/agree")).status_code == 303
    assert 'href="/admin/people/cqmu.programme_office.2"' in (await office.get("/admin/people")).text
