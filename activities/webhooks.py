"""Delivering what is due to one endpoint: per exchange in order, several exchanges side by side, each try on record."""

import asyncio
import time
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from models.catalogue.programme import Programme
from models.events.outward import event_type
from models.messages.webhooks import BACK_OFF, DeliverAnswer, DeliverDue, DeliveryStatus, Tried, WhyInactive
from models.tables import DeliveryRow, EndpointRow, EventRow
from records.projections.common import insert_once
from records.store.append import MessageWriter
from records.store.engine import Sessions, transaction
from webhooks.client import Caller
from webhooks.cloudevents import Outward, event_id, written
from webhooks.endpoints import Vault, secrets_of
from webhooks.feed import events_after, may_tell, settle
from webhooks.rights import Rights, pause

PAGE = 500
SIDE_BY_SIDE = 8
NOT_FOR_IT = "not for this office"
"""The answer of a delivery that was made when the endpoint was told more than it may see."""
WITHIN = 20.0
"""Seconds after which no further delivery is begun; the workflow asks again."""


class Webhooks:
    """Delivers events to endpoints."""

    def __init__(
        self,
        sessions: Sessions,
        programme: Programme,
        outbox: MessageWriter,
        vault: Vault,
        caller: Caller,
        outward: Outward,
    ) -> None:
        self._sessions = sessions
        self._rights = Rights(programme)
        self._outbox = outbox
        self._vault = vault
        self._caller = caller
        self._outward = outward

    @activity.defn
    async def deliver_due(self, request: DeliverDue) -> DeliverAnswer:
        """Deliver what is due, and say when to come back.

        A delivery that was accepted while its worker died is sent again under the same id: receivers know it by that.
        """
        if not await self._take_up(request.endpoint_id, request.now):
            return DeliverAnswer(active=False)
        begun, delivered = time.monotonic(), 0

        def now() -> datetime:
            return request.now + timedelta(seconds=time.monotonic() - begun)

        while time.monotonic() - begun < WITHIN:
            heads = await self._heads(request.endpoint_id, now())
            if not heads:
                break
            done = await asyncio.gather(*(self._deliver(one, now()) for one in heads))
            delivered += sum(done)
            if not await self._active(request.endpoint_id):
                return DeliverAnswer(active=False, delivered=delivered)
        async with transaction(self._sessions) as session:
            waiting = _pending(request.endpoint_id).subquery()
            heads_at = select(DeliveryRow.next_at).where(DeliveryRow.id.in_(select(waiting.c.id)))
            next_at = await session.scalar(heads_at.order_by(DeliveryRow.next_at).limit(1))
        return DeliverAnswer(active=True, next_at=next_at, delivered=delivered)

    async def _take_up(self, endpoint_id: str, now: datetime) -> bool:
        """Make a delivery of every event since the last look; says whether the endpoint takes any."""
        while True:
            async with transaction(self._sessions) as session:
                await settle(session)  # before the row: who changes an endpoint holds the log first, then the row
                endpoint = await session.get(EndpointRow, endpoint_id, with_for_update=True)
                if endpoint is None or not endpoint.active:
                    return False
                looks = await self._rights.of(session, endpoint)
                if looks is None:
                    await pause(session, self._outbox, endpoint_id, WhyInactive.CREATOR_LEFT, now)
                    return False
                page = await events_after(session, looks, endpoint.position, PAGE)
                wanted = set(endpoint.kinds)
                for row in page.rows:
                    if not wanted or event_type(row.kind) in wanted:
                        await insert_once(session, DeliveryRow, **_new(endpoint_id, row, now))
                endpoint.position = page.position
            if len(page.rows) < PAGE:
                return True

    async def _heads(self, endpoint_id: str, now: datetime) -> list[int]:
        """The first delivery of each exchange, where it is due; what follows it waits for it."""
        async with transaction(self._sessions) as session:
            waiting = _pending(endpoint_id).subquery()
            query = select(DeliveryRow.id).where(DeliveryRow.id.in_(select(waiting.c.id)), DeliveryRow.next_at <= now)
            return list(await session.scalars(query.order_by(DeliveryRow.position).limit(SIDE_BY_SIDE)))

    async def _deliver(self, delivery_id: int, now: datetime) -> bool:
        async with transaction(self._sessions) as session:
            row = await session.get_one(DeliveryRow, delivery_id)
            endpoint = await session.get_one(EndpointRow, row.endpoint_id)
            looks = await self._rights.of(session, endpoint)
            if looks is None:
                await pause(session, self._outbox, endpoint.id, WhyInactive.CREATOR_LEFT, now)
                return False
            if not await may_tell(session, looks, row.stream):
                row.status, row.answer = DeliveryStatus.DEAD, NOT_FOR_IT
                return False
            event = await session.get_one(EventRow, row.position)
            url, keys = endpoint.url, secrets_of(endpoint, self._vault, now)
            body = written(self._outward.event(event))
            message_id = row.event_id
        tried = await self._caller.call(url, keys, message_id, body)
        async with transaction(self._sessions) as session:
            if tried.gone:
                await pause(session, self._outbox, endpoint.id, WhyInactive.GONE, now)
            await _record(session, delivery_id, tried, now)
        return tried.accepted

    async def _active(self, endpoint_id: str) -> bool:
        async with transaction(self._sessions) as session:
            row = await session.get(EndpointRow, endpoint_id)
            return row is not None and row.active


async def _record(session: AsyncSession, delivery_id: int, tried: Tried, now: datetime) -> None:
    row = await session.get_one(DeliveryRow, delivery_id)
    row.attempts += 1
    row.answer = tried.answer[:100]
    if tried.accepted:
        row.status, row.delivered_at = DeliveryStatus.DELIVERED, now
    elif tried.gone:
        return  # it waits until somebody switches the endpoint on
    elif row.attempts > len(BACK_OFF):
        row.status = DeliveryStatus.DEAD
    else:
        pause = BACK_OFF[row.attempts - 1]
        if tried.retry_after is not None:
            pause = max(pause, timedelta(seconds=tried.retry_after))
        row.next_at = now + pause


def _pending(endpoint_id: str) -> Select[int]:
    """The first waiting delivery of each exchange."""
    first = func.min(DeliveryRow.position).label("position")
    heads = (
        select(first)
        .where(DeliveryRow.endpoint_id == endpoint_id, DeliveryRow.status == DeliveryStatus.PENDING)
        .group_by(DeliveryRow.stream)
        .subquery()
    )
    return select(DeliveryRow.id).where(
        DeliveryRow.endpoint_id == endpoint_id, DeliveryRow.position.in_(select(heads.c.position))
    )


def _new(endpoint_id: str, row: EventRow, now: datetime) -> dict[str, object]:
    return {
        "endpoint_id": endpoint_id,
        "position": row.position,
        "stream": row.stream,
        "event_id": event_id(row),
        "type": event_type(row.kind),
        "status": DeliveryStatus.PENDING,
        "attempts": 0,
        "answer": "",
        "next_at": now,
    }
