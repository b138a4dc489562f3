from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from tests.databases import Database
from tests.workflows.world import World, open_world


@pytest.fixture
async def world(temporal: WorkflowEnvironment, sqlite_database: Database, tmp_path: Path) -> AsyncIterator[World]:
    """The whole service but the outbox sender, on a time-skipping server of its own."""
    async with open_world(temporal, sqlite_database.url, tmp_path) as opened:
        yield opened
