"""Cohorts: as many seat rows as there are seats, and the waitlist in order."""

from typing import cast

from sqlalchemy import CursorResult, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Broken, Conflict
from models.events import (
    CohortClosedBelowMinimum,
    CohortOpened,
    CohortReplanned,
    SeatGivenBack,
    SeatTaken,
    WaitlistChanged,
)
from models.tables import CohortRow, SeatRow, WaitlistRow
from models.vocabulary import Direction
from records.projections.common import Handlers, in_the_log_alone


async def _opened(session: AsyncSession, stream: str, event: CohortOpened) -> None:
    row = await session.get(CohortRow, stream)
    if row is None:
        row = CohortRow(id=stream, closed_below_minimum=False, revision=1)
        session.add(row)
    row.sending_id = event.sending
    row.host_id = event.host
    row.year = event.year
    row.direction = Direction(event.direction)
    row.cap = event.cap
    row.minimum = event.minimum
    row.closes_at = event.closes_at
    await session.flush()
    await _seat_rows(session, stream, event.cap)


async def _seat_rows(session: AsyncSession, cohort_id: str, cap: int) -> None:
    """One row per seat; a seat above a lowered cap stays until it is given back."""
    await session.execute(
        delete(SeatRow).where(SeatRow.cohort_id == cohort_id, SeatRow.number > cap, SeatRow.exchange_id.is_(None))
    )
    there = set(await session.scalars(select(SeatRow.number).where(SeatRow.cohort_id == cohort_id)))
    missing = [number for number in range(1, cap + 1) if number not in there]
    if missing:
        await session.execute(
            insert(SeatRow), [{"cohort_id": cohort_id, "number": number, "held": False} for number in missing]
        )


async def _taken(session: AsyncSession, stream: str, event: SeatTaken) -> None:
    changed = await session.execute(
        update(SeatRow)
        .where(
            SeatRow.cohort_id == stream,
            SeatRow.number == event.seat,
            or_(SeatRow.exchange_id.is_(None), SeatRow.exchange_id == event.exchange_id),
        )
        .values(exchange_id=event.exchange_id, held=event.held, taken_at=event.at)
    )
    if not cast(CursorResult[object], changed).rowcount:
        raise Conflict("seat.taken", seat=event.seat, cohort=stream)


async def _given_back(session: AsyncSession, stream: str, event: SeatGivenBack) -> None:
    await session.execute(
        update(SeatRow)
        .where(SeatRow.cohort_id == stream, SeatRow.number == event.seat, SeatRow.exchange_id == event.exchange_id)
        .values(exchange_id=None, held=False, taken_at=None)
    )
    row = await _cohort(session, stream)
    await _seat_rows(session, stream, row.cap)


async def _waitlist(session: AsyncSession, stream: str, event: WaitlistChanged) -> None:
    await session.execute(delete(WaitlistRow).where(WaitlistRow.cohort_id == stream))
    if event.exchange_ids:
        await session.execute(
            insert(WaitlistRow),
            [
                {"cohort_id": stream, "exchange_id": exchange_id, "position": position}
                for position, exchange_id in enumerate(event.exchange_ids, start=1)
            ],
        )


async def _below_minimum(session: AsyncSession, stream: str, event: CohortClosedBelowMinimum) -> None:
    row = await _cohort(session, stream)
    row.closed_below_minimum = True


async def _cohort(session: AsyncSession, stream: str) -> CohortRow:
    row = await session.get(CohortRow, stream)
    if row is None:
        raise Broken("stream.never_opened", stream=stream)
    return row


HANDLERS: Handlers = {
    CohortOpened: _opened,
    SeatTaken: _taken,
    SeatGivenBack: _given_back,
    WaitlistChanged: _waitlist,
    CohortReplanned: in_the_log_alone,
    CohortClosedBelowMinimum: _below_minimum,
}
