"""Tokens of the HTTP API: issued for an institution's systems, with scope and expiry; of each only its hash is kept."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.errors import BadInput, Unknown
from models.events import TokenIssued, TokenRevoked
from models.people.access import TOKEN, ApiScope, ApiToken, NewToken, may_connect
from models.people.authorization import Actor, require
from models.people.erasing import may_erase
from models.tables import ApiTokenRow
from models.vocabulary import Role
from records.store.append import MessageWriter, append, lock_stream
from records.store.engine import Sessions, transaction

LONGEST = timedelta(days=366)
PREFIX = "sj_"
TOUCH = timedelta(minutes=1)
MOST_OF_A_PERSON, MOST_OF_AN_INSTITUTION = 10, 30
"""Tokens that let somebody in at a time: each is a way in that somebody has to remember."""
COORDINATING = frozenset({ApiScope.DECISIONS_WRITE, ApiScope.DOCUMENTS_WRITE, ApiScope.EVENTS_WRITE})
"""Scopes for what a coordinator does; a partner office nominates and looks."""


class Tokens:
    """Issues, looks up and revokes tokens, each in one transaction."""

    def __init__(self, sessions: Sessions, programme: Programme, outbox: MessageWriter) -> None:
        self._sessions = sessions
        self._programme = programme
        self._outbox = outbox

    async def issue(
        self,
        institution: str,
        name: str,
        scopes: tuple[ApiScope, ...],
        expires_at: datetime,
        actor: Actor,
        at: datetime,
    ) -> NewToken:
        """Issue a token; its secret is told this once.

        Raises:
            NotAuthorised: it is not their institution, or the token could do more than they may.
            BadInput: no scope, no name, an expiry that cannot be, or too many tokens already.
        """
        require(may_connect(actor, institution), "not_allowed.issue_tokens")
        above = actor.role is Role.PARTNER_OFFICE and self._role(institution, scopes) is not Role.PARTNER_OFFICE
        require(not above, "not_allowed.issue_scopes")
        if self._programme.institution(institution) is None:
            raise BadInput("institution.unknown", "institution")
        if not name.strip() or len(name) > 100:
            raise BadInput("token.name", "name")
        if not scopes:
            raise BadInput("scopes.choose", "scopes")
        if ApiScope.PRIVACY in scopes:
            may_erase_for_it = may_erase(actor) and institution == self._programme.home
            require(may_erase_for_it, "not_allowed.issue_privacy")
            if len(set(scopes)) > 1:
                raise BadInput("scopes.privacy_alone", "scopes")
        if not at < expires_at <= at + LONGEST:
            raise BadInput("expires.ahead", "expires")
        token_id, secret = secrets.token_hex(8), f"{PREFIX}{secrets.token_urlsafe(32)}"
        row = ApiTokenRow(
            id=token_id,
            secret_hash=_hash(secret),
            institution_id=institution,
            name=name.strip(),
            scopes=[scope.value for scope in scopes],
            created_by=actor.id,
            created_at=at,
            expires_at=expires_at,
        )
        event = TokenIssued(
            at=at, actor=actor, token_id=token_id, institution=institution, scopes=scopes, expires_at=expires_at
        )
        async with transaction(self._sessions) as session:
            await lock_stream(session, "tokens")
            await _require_room(session, institution, actor, at)
            session.add(row)
            await append(session, self._outbox, f"token:{token_id}", f"token-issued:{token_id}", (event,))
        return NewToken(secret=secret, token=_view(row))

    async def tokens(self, actor: Actor) -> list[ApiToken]:
        """The tokens that somebody may manage, the newest first."""
        async with transaction(self._sessions) as session:
            rows = await session.scalars(select(ApiTokenRow).order_by(ApiTokenRow.created_at.desc(), ApiTokenRow.id))
            return [_view(row) for row in rows if may_connect(actor, row.institution_id)]

    async def revoke(self, token_id: str, actor: Actor, at: datetime) -> None:
        """Revoke a token; revoked again, it stays revoked.

        Raises:
            Unknown: there is none, or it is not theirs.
        """
        async with transaction(self._sessions) as session:
            row = await session.get(ApiTokenRow, token_id)
            if row is None or not may_connect(actor, row.institution_id):
                raise Unknown("token.unknown")
            if row.revoked_at is None:
                row.revoked_at = at
                event = TokenRevoked(at=at, actor=actor, token_id=token_id, institution=row.institution_id)
                await append(session, self._outbox, f"token:{token_id}", f"token-revoked:{token_id}", (event,))

    async def principal(self, secret: str, at: datetime) -> tuple[ApiToken, Actor] | None:
        """Whom a secret lets in; `None` where it holds no more or never did.

        A token that looks and nominates acts as a partner office: it sees the students that its institution sends. One
        with a scope of coordinators, and every one of the home institution, acts as the coordinator; one for privacy
        acts as the programme office, which alone issues it.
        """
        if not secret.startswith(PREFIX):
            return None
        async with transaction(self._sessions) as session:
            row = await session.scalar(select(ApiTokenRow).where(ApiTokenRow.secret_hash == _hash(secret)))
            if row is None or not _view(row).holds(at):
                return None
            if row.last_used_at is None or at - row.last_used_at >= TOUCH:
                row.last_used_at = at
            token = _view(row)
        role = self._role(token.institution, token.scopes)
        return token, Actor(id=f"{TOKEN}{token.token_id}", role=role, institution=token.institution)

    def _role(self, institution: str, scopes: tuple[ApiScope, ...]) -> Role:
        if ApiScope.PRIVACY in scopes and institution == self._programme.home:
            return Role.PROGRAMME_OFFICE
        coordinates = institution == self._programme.home or not COORDINATING.isdisjoint(scopes)
        return Role.COORDINATOR if coordinates else Role.PARTNER_OFFICE


async def _require_room(session: AsyncSession, institution: str, actor: Actor, at: datetime) -> None:
    """That neither the institution nor the person has as many tokens as they may."""
    living = select(func.count()).where(ApiTokenRow.revoked_at.is_(None), ApiTokenRow.expires_at > at)
    if (await session.scalar(living.where(ApiTokenRow.created_by == actor.id)) or 0) >= MOST_OF_A_PERSON:
        raise BadInput("token.too_many_own", "name", most=MOST_OF_A_PERSON)
    if (await session.scalar(living.where(ApiTokenRow.institution_id == institution)) or 0) >= MOST_OF_AN_INSTITUTION:
        raise BadInput("token.too_many", "institution", most=MOST_OF_AN_INSTITUTION)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _view(row: ApiTokenRow) -> ApiToken:
    return ApiToken(
        token_id=row.id,
        institution=row.institution_id,
        name=row.name,
        scopes=tuple(ApiScope(scope) for scope in row.scopes if scope in set(ApiScope)),
        created_by=row.created_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
