"""Opening the database, SQLite or PostgreSQL, bringing it to the current schema, and transactions on it."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

import models.migrations
from failures.causes import of_system
from models.errors import Broken, Unavailable
from records.store import sqlite
from records.store.causes import at_start, cause_of
from records.store.ready import require_ours

Sessions = async_sessionmaker[AsyncSession]
"""What classes that use the database are given."""

BUSY_MILLISECONDS = 10_000
"""How long a writer waits for another process's transaction on SQLite."""
BACK_SECONDS = 2
"""How long an engine waits at its end for connections that are still used."""
CONNECT_SECONDS = 10
"""How long a connection to PostgreSQL may take, and the turn to have one."""


def open_engine(url: str, *, reading: bool = False) -> AsyncEngine:
    """An engine for a `sqlite+aiosqlite:` or `postgresql:` address. Dispose of it when done.

    On SQLite an engine has one connection, because there is one writer: transactions wait for their turn in order, and
    the file is locked when they begin, so none fails halfway. An engine for `reading` has connections of its own that
    see the last commit, wait for nobody, and refuse to write.

    Raises:
        Broken: for an address that cannot be read, or a SQLite address without a file.
        Unavailable: the folder of the file cannot be made.
    """
    address = _address(url)
    if address.get_backend_name() == "sqlite":
        return _open_sqlite(address, reading)
    return _open_postgresql(address, reading)


async def put_away(*engines: AsyncEngine) -> None:
    """Dispose of engines when their connections are back: what was cancelled gives its own back a moment later."""
    for engine in engines:
        if isinstance(engine.pool, QueuePool):
            with suppress(TimeoutError):
                async with asyncio.timeout(BACK_SECONDS):
                    while engine.pool.checkedout():  # noqa: ASYNC110 - a pool tells no event
                        await asyncio.sleep(0.01)
        await engine.dispose()


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError:
        raise Broken("database.address") from None
    if address.get_backend_name() not in ("sqlite", "postgresql"):
        raise Broken("database.address")
    return address


class _HoldingSession(Session):
    """Keeps every row it has seen until it ends: the identity map alone forgets a clean row that nobody refers to,
    and the next event of a batch would read it again."""


@event.listens_for(_HoldingSession, "loaded_as_persistent")
@event.listens_for(_HoldingSession, "pending_to_persistent")
def _hold(session: Session, row: object) -> None:
    session.info.setdefault("held", []).append(row)


def session_maker(engine: AsyncEngine) -> Sessions:
    """Sessions on an engine; rows stay readable after the commit."""
    return async_sessionmaker(engine, expire_on_commit=False, sync_session_class=_HoldingSession)


@asynccontextmanager
async def transaction(sessions: Sessions) -> AsyncIterator[AsyncSession]:
    """A session whose work is committed at the end of the block, or undone if it raises.

    Raises:
        Unavailable: if the database is away, busy or must be mended, or somebody else wrote the same thing first;
            trying again may help. Says nothing of the values, which may be personal data.
    """
    try:
        async with sessions() as session, session.begin():
            yield session
    except IntegrityError as error:
        raise Unavailable("transaction.second", constraint=_constraint(error)) from None
    except SQLAlchemyError as error:
        cause = cause_of(error)
        if cause is None:
            raise
        raise cause from None


async def upgrade(engine: AsyncEngine) -> None:
    """Bring the schema to the newest revision; several processes may ask at once.

    Raises:
        Broken: the database is damaged, another application's, or of a newer version of the service.
        Unavailable: it does not answer, or cannot be written.
    """
    try:
        async with engine.begin() as connection:
            await have_alone(connection)
            await connection.run_sync(_upgrade)
    except (SQLAlchemyError, OSError) as error:
        cause = at_start(error)
        if cause is None:
            raise
        raise cause from None


async def have_alone(connection: AsyncConnection) -> None:
    """Until the transaction ends no other process sets the database up; on SQLite a transaction is alone anyway."""
    if connection.dialect.name == "postgresql":
        await connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('sojourn migrations'))")


async def migrate(url: str) -> None:
    """Bring the database at an address to the newest revision."""
    engine = open_engine(url)
    try:
        await upgrade(engine)
    finally:
        await engine.dispose()


def alembic_config(connection: Connection) -> Config:
    """Alembic, configured to work on an open connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(models.migrations.__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    require_ours(connection)
    command.upgrade(alembic_config(connection), "head")


def _constraint(error: IntegrityError) -> str:
    """The name of the constraint that stood against it, or its columns: never the values."""
    named = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    return named or str(error.orig).partition("DETAIL")[0].strip()


_dumps = partial(json.dumps, ensure_ascii=False)


def _open_postgresql(address: URL, reading: bool) -> AsyncEngine:
    options: dict[str, object] = {"connect_timeout": CONNECT_SECONDS}
    if reading:
        options["options"] = "-c default_transaction_read_only=on"
    return create_async_engine(
        address.set(drivername="postgresql+psycopg"),
        connect_args=options,
        pool_size=10,
        pool_timeout=CONNECT_SECONDS,
        pool_pre_ping=True,
        hide_parameters=True,
        json_serializer=_dumps,
    )


def _make_for_us_alone(file: Path) -> None:
    """The database's file, where there is none; what SQLite writes beside it has the mode of the file."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise of_system(error) from None
    if not file.exists():
        with suppress(OSError):  # SQLite says what is wrong
            os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))


def _open_sqlite(address: URL, reading: bool) -> AsyncEngine:
    if not address.database:
        raise Broken("database.no_file")
    _make_for_us_alone(Path(address.database))
    engine = create_async_engine(
        address.set(drivername="sqlite+aiosqlite"),
        async_creator=sqlite.connector(address.database),
        pool_size=4 if reading else 1,
        max_overflow=0,
        hide_parameters=True,
        json_serializer=_dumps,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        # The driver's own BEGIN comes too late and locks too little; `begin` below takes its place.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in _pragmas(reading):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _pragmas(reading: bool) -> list[str]:
    pragmas: dict[str, Any] = {
        "busy_timeout": BUSY_MILLISECONDS,
        "journal_mode": "WAL",
        # A commit is on the disk before the workflow goes on: a power cut loses nothing that was answered.
        "synchronous": "FULL",
        "foreign_keys": "ON",
        # Without it, INSERT OR REPLACE deletes rows behind the back of the triggers that forbid it.
        "recursive_triggers": "ON",
    }
    if reading:
        pragmas["query_only"] = "ON"
    return [f"{name}={value}" for name, value in pragmas.items()]
