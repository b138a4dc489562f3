"""Links to sign in, sessions, OpenID subjects: each method one transaction, every secret kept as its hash alone."""

import re
import secrets
import unicodedata
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.errors import NotAuthorised, NotOpen, Unknown
from models.events import SessionEnded, SignedIn
from models.people.access import Identity, Knows, NewSession, SessionView, SignInMethod
from models.people.authorization import Actor
from models.tables import SessionRow, SignInLinkRow
from records.access.identities import chosen_of, everybody_of, identities_at, identity_of, mailbox_of
from records.access.links import hashed, link_of_code, send_link
from records.access.signing import Signing
from records.access.subjects import by_subject
from records.access.throttle import may_ask
from records.projections.common import table_of
from records.roster import Roster
from records.store.append import MessageWriter, Waker, append
from records.store.engine import Sessions, transaction

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
TOUCH = timedelta(minutes=5)
"""How exactly it is known when a session was last used."""


def _nobody(_: str) -> str:
    """No browser is known."""
    return ""


class Access:
    """Who may come in."""

    def __init__(
        self,
        sessions: Sessions,
        programme: Programme,
        outbox: MessageWriter,
        signing: Signing,
        waker: Waker | None = None,
    ) -> None:
        self._sessions = sessions
        self._roster = Roster(programme)
        self._outbox = outbox
        self._waker = waker
        self.signing = signing

    async def identity(self, person: str) -> Identity | None:
        """A person with the roles they hold now; `None` where nobody has the id."""
        async with transaction(self._sessions) as session:
            return await identity_of(session, self._roster, person)

    async def ask_link(
        self,
        email: str,
        browser: str,
        caller: str,
        at: datetime,
        *,
        knows: Knows = _nobody,
        language: str = "",
        next_path: str = "/",
    ) -> None:
        """Send a link to an address; does nothing where there is nobody, or too much was asked.

        Whoever asks is told the same in any case. The link is good once, for fifteen minutes, in this browser. A
        browser in which the address signed in before is counted apart from everybody else.
        """
        address = mailbox_of(email)
        if not address:
            return
        async with transaction(self._sessions) as session:
            if not await may_ask(session, address, caller, knows(address), at):
                return
            found = await identities_at(session, self._roster, address, at)
            if found:
                await send_link(session, found[0], hashed(browser), at, language, next_path)
        if self._waker is not None:
            self._waker.wake()

    async def link_is_good(self, token: str, at: datetime) -> bool:
        """Whether a link could still be used; using it is another matter.

        Raises:
            Unknown: nobody here made this link.
        """
        link = self.signing.link_of(token)
        async with transaction(self._sessions) as session:
            row = await session.get(SignInLinkRow, link)
            return row is not None and row.used_at is None and at < row.expires_at

    async def redeem_link(
        self, token: str, browser: str, device: str, at: datetime, person: str = ""
    ) -> tuple[NewSession, str]:
        """Sign in by a link, once; answers with where to go on to. `person` chooses among several roles.

        Raises:
            Unknown: nobody here made this link, or nobody comes in by it any more.
            NotAuthorised: it was asked for in another browser; the link stays good there.
            NotOpen: it was used, or is too old.
            RoleToChoose: they hold several roles and have not chosen; the link stays good.
        """
        link = self.signing.link_of(token)
        async with transaction(self._sessions) as session:
            row = await session.get(SignInLinkRow, link)
            if row is None:
                raise Unknown("link.incomplete")
            if not secrets.compare_digest(row.browser_hash, hashed(browser)):
                raise NotAuthorised("link.other_browser")
            return await self._use(session, row, device, at, person)

    async def redeem_code(
        self, code: str, browser: str, device: str, at: datetime, person: str = "", knows: Knows = _nobody
    ) -> tuple[NewSession, str]:
        """Sign in by the code of a mail, typed in the browser that asked; five tries for each link.

        Raises:
            NotOpen: no link of this browser has this code, it was tried too often, or is too old.
            RoleToChoose: they hold several roles and have not chosen; the code stays good.
        """
        digits = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", code))
        async with transaction(self._sessions) as session:
            found = await link_of_code(session, self.signing, digits, hashed(browser), knows, at)
            if found is not None:
                return await self._use(session, found, device, at, person)
        # After the commit: what was tried in vain is counted.
        raise NotOpen("code.wrong")

    async def _use(
        self, session: AsyncSession, row: SignInLinkRow, device: str, at: datetime, person: str
    ) -> tuple[NewSession, str]:
        """Use a link up, by whoever may choose a role of its mailbox."""
        if row.used_at is not None or row.expires_at <= at:
            raise NotOpen("link.used")
        chosen = chosen_of(await identities_at(session, self._roster, row.mailbox, at), person)
        table = table_of(SignInLinkRow)
        unused = (table.c.id == row.id) & table.c.used_at.is_(None) & (table.c.expires_at > at)
        used = await session.execute(update(table).where(unused).values(used_at=at).returning(table.c.id))
        if used.one_or_none() is None:
            raise NotOpen("link.used")
        opened = await self._open(session, chosen.person, SignInMethod.LINK, device, at)
        return opened, row.next_path

    async def everybody(self) -> tuple[Identity, ...]:
        """Everybody who holds a role now, students of open exchanges last; for trying the service out alone."""
        async with transaction(self._sessions) as session:
            return await everybody_of(session, self._roster)

    async def open_session(self, person: str, method: SignInMethod, device: str, at: datetime) -> NewSession:
        """Sign somebody in who has shown who they are."""
        async with transaction(self._sessions) as session:
            return await self._open(session, person, method, device, at)

    async def _open(
        self, session: AsyncSession, person: str, method: SignInMethod, device: str, at: datetime
    ) -> NewSession:
        identity = await identity_of(session, self._roster, person)
        if identity is None or not identity.capacities:
            raise Unknown("sign_in.nobody")
        token, session_id = secrets.token_urlsafe(32), secrets.token_hex(16)
        row = SessionRow(
            id=session_id,
            token_hash=hashed(token),
            person_id=person,
            method=method,
            device=device[:60],
            created_at=at,
            last_seen_at=at,
            expires_at=at + IDLE,
        )
        session.add(row)
        event = SignedIn(at=at, actor=identity.capacities[0], person=person, session_id=session_id, method=method)
        await append(session, self._outbox, f"person:{person}", f"signed-in:{session_id}", (event,))
        return NewSession(token=token, session=_view(row))

    async def session(self, token: str, at: datetime) -> SessionView | None:
        """The session of a token; `None` where it has ended. Each use keeps it for twelve hours more, up to a week."""
        async with transaction(self._sessions) as session:
            row = await session.scalar(select(SessionRow).where(SessionRow.token_hash == hashed(token)))
            if row is None or row.ended_at is not None or at >= row.expires_at:
                return None
            if at - row.last_seen_at >= TOUCH:
                row.last_seen_at = at
                row.expires_at = min(at + IDLE, row.created_at + LONGEST)
            return _view(row)

    async def sessions(self, person: str, at: datetime) -> list[SessionView]:
        """Where a person is signed in, the last used first."""
        async with transaction(self._sessions) as session:
            rows = await session.scalars(_living(person, at).order_by(SessionRow.last_seen_at.desc(), SessionRow.id))
            return [_view(row) for row in rows]

    async def end_session(self, session_id: str, actor: Actor, at: datetime) -> None:
        """End one of a person's own sessions; ended again, it stays ended.

        Raises:
            Unknown: they have no such session.
        """
        async with transaction(self._sessions) as session:
            row = await session.get(SessionRow, session_id)
            if row is None or row.person_id != actor.id:
                raise Unknown("session.unknown")
            await self._end(session, (row,), actor, at)

    async def end_others(self, keep: str, actor: Actor, at: datetime) -> None:
        """End all of a person's sessions but one."""
        async with transaction(self._sessions) as session:
            rows = await session.scalars(_living(actor.id, at).where(SessionRow.id != keep))
            await self._end(session, list(rows), actor, at)

    async def _end(self, session: AsyncSession, rows: Iterable[SessionRow], actor: Actor, at: datetime) -> None:
        for row in rows:
            if row.ended_at is not None:
                continue
            row.ended_at = at
            event = SessionEnded(at=at, actor=actor, person=row.person_id, session_id=row.id)
            await append(session, self._outbox, f"person:{row.person_id}", f"session-ended:{row.id}", (event,))

    async def by_subject(
        self, issuer: str, subject: str, email: str | None, institution: str, at: datetime, person: str = ""
    ) -> Identity | None:
        """Whom an OpenID provider means, in a role they hold now; `email` only where the provider vouches for it.

        A subject is bound to a person, who is known by their mailbox at the provider's institution: whatever roles have
        it are theirs, and an entry that was given to somebody else with another address is not. While somebody has the
        mailbox, what the provider says of addresses counts no more.

        Raises:
            RoleToChoose: they hold several roles and have not chosen.
        """
        async with transaction(self._sessions) as session:
            return await by_subject(session, self._roster, (issuer, subject), email, institution, at, person)


def _living(person: str, at: datetime) -> Select[SessionRow]:
    return select(SessionRow).where(
        SessionRow.person_id == person, SessionRow.ended_at.is_(None), SessionRow.expires_at > at
    )


def _view(row: SessionRow) -> SessionView:
    return SessionView(
        session_id=row.id,
        person=row.person_id,
        method=row.method,
        device=row.device,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        expires_at=row.expires_at,
    )
