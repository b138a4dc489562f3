"""The ledger of sending: which messages are claimed, sent, put off or refused, and what an operator must see to.

A claim is a lease: it moves `not_before` past the longest batch. Whoever crashes with a claim delays its messages by
the lease and loses none.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Plain, Said
from models.tables import BounceRow, MessageRow, MessageStatus, OperatorTaskRow
from models.vocabulary import BounceAction
from records.projections.common import table_of
from records.tasks import open_task

LEASE = timedelta(minutes=5)
"""Longer than a batch may take, with its timeouts."""
FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(hours=1)
ALARM_AFTER = timedelta(hours=24)
"""How long mail may wait before it becomes an operator's task."""
HOST_TASK = "mail_host"
REFUSED, UNWRITABLE = "task.mail_refused", "task.mail_unwritable"
HOST_AWAY, SENDER_REFUSED, LOGIN_REFUSED = "task.mail_host", "task.sender_refused", "task.login_refused"


@dataclass(frozen=True)
class Claim:
    """A message claimed by a batch."""

    id: int
    key: str
    kind: str
    stream: str
    language: str
    created_at: datetime
    attempts: int


async def claim(session: AsyncSession, now: datetime, limit: int) -> list[MessageRow]:
    """Up to `limit` messages that are due, oldest first, for this batch alone."""
    # PostgreSQL passes over rows that another batch is claiming; SQLite lets one transaction in at a time.
    due = (
        select(MessageRow)
        .where(MessageRow.status == MessageStatus.QUEUED, MessageRow.not_before <= now)
        .order_by(MessageRow.created_at, MessageRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = list(await session.scalars(due))
    for row in rows:
        row.not_before = now + LEASE
    return rows


async def next_due(session: AsyncSession) -> datetime | None:
    """When the next queued message may be sent; `None` where nothing is queued."""
    return await session.scalar(
        select(func.min(MessageRow.not_before)).where(MessageRow.status == MessageStatus.QUEUED)
    )


async def mark_sent(session: AsyncSession, message: Claim, now: datetime, email: str, message_id: str) -> None:
    """The host took the message. It is never sent again."""
    table = table_of(MessageRow)
    await session.execute(
        update(table)
        .where(table.c.id == message.id)
        .values(
            status=MessageStatus.SENT,
            attempts=message.attempts + 1,
            sent_at=now,
            sent_to=email,
            message_id=message_id,
            last_error=None,
        )
    )
    # A host may give a message up before this is written down.
    early = select(BounceRow.status).where(
        BounceRow.message_id == message.id, BounceRow.action == BounceAction.FAILED, BounceRow.at >= now
    )
    status = await session.scalar(early.limit(1))
    if status is not None:
        row = await session.get_one(MessageRow, message.id, populate_existing=True)
        await mark_bounced(session, row, status, now)


async def close_tasks(session: AsyncSession, messages: list[Claim], now: datetime) -> None:
    """Mail went out: what an operator had to see to about these messages, or the host, is over."""
    keys = [HOST_TASK, *(_task_of(message) for message in messages)]
    await session.execute(
        update(OperatorTaskRow)
        .where(OperatorTaskRow.key.in_(keys), OperatorTaskRow.closed_at.is_(None))
        .values(closed_at=now)
    )


async def mark_refused(session: AsyncSession, message: Claim, now: datetime, error: str, why: str = REFUSED) -> None:
    """The message cannot be delivered: an operator decides, nobody tries again."""
    await session.execute(
        update(MessageRow)
        .where(MessageRow.id == message.id)
        .values(status=MessageStatus.REFUSED, attempts=message.attempts + 1, last_error=error)
    )
    task = Said(why, _about(message, error))
    await open_task(session, _task_of(message), "mail_refused", message.stream, task, now)


async def mark_bounced(session: AsyncSession, message: MessageRow, status: str, now: datetime) -> None:
    """A host gave the message up after it had been taken: as if it had been refused, only later."""
    message.status, message.last_error = MessageStatus.REFUSED, f"bounced {status}"
    task = Said(
        "task.mail_bounced",
        {
            "number": message.id,
            "notice": message.kind,
            "by": message.recipient_id,
            "moment": message.created_at.isoformat(),
            "error": status,
        },
    )
    await open_task(session, message.key, "mail_refused", message.stream, task, now)


async def put_off(session: AsyncSession, message: Claim, now: datetime, error: str) -> None:
    """The message failed for now; each further attempt waits twice as long, at most an hour."""
    attempts = message.attempts + 1
    await session.execute(
        update(MessageRow)
        .where(MessageRow.id == message.id)
        .values(attempts=attempts, not_before=now + backoff(attempts), last_error=error)
    )
    if now - message.created_at >= ALARM_AFTER:
        task = Said("task.mail_delayed", _about(message, error))
        await open_task(session, _task_of(message), "mail_delayed", message.stream, task, now)


async def put_off_all(
    session: AsyncSession, messages: list[Claim], now: datetime, error: str, why: str, *, operator_now: bool
) -> None:
    """The host is away: everything claimed waits, and counts no attempt. The longer it is away, the longer the wait."""
    since = min(message.created_at for message in messages)
    wait = min(max(now - since, FIRST_DELAY), LONGEST_DELAY)
    await session.execute(
        update(MessageRow)
        .where(MessageRow.id.in_([message.id for message in messages]), MessageRow.status == MessageStatus.QUEUED)
        .values(not_before=now + wait, last_error=error)
    )
    if operator_now or now - since >= ALARM_AFTER:
        task = Said(why, {"moment": since.isoformat(), "error": error})
        await open_task(session, HOST_TASK, HOST_TASK, "mail", task, now)


async def release(session: AsyncSession, messages: list[Claim], now: datetime) -> None:
    """Give back what a batch did not come to."""
    await session.execute(
        update(MessageRow)
        .where(MessageRow.id.in_([message.id for message in messages]), MessageRow.status == MessageStatus.QUEUED)
        .values(not_before=now)
    )


def backoff(attempts: int) -> timedelta:
    """The pause after so many attempts: 30 s, doubled each time, at most an hour."""
    return min(FIRST_DELAY * (1 << min(attempts - 1, 10)), LONGEST_DELAY)


def _about(message: Claim, error: str) -> dict[str, Plain]:
    return {"number": message.id, "notice": message.kind, "moment": message.created_at.isoformat(), "error": error}


def _task_of(message: Claim) -> str:
    return message.key
