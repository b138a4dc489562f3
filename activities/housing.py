"""A bed for every night of a stay (D34): the one that fits best and splits no longer free stretch."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from models.catalogue.programme import Programme
from models.errors import BadInput, Unknown
from models.events import BedAssigned
from models.messages.contracts import AssignBed, BedAnswer
from models.tables import BedNightRow, BedRow, ExchangeRow, IdentityRow, identity_of_exchange
from records.beds import stretches
from records.remembering import taken as note_taken
from records.store.append import MessageWriter, Wakers, lock_stream
from records.store.engine import Sessions
from records.store.taking import Taking

HORIZON = 400
"""Days around a stay that are looked at; a longer gap is as good as an open one."""
ANY = "any"


@dataclass(frozen=True)
class Guest:
    """Who needs a bed, and what they have now."""

    gender: str
    bed_id: str | None
    first: date | None
    last: date | None


@dataclass(frozen=True)
class FreeBed:
    """A bed that is free for all nights, and how well it fits."""

    id: str
    shared: int
    """0 in a room for the guest's gender, 1 where others of that gender sleep already, 2 in an empty room."""
    gap: int
    """Nights left free between the neighbouring stays and this one."""


class Housing:
    """Assigns beds. Safe to repeat: by key, and because an exchange has at most one bed a night."""

    def __init__(
        self,
        sessions: Sessions,
        programme: Programme,
        outbox: MessageWriter,
        wakers: Wakers,
    ) -> None:
        """`programme` gives the order in which a host wants equal beds to be used: that of its catalogue."""
        self._programme = programme
        self._taking = Taking(sessions, outbox, wakers)

    @activity.defn
    async def assign_bed(self, request: AssignBed) -> BedAnswer:
        """Take the bed asked for, or the best that is free for every night; `None` writes nothing.

        An exchange that has a bed for these nights keeps it, unless another one is asked for. A room is shared by
        one gender only; a bed asked for by name must follow that too.

        Raises:
            BadInput: the last night is before the first.
            Unknown: there is no such exchange.
            Unavailable: the database is away or busy, or somebody else took the bed; asking again finds another.
        """
        if request.last_night < request.first_night:
            raise BadInput("nights.reversed", "last_night")
        nights = {"first_night": request.first_night, "last_night": request.last_night}
        taken = await self._taking.once(
            request.exchange_id,
            request.key,
            BedAssigned,
            nights | {"bed_id": request.bed_id},
            lambda session: self.find(session, request),
            lost="bed.taken_meanwhile",
            done=self._taken_act(request),
        )
        if isinstance(taken, BedAssigned):
            return BedAnswer(bed_id=taken.bed_id)
        return BedAnswer(bed_id=taken, held=taken is not None)

    def _taken_act(self, request: AssignBed) -> Callable[[AsyncSession], Awaitable[None]] | None:
        """What notes the act of whoever moves the student, with the bed that it takes."""
        if (move := request.move) is None:
            return None
        return lambda session: note_taken(session, move.workflow_id, [move.decision_id], request.at)

    async def find(self, session: AsyncSession, request: AssignBed) -> BedAssigned | str | None:
        """What `assign_bed` would write, to be written in the same transaction; the bed, where it is held already."""
        guest = await _guest(session, request.exchange_id)
        held = await stretches(session, request.exchange_id, since=request.first_night)
        if request.move is not None and held == [(request.bed_id, request.first_night, request.last_night)]:
            return request.bed_id
        same_nights = (guest.first, guest.last) == (request.first_night, request.last_night)
        if request.move is None and guest.bed_id and same_nights and request.bed_id in {None, guest.bed_id}:
            return guest.bed_id
        # One taker per host at a time, so that what was found free still is when it is taken.
        await lock_stream(session, f"beds/{request.host}")
        free = await _free_beds(session, request, guest)
        bed_id = self._choose(request, guest, free)
        if bed_id is None:
            return None
        taken = BedAssigned(
            at=request.at, bed_id=bed_id, first_night=request.first_night, last_night=request.last_night
        )
        if (move := request.move) is None:
            return taken
        said = {"actor": move.actor, "note_id": move.note_id, "decision_id": move.decision_id}
        return taken.model_copy(update=said | {"moved_from": held[0].bed_id if held else None})

    def _choose(self, request: AssignBed, guest: Guest, free: list[FreeBed]) -> str | None:
        ids = {bed.id for bed in free}
        if request.bed_id is not None:
            return request.bed_id if request.bed_id in ids else None
        if guest.bed_id in ids:
            return guest.bed_id  # other nights, but nobody moves without need
        host = self._programme.institution(request.host)
        order = {bed.id: number for number, bed in enumerate(host.beds if host else ())}
        best = min(free, key=lambda bed: (bed.shared, bed.gap, order.get(bed.id, len(order)), bed.id), default=None)
        return best.id if best else None


async def _guest(session: AsyncSession, exchange_id: str) -> Guest:
    query = (
        select(IdentityRow.gender, ExchangeRow.bed_id, func.min(BedNightRow.night), func.max(BedNightRow.night))
        .join(IdentityRow, identity_of_exchange())
        .outerjoin(BedNightRow, BedNightRow.exchange_id == ExchangeRow.id)
        .where(ExchangeRow.id == exchange_id)
        .group_by(IdentityRow.gender, ExchangeRow.bed_id)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise Unknown("exchange.unknown", exchange=exchange_id)
    return Guest(*row)


async def _free_beds(session: AsyncSession, request: AssignBed, guest: Guest) -> list[FreeBed]:
    """The host's beds that are free for every night and fit the guest; the guest's own nights count as free."""
    first, last = request.first_night, request.last_night
    inside = BedNightRow.night.between(first, last)
    others = (
        select(
            BedNightRow.bed_id,
            func.max(case((BedNightRow.night < first, BedNightRow.night))).label("before"),
            func.min(case((BedNightRow.night > last, BedNightRow.night))).label("after"),
            func.count(case((inside, 1))).label("taken"),
        )
        .where(
            BedNightRow.night.between(first - timedelta(days=HORIZON), last + timedelta(days=HORIZON)),
            BedNightRow.exchange_id != request.exchange_id,
        )
        .group_by(BedNightRow.bed_id)
        .subquery()
    )
    query = (
        select(BedRow.id, BedRow.building, BedRow.room, BedRow.gender, others.c.before, others.c.after)
        .outerjoin(others, others.c.bed_id == BedRow.id)
        .where(BedRow.institution_id == request.host, BedRow.active, func.coalesce(others.c.taken, 0) == 0)
        .where(BedRow.gender.in_({ANY, guest.gender}))
    )
    rows = (await session.execute(query)).all()
    mates = await _room_mates(session, request)
    return list(_fitting(rows, guest, mates, first, last))


def _fitting(
    rows: Iterable[tuple[str, str, str, str, date | None, date | None]],
    guest: Guest,
    mates: dict[tuple[str, str], set[str]],
    first: date,
    last: date,
) -> Iterable[FreeBed]:
    for bed_id, building, room, gender, before, after in rows:
        genders = mates.get((building, room), set())
        if genders - {guest.gender}:
            continue
        shared = 0 if gender != ANY else 1 if genders else 2
        gap = (first - before).days - 1 if before else HORIZON
        gap += (after - last).days - 1 if after else HORIZON
        yield FreeBed(bed_id, shared, gap)


async def _room_mates(session: AsyncSession, request: AssignBed) -> dict[tuple[str, str], set[str]]:
    """The genders of those who sleep in each room of the host during these nights."""
    query = (
        select(BedRow.building, BedRow.room, IdentityRow.gender)
        .distinct()
        .join(BedNightRow, BedNightRow.bed_id == BedRow.id)
        .join(ExchangeRow, ExchangeRow.id == BedNightRow.exchange_id)
        .join(IdentityRow, identity_of_exchange())
        .where(
            BedRow.institution_id == request.host,
            BedNightRow.night.between(request.first_night, request.last_night),
            BedNightRow.exchange_id != request.exchange_id,
        )
    )
    rooms: dict[tuple[str, str], set[str]] = {}
    for building, room, gender in await session.execute(query):
        rooms.setdefault((building, room), set()).add(gender)
    return rooms
