"""Attendance of sessions: signed in, excused, marked and closed, each once for its key, with its event."""

from collections.abc import Sequence
from datetime import datetime

from models.errors import BadInput, NotOpen
from models.events import AbsenceAnnounced, HostSessionClosed
from models.messages.host_sessions import (
    LONGEST_REASON,
    HostSessionStatus,
    Mark,
    MarkedBy,
    Presence,
    SessionAnswer,
)
from models.people.authorization import Actor
from models.rules.host_sessions import require_signing_in
from records.session_hours import tell_hours
from records.session_lists import SessionLists, invitations, require_begun, require_planned
from records.store.engine import transaction
from records.store.once import is_asked_again


class SessionAttendance(SessionLists):
    """Who was at a session. What is asked again under its key changes nothing."""

    async def sign_in(self, session_id: str, exchange_id: str, actor: Actor, at: datetime) -> SessionAnswer:
        """A student signs in at the session itself; the second time changes nothing.

        Raises:
            Unknown: there is no such session, or the student is not invited.
            NotOpen: it is too early or too late, or the session was cancelled.
        """
        async with transaction(self._sessions) as session:
            row = await self._locked(session, session_id)
            invitation = await self._own(session, row, exchange_id, actor)
            if invitation.presence is Presence.ATTENDED:
                return await self._answer(session, row, repeated=True)
            require_signing_in(row.status, row.starts_at, row.ends_at, at)
            marks = (Mark(exchange_id=exchange_id, presence=Presence.ATTENDED),)
            await self._mark(session, row, marks, MarkedBy.SIGN_IN, actor, at, f"sign-in:{row.id}:{exchange_id}")
            return await self._answer(session, row)

    async def announce_absence(
        self, session_id: str, exchange_id: str, reason: str, actor: Actor, at: datetime, key: str
    ) -> SessionAnswer:
        """A student says beforehand that they cannot come, and why; the host decides whether it is excused.

        Raises:
            Unknown: there is no such session, or the student is not invited.
            NotOpen: it has begun, or was cancelled.
            BadInput: no reason, or one that is too long.
        """
        if not reason or len(reason) > LONGEST_REASON:
            raise BadInput("session.reason", "reason", most=LONGEST_REASON)
        async with transaction(self._sessions) as session:
            row = await self._locked(session, session_id)
            invitation = await self._own(session, row, exchange_id, actor)
            asked = [session_id, exchange_id, reason, actor]
            if await is_asked_again(session, ("announce_absence", actor.id, key), asked, at):
                return await self._answer(session, row, repeated=True)
            if row.status is not HostSessionStatus.PLANNED or at >= row.starts_at:
                raise NotOpen("session.begun")
            invitation.reason = reason
            event = AbsenceAnnounced(at=at, actor=actor, session_id=row.id, exchange_id=exchange_id)
            await self._append(session, row, f"absence:{exchange_id}:{key}", event)
            return await self._answer(session, row)

    async def mark(
        self, session_id: str, marks: Sequence[Mark], by: MarkedBy, actor: Actor, at: datetime, key: str
    ) -> SessionAnswer:
        """Record who was there; of a list that is closed, the hours are corrected with before and after.

        Raises:
            NotAuthorised: the person keeps no sessions of this host.
            Unknown: there is no such session.
            NotOpen: it was cancelled, or has not begun.
            BadInput: somebody is not invited, or is named twice.
        """
        async with transaction(self._sessions) as session:
            row = await self._locked(session, session_id)
            zone = self._require(actor, row.institution_id)
            if await is_asked_again(session, ("mark_presence", actor.id, key), [session_id, actor, *marks], at):
                return await self._answer(session, row, repeated=True)
            require_begun(row, at)
            await self._mark(session, row, marks, by, actor, at, f"marked:{key}")
            by_hand: list[str] = []
            if row.status is HostSessionStatus.CLOSED:
                # Of those marked as they were, too: a report of theirs may have been refused.
                everybody = [mark.exchange_id for mark in marks]
                _, by_hand = await tell_hours(session, row, everybody, actor, at, zone, self._wall)
            return await self._answer(session, row, by_hand=tuple(by_hand))

    async def close(self, session_id: str, actor: Actor, at: datetime, key: str) -> SessionAnswer:
        """Close the attendance list: who is not marked was absent, and the hours are told to each exchange.

        Raises:
            NotAuthorised: the person keeps no sessions of this host.
            Unknown: there is no such session.
            NotOpen: it was cancelled, is closed already, or has not begun.
        """
        async with transaction(self._sessions) as session:
            row = await self._locked(session, session_id)
            zone = self._require(actor, row.institution_id)
            if await is_asked_again(session, ("close_session", actor.id, key), [session_id, actor], at):
                return await self._answer(session, row, repeated=True)
            require_planned(row)
            require_begun(row, at)
            invited = await invitations(session, row.id)
            unmarked = [one.exchange_id for one in invited if one.presence is Presence.INVITED]
            missing = [Mark(exchange_id=exchange_id, presence=Presence.ABSENT) for exchange_id in unmarked]
            await self._mark(session, row, missing, MarkedBy.CLOSING, actor, at, f"absent:{row.id}")
            row.status = HostSessionStatus.CLOSED
            await session.flush()
            everybody = [one.exchange_id for one in invited]
            told, by_hand = await tell_hours(session, row, everybody, actor, at, zone, self._wall)
            event = HostSessionClosed(at=at, actor=actor, session_id=row.id, reported=tuple(told))
            await self._append(session, row, f"closed:{row.id}", event)
            return await self._answer(session, row, by_hand=tuple(by_hand))
