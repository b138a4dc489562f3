"""What tests of the programme's page are given: how to say what came out, for the table in docs/programme.md."""

import inspect
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from docs.page import SEEN, TOLD, lines
from models.catalogue.loading import load_programme
from models.catalogue.programme import Programme
from tests.activities.students import Office
from tests.databases import Database
from tests.portal.world import Portal, open_portal
from tests.workflows.world import World, open_world

Say = Callable[..., None]
"""`say("It was refused.")` for every line that the test plays; `say("It was refused.", "D.1")` for one of them."""


@pytest.fixture(scope="session")
def programme() -> Programme:
    """The real programme, not a small one."""
    return load_programme()


@pytest.fixture
def came_out(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Say:
    """Says what came out of a play; a line of which nothing is said counts as not played."""
    playing = [line for mark in request.node.iter_markers("plays") for line in mark.args]
    assert playing, "marked with no line"
    assert set(playing) <= lines().keys()

    def say(what: str, *of: str) -> None:
        for line in of or playing:
            assert line in playing, line
            record_property(f"{SEEN}{line}", what)

    record_property(TOLD, inspect.getdoc(request.function) or "")
    return say


@pytest.fixture
async def office(sqlite_database: Database, tmp_path: Path, programme: Programme) -> Office:
    """Who registers students, with the units and beds of the real catalogue."""
    made = Office(sqlite_database, tmp_path / "files", programme)
    await made.seed()
    return made


@pytest.fixture
async def portal(sqlite_database: Database, tmp_path: Path) -> AsyncIterator[Portal]:
    """The portal over an empty database."""
    async with open_portal(sqlite_database, tmp_path) as opened:
        yield opened


@pytest.fixture
async def world(temporal: WorkflowEnvironment, sqlite_database: Database, tmp_path: Path) -> AsyncIterator[World]:
    """The whole service but the outbox sender, on a time-skipping server of its own."""
    async with open_world(temporal, sqlite_database.url, tmp_path) as opened:
        yield opened
