"""Every decision shows what it decides on: nominee, wishes, seats, papers, room, and what was said before."""

import re
from datetime import timedelta

import pytest

from models.events import StepClosed
from models.people.authorization import Actor
from models.tables import NoteRow
from models.vocabulary import Role, StepKind, StepStatus
from tests.activities.students import NOW
from tests.portal.world import TODAY, People, Portal
from tests.records.stays import asked, of_lipid, of_sending

HOST = Actor(id="cqmu.coordinator", role=Role.COORDINATOR, institution="cqmu")


async def step_of(portal: Portal, people: People, kind: StepKind) -> str:
    """The step of a kind of whoever is at the beginning."""
    view = await portal.context.services.reading.exchange(people.living, None)
    assert view is not None
    return next(one.step_id for one in view.steps if one.kind is kind)


async def test_a_nomination_is_verified_with_its_facts_in_view(portal: Portal, people: People) -> None:
    step = await step_of(portal, people, StepKind.VERIFY_NOMINATION)
    host = await portal.signed_in("cqmu.coordinator")
    for path in (f"/steps/{step}", f"/steps/{step}/verified", f"/steps/{step}/returned"):
        page = (await host.get(path)).text
        for words in ("Date of birth", "Nationality", "Student number", "E-mail address", "Discipline", "Rank"):
            assert f"<dt>{words}</dt>" in page, (path, words)
        assert re.search(r"\d+ of \d+ left, \d+ waiting", page), path
        assert "Laboratory" in page
        assert page.index("What it is about") < page.index("</main>")


async def test_what_was_said_with_the_answer_before_stands_on_top(portal: Portal, people: People) -> None:
    office = portal.office
    step = await step_of(portal, people, StepKind.VERIFY_NOMINATION)
    words = "The given name differs from the passport."
    async with office.sessions.begin() as session:
        session.add(NoteRow(id="n-1", exchange_id=people.living, text=words, author_id=HOST.id, created_at=NOW))
    closed = StepClosed(
        at=TODAY, actor=HOST, step_id=step, status=StepStatus.DONE, outcome="returned", decision_id="d-1", note_id="n-1"
    )
    correct = asked(people.living, StepKind.CORRECT_NOMINATION, of_sending(), due=TODAY + timedelta(days=2))
    await office.record(people.living, closed, correct.model_copy(update={"at": TODAY}))
    sending = await portal.signed_in("dartmouth.coordinator")
    page = (await sending.get(f"/steps/{correct.step_id}")).text
    assert "The given name differs from the passport." in page
    assert page.index("The given name differs") < page.index("row-actions")


async def test_a_supervisor_sees_plan_load_and_papers_by_the_link_of_a_mail(portal: Portal, people: People) -> None:
    office, signing = portal.office, portal.context.services.gateway.access.signing
    view = await portal.context.services.reading.exchange(people.exchange, None)
    assert view is not None
    place = view.placements[0]
    owner = of_lipid()
    assert owner.unit == place.unit_id
    (supervisor,) = portal.programme.contacts("cqmu", Role.SUPERVISOR, place.unit_id)
    step = asked(people.exchange, StepKind.ACCEPT_STUDENT, owner, subject=place.placement_id)
    await office.record(people.exchange, step)
    stranger = portal.browser()
    link = f"/act/{signing.action(step.step_id, supervisor.id, portal.now)}"
    page = (await stranger.get(link)).text
    assert re.search(r"\d+ of \d+ places free on these days", page)
    assert supervisor.name in page
    assert "Date of birth" not in page
    assert "Passport number" not in page


@pytest.mark.parametrize("person", ["dartmouth.coordinator", "cqmu.housing_officer", "cqmu.supervisor.lipid"])
async def test_nobody_else_reads_it(portal: Portal, people: People, person: str) -> None:
    step = await step_of(portal, people, StepKind.VERIFY_NOMINATION)
    client = await portal.signed_in(person)
    assert (await client.get(f"/steps/{step}")).status_code == 404
