"""Unsubscribing from digests by the link of one, and the language of mails."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.people.absences import Preferences
from models.posting import DigestChoice
from models.tables import EventRow, SignInLinkRow
from tests.portal.world import People, Portal

OFFICE = "dartmouth.coordinator"
FORM = {"content-type": "application/x-www-form-urlencoded"}


async def preferred(portal: Portal, person: str = OFFICE) -> Preferences:
    return await portal.context.services.gateway.people.preferences(person)


def link(portal: Portal, person: str = OFFICE) -> str:
    return f"/rhythm/{portal.context.services.gateway.access.signing.rhythm(person, portal.now)}"


async def test_one_click_of_a_mail_program_ends_digests_and_may_be_repeated(portal: Portal, people: People) -> None:
    path, program = link(portal), portal.browser()
    assert (await program.get(path)).status_code == 200
    assert (await preferred(portal)).digest is DigestChoice.DAILY, "looking changes nothing"
    for _ in range(2):
        answer = await program.http.post(path, content=b"List-Unsubscribe=One-Click", headers=FORM)
        assert answer.status_code == 200, "and no redirect (RFC 8058)"
    assert (await preferred(portal)).digest is DigestChoice.NONE
    kept = await portal.office.rows(select(EventRow.seq).where(EventRow.stream == f"person:{OFFICE}"))
    assert len(kept) == 1
    again = await program.post(path, {"digest": "weekdays"})
    assert "Your choice is kept." in again.text
    assert (await preferred(portal)).digest is DigestChoice.WEEKDAYS
    parts = {"List-Unsubscribe": (None, "One-Click")}
    assert (await program.http.post(path, files=parts)).status_code == 200
    assert (await preferred(portal)).digest is DigestChoice.NONE


async def test_anything_else_than_that_click_needs_the_page(portal: Portal, people: People) -> None:
    path = link(portal)
    for content in (b"List-Unsubscribe=Maybe", b"digest=none", b""):
        answer = await portal.browser().http.post(path, content=content, headers=FORM)
        assert answer.status_code in (403, 422), content
    assert (await preferred(portal)).digest is DigestChoice.DAILY
    for wrong in (path[:-2] + "xx", "/rhythm/nonsense"):
        answer = await portal.browser().http.post(wrong, content=b"List-Unsubscribe=One-Click", headers=FORM)
        assert answer.status_code == 410
    portal.now += timedelta(days=91)
    assert (await portal.browser().get(path)).status_code == 410


async def test_a_student_chooses_between_digests_and_none(portal: Portal, people: People) -> None:
    path, browser = link(portal, people.living_student), portal.browser()
    page = (await browser.get(path)).text
    assert page.count('type="radio"') == 2
    assert (await browser.post(path, {"digest": "none"})).status_code == 200
    assert (await preferred(portal, people.living_student)).digest is DigestChoice.NONE


@pytest.mark.parametrize("wanted", ["zh", "en"])
async def test_the_language_chosen_is_the_language_of_mails(portal: Portal, people: People, wanted: str) -> None:
    client = await portal.signed_in(OFFICE)
    await client.post("/language", {"language": wanted, "next": "/board"})
    said = (await preferred(portal)).language
    assert said == ("zh" if wanted == "zh" else ""), "what holds already is not written"
    elsewhere = await portal.signed_in(OFFICE)
    assert (await elsewhere.get("/profile")).headers["content-language"] == wanted


async def test_the_language_in_which_somebody_comes_in_is_theirs(portal: Portal, people: People) -> None:
    client = portal.browser()
    await client.post("/language", {"language": "zh"})
    await client.post("/sign-in", {"email": "coordinator@dartmouth.example"})
    [row] = await portal.office.rows(select(SignInLinkRow.id))
    token = portal.context.services.gateway.access.signing.sign_in(str(row[0]))
    assert (await client.post(f"/sign-in/{token}")).status_code == 303
    assert (await preferred(portal)).language == "zh"


async def test_a_zone_is_chosen_by_city_and_one_chosen_by_another_name_stays(portal: Portal, people: People) -> None:
    client = await portal.signed_in(OFFICE)
    page = (await client.get("/profile")).text
    assert '<optgroup label="Asia">' in page
    assert len(page.encode()) < 60_000
    await client.post("/profile", {"language": "en", "zone": "Asia/Calcutta", "digest": "daily"})
    page = (await client.get("/profile")).text
    assert '<option value="Asia/Calcutta" selected>' in page
    assert page.count("selected>Kolkata") == 1
