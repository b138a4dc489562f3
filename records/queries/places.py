"""The places calendar: blocks of units and nights of beds of one host, three queries."""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Institution
from models.people.authorization import Actor
from models.people.roles import PLACING
from models.tables import BedNightRow, ExchangeRow, IdentityRow, PlacementRow, identity_of_exchange
from models.views.places import PlaceBlock, PlaceRow, Places
from models.vocabulary import Role
from records.calendars import Calendars
from records.places import units_now
from records.queries.titles import Titles, student_of
from records.queries.visibility import visible_to
from texts.names import bed_place

ANONYMOUS = ""


async def places(
    session: AsyncSession, titles: Titles, calendars: Calendars, actor: Actor, host: str, first: date, last: date
) -> Places:
    """Who works where and sleeps where; names for those who may know of the students."""
    institution = titles.programme.institutions[host]
    units = [u for u in institution.units if actor.role is not Role.SUPERVISOR or u.id == actor.unit]
    seen = visible_to(actor)
    worked = (
        select(PlacementRow, IdentityRow, seen)
        .join(ExchangeRow, ExchangeRow.id == PlacementRow.exchange_id)
        .join(IdentityRow, identity_of_exchange())
        .where(ExchangeRow.host_id == host, PlacementRow.start <= last, PlacementRow.end >= first)
        .where(PlacementRow.unit_id.in_([u.id for u in units]))
        .order_by(PlacementRow.start, PlacementRow.id)
    )
    blocks = [
        block
        for row, person, known in await session.execute(worked)
        if (block := _block(titles, host, row, person, known=bool(known))) is not None
    ]
    now = await units_now(session, titles.programme, host)
    nights = await _nights(session, institution, first, last, actor) if actor.role in PLACING else []
    closed = [day for day in calendars.days(host, first, last) if not day.works and day.day.weekday() < 5]
    return Places(
        units=tuple(
            PlaceRow(
                row_id=u.id,
                name=u.name,
                name_zh=u.name_zh,
                capacity=now[u.id].terms.capacity if u.id in now else 0,
                note=u.content,
                blocked=now[u.id].terms.blocked if u.id in now else (),
            )
            for u in units
        ),
        beds=tuple(
            PlaceRow(row_id=b.id, name=bed_place(b, "en"), name_zh=bed_place(b, "zh"), note=b.id)
            for b in institution.beds
        ),
        blocks=tuple(blocks),
        nights=tuple(nights),
        closed=tuple(closed),
    )


def _block(titles: Titles, host: str, row: PlacementRow, person: IdentityRow, *, known: bool) -> PlaceBlock | None:
    """A placement as far as it was not given back."""
    end = row.end if row.released_from is None else min(row.end, date.fromordinal(row.released_from.toordinal() - 1))
    if end < row.start:
        return None
    unit, unit_zh = titles.unit(host, row.unit_id)
    return PlaceBlock(
        row_id=row.unit_id,
        where=unit,
        where_zh=unit_zh,
        exchange_id=row.exchange_id if known else ANONYMOUS,
        student=student_of(person).name if known else ANONYMOUS,
        start=row.start,
        end=end,
        placement_id=row.id if known else ANONYMOUS,
    )


async def _nights(
    session: AsyncSession, institution: Institution, first: date, last: date, actor: Actor
) -> list[PlaceBlock]:
    beds = {bed.id: bed for bed in institution.beds}
    query = (
        select(BedNightRow.bed_id, BedNightRow.night, IdentityRow)
        .join(ExchangeRow, ExchangeRow.id == BedNightRow.exchange_id)
        .join(IdentityRow, identity_of_exchange())
        .where(BedNightRow.bed_id.in_(beds), BedNightRow.night >= first, BedNightRow.night <= last, visible_to(actor))
        .order_by(BedNightRow.bed_id, BedNightRow.night)
    )
    people, nights = {}, []
    for bed_id, night, person in await session.execute(query):
        people[person.exchange_id] = student_of(person).name
        nights.append((bed_id, night, person.exchange_id))
    return [
        PlaceBlock(
            row_id=bed_id,
            where=bed_place(beds[bed_id], "en"),
            where_zh=bed_place(beds[bed_id], "zh"),
            exchange_id=exchange_id,
            student=people[exchange_id],
            start=start,
            end=end,
            bed=True,
        )
        for bed_id, exchange_id, start, end in _in_a_row(nights)
    ]


def _in_a_row(nights: Iterable[tuple[str, date, str]]) -> list[tuple[str, str, date, date]]:
    """Bed, exchange, first and last night of each stretch; the nights come by bed, in their order."""
    found: list[tuple[str, str, date, date]] = []
    for bed, night, exchange in nights:
        if found and found[-1][:2] == (bed, exchange) and found[-1][3] + timedelta(days=1) == night:
            found[-1] = (*found[-1][:3], night)
        else:
            found.append((bed, exchange, night, night))
    return found
