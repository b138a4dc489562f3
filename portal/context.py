"""What every request works with: the services, the settings, the texts, and whether Temporal answers."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from fastapi import Request
from limits.aio.strategies import MovingWindowRateLimiter

from gateway.composition import Clock, Services, open_for_serving, utc_now
from gateway.page_pictures import PagePictures
from models.errors import SojournError
from models.people.authorization import Actor
from models.people.roles import OF_THE_PROGRAMME
from models.rules.service_levels import ServiceLevel
from models.views.service_levels import LevelFilter
from portal.file_reading import FileReading
from portal.server_events import Watch
from settings import Settings

LEVELS_FOR = timedelta(minutes=10)
LOOK_EVERY = 5.0
"""Seconds between two looks at whether Temporal answers."""


@dataclass
class RequestContext:
    """The portal of one process."""

    settings: Settings
    services: Services
    watch: Watch
    calls: MovingWindowRateLimiter
    """Counts the calls of the API's tokens."""
    key: bytes
    """Signs what the portal gives out and takes back: nothing that is kept."""
    file_reading: FileReading = field(default_factory=FileReading)
    pictures: PagePictures = field(default_factory=PagePictures)
    temporal_away_since: datetime | None = None
    _levels: dict[str, tuple[datetime, list[ServiceLevel]]] = field(default_factory=dict)

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
        return self.services.clock()

    async def levels_of(self, actor: Actor) -> tuple[datetime, list[ServiceLevel]]:
        """Service levels of institutions as an actor sees them, and when they were counted: at most ten minutes ago.

        They are counted from every step there is; a board that is opened all day needs them less often.
        """
        whose = "" if actor.role in OF_THE_PROGRAMME else actor.institution
        known = self._levels.get(whose)
        now = self.now()
        if known is None or now - known[0] > LEVELS_FOR:
            known = now, await self.services.reading.service_levels(LevelFilter(now=now, students=False), actor)
            self._levels[whose] = known
        return known

    async def watch_temporal(self) -> None:
        """Look whether Temporal answers, again and again."""
        while True:
            answers = self.services.gateway.availability.up = await self.services.gateway.answers()
            if answers:
                self.temporal_away_since = None
            elif self.temporal_away_since is None:
                self.temporal_away_since = self.now()
            await asyncio.sleep(LOOK_EVERY)


@asynccontextmanager
async def open_portal(settings: Settings, clock: Clock = utc_now) -> AsyncIterator[RequestContext]:
    """The request context of one process; it opens although Temporal or the database is away."""
    key = settings.secret_key.get_secret_value().encode() if settings.secret_key else secrets.token_bytes(32)
    async with open_for_serving(settings, clock) as services:
        watch = Watch(services.reading)
        calls = MovingWindowRateLimiter(services.windows)
        context = RequestContext(settings=settings, services=services, watch=watch, calls=calls, key=key)
        watching = asyncio.create_task(context.watch_temporal(), name="watch-temporal")
        try:
            yield context
        finally:
            watching.cancel()
            context.file_reading.close()
            await context.watch.close()
            with contextlib.suppress(asyncio.CancelledError, SojournError):
                await watching


def context_of(request: Request) -> RequestContext:
    """The context of the application that answers a request."""
    context: RequestContext = request.app.state.context
    return context
