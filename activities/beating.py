"""What goes on beside an activity: its heartbeats, by which the server hears within seconds that a worker died."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from temporalio import activity

BEAT = 1.0
"""Seconds between heartbeats."""


def beating() -> AbstractAsyncContextManager[None]:
    """Heartbeats of the activity that runs, none where there is none."""
    return every(BEAT, _beat)


@asynccontextmanager
async def every(seconds: float, act: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Do something again and again in the background, first after so many seconds; the last time is waited for."""
    over = asyncio.Event()

    async def go_on() -> None:
        while True:
            try:
                async with asyncio.timeout(seconds):
                    await over.wait()
                return
            except TimeoutError:
                await act()

    task = asyncio.create_task(go_on())
    try:
        yield
    finally:
        over.set()
        await task


async def _beat() -> None:
    if activity.in_activity():
        activity.heartbeat()
