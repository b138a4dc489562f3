"""An exchange that is resumed from the records again and again tells the same story as one that never was."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError

from models.authority import PaperKind
from models.identifiers import exchange_workflow_id, rotation_workflow_id
from models.tables import PlacementRow
from models.views import WorklistRow
from models.vocabulary import StepKind
from tests.databases import Database
from tests.workflows.telling import STORIES, difference, opened, played
from tests.workflows.test_authority import due, enter, kinds, renewed
from tests.workflows.test_legal_clocks import arrive, decide
from tests.workflows.world import World


class Resuming(World):
    """A world in which the exchange reads its records again whenever somebody looks what is open."""

    resumed = 0
    seen: frozenset[str] = frozenset()

    async def steps(self, exchange: str) -> list[WorklistRow]:
        """What is open; where that is not what was seen last, after the workflows read the records again."""
        found = await super().steps(exchange)
        if (open_now := frozenset(step.step_id for step in found)) == self.seen:
            return found
        await self.resume(exchange)
        found = await super().steps(exchange)
        await self.require_in_step(exchange, found)
        self.seen = open_now
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


@pytest.mark.parametrize("story", STORIES)
async def test_a_story_resumed_at_every_step_is_the_same_story(
    sqlite_database: Database, tmp_path: Path, story: str
) -> None:
    async with (
        opened(World, sqlite_database, tmp_path / "told") as told,
        opened(Resuming, sqlite_database, tmp_path / "resumed") as resumed,
    ):
        ended = await asyncio.gather(played(told, story), played(resumed, story))
        assert ended[0] is ended[1]
        assert resumed.resumed > 2
        assert await difference(told, resumed) == ([], [])


async def test_the_register_is_known_again_at_each_step(sqlite_database: Database, tmp_path: Path) -> None:
    async with opened(Resuming, sqlite_database, tmp_path / "resumed") as world:
        exchange, _ = await arrive(world, None)
        plan = world.travellers[exchange].plan
        short = plan.start + timedelta(days=40)
        await enter(world, exchange, "stamp", PaperKind.ENTRY, valid_until=short, single_entry=True)
        assert await due(world, exchange, StepKind.WATCH_STAY) == short
        later = short + timedelta(days=5)
        await enter(world, exchange, "fixed", PaperKind.ENTRY, valid_until=later, single_entry=False, corrects="stamp")
        assert await due(world, exchange, StepKind.FILE_EXTENSION) < later
        await enter(world, exchange, "passport", PaperKind.PASSPORT, valid_until=plan.end + timedelta(days=30))
        await decide(world, exchange, StepKind.FILE_EXTENSION, "filed")
        assert StepKind.AWAIT_EXTENSION in await kinds(world, exchange)
        await enter(world, exchange, "extension", PaperKind.EXTENSION, valid_until=plan.end)
        asked = await world.step(exchange, StepKind.SUBMIT_DOCUMENTS)
        assert asked.subject == "passport", "known again, and not taken for what was handed in first (D18)"
        await renewed(world, exchange, asked)
        assert StepKind.SUBMIT_DOCUMENTS not in await kinds(world, exchange)
        await enter(world, exchange, "longer", PaperKind.EXTENSION, valid_until=plan.end + timedelta(days=10))
        assert StepKind.SUBMIT_DOCUMENTS not in await kinds(world, exchange), "the one handed in anew counts"
        assert world.resumed > 10
