"""What offices and operators look at: cohorts, messages, operator's tasks, and whether a certificate is real."""

import json
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import BadInput
from models.events import LOOKS
from models.people.authorization import Actor, Parties, may_see
from models.tables import (
    CertificateRow,
    CohortRow,
    EventRow,
    ExchangeRow,
    IdentityRow,
    MessageRow,
    MessageStatus,
    NominationRow,
    OperatorTaskRow,
    SeatRow,
    WaitlistRow,
    identity_of_exchange,
)
from models.views import (
    CertificateView,
    CohortView,
    MailInDoubt,
    MessageFilter,
    MessageView,
    OperatorTask,
    SeatView,
    Student,
    Waiting,
)
from models.views.places import EventView
from records.queries.exchange_view import certificate_view, printed_on_certificate
from records.queries.paging import after_number
from records.queries.papers import kept_from
from records.queries.titles import Titles, student_of
from records.queries.visibility import NOBODY, visible_to

MOST_CHANGES = 5000


async def cohort(session: AsyncSession, cohort_id: str, actor: Actor | None) -> CohortView | None:
    """Seats and waitlist of a cohort; `None` where there is none or the actor may not know of it (D44)."""
    row = await session.get(CohortRow, cohort_id)
    if row is None or not _may_see_cohort(actor, row):
        return None
    return _cohort(row, await _seats(session, cohort_id), await _waitlist(session, cohort_id))


def _cohort(row: CohortRow, seats: tuple[SeatView, ...], waitlist: tuple[Waiting, ...]) -> CohortView:
    return CohortView(
        cohort_id=row.id,
        sending=row.sending_id,
        host=row.host_id,
        year=row.year,
        direction=row.direction,
        cap=row.cap,
        minimum=row.minimum,
        closes_at=row.closes_at,
        closed_below_minimum=row.closed_below_minimum,
        seats=seats,
        free=max(0, row.cap - sum(seat.exchange_id is not None for seat in seats)),
        waitlist=waitlist,
    )


async def cohorts(session: AsyncSession, actor: Actor) -> list[CohortView]:
    """The cohorts that somebody may see, the latest year first: three queries."""
    rows = [
        row
        for row in await session.scalars(select(CohortRow).order_by(CohortRow.year.desc(), CohortRow.id))
        if _may_see_cohort(actor, row)
    ]
    ids = [row.id for row in rows]
    seats: dict[str, list[SeatView]] = {one: [] for one in ids}
    for seat in await session.scalars(select(SeatRow).where(SeatRow.cohort_id.in_(ids)).order_by(SeatRow.number)):
        view = SeatView(number=seat.number, exchange_id=seat.exchange_id, held=seat.held, taken_at=seat.taken_at)
        seats[seat.cohort_id].append(view)
    waiting: dict[str, list[Waiting]] = {one: [] for one in ids}
    queue = select(WaitlistRow).where(WaitlistRow.cohort_id.in_(ids)).order_by(WaitlistRow.position)
    for one in await session.scalars(queue):
        waiting[one.cohort_id].append(Waiting(position=one.position, exchange_id=one.exchange_id, student=None))
    return [_cohort(row, tuple(seats[row.id]), tuple(waiting[row.id])) for row in rows]


async def nomination(session: AsyncSession, exchange_id: str) -> dict[str, Any] | None:
    """What was nominated, in the version that holds."""
    query = select(NominationRow.form).where(NominationRow.exchange_id == exchange_id)
    query = query.outerjoin(ExchangeRow, ExchangeRow.id == NominationRow.exchange_id)
    query = query.where(NominationRow.version <= func.coalesce(ExchangeRow.nomination_version, NominationRow.version))
    return await session.scalar(query.order_by(NominationRow.version.desc()).limit(1))


Days = tuple[date | None, date | None]
"""A first and a last day, both included; unset: from the beginning, until now."""


async def events(
    session: AsyncSession, titles: Titles, stream: str | None, before: int | None, limit: int, days: Days = (None, None)
) -> list[EventView]:
    """Events, the newest first: one query."""
    query = select(EventRow).order_by(EventRow.position.desc()).limit(limit)
    if stream is not None:
        query = query.where(EventRow.stream == stream)
    if before is not None:
        query = query.where(EventRow.position < before)
    first, last = days
    if first is not None:
        query = query.where(EventRow.at >= datetime.combine(first, time(), UTC))
    if last is not None:
        query = query.where(EventRow.at < datetime.combine(last + timedelta(days=1), time(), UTC))
    return [_event(titles, row) for row in await session.scalars(query)]


def _event(titles: Titles, row: EventRow) -> EventView:
    # Who reads the log looks after the service: of documents about health they learn the results (D46).
    kept = {"kind", "at", "actor", "note_id", *kept_from(titles, row.payload.get("document"), None)}
    shown = {k: v for k, v in row.payload.items() if k not in kept and v not in (None, "")}
    return EventView(
        position=row.position,
        stream=row.stream,
        seq=row.seq,
        kind=row.kind,
        at=row.at.isoformat(),
        actor_id=row.actor_id,
        actor_role=row.actor_role,
        actor_institution=row.actor_institution,
        facts={str(k): v if isinstance(v, str) else json.dumps(v, ensure_ascii=False) for k, v in shown.items()},
    )


async def cohort_ids(session: AsyncSession, actor: Actor) -> list[str]:
    """The cohorts of the exchanges that somebody may see: one query."""
    query = select(ExchangeRow.cohort_id).where(visible_to(actor)).distinct().order_by(ExchangeRow.cohort_id)
    return list(await session.scalars(query))


def _may_see_cohort(actor: Actor | None, row: CohortRow) -> bool:
    """Whether the actor may see every student of the cohort."""
    return actor is None or may_see(actor, Parties(sending=row.sending_id, host=row.host_id, student=NOBODY))


async def _seats(session: AsyncSession, cohort_id: str) -> tuple[SeatView, ...]:
    query = (
        select(SeatRow, IdentityRow)
        .outerjoin(ExchangeRow, ExchangeRow.id == SeatRow.exchange_id)
        .outerjoin(IdentityRow, identity_of_exchange())
        .where(SeatRow.cohort_id == cohort_id)
        .order_by(SeatRow.number)
    )
    return tuple(
        SeatView(
            number=seat.number,
            exchange_id=seat.exchange_id,
            student=_student(person),
            held=seat.held,
            taken_at=seat.taken_at,
        )
        for seat, person in await session.execute(query)
    )


async def _waitlist(session: AsyncSession, cohort_id: str) -> tuple[Waiting, ...]:
    query = (
        select(WaitlistRow, IdentityRow)
        .outerjoin(ExchangeRow, ExchangeRow.id == WaitlistRow.exchange_id)
        .outerjoin(IdentityRow, identity_of_exchange())
        .where(WaitlistRow.cohort_id == cohort_id)
        .order_by(WaitlistRow.position)
    )
    return tuple(
        Waiting(position=row.position, exchange_id=row.exchange_id, student=_student(person))
        for row, person in await session.execute(query)
    )


def _student(person: IdentityRow | None) -> Student | None:
    """The student of an outer join: a free seat has none, nor has one whose exchange is not recorded yet."""
    return student_of(person) if person is not None else None


async def changed_since(session: AsyncSession, position: int | None) -> tuple[int, frozenset[str]]:
    """The last position of the events, and the streams that got any after an earlier one."""
    if position is None:
        return await session.scalar(select(func.coalesce(func.max(EventRow.position), 0))) or 0, frozenset()
    query = select(EventRow.position, EventRow.stream).where(EventRow.position > position, EventRow.kind.not_in(LOOKS))
    rows = (await session.execute(query.order_by(EventRow.position).limit(MOST_CHANGES))).all()
    return (rows[-1][0] if rows else position), frozenset(stream for _, stream in rows)


async def last_changes(session: AsyncSession, streams: Collection[str]) -> dict[str, tuple[int, datetime]]:
    """Of each stream the number of its newest event that changes anything, and when that was."""
    newest = (
        select(EventRow.stream, func.max(EventRow.seq).label("seq"))
        .where(EventRow.stream.in_(set(streams)), EventRow.kind.not_in(LOOKS))
        .group_by(EventRow.stream)
        .subquery()
    )
    query = select(EventRow.stream, EventRow.seq, EventRow.at).join(
        newest, (EventRow.stream == newest.c.stream) & (EventRow.seq == newest.c.seq)
    )
    return {stream: (seq, at) for stream, seq, at in await session.execute(query)}


async def messages(session: AsyncSession, wanted: MessageFilter) -> list[MessageView]:
    """Messages of the outbox, in the order in which they were written: one query."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.exchange_id is not None:
        conditions.append(MessageRow.exchange_id == wanted.exchange_id)
    if wanted.status is not None:
        if wanted.status not in set(MessageStatus):
            raise BadInput("status.choose", "status", states=tuple(MessageStatus))
        conditions.append(MessageRow.status == MessageStatus(wanted.status))
    if wanted.kind is not None:
        conditions.append(MessageRow.kind == wanted.kind)
    if wanted.recipient_id is not None:
        conditions.append(MessageRow.recipient_id == wanted.recipient_id)
    if wanted.in_doubt:
        conditions.append(MessageRow.in_doubt > 0)
    if wanted.after is not None:
        conditions.append(after_number(MessageRow.id, wanted.after))
    query = select(MessageRow).where(*conditions).order_by(MessageRow.id).limit(wanted.limit)
    return [_message(row) for row in await session.scalars(query)]


def _message(row: MessageRow) -> MessageView:
    return MessageView(
        key=row.key,
        kind=row.kind,
        exchange_id=row.exchange_id,
        step_id=row.step_id,
        recipient_id=row.recipient_id,
        recipient_role=row.recipient_role,
        on_behalf_of=row.on_behalf_of,
        language=row.language,
        status=row.status,
        attempts=row.attempts,
        in_doubt=row.in_doubt,
        created_at=row.created_at,
        not_before=row.not_before,
        sent_at=row.sent_at,
        sent_to=row.sent_to,
        message_id=row.message_id,
        last_error=row.last_error,
        cursor=str(row.id),
    )


async def mail_in_doubt(session: AsyncSession) -> MailInDoubt:
    """How many messages may have come more than once, and after how many attempts."""
    query = select(func.count(), func.coalesce(func.sum(MessageRow.in_doubt), 0)).where(MessageRow.in_doubt > 0)
    messages, attempts = (await session.execute(query)).one()
    return MailInDoubt(messages=messages, attempts=attempts)


async def operator_tasks(session: AsyncSession, closed: bool, limit: int) -> list[OperatorTask]:
    """Tasks of the operator, oldest first; settled ones too where `closed`."""
    query = select(OperatorTaskRow).order_by(OperatorTaskRow.opened_at, OperatorTaskRow.key).limit(limit)
    if not closed:
        query = query.where(OperatorTaskRow.closed_at.is_(None))
    return [
        OperatorTask(
            key=row.key,
            kind=row.kind,
            subject=row.subject,
            detail=row.detail,
            message=row.message or "",
            params=row.params or {},
            opened_at=row.opened_at,
            closed_at=row.closed_at,
        )
        for row in await session.scalars(query)
    ]


async def certificate(session: AsyncSession, verification: str) -> CertificateView | None:
    """The version of a certificate with this verification token; `None` where there is none."""
    query = (
        select(CertificateRow, ExchangeRow, IdentityRow)
        .join(ExchangeRow, ExchangeRow.id == CertificateRow.exchange_id)
        .join(IdentityRow, printed_on_certificate())
        .where(CertificateRow.verification == verification)
    )
    found = (await session.execute(query)).one_or_none()
    if found is None:
        return None
    row, exchange, person = found
    return certificate_view(row, exchange, student_of(person))
