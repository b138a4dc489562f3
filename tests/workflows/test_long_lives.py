"""A stay so long that its workflows go on as new again and again is told as one that fits into one run."""

from functools import partial
from pathlib import Path

import pytest
from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment

import gateway.nominating
import gateway.reopening
from models.identifiers import exchange_workflow_id
from models.messages.cohorts import CohortState
from models.messages.exchange import ExchangeStart
from tests.databases import Database
from tests.workflows.telling import STORIES, difference, opened
from tests.workflows.world import World

SHORT = 50
"""Events of a history that is long here."""


async def runs(environment: WorkflowEnvironment, workflow_id: str) -> int:
    """How many runs a workflow has had."""
    handle: WorkflowHandle[object, object] = environment.client.get_workflow_handle(workflow_id)
    run_id, count = (await handle.describe()).raw_description.workflow_execution_info.first_run_id, 0
    while run_id:
        history = await environment.client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history()
        last = history.events[-1].workflow_execution_continued_as_new_event_attributes
        run_id, count = last.new_execution_run_id, count + 1
    return count


@pytest.mark.parametrize("story", ["moved_about", "reopened"])
async def test_a_life_in_many_runs_is_the_same_story(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, story: str
) -> None:
    async with (
        opened(World, sqlite_database, tmp_path / "told") as told,
        opened(World, sqlite_database, tmp_path / "long") as long,
    ):
        exchange = await STORIES[story](told)
        ended = await told.result(exchange)
        for module in (gateway.nominating, gateway.reopening):
            monkeypatch.setattr(module, "ExchangeStart", partial(ExchangeStart, longest_history=SHORT))
        monkeypatch.setattr(gateway.nominating, "CohortState", partial(CohortState, longest_history=SHORT))
        exchange = await STORIES[story](long)
        assert (await long.result(exchange)).outcome is ended.outcome
        assert await runs(long.environment, exchange_workflow_id(exchange)) >= 3
        assert await difference(told, long) == ([], [])
