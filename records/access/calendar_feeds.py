"""Calendar feeds: secret addresses of one person in one capacity; of each only a hash of its secret is kept."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.errors import BadInput, Conflict, Unknown
from models.events import CalendarIssued, CalendarRevoked
from models.people.authorization import Actor, require
from models.people.calendar_feeds import CalendarFeed, CalendarKind, NewCalendarFeed, may_have_calendar
from models.tables import CalendarFeedRow, ExchangeRow
from models.vocabulary import Role
from records.queries.visibility import visible_to
from records.store.append import MessageWriter, append, lock_stream
from records.store.engine import Sessions, transaction

MOST_CALENDARS = 10
"""Living feeds of a person."""
TOUCH = timedelta(minutes=1)
"""How exactly it is kept when a feed was fetched last."""


class CalendarFeeds:
    """Issues, looks up and revokes feeds, each in one transaction with its event."""

    def __init__(self, sessions: Sessions, programme: Programme, outbox: MessageWriter) -> None:
        self._sessions = sessions
        self._programme = programme
        self._outbox = outbox

    async def issue(self, kind: CalendarKind, about: str, actor: Actor, at: datetime, *, key: str) -> NewCalendarFeed:
        """Make a feed for somebody in a capacity of their own; its secret is told this once.

        Raises:
            NotAuthorised: their role has no such feed.
            BadInput: the exchange or the unit is not known to them, or they have as many feeds as one may.
            Conflict: it was made under this key already.
        """
        require(may_have_calendar(actor, kind) and not actor.on_behalf_of, "not_allowed.calendar")
        secret = secrets.token_urlsafe(32)
        row = CalendarFeedRow(
            id=hashlib.sha256(f"{actor.id}\x00{key}".encode()).hexdigest()[:32],
            secret_hash=_hash(secret),
            person_id=actor.id,
            role=actor.role,
            institution_id=actor.institution,
            unit_id=actor.unit,
            kind=kind,
            about=about if kind in (CalendarKind.EXCHANGE, CalendarKind.UNIT) else "",
            created_at=at,
        )
        async with transaction(self._sessions) as session:
            await lock_stream(session, f"calendars:{actor.id}")
            if await session.get(CalendarFeedRow, row.id) is not None:
                raise Conflict("calendar.made_already")
            await self._require_known(session, row, actor)
            living = select(func.count()).where(
                CalendarFeedRow.person_id == actor.id, CalendarFeedRow.revoked_at.is_(None)
            )
            if (await session.scalar(living) or 0) >= MOST_CALENDARS:
                raise BadInput("calendar.too_many", "what", most=MOST_CALENDARS)
            session.add(row)
            event = CalendarIssued(at=at, actor=actor, feed_id=row.id, person=actor.id, calendar=kind, about=row.about)
            await append(session, self._outbox, f"calendar:{row.id}", f"calendar-issued:{row.id}", (event,))
            return NewCalendarFeed(feed=_view(row), secret=secret)

    async def feeds(self, person: str) -> list[CalendarFeed]:
        """The living feeds of a person, the oldest first."""
        query = select(CalendarFeedRow).where(CalendarFeedRow.person_id == person, CalendarFeedRow.revoked_at.is_(None))
        async with transaction(self._sessions) as session:
            rows = await session.scalars(query.order_by(CalendarFeedRow.created_at, CalendarFeedRow.id))
            return [_view(row) for row in rows]

    async def revoke(self, feed_id: str, actor: Actor, at: datetime) -> None:
        """Let an address lead nowhere from now on; revoked again, it stays revoked.

        Raises:
            Unknown: there is no such feed, or it is somebody else's.
        """
        async with transaction(self._sessions) as session:
            row = await session.get(CalendarFeedRow, feed_id, with_for_update=True)
            if row is None or row.person_id != actor.id:
                raise Unknown("calendar.unknown")
            if row.revoked_at is None:
                row.revoked_at = at
                event = CalendarRevoked(at=at, actor=actor, feed_id=feed_id, person=actor.id)
                await append(session, self._outbox, f"calendar:{feed_id}", f"calendar-revoked:{feed_id}", (event,))

    async def fetched(self, secret: str, at: datetime) -> CalendarFeed:
        """The feed of a secret, noted as fetched now.

        Raises:
            Unknown: there is none, or it was revoked.
        """
        async with transaction(self._sessions) as session:
            row = await session.scalar(select(CalendarFeedRow).where(CalendarFeedRow.secret_hash == _hash(secret)))
            if row is None or row.revoked_at is not None:
                raise Unknown("calendar.unknown")
            if row.last_fetched_at is None or at - row.last_fetched_at >= TOUCH:
                row.last_fetched_at = at
            return _view(row)

    async def _require_known(self, session: AsyncSession, row: CalendarFeedRow, actor: Actor) -> None:
        """That the person may know of what the feed is about."""
        if row.kind is CalendarKind.EXCHANGE:
            seen = select(ExchangeRow.id).where(ExchangeRow.id == row.about, visible_to(actor))
            if await session.scalar(seen) is None:
                raise BadInput("calendar.exchange", "exchange")
        if row.kind is CalendarKind.UNIT:
            institution = self._programme.institution(actor.institution)
            theirs = {unit.id for unit in institution.units} if institution else set()
            if row.about not in (theirs if actor.role is not Role.SUPERVISOR else {actor.unit}):
                raise BadInput("calendar.unit", "what")


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _view(row: CalendarFeedRow) -> CalendarFeed:
    owner = Actor(id=row.person_id, role=row.role, institution=row.institution_id, unit=row.unit_id)
    return CalendarFeed(
        feed_id=row.id,
        owner=owner,
        kind=row.kind,
        about=row.about,
        created_at=row.created_at,
        last_fetched_at=row.last_fetched_at,
    )
