"""Calls counted for all processes: in the database, in a moving window, and never one too many."""

import asyncio
from dataclasses import dataclass

import pytest
from limits import RateLimitItemPerMinute
from limits.aio.strategies import MovingWindowRateLimiter

from records.access.rate_limits import SharedWindows
from records.store.engine import open_engine, session_maker
from settings import Settings
from tests.databases import Database

THREE = RateLimitItemPerMinute(3)


@dataclass
class Time:
    """The time that the test says."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


async def test_the_window_moves(database: Database) -> None:
    time = Time()
    calls = MovingWindowRateLimiter(SharedWindows(database.sessions, time))
    for _ in range(3):
        assert await calls.hit(THREE, "token", "a")
        time.now += 10
    assert not await calls.hit(THREE, "token", "a")
    assert await calls.hit(THREE, "token", "b")
    window = await calls.get_window_stats(THREE, "token", "a")
    assert (window.reset_time - time.now, window.remaining) == (30, 0)
    time.now += 31
    assert await calls.hit(THREE, "token", "a")
    assert not await calls.hit(THREE, "token", "a")


async def test_nothing_is_taken_before_the_first_call(database: Database) -> None:
    time = Time()
    window = await MovingWindowRateLimiter(SharedWindows(database.sessions, time)).get_window_stats(THREE, "nobody")
    assert (window.reset_time - time.now, window.remaining) == (60, 3)


async def test_processes_count_together_and_the_last_call_is_taken_once(database: Database) -> None:
    other = open_engine(database.url)
    try:
        ways = [
            MovingWindowRateLimiter(SharedWindows(sessions, Time()))
            for sessions in (database.sessions, session_maker(other))
        ]
        taken = await asyncio.gather(*(way.hit(THREE, "token", "a") for way in ways * 4))
    finally:
        await other.dispose()
    assert sum(taken) == 3


@pytest.mark.parametrize(
    ("url", "chosen", "shared"),
    [
        ("sqlite+aiosqlite:///some.db", None, False),
        ("sqlite+aiosqlite:///some.db", "database", True),
        ("postgresql+psycopg://host/name", None, True),
        ("postgresql+psycopg://host/name", "memory", False),
    ],
)
def test_the_settings_choose(url: str, chosen: str | None, shared: bool) -> None:
    assert Settings.model_validate({"database_url": url, "rate_limits": chosen}).shares_rate_limits is shared
