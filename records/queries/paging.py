"""One consistent look at the database, and cursors that keep their place in a list that grows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from models.errors import BadInput
from models.typed import moment_typed, number_typed
from records.store.engine import Sessions, transaction

_BETWEEN = "~"


@asynccontextmanager
async def snapshot(sessions: Sessions) -> AsyncIterator[AsyncSession]:
    """A session whose queries all see the same moment.

    Raises:
        Unavailable: the database is away or busy.
    """
    async with transaction(sessions) as session:
        if session.get_bind().dialect.name == "postgresql":
            await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session


def time_cursor(at: datetime, key: str) -> str:
    """The place of a row in a list ordered by a time and a key."""
    return f"{at.isoformat()}{_BETWEEN}{key}"


def after_time(
    at: InstrumentedAttribute[datetime], key: InstrumentedAttribute[str], cursor: str
) -> ColumnElement[bool]:
    """The rows after a cursor of `time_cursor`.

    Raises:
        BadInput: it is none.
    """
    text, _, last = cursor.partition(_BETWEEN)
    try:
        moment = moment_typed(text)
    except ValueError:
        raise _no_cursor() from None
    if not last or moment.tzinfo is None:
        raise _no_cursor()
    return or_(at > moment, and_(at == moment, key > last))


def after_number(column: InstrumentedAttribute[int], cursor: str) -> ColumnElement[bool]:
    """The rows after a cursor that is a number.

    Raises:
        BadInput: it is none.
    """
    try:
        return column > number_typed(cursor)
    except ValueError:
        raise _no_cursor() from None


def _no_cursor() -> BadInput:
    return BadInput("cursor.unknown", "after")
