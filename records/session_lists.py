"""Lists of sessions: whose they are, who stands on one, and what is marked on it, in a caller's transaction."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.errors import BadInput, NotOpen, Unknown
from models.events import Event, PresenceMarked
from models.events.host_sessions import MarkedPresence
from models.messages.broadcasts import Audience
from models.messages.exchange import Plan
from models.messages.host_sessions import (
    HostSessionStatus,
    Mark,
    MarkedBy,
    Presence,
    SessionAnswer,
    SessionTerms,
)
from models.people.authorization import Actor, require
from models.people.host_sessions import may_keep_sessions
from models.rules.host_sessions import fits
from models.tables import ExchangeRow, HostSessionRow, IdentityRow, SessionInvitationRow, identity_of_exchange
from models.vocabulary import Role
from records.queries.broadcasts import students_of
from records.session_mail import SessionNews, Students, tell_invited
from records.store.append import MessageWriter, Waker, append, lock_stream
from records.store.engine import Sessions


class SessionLists:
    """What every act about a session does with its list."""

    def __init__(
        self,
        sessions: Sessions,
        programme: Programme,
        outbox: MessageWriter,
        waker: Waker,
        wall: Callable[[], datetime],
    ) -> None:
        """`waker` is woken after the commit, for the mail that was written; acts are sent by the clock `wall`."""
        self._sessions = sessions
        self._programme = programme
        self._outbox = outbox
        self._waker = waker
        self._wall = wall

    def _zone(self, host: str) -> str:
        return self._programme.zone_of(host)

    def _require(self, actor: Actor, host: str) -> str:
        """The zone of a host whose sessions the person keeps."""
        require(may_keep_sessions(actor, host), "not_allowed.keep_sessions")
        if self._programme.institution(host) is None:
            raise Unknown("institution.unknown", institution=host)
        return self._zone(host)

    async def _locked(self, session: AsyncSession, session_id: str) -> HostSessionRow:
        """A session, kept from others until the commit."""
        await lock_stream(session, f"session:{session_id}")
        row = await session.get(HostSessionRow, session_id, populate_existing=True)
        if row is None:
            raise Unknown("session.not_yours")
        return row

    async def _own(
        self, session: AsyncSession, row: HostSessionRow, exchange_id: str, actor: Actor
    ) -> SessionInvitationRow:
        """The student's own invitation."""
        invitation = await session.get(SessionInvitationRow, (row.id, exchange_id))
        exchange = await session.get(ExchangeRow, exchange_id)
        if invitation is None or exchange is None:
            raise Unknown("session.not_yours")
        if actor.role is not Role.STUDENT or exchange.person_id != actor.id:
            raise Unknown("session.not_yours")
        return invitation

    async def _invited(
        self,
        session: AsyncSession,
        host: str,
        terms: SessionTerms,
        audience: Audience,
        actor: Actor,
        at: datetime,
    ) -> tuple[Students, tuple[str, ...]]:
        """The students of an audience whose stay at this host a session fits, and the exchanges of the others."""
        found, left_out = dict[str, tuple[ExchangeRow, IdentityRow]](), list[str]()
        for exchange, identity in await students_of(session, self._programme, audience, actor, at):
            here = exchange.host_id == host and exchange.closed_at is None
            if here and fits(terms, Plan.model_validate(exchange.plan), self._zone(host)):
                found[exchange.id] = (exchange, identity)
            else:
                left_out.append(exchange.id)
        return found, tuple(left_out)

    async def _exchanges(self, session: AsyncSession, ids: Iterable[str]) -> Students:
        query = (
            select(ExchangeRow, IdentityRow)
            .join(IdentityRow, identity_of_exchange())
            .where(ExchangeRow.id.in_(list(ids)))
            .order_by(ExchangeRow.id)
        )
        return {exchange.id: (exchange, identity) for exchange, identity in await session.execute(query)}

    async def _invite(self, session: AsyncSession, row: HostSessionRow, students: Students, at: datetime) -> None:
        for exchange_id in students:
            session.add(SessionInvitationRow(session_id=row.id, exchange_id=exchange_id, presence=Presence.INVITED))
        await session.flush()
        await tell_invited(session, row, SessionNews.INVITED, students, at)

    async def _mark(
        self,
        session: AsyncSession,
        row: HostSessionRow,
        marks: Sequence[Mark],
        by: MarkedBy,
        actor: Actor,
        at: datetime,
        batch: str,
    ) -> None:
        """Write presences, and an event of those that are otherwise than before."""
        invited = {one.exchange_id: one for one in await invitations(session, row.id)}
        if len({mark.exchange_id for mark in marks}) < len(marks):
            raise BadInput("session.marked_twice", "marks")
        changes = []
        for mark in marks:
            invitation = invited.get(mark.exchange_id)
            if invitation is None:
                raise BadInput("session.not_invited", "marks", exchange=mark.exchange_id)
            if mark.reason:
                invitation.reason = mark.reason
            if invitation.presence is mark.presence:
                continue
            change = MarkedPresence(exchange_id=mark.exchange_id, before=invitation.presence, after=mark.presence)
            changes.append(change)
            invitation.presence, invitation.marked_by, invitation.marked_at = mark.presence, by, at
        await session.flush()
        if changes:
            event = PresenceMarked(at=at, actor=actor, session_id=row.id, by=by, marks=tuple(changes))
            await self._append(session, row, batch, event)

    async def _append(self, session: AsyncSession, row: HostSessionRow, batch: str, event: Event) -> None:
        await append(session, self._outbox, f"session:{row.id}", f"session-{batch}", (event,))

    async def _answer(
        self,
        session: AsyncSession,
        row: HostSessionRow,
        *,
        left_out: tuple[str, ...] = (),
        by_hand: tuple[str, ...] = (),
        repeated: bool = False,
    ) -> SessionAnswer:
        query = select(func.count()).where(SessionInvitationRow.session_id == row.id)
        return SessionAnswer(
            session_id=row.id,
            version=row.version,
            invited=await session.scalar(query) or 0,
            left_out=left_out,
            by_hand=by_hand,
            repeated=repeated,
        )


async def invitations(session: AsyncSession, session_id: str) -> Sequence[SessionInvitationRow]:
    """Everybody on the list of a session, in the order of their exchanges."""
    query = select(SessionInvitationRow).where(SessionInvitationRow.session_id == session_id)
    return list(await session.scalars(query.order_by(SessionInvitationRow.exchange_id)))


def columns(terms: SessionTerms) -> Mapping[str, Any]:
    """What a session is, as its row keeps it."""
    return terms.model_dump(exclude={"objectives"}) | {"objectives": list(terms.objectives)}


def require_places(invited: int, capacity: int) -> None:
    """That there is a place for everybody.

    Raises:
        BadInput: there is not.
    """
    if invited > capacity:
        raise BadInput("session.too_few_places", "capacity", count=invited, most=capacity)


def require_planned(row: HostSessionRow) -> None:
    """That a session is still to come or its list open.

    Raises:
        NotOpen: it was cancelled, or its list is closed.
    """
    if row.status is HostSessionStatus.CANCELLED:
        raise NotOpen("session.cancelled")
    if row.status is HostSessionStatus.CLOSED:
        raise NotOpen("session.closed")


def require_begun(row: HostSessionRow, at: datetime) -> None:
    """That a session takes place, and has begun.

    Raises:
        NotOpen: it was cancelled, or has not begun.
    """
    if row.status is HostSessionStatus.CANCELLED:
        raise NotOpen("session.cancelled")
    if at < row.starts_at:
        raise NotOpen("session.not_begun", moment=row.starts_at)
