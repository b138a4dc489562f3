"""Batches are recorded once per key, numbered without gaps, and answer the same when repeated."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from models.errors import Broken, Unavailable
from models.events import DeadlineExtended, Evaluated, RungFired, StageEntered, StepClosed, StepReassigned
from models.messages.recording import Batch, DayRule
from models.tables import DecisionRow, EvaluationRow, EventRow, ExchangeRow, MessageRow, PersonRow, StepRow
from models.vocabulary import Role, Stage, StepStatus
from records.store.append import append, recorded
from records.store.engine import open_engine, session_maker, transaction
from tests.databases import Database
from tests.records.fakes import NO_MAIL, records
from tests.records.story import ANN, BO, COORDINATOR, NOON, at, opened, rules, step_opened
from tests.wakers import CountingWaker

STEP = f"{ANN}.sending_approval.1"
FIRST = Batch(stream=ANN, key=f"exchange/{ANN}:1", events=(opened(), step_opened()), rules=(rules(STEP),))


async def test_a_batch_is_recorded_projected_and_answered_with_its_plans(database: Database) -> None:
    answer = await records(database.sessions).record(
        FIRST.model_copy(update={"days": (DayRule(name="start", institution="cqmu", on=date(2027, 3, 1)),)})
    )
    assert [plan.step_id for plan in answer.plans] == [STEP]
    assert answer.plans[0].due_at == NOON + timedelta(days=7)
    assert answer.plans[0].zone == "UTC:dartmouth"
    assert answer.moments["start"].date() == date(2027, 3, 1)
    async with database.sessions() as session:
        step = await session.get_one(StepRow, STEP)
        exchange = await session.get_one(ExchangeRow, ANN)
        assert step.due_at == answer.plans[0].due_at
        assert (step.status, step.stage, step.institution_id) == (StepStatus.OPEN, Stage.NOMINATION, "dartmouth")
        assert (exchange.revision, exchange.opened_at) == (2, NOON)
        assert await session.scalar(select(func.count()).select_from(MessageRow)) == 1


async def test_repeating_a_batch_changes_nothing_and_answers_the_same(database: Database) -> None:
    waker = CountingWaker()
    recorder = records(database.sessions, waker)
    first = await recorder.record(FIRST)
    # Told again after a crash, the same facts carry the moment of the second attempt.
    later = tuple(event.model_copy(update={"at": at(1)}) for event in FIRST.events)
    assert await recorder.record(FIRST.model_copy(update={"events": later})) == first
    assert waker.woken == 1
    async with database.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(EventRow)) == 2
        assert await session.scalar(select(func.count()).select_from(MessageRow)) == 1


async def test_what_a_first_attempt_did_not_know_is_added_when_the_batch_is_told_again(database: Database) -> None:
    recorder = records(database.sessions)
    first = await recorder.record(FIRST)
    closed = StepClosed(
        at=at(1), actor=COORDINATOR, step_id=STEP, status=StepStatus.DONE, outcome="approve", decision_id="d-1"
    )
    more = Batch(
        stream=ANN,
        key=FIRST.key,
        events=(opened(), step_opened(at=at(1)), closed, step_opened(2, at=at(1))),
        rules=(rules(STEP), rules(f"{ANN}.sending_approval.2")),
    )
    answer = await recorder.record(more)
    assert answer.plans[0] == first.plans[0]
    assert await recorder.record(more) == answer
    async with database.sessions() as session:
        assert [event.kind for event in await recorded(session, FIRST.key)] == [
            "exchange_opened",
            "step_opened",
            "step_closed",
            "step_opened",
        ]
        assert (await session.get_one(StepRow, STEP)).status is StepStatus.DONE


async def test_without_completing_a_known_key_answers_what_was_recorded_first(database: Database) -> None:
    async with transaction(database.sessions) as session:
        await append(session, NO_MAIL, ANN, "k", [opened()])
    async with transaction(database.sessions) as session:
        again = await append(session, NO_MAIL, ANN, "k", [StageEntered(at=NOON, stage=Stage.DOCUMENTS)])
    assert again.repeated
    assert again.added == 0
    assert again.events == (opened(),)


async def test_ratings_read_back_from_the_database_are_recognised(database: Database) -> None:
    evaluated = Evaluated(at=NOON, decision_id="d", step_id=STEP, ratings={"zeal": 4, "art": 5}, passed=True)
    batch = Batch(stream=ANN, key="k", events=(opened(), evaluated))
    recorder = records(database.sessions)
    await recorder.record(batch)
    await recorder.record(batch)
    async with database.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(EventRow)) == 2
        assert (await session.get_one(EvaluationRow, (ANN, "d"))).ratings == {"zeal": 4, "art": 5}


async def test_concurrent_appends_to_one_stream_are_numbered_without_gaps(database: Database) -> None:
    recorder = records(database.sessions)
    await recorder.record(FIRST)
    await recorder.record(Batch(stream=BO, key="bo:1", events=(opened("p-2"),)))
    stages = [stage for stage in Stage if stage is not Stage.CLOSED]
    batches = [
        Batch(
            stream=stream,
            key=f"{stream}:{number}",
            events=tuple(StageEntered(at=at(n), stage=stages[number], visit=n + 1) for n in (1, 2)),
        )
        for number in range(10)
        for stream in (ANN, BO)
    ]
    await asyncio.gather(*(recorder.record(batch) for batch in batches * 2))
    async with database.sessions() as session:
        for stream, count in ((ANN, 22), (BO, 21)):
            rows = list(
                await session.scalars(select(EventRow).where(EventRow.stream == stream).order_by(EventRow.position))
            )
            assert [row.seq for row in rows] == list(range(1, count + 1))
            keys = [row.batch_key for row in rows][-20:]
            assert keys[::2] == keys[1::2], "batches are not interleaved"
            assert (await session.get_one(ExchangeRow, stream)).revision == count


async def test_two_processes_append_to_one_stream(database: Database) -> None:
    other = open_engine(database.url)
    try:
        here, there = records(database.sessions), records(session_maker(other))
        await here.record(FIRST)
        batches = [
            Batch(stream=ANN, key=f"k:{n}", events=(StageEntered(at=at(n), stage=Stage.DOCUMENTS, visit=n + 1),))
            for n in range(8)
        ]
        await asyncio.gather(*(recorder.record(batch) for batch in batches for recorder in (here, there)))
    finally:
        await other.dispose()
    async with database.sessions() as session:
        numbers = await session.scalars(select(EventRow.seq).where(EventRow.stream == ANN).order_by(EventRow.seq))
        assert list(numbers) == list(range(1, 11))


async def test_an_extended_step_starts_its_ladder_anew(database: Database) -> None:
    recorder = records(database.sessions)
    await recorder.record(FIRST)
    await recorder.record(Batch(stream=ANN, key="k:2", events=(RungFired(at=at(6), step_id=STEP, rung=0),)))
    extended = DeadlineExtended(at=at(6), actor=COORDINATOR, step_id=STEP, decision_id="d-1", due_at=at(20))
    answer = await recorder.record(Batch(stream=ANN, key="k:3", events=(extended,), rules=(rules(STEP),)))
    assert answer.plans[0].due_at == at(20)
    assert answer.plans[0].zone == "UTC:dartmouth", "the owner is known from the step"
    async with database.sessions() as session:
        step = await session.get_one(StepRow, STEP)
        assert (step.due_at, step.rungs_fired) == (at(20), [])
        decision = await session.get_one(DecisionRow, (ANN, "d-1"))
        assert (decision.outcome, decision.actor_id) == ("extended", COORDINATOR.id)


async def test_a_decision_id_used_twice_stops_nothing(database: Database) -> None:
    recorder = records(database.sessions)
    await recorder.record(FIRST)
    owner = step_opened().owner.model_copy(update={"role": Role.HEAD_OF_OFFICE})
    await recorder.record(
        Batch(
            stream=ANN,
            key="k:2",
            events=(
                StepReassigned(at=at(1), actor=COORDINATOR, step_id=STEP, decision_id="mine", owner=owner),
                StepClosed(at=at(2), step_id=STEP, status=StepStatus.DONE, outcome="approve", decision_id="mine"),
            ),
        )
    )
    async with database.sessions() as session:
        assert (await session.get_one(DecisionRow, (ANN, "mine"))).outcome == "reassigned"
        step = await session.get_one(StepRow, STEP)
        assert (step.role, step.outcome) == (Role.HEAD_OF_OFFICE, "approve")


async def test_a_step_without_rules_is_a_fault_and_leaves_nothing(database: Database) -> None:
    with pytest.raises(Broken, match=r"step.without_rules"):
        await records(database.sessions).record(FIRST.model_copy(update={"rules": ()}))
    async with database.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(EventRow)) == 0


async def test_a_batch_that_only_asks_for_days_is_not_recorded(sqlite_database: Database) -> None:
    asked = DayRule(name="start", institution="cqmu", on=date(2027, 3, 1))
    answer = await records(sqlite_database.sessions).record(Batch(stream=ANN, key="k", events=(), days=(asked,)))
    assert set(answer.moments) == {"start"}
    async with sqlite_database.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(EventRow)) == 0


async def test_a_constraint_that_refuses_names_itself_and_no_values(database: Database) -> None:
    def person(person_id: str) -> PersonRow:
        return PersonRow(
            id=person_id,
            sending_id="dartmouth",
            student_number="S-4711",
            family_name="Doe",
            given_name="Jo",
            email="jo@example.org",
            birth_date=date(2001, 2, 3),
            gender="female",
            nationality="US",
        )

    async with transaction(database.sessions) as session:
        session.add(person("p-1"))
    with pytest.raises(Unavailable, match="number") as caught:
        async with transaction(database.sessions) as session:
            session.add(person("p-2"))
    assert "4711" not in str(caught.value)
    assert caught.value.__cause__ is None
