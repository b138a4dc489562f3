"""Pages over thousands of exchanges: how long they take, beside their own queries and Temporal's list call.

python -m bench.portal [--exchanges 5000] [--requests 60]

Everything in one run, in turn: a page over HTTP from a portal in a process of its own, the queries of the same page
straight from the read side, and Temporal's list of as many workflows.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx2
from rich.console import Console
from rich.table import Table
from temporalio.client import Client

from bench.partners import lettered
from bench.samples import percentile
from bench.shapes import TimerWorkflow
from dev.stack import DevStack
from gateway.composition import Services, files_in, open_for_serving
from models.events import CohortOpened, ExchangeOpened, StageEntered, StepOpened
from models.messages.exchange import RungAt, StepPlan
from models.people.access import SignInMethod
from models.people.authorization import Actor, Owner
from models.rules.nomination import Nomination, parse_row
from models.views import ExchangeFilter, WorklistFilter
from models.vocabulary import Role, Side, Stage, StepKind
from records.filing import Filing
from records.store.append import NoOutbox, append
from records.store.engine import migrate, open_engine, session_maker, transaction
from records.store.seeding import sync_catalogue
from settings import Settings

FOLDER = Path("var/bench")
LISTED = 50
"""Rows of a page of Temporal's list, as of the worklist."""
NOW = datetime.now(UTC).replace(microsecond=0)
COORDINATOR = Actor(id="cqmu.coordinator", role=Role.COORDINATOR, institution="cqmu")
PARTNER = Actor(id="dartmouth.partner_office", role=Role.PARTNER_OFFICE, institution="dartmouth")
COHORT = "2027-incoming-dartmouth-cqmu"
ROW = {
    "sending": "dartmouth", "host": "cqmu", "family_name": "Rivera", "given_name": "Ana", "birth_date": "2001-05-17",
    "gender": "female", "nationality": "US", "level": "phd", "discipline": "Neurology", "start": "2027-03-01",
    "end": "2027-05-28", "laboratory_start": "2027-03-01", "laboratory_end": "2027-04-16", "academic_lectures": "yes",
    "clinical_start": "2027-04-19", "clinical_end": "2027-05-28", "cultural_lectures": "yes",
    "cultural_activities": "no",
}  # fmt: skip


async def fill(settings: Settings, count: int) -> None:
    """Exchanges at their first stages: one open step each, of the host, the sending university or the student."""
    engine = open_engine(settings.database_url)
    sessions = session_maker(engine)
    async with open_for_serving(settings) as services:
        programme = services.programme
        async with transaction(sessions) as session:
            await sync_catalogue(session, programme)
            opened = CohortOpened(
                at=NOW, sending="dartmouth", host="cqmu", year=2027, direction="incoming", cap=10, minimum=5,
                closes_at=NOW + timedelta(days=60),
            )  # fmt: skip
            await append(session, NoOutbox(), COHORT, "bench:cohort", (opened,))
        filing = Filing(sessions, files_in(settings, sessions), programme)
        for number in range(count):
            row = ROW | {"student_number": f"B{number:06d}", "email": f"b{number}@example.edu"}
            row |= {"given_name": lettered(number), "birth_date": f"{date(2001, 5, 17) - timedelta(number % 3000)}"}
            nomination = parse_row(row, programme)
            assert isinstance(nomination, Nomination), nomination
            known = await filing.register(nomination, NOW)
            events = _events(known.exchange_id, known.person_id, number, nomination, services)
            async with transaction(sessions) as session:
                await append(session, NoOutbox(), known.exchange_id, f"bench:{number}", events)
    await engine.dispose()


def _events(
    code: str, person: str, number: int, nomination: Nomination, services: Services
) -> tuple[ExchangeOpened | StageEntered | StepOpened, ...]:
    student = Owner(side=Side.STUDENT, role=Role.STUDENT, institution="dartmouth", person=person)
    owners = (
        (StepKind.VERIFY_NOMINATION, Owner(side=Side.HOST, role=Role.COORDINATOR, institution="cqmu")),
        (StepKind.SENDING_APPROVAL, Owner(side=Side.SENDING, role=Role.COORDINATOR, institution="dartmouth")),
        (StepKind.SUBMIT_DOCUMENTS, student),
    )
    kind, owner = owners[number % 3]
    step_id, due = f"{code}.{kind}.1", NOW + timedelta(hours=number % 500 - 40)
    plan = StepPlan(step_id=step_id, due_at=due, zone="Asia/Shanghai", rungs=(RungAt(index=0, at=due),))
    policy, stay = services.programme.policy, nomination.to_plan(services.programme)
    return (
        ExchangeOpened(at=NOW, student=person, plan=stay, policy_version=policy.version),
        StageEntered(at=NOW, stage=tuple(Stage)[number % 3]),
        StepOpened(
            at=NOW, step_id=step_id, step=kind, owner=owner, outcomes=policy.step(kind).outcomes, plan=plan
        ),
    )  # fmt: skip


Ask = Callable[[], Awaitable[object]]


async def timed(ask: Ask) -> float:
    """Milliseconds of one call."""
    begun = time.perf_counter()
    await ask()
    return (time.perf_counter() - begun) * 1000


def page(client: httpx2.AsyncClient, path: str) -> Ask:
    """A page over HTTP, read to its end."""

    async def ask() -> None:
        answer = await client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)

    return ask


def queries(services: Services, code: str) -> dict[str, Ask]:
    """What each page asks of the records, and nothing else."""
    reading = services.reading
    now = datetime.now(UTC)

    async def worklist() -> None:
        await reading.worklist_page(COORDINATOR, WorklistFilter(now=now, limit=51))
        await reading.cohort_ids(COORDINATOR)

    async def exchange() -> None:
        await reading.exchange(code, COORDINATOR, now=now)
        await reading.suspended(code)

    async def board() -> None:
        await reading.exchanges(ExchangeFilter(now=now, sending="dartmouth", closed=False, limit=201), PARTNER)
        await reading.counts_by_stage(PARTNER)
        await reading.cohorts(PARTNER)

    return {"worklist": worklist, "exchange": exchange, "board": board}


async def start_workflows(client: Client, count: int) -> None:
    """As many workflows as exchanges, that nobody works on: only to be listed."""
    gate = asyncio.Semaphore(20)

    async def one(number: int) -> None:
        async with gate:
            await client.start_workflow(TimerWorkflow.run, NOW, id=f"listed/{number}", task_queue="nobody")

    await asyncio.gather(*(one(number) for number in range(count)))


def lists(client: Client) -> Ask:
    """One page of Temporal's list of what runs."""

    async def ask() -> None:
        found = client.list_workflows('ExecutionStatus = "Running"', page_size=LISTED, limit=LISTED)
        assert len([one async for one in found]) == LISTED

    return ask


async def measure(count: int, requests: int, console: Console) -> dict[str, dict[str, float]]:
    """Every page, its queries and the list, in turn."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        settings = Settings(database_url=f"sqlite+aiosqlite:///{folder / 'sojourn.db'}", files_dir=folder / "files")
        await migrate(settings.database_url)
        with console.status(f"Recording {count} exchanges ..."):
            await fill(settings, count)
        async with AsyncExitStack() as held:
            stack = await held.enter_async_context(
                DevStack(settings, folder, temporal_port=0, smtp_port=0, portal_port=0, ui=False)
            )
            temporal = await stack.client()
            with console.status(f"Starting {count} workflows to list ..."):
                await start_workflows(temporal, count)
            services = await held.enter_async_context(open_for_serving(stack.settings))
            code = "EX-2027-DAR-002"
            asks: dict[str, dict[str, Ask]] = {"Temporal": {"list": lists(temporal)}}
            bare = queries(services, code)
            for name, who, path in (
                ("worklist", COORDINATOR, "/worklist"),
                ("exchange", COORDINATOR, f"/exchanges/{code}"),
                ("board", PARTNER, "/board"),
            ):
                client = await held.enter_async_context(await browser(stack, services, who))
                asks[name] = {"page": page(client, path), "queries": bare[name]}
            return await _rounds(asks, requests, console)


async def browser(stack: DevStack, services: Services, who: Actor) -> httpx2.AsyncClient:
    """Somebody signed in."""
    opened = await services.gateway.access.open_session(who.id, SignInMethod.LINK, "bench", datetime.now(UTC))
    assert stack.portal_address is not None
    return httpx2.AsyncClient(base_url=stack.portal_address, cookies={"sojourn": opened.token}, timeout=60)


async def _rounds(asks: dict[str, dict[str, Ask]], requests: int, console: Console) -> dict[str, dict[str, float]]:
    taken: dict[tuple[str, str], list[float]] = {(name, side): [] for name, sides in asks.items() for side in sides}
    for sides in asks.values():
        for ask in sides.values():
            for _ in range(3):
                await ask()  # warm, not counted
    with console.status(f"{requests} of each ..."):
        for _ in range(requests):
            for name, sides in asks.items():
                for side, ask in sides.items():
                    taken[name, side].append(await timed(ask))
    return {
        f"{name} {side}": {"p50": percentile(found, 0.5), "p95": percentile(found, 0.95)}
        for (name, side), found in taken.items()
    }


def show(found: dict[str, dict[str, float]], console: Console) -> None:
    """A table, with each page's ratio to its queries."""
    table = Table("", "p50 ms", "p95 ms", "p50 / queries", "p95 / queries")
    for name, figures in found.items():
        bare = found.get(name.replace(" page", " queries")) if name.endswith(" page") else None
        ratios = [f"{figures[p] / bare[p]:.1f}" if bare else "" for p in ("p50", "p95")]
        table.add_row(name, f"{figures['p50']:.1f}", f"{figures['p95']:.1f}", *ratios)
    console.print(table)


def main() -> int:
    """Measure, print, and keep the figures in var/bench/portal.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exchanges", type=int, default=5000)
    parser.add_argument("--requests", type=int, default=60)
    given = parser.parse_args()
    console = Console()
    found = asyncio.run(measure(given.exchanges, given.requests, console))
    show(found, console)
    FOLDER.mkdir(parents=True, exist_ok=True)
    kept = {"exchanges": given.exchanges, "requests": given.requests, "milliseconds": found}
    (FOLDER / "portal.json").write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
