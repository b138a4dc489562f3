"""The ledger of sending: which messages are claimed, sent, put off or refused, and what an operator must see to.

A batch claims one message at a time, when it is about to hand it over. The claim is a lease of seconds, which the batch
renews: it moves `not_before`. Whoever dies with a claim delays one message by the lease and loses none; as nobody knows
whether the host took it, it is counted as in doubt and sent again.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Plain, Said
from models.posting import BounceAction
from models.tables import URGENT, BounceRow, MessageRow, MessageStatus, OperatorTaskRow
from records.projections.common import table_of
from records.tasks import open_task

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=10)
"""Renewed while the mail is handed over, for as long as that takes."""
FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(hours=1)
ALARM_AFTER = timedelta(hours=24)
"""How long mail may wait before it becomes an operator's task."""
HOST_TASK = "mail_host"
REFUSED, UNWRITABLE = "task.mail_refused", "task.mail_unwritable"
HOST_AWAY, SENDER_REFUSED, LOGIN_REFUSED = "task.mail_host", "task.sender_refused", "task.login_refused"


@dataclass(frozen=True)
class Claim:
    """A message that a batch is handing over."""

    id: int
    token: str
    """Of the batch."""
    key: str
    kind: str
    stream: str
    language: str
    created_at: datetime
    attempts: int


async def next_message(session: AsyncSession, now: datetime, *, urgent: bool = False) -> MessageRow | None:
    """The next message that is due: what goes first, then the oldest; with `urgent`, only what goes first."""
    due = [MessageRow.status == MessageStatus.QUEUED, MessageRow.not_before <= now]
    if urgent:
        due.append(MessageRow.priority == URGENT)
    # PostgreSQL passes over a row that another batch is claiming; SQLite lets one transaction in at a time.
    return await session.scalar(
        select(MessageRow)
        .where(*due)
        .order_by(MessageRow.priority, MessageRow.created_at, MessageRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def claim(row: MessageRow, token: str, now: datetime) -> Claim:
    """Claim a message that is due for the batch with this token alone."""
    if row.claim is not None:
        logger.warning("message %d (%s): whoever handed it over is gone; it may go twice", row.id, row.kind)
        row.in_doubt += 1
    row.claim, row.not_before = token, now + LEASE
    return Claim(row.id, token, row.key, row.kind, row.stream, row.language, row.created_at, row.attempts)


async def renew(session: AsyncSession, message: Claim, now: datetime) -> bool:
    """Claim on; `False`: somebody else has the message meanwhile."""
    table = table_of(MessageRow)
    renewed = update(table).where(*_held(message)).values(not_before=now + LEASE).returning(table.c.id)
    return await session.scalar(renewed) is not None


async def release(session: AsyncSession, message: Claim, now: datetime) -> None:
    """Give back a message that was not handed over."""
    await session.execute(update(table_of(MessageRow)).where(*_held(message)).values(not_before=now, claim=None))


async def next_due(session: AsyncSession) -> datetime | None:
    """When the next queued message may be sent; `None` where nothing is queued."""
    return await session.scalar(
        select(func.min(MessageRow.not_before)).where(MessageRow.status == MessageStatus.QUEUED)
    )


async def mark_sent(session: AsyncSession, message: Claim, now: datetime, email: str, message_id: str) -> None:
    """The host took the message. It is never sent again, whoever holds it by now."""
    table = table_of(MessageRow)
    await session.execute(
        update(table)
        .where(table.c.id == message.id, table.c.status != MessageStatus.SENT)
        .values(
            status=MessageStatus.SENT,
            claim=None,
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
    table = table_of(MessageRow)
    refused = (
        update(table)
        .where(*_held(message))
        .values(status=MessageStatus.REFUSED, claim=None, attempts=message.attempts + 1, last_error=error)
    )
    if await session.scalar(refused.returning(table.c.id)) is not None:
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


async def put_off(session: AsyncSession, message: Claim, now: datetime, error: str, *, in_doubt: bool = False) -> None:
    """The message failed for now; each further attempt waits twice as long, at most an hour.

    With `in_doubt`, the host may have taken it all the same: SMTP has no way to ask, and not to try again may lose it.
    """
    attempts = message.attempts + 1
    table = table_of(MessageRow)
    waits = (
        update(table)
        .where(*_held(message))
        .values(
            claim=None,
            attempts=attempts,
            not_before=now + backoff(attempts),
            last_error=error,
            in_doubt=table.c.in_doubt + int(in_doubt),
        )
    )
    if await session.scalar(waits.returning(table.c.id)) is not None and now - message.created_at >= ALARM_AFTER:
        task = Said("task.mail_delayed", _about(message, error))
        await open_task(session, _task_of(message), "mail_delayed", message.stream, task, now)


async def put_off_all(
    session: AsyncSession, token: str, now: datetime, error: str, why: str, *, operator_now: bool
) -> int:
    """The host is away: all that is due waits, ever longer, and counts no attempt; says how many messages that are.

    What goes first never waits long: who asked for it sits there.
    """
    table = table_of(MessageRow)
    waiting = (table.c.status == MessageStatus.QUEUED) & or_(table.c.not_before <= now, table.c.claim == token)
    since = await session.scalar(select(func.min(table.c.created_at)).where(waiting))
    if since is None:
        return 0
    wait = min(max(now - since, FIRST_DELAY), LONGEST_DELAY)
    until = case((table.c.priority == URGENT, now + FIRST_DELAY), else_=now + wait)
    put_off = update(table).where(waiting).values(not_before=until, claim=None, last_error=error)
    count = len((await session.scalars(put_off.returning(table.c.id))).all())
    if operator_now or now - since >= ALARM_AFTER:
        task = Said(why, {"moment": since.isoformat(), "error": error})
        await open_task(session, HOST_TASK, HOST_TASK, "mail", task, now)
    return count


def _held(message: Claim) -> tuple[ColumnElement[bool], ...]:
    table = table_of(MessageRow)
    return table.c.id == message.id, table.c.claim == message.token, table.c.status == MessageStatus.QUEUED


def backoff(attempts: int) -> timedelta:
    """The pause after so many attempts: 30 s, doubled each time, at most an hour."""
    return min(FIRST_DELAY * (1 << min(attempts - 1, 10)), LONGEST_DELAY)


def _about(message: Claim, error: str) -> dict[str, Plain]:
    return {"number": message.id, "notice": message.kind, "moment": message.created_at.isoformat(), "error": error}


def _task_of(message: Claim) -> str:
    return message.key
