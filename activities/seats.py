"""Seats of a cohort: the lowest free one, chosen in the database, never more than there are (D4)."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from models.errors import Unknown
from models.events import SeatTaken
from models.messages.cohorts import RememberCohort, RememberedCohort
from models.messages.contracts import SeatAnswer, TakeSeat
from models.tables import CohortRow, SeatRow
from records.remembering_cohorts import remembered_cohort
from records.store.append import MessageWriter, Wakers
from records.store.engine import Sessions, transaction
from records.store.taking import Taking

ELSEWHERE = 0
"""No seat of this intake: seats count from 1."""


class Seats:
    """Takes seats. Safe to repeat: by key, and because an exchange has at most one seat."""

    def __init__(self, sessions: Sessions, outbox: MessageWriter, wakers: Wakers) -> None:
        self._taking = Taking(sessions, outbox, wakers)

    @activity.defn
    async def take_seat(self, request: TakeSeat) -> SeatAnswer:
        """Take the lowest free seat, or answer with the one the exchange has; a held one becomes granted.

        A granted seat stays granted whatever is asked later. No free seat writes nothing.

        Raises:
            Unknown: the cohort is not open.
            Unavailable: the database is away or busy.
        """
        taken = await self._taking.once(
            request.cohort_id,
            request.key,
            SeatTaken,
            {"exchange_id": request.exchange_id, "held": request.held},
            lambda session: self._find(session, request),
        )
        if taken == ELSEWHERE:
            return SeatAnswer(seat=None, elsewhere=True)
        return SeatAnswer(seat=taken.seat if isinstance(taken, SeatTaken) else taken)

    @activity.defn
    async def remember_cohort(self, request: RememberCohort) -> RememberedCohort:
        """What is on record of a cohort, for its workflow to go on from.

        Raises:
            Unavailable: the database is away or busy.
        """
        async with transaction(self._taking.sessions) as session:
            return await remembered_cohort(session, request)

    async def _find(self, session: AsyncSession, request: TakeSeat) -> SeatTaken | int | None:
        """A seat to take, the number of the one it has here, or that it has one in another intake."""
        cohort = await session.get(CohortRow, request.cohort_id)
        if cohort is None:
            raise Unknown("cohort.not_open", cohort=request.cohort_id)
        mine = await session.scalar(select(SeatRow).where(SeatRow.exchange_id == request.exchange_id))
        if mine is not None:
            if mine.cohort_id != request.cohort_id:
                return ELSEWHERE
            return _taken(request, mine.number) if mine.held and not request.held else mine.number
        seats = select(SeatRow).where(SeatRow.cohort_id == request.cohort_id).order_by(SeatRow.number)
        rows = list(await session.scalars(seats))
        free = [row.number for row in rows if row.exchange_id is None]
        # Seats above a lowered number count until they are given back.
        if not free or len(rows) - len(free) >= cohort.cap:
            return None
        return _taken(request, free[0])


def _taken(request: TakeSeat, seat: int) -> SeatTaken:
    return SeatTaken(at=request.at, exchange_id=request.exchange_id, seat=seat, held=request.held)
