"""How long an operation may take, and what is said when the time is over.

    ACT     what a person asks of a workflow                                  30 s
    UPLOAD  the same with a file that comes with it; what follows is an ACT    4 min
    LOOK    a question about where something is                               10 s
    CALL    one call of a process's own: a signal, a schedule                 10 s

The time is for all of it: waiting for the database, sending, sending again. Temporal's client has a deadline for each
attempt at most, and none at all while it waits for the outcome of an update.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import timedelta
from enum import Enum
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from gateway.availability import PULSE, Availability
from gateway.failures import LATE, translated
from models.errors import Unavailable


class AnswerTime(Enum):
    """What somebody waits for, which says how long."""

    ACT = "act"
    UPLOAD = "upload"
    LOOK = "look"


WITHIN: dict[AnswerTime, float] = {AnswerTime.ACT: 30.0, AnswerTime.UPLOAD: 240.0, AnswerTime.LOOK: 10.0}
"""Seconds from the question to an answer, whichever it is."""
CALL_WITHIN = timedelta(seconds=10)
_UNTIL: ContextVar[float | None] = ContextVar("until", default=None)


class Answering(Protocol):
    """Who offers operations with a deadline."""

    @property
    def availability(self) -> Availability:
        """Whether Temporal answers."""


P = ParamSpec("P")
T = TypeVar("T")
S = TypeVar("S", bound=Answering)
Operation = Callable[Concatenate[S, P], Coroutine[Any, Any, T]]


def answered(waiting: AnswerTime) -> Callable[[Operation[S, P, T]], Operation[S, P, T]]:
    """Give an operation its deadline."""

    def limit(operation: Operation[S, P, T]) -> Operation[S, P, T]:
        @wraps(operation)
        async def limited(self: S, /, *args: P.args, **named: P.kwargs) -> T:
            async with _limited(self.availability, waiting):
                return await operation(self, *args, **named)

        limited.__dict__["waiting"] = waiting
        return limited

    return limit


@asynccontextmanager
async def answering(line: Availability, waiting: AnswerTime) -> AsyncIterator[None]:
    """A block that asks Temporal and ends in time; what the client raises becomes an error of the house.

    Within an operation it ends a moment before it, so that whoever stands between can still say what became of an act.

    Raises:
        Unavailable: the time is over, or something is away; the text says what.
    """
    line.require()
    async with _limited(line, waiting):
        yield


@asynccontextmanager
async def _limited(line: Availability, waiting: AnswerTime) -> AsyncIterator[None]:
    now = asyncio.get_running_loop().time()
    outer = _UNTIL.get()
    end = now + WITHIN[waiting] if outer is None else min(now + WITHIN[waiting], outer)
    spare = min(PULSE.total_seconds(), max(end - now, 0) / 4)  # to find out what is away, and to keep an act
    limit = asyncio.timeout_at(end - spare)
    token = _UNTIL.set(end - spare)
    try:
        async with limit:
            with translated():
                yield
    except TimeoutError:
        if not limit.expired():
            raise
        raise await line.missing(spare / 2) from None
    except Unavailable as late:
        if late.message != LATE:
            raise
        raise await line.missing(spare / 2) from None
    finally:
        _UNTIL.reset(token)
