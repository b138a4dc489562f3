"""Work that runs again and again beside the workers, and ends between two passes."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

ENDS_WITHIN = 5.0
"""Seconds that a pass has to end by itself once its process stops."""
T = TypeVar("T")


async def whole_pass(work: Coroutine[Any, Any, T]) -> T:
    """The result of one pass. Who cancels waits until it ended by itself: torn off, a transaction loses its connection.

    One that takes longer than `ENDS_WITHIN` is cancelled after all.
    """
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=ENDS_WITHIN)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        raise
