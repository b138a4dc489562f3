"""Two plays of one story, one of them disturbed, and what only one of them has on record."""

import asyncio
import json
import re
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import select
from temporalio.client import Client

from dev.time_skipping import time_skipping
from gateway.connection import ensure_search_attributes
from models.messages.cohorts import CohortState
from models.messages.exchange import ExchangeStart
from models.tables import EventRow
from models.vocabulary import Outcome
from records.store.append import FROM_THE_ATTEMPT
from tests.databases import Database
from tests.workflows.endings import (
    ENDINGS,
    admitted_late,
    announced_end,
    changed,
    cleared_again,
    deferred,
    looked_again,
    moved_about,
    not_returning,
    reopened,
    replanned,
    residence_permit,
)
from tests.workflows.renewals import renewed
from tests.workflows.several_blocks import ended_between_blocks, several_blocks
from tests.workflows.world import World, open_world
from workflows.plugin import plugin

STORIES = {
    **{outcome.value: play for outcome, play in ENDINGS.items()},
    **{
        play.__name__: play
        for play in (
            admitted_late,
            cleared_again,
            moved_about,
            looked_again,
            not_returning,
            announced_end,
            residence_permit,
            reopened,
            replanned,
            changed,
            deferred,
        )
    },
    **{play.__name__: play for play in (several_blocks, ended_between_blocks, renewed)},
}
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?")
HOURS = {"hours_planned", "hours_attended"}
DRAWN = re.compile(r"[0-9a-f]{32}|[0-9a-f]{16}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


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
    async with time_skipping([plugin()]) as environment:
        await ensure_search_attributes(environment.client)
        async with open_world(environment, f"sqlite+aiosqlite:///{records}", folder, kind) as world:
            yield world


SHORT = 50
"""Events of a history that is long in `long_lives`."""


@contextmanager
def long_lives() -> Iterator[None]:
    """Exchanges, rotations and cohorts that begin meanwhile go on as new again and again."""
    start, cohort = partial(ExchangeStart, longest_history=SHORT), partial(CohortState, longest_history=SHORT)
    with (
        patch("gateway.nominating.ExchangeStart", start),
        patch("gateway.reopening.ExchangeStart", start),
        patch("gateway.nominating.CohortState", cohort),
    ):
        yield


async def runs(client: Client, workflow_id: str) -> list[str]:
    """The runs of a workflow, oldest first."""
    description = await client.get_workflow_handle(workflow_id).describe()
    run_id, found = description.raw_description.workflow_execution_info.first_run_id, []
    while run_id:
        found.append(run_id)
        history = await client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history()
        run_id = history.events[-1].workflow_execution_continued_as_new_event_attributes.new_execution_run_id
    return found


async def played(world: World, story: str) -> Outcome:
    """How a story ended."""
    exchange = await STORIES[story](world)
    return (await world.result(exchange)).outcome


async def difference(told: World, resumed: World) -> tuple[list[str], list[str]]:
    """What only one of two worlds has on record, once cohorts and rotations have heard of the end."""
    for _ in range(300):
        one, other = await facts(told), await facts(resumed)
        if one == other:
            break
        await asyncio.sleep(0.1)
    return sorted((one - other).elements()), sorted((other - one).elements())
