"""Waiting for the mail of a journey, in real time."""

import asyncio
from datetime import UTC, datetime

from sqlalchemy import update
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import Client
from temporalio.exceptions import ApplicationError

from dev.stack import DevStack
from models.identifiers import MAILROOM_ID
from models.tables import MessageRow, MessageStatus
from models.views import MessageFilter
from records.store.engine import open_engine, session_maker, transaction
from tests.journey.journey import Journey

DELIVERED_WITHIN = 45.0
"""Seconds; longer than the first pause after a mail host was away."""


async def until_delivered(journey: Journey) -> None:
    """Wait until the outbox holds nothing to send."""
    queued = MessageFilter(status="queued", limit=1)
    async with asyncio.timeout(DELIVERED_WITHIN):
        left = await journey.services.reading.messages(queued)
        while left:
            await asyncio.sleep(0.1)
            left = await journey.services.reading.messages(queued)


async def let_leases_run_out(stack: DevStack, client: Client, crashed_at: datetime) -> None:
    """Do at once what the clock does within five minutes of a crash in the middle of a batch.

    The server gives the lost batch up, and what it had claimed comes due again.
    """
    sender = client.get_workflow_handle(MAILROOM_ID)
    for pending in (await sender.describe()).raw_description.pending_activities:
        started = pending.last_started_time.ToDatetime(tzinfo=UTC)
        if pending.state == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED and started < crashed_at:
            lost = client.get_async_activity_handle(
                workflow_id=MAILROOM_ID, run_id=None, activity_id=pending.activity_id
            )
            await lost.fail(ApplicationError("the worker is gone", type="timeout"))
    engine = open_engine(stack.settings.database_url)
    try:
        async with transaction(session_maker(engine)) as session:
            claimed = update(MessageRow).where(MessageRow.status == MessageStatus.QUEUED)
            await session.execute(claimed.values(not_before=datetime.now(UTC)))
    finally:
        await engine.dispose()
