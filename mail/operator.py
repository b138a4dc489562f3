"""Has a refused or delayed message of the outbox tried again: the one change an operator may make."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import NotOpen, Unknown
from models.tables import MessageRow, MessageStatus
from records.tasks import close_task


async def retry(session: AsyncSession, message_key: str, at: datetime) -> None:
    """Queue a refused message again, from `at` on, and close the task it left.

    In the caller's transaction. The mail's Message-ID stays, so a host that did take it knows it again.

    Raises:
        Unknown: there is no such message.
        NotOpen: it has been sent, or is queued already: somebody may be sending it at this moment.
    """
    found = select(MessageRow).where(MessageRow.key == message_key).with_for_update()
    message = (await session.scalars(found)).one_or_none()
    if message is None:
        raise Unknown("mail.unknown", "key")
    if message.status is MessageStatus.SENT:
        raise NotOpen("mail.sent", "key")
    if message.status is MessageStatus.QUEUED:
        raise NotOpen("mail.queued", "key")
    message.status = MessageStatus.QUEUED
    message.attempts = 0
    message.not_before = at
    message.claim = message.last_error = None
    await close_task(session, message_key, at)
