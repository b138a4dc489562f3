"""What a route takes: who asks is looked at before anything is read, then a size, and a time for all of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from typing import Any, Protocol, TypeVar, runtime_checkable
from weakref import WeakValueDictionary

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.types import Message, Receive

from models.errors import Said
from portal.http_refusals import OF_THE_FRAMEWORK, HttpRefusal

SMALL = 256 * 1024
"""Bytes of a form without files, and of a call of the API."""
LARGE = 24 * 1024 * 1024
"""Bytes of a form with a document: more than any kind may have, so that its own limit is told in words."""
TABLES = 12 * 1024 * 1024
"""Bytes of a nomination file, and of its rows sent back after correction."""
SLOWEST = 20.0
"""Seconds in which the next piece of a request must come."""
WITHIN = 60.0
"""Seconds in which a request must have come and been answered."""
WITHIN_LARGE = 300.0
"""The same for one with files."""
AT_ONCE = 8
"""Requests with files that are read at the same time; further ones wait, unread."""
AT_ONCE_EACH = 2
"""The same of one person or token."""
E = TypeVar("E", bound=Callable[..., Awaitable[Any]])


class TooLarge(HttpRefusal):
    """The request is larger than this place takes."""

    def __init__(self) -> None:
        super().__init__(413, Said("request.too_large", {}), {"Connection": "close"})


class TooSlow(HttpRefusal):
    """The request stopped coming."""

    def __init__(self) -> None:
        super().__init__(408, Said("request.too_slow", {}), {"Connection": "close"})


class Overdue(HttpRefusal):
    """No answer came in the time that a request has."""

    def __init__(self) -> None:
        super().__init__(503, Said("request.overdue", {}), {"Connection": "close", "Retry-After": "5"})


class Turns:
    """Lets a few at a time go on, and of one person fewer, so that nobody keeps the others waiting."""

    def __init__(self) -> None:
        self._all = asyncio.Semaphore(AT_ONCE)
        self._each: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def turn(self, whose: str) -> AsyncIterator[None]:
        """Wait for a turn, and have it."""
        theirs = self._each.get(whose) or asyncio.Semaphore(AT_ONCE_EACH)
        self._each[whose] = theirs
        async with theirs, self._all:
            yield


def takes(most: int) -> Callable[[E], E]:
    """Mark a route's function as taking so many bytes, where that is more than a form without files."""

    def mark(endpoint: E) -> E:
        endpoint.__dict__["most"] = most
        return endpoint

    return mark


@runtime_checkable
class Admitting(Protocol):
    """A dependency that knows who may come in without what they send."""

    async def admit(self, request: Request) -> None:
        """Let them in, or raise what the route answers."""


class BoundedRoute(APIRoute):
    """A route that reads nothing of a stranger, and of others no more and no longer than it says."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, within its bounds."""
        handler = super().get_route_handler()
        admitting = tuple(_admitting(self.dependant))
        most: int = getattr(self.endpoint, "most", SMALL)
        turns = Turns()

        async def bounded(request: Request) -> Response:
            if "\x00" in request.scope["path"]:
                raise HttpRefusal(404, OF_THE_FRAMEWORK[404])  # no id has it, and PostgreSQL no text
            try:
                async with asyncio.timeout(WITHIN if most == SMALL else WITHIN_LARGE):
                    for one in admitting:
                        await one.admit(request)
                    inner = Request(request.scope, _counted(request, most), request._send)
                    if most == SMALL:
                        return await handler(inner)
                    async with turns.turn(getattr(request.state, "asker", "")):
                        return await handler(inner)
            except TimeoutError:
                raise Overdue from None

        return bounded


def _admitting(dependant: Dependant) -> Iterator[Admitting]:
    for part in dependant.dependencies:
        call: object = part.call
        if isinstance(call, Admitting):
            yield call
        yield from _admitting(part)


def _counted(request: Request, most: int) -> Receive:
    """Counts what comes while it comes."""
    declared, taken = request.headers.get("content-length", "0"), 0
    reads = request.method in ("POST", "PUT", "PATCH")

    async def receive() -> Message:
        nonlocal taken
        if not (declared.isascii() and declared.isdigit()) or int(declared[:20]) > most:
            raise TooLarge
        try:
            # The stream of events waits for the browser to leave; only a body has to keep coming.
            async with asyncio.timeout(SLOWEST if reads else None):
                message = await request.receive()
        except TimeoutError:
            raise TooSlow from None
        taken += len(message.get("body", b""))
        if taken > most:
            raise TooLarge
        return message

    return receive
