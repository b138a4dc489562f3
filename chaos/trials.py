"""What is played: trouble, then quiet, then everybody finishes what is open, then the audit."""

import asyncio
import random
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from chaos.audit.acts import acknowledged, facts_of, register_left, unsettled
from chaos.audit.findings import Finding
from chaos.audit.mail import audit_mail, copies_in, doubles, waiting
from chaos.audit.records import audit_records, unfinished
from chaos.audit.workflows import out_of_step
from chaos.driver import ANSWERED_WITHIN, VANISH, Driver, open_driver
from chaos.faults import REFUSED_PERSON, Scene, Strike, Tell, trouble
from chaos.ledger import Ledger, acts_in, count_answers, notes_in
from chaos.site import EARLIER, Site, earlier_version, open_site

SETTLES_WITHIN = 60.0
"""Seconds after everything is back in which every act is applied or refused and every exchange in step."""
STANDS_STILL = 25.0
"""Seconds without any change after which nobody comes further."""
FINISHES_WITHIN = 300.0
"""Seconds after which those who still come a little further are left."""
LOOK_EVERY = 1.0


@dataclass
class Plan:
    """One play."""

    seed: int
    database: str
    seconds: float
    faults: Sequence[Strike]
    running: int = 20
    """Exchanges at a time."""
    pace: float = 1.5
    """Seconds between a step's appearing and its answer, on average."""
    most: int | None = None
    """Faults after which trouble ends."""
    pause: tuple[float, float] = (0.5, 3.0)
    earlier: str | None = None
    """The version of the second worker; unset: the newest before this one."""
    vanish: float = VANISH
    """The share of callers that are gone before they hear an answer."""


@dataclass
class Outcome:
    """What one play came to."""

    plan: Plan
    findings: list[Finding] = field(default_factory=list)
    exchanges: int = 0
    running: int = 0
    """Not at their end when quiet came."""
    finished: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    answers: dict[str, int] = field(default_factory=dict)
    settled_after: float | None = None
    """Seconds from everything being back until everything was settled; `None` if it never was."""
    second_copies: int = 0
    """Mails that came twice because SMTP leaves open whether the first was taken."""
    notes: list[str] = field(default_factory=list)

    def count(self, *kinds: str) -> int:
        """How many findings of some kinds there are."""
        return sum(finding.kind in kinds for finding in self.findings)

    @property
    def struck(self) -> int:
        """How many faults there were."""
        return self.faults.total()


@dataclass
class Stage:
    """A site with its people and their book."""

    site: Site
    driver: Driver
    ledger: Ledger
    book: Path
    running: asyncio.Task[None]


@asynccontextmanager
async def open_stage(plan: Plan, folder: Path) -> AsyncIterator[Stage]:
    """Everybody at work on a site of their own."""
    book = folder / "ledger.jsonl"
    async with open_site(folder, plan.database) as site:
        with Ledger(book) as ledger:
            async with open_driver(site, ledger, plan.seed, plan.pace, plan.vanish) as driver:
                driver.running = plan.running
                running = asyncio.create_task(driver.run(), name="everybody")
                try:
                    yield Stage(site, driver, ledger, book, running)
                finally:
                    running.cancel()
                    await asyncio.gather(running, return_exceptions=True)


async def play(plan: Plan, tell: Tell) -> Outcome:
    """Play it on a site of its own, and audit; `tell` hears of each fault."""
    outcome = Outcome(plan)
    with tempfile.TemporaryDirectory(prefix="sojourn-chaos-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        laid_out = await asyncio.to_thread(earlier_version, plan.earlier, folder / "earlier")
        outcome.notes.append(f"second worker: {laid_out[0]}" if laid_out else "no earlier version for a second worker")
        async with open_stage(plan, folder) as stage:
            if not stage.site.disk.small:
                outcome.notes.append("no small disk can be mounted here: the disk is never full")
            scene = Scene(stage.site, stage.driver, random.Random(plan.seed), laid_out[1] if laid_out else None, tell)
            try:
                await _until_busy(stage, plan)
                until = time.monotonic() + plan.seconds
                await trouble(scene, stage.ledger, plan.faults, until=until, most=plan.most, pause=plan.pause)
                tell("quiet: everything comes back, every act is settled")
                await settle(stage, outcome)
                tell("everybody finishes what is open")
                await finish(stage)
            except TimeoutError as error:
                outcome.findings.append(Finding("does not come back", "the service", str(error)))
            await audit(stage, outcome)
    return outcome


async def settle(stage: Stage, outcome: Outcome) -> None:
    """Everything is back and nobody asks for more: within a minute every act is settled and everything in step."""
    if EARLIER in stage.site.parts:  # the deployment is over
        await stage.site.parts.pop(EARLIER).end()
    stage.driver.running = 0
    await stage.site.all_back()
    back = time.monotonic()
    if waiting := await stage.driver.hold():
        words = f"{waiting} callers heard nothing for {ANSWERED_WITHIN:.0f} s after everything was back"
        outcome.findings.append(Finding("no answer", "the service", words))
    while True:
        found = await _loose_ends(stage)
        if not found:
            outcome.settled_after = time.monotonic() - back
            break
        if time.monotonic() - back > SETTLES_WITHIN:
            outcome.findings += found
            break
        await asyncio.sleep(LOOK_EVERY)
    with stage.site.database.connected() as records:
        outcome.running = len(unfinished(records))


async def _loose_ends(stage: Stage) -> list[Finding]:
    acts = acts_in(stage.book)
    with stage.site.database.connected() as records:
        facts = facts_of(records)
        found = await out_of_step(records, stage.site.temporal_address)
    return [*found, *unsettled(acts, facts), *register_left(facts)]


async def finish(stage: Stage) -> None:
    """Everybody does what is open until all exchanges have ended, or none comes further."""
    stage.driver.go_on(vanish=0.0, pace=0.3)
    began = changed = time.monotonic()
    left = -1
    while left and time.monotonic() < min(
        max(changed, stage.driver.changed_at) + STANDS_STILL, began + FINISHES_WITHIN
    ):
        await asyncio.sleep(LOOK_EVERY)
        if stage.running.done():
            stage.running.result()
        with stage.site.database.connected() as records:
            now_left = len(unfinished(records))
        if now_left != left:
            changed, left = time.monotonic(), now_left
    await stage.driver.hold()
    until = time.monotonic() + SETTLES_WITHIN
    while time.monotonic() < until:
        with stage.site.database.connected() as records:
            if not waiting(records):
                break
        await asyncio.sleep(LOOK_EVERY)


async def audit(stage: Stage, outcome: Outcome) -> None:
    """Ask the database what came of it all."""
    acts = acts_in(stage.book)
    faults = [(note.began, note.ended) for note in notes_in(stage.book) if note.what == "back"]
    for note in notes_in(stage.book):
        if note.what == "fault":
            outcome.faults.update(note.detail["names"])
    copies = copies_in(stage.site.mail_book)
    with stage.site.database.connected() as records:
        found = [*audit_records(records), *acknowledged(acts, facts_of(records)), *unfinished(records)]
        found += audit_mail(records, copies, faults, REFUSED_PERSON)
        if left := waiting(records):
            found.append(Finding("mail waits", "the outbox", f"{left} messages were not sent within a minute"))
        outcome.exchanges = int(records.rows("SELECT count(*) AS n FROM exchanges")[0]["n"])
        outcome.finished = outcome.exchanges - len(unfinished(records))
    outcome.findings += found
    outcome.second_copies = doubles(copies)
    outcome.answers = {answer.value: count for answer, count in count_answers(acts).items() if count}


async def _until_busy(stage: Stage, plan: Plan) -> None:
    """Wait until the first exchanges are under way."""
    wanted = min(plan.running, 6)
    async with asyncio.timeout(60):
        while True:
            if stage.running.done():
                stage.running.result()
            with stage.site.database.connected() as records:
                if len(unfinished(records)) >= wanted:
                    return
            await asyncio.sleep(LOOK_EVERY)
