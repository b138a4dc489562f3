"""Seats of other intakes: whether one is free for an exchange that is deferred, and its move there (D4, D14)."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.events import Event, SeatGivenBack, SeatTaken, WaitlistChanged
from models.identifiers import CohortKey, cohort_workflow_id
from models.messages.plan import Plan
from models.rules.impact import SeatFor
from models.tables import CohortRow, ExchangeCodeRow, ExchangeRow, HeadRow, SeatRow, WaitlistRow
from models.vocabulary import Stage
from records.projections.common import table_of
from records.store.append import Appended, MessageWriter, Writer, append, lock_stream

DEFERRED = "deferred"
"""Why a seat is given back."""
APART = 1000
"""Between the newest batch of a cohort's workflow and what is written for it: further than it counts on for itself.

So the next thing that it writes does not follow what is on record, and it reads the records first.
"""


class NoSeat(Exception):
    """The intake has no seat for the exchange: the transaction is to be left."""


async def seat_for(session: AsyncSession, programme: Programme, exchange_id: str, before: Plan, after: Plan) -> SeatFor:
    """What seat there is for an exchange in the intake of another plan; one that nobody opened has all of its seats."""
    there = after.cohort
    if before.cohort == there:
        return SeatFor.SAME
    if await _is_nominated(session, exchange_id, there):
        return SeatFor.NOMINATED
    mine = await session.scalar(select(SeatRow).where(SeatRow.exchange_id == exchange_id))
    if mine is None and not await _waits(session, exchange_id):
        return SeatFor.NOT_ASKED
    if not await _has_free(session, programme, after):
        return SeatFor.NONE
    return SeatFor.FREE if mine is not None else SeatFor.WAITED


async def seat_at(session: AsyncSession, programme: Programme, exchange_id: str, onward: Plan) -> SeatFor:
    """What seat there is for a student who goes on to another host, whatever is held at the first (D4, D38)."""
    if await _is_nominated(session, exchange_id, onward.cohort):
        return SeatFor.NOMINATED
    return SeatFor.FREE if await _has_free(session, programme, onward) else SeatFor.NONE


def closed_on(programme: Programme, after: Plan, now: datetime) -> date | None:
    """The last day of nominations for a stay, in the sending zone, once it is over (D4)."""
    closes = programme.closes_for(after.sending, after.host, after.start)
    return closes.astimezone(ZoneInfo(programme.zone_of(after.sending))).date() if now > closes else None


async def move_seat(
    session: AsyncSession, outbox: MessageWriter, exchange_id: str, before: Plan, after: Plan, at: datetime
) -> tuple[int | None, Iterable[Appended]]:
    """Give back the seat of one intake and take one of another, in the caller's transaction.

    Who waits for a seat gives up the place on the waitlist. Answers with the seat taken, and with what is on record of
    it in both cohorts; `None` where no seat was asked for yet.

    Raises:
        NoSeat: none is free there, others wait for it, or the student is nominated there.
    """
    was, now = before.cohort, after.cohort
    if was == now:
        return None, ()
    for cohort_id in sorted((was.id, now.id)):
        await lock_stream(session, cohort_id)
    if await _is_nominated(session, exchange_id, now):
        raise NoSeat
    table = table_of(ExchangeCodeRow)
    await session.execute(update(table).where(table.c.exchange_id == exchange_id).values(cohort_id=now.id))
    mine = await session.scalar(select(SeatRow).where(SeatRow.exchange_id == exchange_id))
    if mine is None and not await _waits(session, exchange_id):
        return None, ()
    cohort = await session.get(CohortRow, now.id)
    seat = await _free(session, cohort) if cohort is not None else None
    if seat is None:
        raise NoSeat
    left = await _left(session, was, exchange_id, mine, at)
    taken = SeatTaken(at=at, exchange_id=exchange_id, seat=seat)
    given_back = [await _write(session, outbox, was, event) for event in left]
    return seat, [*given_back, await _write(session, outbox, now, taken)]


async def _waits(session: AsyncSession, exchange_id: str) -> bool:
    """Whether the exchange has come to ask for a seat and has none for good."""
    stage = await session.scalar(select(ExchangeRow.stage).where(ExchangeRow.id == exchange_id))
    return stage is Stage.SEAT


async def _left(
    session: AsyncSession, cohort: CohortKey, exchange_id: str, mine: SeatRow | None, at: datetime
) -> tuple[Event, ...]:
    """What becomes of a seat, or of a place on the waitlist, that nobody needs any more."""
    if mine is not None:
        return (SeatGivenBack(at=at, exchange_id=exchange_id, seat=mine.number, reason=DEFERRED),)
    query = select(WaitlistRow.exchange_id).where(WaitlistRow.cohort_id == cohort.id).order_by(WaitlistRow.position)
    waiting = list(await session.scalars(query))
    others = tuple(one for one in waiting if one != exchange_id)
    return (WaitlistChanged(at=at, exchange_ids=others, reason=DEFERRED),) if len(others) < len(waiting) else ()


async def take_seat(
    session: AsyncSession, outbox: MessageWriter, exchange_id: str, cohort: CohortKey, at: datetime
) -> Appended:
    """Take a seat for an exchange that goes on from another one, in the caller's transaction (D38).

    Raises:
        NoSeat: none is free, or others wait for it.
    """
    await lock_stream(session, cohort.id)
    row = await session.get(CohortRow, cohort.id)
    seat = await _free(session, row) if row is not None else None
    if seat is None:
        raise NoSeat
    return await _write(session, outbox, cohort, SeatTaken(at=at, exchange_id=exchange_id, seat=seat))


async def _write(session: AsyncSession, outbox: MessageWriter, cohort: CohortKey, event: Event) -> Appended:
    """Record what became of a seat under the name of its cohort's workflow."""
    workflow_id = cohort_workflow_id(cohort.id)
    head = await session.get(HeadRow, workflow_id)
    number = (head.revision if head is not None else 0) + APART
    writer = Writer(workflow_id, number)
    return await append(session, outbox, cohort.id, f"{workflow_id}:{number}", (event,), writer=writer)


async def _has_free(session: AsyncSession, programme: Programme, after: Plan) -> bool:
    """Whether the intake of a plan has a seat for who comes new; one that nobody opened has those of its agreement."""
    cohort = await session.get(CohortRow, after.cohort.id)
    if cohort is not None:
        return await _free(session, cohort) is not None
    host = programme.institution(after.host)
    agreement = host.agreement(after.sending) if host is not None else None
    return agreement is not None and bool(agreement.cap.get(after.year, 0))


async def _free(session: AsyncSession, cohort: CohortRow) -> int | None:
    """The lowest seat that is free; who waits for one comes first (D14)."""
    if await session.scalar(select(exists().where(WaitlistRow.cohort_id == cohort.id))):
        return None
    rows = list(await session.scalars(select(SeatRow).where(SeatRow.cohort_id == cohort.id).order_by(SeatRow.number)))
    free = [row.number for row in rows if row.exchange_id is None]
    # As the cohort counts: seats above a lowered number count until they are given back.
    return free[0] if free and len(rows) - len(free) < cohort.cap else None


async def _is_nominated(session: AsyncSession, exchange_id: str, cohort: CohortKey) -> bool:
    """Whether another exchange of the same student is one of a cohort."""
    person = select(ExchangeCodeRow.person_id).where(ExchangeCodeRow.exchange_id == exchange_id).scalar_subquery()
    other = exists().where(
        ExchangeCodeRow.cohort_id == cohort.id,
        ExchangeCodeRow.person_id == person,
        ExchangeCodeRow.exchange_id != exchange_id,
    )
    return bool(await session.scalar(select(other)))
