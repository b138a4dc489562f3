"""Messages to many: whom one is for by the records, and who got those that were written."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists, false, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.errors import Unknown
from models.messages.broadcasts import Audience, AudienceKind, BroadcastWording
from models.people.authorization import Actor
from models.people.broadcasts import may_read_broadcast, may_write_to_many
from models.rules.broadcasts import BroadcastDelivery, delivery_of, why_of
from models.tables import (
    BroadcastReaderRow,
    BroadcastRow,
    ExchangeRow,
    IdentityRow,
    MessageRow,
    PlacementRow,
    identity_of_exchange,
)
from models.views.broadcasts import BroadcastLine, BroadcastSummary, BroadcastView
from models.views.shared import Paged
from models.vocabulary import Role, Side
from records.queries.titles import student_of
from records.queries.visibility import visible_to

Students = Sequence[tuple[ExchangeRow, IdentityRow]]


async def students_of(
    session: AsyncSession, programme: Programme, audience: Audience, actor: Actor, at: datetime
) -> Students:
    """The exchanges that a message of this person would be about, in the order of their codes.

    Raises:
        Unknown: an exchange that was chosen is not for them, or is none (D44).
    """
    if not may_write_to_many(actor):
        return ()
    query = (
        select(ExchangeRow, IdentityRow)
        .join(IdentityRow, identity_of_exchange())
        .where(visible_to(actor), *_of(audience, programme, at))
        .order_by(ExchangeRow.id)
    )
    if audience.side is Side.SENDING:
        query = query.where(ExchangeRow.sending_id == actor.institution)
    elif audience.side is Side.HOST:
        query = query.where(ExchangeRow.host_id == actor.institution)
    found = [(exchange, identity) for exchange, identity in await session.execute(query)]
    if audience.kind is AudienceKind.CHOSEN:
        missing = set(audience.exchanges) - {exchange.id for exchange, _ in found}
        if missing:
            raise Unknown("exchange.unknown", exchange=min(missing))
    return found


def _of(audience: Audience, programme: Programme, at: datetime) -> list[ColumnElement[bool]]:
    if audience.kind is AudienceKind.CHOSEN:
        return [ExchangeRow.id.in_(audience.exchanges)]
    going_on = ExchangeRow.closed_at.is_(None)
    match audience.kind:
        case AudienceKind.COHORT:
            return [going_on, ExchangeRow.cohort_id == audience.cohort]
        case AudienceKind.UNIT:
            host = next((i for i in programme.institutions.values() if i.unit(audience.unit)), None)
            if host is None:
                return [false()]
            today = at.astimezone(ZoneInfo(host.zone)).date()
            place = exists().where(
                PlacementRow.exchange_id == ExchangeRow.id,
                PlacementRow.unit_id == audience.unit,
                PlacementRow.end >= today,
                or_(PlacementRow.released_from.is_(None), PlacementRow.released_from > today),
            )
            return [going_on, place]
        case AudienceKind.ARRIVING:
            return [
                going_on,
                ExchangeRow.actual_arrival.is_(None),
                ExchangeRow.start.between(audience.first_day, audience.last_day),
            ]


async def broadcasts(session: AsyncSession, actor: Actor, wanted: Paged) -> list[BroadcastSummary]:
    """The messages to many that somebody may read, the newest first: two queries."""
    query = select(BroadcastRow).where(_readable(actor)).order_by(BroadcastRow.at.desc(), BroadcastRow.id.desc())
    if wanted.after is not None:
        last = await session.get(BroadcastRow, wanted.after)
        if last is None or not may_read_broadcast(actor, last.institution_id, last.sender_role):
            raise Unknown("broadcast.unknown")
        earlier = (BroadcastRow.at == last.at) & (BroadcastRow.id < last.id)
        query = query.where(or_(BroadcastRow.at < last.at, earlier))
    rows = list(await session.scalars(query.limit(wanted.limit)))
    got: dict[str, Counter[BroadcastDelivery]] = {row.id: Counter() for row in rows}
    delivered = (
        select(BroadcastReaderRow.broadcast_id, MessageRow.status, MessageRow.last_error)
        .outerjoin(MessageRow, MessageRow.key == BroadcastReaderRow.message_key)
        .where(BroadcastReaderRow.broadcast_id.in_(got))
    )
    for broadcast_id, status, last_error in await session.execute(delivered):
        got[broadcast_id][delivery_of(status, last_error)] += 1
    return [_summary(row, got[row.id]) for row in rows]


async def broadcast(session: AsyncSession, broadcast_id: str, actor: Actor) -> BroadcastView | None:
    """One message with everybody it was for; `None` where there is none or it is not for the reader (D44)."""
    row = await session.get(BroadcastRow, broadcast_id)
    if row is None or not may_read_broadcast(actor, row.institution_id, row.sender_role):
        return None
    query = (
        select(BroadcastReaderRow, IdentityRow, MessageRow.status, MessageRow.last_error, MessageRow.sent_at)
        .join(ExchangeRow, ExchangeRow.id == BroadcastReaderRow.exchange_id)
        .join(IdentityRow, identity_of_exchange())
        .outerjoin(MessageRow, MessageRow.key == BroadcastReaderRow.message_key)
        .where(BroadcastReaderRow.broadcast_id == broadcast_id)
        .order_by(BroadcastReaderRow.exchange_id)
    )
    lines = []
    for reader, identity, status, error, sent_at in await session.execute(query):
        delivery = delivery_of(status, error)
        line = BroadcastLine(
            exchange_id=reader.exchange_id,
            student=student_of(identity),
            delivery=delivery,
            at=sent_at,
            why=why_of(delivery, error),
        )
        lines.append(line)
    return BroadcastView(summary=_summary(row, Counter(line.delivery for line in lines)), lines=tuple(lines))


def wording_of(row: BroadcastRow) -> BroadcastWording:
    """What a message says."""
    return BroadcastWording(subject=row.subject, text=row.text, subject_zh=row.subject_zh, text_zh=row.text_zh)


def _readable(actor: Actor) -> ColumnElement[bool]:
    """Found by asking the rule about every role, so that a changed rule changes the list with it."""
    everywhere = [role for role in Role if may_read_broadcast(actor, "-", role)]
    here = [role for role in Role if may_read_broadcast(actor, actor.institution, role)]
    of_own = (BroadcastRow.institution_id == actor.institution) & BroadcastRow.sender_role.in_(here)
    return or_(BroadcastRow.sender_role.in_(everywhere), of_own)


def _summary(row: BroadcastRow, got: Counter[BroadcastDelivery]) -> BroadcastSummary:
    return BroadcastSummary(
        broadcast_id=row.id,
        at=row.at,
        sender=row.sender_id,
        sender_role=row.sender_role,
        institution=row.institution_id,
        audience=Audience.model_validate(row.audience),
        wording=wording_of(row),
        recipients=row.recipients,
        unreachable=row.unreachable,
        got=dict(got),
        cursor=row.id,
    )
