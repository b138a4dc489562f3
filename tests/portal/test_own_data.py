"""A student's data in the portal: counted, given out as one archive, and to nobody else there."""

import io
import json
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from examples import papers
from models.tables import EventRow
from models.vocabulary import Role
from records.store.engine import transaction
from tests.portal.world import ROLES, People, Portal

PASSPORT = papers.passport_scan()


async def exports(portal: Portal, exchange: str) -> list[str]:
    """Who was given the archive, by the log."""
    query = select(EventRow.actor_id).where(EventRow.stream == exchange, EventRow.kind == "data_exported")
    async with transaction(portal.office.sessions) as session:
        return list(await session.scalars(query.order_by(EventRow.seq)))


async def test_a_student_downloads_everything_from_a_page_that_counts_it(portal: Portal, people: People) -> None:
    exchange, student = people.living, people.living_student
    await portal.office.filing.file_document(exchange, "passport", "pass.pdf", PASSPORT, student, portal.now)
    client = await portal.signed_in(student)
    path = f"/exchanges/{exchange}/data"
    assert f'href="{path}"' in (await client.get(f"/exchanges/{exchange}")).text
    page = await client.get(path)
    assert page.status_code == 200
    assert 'data-purpose="identity"' in page.text
    assert "1095 days after the exchange has ended" in page.text
    assert "go by themselves 12 months after the exchange at the latest" in page.text
    given = await client.post(path)
    assert given.status_code == 200
    assert given.headers["content-type"] == "application/zip"
    assert given.headers["cache-control"] == "no-store"
    assert given.headers["content-disposition"].startswith(f'attachment; filename="{exchange}-')
    found = ZipFile(io.BytesIO(given.content))
    [listed] = json.loads(found.read("files.json"))
    assert found.read(listed["path"]) == PASSPORT
    assert await exports(portal, exchange) == [student]
    await client.post(path)
    assert await exports(portal, exchange) == [student], "the same form is on record once"
    assert "Archive of the student" in (await client.get(f"/exchanges/{exchange}")).text


@pytest.mark.parametrize("role", [role for role in ROLES if role not in (Role.STUDENT, Role.PROGRAMME_OFFICE)])
async def test_for_others_there_is_no_such_page(portal: Portal, people: People, role: Role) -> None:
    client = await portal.signed_in(people.of(role))
    for exchange in (people.exchange, "EX-2027-DAR-999"):
        path = f"/exchanges/{exchange}/data"
        answers = [await client.get(path), await client.post(path)]
        assert [one.status_code for one in answers] == [404, 404]
    assert f"{people.exchange}/data" not in (await client.get(f"/exchanges/{people.exchange}")).text
    assert await exports(portal, people.exchange) == []


async def test_of_another_student_nothing_is_told(portal: Portal, people: People) -> None:
    client = await portal.signed_in(people.living_student)
    path = f"/exchanges/{people.exchange}/data"
    assert [(await client.get(path)).status_code, (await client.post(path)).status_code] == [404, 404]
    assert await exports(portal, people.exchange) == []


async def test_the_office_gives_out_what_it_may_open(portal: Portal, people: People) -> None:
    exchange = people.living
    for kind in ("passport", "tb_test"):
        await portal.office.filing.file_document(exchange, kind, "p.pdf", PASSPORT, people.living_student, portal.now)
    client = await portal.signed_in(people.of(Role.PROGRAMME_OFFICE))
    path = f"/exchanges/{exchange}/data"
    assert "Papers about health are not in it" in (await client.get(path)).text
    found = ZipFile(io.BytesIO((await client.post(path)).content))
    assert [one["kind"] for one in json.loads(found.read("files.json"))] == ["passport"]
