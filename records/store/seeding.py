"""Beds and units of the catalogue as rows, so that the database can refuse what does not fit."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from models.catalogue.programme import Institution, Programme
from models.tables import BedRow, UnitRow
from records.projections.units import slots_up_to
from records.store.engine import have_alone, session_maker, transaction, upgrade


async def set_up(engine: AsyncEngine, programme: Programme) -> None:
    """Bring a database to the newest revision, with the catalogue's beds and units; several processes may at once.

    Raises:
        Broken: the database is damaged, another application's, or of a newer version of the service.
        Unavailable: it does not answer, or cannot be written.
    """
    await upgrade(engine)
    async with transaction(session_maker(engine)) as session:
        await have_alone(await session.connection())
        await sync_catalogue(session, programme)


async def sync_catalogue(session: AsyncSession, programme: Programme) -> None:
    """Bring beds, units and their slots in line with the catalogue; doing it again changes nothing.

    What the catalogue no longer offers takes nobody new, and stays for those who have it.
    """
    beds = {row.id: row for row in await session.scalars(select(BedRow))}
    units = {row.unit_id: row for row in await session.scalars(select(UnitRow))}
    for bed in beds.values():
        bed.active = False
    for unit in units.values():
        unit.capacity = 0
    for institution in programme.institutions.values():
        _beds(session, institution, beds)
        _units(session, institution, units)
    await session.flush()
    for unit in units.values():
        await slots_up_to(session, unit.unit_id, unit.capacity)


def _beds(session: AsyncSession, institution: Institution, rows: dict[str, BedRow]) -> None:
    for bed in institution.beds:
        row = rows.get(bed.id)
        if row is None:
            row = rows[bed.id] = BedRow(id=bed.id)
            session.add(row)
        row.institution_id = institution.id
        row.building = bed.building
        row.room = bed.room
        row.gender = bed.gender
        row.active = True


def _units(session: AsyncSession, institution: Institution, rows: dict[str, UnitRow]) -> None:
    for unit in institution.units:
        row = rows.get(unit.id)
        if row is None:
            row = rows[unit.id] = UnitRow(unit_id=unit.id)
            session.add(row)
        row.institution_id = institution.id
        row.content = unit.content
        row.capacity = unit.capacity
