"""What it costs a decision that it is on record first: the same journeys, every other decision sent without.

python -m bench.acts [--students 30]
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

from rich.console import Console
from rich.table import Table

from bench.journey import Journey
from bench.samples import Latencies, percentile
from bench.stack import Bench, open_bench
from gateway.operations import Gateway
from models.messages.acts import Act
from models.messages.exchange import Decide, Decided
from models.wire import Wire

T = TypeVar("T", bound=Wire)
FOLDER = Path("var/bench")
KEPT, SENT = "on record first", "sent without"
WARM_UP = 2
"""Journeys that are not counted."""


class Alternating:
    """The gateway of a journey; every other decision goes past the register. The first one turns with the student."""

    def __init__(self, gateway: Gateway, latencies: Latencies, student: int) -> None:
        self._gateway = gateway
        self._latencies = latencies
        self._number = student

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)

    async def decide(self, decision: Decide) -> Decided:
        self._number += 1
        if self._number % 2:
            return await self._timed(KEPT, decision)
        with patch.object(self._gateway.asking, "ask", self._past):
            return await self._timed(SENT, decision)

    async def _timed(self, side: str, decision: Decide) -> Decided:
        began = time.perf_counter()
        reply = await self._gateway.decide(decision)
        self._latencies.add(side, time.perf_counter() - began)
        return reply

    async def _past(self, act: Act, answer: type[T]) -> T:
        reply = await self._gateway.asking.send(act)
        assert isinstance(reply, answer)
        return reply


@dataclass(frozen=True)
class Cost:
    """Milliseconds of a decision by how it is sent."""

    decisions: int
    kept_p50: float
    sent_p50: float
    kept_p95: float
    sent_p95: float

    @property
    def ratio(self) -> float:
        """What being on record first costs the one in the middle."""
        return self.kept_p50 / self.sent_p50


async def measure(bench: Bench, students: int, console: Console) -> Cost:
    """Journeys one after another."""
    latencies = Latencies()
    for number in range(WARM_UP + students):
        with console.status(f"Journey {number + 1} of {WARM_UP + students} ..."):
            taken = latencies if number >= WARM_UP else Latencies()
            gateway: Any = Alternating(bench.gateway, taken, number)
            nomination = bench.intake.student(number)
            filing, lookout = bench.filing, bench.lookout
            journey = Journey(gateway, bench.programme, lookout, nomination, filing.person_of, Latencies())
            await journey.run()
    kept, sent = latencies.by_kind[KEPT], latencies.by_kind[SENT]
    shares = [1000 * percentile(side, share) for share in (0.5, 0.95) for side in (kept, sent)]
    return Cost(len(latencies), *shares)


async def run(folder: Path, students: int, console: Console) -> Cost:
    """Measure on a stack of its own, in an empty folder."""
    async with open_bench(folder) as bench:
        return await measure(bench, students, console)


def main() -> int:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(prog="python -m bench.acts", description=__doc__)
    parser.add_argument("--students", type=int, default=30, help="journeys from nomination to certificate (30)")
    options = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 120)
    FOLDER.mkdir(parents=True, exist_ok=True)
    # On the disk that the service uses, not on one in memory: what is measured includes making things durable.
    with tempfile.TemporaryDirectory(prefix="acts-", dir=FOLDER, ignore_cleanup_errors=True) as folder:
        cost = asyncio.run(run(Path(folder).absolute(), options.students, console))
    table = Table("decision", "p50 ms", "p95 ms", title=f"{cost.decisions} decisions, every other one on record first")
    table.add_row(KEPT, f"{cost.kept_p50:.1f}", f"{cost.kept_p95:.1f}")
    table.add_row(SENT, f"{cost.sent_p50:.1f}", f"{cost.sent_p95:.1f}")
    console.print(table)
    console.print(f"p50 with / without: {cost.ratio:.2f}")
    (FOLDER / "acts.json").write_text(json.dumps(asdict(cost) | {"ratio": cost.ratio}, indent=2) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
