"""Reading the log forward without passing anything over, for those who poll and for the deliveries."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.events.outward import TOLD
from models.people.authorization import Actor
from models.tables import EventRow, ExchangeRow
from records.queries.visibility import visible_to
from records.store.append import FEED_LOCK
from records.store.engine import Sessions, transaction
from webhooks.cloudevents import Outward, written


@dataclass(frozen=True)
class FeedPage:
    """Events in the order of their positions, and the position up to which all were looked at."""

    rows: tuple[EventRow, ...]
    position: int


class Feed:
    """The outward events for those who poll, by a cursor that passes nothing over."""

    def __init__(self, sessions: Sessions, outward: Outward) -> None:
        self._sessions = sessions
        self._outward = outward

    async def after(self, actor: Actor, cursor: int, limit: int) -> tuple[list[dict[str, Any]], int]:
        """Events after a cursor as CloudEvents in their JSON form, and the cursor to go on with."""
        async with transaction(self._sessions) as session:
            page = await events_after(session, actor, cursor, limit)
            return [json.loads(written(self._outward.event(row))) for row in page.rows], page.position


async def settle(session: AsyncSession) -> None:
    """Wait until every transaction that appends has ended; new ones begin after this one.

    Positions are given before the commit: without this, a reader could see a later event first, move its cursor past
    the earlier one, and never see it. On SQLite there is one writer.
    """
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(select(func.pg_advisory_xact_lock(FEED_LOCK)))


async def last_position(session: AsyncSession) -> int:
    """The position of the newest event."""
    return await session.scalar(select(func.coalesce(func.max(EventRow.position), 0))) or 0


async def events_after(session: AsyncSession, actor: Actor, position: int, limit: int) -> FeedPage:
    """The outward events after a position, of the exchanges that somebody may know of (D44)."""
    await settle(session)
    newest = await last_position(session)
    query: Any = (
        select(EventRow)
        .join(ExchangeRow, ExchangeRow.id == EventRow.stream)
        .where(EventRow.position > position, EventRow.kind.in_(TOLD), visible_to(actor))
        .order_by(EventRow.position)
        .limit(limit)
    )
    rows = tuple(await session.scalars(query))
    return FeedPage(rows, rows[-1].position if len(rows) == limit else max(newest, position))


async def may_tell(session: AsyncSession, actor: Actor, stream: str) -> bool:
    """Whether an event of a stream may be told to somebody: the rule of the feed, for one event."""
    return bool(await session.scalar(select(exists().where(ExchangeRow.id == stream, visible_to(actor)))))
