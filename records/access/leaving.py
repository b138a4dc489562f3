"""What ends when somebody leaves their role, or when the address they sign in by becomes another one."""

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.tables import OidcSubjectRow, SessionRow, SignInLinkRow
from records.projections.common import table_of

SESSIONS, LINKS, SUBJECTS = table_of(SessionRow), table_of(SignInLinkRow), table_of(OidcSubjectRow)


async def end_access(session: AsyncSession, person: str, at: datetime) -> None:
    """End every way in that somebody has: sessions, links to sign in, and what a university's sign-in means by them."""
    living = (SESSIONS.c.person_id == person) & SESSIONS.c.ended_at.is_(None)
    await session.execute(update(SESSIONS).where(living).values(ended_at=at))
    unused = (LINKS.c.person_id == person) & LINKS.c.used_at.is_(None)
    await session.execute(update(LINKS).where(unused).values(used_at=at))
    await session.execute(delete(SUBJECTS).where(SUBJECTS.c.person_id == person))
