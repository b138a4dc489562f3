"""The pictures on pages: each is there with its table, in both languages."""

import pytest

from tests.portal.world import Client, People, Portal


async def reader(portal: Portal, person: str, language: str = "en") -> Client:
    """Somebody who is signed in and reads a language."""
    client = await portal.signed_in(person)
    client.http.cookies.set("sojourn-language", language, domain="portal.example")
    return client


@pytest.mark.parametrize(("language", "title"), [("en", "The stay on one strip"), ("zh", "交流全程图")])
async def test_a_stay_is_drawn_for_the_office_and_its_student(
    portal: Portal, people: People, language: str, title: str
) -> None:
    for person in ("cqmu.coordinator", people.student):
        client = await reader(portal, person, language)
        page = (await client.get(f"/exchanges/{people.exchange}")).text
        assert f'<title id="strip-title">{title}</title>' in page
        assert page.count('class="picture"') == 1
        assert "Lab for Lipid Research" in page or "脂质研究实验室" in page


async def test_housing_sees_who_comes_and_goes_and_a_partner_does_not(portal: Portal, people: People) -> None:
    officer = await reader(portal, "cqmu.housing_officer")
    empty = (await officer.get("/arrivals")).text
    assert "Nobody arrives or leaves this week." in empty
    page = (await officer.get("/arrivals?from=2027-02-24")).text
    assert "22 Feb 2027 – 28 Feb 2027" not in page, "weeks without anybody are in the calendar alone"
    assert "1 Mar 2027 – 7 Mar 2027" in page
    assert page.count("▼ arrives") == 1
    assert "expected" in page
    assert people.living in page
    assert (await (await portal.signed_in("dartmouth.partner_office")).get("/arrivals")).status_code == 404


async def test_a_cohort_is_drawn_with_its_seats_and_stages(portal: Portal, people: People) -> None:
    office = await reader(portal, "cqmu.coordinator")
    page = (await office.get("/cohorts/2027-incoming-dartmouth-cqmu")).text
    assert page.count('class="picture"') == 2
    assert "taken: 1" in page


async def test_a_step_draws_its_ladder(portal: Portal, people: People) -> None:
    office = await reader(portal, "cqmu.coordinator")
    page = (await office.get(f"/steps/{people.living}.verify_nomination.1")).text
    assert '<title id="ladder-title">Reminders and escalations</title>' in page
    assert "reminder, the owner, to come" in page
    assert page.index("Return for correction") < page.index("ladder-title"), "answers stand before it"
