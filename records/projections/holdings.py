"""Beds and places: taken by the night and the day, given back from a day on.

Whoever takes or gives back locks the bed or unit first, until the commit: takers wait for each other instead of failing
against a constraint, and events get their positions in the order in which things changed hands.
"""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Conflict
from models.events import BedAssigned, HoldingsReleased, PlaceAssigned, PlaceReleased
from models.tables import BedNightRow, BedRow, PlaceDayRow, PlacementRow, UnitRow, UnitSlotRow
from records.projections.common import Handlers, days_between, exchange_row

ASSIGNED = "assigned"
RELEASED = "released"


async def lock_beds(session: AsyncSession, bed_ids: Iterable[str]) -> None:
    """Keep others from taking or giving back nights of these beds until the commit."""
    await session.execute(select(BedRow.id).where(BedRow.id.in_(sorted(bed_ids))).order_by(BedRow.id).with_for_update())


async def lock_units(session: AsyncSession, unit_ids: Iterable[str]) -> None:
    """Keep others from taking or giving back days of these units until the commit."""
    await session.execute(
        select(UnitRow.unit_id).where(UnitRow.unit_id.in_(sorted(unit_ids))).order_by(UnitRow.unit_id).with_for_update()
    )


async def _bed(session: AsyncSession, stream: str, event: BedAssigned) -> None:
    exchange = await exchange_row(session, stream)
    await lock_beds(session, {event.bed_id, *await _held(session, stream)})
    given_up = delete(BedNightRow).where(BedNightRow.exchange_id == stream)
    if event.decision_id is not None:
        given_up = given_up.where(BedNightRow.night >= event.first_night)
    await session.execute(given_up)
    nights = days_between(event.first_night, event.last_night)
    taken = await session.scalar(
        select(BedNightRow.night)
        .where(BedNightRow.bed_id == event.bed_id, BedNightRow.night.between(event.first_night, event.last_night))
        .limit(1)
    )
    if taken is not None:
        raise Conflict("bed.taken", bed=event.bed_id, on=taken)
    session.add_all(BedNightRow(bed_id=event.bed_id, night=night, exchange_id=stream) for night in nights)
    exchange.bed_id = event.bed_id


async def leave_bed(session: AsyncSession, stream: str, first: date) -> None:
    """Give back the nights in a bed from a night on: the student lives elsewhere from then (D34)."""
    exchange = await exchange_row(session, stream)
    await lock_beds(session, await _held(session, stream))
    mine = BedNightRow.exchange_id == stream, BedNightRow.night >= first
    await session.execute(delete(BedNightRow).where(*mine))
    exchange.bed_id = None


async def _held(session: AsyncSession, stream: str) -> list[str]:
    """The beds in which an exchange has nights, the one of its last night at the end."""
    last = func.max(BedNightRow.night)
    query = select(BedNightRow.bed_id).where(BedNightRow.exchange_id == stream).group_by(BedNightRow.bed_id)
    return list(await session.scalars(query.order_by(last)))


async def _place(session: AsyncSession, stream: str, event: PlaceAssigned) -> None:
    row = await session.get(PlacementRow, event.placement_id)
    await lock_units(session, {event.unit_id, row.unit_id if row else event.unit_id})
    if row is None:
        row = PlacementRow(id=event.placement_id, exchange_id=stream)
        session.add(row)
    else:
        await session.execute(delete(PlaceDayRow).where(PlaceDayRow.placement_id == event.placement_id))
    row.content = event.content
    row.unit_id = event.unit_id
    row.start = event.start
    row.end = event.end
    row.supervisor_id = event.supervisor
    row.status = ASSIGNED
    row.released_from = None
    free = await _free_slots(session, event.unit_id, event.start, event.end)
    for day, slots in free.items():
        if not slots:
            raise Conflict("place.none", unit=event.unit_id, on=day)
        session.add(
            PlaceDayRow(
                unit_id=event.unit_id,
                day=day,
                slot=min(slots),
                placement_id=event.placement_id,
                exchange_id=stream,
            )
        )


async def _free_slots(session: AsyncSession, unit_id: str, start: date, end: date) -> dict[date, set[int]]:
    slots = set(await session.scalars(select(UnitSlotRow.slot).where(UnitSlotRow.unit_id == unit_id)))
    free = {day: set(slots) for day in days_between(start, end)}
    taken = await session.execute(
        select(PlaceDayRow.day, PlaceDayRow.slot).where(
            PlaceDayRow.unit_id == unit_id, PlaceDayRow.day.between(start, end)
        )
    )
    for day, slot in taken:
        free[day].discard(slot)
    return free


async def _place_released(session: AsyncSession, stream: str, event: PlaceReleased) -> None:
    row = await session.get(PlacementRow, event.placement_id)
    if row is not None:
        await lock_units(session, {row.unit_id})
        await _give_back(session, row, event.from_day)


async def _all_released(session: AsyncSession, stream: str, event: HoldingsReleased) -> None:
    exchange = await exchange_row(session, stream)
    if exchange.bed_id is not None:
        await lock_beds(session, await _held(session, stream))
        nights = delete(BedNightRow).where(BedNightRow.exchange_id == stream)
        await session.execute(nights.where(BedNightRow.night >= event.from_day) if event.from_day else nights)
        left = await _held(session, stream)
        exchange.bed_id = left[-1] if left else None
    rows = list(await session.scalars(select(PlacementRow).where(PlacementRow.exchange_id == stream)))
    if rows:
        await lock_units(session, {row.unit_id for row in rows})
        for row in rows:
            await _give_back(session, row, event.from_day)


async def _give_back(session: AsyncSession, row: PlacementRow, from_day: date | None) -> None:
    first = max(from_day, row.start) if from_day else row.start
    if first > row.end or (row.released_from is not None and row.released_from <= first):
        return
    await session.execute(delete(PlaceDayRow).where(PlaceDayRow.placement_id == row.id, PlaceDayRow.day >= first))
    row.status = RELEASED
    row.released_from = first


HANDLERS: Handlers = {
    BedAssigned: _bed,
    PlaceAssigned: _place,
    PlaceReleased: _place_released,
    HoldingsReleased: _all_released,
}
