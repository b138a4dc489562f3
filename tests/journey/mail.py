"""Waiting for the mail of a journey, in real time."""

import asyncio

from models.views import MessageFilter
from tests.journey.journey import Journey

DELIVERED_WITHIN = 45.0
"""Seconds; longer than the first pause after a mail host was away, and than the claim of a batch that died."""


async def until_delivered(journey: Journey) -> None:
    """Wait until the outbox holds nothing to send."""
    queued = MessageFilter(status="queued", limit=1)
    async with asyncio.timeout(DELIVERED_WITHIN):
        left = await journey.services.reading.messages(queued)
        while left:
            await asyncio.sleep(0.1)
            left = await journey.services.reading.messages(queued)
