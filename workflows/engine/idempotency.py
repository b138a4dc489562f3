"""Acts that people name by a key: done once, however often they are asked for.

the same act under the key           the first one's reply, marked as repeated; who asks meanwhile waits for it
another act under the key            `KeyReused`, from the validator: it leaves no trace in the history
the act failed, or was refused       the key is free again
the workflow continues as new        it carries the newest keys in its state
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from models.idempotency import is_repeated
from models.messages.repetition import fingerprint_of
from models.wire import Wire

T = TypeVar("T")
MOST_CARRIED = 200
"""Keys that a state carries; who repeats an act does so within days, not hundreds of acts later."""


class _Act(NamedTuple):
    asked: str
    reply: asyncio.Future[Any]


@dataclass
class _Underway:
    key: str
    done: bool = False


_CURRENT: ContextVar[_Underway | None] = ContextVar("act", default=None)


def underway() -> str | None:
    """The key of the act that is being done here, if any: what it brings about is recorded as its doing."""
    act = _CURRENT.get()
    return act.key if act is not None and not act.done else None


class Acts:
    """What was asked for under which key, and what became of it."""

    def __init__(self, carried: Mapping[str, str] | None = None) -> None:
        """`carried` are keys of an earlier run; only acts that answer nothing themselves can be carried."""
        self._acts: dict[str, _Act] = {}
        self.begun = 0
        """How many acts this run took."""
        for key, asked in (carried or {}).items():
            self._begin(key, asked).set_result(None)

    def remember(self, taken: Mapping[str, str]) -> None:
        """Know acts that are on record as taken, by key, with what was asked."""
        for key, asked in taken.items():
            if key not in self._acts:
                self._begin(key, asked).set_result(None)

    def seen(self, key: str, request: Wire) -> bool:
        """Whether this act was accepted before; for validators.

        Raises:
            KeyReused: another act was, under the same key.
        """
        known = self._acts.get(key)
        return is_repeated(known.asked if known is not None else None, fingerprint_of(request))

    async def once(self, key: str, request: Wire, act: Callable[[], Awaitable[T]]) -> tuple[T, bool]:
        """Do an act once per key; whoever repeats it gets the first one's reply, and `True` for repeated."""
        if key in self._acts:
            return await asyncio.shield(self._acts[key].reply), True
        reply = self._begin(key, fingerprint_of(request).value)
        self.begun += 1
        current = _Underway(key)
        token = _CURRENT.set(current)
        try:
            reply.set_result(await act())
        except Exception as error:
            # It fails for everybody who waits for it; the same key may try again.
            del self._acts[key]
            reply.set_exception(error)
            reply.exception()  # looked at: nobody need wait for it
            raise
        finally:
            current.done = True
            _CURRENT.reset(token)
        return reply.result(), False

    def carried(self) -> dict[str, str]:
        """The newest keys and what was asked under them, for the state of the next run."""
        return {key: act.asked for key, act in list(self._acts.items())[-MOST_CARRIED:]}

    def _begin(self, key: str, asked: str) -> asyncio.Future[Any]:
        reply: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._acts[key] = _Act(asked, reply)
        return reply
