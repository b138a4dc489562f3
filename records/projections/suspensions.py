"""Suspensions, and the exchanges they reached."""

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Broken
from models.events import ExchangeExempted, ExchangeResumed, ExchangeSuspended, SuspensionBegan, SuspensionEnded
from models.tables import ExchangeSuspensionRow, SuspensionRow
from records.projections.common import Handlers, insert_once, table_of


async def _began(session: AsyncSession, stream: str, event: SuspensionBegan) -> None:
    session.add(
        SuspensionRow(
            id=event.suspension_id,
            scope=event.coverage.scope,
            target=event.coverage.target,
            reason=event.reason,
            exempt=list(event.coverage.exempt),
            actor_id=event.actor.id,
            since=event.since,
        )
    )


async def _exempted(session: AsyncSession, stream: str, event: ExchangeExempted) -> None:
    row = await _suspension(session, event.suspension_id)
    row.exempt = sorted({*row.exempt, event.exchange_id})


async def _ended(session: AsyncSession, stream: str, event: SuspensionEnded) -> None:
    row = await _suspension(session, event.suspension_id)
    row.until = event.until


async def _suspension(session: AsyncSession, suspension_id: str) -> SuspensionRow:
    row = await session.get(SuspensionRow, suspension_id)
    if row is None:
        raise Broken("suspension.never_began", suspension=suspension_id)
    return row


async def _suspended(session: AsyncSession, stream: str, event: ExchangeSuspended) -> None:
    await insert_once(
        session,
        ExchangeSuspensionRow,
        exchange_id=stream,
        suspension_id=event.suspension_id,
        reason=event.reason,
        since=event.since,
    )


async def _resumed(session: AsyncSession, stream: str, event: ExchangeResumed) -> None:
    table = table_of(ExchangeSuspensionRow)
    await session.execute(
        update(table)
        .where(table.c.exchange_id == stream, table.c.suspension_id == event.suspension_id)
        .values(until=event.until)
    )


OF_SUSPENSIONS: Handlers = {SuspensionBegan: _began, ExchangeExempted: _exempted, SuspensionEnded: _ended}
OF_EXCHANGES: Handlers = {ExchangeSuspended: _suspended, ExchangeResumed: _resumed}
