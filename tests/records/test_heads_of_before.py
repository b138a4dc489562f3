"""A database of before heads and facts: what is on record of workflows under way is known after the upgrade."""

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, select, text

from models.errors import OutOfStep
from models.events import Event, StepClosed, StepOpened
from models.messages.exchange import StepPlan
from models.tables import FactRow, HeadRow
from models.vocabulary import StepStatus
from records.store.append import Writer, append
from records.store.engine import alembic_config, transaction, upgrade
from tests.databases import Database
from tests.records.fakes import NO_MAIL, tell
from tests.records.story import ANN, BO, COHORT, LAB, at, cohort_opened, opened, step_opened

WRITER = f"exchange/{ANN}"


def _before(connection: Connection) -> None:
    """Back to the schema before."""
    config = alembic_config(connection)
    scripts = ScriptDirectory.from_config(config).walk_revisions()
    [script] = [one for one in scripts if one.path.endswith("_heads.py")]
    assert isinstance(script.down_revision, str)
    command.downgrade(config, script.down_revision)


def _opened(number: int, step_id: str = "") -> StepOpened:
    step = step_opened(number)
    step_id = step_id or step.step_id
    plan = StepPlan(step_id=step_id, due_at=at(7), zone="Asia/Shanghai")
    return step.model_copy(update={"step_id": step_id, "plan": plan})


def _closed(step: StepOpened, outcome: str = "approve") -> StepClosed:
    return StepClosed(at=at(2), step_id=step.step_id, status=StepStatus.DONE, outcome=outcome)


async def test_heads_and_facts_are_those_of_the_events(database: Database) -> None:
    first, second, third = _opened(1), _opened(2), _opened(3)
    of_lab = _opened(1, f"{LAB}.evaluate_student.1")
    told: tuple[tuple[str, str, tuple[Event, ...]], ...] = (
        (COHORT, f"cohort/{COHORT}:1", (cohort_opened(),)),
        (ANN, f"{WRITER}:1", (opened(), first)),
        (ANN, f"{WRITER}:4", (_closed(first), second)),
        (ANN, f"rotation/{LAB}:7", (of_lab,)),
        (ANN, f"{WRITER}/r1:3", (third,)),
        (BO, f"exchange/{BO}:12", (opened("p-2"),)),
    )
    for stream, key, events in told:
        await tell(database.sessions, stream, key, *events)
    async with database.engine.begin() as connection:
        await connection.run_sync(_before)
        assert not await connection.run_sync(lambda c: c.dialect.has_table(c, "heads"))
        assert await connection.scalar(text("SELECT count(*) FROM events")) == 8
    await upgrade(database.engine)
    async with transaction(database.sessions) as session:
        heads = await session.execute(select(HeadRow.writer, HeadRow.stream, HeadRow.revision, HeadRow.policy_digest))
        assert {tuple(row) for row in heads} == {
            (f"cohort/{COHORT}", COHORT, 1, None),
            (WRITER, ANN, 4, None),
            (f"{WRITER}/r1", ANN, 3, None),
            (f"rotation/{LAB}", ANN, 7, None),
            (f"exchange/{BO}", BO, 12, None),
        }
        facts = await session.execute(select(FactRow.stream, FactRow.fact))
        assert {tuple(row) for row in facts} == {
            (ANN, f"step_opened:{first.step_id}"),
            (ANN, f"step_closed:{first.step_id}"),
            (ANN, f"step_opened:{second.step_id}"),
            (ANN, f"r1/step_opened:{third.step_id}"),
            (ANN, f"step_opened:{of_lab.step_id}"),
        }

    async def record(number: int, *events: Event, follows: tuple[int, ...] = (4,)) -> None:
        async with transaction(database.sessions) as session:
            writer = Writer(WRITER, number, follows)
            await append(session, NO_MAIL, ANN, f"{WRITER}:{number}", events, writer=writer)

    with pytest.raises(OutOfStep):  # a step that was closed before the upgrade is closed
        await record(5, _closed(first, "reject"))
    with pytest.raises(OutOfStep):  # a workflow that does not know what was recorded before it
        await record(5, _closed(second), follows=(1,))
    await record(5, _closed(second))
    with pytest.raises(OutOfStep):
        await record(6, _closed(second, "reject"), follows=(5,))


async def test_an_empty_database_has_none(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(_before)
    await upgrade(database.engine)
    async with transaction(database.sessions) as session:
        assert list(await session.scalars(select(HeadRow.writer))) == []
        assert list(await session.scalars(select(FactRow.fact))) == []
