"""What every request works with: the counter, the settings, the texts, and whether Temporal answers."""

import asyncio
import contextlib
import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from fastapi import Request

from gateway.opening import Clock, Counter, open_desk, utc_now
from models.errors import SojournError
from portal.live import Watch
from settings import Settings

PULSE = 5.0
"""Seconds between two looks at whether Temporal answers."""


@dataclass
class Desk:
    """The portal of one process."""

    settings: Settings
    counter: Counter
    watch: Watch
    key: bytes
    """Signs what the portal gives out and takes back: nothing that is kept."""
    temporal_away_since: datetime | None = None
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def secure(self) -> bool:
        """Whether people reach the portal by HTTPS: cookies are then for HTTPS alone."""
        return self.settings.public_url.startswith("https://")

    @property
    def origin(self) -> str:
        """Scheme, host and port under which people reach the portal."""
        parts = urlsplit(self.settings.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    def now(self) -> datetime:
        """The time."""
        return self.counter.clock()

    def sign(self, purpose: str, text: str) -> str:
        """A signature that only this service can have made for this purpose."""
        return hmac.new(self.key, f"{purpose}\n{text}".encode(), hashlib.sha256).hexdigest()

    def signed(self, purpose: str, text: str, signature: str) -> bool:
        """Whether a signature is one of `sign`."""
        return hmac.compare_digest(self.sign(purpose, text), signature)

    async def feel_pulse(self) -> None:
        """Look whether Temporal answers, again and again."""
        while True:
            answers = await self.counter.gateway.answers()
            if answers:
                self.temporal_away_since = None
            elif self.temporal_away_since is None:
                self.temporal_away_since = self.now()
            await asyncio.sleep(PULSE)


@asynccontextmanager
async def open_portal(settings: Settings, clock: Clock = utc_now) -> AsyncIterator[Desk]:
    """The desk of one process; it opens although Temporal or the database is away."""
    key = settings.secret_key.get_secret_value().encode() if settings.secret_key else secrets.token_bytes(32)
    async with open_desk(settings, clock) as counter:
        desk = Desk(settings=settings, counter=counter, watch=Watch(counter.reading), key=key)
        pulse = asyncio.create_task(desk.feel_pulse(), name="pulse")
        try:
            yield desk
        finally:
            pulse.cancel()
            await desk.watch.close()
            with contextlib.suppress(asyncio.CancelledError, SojournError):
                await pulse


def desk_of(request: Request) -> Desk:
    """The desk of the application that answers a request."""
    desk: Desk = request.app.state.desk
    return desk
