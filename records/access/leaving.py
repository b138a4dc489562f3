"""What ends when somebody leaves their role, or when the address they sign in by becomes another one."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.events import EndpointChanged, TokenRevoked
from models.people.access import Connection, ConnectionKind
from models.people.authorization import Actor
from models.tables import ApiTokenRow, CalendarFeedRow, EndpointRow, SessionRow, SignInLinkRow
from records.projections.common import table_of
from records.store.append import MessageWriter, append

SESSIONS, LINKS, CALENDARS = table_of(SessionRow), table_of(SignInLinkRow), table_of(CalendarFeedRow)
TOKENS, ENDPOINTS = table_of(ApiTokenRow), table_of(EndpointRow)


async def end_access(session: AsyncSession, person: str, at: datetime) -> None:
    """End every way in that somebody has: sessions, links to sign in, and addresses of calendars."""
    living = (SESSIONS.c.person_id == person) & SESSIONS.c.ended_at.is_(None)
    await session.execute(update(SESSIONS).where(living).values(ended_at=at))
    unused = (LINKS.c.person_id == person) & LINKS.c.used_at.is_(None)
    await session.execute(update(LINKS).where(unused).values(used_at=at))
    fetched = (CALENDARS.c.person_id == person) & CALENDARS.c.revoked_at.is_(None)
    await session.execute(update(CALENDARS).where(fetched).values(revoked_at=at))


async def connections_of(
    session: AsyncSession, person: str, at: datetime, since: datetime | None = None
) -> list[Connection]:
    """The tokens and endpoints that somebody made and that are of use still, the oldest first."""
    tokens = select(TOKENS.c.id, TOKENS.c.institution_id, TOKENS.c.name, TOKENS.c.created_at).where(
        TOKENS.c.created_by == person, TOKENS.c.revoked_at.is_(None), TOKENS.c.expires_at > at
    )
    endpoints = select(ENDPOINTS.c.id, ENDPOINTS.c.institution_id, ENDPOINTS.c.url, ENDPOINTS.c.created_at).where(
        ENDPOINTS.c.created_by == person, ENDPOINTS.c.removed_at.is_(None)
    )
    found = [
        (kind, *row)
        for kind, query in ((ConnectionKind.TOKEN, tokens), (ConnectionKind.ENDPOINT, endpoints))
        for row in await session.execute(query)
    ]
    return [
        Connection(kind=kind, id=id, institution=institution, name=name)
        for kind, id, institution, name, made in sorted(found, key=lambda one: (one[4], one[1]))
        if since is None or made >= since
    ]


async def end_connections(
    session: AsyncSession,
    outbox: MessageWriter,
    person: str,
    actor: Actor,
    at: datetime,
    *,
    keep: Collection[str] = (),
    since: datetime | None = None,
) -> None:
    """Revoke the tokens and remove the endpoints that somebody made, but those to `keep`, each with its event."""
    for one in await connections_of(session, person, at, since):
        if one.key in keep:
            continue
        if one.kind is ConnectionKind.TOKEN:
            await session.execute(update(TOKENS).where(TOKENS.c.id == one.id).values(revoked_at=at))
            revoked = TokenRevoked(at=at, actor=actor, token_id=one.id, institution=one.institution)
            await append(session, outbox, f"token:{one.id}", f"token-revoked:{one.id}", (revoked,))
        else:
            ended = update(ENDPOINTS).where(ENDPOINTS.c.id == one.id)
            await session.execute(ended.values(active=False, removed_at=at))
            told = EndpointChanged(at=at, actor=actor, endpoint_id=one.id, institution=one.institution, what="removed")
            await append(session, outbox, f"endpoint:{one.id}", f"endpoint:{one.id}:removed", (told,))
