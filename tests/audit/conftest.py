"""What the tests of the audit share: sessions that only read, and a hand in the database."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from sqlalchemy import text

from records.store.engine import Sessions, open_engine, session_maker, transaction
from tests.databases import Database

ByHand = Callable[..., Awaitable[None]]


@pytest.fixture
async def looking(database: Database) -> AsyncIterator[Sessions]:
    """Sessions of a reading engine, as the audit has them."""
    engine = open_engine(database.url, reading=True)
    yield session_maker(engine)
    await engine.dispose()


@pytest.fixture
def by_hand(database: Database) -> ByHand:
    """Statements that nothing in the database refuses, as a fault or a hand would leave what they do."""
    guards = ("events_never_updated", "events_never_deleted", "seats_never_taken_over")

    async def run(*statements: str) -> None:
        async with transaction(database.sessions) as session:
            if database.kind == "postgresql":
                await session.execute(text("SET LOCAL session_replication_role = replica"))
            else:
                for guard in guards:
                    await session.execute(text(f"DROP TRIGGER IF EXISTS {guard}"))
                await session.execute(text("PRAGMA defer_foreign_keys = ON"))
            for statement in statements:
                await session.execute(text(statement))

    return run
