"""Who holds which role now: the catalogue with the people entered in the portal, read again after a change."""

import time

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.people.access import Member, repeople
from models.tables import MemberRow

KNOWN_FOR = 1.0
"""Seconds for which all but sign-in take the roster as known."""


class Roster:
    """Keeps the people of the catalogue as they are on record."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self._looked = float("-inf")

    async def now(self, session: AsyncSession) -> Programme:
        """The catalogue with everybody who holds a role now: one small query, and one more after a change."""
        revision = await session.scalar(select(func.coalesce(func.max(MemberRow.revision), 0))) or 0
        if revision != self.programme.people:
            repeople(self.programme, await entered(session))
            self.programme.named(revision)
        return self.programme

    async def recent(self, session: AsyncSession) -> Programme:
        """The same as it was a second ago at most: for what is done many times a second."""
        now = time.monotonic()
        if now - self._looked > KNOWN_FOR:
            self._looked = now
            await self.now(session)
        return self.programme


async def entered(session: AsyncSession) -> tuple[Member, ...]:
    """Everybody who was entered in the portal, those who hold no role any more too."""
    rows = await session.scalars(select(MemberRow).order_by(MemberRow.institution_id, MemberRow.person_id))
    return tuple(
        Member(
            person=row.person_id,
            role=row.role,
            institution=row.institution_id,
            unit=row.unit_id,
            name=row.name,
            email=row.email,
            language=row.language,
            deputies=tuple(row.deputies),
            by_portal=True,
            ended_at=row.ended_at,
        )
        for row in rows
    )
