"""Fixtures of the portal's tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.databases import Database
from tests.portal.world import People, Portal, open_portal, populate


@pytest.fixture
async def portal(sqlite_database: Database, tmp_path: Path) -> AsyncIterator[Portal]:
    """The portal over an empty database."""
    async with open_portal(sqlite_database, tmp_path) as opened:
        yield opened


@pytest.fixture
async def people(portal: Portal) -> People:
    """Somebody for every role."""
    return await populate(portal)
