"""Who acts in these journeys: clients that repeat what got no answer, and people who look back on stays of the past."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from demo.people import Participants, Traveller
from examples.papers import paper_for
from gateway.composition import Services
from gateway.operations import Gateway, new_id
from gateway.updates import KEYS
from models.catalogue.programme import Programme
from models.errors import Unavailable
from models.messages.exchange import ReportArrival, ReportDeparture
from models.views import WorklistRow
from models.vocabulary import StepKind

T = TypeVar("T")

MORNING = time(10, 0)
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

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        act = getattr(self._gateway, name)

        async def told(*arguments: Any, **options: Any) -> Any:
            if name == "add_document":
                options.setdefault("submission_id", new_id())
            await self._count(1)
            try:
                reply = await self._insist(name, lambda: act(*arguments, **options))
                self.answered |= {str(getattr(a, key)) for a in arguments for key in KEYS if hasattr(a, key)}
                return reply
            finally:
                await self._count(-1)

        return told

    async def _insist(self, name: str, act: Callable[[], Awaitable[Any]]) -> Any:
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


class Hindsight(Participants):
    """Everybody of the programme, telling of a stay that is over: it came as it was planned."""

    def __init__(self, gateway: Gateway, programme: Programme) -> None:
        super().__init__(gateway, programme, utc_now)

    async def answer(self, duty: WorklistRow, traveller: Traveller) -> None:
        await super().answer(duty, traveller)
        if duty.kind is StepKind.CLEAR_FOR_CLINIC:
            traveller.cleared_on = None  # cleared before the first clinical day, which was in the past

    async def check_in(self, duty: WorklistRow, traveller: Traveller) -> None:
        zone = ZoneInfo(self._programme.institutions[traveller.plan.host].zone)
        report = ReportArrival(
            report_id=f"{duty.step_id}.arrived",
            actor=self.actor(duty.owner),
            arrived_at=datetime.combine(traveller.plan.start, MORNING, zone),
            permitted_until=traveller.plan.end,
        )
        await self._gateway.report_arrival(traveller.exchange_id, report)

    async def depart(self, duty: WorklistRow) -> None:
        assert duty.end is not None
        report = ReportDeparture(
            report_id=f"{duty.step_id}.departed", actor=self.actor(duty.owner), departed_on=duty.end
        )
        await self._gateway.report_departure(duty.exchange_id, report)


async def utc_now() -> datetime:
    """The wall clock: these journeys happen in real time."""
    return datetime.now(UTC)


def papers(programme: Programme, end_year: int) -> dict[str, list[tuple[str, bytes]]]:
    """A good paper of every kind, typeset once for all students."""
    return {d.kind: [_paper(d.kind, d.title, end_year)] for d in programme.policy.documents}


@cache
def _paper(kind: str, title: str, end_year: int) -> tuple[str, bytes]:
    return paper_for(kind, title, expires=date(end_year + 6, 3, 31))
