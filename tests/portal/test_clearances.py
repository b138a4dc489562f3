"""Clearances in the portal and the API: one screen, other days only asked about, results alone for partners (D46)."""

from datetime import date, timedelta

from sqlalchemy import select

from models.messages.changes import Area
from models.people.access import ApiScope
from models.tables import DocumentRow, ExchangeRow, FileRow
from models.vocabulary import DocumentStatus
from records.store.engine import transaction
from tests.portal.test_api import system
from tests.portal.world import People, Portal

DAY = timedelta(days=1)


async def accept(portal: Portal, people: People, kind: str, **dates: date) -> date:
    """Put an accepted document on record; answers with the last day of the stay."""
    async with transaction(portal.office.sessions) as session:
        stay = await session.scalar(select(ExchangeRow).where(ExchangeRow.id == people.living))
        assert stay is not None
        await session.merge(FileRow(hash="0" * 64, size=1, media_type="application/pdf", created_at=portal.now))
        await session.flush()
        said = {"filename": "a.pdf", "uploaded_by": stay.person_id, "filed_at": portal.now, "file_hash": "0" * 64}
        row = DocumentRow(id=f"d-{kind}", exchange_id=people.living, kind=kind, status=DocumentStatus.ACCEPTED, **said)
        row.issued_on, row.expires_on = dates.get("issued_on"), dates.get("expires_on")
        session.add(row)
        return stay.end


async def stay_of(portal: Portal, people: People) -> tuple[date, date]:
    view = await portal.context.services.reading.exchange(people.living)
    assert view is not None
    return view.plan.start, view.plan.end


async def test_the_page_of_an_exchange_shows_its_clearances_and_other_days_what_would_fail(
    portal: Portal, people: People
) -> None:
    start, end = await stay_of(portal, people)
    await accept(portal, people, "insurance", expires_on=end)
    host = await portal.signed_in("cqmu.coordinator")
    page = (await host.get(f"/exchanges/{people.living}")).text
    assert 'data-clearance="insurance"' in page
    assert "Passport: none is accepted yet" in page
    path = f"/exchanges/{people.living}/clearances"
    assert f'href="{path}"' in page
    longer = await host.get(f"{path}?from={start}&until={end + DAY}")
    assert longer.status_code == 200
    assert "As they would be" in longer.text
    assert "ends too soon" in longer.text
    assert "As they are" in (await host.get(f"{path}?from={start}&until={end}")).text
    refused = await host.get(f"{path}?from={start}&until={start}")
    assert refused.status_code == 422
    assert "As they are" in refused.text
    assert (await host.get(f"{path}?until=soon")).status_code == 422


async def test_partners_see_results_and_strangers_nothing(portal: Portal, people: People) -> None:
    _, end = await stay_of(portal, people)
    await accept(portal, people, "tb_test", issued_on=end - timedelta(days=370))
    path = f"/exchanges/{people.living}/clearances"
    own = (await (await portal.signed_in(people.living_student)).get(path)).text
    partner = (await (await portal.signed_in("dartmouth.partner_office")).get(path)).text
    assert 'data-clearance="occupational"' in own
    assert "Hand in a newer one" in own
    assert "is for the student and for those who may open the document" in partner
    assert "Hand in a newer one" not in partner
    assert (await (await portal.signed_in("sample.coordinator")).get(path)).status_code == 404


async def test_a_system_of_a_partner_asks_for_them(portal: Portal, people: People) -> None:
    _, end = await stay_of(portal, people)
    await accept(portal, people, "insurance", expires_on=end)
    client = await system(portal, "dartmouth", ApiScope.EXCHANGES_READ)
    path = f"/api/v1/exchanges/{people.living}/clearances"
    now = (await client.get(path)).json()
    [insurance] = [one for one in now["clearances"] if one["kind"] == "insurance"]
    assert (insurance["state"], insurance["through"], insurance["covers"]) == ("holds", str(end), "clinic")
    then = (await client.get(path, params={"until": str(end + DAY)})).json()
    [longer] = [one for one in then["clearances"] if one["kind"] == "insurance"]
    assert (then["proposed"], longer["state"], longer["needed_through"]) == (True, "short", str(end + DAY))
    elsewhere = await system(portal, "sample", ApiScope.EXCHANGES_READ)
    assert (await elsewhere.get(path)).status_code == 404


async def test_what_a_change_would_bring_about_names_the_clearances_that_fail(portal: Portal, people: People) -> None:
    start, end = await stay_of(portal, people)
    await accept(portal, people, "insurance", expires_on=end)
    client = await system(portal, "cqmu", ApiScope.EXCHANGES_READ)
    path = f"/api/v1/exchanges/{people.living}/changes/preview"
    change = {"change": {"kind": "dates", "start": str(start), "end": str(end + DAY)}}
    effects = (await client.post(path, json=change)).json()["effects"]
    failing = [one["params"] for one in effects if one["message"] == "effect.clearance_fails"]
    assert failing == [{"clearance": "insurance", "until": str(end), "last": str(end + DAY)}]
    areas = [list(Area).index(one["area"]) for one in effects]
    assert areas == sorted(areas)
