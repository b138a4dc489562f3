"""A stay so long that its workflows go on as new again and again is told as one that fits into one run."""

from pathlib import Path

import pytest

from models.identifiers import exchange_workflow_id
from tests.databases import Database
from tests.workflows.telling import STORIES, difference, long_lives, opened, runs
from tests.workflows.world import World


@pytest.mark.parametrize("story", ["moved_about", "reopened", "renewed"])
async def test_a_life_in_many_runs_is_the_same_story(sqlite_database: Database, tmp_path: Path, story: str) -> None:
    async with (
        opened(World, sqlite_database, tmp_path / "told") as told,
        opened(World, sqlite_database, tmp_path / "long") as long,
    ):
        ended = await told.result(await STORIES[story](told))
        with long_lives():
            exchange = await STORIES[story](long)
        assert (await long.result(exchange)).outcome is ended.outcome
        assert len(await runs(long.environment.client, exchange_workflow_id(exchange))) >= 3
        assert await difference(told, long) == ([], [])
