"""What an operator must look at: opened once, closed when it is over."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Plain, Said
from models.people.roster import readable_id
from models.tables import OperatorTaskRow
from records.projections.common import insert_once

UNREAD = "record_unread"
"""The kind of a task about a row of people that cannot be read and is left out."""


async def open_task(session: AsyncSession, key: str, kind: str, subject: str, said: Said, now: datetime) -> None:
    """Tell the operator, once: a task that is open already stays as it is."""
    row = await session.get(OperatorTaskRow, key)
    if row is None:
        # Two who see the same at once both insert: the second waits, and finds it told.
        about: dict[str, Plain] = dict(said.params)
        words = {"detail": "", "message": said.message, "params": about, "opened_at": now}
        await insert_once(session, OperatorTaskRow, key=key, kind=kind, subject=subject, **words)
        return
    if row.closed_at is None and row.kind == kind:
        return
    row.kind, row.subject, row.detail = kind, subject, ""
    row.message, row.params = said.message, dict(said.params)
    row.opened_at, row.closed_at = now, None


async def close_task(session: AsyncSession, key: str, now: datetime) -> None:
    """What an operator had to see to is over."""
    await session.execute(
        update(OperatorTaskRow)
        .where(OperatorTaskRow.key == key, OperatorTaskRow.closed_at.is_(None))
        .values(closed_at=now)
    )


async def tell_unread(session: AsyncSession, found: Iterable[tuple[str, str, str]], now: datetime) -> None:
    """Tell the operator of rows that cannot be read, and close what was told of those that can be again.

    Args:
        session: the transaction.
        found: of each row its table, its key and the field at fault.
        now: when that was seen.
    """
    keys = set[str]()
    for table, row, field in found:
        subject = readable_id(row)
        key = f"{UNREAD}:{table}:{subject}"
        keys.add(key)
        said = Said("task.record_unread", {"table": table, "row": subject, "part": field})
        await open_task(session, key, UNREAD, subject, said, now)
    query = select(OperatorTaskRow.key).where(OperatorTaskRow.kind == UNREAD, OperatorTaskRow.closed_at.is_(None))
    for key in set(await session.scalars(query)) - keys:
        await close_task(session, key, now)
