"""The records refuse what does not follow them: each fact once, each batch after the newest that its workflow knows."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select

from models.errors import OutOfStep
from models.events import Event, RungFired, StageEntered, StepClosed
from models.messages.recording import Batch
from models.tables import EventRow, HeadRow, StepRow
from models.vocabulary import Stage, StepStatus
from tests.databases import Database
from tests.records.fakes import records
from tests.records.story import ANN, COORDINATOR, at, opened, rules, step_opened

STEP = f"{ANN}.sending_approval.1"
WRITER = f"exchange/{ANN}"


def batch(number: int, follows: tuple[int, ...], *events: Event, **more: Any) -> Batch:
    """What the workflow of Ann's exchange records."""
    return Batch(
        stream=ANN, key=f"{WRITER}:{number}", events=events, writer=WRITER, number=number, follows=follows, **more
    )


FIRST = batch(1, (0,), opened(), step_opened(), rules=(rules(STEP),))


def closed(decision: str, outcome: str = "approve") -> StepClosed:
    """The first step, answered."""
    return StepClosed(
        at=at(1), actor=COORDINATOR, step_id=STEP, status=StepStatus.DONE, outcome=outcome, decision_id=decision
    )


def entered(stage: Stage) -> StageEntered:
    """A stage, entered."""
    return StageEntered(at=at(2), stage=stage)


async def events(database: Database) -> int:
    """How many are on record."""
    async with database.sessions() as session:
        return await session.scalar(select(func.count()).select_from(EventRow)) or 0


async def head(database: Database) -> int:
    """The number of the newest batch of Ann's exchange."""
    async with database.sessions() as session:
        return (await session.get_one(HeadRow, WRITER)).revision


async def test_batches_that_follow_one_another_are_recorded(database: Database) -> None:
    recorder = records(database.sessions)
    await recorder.record(FIRST)
    await recorder.record(batch(2, (1,), closed("d-1")))
    await recorder.record(batch(3, (2,), entered(Stage.DOCUMENTS)))
    assert (await events(database), await head(database)) == (4, 3)


@pytest.mark.parametrize("follows", [(0,), (2,), (7, 8)])
async def test_a_batch_that_does_not_follow_the_newest_is_refused_whole(
    database: Database, follows: tuple[int, ...]
) -> None:
    """A workflow that Temporal set back, or that is further than records that were restored."""
    recorder = records(database.sessions)
    await recorder.record(FIRST)
    with pytest.raises(OutOfStep):
        await recorder.record(batch(9, follows, closed("d-1"), entered(Stage.DOCUMENTS)))
    assert (await events(database), await head(database)) == (2, 1)
    async with database.sessions() as session:
        assert (await session.get_one(StepRow, STEP)).status is StepStatus.OPEN


async def test_a_number_that_is_known_brings_nothing_else_on_record(database: Database) -> None:
    """It was swallowed once: the act was acknowledged, and nothing of it was recorded."""
    recorder = records(database.sessions)
    await recorder.record(FIRST)
    await recorder.record(batch(2, (1,), closed("d-1")))
    with pytest.raises(OutOfStep):
        await recorder.record(batch(2, (1,), closed("d-2", "reject")))
    with pytest.raises(OutOfStep):
        await recorder.record(batch(1, (0,), opened()))
    assert await events(database) == 3


async def test_facts_that_are_grouped_anew_are_neither_lost_nor_doubled(database: Database) -> None:
    """A retried activation may see less at first: then its first batch is not the one that was recorded."""
    recorder = records(database.sessions)
    await recorder.record(FIRST)
    together = batch(2, (1,), closed("d-1"), entered(Stage.DOCUMENTS))
    await recorder.record(together)
    with pytest.raises(OutOfStep):
        await recorder.record(batch(2, (1,), closed("d-1")))
    await recorder.record(together)
    assert (await events(database), await head(database)) == (4, 2)


@pytest.mark.parametrize("writer", [WRITER, None])
async def test_a_step_is_closed_once_whoever_tells_it(database: Database, writer: str | None) -> None:
    """Also by a worker of an earlier version, which does not say what it follows."""
    recorder = records(database.sessions)
    await recorder.record(FIRST)
    await recorder.record(batch(2, (1,), closed("d-1")))
    with pytest.raises(OutOfStep):
        await recorder.record(batch(3, (2,), closed("d-2", "reject")).model_copy(update={"writer": writer}))
    assert await events(database) == 3


async def test_of_two_who_close_a_step_at_the_same_moment_one_is_refused(database: Database) -> None:
    recorder = records(database.sessions)
    await recorder.record(FIRST)
    both = [batch(2, (1,), closed("d-1")), batch(3, (1,), closed("d-2", "reject"))]
    answers = await asyncio.gather(*map(recorder.record, both), return_exceptions=True)
    assert [type(answer) for answer in answers if isinstance(answer, BaseException)] == [OutOfStep]
    assert await events(database) == 3


@pytest.mark.parametrize("writer", [WRITER, None])
async def test_a_rung_fires_once_and_never_for_a_closed_step(database: Database, writer: str | None) -> None:
    recorder = records(database.sessions)
    await recorder.record(FIRST)
    rung = RungFired(at=at(1), step_id=STEP, rung=0)
    await recorder.record(batch(2, (1,), rung))
    with pytest.raises(OutOfStep):
        await recorder.record(batch(3, (2,), rung).model_copy(update={"writer": writer}))
    await recorder.record(batch(3, (2,), closed("d-1")))
    late = batch(4, (3,), RungFired(at=at(3), step_id=STEP, rung=1))
    with pytest.raises(OutOfStep):
        await recorder.record(late.model_copy(update={"writer": writer}))
    assert await events(database) == 4
