"""Beds, places and seats compared with the exchanges that have them."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.messages.audit import AuditFinding, FindingKind, Part
from models.tables import BedNightRow, ExchangeRow, PlaceDayRow, SeatRow
from records.audit.looking import LOOKS_AGAIN, Breath, confirmed, snapshot
from records.store.engine import Sessions

MOST = 200
"""Exchanges that are named, of each kind of finding."""
BED, PLACE, SEAT = "bed_nights", "place_days", "seats"


class Holdings:
    """Compares what is held with who holds it."""

    part = Part.HOLDINGS

    def __init__(self, sessions: Sessions, pauses: tuple[float, ...] = LOOKS_AGAIN) -> None:
        """`sessions` of a reading engine."""
        self._sessions = sessions
        self._pauses = pauses

    async def find(self, breathe: Breath) -> list[AuditFinding]:
        """Holdings of exchanges that are unknown or over, held twice, or that exchange and cohort see differently."""

        async def look() -> list[AuditFinding]:
            found: list[AuditFinding] = []
            for query in (_unknown, _closed, _twice, _seats_of_cohorts, _seats_of_exchanges):
                async with snapshot(self._sessions) as session:
                    found += await query(session)
                await breathe()
            return found

        return await confirmed(look, self._pauses)


async def _unknown(session: AsyncSession) -> list[AuditFinding]:
    findings: list[AuditFinding] = []
    for name, holder in ((BED, BedNightRow.exchange_id), (PLACE, PlaceDayRow.exchange_id), (SEAT, SeatRow.exchange_id)):
        known = exists().where(ExchangeRow.id == holder)
        query = select(holder).where(holder.is_not(None), ~known).distinct().order_by(holder).limit(MOST)
        findings += _about(FindingKind.HOLDING_OF_UNKNOWN, name, await session.scalars(query))
    return findings


async def _closed(session: AsyncSession) -> list[AuditFinding]:
    """What an exchange that is over still takes from others: all of it without an arrival, or past the stay."""
    never_came = ExchangeRow.actual_arrival.is_(None)
    findings: list[AuditFinding] = []
    holdings: tuple[tuple[str, Any, ColumnElement[bool]], ...] = (
        (BED, BedNightRow.exchange_id, or_(never_came, BedNightRow.night > ExchangeRow.end)),
        (PLACE, PlaceDayRow.exchange_id, or_(never_came, PlaceDayRow.day > ExchangeRow.end)),
        (SEAT, SeatRow.exchange_id, ExchangeRow.seat.is_(None)),
    )
    for name, holder, kept in holdings:
        over = and_(ExchangeRow.id == holder, ExchangeRow.closed_at.is_not(None), kept)
        query = select(holder).join(ExchangeRow, over).distinct().order_by(holder).limit(MOST)
        findings += _about(FindingKind.HOLDING_OF_CLOSED, name, await session.scalars(query))
    return findings


async def _twice(session: AsyncSession) -> list[AuditFinding]:
    """Constraints forbid it; a table that was restored without them does not."""
    nights = select(BedNightRow.bed_id).group_by(BedNightRow.bed_id, BedNightRow.night).having(func.count() > 1)
    places = (
        select(PlaceDayRow.unit_id)
        .group_by(PlaceDayRow.unit_id, PlaceDayRow.day, PlaceDayRow.slot)
        .having(func.count() > 1)
    )
    seats = select(ExchangeRow.cohort_id).where(ExchangeRow.seat.is_not(None))
    seats = seats.group_by(ExchangeRow.cohort_id, ExchangeRow.seat).having(func.count() > 1)
    findings: list[AuditFinding] = []
    for name, query in ((BED, nights), (PLACE, places), (SEAT, seats)):
        findings += _about(FindingKind.HELD_TWICE, name, await session.scalars(query.distinct().limit(MOST)))
    return findings


async def _seats_of_cohorts(session: AsyncSession) -> list[AuditFinding]:
    """Seats that their cohort gave to an exchange that is running and does not know of it."""
    other = or_(
        ExchangeRow.seat.is_(None), ExchangeRow.seat != SeatRow.number, ExchangeRow.cohort_id != SeatRow.cohort_id
    )
    query = (
        select(SeatRow.exchange_id)
        .join(ExchangeRow, ExchangeRow.id == SeatRow.exchange_id)
        .where(ExchangeRow.closed_at.is_(None), other)
        .order_by(SeatRow.exchange_id)
        .limit(MOST)
    )
    return _about(FindingKind.SEAT_DIFFERS, SEAT, await session.scalars(query))


async def _seats_of_exchanges(session: AsyncSession) -> list[AuditFinding]:
    """Seats that an exchange has and its cohort did not give it."""
    given = exists().where(
        SeatRow.cohort_id == ExchangeRow.cohort_id,
        SeatRow.number == ExchangeRow.seat,
        SeatRow.exchange_id == ExchangeRow.id,
    )
    query = select(ExchangeRow.id).where(ExchangeRow.seat.is_not(None), ~given).order_by(ExchangeRow.id).limit(MOST)
    return _about(FindingKind.SEAT_DIFFERS, SEAT, await session.scalars(query))


def _about(kind: FindingKind, table: str, streams: Iterable[str | None]) -> list[AuditFinding]:
    return [
        AuditFinding(kind=kind, stream=one, params={"table": table, "row": one})
        for one in dict.fromkeys(streams)
        if one
    ]
