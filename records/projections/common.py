"""What the projections share: how handlers look, and finding the rows they change."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Table, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Broken
from models.events import Fact
from models.tables import Base, ExchangeRow

Handlers = Mapping[type[Fact], Callable[[AsyncSession, str, Any], Awaitable[None]]]
"""By class of event: session, stream and an event of that class."""


async def in_the_log_alone(session: AsyncSession, stream: str, event: Fact) -> None:
    """For events that no table repeats: what they are about is written beside them, or is read from the log."""


async def exchange_row(session: AsyncSession, stream: str) -> ExchangeRow:
    """The exchange of a stream.

    Raises:
        Broken: if it never opened.
    """
    row = await session.get(ExchangeRow, stream)
    if row is None:
        raise Broken("stream.no_exchange", stream=stream)
    return row


def table_of(row: type[Base]) -> Table:
    """The table of a class of rows: statements on it cost half of what the same on the class do."""
    table = inspect(row).local_table
    assert isinstance(table, Table)
    return table


async def insert_once(session: AsyncSession, row: type[Base], **values: Any) -> None:
    """Insert a row unless its key is taken: people choose decision ids, and no chosen id may stop a workflow."""
    table = table_of(row)
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    await session.execute(dialect.insert(table).values(**values).on_conflict_do_nothing())


def days_between(first: date, last: date) -> list[date]:
    """All days from the first to the last, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
