"""The worklist of a coordinator while others only try to be in the way.

python -m bench.hostile_load [--requests 60] [--sockets 1000] [--slow 200] [--uploads 50] [--megabytes 20]

The portal runs in a process of its own, as `sojourn up` starts it; who attacks it runs in another, from the same
address as the coordinator, as behind a proxy. Measured are the coordinator's worklist and the memory of the portal, at
rest and under each attack in turn: idle sockets, headers that never end, bodies that never end, large uploads of
strangers and of a student, papers of students that are looked into each time, sockets and uploads together as asked,
and with headers that never end besides.
"""

import argparse
import asyncio
import json
import multiprocessing
import resource
import secrets
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx2
from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select

from bench.hands import Hand, hands_of
from bench.partners import write_partners
from bench.portal import COORDINATOR, FOLDER, browser, fill
from bench.samples import percentile
from dev.stack import PORTAL, DevStack
from gateway.composition import open_for_serving
from models.people.access import SignInMethod
from models.tables import DocumentRow, ExchangeRow
from records.store.engine import migrate, open_engine, session_maker
from settings import Settings

EXCHANGES = 300
PAPER = "cv_study_plan"
"""What students hand in again and again."""
RATIO, MEMORY = 5.0, 600.0
"""What is asked: the p95 against the undisturbed one, and megabytes."""


@dataclass(frozen=True)
class Attack:
    """What is done to the portal, and how often at once."""

    name: str
    idle: int = 0
    slow_headers: int = 0
    slow_bodies: int = 0
    strangers: int = 0
    """Large uploads with no session."""
    students: int = 0
    """Large uploads of a student into their own exchange."""
    papers: int = 0
    """Papers that are waited for, each of a student of their own: every one is opened and looked into."""


@dataclass(frozen=True)
class Goal:
    """Where the attack goes, and what it knows."""

    port: int
    exchange: str
    cookie: str
    csrf: str
    megabytes: int
    hands: tuple[Hand, ...]


@dataclass
class Found:
    """What the coordinator saw meanwhile."""

    name: str
    p50: float
    p95: float
    slowest: float
    failed: int
    megabytes: float


async def _idle(goal: Goal) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", goal.port)
    with suppress(OSError):
        await reader.read()
    writer.close()


async def _drip(goal: Goal, begin: bytes) -> None:
    """Begin a request and send a byte a second."""
    _, writer = await asyncio.open_connection("127.0.0.1", goal.port)
    writer.write(begin)
    with suppress(OSError):
        while not writer.is_closing():
            writer.write(b"a")
            await writer.drain()
            await asyncio.sleep(1)


async def _slow_header(goal: Goal) -> None:
    await _drip(goal, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")


async def _slow_body(goal: Goal) -> None:
    head = "POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    await _drip(goal, f"{head}Content-Length: 100000\r\n\r\n".encode())


async def _upload(goal: Goal, cookie: str) -> None:
    file = b"%PDF-1.7\n" + bytes(goal.megabytes * 1024 * 1024)
    data = {"csrf": goal.csrf, "key": "k" * 32, "kind": "passport"}
    url = f"http://127.0.0.1:{goal.port}/exchanges/{goal.exchange}/documents"
    async with httpx2.AsyncClient(timeout=120, cookies={"sojourn": cookie} if cookie else None) as client:
        await client.post(url, data=data, files={"file": ("passport.pdf", file, "application/pdf")})


async def _paper(goal: Goal, hand: Hand) -> None:
    """Hand in what is waited for, as another file each time: a better one replaces it."""
    told = secrets.token_hex(16)
    url = f"http://127.0.0.1:{goal.port}/exchanges/{hand.exchange}/documents"
    data = hand.data.rpartition(b"\n% ")[0] + f"\n% {told[:12]}".encode()
    file = (hand.filename, data, "application/octet-stream")
    async with httpx2.AsyncClient(timeout=120, cookies={"sojourn": hand.cookie}) as client:
        await client.post(url, data=hand.form | {"key": told}, files={"file": file})


async def _again(act: Callable[..., Awaitable[None]], *given: object) -> None:
    """Do the same again whenever it ends, however it ends."""
    while True:
        with suppress(OSError, httpx2.HTTPError):
            await act(*given)
        await asyncio.sleep(0.05)


async def _all(attack: Attack, goal: Goal) -> None:
    async with asyncio.TaskGroup() as group:
        for count, act, given in (
            (attack.idle, _idle, (goal,)),
            (attack.slow_headers, _slow_header, (goal,)),
            (attack.slow_bodies, _slow_body, (goal,)),
            (attack.strangers, _upload, (goal, "")),
            (attack.students, _upload, (goal, goal.cookie)),
        ):
            for _ in range(count):
                group.create_task(_again(act, *given))
        for hand in goal.hands[: attack.papers]:
            group.create_task(_again(_paper, goal, hand))


def _attacker(attack: Attack, goal: Goal) -> None:
    """The process that attacks until it is ended."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    asyncio.run(_all(attack, goal))


@contextmanager
def attacking(attack: Attack, goal: Goal) -> Iterator[None]:
    process = multiprocessing.get_context("spawn").Process(target=_attacker, args=(attack, goal), daemon=True)
    process.start()
    try:
        yield
    finally:
        process.kill()
        process.join()


def resident(pid: int) -> float:
    """Megabytes that a process holds now."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


async def look(client: httpx2.AsyncClient, pid: int, name: str, requests: int) -> Found:
    """Open the worklist again and again, every other time on a connection of its own."""
    taken, failed, most = [], 0, 0.0
    for number in range(requests):
        begun = time.perf_counter()
        try:
            headers = {"connection": "close"} if number % 2 else {}
            answer = await client.get("/worklist", headers=headers)
            failed += answer.status_code != 200
        except httpx2.HTTPError:
            failed += 1
        taken.append((time.perf_counter() - begun) * 1000)
        most = max(most, resident(pid))
        await asyncio.sleep(0.1)  # a person looks, and others' requests come between
    return Found(name, percentile(taken, 0.5), percentile(taken, 0.95), max(taken), failed, most)


async def measure(attacks: list[Attack], requests: int, megabytes: int, console: Console) -> list[Found]:
    """The worklist at rest, and under each attack."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        today = datetime.now(UTC).date()
        write_partners(folder / "catalogue", today)
        settings = Settings(
            database_url=f"sqlite+aiosqlite:///{folder / 'sojourn.db'}",
            files_dir=folder / "files",
            catalogue_dir=folder / "catalogue",
            log_level="WARNING",
        )
        await migrate(settings.database_url)
        with console.status(f"Recording {EXCHANGES} exchanges ..."):
            await fill(settings, EXCHANGES)
        async with AsyncExitStack() as held:
            stack = await held.enter_async_context(
                DevStack(settings, folder, temporal_port=0, smtp_port=0, portal_port=0, ui=False)
            )
            services = await held.enter_async_context(open_for_serving(stack.settings))
            client = await held.enter_async_context(await browser(stack, services, COORDINATOR))
            exchange, student = await _student(settings)
            opened = await services.gateway.access.open_session(student, SignInMethod.LINK, "bench", datetime.now(UTC))
            page = await client.get("/verify", headers={"cookie": f"sojourn={opened.token}"})
            csrf = page.text.partition('name="csrf" value="')[2].partition('"')[0]
            students = range(max(attack.papers for attack in attacks))
            with console.status(f"Nominating {len(students)} students ..."):
                each = [await hands_of(services, client, number, today) for number in students]
            hands = tuple(next(one for one in some if one.form["kind"] == PAPER) for some in each)
            goal = Goal(stack.settings.portal_port, exchange, opened.token, csrf, megabytes, hands)
            process = stack.parts[PORTAL].process
            assert process is not None
            await look(client, process.pid, "warm", 10)
            found = [await look(client, process.pid, "undisturbed", requests)]
            for attack in attacks:
                with console.status(f"{attack.name} ..."), attacking(attack, goal):
                    await asyncio.sleep(8)  # until it is under way
                    found.append(await look(client, process.pid, attack.name, requests))
            found.append(await look(client, process.pid, "undisturbed, afterwards", requests))
            console.print(f"{await _looked_into(settings)} papers were opened, looked into and kept.")
            return found


async def _looked_into(settings: Settings) -> int:
    engine = open_engine(settings.database_url)
    async with session_maker(engine)() as session:
        count = await session.scalar(select(func.count()).select_from(DocumentRow)) or 0
    await engine.dispose()
    return count


async def _student(settings: Settings) -> tuple[str, str]:
    engine = open_engine(settings.database_url)
    async with session_maker(engine)() as session:
        row = (await session.execute(select(ExchangeRow.id, ExchangeRow.person_id).limit(1))).one()
    await engine.dispose()
    return row[0], row[1]


def show(found: list[Found], console: Console, longest: float | None = None) -> bool:
    """A table; whether everything is as asked: a p95 of so many ms at most, or so many times the undisturbed one."""
    table = Table("", "p50 ms", "p95 ms", "p95 / undisturbed", "slowest ms", "failed", "MB")
    rest, good = found[0].p95, True
    most = longest or RATIO * rest
    for one in found:
        good = good and one.p95 < most and one.megabytes < MEMORY and not one.failed
        table.add_row(
            one.name, f"{one.p50:.0f}", f"{one.p95:.0f}", f"{one.p95 / rest:.1f}", f"{one.slowest:.0f}",
            str(one.failed), f"{one.megabytes:.0f}",
        )  # fmt: skip
    console.print(table)
    asked = f"{longest:.0f} ms" if longest else f"{RATIO:.0f} times the undisturbed"
    console.print(f"Asked: p95 under {asked}, under {MEMORY:.0f} MB, nothing failed: {good}.")
    return good


def main() -> int:
    """Measure, print, and keep the figures in var/bench/hostile_load.json; the code is 0 when all is as asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=60)
    parser.add_argument("--sockets", type=int, default=1000)
    parser.add_argument("--slow", type=int, default=200)
    parser.add_argument("--uploads", type=int, default=50)
    parser.add_argument("--megabytes", type=int, default=20)
    given = parser.parse_args()
    attacks = [
        Attack(f"{given.sockets} idle sockets", idle=given.sockets),
        Attack(f"{given.slow} headers that never end", slow_headers=given.slow),
        Attack(f"{given.slow} bodies that never end", slow_bodies=given.slow),
        Attack(f"{given.uploads} uploads of {given.megabytes} MB, strangers", strangers=given.uploads),
        Attack(f"{given.uploads} uploads of {given.megabytes} MB, a student", students=given.uploads),
        Attack(f"{given.uploads} papers at once, each looked into", papers=given.uploads),
        Attack("sockets, uploads and papers at once", idle=given.sockets, students=given.uploads, papers=given.uploads),
        Attack("and headers that never end", given.sockets, given.slow, 0, 0, given.uploads, given.uploads),
    ]
    console = Console(width=None if sys.stdout.isatty() else 120)
    found = asyncio.run(measure(attacks, given.requests, given.megabytes, console))
    good = show(found, console)
    FOLDER.mkdir(parents=True, exist_ok=True)
    kept = json.dumps([asdict(one) for one in found], indent=2)
    (FOLDER / "hostile_load.json").write_text(kept + "\n", encoding="utf-8")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
