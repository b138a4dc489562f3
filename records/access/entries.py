"""Rows of people entered in the portal: written whole and never read before, since what is there may be unreadable."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Contact
from models.people.access import Member
from models.people.authorization import Actor
from models.people.deputies import Post
from models.tables import MemberRow
from records.projections.common import table_of
from records.roster import highest_revision

MEMBERS = table_of(MemberRow)


async def write_entry(session: AsyncSession, member: Member, contact: Contact, actor: Actor) -> None:
    """Keep somebody as everybody will read them; the deputies count as named by the actor."""
    await _write(session, (member.institution, contact), deputies_by=actor.model_dump(mode="json"))


async def end_entry(session: AsyncSession, post: Post, at: datetime) -> None:
    """Keep that somebody holds their role no more."""
    await _write(session, post, ended_at=at)


async def set_address(session: AsyncSession, person: str, email: str) -> None:
    """Give an entry another address."""
    revision = await highest_revision(session) + 1
    row = update(MEMBERS).where(MEMBERS.c.person_id == person)
    await session.execute(row.values(email=email, revision=revision))


async def entry_exists(session: AsyncSession, person: str) -> bool:
    """Whether somebody was ever entered under an id, whatever the case of its letters."""
    query = select(MEMBERS.c.person_id).where(func.lower(MEMBERS.c.person_id) == person.casefold()).limit(1)
    return await session.scalar(query) is not None


async def _write(session: AsyncSession, post: Post, **more: Any) -> None:
    institution, contact = post
    revision = await highest_revision(session) + 1
    await session.execute(delete(MEMBERS).where(MEMBERS.c.person_id == contact.id))
    values = {
        "person_id": contact.id,
        "role": contact.role,
        "institution_id": institution,
        "unit_id": contact.unit,
        "name": contact.name.strip(),
        "email": contact.email,
        "language": contact.language,
        "deputies": list(contact.deputies),
        "revision": revision,
    }
    await session.execute(insert(MEMBERS).values(**values, **more))
