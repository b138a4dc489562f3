"""After an outage: what should have been said while the service was away comes in one mail per person and hour."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from mail.directory import Recipient
from models.notifications.notices import Notice, NoticeKind, OverviewFacts, Reader, StepFacts
from models.tables import MessageRow, MessageStatus
from records.projections.common import insert_once
from records.store.append import lock_stream

GATHER = timedelta(seconds=30)
"""How long such a mail waits for what else was missed: ladders catch up together when the service comes back."""
LONGEST = timedelta(minutes=10)
"""And how long at most, while more keeps coming."""
MOST = 100
"""Steps that it names; further ones are counted."""


async def catch_up(session: AsyncSession, recipient: Recipient, notice: Notice, at: datetime) -> int:
    """Add a step to the mail that tells a person what was missed; the first one makes it. Says how many it made."""
    facts = notice.facts
    assert isinstance(facts, StepFacts)
    # Many ladders catch up at once, each with several people to tell: they take turns, or would wait in a circle.
    await lock_stream(session, "caught-up")
    number = made = 0
    while True:
        key = f"caught-up:{recipient.id}:{at:%Y-%m-%dT%H}:{number}"
        made += await _begin(session, key, recipient, at)
        # Nobody sends it before the commit.
        row = await session.scalar(select(MessageRow).where(MessageRow.key == key).with_for_update())
        assert row is not None
        gathered = OverviewFacts.model_validate(row.params["facts"])
        # Once somebody has begun to send it, it says what it says; the next one takes what comes later.
        if row.status is MessageStatus.QUEUED and row.not_before == _due(gathered):
            break
        number += 1
    gathered = _with(gathered, facts.step_id, at)
    row.params = {**row.params, "facts": gathered.model_dump(mode="json")}
    row.not_before = _due(gathered)
    return made


async def _begin(session: AsyncSession, key: str, recipient: Recipient, at: datetime) -> int:
    known = await session.scalar(select(MessageRow.id).where(MessageRow.key == key))
    if known is not None:
        return 0
    empty = OverviewFacts(since=at, until=at)
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
        params={"reader": Reader.INFORMED, "facts": empty.model_dump(mode="json")},
        status=MessageStatus.QUEUED,
        attempts=0,
        created_at=at,
        not_before=_due(empty),
    )
    return 1


def _with(gathered: OverviewFacts, step_id: str, at: datetime) -> OverviewFacts:
    changes: dict[str, object] = {"until": max(gathered.until, at)}
    if step_id not in gathered.steps:
        full = len(gathered.steps) >= MOST
        changes |= {"more": gathered.more + 1} if full else {"steps": (*gathered.steps, step_id)}
    return gathered.model_copy(update=changes)


def _due(gathered: OverviewFacts) -> datetime:
    return min(gathered.until + GATHER, gathered.since + LONGEST)
