"""Worlds for the tests of mail."""

import pytest

from tests.databases import Database
from tests.mail.world import World


@pytest.fixture
async def world(database: Database) -> World:
    """An exchange that has begun, on each database."""
    world = World(database.sessions)
    await world.begin()
    return world


@pytest.fixture
async def small_world(sqlite_database: Database) -> World:
    """The same on SQLite only."""
    world = World(sqlite_database.sessions)
    await world.begin()
    return world
