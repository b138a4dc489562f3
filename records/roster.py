"""Who holds which role now: the catalogue with the people entered in the portal, read again after a change."""

import time

from pydantic import ValidationError
from sqlalchemy import Integer, RowMapping, String, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.people.access import Member
from models.people.roster import repeople
from models.tables import MemberRow
from records.projections.common import table_of
from records.store.text import json_of

KNOWN_FOR = 1.0
"""Seconds for which all but sign-in take the roster as known."""


class Roster:
    """Keeps the people of the catalogue as they are on record."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self._looked = float("-inf")

    async def now(self, session: AsyncSession) -> Programme:
        """The catalogue with everybody who holds a role now: one small query, and one more after a change."""
        revision = await highest_revision(session)
        if revision != self.programme.people:
            entries = await entered(session)
            unread = repeople(self.programme, entries.members, entries.ended | {who for who, _ in entries.unread})
            self.programme.named(revision, (*entries.unread, *unread))
        return self.programme

    async def recent(self, session: AsyncSession) -> Programme:
        """The same as it was a second ago at most: for what is done many times a second."""
        now = time.monotonic()
        if now - self._looked > KNOWN_FOR:
            self._looked = now
            await self.now(session)
        return self.programme


class Entries:
    """What the table of people says."""

    def __init__(self) -> None:
        self.members: list[Member] = []
        self.ended: frozenset[str] = frozenset()
        self.unread: list[tuple[str, str]] = []
        """Whoever's row cannot be read at all, each with the field at fault."""


async def highest_revision(session: AsyncSession) -> int:
    """The revision of the newest change of anybody."""
    revision = cast(MemberRow.revision, Integer)
    return await session.scalar(select(func.coalesce(func.max(revision), 0))) or 0


async def entered(session: AsyncSession) -> Entries:
    """Everybody who was entered in the portal. Read as text, value by value: no single row stops the others."""
    found, table, ended = Entries(), table_of(MemberRow), set[str]()
    words = [cast(column, String).label(column.name) for column in table.c if column is not table.c.ended_at]
    query = select(*words, table.c.ended_at.is_not(None).label("ended")).order_by(
        table.c.institution_id, table.c.person_id
    )
    for row in (await session.execute(query)).mappings():
        if row["ended"]:
            ended.add(row["person_id"])
            continue
        try:
            found.members.append(_member(row))
        except ValidationError as error:
            field = str(error.errors(include_input=False, include_url=False)[0]["loc"][0])
            found.unread.append((row["person_id"], field))
    found.ended = frozenset(ended)
    return found


def _member(row: RowMapping) -> Member:
    """The entry that a row keeps.

    Raises:
        pydantic.ValidationError: it keeps none.
    """
    return Member.model_validate(
        {
            "person": row["person_id"],
            "role": row["role"],
            "institution": row["institution_id"],
            "unit": row["unit_id"],
            "name": row["name"],
            "email": row["email"],
            "language": row["language"],
            "deputies": json_of(row["deputies"]),
            "deputies_by": json_of(row["deputies_by"]),
            "by_portal": True,
        }
    )
