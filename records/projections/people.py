"""Absences and preferences."""

from sqlalchemy import delete, insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Broken
from models.events import (
    AbsenceAnnounced,
    AbsenceCancelled,
    AbsencePlanned,
    AddressRestored,
    BroadcastWritten,
    CalendarIssued,
    CalendarRevoked,
    EndpointChanged,
    HostSessionCancelled,
    HostSessionChanged,
    HostSessionClosed,
    HostSessionPlanned,
    MemberAdded,
    MemberChanged,
    MemberProposed,
    MemberRemoved,
    PreferencesSet,
    PresenceMarked,
    ProposalDeclined,
    SessionEnded,
    SignedIn,
    TokenIssued,
    TokenRevoked,
)
from models.tables import AbsenceRow, PreferenceRow
from records.projections.common import Handlers, in_the_log_alone, table_of


async def _planned(session: AsyncSession, stream: str, event: AbsencePlanned) -> None:
    session.add(
        AbsenceRow(
            id=event.absence_id,
            person_id=event.person,
            first_day=event.first_day,
            last_day=event.last_day,
            deputy_id=event.deputy,
            given_by=event.actor.model_dump(mode="json"),
        )
    )


async def _cancelled(session: AsyncSession, stream: str, event: AbsenceCancelled) -> None:
    table = table_of(AbsenceRow)
    row = update(table).where(table.c.id == event.absence_id).values(cancelled_at=event.at).returning(table.c.id)
    if (await session.execute(row)).one_or_none() is None:
        raise Broken("absence.never_planned", absence=event.absence_id)


async def _preferred(session: AsyncSession, stream: str, event: PreferencesSet) -> None:
    # Written anew and not read before: what was there may be what nobody can read.
    table = table_of(PreferenceRow)
    await session.execute(delete(table).where(table.c.person_id == event.person))
    values = {"person_id": event.person, "language": event.language, "zone": event.zone, "digest": event.digest}
    await session.execute(insert(table).values(**values))


HANDLERS: Handlers = {
    AbsencePlanned: _planned,
    AbsenceCancelled: _cancelled,
    PreferencesSet: _preferred,
    # These are about secrets or personal data, which are written beside them in the same transaction.
    SignedIn: in_the_log_alone,
    SessionEnded: in_the_log_alone,
    TokenIssued: in_the_log_alone,
    TokenRevoked: in_the_log_alone,
    CalendarIssued: in_the_log_alone,
    CalendarRevoked: in_the_log_alone,
    EndpointChanged: in_the_log_alone,
    MemberAdded: in_the_log_alone,
    MemberChanged: in_the_log_alone,
    MemberRemoved: in_the_log_alone,
    MemberProposed: in_the_log_alone,
    ProposalDeclined: in_the_log_alone,
    AddressRestored: in_the_log_alone,
    BroadcastWritten: in_the_log_alone,
    HostSessionPlanned: in_the_log_alone,
    HostSessionChanged: in_the_log_alone,
    HostSessionCancelled: in_the_log_alone,
    PresenceMarked: in_the_log_alone,
    AbsenceAnnounced: in_the_log_alone,
    HostSessionClosed: in_the_log_alone,
}
