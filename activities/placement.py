"""A place in a unit for every day of a block (D38): by the student's preference, then where most is free."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from models.catalogue.programme import Programme
from models.errors import BadInput, Unknown
from models.events import PlaceAssigned
from models.messages.contracts import AssignPlace, LookForPlaces, PlaceAnswer
from models.tables import ExchangeRow, PlaceDayRow, PlacementRow
from records.places import outlooks_for
from records.projections.holdings import ASSIGNED
from records.roster import Roster
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
        """`programme` gives the order of equal units, and who supervises where."""
        self._roster = Roster(programme)
        self._taking = Taking(sessions, outbox, wakers)

    @activity.defn
    async def assign_place(self, request: AssignPlace) -> PlaceAnswer:
        """Take a place in the best unit of the host that can take the student; `None` writes nothing.

        A unit can where every day of the block has room and none is blocked, where level, discipline and language are
        those that it takes, and one of its supervisors has room (`models.rules.units`). Which wishes were not met, and
        why, is said in the event. A unit that declined is not asked again, unless a person names it in `only`. A block
        outside the stay, or across another place of the student, is nowhere free.

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
            lambda session: self.find(session, request),
            lost="place.taken_meanwhile",
        )
        return PlaceAnswer(unit_id=taken.unit_id if isinstance(taken, PlaceAssigned) else taken)

    async def find(self, session: AsyncSession, request: AssignPlace) -> PlaceAssigned | str | None:
        """What `assign_place` would write, to be written in the same transaction; the unit where it is held already."""
        if held := await _held(session, request):
            return held
        if not request.replanned and not await _fits_the_stay(session, request):
            return None
        # One taker per host at a time, so that what was found free still is when it is taken. Owners of units wait
        # here too: no edit comes between.
        await lock_stream(session, f"places/{request.host}")
        wishes = request.preferences if request.only is None else (request.only,)
        asked = LookForPlaces(
            exchange_id=request.exchange_id,
            placement_id=request.placement_id,
            host=request.host,
            content=request.content,
            start=request.start,
            end=request.end,
            preferences=wishes,
            refused_by=request.refused_by if request.only is None else (),
            besides=request.besides,
            supervisor=request.supervisor,
        )
        seen = await outlooks_for(session, await self._roster.recent(session), asked)
        if request.only is not None:
            seen = seen[:1]
        taken = next((one for one in seen if one.unmet is None), None)
        if taken is None:
            return None
        unmet = [one.unmet for one in seen[: seen.index(taken)] if one.unmet and one.unit_id in wishes]
        return PlaceAssigned(
            at=request.at,
            placement_id=request.placement_id,
            content=request.content,
            unit_id=taken.unit_id,
            start=request.start,
            end=request.end,
            supervisor=taken.supervisor,
            unmet=tuple(unmet),
        )


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
