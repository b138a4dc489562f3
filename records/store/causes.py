"""Why a database did not do what it was asked, as an error of the house; the texts of drivers may hold rows.

locked, full, read_only, damaged, disk     SQLite by its result code, PostgreSQL by its SQLSTATE
login, unknown, other                      a connection that was not made: only the text tells them apart
silent, busy, gone                         away, or away for a moment
"""

import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from failures.causes import of_system
from models.errors import Broken, SojournError, Unavailable

SQLITE = {
    sqlite3.SQLITE_BUSY: "database.locked",
    sqlite3.SQLITE_LOCKED: "database.locked",
    sqlite3.SQLITE_FULL: "database.full",
    sqlite3.SQLITE_READONLY: "database.read_only",
    sqlite3.SQLITE_PERM: "database.read_only",
    sqlite3.SQLITE_CANTOPEN: "database.unopened",
    sqlite3.SQLITE_IOERR: "database.disk",
    sqlite3.SQLITE_CORRUPT: "database.damaged",
    sqlite3.SQLITE_NOTADB: "database.damaged",
}
"""By the primary result code: the lower eight bits."""
POSTGRESQL = {
    "25006": "database.read_only",
    "42501": "database.login",
    "28": "database.login",
    "3D": "database.unknown",
    "53100": "database.full",
    "55P03": "database.locked",
    "58030": "database.disk",
    "XX001": "database.damaged",
    "XX002": "database.damaged",
}
"""By the SQLSTATE, or by its class."""
CONNECTING = {
    "authentication failed": "database.login",
    "no pg_hba.conf entry": "database.login",
    "role ": "database.login",
    "does not exist": "database.unknown",
    "invalid response": "database.other",
}
"""By what the library says of a connection that was not made; the first that fits."""
AWAY = (OperationalError, PoolTimeout, OSError)


def cause_of(error: BaseException) -> Unavailable | None:
    """What is wrong with the database, none where it is not the database. Trying again helps once it is mended."""
    if isinstance(error, DBAPIError):
        told = _of_driver(error.orig)
        if told is not None:
            return Unavailable(told)
        if error.connection_invalidated:
            return Unavailable("database.gone")
    return Unavailable("database.busy") if isinstance(error, AWAY) else None


def at_start(error: BaseException) -> SojournError | None:
    """The same for who opens a database: what no waiting mends is for an operator."""
    if isinstance(error, OSError):
        return of_system(error)
    cause = cause_of(error)
    if cause is None:
        return None
    if cause.message == "database.damaged":
        return Broken("database.damaged")
    silent = cause.message in ("database.busy", "database.gone")
    return Unavailable("database.silent") if silent else cause


def _of_driver(error: BaseException | None) -> str | None:
    if isinstance(error, sqlite3.Error):
        return SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    if isinstance(error, psycopg.Error):
        state = error.sqlstate or ""
        return POSTGRESQL.get(state) or POSTGRESQL.get(state[:2]) or (None if state else _of_text(str(error)))
    return None


def _of_text(text: str) -> str | None:
    return next((told for part, told in CONNECTING.items() if part in text), None)
