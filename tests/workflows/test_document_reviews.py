"""Documents that a person looks at before they count, and those that count all the same once two people say so."""

import asyncio
from datetime import date

import pytest
from sqlalchemy import select

import activities.documents
from documents.checks import Subject, check_all
from examples.papers import SPECIMEN, letter, passport_scan
from models.errors import BadInput, NotAuthorised, NotOpen
from models.findings import FindingDraft
from models.identifiers import exchange_workflow_id
from models.messages.exchange import Decide, DocumentAnswer
from models.messages.reviews import OverrideDocument
from models.notifications.notices import NoticeKind
from models.people.authorization import Actor
from models.tables import DocumentRow
from models.views import WorklistRow
from models.vocabulary import DocumentStatus, Role, Severity, StepKind
from records.store.engine import transaction
from tests.workflows.test_handed_in_again import nominated
from tests.workflows.test_refusals import refused
from tests.workflows.world import World

FAR = date(2037, 1, 1)
ASKED = "D17.unsure"


@pytest.fixture(autouse=True)
def unsure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Checks that leave to a person what is called `unsure`."""

    def checks(subject: Subject) -> list[FindingDraft]:
        found = check_all(subject)
        if "unsure" in subject.filename:
            found.append(
                FindingDraft(rule_id=ASKED, severity=Severity.ASKING, field="file", message="finding.no_reader")
            )
        return found

    monkeypatch.setattr(activities.documents, "check_all", checks)


@pytest.fixture
async def exchange(world: World) -> str:
    exchange = await nominated(world)
    await world.until(exchange, StepKind.SUBMIT_DOCUMENTS)
    return exchange


async def hand_in(world: World, exchange: str, kind: str, name: str, data: bytes) -> DocumentAnswer:
    student = Actor(id=(await world.view(exchange)).student.id, role=Role.STUDENT)
    expires = FAR if kind == "passport" else None
    return await world.gateway.add_document(exchange, kind, name, data, student, expires_on=expires)


async def unsure_proof(world: World, exchange: str) -> tuple[DocumentAnswer, WorklistRow]:
    answer = await hand_in(world, exchange, "enrolment_proof", "unsure.pdf", letter("Proof of enrolment"))
    return answer, await world.step(exchange, StepKind.REVIEW_DOCUMENT)


async def state(world: World, document_id: str) -> DocumentStatus:
    async with transaction(world.filing.sessions) as session:
        found = await session.scalar(select(DocumentRow.status).where(DocumentRow.id == document_id))
    assert found is not None
    return found


def decision(step: WorklistRow, outcome: str, actor: Actor, key: str = "r-1") -> Decide:
    return Decide(decision_id=key, step_id=step.step_id, outcome=outcome, actor=actor)


async def test_what_the_checks_leave_to_a_person_neither_counts_nor_comes_back(world: World, exchange: str) -> None:
    answer, step = await unsure_proof(world, exchange)
    assert answer.review
    assert not answer.accepted
    assert "enrolment_proof" in answer.missing
    assert await state(world, answer.document_id) is DocumentStatus.REVIEW
    assert (step.owner.role, step.subject) == (Role.COORDINATOR, "enrolment_proof")
    assert not await world.messages(exchange, NoticeKind.DOCUMENT_REJECTED)


async def test_what_a_person_accepts_counts(world: World, exchange: str) -> None:
    answer, step = await unsure_proof(world, exchange)
    await world.gateway.decide(decision(step, "accept", world.sending(exchange)))
    assert await state(world, answer.document_id) is DocumentStatus.ACCEPTED
    assert not [one for one in await world.steps(exchange) if one.kind is StepKind.REVIEW_DOCUMENT]
    assert (await world.finish(exchange)).outcome == "completed"


async def test_who_is_asked_for_another_one_is_told_the_reason(world: World, exchange: str) -> None:
    answer, step = await unsure_proof(world, exchange)
    await refused(
        BadInput, "field.missing", world.gateway.decide(decision(step, "reject", world.sending(exchange), "r-0"))
    )
    await world.gateway.decide(
        decision(step, "reject", world.sending(exchange)), note="Another name stands on it: bring your own."
    )
    assert await state(world, answer.document_id) is DocumentStatus.REJECTED
    (mail,) = await world.messages(exchange, NoticeKind.DOCUMENT_REJECTED)
    assert mail is not None
    await refused(BadInput, "document.returned_before", unsure_proof(world, exchange))


async def test_a_better_document_takes_the_place_of_what_waits(world: World, exchange: str) -> None:
    first, step = await unsure_proof(world, exchange)
    second = await hand_in(world, exchange, "enrolment_proof", "proof.pdf", letter("Proof of enrolment", pages=2))
    assert second.accepted
    assert await state(world, first.document_id) is DocumentStatus.REPLACED
    await refused(
        NotOpen, "step.already_answered", world.gateway.decide(decision(step, "accept", world.sending(exchange)))
    )


async def test_the_clock_of_the_student_stands_still_once_nothing_is_left_to_do(world: World, exchange: str) -> None:
    _, _ = await unsure_proof(world, exchange)
    assert (await world.step(exchange, StepKind.SUBMIT_DOCUMENTS)).held_since is None
    mine = await world.step(exchange, StepKind.SUBMIT_DOCUMENTS)
    traveller = world.travellers[exchange]
    for kind in mine.subject.split(","):
        if kind != "enrolment_proof":
            await world.people.hand_in_one(kind, world.people.actor(mine.owner), traveller)
    assert (await world.step(exchange, StepKind.SUBMIT_DOCUMENTS)).held_since is not None
    review = await world.step(exchange, StepKind.REVIEW_DOCUMENT)
    await world.gateway.decide(decision(review, "accept", world.sending(exchange)))
    await world.until(exchange, StepKind.SENDING_APPROVAL)


async def test_a_blocked_document_counts_once_a_second_person_confirms(world: World, exchange: str) -> None:
    near = await hand_in_near(world, exchange)
    assert not near.accepted
    officer, head = world.sending(exchange), world.sending(exchange, Role.HEAD_OF_OFFICE)
    asked = OverrideDocument(decision_id="o-1", document_id=near.document_id, kind="passport", actor=officer)
    override = world.gateway.override_document
    host = asked.model_copy(update={"decision_id": "o-0", "actor": world.host(exchange)})
    await refused(NotAuthorised, "not_allowed.override", override(exchange, host, note="Renewed at home."))
    await override(exchange, asked, note="The embassy renews it before the stay; the receipt is in the file.")
    assert await state(world, near.document_id) is DocumentStatus.REJECTED
    step = await world.step(exchange, StepKind.CONFIRM_DOCUMENT)
    await refused(
        NotAuthorised, "not_allowed.confirm_own", world.gateway.decide(decision(step, "confirm", officer, "c-0"))
    )
    await world.gateway.decide(decision(step, "confirm", head))
    assert await state(world, near.document_id) is DocumentStatus.ACCEPTED
    again = asked.model_copy(update={"decision_id": "o-2"})
    await refused(NotOpen, "document.no_override", override(exchange, again, note="Once more."))


async def hand_in_near(world: World, exchange: str) -> DocumentAnswer:
    student = Actor(id=(await world.view(exchange)).student.id, role=Role.STUDENT)
    near = date(2027, 1, 15)
    paper = passport_scan(SPECIMEN, near)
    return await world.gateway.add_document(exchange, "passport", "p.pdf", paper, student, expires_on=near)


async def read_again(world: World, exchange: str) -> None:
    """Have the exchange tell its story again from the records."""
    handle, before = world.handle(exchange), await world.rest(exchange_workflow_id(exchange))
    await handle.signal("catch_up")
    async with asyncio.timeout(30):
        while (await handle.describe()).run_id == before:  # noqa: ASYNC110 - another run tells no event
            await asyncio.sleep(0.02)


async def test_reviews_go_on_when_the_story_is_told_again_from_the_records(world: World, exchange: str) -> None:
    answer, step = await unsure_proof(world, exchange)
    near = await hand_in_near(world, exchange)
    officer, head = world.sending(exchange), world.sending(exchange, Role.HEAD_OF_OFFICE)
    asked = OverrideDocument(decision_id="o-1", document_id=near.document_id, kind="passport", actor=officer)
    await world.gateway.override_document(exchange, asked, note="It is renewed.")
    await read_again(world, exchange)
    confirm = await world.step(exchange, StepKind.CONFIRM_DOCUMENT)
    assert (await world.step(exchange, StepKind.REVIEW_DOCUMENT)).step_id == step.step_id
    await refused(
        NotAuthorised, "not_allowed.confirm_own", world.gateway.decide(decision(confirm, "confirm", officer, "c"))
    )
    await world.gateway.decide(decision(confirm, "confirm", head, "c-1"))
    await world.gateway.decide(decision(step, "accept", officer))
    assert await state(world, answer.document_id) is DocumentStatus.ACCEPTED
    assert await state(world, near.document_id) is DocumentStatus.ACCEPTED
    assert (await world.finish(exchange)).outcome == "completed"


async def test_who_withdraws_leaves_nothing_to_look_at(world: World, exchange: str) -> None:
    await unsure_proof(world, exchange)
    await world.gateway.withdraw(exchange, world.sending(exchange), decision_id="w-1")
    await world.result(exchange)
    assert not await world.steps(exchange)
