"""A coordinator's worklist while a thousand papers are handed in at once.

python -m bench.many_papers [--papers 1000] [--students 100] [--requests 40]

Students under way hand in what is asked of them, each paper on a connection of its own and all within seconds, while a
coordinator opens the worklist again and again. The whole service is there: each file is looked into by a process with
limits, sealed and kept, taken by its exchange, read and judged. Measured are the worklist before, meanwhile and
afterwards, and how the papers were answered.
"""

import argparse
import asyncio
import itertools
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import httpx2
from rich.console import Console
from sqlalchemy import func, select

from bench.hands import Hand, hands_of
from bench.hostile_load import Found, look, show
from bench.partners import write_partners
from bench.portal import COORDINATOR, FOLDER, browser
from bench.samples import percentile
from dev.stack import PORTAL, DevStack
from gateway.composition import open_for_serving
from models.tables import DocumentRow
from models.vocabulary import DocumentStatus
from records.store.engine import migrate, open_engine, session_maker
from settings import Settings

PATIENCE = 900.0
"""Seconds that a student waits for an answer, and everybody for the checks."""
LONGEST = 1000.0
"""Milliseconds that a page may take (p95) so that a person goes on working."""
UNDER_WAY = 3.0
"""Seconds after which all have begun to send."""
JUDGED = (DocumentStatus.ACCEPTED, DocumentStatus.REJECTED, DocumentStatus.REVIEW)


async def _hand_in(port: int, hand: Hand) -> tuple[str, float]:
    url, media_type = f"http://127.0.0.1:{port}/exchanges/{hand.exchange}/documents", "application/octet-stream"
    began = time.perf_counter()
    try:
        async with httpx2.AsyncClient(timeout=PATIENCE, cookies={"sojourn": hand.cookie}) as client:
            answer = await client.post(url, data=hand.form, files={"file": (hand.filename, hand.data, media_type)})
    except (httpx2.HTTPError, OSError) as error:
        return type(error).__name__, time.perf_counter() - began
    return str(answer.status_code), time.perf_counter() - began


def _students(port: int, hands: list[Hand], kept: str) -> None:
    """The process that hands everything in, and writes down how it was answered."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)

    async def all_at_once() -> list[tuple[str, float]]:
        return await asyncio.gather(*(_hand_in(port, hand) for hand in hands))

    answers = asyncio.run(all_at_once())
    seconds = [taken for _, taken in answers]
    statuses = Counter(status for status, _ in answers)
    told = {"answers": statuses, "p50 s": round(percentile(seconds, 0.5), 1), "longest s": round(max(seconds), 1)}
    Path(kept).write_text(json.dumps(told), encoding="utf-8")


async def measure(papers: int, students: int, requests: int, console: Console) -> tuple[list[Found], str]:
    """The worklist at rest and meanwhile, and a sentence about the papers."""
    today = datetime.now(UTC).date()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_partners(folder / "catalogue", today)
        settings = Settings(
            database_url=f"sqlite+aiosqlite:///{folder / 'sojourn.db'}",
            files_dir=folder / "files",
            catalogue_dir=folder / "catalogue",
            log_level="WARNING",
        )
        await migrate(settings.database_url)
        async with AsyncExitStack() as held:
            stack = await held.enter_async_context(
                DevStack(settings, folder, temporal_port=0, smtp_port=0, portal_port=0, ui=False)
            )
            services = await held.enter_async_context(open_for_serving(stack.settings))
            client = await held.enter_async_context(await browser(stack, services, COORDINATOR))
            with console.status(f"Nominating {students} students ..."):
                each = [await hands_of(services, client, number, today) for number in range(students)]
            hands = [hand for row in itertools.zip_longest(*each) for hand in row if hand is not None][:papers]
            process = stack.parts[PORTAL].process
            assert process is not None
            await look(client, process.pid, "warm", 10)
            found = [await look(client, process.pid, "undisturbed", requests)]
            given = (stack.settings.portal_port, hands, str(folder / "answers.json"))
            sending = multiprocessing.get_context("spawn").Process(target=_students, args=given, daemon=True)
            began = time.monotonic()
            sending.start()
            await asyncio.sleep(UNDER_WAY)
            looks = 0
            while sending.is_alive():
                looks += 1
                found.append(await look(client, process.pid, f"meanwhile, {looks}", requests))
            answered = time.monotonic() - began
            judged = await _judged(settings, len(hands))
            took = time.monotonic() - began
            found.append(await look(client, process.pid, "afterwards", requests))
            told = (folder / "answers.json").read_text(encoding="utf-8")
            counts = f"{judged} judged after {took:.0f} s; answered: {told}"
            return found, f"{len(hands)} papers of {students} students: all answered after {answered:.0f} s, {counts}"


async def _judged(settings: Settings, papers: int) -> int:
    """Wait until as many papers were judged, and say how many were in the end."""
    engine, until, count = open_engine(settings.database_url), time.monotonic() + 60, 0
    query = select(func.count()).select_from(DocumentRow).where(DocumentRow.status.in_(JUDGED))
    while count < papers and time.monotonic() < until:
        async with session_maker(engine)() as session:
            count = await session.scalar(query) or 0
        await asyncio.sleep(0.5)
    await engine.dispose()
    return count


def main() -> int:
    """Measure, print, and keep the figures in var/bench/many_papers.json; the code is 0 when all is as asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, default=1000)
    parser.add_argument("--students", type=int, default=170)
    parser.add_argument("--requests", type=int, default=40)
    given = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 120)
    found, papers = asyncio.run(measure(given.papers, given.students, given.requests, console))
    good = show(found, console, LONGEST)
    console.print(papers)
    FOLDER.mkdir(parents=True, exist_ok=True)
    kept = json.dumps([asdict(one) for one in found], indent=2)
    (FOLDER / "many_papers.json").write_text(kept + "\n", encoding="utf-8")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
