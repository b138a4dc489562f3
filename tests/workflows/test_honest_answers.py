"""What the gateway answers: never another act's reply, never "closed" of what never was, and no trace of a refusal."""

import pytest
from sqlalchemy import func, select, update

from examples.papers import paper_for
from gateway import updates
from models.errors import Kept, KeyReused, NotAuthorised, NotOpen, Unknown
from models.identifiers import exchange_workflow_id
from models.messages.cohorts import SetQuota
from models.messages.exchange import Decide, ReportAttendance
from models.people.authorization import Actor
from models.tables import DocumentRow, StepRow
from models.vocabulary import Content, Role, StepKind, StepStatus
from records.store.engine import transaction
from tests.workflows.test_refusals import STRANGER, refused
from tests.workflows.world import LAB_ONLY, World

NOBODY = "EX-2027-DAR-999"


async def test_an_id_that_was_used_for_another_act_is_refused(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    step = await world.step(exchange, StepKind.VERIFY_NOMINATION)
    host = world.host(exchange)
    verify = Decide(decision_id="d1", step_id=step.step_id, outcome="verified", actor=host)
    first = await world.gateway.decide(verify)
    assert await world.gateway.decide(verify) == first, "the same act again has the same answer"
    other = verify.model_copy(update={"outcome": "rejected"})
    await refused(KeyReused, "idempotency.another_request", world.gateway.decide(other))
    await refused(
        KeyReused, "idempotency.another_request", world.gateway.decide(verify.model_copy(update={"actor": STRANGER}))
    )
    sending_office = world.sending(exchange)
    await refused(
        KeyReused, "idempotency.another_request", world.gateway.withdraw(exchange, sending_office, decision_id="d1")
    )
    assert (await world.view(exchange)).outcome is None


async def test_a_refused_decision_with_words_stands_in_nobodys_way(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    step = await world.step(exchange, StepKind.VERIFY_NOMINATION)
    decide = Decide(decision_id="d1", step_id=step.step_id, outcome="verified", actor=world.sending(exchange))
    await refused(NotAuthorised, "not_allowed.answer", world.gateway.decide(decide, note="Looks fine to us."))
    await world.gateway.decide(decide.model_copy(update={"actor": world.host(exchange)}), note="All in order.")
    closed = next(h for h in (await world.view(exchange)).timeline if h.kind == "step_closed")
    assert closed.note == "All in order."


async def test_a_refused_document_is_not_kept(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, StepKind.SUBMIT_DOCUMENTS)
    student = Actor(id=(await world.view(exchange)).student.id, role=Role.STUDENT)
    name, data = paper_for("photo", "Photo")
    hand_in = world.gateway.add_document
    await refused(NotAuthorised, "not_allowed.hand_in", hand_in(exchange, "photo", "stranger.png", data, STRANGER))
    await refused(NotOpen, "document.not_awaited", hand_in(exchange, "insurance", name, data, student))
    assert await documents(world) == 0
    await hand_in(exchange, "photo", name, data, student)
    assert await documents(world) == 1


async def documents(world: World) -> int:
    async with transaction(world.filing.sessions) as session:
        return await session.scalar(select(func.count()).select_from(DocumentRow)) or 0


async def test_what_never_was_is_unknown_and_not_closed(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    office = world.people.officer("cqmu", Role.PROGRAMME_OFFICE)
    quota = SetQuota(decision_id="q1", actor=office, cap=8)
    await refused(Unknown, f"exchange.unknown exchange={NOBODY}", world.gateway.status(NOBODY))
    await refused(Unknown, f"exchange.unknown exchange={NOBODY}", world.gateway.timeline(NOBODY))
    await refused(Unknown, "cohort.unknown", world.gateway.cohort_status("2027-incoming-nowhere-cqmu"))
    await refused(Unknown, "cohort.unknown", world.gateway.set_quota("2027-incoming-nowhere-cqmu", quota))
    day = world.clock.last.date()
    report = ReportAttendance(
        report_id="r1",
        actor=world.host(exchange),
        content=Content.LABORATORY,
        placement_id=f"{exchange}.laboratory.9",
        first_day=day,
        last_day=day,
        hours_planned=8,
        hours_attended=8,
    )
    await refused(Unknown, "placement.unknown", world.gateway.report_attendance(exchange, report))


async def test_a_workflow_behind_the_records_is_an_outage_and_no_refusal(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a crash between the commit of a record and the end of the workflow's task, seen from outside."""
    monkeypatch.setattr(updates, "CATCHING_UP", (0.01, 0.01))
    exchange = await world.nominate(LAB_ONLY)
    step = await world.step(exchange, StepKind.VERIFY_NOMINATION)
    ahead = f"{exchange}.verify_nomination.2"
    decide = Decide(decision_id="d1", step_id=ahead, outcome="verified", actor=world.host(exchange))
    await refused(NotOpen, "step.not_open", world.gateway.decide(decide))
    async with transaction(world.filing.sessions) as session:
        row = await session.get_one(StepRow, step.step_id)
        columns = {column.name: getattr(row, column.name) for column in StepRow.__table__.columns}
        session.add(StepRow(**columns | {"id": ahead}))
    run = (await world.handle(exchange).describe()).run_id
    with pytest.raises(Kept, match=r"act.kept") as told:
        await world.gateway.decide(decide)
    assert str(told.value.__cause__) == "exchange.catching_up"
    before = world.environment.client.get_workflow_handle(exchange_workflow_id(exchange), run_id=run)
    signals = [e.workflow_execution_signaled_event_attributes for e in (await before.fetch_history()).events]
    assert "catch_up" in {signal.signal_name for signal in signals}, "it is told to read its records"


async def test_a_step_that_was_answered_is_never_an_outage(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even while the records do not show the answer yet: who was first is known."""
    monkeypatch.setattr(updates, "CATCHING_UP", ())
    exchange = await world.nominate(LAB_ONLY)
    step = await world.step(exchange, StepKind.VERIFY_NOMINATION)
    decide = Decide(decision_id="d1", step_id=step.step_id, outcome="verified", actor=world.host(exchange))
    await world.gateway.decide(decide)
    async with transaction(world.filing.sessions) as session:
        await session.execute(
            update(StepRow).where(StepRow.id == step.step_id).values(status=StepStatus.OPEN, decided_at=None)
        )
    again = decide.model_copy(update={"decision_id": "d2"})
    await refused(NotOpen, "step.already_answered", world.gateway.decide(again))
