"""`make bench`: the whole measurement in one run, printed and kept in var/bench/latest.json."""

import argparse
import asyncio
import json
import os
import platform
import signal
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rich.console import Console

from bench.histories import HistoryCount, count_histories
from bench.report import TITLES, Findings, show
from bench.rounds import EMPTY, NONE, SERVICE, SIDES, Bare, Round, Walk, lifecycles, service_lifecycle, shape_lifecycle
from bench.samples import Latencies
from bench.stack import Bench, open_bench
from models.identifiers import exchange_workflow_id, placement_id, rotation_workflow_id
from models.vocabulary import ROTATION_CONTENTS

FOLDER = Path("var/bench")
AT_REST = 60
"""Bare updates before anything else runs."""


async def measure(bench: Bench, console: Console, rounds: int, counts: dict[int, int]) -> Findings:
    """Warm up, then every side in turn, round by round."""
    at_rest = Bare(bench)
    bare = Bare(bench)
    with console.status("Warming up ..."):
        walk, histories = await _warm_up(bench)
        await bench.quiet()
        for _ in range(AT_REST):
            await at_rest.update()
    found: dict[int, dict[str, list[Round]]] = {c: {side: [] for side in SIDES} for c in counts}
    drains: list[float] = []
    for number in range(1, rounds + 1):
        for concurrency, count in counts.items():
            # The order turns, so that what a side leaves behind does not always meet the same neighbour.
            for side in SIDES if number % 2 else reversed(SIDES):
                with console.status(f"Round {number} of {rounds}: {TITLES[side]}, {concurrency} at a time ..."):
                    beside = bare if concurrency == 1 and side == SERVICE else None
                    found[concurrency][side].append(await lifecycles(bench, side, walk, count, concurrency, beside))
                    drain = await bench.quiet()
                if side == SERVICE and concurrency > 1:
                    drains.append(drain)
    settings = _settings(bench, rounds, counts, walk)
    return Findings(settings, found, bare.latencies, at_rest.latencies, histories, drains)


async def _warm_up(bench: Bench) -> tuple[Walk, dict[str, HistoryCount]]:
    """One lifecycle of each side, not counted; says what the way consists of and what it leaves in history."""
    journey = await service_lifecycle(bench, Latencies())
    rotations = [
        rotation_workflow_id(placement_id(journey.id, content, number))
        for number, content in enumerate(ROTATION_CONTENTS, start=1)
    ]
    exchange = exchange_workflow_id(journey.id)
    whole = await count_histories(bench.client, exchange, *rotations)
    histories = {"exchange": await count_histories(bench.client, exchange), "exchange and its rotations": whole}
    walk = Walk(journey.acts, journey.documents, whole.timers)
    for side in (EMPTY, NONE):
        shape = walk.shape(side)
        await shape_lifecycle(bench, walk, Latencies(), shape)
        histories[TITLES[side]] = await count_histories(bench.client, f"shape/{shape.id}")
    return walk, histories


def _settings(bench: Bench, rounds: int, counts: dict[int, int], walk: Walk) -> dict[str, str]:
    return {
        "server": f"dev server on a file, {bench.server_pragmas}; one machine for all, {os.cpu_count()} cores",
        "database": f"SQLite on a file, {bench.database_pragmas}",
        "workers": "the service's in one process, what it is measured against in another; same options, no sandbox",
        "client": "one process, the same Temporal client, converter and updates for all",
        "way": f"{walk.acts} acts, {walk.documents} of them documents; {bench.students} exchanges to the certificate",
        "rounds": f"{rounds}, sides in turn, medians; lifecycles a round: "
        + ", ".join(f"{count} ({concurrency} at a time)" for concurrency, count in counts.items()),
        "versions": f"Python {platform.python_version()}, temporalio {version('temporalio')}",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


async def run(folder: Path, console: Console, rounds: int, counts: dict[int, int]) -> Findings:
    """Measure on a stack of its own, in an empty folder."""
    began = time.monotonic()
    task = asyncio.current_task()
    assert task is not None
    # The processes have sessions of their own: whoever ends the benchmark must let it stop them.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    async with open_bench(folder) as bench:
        findings = await measure(bench, console, rounds, counts)
    findings.seconds = time.monotonic() - began
    return findings


def main() -> int:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds of every measurement (5)")
    parser.add_argument("--one", type=int, default=2, help="lifecycles a round, one at a time (2)")
    parser.add_argument("--ten", type=int, default=10, help="lifecycles a round, ten at a time (10)")
    options = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 120)
    FOLDER.mkdir(parents=True, exist_ok=True)
    # On the disk that the service uses, not on one in memory: what is measured includes making things durable.
    with tempfile.TemporaryDirectory(prefix="run-", dir=FOLDER, ignore_cleanup_errors=True) as folder:
        counts = {1: options.one, 10: options.ten}
        try:
            findings = asyncio.run(run(Path(folder).absolute(), console, options.rounds, counts))
        except (KeyboardInterrupt, asyncio.CancelledError):
            console.print("Stopped; nothing was kept.")
            return 130
    show(console, findings)
    file = FOLDER / "latest.json"
    file.write_text(json.dumps(findings.as_json(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    console.print(f"{findings.seconds:.0f} s; the numbers are in {file}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
