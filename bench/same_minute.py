"""Many steps due in the same minute: every first escalation once, how late it comes, and what a bare timer does.

python -m bench.same_minute [--steps 2000] [--kill]
"""

import argparse
import asyncio
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from temporalio.client import Client

from bench.samples import percentile
from bench.shapes import BENCH_QUEUE, TimerWorkflow
from bench.stack import open_bench
from dev.stack import WORKER, DevStack
from models.catalogue.policy import DueRule, LadderRule, Policy, RungRule
from models.catalogue.programme import Programme
from models.identifiers import EXCHANGE_QUEUE, exchange_workflow_id
from models.messages.exchange import ExchangeStart, Plan, PlannedContent
from models.vocabulary import Anchor, Content, Direction, Level, RungKind, StepKind, Target, Unit
from workflows.exchange import ExchangeWorkflow

FOLDER = Path("var/bench")
AT_ONCE = 20
STARTS_A_SECOND = 18
"""What the machine can be counted on to begin, so that everything waits when the minute comes."""
AHEAD = timedelta(seconds=20)
PATIENCE = 600.0


@dataclass(frozen=True)
class Lateness:
    """How long after the due moment the escalations were noted, and when the last was on record, in seconds."""

    count: int
    p50: float
    p99: float
    worst: float
    recorded_after: float
    """Until the last one was on record, or the last timer's result was there."""


def due_at_once(policy: Policy, due: datetime) -> Policy:
    """The policy with one deadline for all: the host's first step is due at a moment of today, and escalates then."""
    local = due.astimezone(ZoneInfo("Asia/Shanghai"))
    step = policy.step(StepKind.VERIFY_NOMINATION)
    rule = DueRule(anchor=Anchor.NOMINATED, offset=0, unit=Unit.DAYS, at=local.time().replace(microsecond=0))
    rung = RungRule(kind=RungKind.ESCALATION, offset=0, unit=Unit.DAYS, to=(Target.OWNER,))
    ladder = LadderRule(name="at-once", rungs=(rung,))
    return policy.model_copy(
        update={
            "steps": {**policy.steps, step.kind: step.model_copy(update={"due": rule, "ladder": ladder.name})},
            "ladders": {**policy.ladders, ladder.name: ladder},
        }
    )


def plan() -> Plan:
    """A stay that nobody gets to."""
    start, end = date(2028, 3, 6), date(2028, 5, 26)
    return Plan(
        direction=Direction.INCOMING,
        sending="dartmouth",
        host="cqmu",
        year=2028,
        level=Level.PHD,
        discipline="state_key.neurology",
        start=start,
        end=end,
        contents=(PlannedContent(content=Content.LABORATORY, start=start, end=end),),
        host_country="CN",
    )


async def gathered(count: int, begin: Callable[[int], Awaitable[object]]) -> None:
    """Begin so many, a few at a time."""
    pace = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with pace:
            await begin(number)

    async with asyncio.TaskGroup() as group:
        for number in range(count):
            group.create_task(one(number))


async def escalations(
    client: Client, stack: DevStack, programme: Programme, count: int, *, kill: bool
) -> tuple[Lateness, datetime]:
    """Exchanges whose first step is due at one moment; with `kill` the worker dies a second after it.

    Raises:
        AssertionError: an escalation is missing, or there twice.
        TimeoutError: they do not all come.
    """
    due = (datetime.now(UTC) + timedelta(seconds=count / STARTS_A_SECOND) + AHEAD).replace(microsecond=0)
    policy = due_at_once(programme.policy.frozen(Direction.INCOMING), due)

    async def begin(number: int) -> None:
        start = ExchangeStart(
            exchange_id=f"EX-2028-DAR-{number:05d}", student=f"p-{number}", plan=plan(), policy=policy
        )
        await client.start_workflow(
            ExchangeWorkflow.run, start, id=exchange_workflow_id(start.exchange_id), task_queue=EXCHANGE_QUEUE
        )

    await gathered(count, begin)
    database = stack.settings.database_file
    assert database is not None
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, isolation_level=None) as records:
        await until(records, "SELECT count(*) FROM steps WHERE kind = 'verify_nomination'", count)
        if datetime.now(UTC) > due:
            raise TimeoutError("The minute came before everything waited for it; measure on a quieter machine.")
        await asyncio.sleep((due - datetime.now(UTC)).total_seconds())
        if kill:
            await asyncio.sleep(1)
            await stack.kill(WORKER)
        await until(records, "SELECT count(*) FROM events WHERE kind = 'rung_fired'", count)
        recorded = (datetime.now(UTC) - due).total_seconds()
        # Whatever comes twice would come now: when every worker has gone through what it had begun.
        await asyncio.sleep(5)
        lateness = _lateness(records, count, due, recorded)
    return lateness, due


def _lateness(records: sqlite3.Connection, count: int, due: datetime, recorded: float) -> Lateness:
    fired = records.execute("SELECT stream, at FROM events WHERE kind = 'rung_fired'").fetchall()
    told = records.execute("SELECT stream FROM messages WHERE kind = 'escalation'").fetchall()
    for found in ([stream for stream, _ in fired], [stream for (stream,) in told]):
        assert len(found) == len(set(found)) == count, f"{len(found)} escalations of {len(set(found))} steps"
    late = [(datetime.fromisoformat(at).replace(tzinfo=UTC) - due).total_seconds() for _, at in fired]
    return Lateness(count, percentile(late, 0.5), percentile(late, 0.99), max(late), recorded)


async def until(records: sqlite3.Connection, query: str, count: int) -> None:
    """Wait until a query counts so many."""
    deadline = time.monotonic() + PATIENCE
    while (found := records.execute(query).fetchone()[0]) < count:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{found} of {count} after {PATIENCE:.0f} s: {query}")
        await asyncio.sleep(0.05)


async def until_sent(stack: DevStack, count: int) -> None:
    """Wait until every escalation has left as a mail.

    Raises:
        AssertionError: one was sent twice under another identity.
    """
    database = stack.settings.database_file
    assert database is not None
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, isolation_level=None) as records:
        await until(records, "SELECT count(*) FROM messages WHERE kind = 'escalation' AND status = 'sent'", count)
        identities = records.execute("SELECT message_id FROM messages WHERE kind = 'escalation'").fetchall()
    assert len(set(identities)) == count


async def timers(client: Client, count: int) -> Lateness:
    """As many workflows that only wait for one moment."""
    due = (datetime.now(UTC) + timedelta(seconds=count / STARTS_A_SECOND) + AHEAD).replace(microsecond=0)
    handles = []

    async def begin(number: int) -> None:
        handles.append(
            await client.start_workflow(TimerWorkflow.run, due, id=f"timer/{number}", task_queue=BENCH_QUEUE)
        )

    await gathered(count, begin)
    if datetime.now(UTC) > due:
        raise TimeoutError("The minute came before everything waited for it; measure on a quieter machine.")
    await asyncio.sleep((due - datetime.now(UTC)).total_seconds())
    late: list[float] = []
    for handle in handles:
        late.append((await handle.result() - due).total_seconds())
    recorded = (datetime.now(UTC) - due).total_seconds()
    return Lateness(count, percentile(late, 0.5), percentile(late, 0.99), max(late), recorded)


def show(console: Console, name: str, found: Lateness) -> None:
    """One line for each side."""
    console.print(
        f"{name:32} {found.count:6d}  p50 {found.p50:7.2f} s  p99 {found.p99:7.2f} s  worst {found.worst:7.2f} s  "
        f"all done {found.recorded_after:7.2f} s after the minute"
    )


async def run(folder: Path, console: Console, steps: int, *, kill: bool) -> None:
    """Bare timers first, then the service, on one stack."""
    async with open_bench(folder) as bench:
        console.print(f"dev server on a file, {bench.server_pragmas}; SQLite, {bench.database_pragmas}")
        bare = await timers(bench.client, steps)
        show(console, "bare timer workflows", bare)
        found, due = await escalations(bench.client, bench.stack, bench.programme, steps, kill=kill)
        show(console, "first escalations" + (", worker killed" if kill else ""), found)
        await until_sent(bench.stack, steps)
        sent = (datetime.now(UTC) - due).total_seconds()
        console.print(f"every escalation on record once and sent as one mail; the last left {sent:.0f} s after")
        console.print(
            f"ratio of p99: {found.p99 / bare.p99:.2f}; of the time until all is done: "
            f"{found.recorded_after / bare.recorded_after:.2f}"
        )


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.same_minute", description=__doc__)
    parser.add_argument("--steps", type=int, default=2000, help="steps due in the same minute (2000)")
    parser.add_argument("--kill", action="store_true", help="kill the worker a second after the minute")
    options = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="run-", dir=FOLDER, ignore_cleanup_errors=True) as folder:
        asyncio.run(run(Path(folder).absolute(), Console(width=140), options.steps, kill=options.kill))
    return 0


if __name__ == "__main__":
    sys.exit(main())
