"""What recording an event leaves in the outbox, on both databases."""

import json
from datetime import UTC, datetime, timedelta

from mail.directory import Directory, full_name, language_of
from models.events import (
    CohortClosedBelowMinimum,
    CohortOpened,
    DeadlineExtended,
    DocumentChecked,
    DocumentReturned,
    DocumentSubmitted,
    RungFired,
    StepClosed,
)
from models.messages.exchange import StepPlan
from models.notifications.notices import Addressee, StepFacts
from models.people.authorization import Actor
from models.tables import DocumentRow, FileRow, NoteRow
from models.vocabulary import DocumentStatus, Role, RungKind, Side, StepKind, StepStatus, Target
from records.store.append import Writer, append
from records.store.engine import transaction
from tests.databases import Database
from tests.mail.world import CODE, COHORT, DUE, HOST_COORDINATOR, NOW, World, opened, owner, person, programme

VERIFY = f"{CODE}.verify_nomination.1"


async def file_document(world: World, uploaded_by: str) -> None:
    async with transaction(world.sessions) as session:
        session.add(FileRow(hash="0" * 64, size=1, media_type="application/pdf", created_at=NOW))
        await session.flush()
        session.add(
            DocumentRow(
                id="doc-1",
                exchange_id=CODE,
                kind="passport",
                file_hash="0" * 64,
                filename="passport.pdf",
                status=DocumentStatus.FILED,
                uploaded_by=uploaded_by,
                filed_at=NOW,
            )
        )


async def test_a_message_is_written_with_the_event_and_holds_ids_only(world: World) -> None:
    assert await world.record(opened(StepKind.SUBMIT_DOCUMENTS, subject="passport")) == 1
    (message,) = await world.messages()
    assert message.key == f"{CODE}:2:step_opened:p1"
    assert (message.recipient_id, message.recipient_role, message.language) == ("p1", Role.STUDENT, "en")
    assert (message.exchange_id, message.stream) == (CODE, CODE)
    assert (message.step_id, message.status, message.attempts) == (f"{CODE}.submit_documents.1", "queued", 0)
    assert message.created_at == message.not_before == NOW
    stored = json.dumps(message.params, ensure_ascii=False)
    assert not [word for word in ("Li", "Na", "李娜", "li.na@example.edu") if word in stored]
    facts = StepFacts.model_validate(message.params["facts"])
    assert (facts.due_at, facts.zone, facts.subject) == (DUE, "America/New_York", "passport")


async def test_the_same_batch_again_writes_no_second_message(world: World) -> None:
    async def record() -> int:
        async with transaction(world.sessions) as session:
            batch, writer = (opened(StepKind.VERIFY_NOMINATION),), Writer("exchange/same", 1)
            return (await append(session, world.outbox, CODE, "same", batch, writer=writer)).messages

    assert (await record(), await record()) == (1, 0)
    assert len(await world.messages()) == 1


async def test_a_rung_reaches_owner_head_and_copy(world: World) -> None:
    await world.record(opened(StepKind.VERIFY_NOMINATION))
    late = DUE + timedelta(days=7)
    rung = RungFired(
        at=late,
        step_id=VERIFY,
        rung=4,
        rung_kind=RungKind.ESCALATION,
        to=(Target.HEAD_OF_OFFICE,),
        copy_to=(Target.PARTNER_OFFICE,),
    )
    assert await world.record(rung) == 2
    assert await world.told() == {
        ("step_opened", "cqmu.coordinator", "owner"),
        ("escalation", "cqmu.head_of_office", "responsible"),
        ("escalation", "dartmouth.partner_office", "copy"),
    }


async def test_who_moved_a_deadline_is_not_told_of_it(world: World) -> None:
    await world.record(opened(StepKind.VERIFY_NOMINATION))
    plan = StepPlan(step_id=VERIFY, due_at=DUE + timedelta(days=3), zone="Asia/Shanghai")

    def moved(decision: str, actor: Actor) -> DeadlineExtended:
        return DeadlineExtended(
            at=NOW, actor=actor, step_id=VERIFY, decision_id=decision, due_at=plan.due_at, plan=plan
        )

    head = Actor(id="cqmu.head_of_office", role=Role.HEAD_OF_OFFICE, institution="cqmu")
    assert await world.record(moved("d1", HOST_COORDINATOR)) == 0
    assert await world.record(moved("d2", head)) == 1
    message = (await world.messages())[-1]
    assert (message.kind, message.recipient_id) == ("deadline_changed", "cqmu.coordinator")
    assert StepFacts.model_validate(message.params["facts"]).due_at == plan.due_at


async def test_a_rejected_document_is_told_to_who_provided_it(world: World) -> None:
    await file_document(world, uploaded_by="dartmouth.coordinator")
    submitted = DocumentSubmitted(at=NOW, document_id="doc-1", document="passport")
    rejected = DocumentChecked(at=NOW, document_id="doc-1", document="passport", accepted=False, findings=("D18",))
    await world.record(opened(StepKind.SUBMIT_DOCUMENTS, subject="passport"), submitted, rejected)
    message = (await world.messages())[-1]
    assert (message.kind, message.recipient_id) == ("document_rejected", "dartmouth.coordinator")
    assert message.params["facts"]["due_at"] == "2026-12-11T15:59:59Z"


async def test_an_accepted_document_is_told_to_nobody_and_a_returned_one_to_the_student(world: World) -> None:
    await file_document(world, uploaded_by="somebody-nobody-knows")
    accepted = DocumentChecked(at=NOW, document_id="doc-1", document="passport", accepted=True)
    assert await world.record(accepted) == 0
    returned = DocumentReturned(at=NOW, actor=HOST_COORDINATOR, document_id="doc-1", document="passport")
    assert await world.record(returned) == 1
    assert await world.told() == {("document_rejected", "p1", "owner")}


async def test_words_of_a_return_go_along_with_what_they_ask_for(world: World) -> None:
    async with transaction(world.sessions) as session:
        session.add(NoteRow(id="n1", exchange_id=CODE, text="Please fix", author_id="x", created_at=NOW))
    closed = StepClosed(
        at=NOW,
        actor=HOST_COORDINATOR,
        step_id=VERIFY,
        status=StepStatus.DONE,
        outcome="returned",
        decision_id="d1",
        note_id="n1",
    )
    await world.record(opened(StepKind.VERIFY_NOMINATION), closed, opened(StepKind.CORRECT_NOMINATION))
    assert (await world.messages())[-1].params["facts"]["note_id"] == "n1"
    await world.record(opened(StepKind.SUBMIT_DOCUMENTS))
    assert (await world.messages())[-1].params["facts"]["note_id"] is None, "nobody returned the documents"


async def test_a_cohort_below_its_minimum_is_told_to_both_coordinators_and_the_programme_office(world: World) -> None:
    cohort = CohortOpened(
        at=NOW,
        sending="dartmouth",
        host="cqmu",
        year=2027,
        direction="incoming",
        cap=10,
        minimum=5,
        closes_at=datetime(2027, 3, 31, tzinfo=UTC),
    )
    below = CohortClosedBelowMinimum(at=NOW, seats_taken=3, minimum=5)
    assert await world.record(cohort, below, stream=COHORT) == 3
    messages = await world.messages()
    assert {m.recipient_id for m in messages} == {"dartmouth.coordinator", "cqmu.coordinator", "cqmu.programme"}
    assert {(m.exchange_id, m.stream) for m in messages} == {(None, COHORT)}


async def test_an_unknown_student_is_kept_for_an_operator(sqlite_database: Database) -> None:
    world = World(sqlite_database.sessions)
    await world.begin()
    lost = opened(StepKind.SUBMIT_DOCUMENTS, to=owner(Side.STUDENT, Role.STUDENT).model_copy(update={"person": "p9"}))
    assert await world.record(lost) == 1
    assert (await world.messages())[0].recipient_id == "p9"


async def test_a_role_nobody_holds_is_answered_for_by_the_coordinator(sqlite_database: Database) -> None:
    directory = Directory(programme())

    async def ids(role: Role, institution: str, unit: str = "", responsible: bool = True) -> list[str]:
        to = Addressee(role=role, institution=institution, unit=unit)
        async with transaction(sqlite_database.sessions) as session:
            found = await directory.resolve(session, to, or_whoever_is_responsible=responsible)
        return [r.id for r in found]

    assert await ids(Role.SUPERVISOR, "cqmu", "cqmu-lipid") == ["cqmu.lipid"]
    assert await ids(Role.SUPERVISOR, "cqmu", "cqmu-child") == ["cqmu.coordinator"]
    assert await ids(Role.OCCUPATIONAL_HEALTH, "nowhere") == ["cqmu.programme"]
    assert await ids(Role.OCCUPATIONAL_HEALTH, "cqmu", responsible=False) == []
    assert await ids(Role.PROGRAMME_OFFICE, "") == ["cqmu.programme"]


def test_names_and_languages() -> None:
    assert full_name(person()) == "LI Na 李娜"
    assert [language_of(tag) for tag in ("zh", "zh-CN", "zh_Hans", "en-GB", "fr", "")] == ["zh"] * 3 + ["en"] * 3
