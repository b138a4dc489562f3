"""Other days for a cohort in the portal and the API: who sees the proposal, and who may decide on it."""

from models.people.access import ApiScope
from tests.portal.test_api import system
from tests.portal.world import People, Portal

COHORT = "2027-incoming-dartmouth-cqmu"
PATH = f"/cohorts/{COHORT}/days"


async def test_the_programme_office_sees_what_each_stay_would_get(portal: Portal, people: People) -> None:
    office = await portal.signed_in("cqmu.programme_office")
    page = await office.get(PATH)
    assert "This cohort was never re-planned." in page.text
    assert "New proposal" in page.text
    seen = await office.post(f"{PATH}/preview", {"shift": "14", "exempt": people.living})
    assert seen.status_code == 200
    assert "left as it is" in seen.text
    assert "Move them" in seen.text
    assert "This cohort was never re-planned." in (await office.get(PATH)).text


async def test_what_moves_nobody_or_is_no_day_is_refused(portal: Portal, people: People) -> None:
    office = await portal.signed_in("cqmu.programme_office")
    for typed in (
        {"shift": "0"},
        {"shift": "x"},
        {"shift": "7", "exempt": "EX-2027-DAR-099"},
        {"exchange": people.living, "first": "2027-03-01", "last": ""},
    ):
        assert (await office.post(f"{PATH}/preview", typed)).status_code == 422


async def test_others_read_and_do_not_decide(portal: Portal, people: People) -> None:
    host = await portal.signed_in("cqmu.coordinator")
    page = await host.get(PATH)
    assert page.status_code == 200
    assert "New proposal" not in page.text
    assert (await host.post(f"{PATH}/preview", {"shift": "14"})).status_code == 403
    elsewhere = await portal.signed_in("sample.coordinator")
    assert (await elsewhere.get(PATH)).status_code == 404


async def test_another_system_reads_the_report_and_may_not_decide_without_the_office(
    portal: Portal, people: People
) -> None:
    client = await system(portal, "dartmouth", ApiScope.EXCHANGES_READ, ApiScope.DECISIONS_WRITE)
    listed = await client.get(f"/api/v1/cohorts/{COHORT}/replans")
    assert listed.json()["items"] == []
    body = {"replanning": {"shift": 14}}
    assert (await client.post(f"/api/v1/cohorts/{COHORT}/replans/preview", json=body)).status_code == 403
    decided = await client.post(
        f"/api/v1/cohorts/{COHORT}/replans", json=body, headers={"Idempotency-Key": "decide-once-0001"}
    )
    assert decided.status_code == 403
