"""Intakes that nobody nominates for: their cohorts are opened before they close, so that silence is told of (D4)."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta

from gateway.passes import whole_pass
from models.catalogue.programme import Programme
from models.errors import SojournError
from models.identifiers import CohortKey

logger = logging.getLogger(__name__)

AHEAD = timedelta(days=120)
"""Before the last nominations close: long enough for the office to see that a partner is silent."""
EVERY = timedelta(hours=6)


class Intakes:
    """Opens the cohorts that agreements promise. Safe to repeat: one that is open stays as it is."""

    def __init__(
        self,
        open_cohort: Callable[[CohortKey], Awaitable[None]],
        programme: Programme,
        clock: Callable[[], datetime],
    ) -> None:
        self._open = open_cohort
        self._programme = programme
        self._clock = clock

    async def open_due(self) -> int:
        """Open every cohort whose last nominations close soon; says how many there are.

        Raises:
            Unavailable: Temporal does not answer; asking again is safe.
        """
        due = due_cohorts(self._programme, self._clock())
        for key in due:
            await self._open(key)
        return len(due)

    async def run(self) -> None:
        """Look every few hours, for as long as the process lives."""
        while True:
            try:
                await whole_pass(self.open_due())
            except SojournError as error:
                logger.warning("intakes were not opened (%s); trying again", error)
            await asyncio.sleep(EVERY.total_seconds())


def due_cohorts(programme: Programme, now: datetime) -> tuple[CohortKey, ...]:
    """The agreed cohorts whose last nominations are still open and close soon, in the order of their ids."""
    keys = (key for key in _agreed(programme) if now <= programme.nominations_close_at(key) <= now + AHEAD)
    return tuple(sorted(keys, key=lambda key: key.id))


def _agreed(programme: Programme) -> Iterable[CohortKey]:
    """One cohort for each year of each active agreement, as host and as sending university alike."""
    for host in programme.institutions.values():
        for agreement in host.agreements:
            partner = programme.institution(agreement.partner)
            back = partner.agreement(host.id) if partner else None
            if not agreement.active or back is None or not back.active:
                continue
            direction = programme.direction(host.id)
            yield from (
                CohortKey(sending=agreement.partner, host=host.id, year=year, direction=direction)
                for year in agreement.cap
            )
