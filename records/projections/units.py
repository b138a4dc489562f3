"""Units as their owners keep them: the terms that hold, and a slot for every place there ever was."""

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.events import UnitChanged
from models.tables import UnitSlotRow, UnitTermsRow
from records.projections.common import Handlers


async def _changed(session: AsyncSession, stream: str, event: UnitChanged) -> None:
    row = await session.get(UnitTermsRow, event.unit_id)
    if row is None:
        row = UnitTermsRow(unit_id=event.unit_id)
        session.add(row)
    row.institution_id = event.institution
    row.version = event.version
    row.terms = event.after.model_dump(mode="json")
    row.changed_at = event.at
    row.changed_by = event.actor.id
    await session.flush()
    await slots_up_to(session, event.unit_id, event.after.capacity)


async def slots_up_to(session: AsyncSession, unit_id: str, capacity: int) -> None:
    """A row for each place of a unit. None is taken away: what was taken in it once must be told again by the log."""
    there = set(await session.scalars(select(UnitSlotRow.slot).where(UnitSlotRow.unit_id == unit_id)))
    missing = [slot for slot in range(1, capacity + 1) if slot not in there]
    if missing:
        await session.execute(insert(UnitSlotRow), [{"unit_id": unit_id, "slot": slot} for slot in missing])


HANDLERS: Handlers = {UnitChanged: _changed}
