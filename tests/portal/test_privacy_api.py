"""What is kept about a student in the API: for the programme office's own token, looked at first, erased once (D46)."""

import io
import zipfile

import pytest

from examples import papers
from models.errors import BadInput, NotAuthorised
from models.people.access import OFFICE_SCOPES, ApiScope
from models.people.authorization import Actor
from models.vocabulary import Role
from tests.portal.test_api import OFFICE, system
from tests.portal.test_erasure import close, events
from tests.portal.world import People, Portal

KEY = {"Idempotency-Key": "erase-2027-1"}


async def test_papers_are_erased_as_they_were_looked_at_and_once(portal: Portal, people: People) -> None:
    exchange = people.living
    filing = portal.office.filing
    await filing.file_document(exchange, "cv_study_plan", "cv.pdf", papers.letter("CV"), "p", portal.now)
    office, path = await system(portal, "cqmu", ApiScope.PRIVACY), f"/api/v1/exchanges/{exchange}/erasure"
    early = await office.post(path, json={"purposes": []}, headers=KEY)
    assert (early.status_code, early.json()["code"]) == (409, "not_open")
    await close(portal, exchange)
    due = (await office.get(path)).json()["due"]
    assert "application" in due
    other = await office.post(path, json={"purposes": [*due, "health"]}, headers=KEY | {"Idempotency-Key": "other-12"})
    assert other.status_code == 409
    assert await events(portal, exchange) == []
    for _ in range(2):
        done = await office.post(path, json={"purposes": due, "reason": "Asked for"}, headers=KEY)
        assert (done.status_code, set(done.json()["purposes"]) >= set(due)) == (200, True)
    again = await office.post(path, json={"purposes": []}, headers={"Idempotency-Key": "again-2027-1"})
    assert (again.status_code, again.json()["purposes"]) == (200, [])
    assert await events(portal, exchange) == ["papers_erased"]
    kept = (await office.get(f"/api/v1/exchanges/{exchange}/data")).json()["papers"]
    assert [one["purpose"] for one in kept if one["erased_at"]] == ["application"]


async def test_an_archive_is_given_out_and_on_record(portal: Portal, people: People) -> None:
    office = await system(portal, "cqmu", ApiScope.PRIVACY)
    path = f"/api/v1/exchanges/{people.living}/data/archive"
    given = await office.post(path, json={}, headers=KEY)
    assert given.headers["content-type"] == "application/zip"
    assert zipfile.ZipFile(io.BytesIO(given.content)).namelist()


@pytest.mark.parametrize("institution", ["cqmu", "dartmouth"])
async def test_no_other_token_looks_gives_out_or_erases(portal: Portal, people: People, institution: str) -> None:
    client = await system(portal, institution, *OFFICE_SCOPES)
    path = f"/api/v1/exchanges/{people.living}"
    for answer in (
        await client.get(f"{path}/data"),
        await client.get(f"{path}/erasure"),
        await client.post(f"{path}/data/archive", json={}, headers=KEY),
        await client.post(f"{path}/erasure", json={"purposes": []}, headers=KEY),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "not_authorised")
    office = await system(portal, "cqmu", ApiScope.PRIVACY)
    assert (await office.get(path)).status_code == 403, "it does nothing else"


async def test_the_programme_office_alone_issues_such_a_token(portal: Portal) -> None:
    coordinator = Actor(id="cqmu.coordinator", role=Role.COORDINATOR, institution="cqmu")
    for institution, scopes, actor, refusal in (
        ("cqmu", (ApiScope.PRIVACY,), coordinator, NotAuthorised),
        ("dartmouth", (ApiScope.PRIVACY,), OFFICE, NotAuthorised),
        ("cqmu", (ApiScope.PRIVACY, ApiScope.EXCHANGES_READ), OFFICE, BadInput),
    ):
        tokens = portal.context.services.gateway.tokens
        with pytest.raises(refusal):
            await tokens.issue(institution, "test", scopes, portal.now.replace(year=2027), actor, portal.now)
