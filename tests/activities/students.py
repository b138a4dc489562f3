"""Students whose exchanges are registered and recorded, for tests of what is allocated to them and read of them."""

import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Bed, Programme
from models.events import Event, ExchangeOpened
from models.rules.nomination import Nomination, parse_row
from models.tables import ExchangeCodeRow
from records.filing import Filing
from records.registry import Registered
from records.store.append import NoOutbox, append
from records.store.engine import Sessions, open_engine, session_maker
from records.store.seeding import sync_catalogue
from tests.databases import Database
from tests.programmes import GOOD_ROW, small_programme
from tests.sealed import sealed_files

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
FIRST_NIGHT, LAST_NIGHT = date(2027, 3, 1), date(2027, 5, 27)


class OneMessage:
    """An outbox that says it wrote a message for every event."""

    async def post(self, session: AsyncSession, stream: str, seq: int, event: Event) -> int:
        return 1


def beds(*rooms: str) -> tuple[Bed, ...]:
    """Beds from words like `101:any:2`: room, gender, how many."""
    made: list[Bed] = []
    for room in rooms:
        number, gender, count = room.split(":")
        made += [
            Bed(id=f"bed-{number}-{n + 1}", building="East", room=number, gender=gender) for n in range(int(count))
        ]
    return tuple(made)


def with_beds(*rooms: str) -> Programme:
    """The small programme with beds at CQMU."""
    made = small_programme()
    cqmu = made.institutions["cqmu"].model_copy(update={"beds": beds(*rooms)})
    return made.model_copy(update={"institutions": made.institutions | {"cqmu": cqmu}})


def nomination(number: int = 1, **cells: str) -> Nomination:
    """A sound nomination of student `number`, with other cells where given."""
    own = {"student_number": f"F{number:05d}", "email": f"student{number}@example.edu"}
    born = date(2001, 5, 17) - timedelta(days=number)
    row = GOOD_ROW | own | {"birth_date": f"{born}"} | cells
    parsed = parse_row(row, small_programme())
    assert isinstance(parsed, Nomination), parsed
    return parsed


class Office:
    """Registers students and records what happens to them."""

    def __init__(self, database: Database, folder: Path, programme: Programme) -> None:
        self.database = database
        self.sessions = database.sessions
        self.programme = programme
        self.files = sealed_files(self.sessions, folder)
        self.filing = Filing(self.sessions, self.files, programme)
        self._numbers = itertools.count(1)
        self.asks_consent = False
        """Whether students are asked before their papers go abroad; otherwise exchanges are as before they were."""

    async def seed(self) -> None:
        """Beds and units of the catalogue."""
        async with self.sessions.begin() as session:
            await sync_catalogue(session, self.programme)

    async def nominate(self, number: int, **cells: str) -> Registered:
        """Register a student and open the exchange."""
        nominated = nomination(number, **cells)
        registered = await self.filing.register(nominated, NOW)
        if not self.asks_consent:
            mine = ExchangeCodeRow.exchange_id == registered.exchange_id
            async with self.sessions.begin() as session:
                await session.execute(update(ExchangeCodeRow).where(mine).values(asks_consent=False))
        plan = nominated.to_plan(self.programme)
        opened = ExchangeOpened(at=NOW, student=registered.person_id, plan=plan, policy_version="test")
        await self.record(registered.exchange_id, opened)
        return registered

    async def record(self, stream: str, *events: Event) -> None:
        """Append events."""
        async with self.sessions.begin() as session:
            await append(session, NoOutbox(), stream, f"office:{next(self._numbers)}", events)

    async def rows(self, query: Any) -> Sequence[Any]:
        """The rows of a query."""
        async with self.sessions() as session:
            return (await session.execute(query)).all()


@asynccontextmanager
async def processes(database: Database, count: int) -> AsyncIterator[list[Sessions]]:
    """Sessions on engines of their own, as several worker processes would have them."""
    engines = [open_engine(database.url) for _ in range(count)]
    try:
        yield [session_maker(engine) for engine in engines]
    finally:
        for engine in engines:
            await engine.dispose()
