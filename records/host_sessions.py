"""Sessions of a host: planned, changed and cancelled, each once for its key, with its event and its mails."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import BadInput
from models.events import HostSessionCancelled, HostSessionChanged, HostSessionPlanned
from models.idempotency import hashed
from models.messages.broadcasts import Audience
from models.messages.exchange import Plan
from models.messages.host_sessions import HostSessionStatus, PlanSession, SessionAnswer, SessionTerms
from models.people.authorization import Actor
from models.rules.host_sessions import fits, require_sound_terms
from models.tables import HostSessionRow
from records.session_attendance import SessionAttendance
from records.session_lists import columns, invitations, require_places, require_planned
from records.session_mail import SessionNews, Students, tell_invited
from records.store.engine import transaction
from records.store.once import is_asked_again


class HostSessions(SessionAttendance):
    """Keeps the sessions of every host. What is asked again under its key changes nothing."""

    async def plan(self, asked: PlanSession, actor: Actor, at: datetime, key: str) -> SessionAnswer:
        """Plan a session and invite students, who are written to.

        Raises:
            NotAuthorised: the person keeps no sessions of this host.
            BadInput: the session is not sound, has too few places, or nobody is invited.
            Unknown: an exchange that was named is not for them (D44).
            KeyReused: something else was asked under the key.
        """
        zone = self._require(actor, asked.host)
        require_sound_terms(asked.terms, zone, self._programme.policy.objectives)
        session_id = f"s-{hashed(chr(0).join((actor.id, key)))[:24]}"
        async with transaction(self._sessions) as session:
            if await is_asked_again(session, ("plan_session", actor.id, key), [actor, asked], at):
                return await self._answer(session, await self._locked(session, session_id), repeated=True)
            found, left_out = await self._invited(session, asked.host, asked.terms, asked.audience, actor, at)
            if not found:
                raise BadInput("session.nobody", "audience")
            require_places(len(found), asked.terms.capacity)
            row = HostSessionRow(
                id=session_id,
                institution_id=asked.host,
                status=HostSessionStatus.PLANNED,
                version=1,
                created_by=actor.id,
                at=at,
                **columns(asked.terms),
            )
            session.add(row)
            await session.flush()
            await self._invite(session, row, found, at)
            event = HostSessionPlanned(
                at=at,
                actor=actor,
                session_id=row.id,
                institution=row.institution_id,
                content=row.content,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                invited=tuple(found),
            )
            await self._append(session, row, f"planned:{row.id}", event)
            answer = await self._answer(session, row, left_out=left_out)
        self._waker.wake()
        return answer

    async def change(
        self, session_id: str, terms: SessionTerms, more: Audience | None, actor: Actor, at: datetime, key: str
    ) -> SessionAnswer:
        """Move a session or change what it is, and invite more; those invited are told of another time or place.

        Who was invited and whose stay it does not fit any more is told that it is cancelled for them.

        Raises:
            NotAuthorised: the person keeps no sessions of this host.
            Unknown: there is no such session, or a named exchange is not for them (D44).
            NotOpen: it was cancelled, or its list is closed.
            BadInput: it is not sound any more, has another content, or too few places.
        """
        async with transaction(self._sessions) as session:
            row = await self._locked(session, session_id)
            zone = self._require(actor, row.institution_id)
            if await is_asked_again(session, ("change_session", actor.id, key), [session_id, actor, terms, more], at):
                return await self._answer(session, row, repeated=True)
            require_planned(row)
            require_sound_terms(terms, zone, self._programme.policy.objectives)
            if terms.content is not row.content:
                raise BadInput("session.another_content", "content")
            answer = await self._change(session, row, terms, more, actor, at, key)
        self._waker.wake()
        return answer

    async def _change(
        self,
        session: AsyncSession,
        row: HostSessionRow,
        terms: SessionTerms,
        more: Audience | None,
        actor: Actor,
        at: datetime,
        key: str,
    ) -> SessionAnswer:
        zone = self._zone(row.institution_id)
        before = (row.starts_at, row.ends_at, row.place)
        invited = {one.exchange_id: one for one in await invitations(session, row.id)}
        there = await self._exchanges(session, invited)
        gone = [id for id in invited if not fits(terms, Plan.model_validate(there[id][0].plan), zone)]
        for id in gone:
            await session.delete(invited[id])
        found, left_out = Students(), tuple[str, ...]()
        if more is not None:
            found, left_out = await self._invited(session, row.institution_id, terms, more, actor, at)
        new = {id: one for id, one in found.items() if id not in invited}
        require_places(len(invited) - len(gone) + len(new), terms.capacity)
        for name, value in columns(terms).items():
            setattr(row, name, value)
        row.version += 1
        await session.flush()
        await self._invite(session, row, new, at)
        kept = {id: there[id] for id in invited if id not in gone}
        if before != (row.starts_at, row.ends_at, row.place):
            await tell_invited(session, row, SessionNews.MOVED, kept, at, starts_before=before[0])
        await tell_invited(session, row, SessionNews.CANCELLED, {id: there[id] for id in gone}, at)
        event = HostSessionChanged(
            at=at,
            actor=actor,
            session_id=row.id,
            version=row.version,
            starts_before=before[0],
            ends_before=before[1],
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            invited=tuple(new),
            left=tuple(gone),
        )
        await self._append(session, row, f"changed:{key}", event)
        return await self._answer(session, row, left_out=left_out)

    async def cancel(self, session_id: str, actor: Actor, at: datetime, key: str) -> SessionAnswer:
        """Cancel a session; those invited are told, and it makes no hours.

        Raises:
            NotAuthorised: the person keeps no sessions of this host.
            Unknown: there is no such session.
            NotOpen: it was cancelled, or its list is closed.
        """
        async with transaction(self._sessions) as session:
            row = await self._locked(session, session_id)
            self._require(actor, row.institution_id)
            if await is_asked_again(session, ("cancel_session", actor.id, key), [session_id, actor], at):
                return await self._answer(session, row, repeated=True)
            require_planned(row)
            row.status = HostSessionStatus.CANCELLED
            row.version += 1
            invited = [one.exchange_id for one in await invitations(session, row.id)]
            await tell_invited(session, row, SessionNews.CANCELLED, await self._exchanges(session, invited), at)
            event = HostSessionCancelled(at=at, actor=actor, session_id=row.id)
            await self._append(session, row, f"cancelled:{key}", event)
            answer = await self._answer(session, row)
        self._waker.wake()
        return answer
