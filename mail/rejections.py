"""Documents that were not accepted: at most one mail about an exchange to a person in an hour, which names them all."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.notifications.notices import DocumentFacts, NoticeKind
from models.tables import MessageRow, MessageStatus
from records.projections.common import insert_once
from records.store.append import lock_stream

APART = timedelta(hours=1)


async def tell_of_rejection(session: AsyncSession, row: dict[str, Any], facts: DocumentFacts, at: datetime) -> int:
    """Write the mail of a rejection, or add it to the one that waits to be sent; says how many mails it made."""
    await lock_stream(session, f"rejections/{row['recipient_id']}")
    last = await session.scalar(
        select(MessageRow)
        .where(
            MessageRow.recipient_id == row["recipient_id"],
            MessageRow.kind == NoticeKind.DOCUMENT_REJECTED,
            MessageRow.stream == row["stream"],
        )
        .order_by(MessageRow.created_at.desc(), MessageRow.id.desc())
        .limit(1)
        .with_for_update()
    )
    if last is not None and _waits(last):
        gathered = _with(DocumentFacts.model_validate(last.params["facts"]), facts)
        last.params = {**last.params, "facts": gathered.model_dump(mode="json")}
        return 0
    due = at if last is None else max(at, _planned(last) + APART)
    params = {**row["params"], "planned": due.isoformat()}
    await insert_once(session, MessageRow, **(row | {"params": params, "not_before": due}))
    return 1


def _waits(row: MessageRow) -> bool:
    """Whether nobody has begun to send it: who does moves the time before which nobody else tries."""
    return row.status is MessageStatus.QUEUED and not row.attempts and row.not_before == _planned(row)


def _planned(row: MessageRow) -> datetime:
    planned = row.params.get("planned")
    return datetime.fromisoformat(planned) if planned else row.created_at


def _with(gathered: DocumentFacts, facts: DocumentFacts) -> DocumentFacts:
    """The newest of each kind of document, the last one first."""
    known = (gathered.model_copy(update={"others": ()}), *gathered.others)
    return facts.model_copy(update={"others": tuple(one for one in known if one.document != facts.document)})
