"""A place in a unit for every day of a block (D38): by the student's preference, then where most is free."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from models.catalogue.programme import Programme
from models.errors import BadInput, Unknown
from models.events import PlaceAssigned
from models.messages.contracts import AssignPlace, PlaceAnswer
from models.tables import ExchangeRow, PlaceDayRow, PlacementRow, UnitRow
from records.projections.holdings import ASSIGNED
from records.store.append import MessageWriter, Wakers, lock_stream
from records.store.engine import Sessions
from records.store.taking import Taking


class Placement:
    """Assigns places. Safe to repeat: by key, and by placement."""

    def __init__(
        self,
        sessions: Sessions,
        programme: Programme,
        outbox: MessageWriter,
        wakers: Wakers,
    ) -> None:
        """`programme` gives the order of equal units: that of the host's catalogue."""
        self._programme = programme
        self._taking = Taking(sessions, outbox, wakers)

    @activity.defn
    async def assign_place(self, request: AssignPlace) -> PlaceAnswer:
        """Take a place in the best unit of the host with room on every day of the block; `None` writes nothing.

        A unit that declined is not asked again, unless a person names it in `only`. A block outside the stay, or
        across another place of the student, is nowhere free.

        Raises:
            BadInput: the block ends before it starts.
            Unknown: there is no such exchange.
            Unavailable: the database is away or busy, or somebody else took the place; asking again finds another.
        """
        if request.end < request.start:
            raise BadInput("block.reversed", "end")
        block = {"placement_id": request.placement_id, "content": request.content}
        taken = await self._taking.once(
            request.exchange_id,
            request.key,
            PlaceAssigned,
            block | {"start": request.start, "end": request.end, "unit_id": request.only},
            lambda session: self._find(session, request),
            lost="place.taken_meanwhile",
        )
        return PlaceAnswer(unit_id=taken.unit_id if isinstance(taken, PlaceAssigned) else taken)

    async def _find(self, session: AsyncSession, request: AssignPlace) -> PlaceAssigned | str | None:
        if held := await _held(session, request):
            return held
        if not await _fits_the_stay(session, request):
            return None
        # One taker per host at a time, so that what was found free still is when it is taken.
        await lock_stream(session, f"places/{request.host}")
        unit_id = self._choose(request, await _room(session, request))
        if unit_id is None:
            return None
        return PlaceAssigned(
            at=request.at,
            placement_id=request.placement_id,
            content=request.content,
            unit_id=unit_id,
            start=request.start,
            end=request.end,
        )

    def _choose(self, request: AssignPlace, room: dict[str, int]) -> str | None:
        """The unit for the block; `room` is how many places each free unit has on its fullest day."""
        return next((unit for unit in self._wishes(request, room) if room.get(unit, 0) > 0), None)

    def _wishes(self, request: AssignPlace, room: dict[str, int]) -> Sequence[str]:
        if request.only is not None:
            return (request.only,)
        host = self._programme.institution(request.host)
        order = {unit.id: number for number, unit in enumerate(host.units if host else ())}
        rest = sorted(room, key=lambda unit: (-room[unit], order.get(unit, len(order)), unit))
        return [unit for unit in (*request.preferences, *rest) if unit not in request.refused_by]


async def _held(session: AsyncSession, request: AssignPlace) -> str | None:
    """The unit of a placement that already is what is asked for."""
    row = await session.get(PlacementRow, request.placement_id)
    if row is None:
        return None
    if row.exchange_id != request.exchange_id:
        raise Unknown("placement.not_of_exchange", placement=request.placement_id, exchange=request.exchange_id)
    same_block = (row.status, row.content, row.start, row.end) == (
        ASSIGNED,
        request.content,
        request.start,
        request.end,
    )
    wanted = row.unit_id == request.only if request.only else row.unit_id not in request.refused_by
    return row.unit_id if same_block and wanted else None


async def _fits_the_stay(session: AsyncSession, request: AssignPlace) -> bool:
    """Whether the block lies inside the stay and across no other place of the student (D38)."""
    exchange = await session.get(ExchangeRow, request.exchange_id)
    if exchange is None:
        raise Unknown("exchange.unknown", exchange=request.exchange_id)
    if request.start < exchange.start or request.end > exchange.end:
        return False
    overlapping = (
        select(PlaceDayRow.placement_id)
        .where(
            PlaceDayRow.exchange_id == request.exchange_id,
            PlaceDayRow.placement_id != request.placement_id,
            PlaceDayRow.day.between(request.start, request.end),
        )
        .limit(1)
    )
    return await session.scalar(overlapping) is None


async def _room(session: AsyncSession, request: AssignPlace) -> dict[str, int]:
    """Free places of each unit of the host and content on its fullest day of the block; own days count as free."""
    units = select(UnitRow.unit_id, UnitRow.capacity).where(
        UnitRow.institution_id == request.host, UnitRow.content == request.content, UnitRow.capacity > 0
    )
    capacities = dict((await session.execute(units)).all())
    days = (
        select(PlaceDayRow.unit_id, PlaceDayRow.day, func.count())
        .where(
            PlaceDayRow.unit_id.in_(capacities),
            PlaceDayRow.day.between(request.start, request.end),
            PlaceDayRow.placement_id != request.placement_id,
        )
        .group_by(PlaceDayRow.unit_id, PlaceDayRow.day)
    )
    fullest = _fullest(await session.execute(days))
    return {unit: capacity - fullest.get(unit, 0) for unit, capacity in capacities.items()}


def _fullest(days: Iterable[tuple[str, date, int]]) -> dict[str, int]:
    """The most places taken of each unit on any day."""
    most: dict[str, int] = {}
    for unit, _, taken in days:
        most[unit] = max(most.get(unit, 0), taken)
    return most
