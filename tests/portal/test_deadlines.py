"""What the pages offer of a step that is open: another due time, and a better document in place of an accepted one."""

from datetime import timedelta

import pytest

from examples.papers import portrait
from models.events import DocumentChecked, DocumentSubmitted
from models.people.authorization import Actor
from models.vocabulary import Role
from tests.activities.students import NOW
from tests.portal.world import TODAY, People, Portal


@pytest.mark.parametrize("days", [-1, 0, 1])
async def test_the_form_moves_no_due_time_nearer(portal: Portal, people: People, days: int) -> None:
    """The step is due two days from now; the end of that day is later than its hour."""
    step = f"{people.living}.verify_nomination.1"
    office = await portal.signed_in("cqmu.coordinator")
    day = (TODAY + timedelta(days=days)).date().isoformat()
    answer = await office.post(
        f"/exchanges/{people.living}/change/{step}/extend", {"day": day, "note": "Spring Festival."}
    )
    assert answer.status_code == 422
    assert "its due time only moves later" in answer.text


async def test_the_page_offers_a_better_one_in_place_of_what_was_accepted(portal: Portal, people: People) -> None:
    student = Actor(id=people.living_student, role=Role.STUDENT)
    file = portal.office.filing.file_document
    document = await file(people.living, "photo", "me.jpg", portrait(), student.id, NOW)
    await portal.office.record(
        people.living,
        DocumentSubmitted(at=NOW, actor=student, document_id=document, document="photo"),
        DocumentChecked(at=NOW, document_id=document, document="photo", accepted=True),
    )
    page = await (await portal.signed_in(people.living_student)).get(f"/exchanges/{people.living}")
    assert 'id="doc-photo"' in page.text
    assert 'id="doc-passport"' in page.text
    assert page.text.count("may be replaced until the step closes") == 1
