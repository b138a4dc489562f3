"""Many students at once for the last places, beds and seats, from several processes: nothing twice, nobody unanswered.

python -m bench.claims [--claims 200] [--processes 4] [--url URL]

Every claim is answered: it got one, or is told that none is left. What was got is what is on record, and all there is
was given. Each winner asks again under the same key, as a worker does whose answer was lost, and is told the same.
Then everybody changes to one unit with a few places more, by change requests: so many do, and nobody loses a place.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bench.claiming import (
    COHORT,
    END,
    HOST,
    KINDS,
    MORE,
    NOW,
    SEATS,
    SENDING,
    START,
    WANTED,
    YEAR,
    Claiming,
    Job,
    plan_of_all,
)
from models.catalogue.loading import load_programme
from models.catalogue.units import UnitTerms
from models.events import CohortOpened, ExchangeOpened, UnitChanged
from models.tables import (
    BedNightRow,
    BedRow,
    ExchangeCodeRow,
    IdentityRow,
    PersonRow,
    PlaceDayRow,
    SeatRow,
    UnitRow,
)
from models.vocabulary import Content
from records.store.append import NoOutbox, append
from records.store.engine import Sessions, open_engine, session_maker, transaction
from records.store.seeding import set_up

AT_ONCE = 8
"""Claims that one process has under way."""
PATIENCE = 300.0


@dataclass
class Race:
    """What became of the claims."""

    answers: dict[tuple[str, str], str | int | None] = field(default_factory=dict)
    """By kind and exchange: what was got; `None`: none was left."""
    wrong: list[str] = field(default_factory=list)
    """Everything that should not be; empty: all is well."""
    given: dict[str, int] = field(default_factory=dict)
    """How many of each kind were got."""
    asked_again: int = 0
    """How often somebody else was faster, or the database busy, and the same was asked again."""
    seconds: float = 0.0


async def prepare(url: str, claims: int) -> list[str]:
    """The catalogue's beds and units, a cohort with its seats, and so many students; says their exchanges."""
    engine = open_engine(url)
    try:
        await set_up(engine, load_programme(None))
        exchanges = [f"EX-{YEAR}-DAR-{number:03d}" for number in range(1, claims + 1)]
        async with transaction(session_maker(engine)) as session:
            opened = CohortOpened(
                at=NOW,
                sending=SENDING,
                host=HOST,
                year=YEAR,
                direction="incoming",
                cap=SEATS,
                minimum=5,
                closes_at=NOW,
            )
            await append(session, NoOutbox(), COHORT, "claims:cohort", (opened,))
            for number, exchange in enumerate(exchanges, start=1):
                await _nominated(session, exchange, number)
        return exchanges
    finally:
        await engine.dispose()


async def _nominated(session: AsyncSession, exchange: str, number: int) -> None:
    person = f"p-{number:016x}"
    who: dict[str, Any] = {
        "sending_id": SENDING,
        "student_number": f"N{number}",
        "family_name": "Claimant",
        "given_name": "One",
        "email": f"claimant{number}@example.edu",
        "birth_date": date(2001, 5, 17),
        "gender": "female",
        "nationality": "US",
    }
    session.add(PersonRow(id=person, **who))
    await session.flush()
    session.add(
        ExchangeCodeRow(
            exchange_id=exchange,
            cohort_id=COHORT,
            year=YEAR,
            sending_id=SENDING,
            host_id=HOST,
            person_id=person,
            number=number,
        )
    )
    await session.flush()
    session.add(
        IdentityRow(
            exchange_id=exchange, version=1, person_id=person, address_key=who["email"], search_text="claimant", **who
        )
    )
    event = ExchangeOpened(at=NOW, student=person, plan=plan_of_all(), policy_version="claims")
    await append(session, NoOutbox(), exchange, f"claims:{exchange}", (event,))


async def race(url: str, claims: int = 200, processes: int = 4) -> Race:
    """Let so many processes claim at once on a database of their own, and compare what they say with the records."""
    exchanges = await prepare(url, claims)
    found = Race()
    began = time.monotonic()
    jobs: list[Job] = [(kind, exchange, "") for exchange in exchanges for kind in KINDS]
    for process in await asyncio.to_thread(_run, url, jobs, processes):
        found.asked_again += process["asked_again"]
        for kind, exchange, got in process["answers"]:
            found.answers[kind, exchange] = got
    found.seconds = time.monotonic() - began
    for kind in KINDS:
        found.given[kind] = sum(got is not None for (of, _), got in found.answers.items() if of == kind)
        unanswered = [one for one in exchanges if (kind, one) not in found.answers]
        found.wrong += [f"{kind} of {one}: not answered" for one in unanswered]
    engine = open_engine(url)
    try:
        await _compare(session_maker(engine), found)
        await _again(Claiming(session_maker(engine)), found)
        await _swap_at_once(url, session_maker(engine), found, processes)
    finally:
        await engine.dispose()
    return found


async def _swap_at_once(url: str, sessions: Sessions, found: Race, processes: int) -> None:
    """Everybody with a place elsewhere changes to one unit that has a few places more: so many do, the others stay."""
    held = {one: unit for (kind, one), unit in found.answers.items() if kind == "place" and isinstance(unit, str)}
    capacity = sum(unit == WANTED for unit in held.values())
    terms = [UnitTerms(capacity=places) for places in (capacity, capacity + MORE)]
    event = UnitChanged(at=NOW, unit_id=WANTED, institution=HOST, version=1, before=terms[0], after=terms[1])
    async with transaction(sessions) as session:
        await append(session, NoOutbox(), f"unit:{WANTED}", "claims:unit", (event,))
    jobs: list[Job] = [("swap", one, unit) for one, unit in held.items() if unit != WANTED]
    told = await asyncio.to_thread(_run, url, jobs, processes)
    got = {exchange: unit for process in told for _, exchange, unit in process["answers"]}
    found.given["swap"] = sum(unit is not None for unit in got.values())
    found.wrong += [f"swap of {one}: not answered" for _, one, _ in jobs if one not in got]
    if found.given["swap"] != min(MORE, len(jobs)):
        found.wrong.append(f"swap: {found.given['swap']} of {MORE}")
    days = (END - START).days + 1
    wanted = {one: {got.get(one) or unit: days} for one, unit in held.items()}
    async with sessions() as session:
        if await _rows(session, PlaceDayRow.exchange_id, PlaceDayRow.unit_id) != wanted:
            found.wrong.append("swap: somebody has no place, or two, or another than they were told")


def _run(url: str, jobs: list[Job], processes: int) -> list[dict[str, Any]]:
    """The processes, begun together once all of them are there."""
    command = [sys.executable, "-m", "bench.claims", "--child", url]
    root = Path(__file__).parents[1]
    children = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root)
        for _ in range(processes)
    ]
    try:
        for child in children:
            assert child.stdout is not None
            child.stdout.readline()  # it is ready
        for number, child in enumerate(children):
            assert child.stdin is not None
            child.stdin.write(json.dumps(jobs[number::processes]) + "\n")
            child.stdin.close()
            child.stdin = None
        return [json.loads(child.communicate(timeout=PATIENCE)[0]) for child in children]
    finally:
        for child in children:
            if child.poll() is None:
                child.kill()
            child.wait()
            if child.stdout is not None:
                child.stdout.close()


async def _child(url: str) -> None:
    """One process: says that it is there, waits for its students, claims for them, and says what they got."""
    engine = open_engine(url)
    claiming = Claiming(session_maker(engine))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    jobs: list[Job] = json.loads(await asyncio.to_thread(sys.stdin.readline))
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(kind: str, exchange: str, held: str) -> tuple[str, str, str | int | None]:
        async with gate:
            return kind, exchange, await claiming.claim(kind, exchange, held)

    answers = await asyncio.gather(*(one(*job) for job in jobs))
    await engine.dispose()
    sys.stdout.write(json.dumps({"answers": answers, "asked_again": claiming.asked_again}))


async def _compare(sessions: Sessions, found: Race) -> None:
    """What the claims were told, against the rows: who has what, none twice, and nothing left that was refused."""
    days = (END - START).days + 1
    async with sessions() as session:
        held = {
            "place": await _rows(session, PlaceDayRow.exchange_id, PlaceDayRow.unit_id),
            "bed": await _rows(session, BedNightRow.exchange_id, BedNightRow.bed_id),
            "seat": await _rows(session, SeatRow.exchange_id, SeatRow.number),
        }
        crowd = select(PlaceDayRow.unit_id, func.count()).group_by(PlaceDayRow.unit_id, PlaceDayRow.day)
        fullest: dict[str, int] = {}
        for unit, count in await session.execute(crowd):
            fullest[unit] = max(fullest.get(unit, 0), count)
        capacity = dict(
            (
                await session.execute(
                    select(UnitRow.unit_id, UnitRow.capacity).where(
                        UnitRow.institution_id == HOST, UnitRow.content == Content.LABORATORY
                    )
                )
            ).all()
        )
        beds = select(func.count()).where(BedRow.institution_id == HOST, BedRow.gender.in_(("any", "female")))
        there = {"place": sum(capacity.values()), "bed": await session.scalar(beds) or 0, "seat": SEATS}
    length = {"place": days, "bed": days - 1, "seat": 1}
    for kind in KINDS:
        got = {one: what for (of, one), what in found.answers.items() if of == kind and what is not None}
        if held[kind] != {one: {what: length[kind]} for one, what in got.items()}:
            found.wrong.append(f"{kind}: what is on record is not what was answered")
        if found.given[kind] != min(there[kind], len(found.answers) // len(KINDS)):
            found.wrong.append(f"{kind}: {found.given[kind]} were given of {there[kind]}")
        if kind != "place" and len(set(got.values())) != len(got):
            found.wrong.append(f"{kind}: given twice")
    found.wrong += [f"{unit}: {n} at a time" for unit, n in fullest.items() if n > capacity.get(unit, 0)]


async def _rows(session: AsyncSession, who: Any, what: Any) -> dict[str, dict[Any, int]]:
    """How many rows each exchange has of each thing."""
    held: dict[str, dict[Any, int]] = {}
    for exchange, thing, count in await session.execute(
        select(who, what, func.count()).where(who.is_not(None)).group_by(who, what)
    ):
        held.setdefault(exchange, {})[thing] = count
    return held


async def _again(claiming: Claiming, found: Race) -> None:
    """Every winner asks again under the same key."""
    for (kind, exchange), got in found.answers.items():
        if got is not None and await claiming.claim(kind, exchange) != got:
            found.wrong.append(f"{kind} of {exchange}: another answer when asked again")


def main(arguments: Iterable[str] | None = None) -> int:
    """Race, say what came of it; 1 where anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench.claims", description=__doc__)
    parser.add_argument("--claims", type=int, default=200, help="students, each of whom claims one of everything (200)")
    parser.add_argument("--processes", type=int, default=4, help="(4)")
    parser.add_argument("--url", default="", help="an empty database; unset: a SQLite file of its own")
    parser.add_argument("--child", default="", help=argparse.SUPPRESS)
    options = parser.parse_args(None if arguments is None else list(arguments))
    if options.child:
        asyncio.run(_child(options.child))
        return 0
    with tempfile.TemporaryDirectory(prefix="claims-") as folder:
        url = options.url or f"sqlite+aiosqlite:///{folder}/claims.db"
        found = asyncio.run(race(url, options.claims, options.processes))
    given = ", ".join(f"{count} {kind}s" for kind, count in found.given.items())
    console = Console()
    console.print(
        f"{len(found.answers)} claims answered in {found.seconds:.1f} s by {options.processes} processes: {given}"
    )
    console.print(f"asked again {found.asked_again} times")
    for one in found.wrong:
        console.print(f"wrong: {one}")
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
