"""Managing endpoints: added, changed, rotated, tested and removed by an institution's offices."""

import base64
import hashlib
import secrets
from datetime import datetime
from typing import Any

from cloudevents.core.v1.event import CloudEvent
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.errors import BadInput, Broken, NotOpen, Unknown
from models.events import EndpointChanged
from models.events.outward import TYPES
from models.messages.webhooks import (
    ROTATION,
    TEST,
    Delivery,
    DeliveryStatus,
    Endpoint,
    NewEndpoint,
    Tried,
    WhyInactive,
)
from models.people.access import may_connect
from models.people.authorization import Actor, require
from models.people.outward import may_manage_endpoint, office_of
from models.tables import DeliveryRow, EndpointRow, ExchangeRow
from models.vocabulary import Role
from records.projections.common import table_of
from records.queries.visibility import visible_to
from records.store.append import MessageWriter, append, lock_stream
from records.store.engine import Sessions, transaction
from records.store.once import is_asked_again
from webhooks.client import Caller
from webhooks.cloudevents import written
from webhooks.feed import last_position, settle
from webhooks.rights import Rights

MOST = 10
"""Endpoints of one institution."""


class Vault:
    """Keeps secrets that must be used again: encrypted with the service's own."""

    def __init__(self, secret: str) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"webhooks\n{secret}".encode()).digest()))

    def close(self, text: str) -> str:
        """Encrypt."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, text: str) -> str:
        """Decrypt.

        Raises:
            Broken: it was encrypted with another secret of the service.
        """
        try:
            return self._fernet.decrypt(text.encode()).decode()
        except InvalidToken:
            raise Broken("secret.unreadable") from None


async def active_endpoints(sessions: Sessions) -> list[str]:
    """The ids of the endpoints that take deliveries."""
    async with transaction(sessions) as session:
        return list(await session.scalars(select(EndpointRow.id).where(EndpointRow.active)))


class Endpoints:
    """The endpoints of institutions, each change in one transaction with its event."""

    def __init__(
        self, sessions: Sessions, programme: Programme, outbox: MessageWriter, vault: Vault, caller: Caller, source: str
    ) -> None:
        self._sessions = sessions
        self._programme = programme
        self._vault = vault
        self._caller = caller
        self._source = source
        self._outbox = outbox
        self._rights = Rights(programme)

    async def add(
        self, institution: str, url: str, description: str, kinds: tuple[str, ...], actor: Actor, at: datetime, key: str
    ) -> NewEndpoint:
        """Add an endpoint; it gets what happens from now on, as far as whoever adds it may see that. Once per key.

        Raises:
            NotAuthorised: it is not their institution.
            BadInput: the address or a type cannot be.
            KeyReused: another endpoint was added under the key.
        """
        office = office_of(actor, institution, self._programme.home)
        require(office is not None, "not_allowed.manage_endpoints")
        if self._programme.institution(institution) is None:
            raise BadInput("institution.unknown", "institution")
        self._check(url, description, kinds)
        endpoint_id, secret = f"ep-{hashlib.sha256(key.encode()).hexdigest()[:16]}", _new_secret()
        async with transaction(self._sessions) as session:
            await settle(session)  # what is being recorded now lies before it, or is delivered; nothing in between
            row = await session.get(EndpointRow, endpoint_id)
            if row is not None:
                require(await self._may_manage(session, row, actor), "not_allowed.manage_endpoints")
            asked = [actor.id, institution, url, description, kinds]
            if await is_asked_again(session, ("endpoint", key), asked, at) and row is None:
                row = await session.get(EndpointRow, endpoint_id)  # of two at once, this is the second
            if row is not None:
                return NewEndpoint(secret=self._vault.open(row.secret), endpoint=await self._view(session, row))
            living = select(EndpointRow).where(
                EndpointRow.institution_id == institution, EndpointRow.removed_at.is_(None)
            )
            if len((await session.scalars(living)).all()) >= MOST:
                raise BadInput("endpoint.too_many", "institution", most=MOST)
            row = EndpointRow(
                id=endpoint_id,
                institution_id=institution,
                url=url,
                description=description,
                kinds=list(kinds),
                secret=self._vault.close(secret),
                active=True,
                why_inactive="",
                created_by=_answering(actor),
                office=office,
                created_at=at,
                position=await last_position(session),
            )
            session.add(row)
            await self._tell(session, row, "added", actor, at, "added")
            return NewEndpoint(secret=secret, endpoint=await self._view(session, row))

    async def change(
        self, endpoint_id: str, url: str, description: str, kinds: tuple[str, ...], active: bool, actor: Actor,
        at: datetime, key: str,
    ) -> Endpoint:  # fmt: skip
        """Change an endpoint, or switch it off and on; what happened meanwhile is delivered when it is on again.

        Whoever switches on one for which nobody answers any more answers for it from then on, and it is told what
        they may see. Once per key: a key that comes again changes nothing that was changed since.
        """
        self._check(url, description, kinds)
        async with transaction(self._sessions) as session:
            row = await self._to_change(session, endpoint_id, actor)
            asked = ["changed", actor.id, url, description, kinds, active]
            await is_asked_again(session, ("endpoint", endpoint_id, key), asked, at)
            if await self._tell(session, row, "changed", actor, at, key):
                row.url, row.description, row.kinds = url, description, list(kinds)
                if active and await self._rights.of(session, row) is None:
                    row.created_by = _answering(actor)
                    row.office = office_of(actor, row.institution_id, self._programme.home)
                if active:
                    row.active, row.why_inactive = True, ""
                elif row.active or row.why_inactive != WhyInactive.CREATOR_LEFT:
                    row.active, row.why_inactive = False, WhyInactive.SWITCHED_OFF.value
            return await self._view(session, row)

    async def rotate(self, endpoint_id: str, actor: Actor, at: datetime, key: str) -> NewEndpoint:
        """Give an endpoint another secret; for a day events are signed with both."""
        async with transaction(self._sessions) as session:
            row = await self._to_change(session, endpoint_id, actor)
            await is_asked_again(session, ("endpoint", endpoint_id, key), ["rotated", actor.id], at)
            if not await self._tell(session, row, "rotated", actor, at, key):
                return NewEndpoint(secret=self._vault.open(row.secret), endpoint=await self._view(session, row))
            secret = _new_secret()
            row.previous_secret, row.secret, row.rotated_at = row.secret, self._vault.close(secret), at
            return NewEndpoint(secret=secret, endpoint=await self._view(session, row))

    async def remove(self, endpoint_id: str, actor: Actor, at: datetime) -> None:
        """Remove an endpoint; what was not delivered stays undelivered. Removed again, it stays removed."""
        async with transaction(self._sessions) as session:
            row = await self._to_change(session, endpoint_id, actor, removed=True)
            if row.removed_at is None:
                row.active, row.removed_at = False, at
                await self._tell(session, row, "removed", actor, at, "removed")

    async def test(self, endpoint_id: str, actor: Actor, at: datetime) -> Tried:
        """Send a test event at once, signed like all others, and say what came of it."""
        async with transaction(self._sessions) as session:
            row = await self._of(session, endpoint_id, actor)
            url, keys = row.url, secrets_of(row, self._vault, at)
        event_id = f"test.{secrets.token_hex(8)}"
        attributes = {"specversion": "1.0", "id": event_id, "source": self._source, "type": TEST, "time": at}
        event = CloudEvent(attributes | {"datacontenttype": "application/json"}, {"endpoint_id": endpoint_id})
        return await self._caller.call(url, keys, event_id, written(event))

    async def endpoints(self, actor: Actor) -> list[Endpoint]:
        """The endpoints that somebody may manage."""
        async with transaction(self._sessions) as session:
            query = select(EndpointRow).where(EndpointRow.removed_at.is_(None))
            rows = await session.scalars(query.order_by(EndpointRow.institution_id, EndpointRow.created_at))
            return [await self._view(session, row) for row in rows if await self._may_manage(session, row, actor)]

    async def deliveries(
        self, endpoint_id: str, actor: Actor, status: DeliveryStatus | None = None, limit: int = 100
    ) -> list[Delivery]:
        """The deliveries of an endpoint about exchanges that the actor may know of, the newest first."""
        async with transaction(self._sessions) as session:
            await self._of(session, endpoint_id, actor)
            query = select(DeliveryRow).where(DeliveryRow.endpoint_id == endpoint_id, _about_visible(actor))
            if status is not None:
                query = query.where(DeliveryRow.status == status)
            return [_delivery(row) for row in await session.scalars(query.order_by(DeliveryRow.id.desc()).limit(limit))]

    async def redeliver(self, delivery_id: int, actor: Actor, at: datetime) -> str:
        """Send a dead delivery again; answers with its endpoint.

        Raises:
            NotOpen: it is not dead.
        """
        async with transaction(self._sessions) as session:
            query = select(DeliveryRow).where(DeliveryRow.id == delivery_id, _about_visible(actor))
            row = await session.scalar(query)
            if row is None:
                raise Unknown("delivery.unknown")
            endpoint = await session.get_one(EndpointRow, row.endpoint_id)
            if endpoint.removed_at is not None or not await self._may_manage(session, endpoint, actor):
                raise Unknown("delivery.unknown")
            table = table_of(DeliveryRow)
            dead = (table.c.id == delivery_id) & (table.c.status == DeliveryStatus.DEAD)
            again = {"status": DeliveryStatus.PENDING, "attempts": 0, "next_at": at}
            done = await session.execute(update(table).where(dead).values(**again).returning(table.c.id))
            if done.one_or_none() is None:
                raise NotOpen("delivery.on_its_way")
            return row.endpoint_id

    def _check(self, url: str, description: str, kinds: tuple[str, ...]) -> None:
        self._caller.check(url)
        if len(description) > 200:
            raise BadInput("description.too_long", "description")
        strange = [kind for kind in kinds if kind not in TYPES]
        if strange:
            raise BadInput("kinds.unknown", "kinds", event_type=strange[0][:60])

    async def _of(self, session: AsyncSession, endpoint_id: str, actor: Actor, *, removed: bool = False) -> EndpointRow:
        row = await session.get(EndpointRow, endpoint_id)
        if row is None or (row.removed_at is not None and not removed):
            raise Unknown("endpoint.unknown")
        if not await self._may_manage(session, row, actor):
            raise Unknown("endpoint.unknown")
        return row

    async def _may_manage(self, session: AsyncSession, row: EndpointRow, actor: Actor) -> bool:
        if not may_connect(actor, row.institution_id):
            return False
        looks = await self._rights.of(session, row)
        # By what it was added with: whoever answers for it may come to see as much again.
        widest = row.office or (looks.role if looks else Role.COORDINATOR)
        return may_manage_endpoint(actor, row.institution_id, widest)

    async def _view(self, session: AsyncSession, row: EndpointRow) -> Endpoint:
        """An endpoint without its secret; one for which nobody answers any more is off before anybody wakes it."""
        looks = await self._rights.of(session, row)
        left = row.active and looks is None
        return Endpoint(
            endpoint_id=row.id,
            institution=row.institution_id,
            url=row.url,
            description=row.description,
            kinds=tuple(row.kinds),
            active=row.active and not left,
            why_inactive=WhyInactive.CREATOR_LEFT if left else row.why_inactive,
            created_at=row.created_at,
            rotated_at=row.rotated_at,
            office=looks.role if looks else row.office or Role.COORDINATOR,
        )

    async def _to_change(
        self, session: AsyncSession, endpoint_id: str, actor: Actor, *, removed: bool = False
    ) -> EndpointRow:
        """An endpoint that waits for whoever changes it now; the log is locked first, as where events are taken up."""
        await lock_stream(session, f"endpoint:{endpoint_id}")
        return await self._of(session, endpoint_id, actor, removed=removed)

    async def _tell(
        self, session: AsyncSession, row: EndpointRow, what: Any, actor: Actor, at: datetime, key: str
    ) -> bool:
        event = EndpointChanged(at=at, actor=actor, endpoint_id=row.id, institution=row.institution_id, what=what)
        told = await append(session, self._outbox, f"endpoint:{row.id}", f"endpoint:{row.id}:{key}", (event,))
        return not told.repeated


def secrets_of(row: EndpointRow, vault: Vault, at: datetime) -> tuple[str, ...]:
    """The secrets that sign now: the current one, and for a day the one before."""
    found = [vault.open(row.secret)]
    if row.previous_secret and row.rotated_at is not None and at < row.rotated_at + ROTATION:
        found.append(vault.open(row.previous_secret))
    return tuple(found)


def _answering(actor: Actor) -> str:
    """Who answers for what an actor connects; a deputy does it for the absent, who answer for it when they are back."""
    return actor.on_behalf_of or actor.id


def _about_visible(actor: Actor) -> ColumnElement[bool]:
    """Deliveries about exchanges that somebody may know of (D44)."""
    return exists().where(ExchangeRow.id == DeliveryRow.stream, visible_to(actor))


def _new_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def _delivery(row: DeliveryRow) -> Delivery:
    return Delivery(
        delivery_id=row.id,
        endpoint_id=row.endpoint_id,
        event_id=row.event_id,
        type=row.type,
        stream=row.stream,
        status=row.status,
        attempts=row.attempts,
        answer=row.answer,
        next_at=row.next_at,
        delivered_at=row.delivered_at,
    )
