"""Absences and preferences."""

from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Broken
from models.events import (
    AbsenceCancelled,
    AbsencePlanned,
    EndpointChanged,
    MemberAdded,
    MemberChanged,
    MemberRemoved,
    PreferencesSet,
    SessionEnded,
    SignedIn,
    TokenIssued,
    TokenRevoked,
)
from models.tables import AbsenceRow, PreferenceRow
from records.projections.common import Handlers, in_the_log_alone


async def _planned(session: AsyncSession, stream: str, event: AbsencePlanned) -> None:
    session.add(
        AbsenceRow(
            id=event.absence_id,
            person_id=event.person,
            first_day=event.first_day,
            last_day=event.last_day,
            deputy_id=event.deputy,
        )
    )


async def _cancelled(session: AsyncSession, stream: str, event: AbsenceCancelled) -> None:
    row = await session.get(AbsenceRow, event.absence_id)
    if row is None:
        raise Broken("absence.never_planned", absence=event.absence_id)
    row.cancelled_at = event.at


async def _preferred(session: AsyncSession, stream: str, event: PreferencesSet) -> None:
    row = await session.get(PreferenceRow, event.person)
    if row is None:
        row = PreferenceRow(person_id=event.person)
        session.add(row)
    row.language, row.zone, row.digest = event.language, event.zone, event.digest


HANDLERS: Handlers = {
    AbsencePlanned: _planned,
    AbsenceCancelled: _cancelled,
    PreferencesSet: _preferred,
    # These are about secrets or personal data, which are written beside them in the same transaction.
    SignedIn: in_the_log_alone,
    SessionEnded: in_the_log_alone,
    TokenIssued: in_the_log_alone,
    TokenRevoked: in_the_log_alone,
    EndpointChanged: in_the_log_alone,
    MemberAdded: in_the_log_alone,
    MemberChanged: in_the_log_alone,
    MemberRemoved: in_the_log_alone,
}
