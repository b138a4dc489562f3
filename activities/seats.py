"""Seats of a cohort: the lowest free one, chosen in the database, never more than there are (D4)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from models.errors import Conflict, Unknown
from models.events import SeatTaken
from models.messages.contracts import SeatAnswer, TakeSeat
from models.tables import CohortRow, SeatRow
from records.store.append import MessageWriter, Waker, append, lock_stream, recorded
from records.store.engine import Sessions, transaction


class Seats:
    """Takes seats. Safe to repeat: by key, and because an exchange has at most one seat."""

    def __init__(self, sessions: Sessions, outbox: MessageWriter, waker: Waker) -> None:
        self._sessions = sessions
        self._outbox = outbox
        self._waker = waker

    @activity.defn
    async def take_seat(self, request: TakeSeat) -> SeatAnswer:
        """Take the lowest free seat, or answer with the one the exchange has; a held one becomes granted.

        A granted seat stays granted whatever is asked later. No free seat writes nothing.

        Raises:
            Unknown: the cohort is not open.
            Conflict: the exchange has a seat in another cohort.
            Unavailable: the database is away or busy.
        """
        async with transaction(self._sessions) as session:
            await lock_stream(session, request.cohort_id)
            if done := await recorded(session, request.key):
                return SeatAnswer(seat=next(e.seat for e in done if isinstance(e, SeatTaken)))
            seat, new = await self._choose(session, request)
            if seat is None or not new:
                return SeatAnswer(seat=seat)
            messages = await self._take(session, request, seat, request.at)
        if messages:
            self._waker.wake()
        return SeatAnswer(seat=seat)

    async def _choose(self, session: AsyncSession, request: TakeSeat) -> tuple[int | None, bool]:
        """The seat to answer with, and whether that is to be written."""
        cohort = await session.get(CohortRow, request.cohort_id)
        if cohort is None:
            raise Unknown("cohort.not_open", cohort=request.cohort_id)
        mine = await session.scalar(select(SeatRow).where(SeatRow.exchange_id == request.exchange_id))
        if mine is not None:
            if mine.cohort_id != request.cohort_id:
                raise Conflict("seat.elsewhere", exchange=request.exchange_id, cohort=mine.cohort_id)
            return mine.number, mine.held and not request.held
        seats = select(SeatRow).where(SeatRow.cohort_id == request.cohort_id).order_by(SeatRow.number)
        rows = list(await session.scalars(seats))
        free = [row.number for row in rows if row.exchange_id is None]
        # Seats above a lowered number count until they are given back.
        if not free or len(rows) - len(free) >= cohort.cap:
            return None, False
        return free[0], True

    async def _take(self, session: AsyncSession, request: TakeSeat, seat: int, at: datetime) -> int:
        event = SeatTaken(at=at, exchange_id=request.exchange_id, seat=seat, held=request.held)
        return (await append(session, self._outbox, request.cohort_id, request.key, (event,))).messages
