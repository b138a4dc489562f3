"""Why a database did not do what it was asked, on the real ones: the kind of fault, and no word of a driver."""

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import insert, text

from models.errors import Broken, Unavailable
from models.tables import CohortRow
from records.store import engine
from records.store.engine import Sessions, alembic_config, migrate, open_engine, session_maker, transaction
from records.store.ready import require_schema, revisions
from tests.databases import Database


async def asked(sessions: Sessions, *statements: str) -> None:
    """Execute statements in one transaction."""
    async with transaction(sessions) as session:
        for statement in statements:
            await session.execute(text(statement))


async def test_the_revisions_are_those_of_their_files(sqlite_database: Database) -> None:
    async with sqlite_database.engine.connect() as connection:
        directory = await connection.run_sync(lambda sync: ScriptDirectory.from_config(alembic_config(sync)))
    assert {script.revision for script in directory.walk_revisions()} == revisions()
    assert directory.get_current_head() == max(revisions())


async def test_a_database_of_ours_is_ready(database: Database) -> None:
    await require_schema(database.engine)


async def test_a_database_that_another_process_holds(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_MILLISECONDS", 50)
    with closing(sqlite3.connect(sqlite_database.url.partition(":///")[2], isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match=r"^database\.locked$"):
            await asked(sqlite_database.sessions, "SELECT 1")


async def test_a_full_disk_keeps_nothing_and_goes_on(sqlite_database: Database) -> None:
    """SQLite says of a file that may not grow what it says of a full disk."""
    async with sqlite_database.engine.connect() as connection:
        pages = (await connection.execute(text("PRAGMA page_count"))).scalar_one()
        await connection.execute(text(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(Unavailable, match=r"^database\.full$"):
        await asked(
            sqlite_database.sessions, "CREATE TABLE filler (a)", "INSERT INTO filler VALUES (zeroblob(1000000))"
        )
    async with transaction(sqlite_database.sessions) as session:
        await session.execute(text("PRAGMA max_page_count = 1000000"))
        found = await session.execute(text("SELECT name FROM sqlite_schema WHERE name = 'filler'"))
        assert found.all() == []


async def test_a_database_that_may_only_be_read(database: Database) -> None:
    looking = open_engine(database.url, reading=True)
    try:
        with pytest.raises(Unavailable, match=r"^database\.read_only$"):
            async with transaction(session_maker(looking)) as session:
                await session.execute(insert(CohortRow).values(id="x"))
    finally:
        await looking.dispose()


async def test_damage_under_a_running_service_is_waited_for_and_at_its_start_told(tmp_path: Path) -> None:
    file = tmp_path / "sojourn.db"
    file.write_bytes(b"no database at all" * 300)
    opened = open_engine(f"sqlite+aiosqlite:///{file}")
    try:
        with pytest.raises(Unavailable, match=r"^database\.damaged$"):
            await asked(session_maker(opened), "SELECT 1")
        with pytest.raises(Broken, match=r"^database\.damaged$"):
            await require_schema(opened)
    finally:
        await opened.dispose()


@pytest.mark.postgres
async def test_what_postgresql_refuses_to_connect(postgresql_server: str) -> None:
    cases = {
        postgresql_server.replace("/postgres?", "/nowhere?"): r"^database\.unknown$",
        postgresql_server.replace("postgres:", "nobody:"): r"^database\.login$",
        "postgresql://sojourn:secret@127.0.0.1:1/sojourn": r"^database\.silent$",
    }
    for url, told in cases.items():
        with pytest.raises(Unavailable, match=told):
            await migrate(url)


@pytest.mark.postgres
async def test_a_postgresql_of_another_application_is_left_as_it_was(postgresql_server: str) -> None:
    with psycopg.connect(postgresql_server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE songs")
    url = postgresql_server.replace("/postgres?", "/songs?")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE songs (title TEXT)")
    with pytest.raises(Broken, match=r"^database\.not_ours$"):
        await migrate(url)
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert found == [("songs",)]
