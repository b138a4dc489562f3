"""Events from other systems, kept as they came, with what became of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Conflict, Unknown
from models.messages.webhooks import InboundStatus, InboundView, Received
from models.people.access import may_connect
from models.people.authorization import Actor
from models.tables import InboundRow
from records.projections.common import insert_once
from records.store.engine import Sessions, transaction

PENDING = "It was received; what it means is being done."


class Inbound:
    """Keeps inbound events, once per source and id."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def keep(self, payload: dict[str, Any], body_hash: str, actor: Actor, at: datetime) -> Received | None:
        """Keep an event; answers with what became of it where it was known and settled before.

        Raises:
            Conflict: the same id came with another body.
        """
        source, event_id = str(payload["source"]), str(payload["id"])
        async with transaction(self._sessions) as session:
            row = await _find(session, source, event_id)
            if row is None:
                await insert_once(
                    session,
                    InboundRow,
                    source=source,
                    event_id=event_id,
                    type=str(payload["type"]),
                    body_hash=body_hash,
                    payload=payload,
                    institution_id=actor.institution,
                    actor_id=actor.id,
                    received_at=at,
                    status=InboundStatus.REFUSED,
                    why=PENDING,
                    exchange_id="",
                )
                return None
            if row.body_hash != body_hash or row.institution_id != actor.institution:
                raise Conflict("event.id_taken", "id")
            if row.why == PENDING:
                return None  # it died on its way: done again under the same key, it is done once
            return _received(row).model_copy(update={"repeated": True})

    async def settle(self, answer: Received) -> None:
        """Note what became of an event."""
        async with transaction(self._sessions) as session:
            row = await _find(session, answer.source, answer.event_id)
            if row is None:
                raise Unknown("event.unknown")
            row.status, row.why, row.exchange_id = answer.status, answer.why, answer.exchange_id
            row.message, row.params = answer.message, dict(answer.params)

    async def payload(self, source: str, event_id: str, actor: Actor) -> dict[str, Any]:
        """An event as it came.

        Raises:
            Unknown: there is none, or it is not of their institution.
        """
        async with transaction(self._sessions) as session:
            row = await _find(session, source, event_id)
            if row is None or not may_connect(actor, row.institution_id):
                raise Unknown("event.unknown")
            return dict(row.payload)

    async def events(self, actor: Actor, status: InboundStatus | None = None, limit: int = 100) -> list[InboundView]:
        """What other systems sent, the newest first."""
        async with transaction(self._sessions) as session:
            query = select(InboundRow).order_by(InboundRow.id.desc()).limit(limit * 5)
            if status is not None:
                query = query.where(InboundRow.status == status)
            rows = [row for row in await session.scalars(query) if may_connect(actor, row.institution_id)]
            return [_view(row) for row in rows[:limit]]


async def _find(session: AsyncSession, source: str, event_id: str) -> InboundRow | None:
    query = select(InboundRow).where(InboundRow.source == source, InboundRow.event_id == event_id)
    return await session.scalar(query)


def _received(row: InboundRow) -> Received:
    return Received(
        source=row.source,
        event_id=row.event_id,
        status=row.status,
        message=row.message or "",
        params=row.params or {},
        why=row.why,
        exchange_id=row.exchange_id,
    )


def _view(row: InboundRow) -> InboundView:
    return InboundView(
        source=row.source,
        event_id=row.event_id,
        type=row.type,
        received_at=row.received_at,
        institution=row.institution_id,
        status=row.status,
        message=row.message or "",
        params=row.params or {},
        why=row.why,
        exchange_id=row.exchange_id,
    )
