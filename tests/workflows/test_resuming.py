"""An exchange that is resumed from the records again and again tells the same story as one that never was."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest
from sqlalchemy import select
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from models.identifiers import exchange_workflow_id, rotation_workflow_id
from models.tables import EventRow, PlacementRow
from models.views import WorklistRow
from models.vocabulary import Outcome
from records.store.append import FROM_THE_ATTEMPT
from tests.databases import Database
from tests.workflows.endings import ENDINGS, looked_again, moved_about, not_returning, reopened
from tests.workflows.world import World, open_world

STORIES = {
    **{outcome.value: play for outcome, play in ENDINGS.items()},
    **{play.__name__: play for play in (moved_about, looked_again, not_returning, reopened)},
}
FOREIGN = frozenset({"at", "batch", *FROM_THE_ATTEMPT})
"""What the clock of one play has and that of another has not."""


class Resuming(World):
    """A world in which the exchange reads its records again whenever somebody looks what is open."""

    resumed = 0

    async def steps(self, exchange: str) -> list[WorklistRow]:
        """What is open, after the workflows read the records again."""
        await self.resume(exchange)
        found = await super().steps(exchange)
        await self.require_in_step(exchange, found)
        return found

    async def resume(self, exchange: str) -> None:
        """Have the exchange and its rotations read the records again."""
        for workflow_id in (exchange_workflow_id(exchange), *await self._rotations(exchange)):
            await self._resume(workflow_id)

    async def _rotations(self, exchange: str) -> Iterable[str]:
        async with self.filing.sessions() as session:
            places = await session.scalars(select(PlacementRow.id).where(PlacementRow.exchange_id == exchange))
            return [rotation_workflow_id(place) for place in places]

    async def _resume(self, workflow_id: str) -> None:
        handle = self.environment.client.get_workflow_handle(workflow_id)
        try:
            before = await handle.describe()
        except RPCError:
            return
        if before.status is not WorkflowExecutionStatus.RUNNING:
            return
        await handle.signal("catch_up")
        for _ in range(200):
            now = await handle.describe()
            if now.run_id != before.run_id or now.status is not WorkflowExecutionStatus.RUNNING:
                self.resumed += 1
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"{workflow_id} did not read the records again")

    async def require_in_step(self, exchange: str, found: list[WorklistRow]) -> None:
        """That the workflow waits for what the records say is open."""
        mine = sorted(step.step_id for step in found if step.step_id.count(".") == 2)
        if not mine:
            return
        for _ in range(200):
            status = await self.handle(exchange).query("status")
            if sorted(step["step_id"] for step in status["open_steps"]) == mine:
                return
            await asyncio.sleep(0.02)
        raise AssertionError((mine, status["open_steps"]))


async def facts(world: World) -> Counter[str]:
    """What is on record, without what the clock says."""
    async with world.filing.sessions() as session:
        rows = await session.execute(select(EventRow.stream, EventRow.payload))
        return Counter(f"{stream} {_without_clock(payload)}" for stream, payload in rows)


def _without_clock(payload: dict[str, object]) -> str:
    return json.dumps({k: v for k, v in payload.items() if k not in FOREIGN}, sort_keys=True)[:400]


@pytest.fixture
async def resuming(temporal: WorkflowEnvironment, sqlite_database: Database, tmp_path: Path) -> AsyncIterator[Resuming]:
    async with open_world(temporal, sqlite_database.url, tmp_path, Resuming) as opened:
        yield opened


@pytest.mark.parametrize("story", STORIES)
async def test_a_story_resumed_at_every_step_is_the_same_story(resuming: Resuming, story: str) -> None:
    exchange = await STORIES[story](resuming)
    result = await resuming.result(exchange)
    assert resuming.resumed > 5
    view = await resuming.view(exchange)
    assert view.outcome is result.outcome
    if story in set(map(str, Outcome)):
        assert result.outcome == story
    counted = Counter(event.kind for event in view.timeline)
    assert counted["exchange_closed"] == (2 if story == "reopened" else 1)
