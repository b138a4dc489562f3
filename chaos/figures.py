"""The figures of the table: each measured by a play of its own, in words where it cannot be measured here."""

import asyncio
import itertools
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from chaos.audit.mail import copies_in
from chaos.audit.records import unfinished
from chaos.faults import KILLS, Tell, power_cut
from chaos.processes import environment_with
from chaos.site import ROOT, SECOND, TEMPORAL, WORKER, has_recover
from chaos.trials import Outcome, Plan, Stage, audit, finish, open_stage, play, settle

LOOK_EVERY = 0.2
NEXT_MAIL_WITHIN = 330.0
DONE_WITHIN = 600.0
AT_MOST = 4.0
"""Times the undisturbed time after which a disturbed run is given up."""
KILL_EVERY = 5.0
STUDENTS = 16
FAR = 3600.0 * 12
UNSETTLED = "acts asked and neither applied nor refused 60 s after everything is back"
BEYOND_REPAIR = "not measured: this version has no `recover`"


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    name: str
    before: str
    must: str
    seen: str
    holds: bool | None
    """`None` where it was not measured."""


def _plan(seed: int, database: str, **other: object) -> Plan:
    return Plan(seed, database, FAR, (power_cut,), **other)  # type: ignore[arg-type]


async def figures(seed: int, cuts: int, kills: int, tell: Tell) -> tuple[list[Figure], list[Outcome]]:
    """Measure everything; says every play's outcome too."""
    played: dict[str, Outcome] = {}
    for database in ("sqlite", "postgresql"):
        tell(f"{cuts} power cuts on {database}")
        played[database] = await play(_plan(seed, database, most=cuts, running=24, pace=2.5), tell)
        _tell_findings(played[database], tell)
    tell(f"{kills} kills on sqlite")
    played["kills"] = await play(Plan(seed, "sqlite", FAR, KILLS, most=kills, running=10, pace=4.0, pause=(0, 2)), tell)
    _tell_findings(played["kills"], tell)
    outcomes = list(played.values())
    recovered = await recovery(seed, tell)
    if recovered is not None:
        outcomes.append(recovered)
    return [
        _out_of_step(played["sqlite"], played["postgresql"]),
        _plain("contradictory decisions on a step", "possible", outcomes, "contradiction", "decided twice"),
        _plain(
            "acts asked and neither applied nor refused 60 s after everything is back", "many", outcomes, "not settled"
        ),
        _acknowledged(played["kills"]),
        _recovered(recovered),
        await _first_mail(seed, tell),
        await _pace(seed, tell),
    ], outcomes


def _tell_findings(outcome: Outcome, tell: Tell) -> None:
    """What one play came to, an hour before the table is whole."""
    for finding in outcome.findings:
        tell(f"found: {finding}")
    finished = f"{outcome.finished} of {outcome.exchanges} finished"
    tell(f"{outcome.struck} faults, {finished}, {len(outcome.findings)} findings")


def _out_of_step(sqlite: Outcome, postgresql: Outcome) -> Figure:
    seen = [f"{one.count('out of step')} of {one.running} ({one.struck} cuts)" for one in (sqlite, postgresql)]
    return Figure(
        "running exchanges out of step after power cuts, acts in flight dropped, callers gone; SQLite / PostgreSQL",
        "28 of 29; 2 of 16 (5 cuts)",
        "0; 0",
        "; ".join(seen),
        not (sqlite.count("out of step") or postgresql.count("out of step")),
    )


def _plain(name: str, before: str, outcomes: list[Outcome], *kinds: str) -> Figure:
    count = sum(one.count(*kinds) for one in outcomes)
    return Figure(name, before, "0", str(count), count == 0)


def _acknowledged(outcome: Outcome) -> Figure:
    lost, twice = outcome.count("lost"), outcome.count("done twice", "closed twice", "told twice")
    acts = sum(outcome.answers.values())
    return Figure(
        "acknowledged acts lost / done twice, callers never repeat",
        "0 / 0 with repeating callers",
        "0 / 0",
        f"{lost} / {twice} of {acts} acts in {outcome.struck} kills",
        not (lost or twice),
    )


def _recovered(outcome: Outcome | None) -> Figure:
    name = "Temporal's store deleted: exchanges that finish after `recover`"
    if outcome is None:
        return Figure(name, "0 of 24", "all", BEYOND_REPAIR, None)
    return Figure(
        name, "0 of 24", "all", f"{outcome.finished} of {outcome.exchanges}", outcome.finished == outcome.exchanges
    )


async def recovery(seed: int, tell: Tell) -> Outcome | None:
    """Delete Temporal's store under way, recover, let everybody finish; `None` where there is no such command."""
    if not await asyncio.to_thread(has_recover):
        tell(BEYOND_REPAIR)
        return None
    tell("Temporal's store is deleted")
    plan = _plan(seed, "sqlite", running=40, pace=1.5)
    outcome = Outcome(plan)
    async with _stage(plan) as stage:
        await _until_begun(stage, 40)
        stage.driver.leave()
        for name in (TEMPORAL, WORKER):
            stage.site.parts[name].kill(hold=True)
        await stage.driver.hold()
        for file in stage.site.temporal_file.parent.glob(stage.site.temporal_file.name + "*"):
            file.unlink()
        stage.driver.running = 0
        await stage.site.all_back()
        said = await asyncio.to_thread(_recover, stage)
        tell(f"recover: exit code {said.returncode}: {said.stdout.strip()[-200:]} {said.stderr.strip()[-200:]}")
        await settle(stage, outcome)
        await finish(stage)
        await audit(stage, outcome)
    return outcome


def _recover(stage: Stage) -> "subprocess.CompletedProcess[str]":
    environment = environment_with(stage.site.settings.environment(), ROOT)
    command = [sys.executable, "-m", "starter", "recover"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


async def _first_mail(seed: int, tell: Tell) -> Figure:
    """Kill the worker while a slow host takes its mails; say when the host gets the next one."""
    tell("first mail after a worker's death")
    name, before, must = "first mail after a worker's death in a batch", "241 s", "≤ 15 s"
    async with _stage(_plan(seed, "sqlite", running=STUDENTS, pace=0.2, vanish=0.0)) as stage:
        stage.site.mood("slow")
        await _until_begun(stage, STUDENTS)
        begun = len(copies_in(stage.site.mail_book))
        await _until(lambda: len(copies_in(stage.site.mail_book)) >= begun + 2)
        stage.site.parts[WORKER].kill()
        died = time.time()
        await stage.site.all_back()
        until = died + NEXT_MAIL_WITHIN
        while time.time() < until:
            # What the host had half taken when the worker died is none of the new one's.
            after = [copy.at for copy in copies_in(stage.site.mail_book) if copy.at > stage.site.parts[WORKER].started]
            if after:
                seconds = after[0] - died
                return Figure(name, before, must, f"{seconds:.1f} s", seconds <= 15)
            await asyncio.sleep(LOOK_EVERY)
    return Figure(name, before, must, f"more than {NEXT_MAIL_WITHIN:.0f} s", False)


async def _pace(seed: int, tell: Tell) -> Figure:
    """The same students, undisturbed, and with a kill every five seconds: one worker, and two as operators run them."""
    name, before = f"time to finish after a kill every {KILL_EVERY:.0f} s / undisturbed", "2.0-2.9"
    undisturbed = await _time_to_finish(seed, tell, DONE_WITHIN)
    if undisturbed is None:
        return Figure(name, before, "≤ 1.5", "they did not finish undisturbed", False)
    limit = AT_MOST * undisturbed
    two = await _time_to_finish(seed, tell, limit, kill=True, workers=2)
    one = await _time_to_finish(seed, tell, limit, kill=True)
    seen = f"{_ratio(two, undisturbed)} with two workers; {_ratio(one, undisturbed)} with one"
    return Figure(name, before, "≤ 1.5", seen, two is not None and two / undisturbed <= 1.5)


def _ratio(killed: float | None, undisturbed: float) -> str:
    if killed is None:
        return f"more than {AT_MOST:.0f} (not finished; {undisturbed:.0f} s)"
    return f"{killed / undisturbed:.2f} ({killed:.0f} s / {undisturbed:.0f} s)"


async def _time_to_finish(
    seed: int, tell: Tell, within: float, *, kill: bool = False, workers: int = 1
) -> float | None:
    tell(f"time to finish, {f'a kill every five seconds, workers: {workers}' if kill else 'undisturbed'}")
    async with _stage(_plan(seed, "sqlite", running=STUDENTS, pace=1.0, vanish=0.0)) as stage:
        if workers == 2:
            await stage.site.start_second()
        stage.driver.most, stage.driver.impatience = STUDENTS, (1.0, 2.0)
        began = time.monotonic()
        killing = asyncio.create_task(_keep_killing(stage, seed)) if kill else None
        try:
            while time.monotonic() - began < within:
                await asyncio.sleep(LOOK_EVERY)
                with stage.site.database.connected() as records:
                    begun = records.rows("SELECT count(*) AS n FROM exchanges")[0]["n"]
                    if begun >= STUDENTS and not unfinished(records):
                        return time.monotonic() - began
        finally:
            if killing is not None:
                killing.cancel()
                await asyncio.gather(killing, return_exceptions=True)
    return None


async def _keep_killing(stage: Stage, seed: int) -> None:
    """Kill Temporal and a worker in turn; of two workers, each as often as the other."""
    chance = random.Random(seed)
    workers = itertools.cycle([name for name in (WORKER, SECOND) if name in stage.site.parts])
    temporal_next = chance.random() < 0.5
    while True:
        await asyncio.sleep(KILL_EVERY)
        stage.site.parts[TEMPORAL if temporal_next else next(workers)].kill()
        temporal_next = not temporal_next


async def _until_begun(stage: Stage, exchanges: int) -> None:
    def begun() -> bool:
        with stage.site.database.connected() as records:
            return int(records.rows("SELECT count(*) AS n FROM exchanges")[0]["n"]) >= exchanges

    await _until(begun)


async def _until(holds: Callable[[], bool], within: float = 120.0) -> None:
    """Wait for a fact.

    Raises:
        TimeoutError: it does not come about.
    """
    until = time.monotonic() + within
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError("What was waited for does not come about.")
        await asyncio.sleep(LOOK_EVERY)


@asynccontextmanager
async def _stage(plan: Plan) -> AsyncIterator[Stage]:
    with tempfile.TemporaryDirectory(prefix="sojourn-chaos-", ignore_cleanup_errors=True) as name:
        async with open_stage(plan, Path(name)) as stage:
            yield stage
