"""Who holds which role now: the catalogue with the people entered in the portal, read again after a change."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.access import Member, peopled
from models.programme import Programme
from models.tables import MemberRow


class Roster:
    """The catalogue as it is peopled now."""

    def __init__(self, catalogue: Programme) -> None:
        self._catalogue = catalogue
        self._programme = catalogue
        self._revision = 0

    async def now(self, session: AsyncSession) -> Programme:
        """The catalogue with everybody's entry: one small query, and one more after a change."""
        revision = await session.scalar(select(func.coalesce(func.max(MemberRow.revision), 0))) or 0
        if revision != self._revision:
            self._programme = peopled(self._catalogue, await entered(session))
            self._revision = revision
        return self._programme


async def entered(session: AsyncSession) -> tuple[Member, ...]:
    """Everybody who was entered in the portal, those who hold no role any more too."""
    rows = await session.scalars(select(MemberRow).order_by(MemberRow.institution_id, MemberRow.person_id))
    return tuple(member_of(row) for row in rows)


def member_of(row: MemberRow) -> Member:
    """The member that a row keeps."""
    return Member(
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
