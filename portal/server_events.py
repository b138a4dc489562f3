"""Live updates: which streams of events have changed, told to every page that is open. One query a second at most."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Protocol

from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event

from gateway.passes import whole_pass
from models.errors import SojournError

COME_BACK = 5000
"""Milliseconds after which a browser that lost its connection asks again."""
CHANGED = format_sse_event(event="changed", data_str="{}")
EVERY = 1.0
"""Seconds between two looks, while anybody watches."""
KEEP_ALIVE = 20.0
"""Seconds after which a silent connection is told that it is still there; proxies close silent ones."""
LONGEST = 15 * 60.0
"""Seconds after which a page has to ask again, with its session looked at anew."""
MOST = 500
"""Pages of one process that are told; further ones are served without."""
PER_PERSON = 12
"""Pages of one person that are told."""


class Log(Protocol):
    """Says what is new on record."""

    async def changed_since(self, position: int | None) -> tuple[int, frozenset[str]]:
        """The last position of the events, and the streams that got any after an earlier one."""


class Watch:
    """Tells subscribers that something new is on record, and of which exchange."""

    def __init__(self, reading: Log) -> None:
        self._reading = reading
        self._queues: dict[asyncio.Queue[frozenset[str]], str] = {}
        """Each page that is told, and whose it is."""
        self._task: asyncio.Task[None] | None = None

    def full(self, person: str) -> bool:
        """Whether no further page can be told, or none of this person."""
        theirs = sum(1 for whose in self._queues.values() if whose == person)
        return len(self._queues) >= MOST or theirs >= PER_PERSON

    async def changes(self, exchange_id: str | None, person: str) -> AsyncIterator[bytes]:
        """Server-sent events: `changed` when something happened to an exchange, or to anything at all."""
        queue: asyncio.Queue[frozenset[str]] = asyncio.Queue(maxsize=100)
        self._queues[queue] = person
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._look(), name="watch events")
        loop = asyncio.get_running_loop()
        until = loop.time() + LONGEST
        try:
            yield format_sse_event(retry=COME_BACK)
            while (left := until - loop.time()) > 0:
                try:
                    streams = await asyncio.wait_for(queue.get(), min(KEEP_ALIVE, left))
                except TimeoutError:
                    yield KEEPALIVE_COMMENT
                    continue
                if exchange_id is None or exchange_id in streams:
                    yield CHANGED
        finally:
            self._queues.pop(queue, None)

    async def close(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _look(self) -> None:
        position: int | None = None
        while self._queues:
            with suppress(SojournError):  # the database is away: what happens meanwhile is told when it is back
                position, streams = await whole_pass(self._reading.changed_since(position))
                if streams:
                    for queue in self._queues:
                        with suppress(asyncio.QueueFull):
                            queue.put_nowait(streams)
            await asyncio.sleep(EVERY)
