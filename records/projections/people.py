"""Absences and preferences."""

from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Broken
from models.events import (
    AbsenceCancelled,
    AbsencePlanned,
    EndpointChanged,
    Event,
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
from records.projections.common import Handlers


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


async def _kept_beside(session: AsyncSession, stream: str, event: Event) -> None:
    """What the event is about holds secrets or personal data, and is written beside it in the same transaction."""


HANDLERS: Handlers = {
    AbsencePlanned: _planned,
    AbsenceCancelled: _cancelled,
    PreferencesSet: _preferred,
    SignedIn: _kept_beside,
    SessionEnded: _kept_beside,
    TokenIssued: _kept_beside,
    TokenRevoked: _kept_beside,
    EndpointChanged: _kept_beside,
    MemberAdded: _kept_beside,
    MemberChanged: _kept_beside,
    MemberRemoved: _kept_beside,
}
