"""Whom an OpenID provider means: a person, known by their mailbox, and not an entry of the roster."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.people.access import Identity
from models.tables import OidcSubjectRow
from records.access.identities import chosen_of, identities_at, identity_of, mailbox_of
from records.roster import Roster


async def by_subject(
    session: AsyncSession,
    roster: Roster,
    key: tuple[str, str],
    email: str | None,
    institution: str,
    at: datetime,
    person: str,
) -> Identity | None:
    """Whom the subject of an issuer means; the subject is bound to the mailbox by which they were found.

    Raises:
        RoleToChoose: they hold several roles and have not chosen.
    """
    row = await session.get(OidcSubjectRow, key)
    address, found = await _bound(session, roster, row), tuple[Identity, ...]()
    if address:
        found = _of(await identities_at(session, roster, address, at), institution)
    if not found:
        # Nobody has the mailbox of before: they may be known by another one now, for which the provider vouches.
        address = mailbox_of(email or "")
        found = _of(await identities_at(session, roster, address, at), institution)
    if not found:
        return None
    chosen = chosen_of(found, person)
    if row is None:
        row = OidcSubjectRow(issuer=key[0], subject=key[1], bound_at=at)
        session.add(row)
    row.person_id, row.mailbox = chosen.person, address
    return chosen


async def _bound(session: AsyncSession, roster: Roster, row: OidcSubjectRow | None) -> str:
    """The mailbox that a subject is bound to; who came in before it was kept is known by their entry, once."""
    if row is None:
        return ""
    if row.mailbox is None:
        bound = await identity_of(session, roster, row.person_id)
        return mailbox_of(bound.email) if bound else ""
    return row.mailbox


def _of(found: Iterable[Identity], institution: str) -> tuple[Identity, ...]:
    return tuple(one for one in found if any(actor.institution == institution for actor in one.capacities))
