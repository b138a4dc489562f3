"""A pass that is cancelled ends by itself, and takes no connection of the database with it."""

import asyncio
import logging
import random
from pathlib import Path

import pytest
from sqlalchemy import text

from gateway import passes
from gateway.passes import whole_pass
from records.store.engine import Sessions, open_engine, put_away, session_maker, transaction

CANCELLED = 200


async def _write(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        await session.execute(text("INSERT INTO seen VALUES (1)"))
        await session.execute(text("SELECT count(*) FROM seen"))


async def test_passes_that_are_cancelled_at_any_moment_lose_no_connection(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    chance = random.Random(1)
    engine = open_engine(f"sqlite+aiosqlite:///{tmp_path / 'passes.db'}")
    sessions = session_maker(engine)
    async with transaction(sessions) as session:
        await session.execute(text("CREATE TABLE seen (one INTEGER)"))
    try:
        with caplog.at_level(logging.WARNING):
            for _ in range(CANCELLED):
                task = asyncio.create_task(whole_pass(_write(sessions)))
                await asyncio.sleep(chance.uniform(0, 0.004))
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            async with transaction(sessions) as session:
                rows = await session.scalar(text("SELECT count(*) FROM seen"))
    finally:
        await put_away(engine)
    assert not caplog.records
    # One that was cancelled before its first step wrote nothing; every other one is whole.
    assert CANCELLED / 2 < (rows or 0) <= CANCELLED


async def test_a_pass_that_takes_too_long_is_cancelled_after_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passes, "ENDS_WITHIN", 0.05)
    begun, torn = asyncio.Event(), asyncio.Event()

    async def hangs() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            torn.set()

    task = asyncio.create_task(whole_pass(hangs()))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert torn.is_set()


async def test_what_a_pass_raises_reaches_who_waits_for_it() -> None:
    async def fails() -> int:
        raise ValueError("as it was")

    with pytest.raises(ValueError, match="as it was"):
        await whole_pass(fails())
