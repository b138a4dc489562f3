"""Links to sign in and the codes that stand for them: written with their mail, found again by their code."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.notifications.door_facts import SignInFacts
from models.notifications.notices import NoticeKind
from models.people.access import Identity, Knows
from models.tables import SignInLinkRow
from records.access.identities import mailbox_of
from records.access.signing import Signing
from records.access.throttle import guessed_wrong, may_guess
from records.store.messages import MailTo, write_message

LINK_LASTS = timedelta(minutes=15)
MOST_TRIES = 5
"""Wrong codes typed while a link is good; then its code is worth nothing, and the link itself still is."""


async def send_link(
    session: AsyncSession, to: Identity, browser_hash: str, at: datetime, language: str, next_path: str
) -> None:
    """A link for somebody, and the mail that brings it, once committed."""
    link = secrets.token_hex(16)
    session.add(
        SignInLinkRow(
            id=link,
            person_id=to.person,
            mailbox=mailbox_of(to.email),
            browser_hash=browser_hash,
            next_path=next_path[:500],
            created_at=at,
            expires_at=at + LINK_LASTS,
        )
    )
    facts = SignInFacts(link_id=link, expires_at=at + LINK_LASTS)
    reader = MailTo(person=to.person, role=to.capacities[0].role, language=language or to.language)
    await write_message(session, f"sign-in:{link}", NoticeKind.SIGN_IN, reader, facts, at)


async def link_of_code(
    session: AsyncSession, signing: Signing, digits: str, browser_hash: str, knows: Knows, at: datetime
) -> SignInLinkRow | None:
    """The link whose code it is; where it is none's, every one that this browser may use has been tried in vain."""
    open_links = (
        select(SignInLinkRow)
        .where(
            SignInLinkRow.browser_hash == browser_hash,
            SignInLinkRow.used_at.is_(None),
            SignInLinkRow.expires_at > at,
            SignInLinkRow.tries < MOST_TRIES,
        )
        .order_by(SignInLinkRow.created_at.desc(), SignInLinkRow.id)
        .with_for_update()
    )
    rows = [
        row
        for row in await session.scalars(open_links)
        if await may_guess(session, row.mailbox, knows(row.mailbox), at)
    ]
    for row in rows:
        if secrets.compare_digest(signing.code(row.id).encode(), digits.encode()):
            return row
    for row in rows:
        row.tries += 1
    for address in {row.mailbox for row in rows}:
        guessed_wrong(session, address, at)
    return None


def hashed(secret: str) -> str:
    """A secret as it is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()
