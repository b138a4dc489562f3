"""Thousands of exchanges suspended and resumed: how long it takes, the worker's memory, and that none is missed.

python -m bench.suspension [--exchanges 5000]
"""

import argparse
import asyncio
import sqlite3
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from temporalio.client import Client

from bench.same_minute import FOLDER, gathered, plan, until
from bench.stack import open_bench
from dev.stack import WORKER, DevStack
from gateway.operations import Gateway
from models.catalogue.programme import Programme
from models.identifiers import EXCHANGE_QUEUE, exchange_workflow_id
from models.messages.exchange import ExchangeStart
from models.messages.suspensions import Coverage, SuspensionPhase, SuspensionReason
from models.people.authorization import Actor
from models.vocabulary import Direction, Role, Scope
from workflows.exchange import ExchangeWorkflow

OFFICE = Actor(id="cqmu.programme_office", role=Role.PROGRAMME_OFFICE, institution="cqmu")
EVERYBODY = Coverage(scope=Scope.PROGRAMME)
PATIENCE = 1800.0
HELD = "SELECT count(*) FROM exchange_suspensions WHERE until IS NULL"
RESUMED = "SELECT count(*) FROM exchange_suspensions WHERE until IS NOT NULL"


@dataclass(frozen=True)
class Held:
    """Seconds until every exchange was paused, and until every one went on; the worker's memory in MiB."""

    exchanges: int
    suspended_after: float
    resumed_after: float
    before: float
    most: float


async def begin_many(client: Client, programme: Programme, count: int) -> None:
    """Exchanges that wait for their first answer."""
    policy = programme.policy.frozen(Direction.INCOMING)

    async def begin(number: int) -> None:
        start = ExchangeStart(
            exchange_id=f"EX-2028-DAR-{number:05d}", student=f"p-{number}", plan=plan(), policy=policy
        )
        await client.start_workflow(
            ExchangeWorkflow.run, start, id=exchange_workflow_id(start.exchange_id), task_queue=EXCHANGE_QUEUE
        )

    await gathered(count, begin)


async def hold_everybody(stack: DevStack, gateway: Gateway, count: int, *, kill: bool = False) -> Held:
    """Suspend and resume all exchanges; with `kill` the worker dies while they are reached, both times.

    Raises:
        AssertionError: one was held or let go twice, or not at all.
        TimeoutError: it does not come to an end.
    """
    database = stack.settings.database_file
    assert database is not None
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, isolation_level=None) as records:
        await until(records, "SELECT count(*) FROM steps WHERE kind = 'verify_nomination'", count)
        watch = _Memory(stack)
        began = time.monotonic()
        await gateway.suspensions.suspend("bench", EVERYBODY, SuspensionReason.OUTBREAK, OFFICE)
        suspended = await _reached(stack, gateway, SuspensionPhase.SUSPENDED, watch, began, kill=kill)
        await until(records, HELD, count)
        began = time.monotonic()
        await gateway.suspensions.resume("bench", OFFICE, "bench-end")
        resumed = await _all_go_on(stack, records, count, watch, began, kill=kill)
        for kind in ("exchange_suspended", "exchange_resumed", "step_held", "step_resumed"):
            found = [row[0] for row in records.execute("SELECT stream FROM events WHERE kind = ?", (kind,))]
            assert len(found) == len(set(found)) == count, f"{kind}: {len(found)} of {len(set(found))} exchanges"
    return Held(count, suspended, resumed, watch.first, watch.most)


async def _reached(
    stack: DevStack, gateway: Gateway, phase: SuspensionPhase, watch: "_Memory", began: float, *, kill: bool
) -> float:
    if kill:
        await asyncio.sleep(1)
        await stack.kill(WORKER)
        await stack.until_ready(WORKER)
    while (await gateway.suspensions.progress("bench")).phase is not phase:
        watch.look()
        if time.monotonic() - began > PATIENCE:
            raise TimeoutError(f"not {phase} after {PATIENCE:.0f} s")
        await asyncio.sleep(0.2)
    return time.monotonic() - began


async def _all_go_on(
    stack: DevStack, records: sqlite3.Connection, count: int, watch: "_Memory", began: float, *, kill: bool
) -> float:
    if kill:
        await asyncio.sleep(1)
        await stack.kill(WORKER)
        await stack.until_ready(WORKER)
    while records.execute(RESUMED).fetchone()[0] < count:
        watch.look()
        if time.monotonic() - began > PATIENCE:
            raise TimeoutError(f"not all go on after {PATIENCE:.0f} s")
        await asyncio.sleep(0.2)
    return time.monotonic() - began


class _Memory:
    """Resident memory of the service's worker."""

    def __init__(self, stack: DevStack) -> None:
        self._stack = stack
        self.first = self.most = self._now()

    def look(self) -> None:
        self.most = max(self.most, self._now())

    def _now(self) -> float:
        process = self._stack.parts[WORKER].process
        try:
            status = Path(f"/proc/{process.pid if process else 0}/status").read_text(encoding="utf-8")
        except OSError:
            return 0.0
        return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS")), 0.0)


async def run(folder: Path, console: Console, count: int) -> None:
    """Measure on a stack of its own."""
    async with open_bench(folder) as bench:
        began = time.monotonic()
        await begin_many(bench.client, bench.programme, count)
        console.print(f"{count} exchanges begun in {time.monotonic() - began:.0f} s")
        found = await hold_everybody(bench.stack, bench.gateway, count)
        console.print(
            f"suspended after {found.suspended_after:.0f} s ({count / found.suspended_after:.0f}/s), "
            f"resumed after {found.resumed_after:.0f} s ({count / found.resumed_after:.0f}/s); "
            f"the worker's memory {found.before:.0f} MiB before, at most {found.most:.0f} MiB"
        )
        handle = bench.client.get_workflow_handle("suspension/bench")
        console.print(f"the suspension's history: {(await handle.describe()).history_length} events")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.suspension", description=__doc__)
    parser.add_argument("--exchanges", type=int, default=5000, help="exchanges in flight (5000)")
    options = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="run-", dir=FOLDER, ignore_cleanup_errors=True) as folder:
        asyncio.run(run(Path(folder).absolute(), Console(width=140), options.exchanges))
    return 0


if __name__ == "__main__":
    sys.exit(main())
