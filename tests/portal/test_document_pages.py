"""A document beside its answers: its pages for those who may open it, every opening on record; and its state."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from examples.papers import letter
from models.events import DocumentChecked, DocumentErased, DocumentOpened, DocumentReviewed, DocumentSubmitted
from models.tables import DocumentRow, EventRow
from models.vocabulary import StepKind
from records.store.engine import transaction
from tests.portal.world import TODAY, People, Portal
from tests.records.stays import SENDING, asked, of_sending, of_student, student

KIND = "enrolment_proof"
OFFICER = "dartmouth.coordinator"


async def handed_in(
    portal: Portal, people: People, pages: int, *, accepted: bool = False, review: bool = False, read: bool = False
) -> str:
    """A document of several pages that the checks said something of."""
    who, data = people.living_student, letter("Proof of enrolment", pages=pages)
    id = await portal.office.filing.file_document(people.living, KIND, f"proof{pages}.pdf", data, who, TODAY)
    async with portal.office.sessions.begin() as session:  # as the checks note it
        await session.execute(update(DocumentRow).where(DocumentRow.id == id).values(pages=pages))
    await portal.office.record(
        people.living,
        DocumentSubmitted(at=TODAY, actor=student(who), document_id=id, document=KIND),
        DocumentChecked(at=TODAY, document_id=id, document=KIND, accepted=accepted, review=review, read=read),
    )
    return id


@pytest.fixture
async def waiting(portal: Portal, people: People) -> str:
    """A document that waits for a person, with its step."""
    id = await handed_in(portal, people, 2, review=True)
    await portal.office.record(
        people.living, asked(people.living, StepKind.REVIEW_DOCUMENT, of_sending(), subject=KIND)
    )
    return id


async def openings(portal: Portal, document_id: str) -> list[str]:
    query = select(EventRow).where(EventRow.kind == DocumentOpened.model_fields["kind"].default)
    async with transaction(portal.office.sessions) as session:
        rows = list(await session.scalars(query))
    return [row.payload["actor"]["id"] for row in rows if row.payload["document_id"] == document_id]


async def test_its_pages_stand_beside_the_answers(portal: Portal, people: People, waiting: str) -> None:
    client = await portal.signed_in(OFFICER)
    step = f"{people.living}.{StepKind.REVIEW_DOCUMENT}.1"
    place = f"/exchanges/{people.living}/pages/{waiting}"
    for path in (f"/steps/{step}", f"/steps/{step}/reject", f"/exchanges/{people.living}/look/{waiting}"):
        said = (await client.get(path)).text
        assert f'src="{place}?page=2"' in said, path
        assert 'href="#page-2"' in said, path
    assert not await openings(portal, waiting)
    small, large = await client.get(f"{place}?page=2"), await client.get(f"{place}?page=2&large=1")
    for picture in (small, large):
        assert picture.headers["content-type"] == "image/webp"
        assert picture.content[8:12] == b"WEBP"
    assert len(large.content) > len(small.content)
    assert await openings(portal, waiting) == [OFFICER]
    for page in ("3", "0", "x", "9999999"):
        assert (await client.get(f"{place}?page={page}")).status_code == 404


async def test_who_may_not_open_it_sees_no_page(portal: Portal, people: People, waiting: str) -> None:
    place = f"/exchanges/{people.living}"
    for person in ("cqmu.housing_officer", "cqmu.occupational_health", people.other_student, "cqmu.auditor"):
        client = await portal.signed_in(person)
        assert (await client.get(f"{place}/pages/{waiting}")).status_code == 404, person
        assert (await client.get(f"{place}/look/{waiting}")).status_code == 404, person
    assert not await openings(portal, waiting)


async def test_everybody_is_told_its_state(portal: Portal, people: People, waiting: str) -> None:
    second = await handed_in(portal, people, 3, review=True)
    mine = await portal.signed_in(people.living_student)
    said = (await mine.get(f"/exchanges/{people.living}")).text
    assert "Needs a person" in said
    assert "there is nothing for you to do" in said
    assert f'id="doc-{KIND}" open' not in said
    assert "1 earlier, replaced" in said, "the first one is folded away"
    accepted = DocumentReviewed(
        at=TODAY, actor=SENDING, document_id=second, document=KIND, step_id="x.review_document.1"
    )
    await portal.office.record(people.living, accepted)
    contacts = portal.programme.institutions["dartmouth"].contacts
    officer = next(contact.name for contact in contacts if contact.id == OFFICER)
    assert f"Accepted by {officer}" in (await mine.get(f"/exchanges/{people.living}")).text
    for pages, read, state in ((4, False, "Received"), (5, True, "Read and consistent")):
        id = await handed_in(portal, people, pages, accepted=True, read=read)
        assert state in (await mine.get(f"/exchanges/{people.living}/look/{id}")).text


async def test_what_was_erased_is_said_to_be_where_it_was(portal: Portal, people: People) -> None:
    paper = await handed_in(portal, people, 2, accepted=True)
    gone: dict[str, Any] = {
        "document_id": paper,
        "document": KIND,
        "rule": "study_2026",
        "received_at": TODAY,
        "file": "f",
    }
    await portal.office.record(people.living, DocumentErased(at=TODAY, **gone))
    client = await portal.signed_in(OFFICER)
    page = f"/exchanges/{people.living}"
    said = (await client.get(page)).text
    assert "under the retention rule study_2026" in said
    assert f"/documents/{paper}" not in said
    looked = await client.get(f"{page}/look/{paper}")
    assert looked.status_code == 200
    assert "under the retention rule study_2026" in looked.text
    assert "<img" not in looked.text.partition("<main")[2]
    for place in (f"{page}/pages/{paper}", f"{page}/documents/{paper}"):
        refused = await client.get(place)
        assert refused.status_code == 409
        assert "under the retention rule study_2026: nobody can read it" in refused.text
    assert not await openings(portal, paper)
    client.http.cookies.set("sojourn-language", "zh", domain="portal.example")
    assert "按保留期限规则study_2026删除" in (await client.get(page)).text


async def test_an_insurance_that_ends_is_handed_in_anew_where_its_step_says_so(portal: Portal, people: People) -> None:
    who, kind = people.living_student, "insurance"
    place = f"/exchanges/{people.living}"
    client = await portal.signed_in(who)

    async def accepted(at: datetime) -> None:
        id = await portal.office.filing.file_document(people.living, kind, "i.pdf", letter(f"Insurance {at}"), who, at)
        await portal.office.record(
            people.living,
            DocumentSubmitted(at=at, actor=student(who), document_id=id, document=kind, expires_on=at.date()),
            DocumentChecked(at=at, document_id=id, document=kind, accepted=True),
        )

    renewal = asked(people.living, StepKind.RENEW_INSURANCE, of_student(who), subject=kind)
    await accepted(renewal.at - timedelta(days=30))
    assert f'id="doc-{kind}"' not in (await client.get(place)).text
    await portal.office.record(people.living, renewal)
    said = (await client.get(place)).text
    assert f'<details id="doc-{kind}" open><summary><b>Health insurance for every day of the stay</b> – to be' in said
    await accepted(renewal.at + timedelta(days=1))
    said = (await client.get(place)).text
    assert "Health insurance for every day of the stay – accepted; may be replaced until the step closes" in said
