"""An exchange that is resumed from the records again and again tells the same story as one that never was."""

import asyncio
import json
import re
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from dev import stack
from gateway.connection import ensure_search_attributes
from models.identifiers import exchange_workflow_id, rotation_workflow_id
from models.tables import EventRow, PlacementRow
from models.views import WorklistRow
from models.vocabulary import Outcome
from records.store.append import FROM_THE_ATTEMPT
from tests.databases import Database
from tests.workflows.endings import ENDINGS, looked_again, moved_about, not_returning, reopened
from tests.workflows.world import World, open_world
from workflows.plugin import plugin

STORIES = {
    **{outcome.value: play for outcome, play in ENDINGS.items()},
    **{play.__name__: play for play in (moved_about, looked_again, not_returning, reopened)},
}
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?")
HOURS = {"hours_planned", "hours_attended"}
DRAWN = re.compile(r"[0-9a-f]{32}|[0-9a-f]{16}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


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


async def facts(world: World) -> Counter[str]:
    """What is on record, without what the clock says and what is drawn by chance.

    People look every twelve hours: which reminders they got before that, and on which day they act, may differ.
    """
    async with world.filing.sessions() as session:
        query = select(EventRow.stream, EventRow.kind, EventRow.payload).where(EventRow.kind != "rung_fired")
        rows = await session.execute(query)
        return Counter(
            f"{stream} {kind} {json.dumps(_said(payload), sort_keys=True)}" for stream, kind, payload in rows
        )


def _said(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _said(part) for name, part in value.items() if name not in FROM_THE_ATTEMPT | HOURS}
    if isinstance(value, list):
        return [_said(part) for part in value]
    if isinstance(value, str):
        return DRAWN.sub("", MOMENT.sub("", value))
    return value


def _copied(database: Database, folder: Path) -> Path:
    folder.mkdir()
    return Path(shutil.copy(database.url.removeprefix("sqlite+aiosqlite:///"), folder / "records.db"))


@asynccontextmanager
async def opened(kind: type[World], database: Database, folder: Path) -> AsyncIterator[Any]:
    """A world on a server of its own."""
    records = await asyncio.to_thread(_copied, database, folder)
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=stack.test_server_binary(), plugins=[plugin()]
    ) as environment:
        await ensure_search_attributes(environment.client)
        async with open_world(environment, f"sqlite+aiosqlite:///{records}", folder, kind) as world:
            yield world


async def played(world: World, story: str) -> Outcome:
    """How a story ended."""
    exchange = await STORIES[story](world)
    return (await world.result(exchange)).outcome


async def difference(told: World, resumed: World) -> tuple[list[str], list[str]]:
    """What only one of two worlds has on record, once cohorts and rotations have heard of the end."""
    for _ in range(50):
        one, other = await facts(told), await facts(resumed)
        if one == other:
            break
        await asyncio.sleep(0.1)
    return sorted((one - other).elements()), sorted((other - one).elements())


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
