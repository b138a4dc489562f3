"""What an endpoint may be told now, and pausing one for which nobody answers any more."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.events import EndpointChanged
from models.messages.webhooks import WhyInactive
from models.people.absences import institution_of
from models.people.authorization import Actor
from models.people.outward import narrower, office_of
from models.tables import EndpointRow
from records.roster import Roster
from records.store.append import MessageWriter, append, lock_stream


class Rights:
    """Looks up what the endpoints of institutions may be told, by the people who hold a role at this moment."""

    def __init__(self, programme: Programme) -> None:
        self._roster = Roster(programme)
        self._home = programme.home

    async def of(self, session: AsyncSession, row: EndpointRow) -> Actor | None:
        """The office as which an endpoint looks now; none where whoever answers for it may connect it no more."""
        found = institution_of(await self._roster.now(session), row.created_by)
        if found is None:
            return None
        institution, contact = found
        person = Actor(id=contact.id, role=contact.role, institution=institution, unit=contact.unit)
        now = office_of(person, row.institution_id, self._home)
        if now is None:
            return None
        office = narrower(now, row.office or now)
        return Actor(id=f"endpoint:{row.id}", role=office, institution=row.institution_id)


async def pause(
    session: AsyncSession, outbox: MessageWriter, endpoint_id: str, why: WhyInactive, at: datetime
) -> EndpointRow:
    """Deliver no more to an endpoint until somebody switches it on, and put that on record; paused, it stays so."""
    stream = f"endpoint:{endpoint_id}"
    await lock_stream(session, stream)
    row = await session.get_one(EndpointRow, endpoint_id, populate_existing=True)
    if row.active:
        row.active, row.why_inactive = False, why.value
        event = EndpointChanged(at=at, endpoint_id=row.id, institution=row.institution_id, what="disabled")
        await append(session, outbox, stream, f"{stream}:{why}:{at.isoformat()}", (event,))
    return row
