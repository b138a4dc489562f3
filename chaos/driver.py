"""Many exchanges at once, each step answered some time after it is seen, by whoever owes it."""

import asyncio
import contextlib
import random
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import psycopg

from bench.partners import PARTNERS, SEATS, YEARS, Intake
from chaos.channels import Channels, NotAsked
from chaos.ledger import Act, Answer, Ledger
from chaos.people import CONTRARY, Asking, Everybody, Unanswered
from chaos.site import Site
from demo.hindsight import papers
from demo.people import NOBODY_ANSWERS, Traveller
from examples.papers import holder_in
from gateway.composition import open_for_serving
from models.errors import SojournError
from models.messages.exchange import Plan
from models.people.authorization import Owner
from models.views import WorklistFilter, WorklistRow
from models.vocabulary import Role, StepKind

LOOK_EVERY = 0.25
AT_ONCE = 12
"""Acts in flight at most: more than that waits for the machine, not for the service."""
ANSWERED_WITHIN = 45.0
"""Seconds in which every caller hears something, whatever it is."""
VANISH = 0.2
CONTRADICTS = 0.3
"""Share of the callers who vanished after whom somebody else says the opposite."""
HEALTH = {StepKind.SUBMIT_HEALTH_RECORDS, StepKind.CLEAR_FOR_CLINIC}


@dataclass
class Seen:
    """A step on the worklist, and when somebody next answers it."""

    row: WorklistRow
    at: float
    tries: int = 0
    busy: bool = False


class Driver:
    """Lets everybody do what they owe."""

    def __init__(
        self, site: Site, channels: Channels, ledger: Ledger, seed: int, pace: float, vanish: float = VANISH
    ) -> None:
        self.site = site
        self.channels = channels
        self.asking = Asking(channels, ledger, seed, vanish)
        self.asking.owner = self._owner
        self._seed = seed
        self.pace = pace
        """Seconds between a step's appearing and somebody's answer, on average."""
        self._programme = channels.services.programme
        self._everybody = Everybody(self.asking, channels, self._became)
        self._intake = Intake(datetime.now(UTC).date())
        self.running = 0
        """About how many exchanges run at a time; nobody is nominated beyond them."""
        self.most = SEATS * PARTNERS * YEARS
        """Students nominated in all."""
        self.impatience = (4.0, 10.0)
        """Seconds after which somebody else finds a step still open that got no answer."""
        self._nominated = 0
        self._seen: dict[str, Seen] = {}
        self._travellers: dict[str, Traveller] = {}
        self._room = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._quiet = asyncio.Event()
        self.changed_at = time.monotonic()
        """When the worklist was last seen to change."""

    async def run(self) -> None:
        """Answer whatever is open until it is cancelled, and nominate."""
        while True:
            if not self._quiet.is_set():
                await self._look()
                open_now = {seen.row.exchange_id for seen in self._seen.values()}
                if len(open_now) < self.running and self._nominated < self.most and len(self._tasks) < AT_ONCE:
                    self._begin(self._nominate)
                for seen in list(self._seen.values()):
                    if not seen.busy and time.monotonic() >= seen.at:
                        seen.busy = True
                        self._begin(partial(self._answer, seen))
            await asyncio.sleep(LOOK_EVERY)

    async def hold(self) -> int:
        """Nobody asks for anything more; answers are waited for. Says how many did not come in any reasonable time."""
        self._quiet.set()
        if not self._tasks:
            return 0
        _, waiting = await asyncio.wait(self._tasks, timeout=ANSWERED_WITHIN)
        self.leave()
        if waiting:
            await asyncio.wait(waiting)
        return len(waiting)

    def go_on(self, *, vanish: float, pace: float) -> None:
        """Everybody asks again."""
        self.asking.vanish, self.pace = vanish, pace
        for seen in self._seen.values():
            seen.at = min(seen.at, time.monotonic() + pace)
        self.changed_at = time.monotonic()
        self._quiet.clear()

    def rush(self) -> None:
        """Everybody asks now for what they would have asked for soon."""
        for seen in self._seen.values():
            if not seen.busy:
                seen.busy = True
                self._begin(partial(self._answer, seen))

    def leave(self) -> None:
        """Everybody who waits for an answer is gone."""
        self.asking.leave()

    async def end(self) -> None:
        """Stop whatever is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, act: Callable[[], Awaitable[None]]) -> None:
        task = asyncio.create_task(self._in_turn(act))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _in_turn(self, act: Callable[[], Awaitable[None]]) -> None:
        async with self._room:
            await act()

    async def _became(self, act: Act) -> str:
        """What became of an act that was kept; as long as the records are away, nobody knows."""

        def look() -> str:
            with self.site.database.connected() as records:
                found = records.rows(f"SELECT status FROM acts WHERE key = '{act.key}'")
            return str(found[0]["status"]) if found else ""

        try:
            return await asyncio.to_thread(look)
        except (sqlite3.Error, psycopg.Error):
            return ""

    def _owner(self, step: str) -> Owner | None:
        seen = self._seen.get(step)
        return seen.row.owner if seen else None

    async def _look(self) -> None:
        try:
            rows = await self.channels.services.reading.worklist(None, WorklistFilter(limit=1000))
        except SojournError:
            return
        clearing = {row.exchange_id for row in rows if row.kind in HEALTH}
        now = time.monotonic()
        wanted = {}
        for row in rows:
            # Who sees the clinic in hindsight was cleared for it before arriving.
            early = row.kind is StepKind.CHECK_IN and row.exchange_id in clearing
            if not early and row.kind not in NOBODY_ANSWERS:
                known = self._seen.get(row.step_id)
                wanted[row.step_id] = known or Seen(row, now + self._chance(row.step_id).uniform(0, 2 * self.pace))
                wanted[row.step_id].row = row
        if set(wanted) != set(self._seen):
            self.changed_at = now
        self._seen = wanted

    async def _answer(self, seen: Seen) -> None:
        row = seen.row
        seen.tries += 1
        chance = self._chance(f"{row.step_id} {seen.tries}")
        wait = chance.uniform(1, 3)
        try:
            traveller = await self._traveller(row.exchange_id)
            if traveller is not None:
                await self._everybody.answer(row, traveller)
        except Unanswered as no:
            if no.act.answer not in {Answer.KEPT, Answer.REFUSED}:
                wait = chance.uniform(*self.impatience)
                if row.kind in CONTRARY and chance.random() < CONTRADICTS and not self._quiet.is_set():
                    await self._contradict(row, chance.uniform(0.5, 4))
        except (NotAsked, SojournError):
            pass
        finally:
            seen.at, seen.busy = time.monotonic() + wait, False

    async def _contradict(self, row: WorklistRow, after: float) -> None:
        await asyncio.sleep(after)
        with contextlib.suppress(Unanswered, SojournError):
            await self._everybody.contradict(row)

    async def _traveller(self, exchange: str) -> Traveller | None:
        """What is known of a student: looked up, for nominations whose answer nobody heard too."""
        if exchange not in self._travellers:
            view = await self.channels.services.reading.exchange(exchange, None)
            if view is None:
                return None
            plan: Plan = view.plan
            form = await self.channels.services.reading.nomination(exchange)
            if form is None:
                return None
            holder = holder_in(form)
            good = {kind: list(them) * 50 for kind, them in papers(self._programme, plan.end.year, holder).items()}
            self._travellers[exchange] = Traveller(exchange, plan, holder, papers=good)
        return self._travellers[exchange]

    async def _nominate(self) -> None:
        student = self._intake.student(self._nominated)
        student = student.model_copy(update={"late_reason": "Told after the stay."})
        self._nominated += 1
        actor = self._everybody.officer(student.sending, Role.COORDINATOR)
        with contextlib.suppress(Unanswered, SojournError):
            await self.asking.nominate(student, actor)

    def _chance(self, about: str) -> random.Random:
        return random.Random(f"{self._seed} {about}")


@asynccontextmanager
async def open_driver(
    site: Site, ledger: Ledger, seed: int, pace: float, vanish: float = VANISH
) -> AsyncIterator[Driver]:
    """Everybody, connected to a running site."""
    async with open_for_serving(site.settings) as services:
        channels = Channels(site, services)
        try:
            await channels.open()
            driver = Driver(site, channels, ledger, seed, pace, vanish)
            try:
                yield driver
            finally:
                await driver.end()
        finally:
            await channels.close()
