"""Links to sign in, sessions, OpenID subjects: each method one transaction, every secret kept as its hash alone."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.addresses import NotAnAddress, mailbox
from models.catalogue.programme import Programme
from models.errors import NotAuthorised, NotOpen, Unknown
from models.events import SessionEnded, SignedIn
from models.notifications.notices import NoticeKind, Reader, SignInFacts
from models.people.absences import institution_of
from models.people.access import Identity, NewSession, SessionView, SignInMethod
from models.people.authorization import Actor
from models.tables import (
    ExchangeCodeRow,
    ExchangeRow,
    KnockRow,
    MessageRow,
    MessageStatus,
    OidcSubjectRow,
    PersonRow,
    SessionRow,
    SignInLinkRow,
)
from models.vocabulary import Role
from records.absences import preferences_of
from records.access.signing import Signing
from records.projections.common import insert_once, table_of
from records.roster import Roster
from records.store.append import MessageWriter, Waker, append
from records.store.engine import Sessions, transaction

LINK_LASTS = timedelta(minutes=15)
IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
TOUCH = timedelta(minutes=5)
"""How exactly it is known when a session was last used."""
KNOCKS = timedelta(minutes=15)
PER_ADDRESS, PER_CALLER = 5, 20
"""Links asked for in that time, for one address and by one caller."""
FORMER_STUDENTS = timedelta(days=400)
"""How long after the end a student may still come in, for the certificate and what is theirs."""


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
            return await self._identity(session, person)

    async def ask_link(
        self, email: str, browser: str, caller: str, at: datetime, *, language: str = "", next_path: str = "/"
    ) -> None:
        """Send a link to everybody of an address; does nothing where there is nobody, or too much was asked.

        Whoever asks is told the same in any case. The link is good once, for fifteen minutes, in this browser.
        """
        address = _mailbox(email)
        if not address:
            return
        async with transaction(self._sessions) as session:
            if not await self._may_knock(session, address, caller, at):
                return
            for person in await self._people_of(session, address, at):
                await self._send_link(session, person, browser, at, language, next_path)
        if self._waker is not None:
            self._waker.wake()

    async def _may_knock(self, session: AsyncSession, address: str, caller: str, at: datetime) -> bool:
        since = at - KNOCKS
        await session.execute(delete(KnockRow).where(KnockRow.at < since - KNOCKS))
        allowed = True
        for whose, most in ((_hash(f"address {address}"), PER_ADDRESS), (_hash(f"caller {caller}"), PER_CALLER)):
            count = select(func.count()).select_from(KnockRow).where(KnockRow.whose == whose, KnockRow.at > since)
            allowed = allowed and (await session.scalar(count) or 0) < most
            session.add(KnockRow(id=secrets.token_hex(16), whose=whose, at=at))
        return allowed

    async def _send_link(
        self, session: AsyncSession, person: str, browser: str, at: datetime, language: str, next_path: str
    ) -> None:
        identity = await self._identity(session, person)
        if identity is None or not identity.capacities:
            return
        link = secrets.token_hex(16)
        session.add(
            SignInLinkRow(
                id=link,
                person_id=person,
                browser_hash=_hash(browser),
                next_path=next_path[:500],
                created_at=at,
                expires_at=at + LINK_LASTS,
            )
        )
        facts = SignInFacts(link_id=link, expires_at=at + LINK_LASTS)
        await insert_once(
            session,
            MessageRow,
            key=f"sign-in:{link}",
            kind=NoticeKind.SIGN_IN,
            stream=f"person:{person}",
            recipient_id=person,
            recipient_role=identity.capacities[0].role,
            on_behalf_of="",
            language=language or identity.language,
            params={"reader": Reader.INFORMED, "facts": facts.model_dump(mode="json")},
            status=MessageStatus.QUEUED,
            attempts=0,
            created_at=at,
            not_before=at,
        )

    async def link_is_good(self, token: str, at: datetime) -> bool:
        """Whether a link could still be used; using it is another matter.

        Raises:
            Unknown: nobody here made this link.
        """
        link = self.signing.link_of(token)
        async with transaction(self._sessions) as session:
            row = await session.get(SignInLinkRow, link)
            return row is not None and row.used_at is None and at < row.expires_at

    async def redeem_link(self, token: str, browser: str, device: str, at: datetime) -> tuple[NewSession, str]:
        """Sign in by a link, once; answers with where to go on to.

        Raises:
            Unknown: nobody here made this link.
            NotAuthorised: it was asked for in another browser; the link stays good there.
            NotOpen: it was used, or is too old.
        """
        link = self.signing.link_of(token)
        async with transaction(self._sessions) as session:
            row = await session.get(SignInLinkRow, link)
            if row is None:
                raise Unknown("link.incomplete")
            if not secrets.compare_digest(row.browser_hash, _hash(browser)):
                raise NotAuthorised("link.other_browser")
            table = table_of(SignInLinkRow)
            unused = (table.c.id == link) & table.c.used_at.is_(None) & (table.c.expires_at > at)
            used = await session.execute(update(table).where(unused).values(used_at=at).returning(table.c.id))
            if used.one_or_none() is None:
                raise NotOpen("link.used")
            opened = await self._open(session, row.person_id, SignInMethod.LINK, device, at)
            return opened, row.next_path

    async def open_session(self, person: str, method: SignInMethod, device: str, at: datetime) -> NewSession:
        """Sign somebody in who has shown who they are."""
        async with transaction(self._sessions) as session:
            return await self._open(session, person, method, device, at)

    async def _open(
        self, session: AsyncSession, person: str, method: SignInMethod, device: str, at: datetime
    ) -> NewSession:
        identity = await self._identity(session, person)
        if identity is None or not identity.capacities:
            raise Unknown("sign_in.nobody")
        token, session_id = secrets.token_urlsafe(32), secrets.token_hex(16)
        row = SessionRow(
            id=session_id,
            token_hash=_hash(token),
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
            row = await session.scalar(select(SessionRow).where(SessionRow.token_hash == _hash(token)))
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
        self, issuer: str, subject: str, email: str | None, institution: str, at: datetime
    ) -> Identity | None:
        """Whom an OpenID provider means; `email` only where the provider vouches for it.

        The first time a subject is bound to the one person of its address at the provider's institution; after that
        the address counts no more.
        """
        async with transaction(self._sessions) as session:
            row = await session.get(OidcSubjectRow, (issuer, subject))
            if row is not None:
                return await self._identity(session, row.person_id)
            if not email:
                return None
            found = [
                identity
                for person in await self._people_of(session, _mailbox(email), at)
                if (identity := await self._identity(session, person)) is not None
                and any(actor.institution == institution for actor in identity.capacities)
            ]
            if len(found) != 1:
                return None
            session.add(OidcSubjectRow(issuer=issuer, subject=subject, person_id=found[0].person, bound_at=at))
            return found[0]

    async def _people_of(self, session: AsyncSession, address: str, at: datetime) -> list[str]:
        programme = await self._roster.now(session)
        contacts = [
            contact.id
            for institution in programme.institutions.values()
            for contact in institution.contacts
            if contact.email.lower() == address
        ]
        living = (
            select(ExchangeCodeRow.person_id)
            .outerjoin(ExchangeRow, ExchangeRow.id == ExchangeCodeRow.exchange_id)
            .where(ExchangeRow.closed_at.is_(None) | (ExchangeRow.closed_at > at - FORMER_STUDENTS))
        )
        students = select(PersonRow.id).where(func.lower(PersonRow.email) == address, PersonRow.id.in_(living))
        return [*contacts, *(await session.scalars(students.order_by(PersonRow.id)))]

    async def _identity(self, session: AsyncSession, person: str) -> Identity | None:
        programme = await self._roster.now(session)
        preferences = (await preferences_of(session, [person])).get(person)
        found = institution_of(programme, person)
        if found is not None:
            institution, contact = programme.institutions[found[0]], found[1]
            actor = Actor(id=contact.id, role=contact.role, institution=institution.id, unit=contact.unit)
            name, email, language, zone = contact.name, contact.email, contact.language, institution.zone
        else:
            row = await session.get(PersonRow, person)
            if row is None:
                return None
            actor = Actor(id=person, role=Role.STUDENT, institution=row.sending_id)
            sending = programme.institution(row.sending_id)
            name, email, language = f"{row.given_name} {row.family_name}".strip(), row.email, row.language
            zone = sending.zone if sending else "UTC"
        return Identity(
            person=person,
            name=name,
            email=email,
            capacities=(actor,),
            language=(preferences.language if preferences else "") or language,
            zone=(preferences.zone if preferences else "") or zone,
        )


def _living(person: str, at: datetime) -> Select[SessionRow]:
    return select(SessionRow).where(
        SessionRow.person_id == person, SessionRow.ended_at.is_(None), SessionRow.expires_at > at
    )


def _mailbox(email: str) -> str:
    """What spellings of one address have in common; empty where it is no address."""
    try:
        return mailbox(email)
    except NotAnAddress:
        return ""


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


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
