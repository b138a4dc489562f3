"""Erasing in the portal: what would go stands on the page, the code is typed, and what must be kept is refused."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from examples import papers
from models.tables import EventRow, ExchangeRow, LegalHoldRow, NoteRow
from models.vocabulary import Role
from records.store.engine import transaction
from tests.portal.world import People, Portal


async def events(portal: Portal, exchange: str) -> list[str]:
    query = select(EventRow.kind).where(EventRow.stream == exchange).order_by(EventRow.seq)
    async with transaction(portal.office.sessions) as session:
        return [kind for kind in await session.scalars(query) if kind in ("hold_set", "hold_lifted", "papers_erased")]


async def close(portal: Portal, exchange: str) -> None:
    """Its last exchange ended when applications need not be kept any more, and passports still must."""
    async with transaction(portal.office.sessions) as session:
        ended = portal.now - timedelta(days=800)
        await session.execute(update(ExchangeRow).where(ExchangeRow.id == exchange).values(closed_at=ended))


async def test_papers_are_erased_by_typing_the_code_with_a_reason(portal: Portal, people: People) -> None:
    exchange = people.living
    filing = portal.office.filing
    await filing.file_document(exchange, "cv_study_plan", "cv.pdf", papers.letter("CV"), "p", portal.now)
    client = await portal.signed_in(people.of(Role.PROGRAMME_OFFICE))
    path = f"/exchanges/{exchange}/erasure"
    assert "an exchange of this student goes on" in (await client.get(path)).text
    early = await client.post(path, {"code": exchange, "reason": "Asked for"})
    assert early.status_code == 409
    assert "An exchange of this student goes on" in early.text
    await close(portal, exchange)
    page = (await client.get(path)).text
    assert "Curriculum vitae and study plan</li>" in page
    assert "files and what they say go by themselves after" in page
    assert "Passport, visa and their forms</li>" not in page, "it must be kept still"
    assert "Proof of training</li>" not in page, "there is none"
    for form, said in (
        ({"code": "EX-2027-DAR-999", "reason": "Asked for"}, "Type the code of the exchange"),
        ({"code": exchange, "reason": ""}, "reason"),
    ):
        refused = await client.post(path, form)
        assert refused.status_code == 422
        assert said in refused.text
    assert await events(portal, exchange) == []
    done = await client.post(path, {"code": exchange.lower(), "reason": "Asked for by the student"})
    assert (done.status_code, done.headers["location"]) == (303, path)
    after = (await client.get(path)).text
    assert "nobody can read those papers any more" in after
    assert "everything must be kept still, or was erased already" in after
    assert await events(portal, exchange) == ["papers_erased"]
    async with transaction(portal.office.sessions) as session:
        notes = list(await session.scalars(select(NoteRow.text).where(NoteRow.exchange_id == exchange)))
    assert "Asked for by the student" in notes
    assert "“Asked for by the student”" in (await client.get(f"/exchanges/{exchange}")).text


async def test_a_hold_keeps_everything_until_it_is_lifted(portal: Portal, people: People) -> None:
    exchange = people.living
    await close(portal, exchange)
    client = await portal.signed_in(people.of(Role.PROGRAMME_OFFICE))
    path = f"/exchanges/{exchange}"
    assert (await client.post(f"{path}/hold", {"reason": " "})).status_code == 422
    assert (await client.post(f"{path}/hold", {"reason": "A claim of 2027"})).status_code == 303
    page = (await client.get(f"{path}/erasure")).text
    assert "A claim of 2027" in page
    assert "a legal hold lasts" in page
    refused = await client.post(f"{path}/erasure", {"code": exchange, "reason": "Asked for"})
    assert refused.status_code == 409
    assert "Lift it first" in refused.text
    own = (await (await portal.signed_in(people.living_student)).get(f"{path}/data")).text
    assert "A legal hold lasts" in own
    assert "A claim" not in own, "why is for the office alone"
    async with transaction(portal.office.sessions) as session:
        [hold] = list(await session.scalars(select(LegalHoldRow.id)))
    assert (await client.post(f"{path}/lift", {"hold_id": "no-hold"})).status_code == 404
    assert (await client.post(f"{path}/lift", {"hold_id": hold})).status_code == 303
    assert "None lasts." in (await client.get(f"{path}/erasure")).text
    assert await events(portal, exchange) == ["hold_set", "hold_lifted"]


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.STUDENT, Role.OCCUPATIONAL_HEALTH, Role.AUDITOR])
async def test_nobody_but_the_programme_office_gets_there(portal: Portal, people: People, role: Role) -> None:
    client = await portal.signed_in(people.of(role))
    path = f"/exchanges/{people.exchange}"
    assert (await client.get(f"{path}/erasure")).status_code == 404
    for act in ("erasure", "hold", "lift"):
        assert (await client.post(f"{path}/{act}", {"code": people.exchange, "reason": "Why"})).status_code == 404
    assert await events(portal, people.exchange) == []
