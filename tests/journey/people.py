"""Who acts in these journeys: clients that repeat what got no answer."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from gateway.composition import Services
from gateway.operations import new_id
from gateway.updates import KEYS
from models.errors import Unavailable

T = TypeVar("T")

PAUSE = 0.2
"""Seconds between an act that got no answer and the same act again."""


async def insist(act: Callable[[], Awaitable[T]]) -> T:
    """Look again, after a pause, until the answer is not an outage."""
    while True:
        try:
            return await act()
        except Unavailable:
            await asyncio.sleep(PAUSE)


class Patient:
    """The gateway as a careful client uses it: what got no answer is told again, word by word, with the same ids."""

    def __init__(self, services: Services) -> None:
        self._gateway = services.gateway
        self._news = asyncio.Condition()
        self.begun = 0
        self.in_flight = 0
        self.answered: set[str] = set()
        """Ids of the acts that were answered: what was promised to be recorded."""
        self.repeated: list[str] = []
        """Acts that had to be told again for want of an answer."""

    @property
    def consents(self) -> "_Part":
        """What students agree to, told again in the same way."""
        return _Part(self, self._gateway.consents)

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        act = getattr(self._gateway, name)

        async def told(*arguments: Any, **options: Any) -> Any:
            if name == "add_document":
                options.setdefault("submission_id", new_id())
            await self._count(1)
            try:
                reply = await self.insist(name, lambda: act(*arguments, **options))
                self.answered |= {str(getattr(a, key)) for a in arguments for key in KEYS if hasattr(a, key)}
                return reply
            finally:
                await self._count(-1)

        return told

    async def insist(self, name: str, act: Callable[[], Awaitable[Any]]) -> Any:
        while True:
            try:
                return await act()
            except Unavailable:
                self.repeated.append(name)
            await asyncio.sleep(PAUSE)

    async def _count(self, change: int) -> None:
        async with self._news:
            self.in_flight += change
            self.begun += max(change, 0)
            self._news.notify_all()

    async def busy(self, after: int, at_once: int = 3) -> None:
        """Wait until so many acts were begun and some are without an answer at this moment."""
        async with self._news:
            await self._news.wait_for(lambda: self.begun >= after and self.in_flight >= at_once)


class _Part:
    """A part of the gateway, asked as patiently."""

    def __init__(self, patient: Patient, part: object) -> None:
        self._patient, self._part = patient, part

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        act = getattr(self._part, name)
        return lambda *arguments, **options: self._patient.insist(name, lambda: act(*arguments, **options))
