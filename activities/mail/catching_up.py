"""After an outage: what should have been said while the service was away comes in one mail per person and hour."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.mail.directory import Recipient
from activities.store.projecting import insert_once
from models.notices import Notice, NoticeKind, OverviewFacts, StepFacts
from models.tables import MessageRow, MessageStatus

GATHER = timedelta(seconds=30)
"""How long such a mail waits for what else was missed: ladders catch up together when the service comes back."""


async def catch_up(session: AsyncSession, recipient: Recipient, notice: Notice, at: datetime) -> None:
    """Add a step to the mail that tells a person what was missed; the first one makes it."""
    facts = notice.facts
    assert isinstance(facts, StepFacts)
    number = 0
    while True:
        key = f"caught-up:{recipient.id}:{at:%Y-%m-%dT%H}:{number}"
        gathered = OverviewFacts(since=at, until=at, steps=())
        await insert_once(
            session,
            MessageRow,
            key=key,
            kind=NoticeKind.CAUGHT_UP,
            exchange_id=None,
            stream="caught-up",
            step_id=None,
            recipient_id=recipient.id,
            recipient_role=recipient.role,
            on_behalf_of=recipient.on_behalf_of,
            language=recipient.language,
            params={"reader": notice.reader, "facts": gathered.model_dump(mode="json")},
            status=MessageStatus.QUEUED,
            attempts=0,
            created_at=at,
            not_before=at + GATHER,
        )
        row = await session.scalar(select(MessageRow).where(MessageRow.key == key).with_for_update())
        assert row is not None
        # Once somebody has begun to send it, it says what it says; the next one takes what comes later.
        if row.status is MessageStatus.QUEUED and row.not_before == row.created_at + GATHER:
            break
        number += 1
    known = OverviewFacts.model_validate(row.params["facts"])
    if facts.step_id not in known.steps:
        more = known.model_copy(update={"until": max(known.until, at), "steps": (*known.steps, facts.step_id)})
        row.params = {**row.params, "facts": more.model_dump(mode="json")}
