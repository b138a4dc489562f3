"""Messages that no event causes: links to sign in, and what is told of people themselves."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.notifications.notices import Facts, NoticeKind, Reader
from models.tables import MessageRow, MessageStatus
from models.vocabulary import Role
from models.wire import Id, Wire
from records.projections.common import insert_once


class MailTo(Wire):
    """Whom a message is for, and in which language."""

    person: Id
    role: Role
    language: str
    on_behalf_of: str = ""
    """Whom they stand in for."""


async def write_message(
    session: AsyncSession,
    key: str,
    kind: NoticeKind,
    to: MailTo,
    facts: Facts,
    at: datetime,
    *,
    stream: str = "",
    exchange_id: str | None = None,
) -> None:
    """Write a message into the caller's transaction, once for its key; without a `stream` it is about its reader."""
    await insert_once(
        session,
        MessageRow,
        key=key,
        kind=kind,
        stream=stream or f"person:{to.person}",
        exchange_id=exchange_id,
        recipient_id=to.person,
        recipient_role=to.role,
        on_behalf_of=to.on_behalf_of,
        language=to.language,
        params={"reader": Reader.INFORMED, "facts": facts.model_dump(mode="json")},
        status=MessageStatus.QUEUED,
        attempts=0,
        created_at=at,
        not_before=at,
    )
