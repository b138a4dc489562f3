"""`python -m chaos`: trouble for some seconds, then the audit; exit code 1 if anything is found."""

import argparse
import asyncio
import logging
import random
import signal
import sys
import time

from rich.console import Console
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter

from chaos.faults import OF_ALL_KINDS
from chaos.report import show
from chaos.trials import Outcome, Plan, play

FOUND, INTERRUPTED = 1, 130


def main() -> int:
    """Play once, and say what was found."""
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=90, help="how long there is trouble (90)")
    parser.add_argument("--seed", type=int, help="repeats the faults and choices of an earlier run; unset: a new one")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--earlier", help="git revision of the second worker; unset: the tag or commit before this one")
    options = parser.parse_args()
    quieten()
    console = Console(width=None if sys.stdout.isatty() else 120)
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1, 10**6)
    plan = Plan(seed, options.database, options.seconds, OF_ALL_KINDS, earlier=options.earlier)
    console.print(f"Trouble for {plan.seconds:.0f} s on {plan.database}, seed {seed}.", highlight=False)
    began = time.monotonic()
    try:
        outcome = asyncio.run(_played(plan, console))
    except (KeyboardInterrupt, asyncio.CancelledError):
        console.print("Stopped.")
        return INTERRUPTED
    show(console, outcome, time.monotonic() - began)
    return FOUND if outcome.findings else 0


def quieten() -> None:
    """Callers leave in the middle of everything, and what they call is away: that is no news here."""
    for name in ("sqlalchemy.pool", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    filters = TelemetryFilter(core_level="ERROR", other_level="ERROR")
    Runtime.set_default(Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(filter=filters))))


async def _played(plan: Plan, console: Console) -> Outcome:
    """Play; whoever ends this process by SIGTERM lets it end its own ones too."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    began = time.monotonic()
    return await play(plan, lambda text: console.print(f"  {time.monotonic() - began:4.0f} s  {text}", highlight=False))


if __name__ == "__main__":
    sys.exit(main())
