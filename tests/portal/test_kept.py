"""What is kept while Temporal is away: the page that says so, and the step and the exchange until it is taken."""

from datetime import UTC, datetime

from examples import papers
from models.events import StepClosed
from models.identifiers import exchange_workflow_id
from models.people.authorization import Actor
from models.vocabulary import Role, StepStatus
from records.acts import Answer
from tests.portal.world import People, Portal

WORDS = "kept, not yet taken"
COORDINATOR = Actor(id="cqmu.coordinator", role=Role.COORDINATOR, institution="cqmu")


async def test_an_answer_is_kept_and_the_step_says_so_until_it_is_taken(portal: Portal, people: People) -> None:
    client = await portal.signed_in("cqmu.coordinator")
    step = f"{people.living}.verify_nomination.1"
    assert WORDS not in (await client.get("/worklist")).text
    page = await client.post(f"/steps/{step}/verified", {"key": "a" * 32})
    assert page.status_code == 202
    assert "Kept, not yet taken" in page.text
    assert "you need not ask again" in page.text
    assert f'href="/exchanges/{people.living}"' in page.text
    for path in ("/worklist", f"/steps/{step}", f"/exchanges/{people.living}"):
        assert WORDS in (await client.get(path)).text, path
    exchange = (await client.get(f"/exchanges/{people.living}")).text
    assert "Kept, not yet taken: answer a step" in exchange

    register = portal.context.services.gateway.asking.register
    (waiting,) = await register.due(datetime.now(UTC), 10)
    await register.taken([Answer(exchange_workflow_id(people.living), waiting.key, {}, portal.now)])
    for path in ("/worklist", f"/exchanges/{people.living}"):
        assert WORDS not in (await client.get(path)).text.lower(), path


async def test_what_answers_no_step_is_told_on_the_exchange(portal: Portal, people: People) -> None:
    client = await portal.signed_in("dartmouth.coordinator")
    form = {"note": "She is ill.", "sure": "yes", "declared_on": portal.now.date().isoformat()}
    page = await client.post(f"/exchanges/{people.living}/withdraw", form)
    assert page.status_code == 202
    text = (await client.get(f"/exchanges/{people.living}")).text
    assert "Kept, not yet taken: withdraw the student" in text
    assert "She is ill" not in text


async def test_a_paper_is_kept_too(portal: Portal, people: People) -> None:
    """Whether it is waited for is known from the records while no workflow answers."""
    client = await portal.signed_in(people.living_student)
    fields = {"csrf": await client.csrf(), "key": "b" * 32, "kind": "cv_study_plan"}
    file = {"file": ("cv.pdf", papers.letter("A"), "application/pdf")}
    page = await client.http.post(f"/exchanges/{people.living}/documents", data=fields, files=file)
    assert page.status_code == 202, page.text[:2000]
    assert "Kept, not yet taken: hand in a document" in (await client.get(f"/exchanges/{people.living}")).text
    stranger = await portal.signed_in(people.other_student)
    fields["csrf"] = await stranger.csrf()
    refused = await stranger.http.post(f"/exchanges/{people.living}/documents", data=fields, files=file)
    assert refused.status_code == 404


async def test_kept_is_said_in_chinese(portal: Portal, people: People) -> None:
    client = await portal.signed_in(people.of(Role.COORDINATOR))
    client.http.cookies.set("sojourn-language", "zh", domain="portal.example")
    page = await client.post(f"/steps/{people.living}.verify_nomination.1/verified", {"key": "c" * 32})
    assert page.status_code == 202
    assert "已保存，尚未办理" in page.text
    assert "您无需再次提交" in page.text
    assert "答复事项" in (await client.get(f"/exchanges/{people.living}")).text


async def test_a_form_that_is_sent_again_with_another_answer_is_refused(portal: Portal, people: People) -> None:
    """With the button Back the key of the page comes with another answer; nobody may believe that it was taken."""
    client = await portal.signed_in("cqmu.coordinator")
    step, key = f"{people.living}.verify_nomination.1", "d" * 32
    assert (await client.post(f"/steps/{step}/rejected", {"key": key, "note": "No."})).status_code == 202
    others = (("rejected", "No, for another reason."), ("rejected", ""), ("verified", ""))
    for outcome, note in others:
        other = await client.post(f"/steps/{step}/{outcome}", {"key": key} | ({"note": note} if note else {}))
        assert other.status_code == 422, (outcome, note)
        assert "Something else was asked under this id" in other.text
        assert note in other.text, "what was typed is not lost"
    again = await client.post(f"/steps/{step}/rejected", {"key": key, "note": "No."})
    assert again.status_code == 202
    closed = StepClosed(at=portal.now, step_id=step, status=StepStatus.DONE, outcome="rejected", actor=COORDINATOR)
    await portal.office.record(people.living, closed)
    late = await client.post(f"/steps/{step}/verified", {"key": key})
    assert late.status_code == 422
    assert "Answered already" in late.text
