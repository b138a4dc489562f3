"""SQLite with one trip to its thread per statement.

The driver makes four: for the cursor, the statement, the rows and the close. A trip costs more than a statement, so a
record would spend most of its time travelling. The driver has no public way to run something in its thread, so private
names are used, as SQLAlchemy does: it is pinned exactly, and tests/records/test_sqlite_driver.py says what must hold.
"""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, Self

from aiosqlite import Connection


class OneTripConnection(Connection):
    """A connection whose cursors bring their rows along."""

    # The engine uses this and `_execute` of the cursor; iteration and row factories of the driver are not offered.
    def cursor(self) -> "OneTripCursor":  # type: ignore[override]
        """A cursor; costs nothing yet."""
        return OneTripCursor(self)


class OneTripCursor:
    """Executes, fetches all rows and closes in one go."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.arraysize = 1
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        """Nothing to open."""
        return self

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Self:
        """Execute a statement and keep its rows."""
        # Only the beginning waits for other processes; then the file is ours, and a statement takes microseconds.
        travels = sql.startswith("BEGIN") or not self._connection.in_transaction
        return await self._go(lambda connection: connection.execute(sql, parameters), travels)

    async def executemany(self, sql: str, parameters: Sequence[Sequence[Any]]) -> Self:
        """Execute a statement once per row of parameters."""
        return await self._go(lambda connection: connection.executemany(sql, parameters))

    async def fetchone(self) -> Any:
        """The next row, or `None`."""
        return self._rows.pop(0) if self._rows else None

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        """The next rows."""
        size = size or self.arraysize
        rows, self._rows = self._rows[:size], self._rows[size:]
        return rows

    async def fetchall(self) -> list[Any]:
        """The rows that are left."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Closed already."""

    async def _go(self, statement: Callable[[sqlite3.Connection], sqlite3.Cursor], travels: bool = False) -> Self:
        def run() -> None:
            cursor = statement(self._connection._conn)
            try:
                self.description = cursor.description
                self._rows = cursor.fetchall() if cursor.description else []
                self.rowcount = cursor.rowcount
                self.lastrowid = cursor.lastrowid
            finally:
                cursor.close()

        if travels:
            await self._connection._execute(run)  # type: ignore[no-untyped-call]
        else:
            run()
        return self


def connector(path: str) -> Callable[[], OneTripConnection]:
    """Opens connections to a file; await what it returns."""

    def connect() -> OneTripConnection:
        connection = OneTripConnection(lambda: sqlite3.connect(path, check_same_thread=False), iter_chunk_size=64)
        # An engine that nobody disposed of must not keep the process from ending.
        connection._thread.daemon = True
        return connection

    return connect
