"""The rules of an exchange in the portal: what they find, and that only rules that were looked at are moved to."""

from tests.portal.world import People, Portal


async def test_coordinators_see_by_which_rules_an_exchange_goes(portal: Portal, people: People) -> None:
    path = f"/exchanges/{people.living}/rules"
    host = await portal.signed_in("cqmu.coordinator")
    page = await host.get(path)
    assert page.status_code == 200
    assert "This exchange goes by the rules" in page.text
    assert f'href="{path}"' in (await host.get(f"/exchanges/{people.living}")).text
    for person in (people.living_student, "cqmu.housing_officer", "dartmouth.partner_office"):
        client = await portal.signed_in(person)
        assert (await client.get(path)).status_code in {403, 404}, person
        assert (await client.post(path, {"version": "x"})).status_code in {403, 404}, person
    abroad = await portal.signed_in("dartmouth.coordinator")
    assert (await abroad.get(path)).status_code == 200
    assert (await abroad.post(path, {"version": "x"})).status_code == 404, "the host moves it"


async def test_rules_that_nobody_looked_at_are_not_moved_to(portal: Portal, people: People) -> None:
    host = await portal.signed_in("cqmu.coordinator")
    refused = await host.post(f"/exchanges/{people.living}/rules", {"version": "2020-01-01.x"})
    assert refused.status_code == 409
    assert "Look at the difference again" in refused.text
