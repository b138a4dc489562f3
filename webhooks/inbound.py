"""Events from other systems, kept as they came, with what became of them."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import KeyReused, SojournError, Unknown
from models.idempotency import hashed
from models.messages.webhooks import InboundStatus, InboundView, Received
from models.people.access import may_connect
from models.people.authorization import Actor
from models.tables import ExchangeRow, InboundRow
from records.queries.visibility import visible_to
from records.store.engine import Sessions, transaction
from records.store.once import KeyTable
from webhooks.feed import may_tell
from webhooks.incoming import Incoming, kept

UNDERWAY = "event.underway"
"""Said of an event until what it means is done."""
EARLIER = {"It was received; what it means is being done.": UNDERWAY}
"""What was kept in words before there were message ids, and is looked at again."""
OF_AN_EVENT = "in-"
"""What the ids of acts begin with that an event means."""
NOT_SEEN = "exchange.not_seen"
_KEYS = KeyTable(InboundRow, ("institution_id", "source", "event_id"), kept=lambda row: str(row.body_hash))


@dataclass(frozen=True)
class OnRecord:
    """An event on record: under which id its act is done, and what became of it where that is known."""

    inbound_id: int
    act_id: str
    settled: Received | None = None


class Inbound:
    """Keeps inbound events, once per institution, source and id."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def keep(self, sent: Incoming, actor: Actor, at: datetime) -> OnRecord:
        """Keep an event; says what became of it where it was known and settled before.

        What names an exchange that the sender may not know of is answered like what names one that there is not (D44),
        before its type, its id or its data is looked at.

        Raises:
            KeyReused: the same id came with another event.
        """
        named = sent.exchange_id
        async with transaction(self._sessions) as session:
            seen = not named or await may_tell(session, actor, named)
            act_id = _act_id(actor.institution, sent)
            try:
                await _KEYS.claim(session, sent.fingerprint, _new(sent, actor, at, act_id, seen=seen))
            except KeyReused:
                if seen:
                    raise
            row = await _find(session, sent, actor.institution)
            if not seen:
                return OnRecord(row.id, row.act_id, _unseen(sent))
            if _message(row) == UNDERWAY:
                return OnRecord(row.id, row.act_id)  # it died on its way; done again under its key, it is done once
            return OnRecord(row.id, row.act_id, _received(row).model_copy(update={"repeated": True}))

    async def settle(self, inbound_id: int, answer: Received) -> None:
        """Note what became of an event."""
        async with transaction(self._sessions) as session:
            row = await session.get(InboundRow, inbound_id)
            if row is None:
                raise Unknown("event.unknown")
            row.status, row.why, row.exchange_id = answer.status, answer.why, answer.exchange_id
            row.message, row.params = answer.message, dict(answer.params)

    async def settle_kept(self, act_id: str, refusal: SojournError | None) -> None:
        """Note what became of an event whose act was kept, now that the act is taken or refused."""
        kept_ones = (InboundRow.act_id == act_id, InboundRow.status == InboundStatus.KEPT)
        async with transaction(self._sessions) as session:
            for row in await session.scalars(select(InboundRow).where(*kept_ones)):
                row.status = InboundStatus.REFUSED if refusal else InboundStatus.DONE
                row.message, row.params = (refusal.message, refusal.params) if refusal else ("", {})

    async def again(self, inbound_id: int, actor: Actor) -> tuple[OnRecord, Incoming]:
        """An event as it came, to be applied again.

        Raises:
            Unknown: there is none, or it is not of their institution.
        """
        async with transaction(self._sessions) as session:
            row = await session.get(InboundRow, inbound_id)
            if row is None or not may_connect(actor, row.institution_id):
                raise Unknown("event.unknown")
            sent = kept(row.payload)
            unseen = sent.exchange_id and not await may_tell(session, actor, sent.exchange_id)
            return OnRecord(row.id, row.act_id, _unseen(sent) if unseen else None), sent

    async def events(self, actor: Actor, status: InboundStatus | None = None, limit: int = 100) -> list[InboundView]:
        """What other systems sent, the newest first; nothing about exchanges that the actor may not know of."""
        visible = exists().where(ExchangeRow.id == InboundRow.exchange_id, visible_to(actor))
        query = select(InboundRow).where(or_(InboundRow.exchange_id == "", visible))
        if status is not None:
            query = query.where(InboundRow.status == status)
        async with transaction(self._sessions) as session:
            rows = await session.scalars(query.order_by(InboundRow.id.desc()).limit(limit * 5))
            return [_view(row) for row in rows if may_connect(actor, row.institution_id)][:limit]


def _act_id(institution: str, sent: Incoming) -> str:
    """The id of the act that an event means; no other institution's event has it."""
    named = json.dumps([institution, sent.source, sent.event_id])
    return f"{OF_AN_EVENT}{hashed(named)[:32]}"


def _unseen(sent: Incoming) -> Received:
    """The one answer about what is not there, and about what is not for the sender."""
    return Received(source=sent.source, event_id=sent.event_id, status=InboundStatus.REFUSED, message=NOT_SEEN)


def _new(sent: Incoming, actor: Actor, at: datetime, act_id: str, *, seen: bool) -> dict[str, Any]:
    return {
        "source": sent.source,
        "event_id": sent.event_id,
        "type": sent.type,
        "body_hash": sent.fingerprint.value,
        "act_id": act_id,
        "payload": sent.payload,
        "institution_id": actor.institution,
        "actor_id": actor.id,
        "received_at": at,
        "status": InboundStatus.REFUSED,
        "why": "",
        "message": UNDERWAY if seen else NOT_SEEN,
        "exchange_id": "",
    }


async def _find(session: AsyncSession, sent: Incoming, institution: str) -> InboundRow:
    query = select(InboundRow).where(
        InboundRow.institution_id == institution,
        InboundRow.source == sent.source,
        InboundRow.event_id == sent.event_id,
    )
    row: InboundRow = (await session.scalars(query)).one()
    return row


def _message(row: InboundRow) -> str:
    """The id of what is said of an event; none where only words were kept, or nothing is wrong."""
    return row.message or EARLIER.get(row.why, "")


def _received(row: InboundRow) -> Received:
    return Received(
        source=row.source,
        event_id=row.event_id,
        status=row.status,
        message=_message(row),
        params=row.params or {},
        why=row.why,
        exchange_id=row.exchange_id,
    )


def _view(row: InboundRow) -> InboundView:
    return InboundView(
        inbound_id=row.id,
        source=row.source,
        event_id=row.event_id,
        type=row.type,
        received_at=row.received_at,
        institution=row.institution_id,
        status=row.status,
        message=_message(row),
        params=row.params or {},
        why=row.why,
        exchange_id=row.exchange_id,
    )
