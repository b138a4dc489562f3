"""The search that stands on every page: a code leads to its exchange, the rest to those that it is found in."""

import pytest

from models.vocabulary import Role
from tests.portal.world import ROLES, People, Portal


async def test_a_code_leads_to_its_exchange(portal: Portal, people: People) -> None:
    client = await portal.signed_in("cqmu.coordinator")
    found = await client.get("/exchanges", params={"q": f" {people.exchange.lower()} "})
    assert (found.status_code, found.headers["location"]) == (303, f"/exchanges/{people.exchange}")
    nobody = await client.get("/exchanges", params={"q": "EX-2027-XXX-999"})
    assert nobody.status_code == 200


@pytest.mark.parametrize("words", ["Lipid", "脂质", "RIVERA", "ana lucia", "F00001", "李娜"])
async def test_names_numbers_and_units_are_found_in_either_script(portal: Portal, people: People, words: str) -> None:
    client = await portal.signed_in("cqmu.coordinator")
    page = (await client.get("/exchanges", params={"q": words})).text
    code = people.other if words == "李娜" else people.exchange
    assert f'href="/exchanges/{code}"' in page
    assert f'value="{words}"' in page


async def test_a_unit_finds_only_who_has_a_place_there(portal: Portal, people: People) -> None:
    client = await portal.signed_in("cqmu.coordinator")
    page = (await client.get("/exchanges", params={"q": "lipid"})).text
    assert f'href="/exchanges/{people.exchange}"' in page
    assert f'href="/exchanges/{people.living}"' not in page


@pytest.mark.parametrize("role", ROLES)
async def test_every_page_has_it_for_who_sees_several(portal: Portal, people: People, role: Role) -> None:
    client = await portal.signed_in(people.of(role))
    has = 'action="/exchanges" role="search"' in (await client.get("/profile")).text
    assert has is (role is not Role.STUDENT)


async def test_nobody_finds_what_is_not_theirs(portal: Portal, people: People) -> None:
    other = await portal.signed_in("cqmu.supervisor.lipid")
    page = (await other.get("/exchanges", params={"q": people.other})).text
    assert f'href="/exchanges/{people.other}"' not in page
