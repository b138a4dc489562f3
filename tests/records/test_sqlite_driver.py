"""What is used of aiosqlite without being promised: why it is pinned exactly, and what a newer one must keep.

Its public methods make four trips to its thread per statement where `records.store.sqlite` makes one, or none.
"""

import asyncio
import subprocess
import sys
import tomllib
from pathlib import Path
from threading import Thread

import pytest
from packaging.requirements import Requirement

from records.store.sqlite import OneTripConnection, OneTripCursor, connector
from tests.rules.source import ROOT


@pytest.fixture
def file(tmp_path: Path) -> str:
    return str(tmp_path / "some.db")


def test_the_driver_is_pinned_exactly() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (pin,) = [r for r in map(Requirement, project["dependencies"]) if r.name == "aiosqlite"]
    assert [one.operator for one in pin.specifier] == ["=="], "records.store.sqlite uses private names of it"


async def test_the_driver_has_the_private_names(file: str) -> None:
    async with connector(file)() as connection:
        assert isinstance(connection, OneTripConnection)
        assert isinstance(connection._thread, Thread)
        assert connection._thread.daemon
        assert connection._conn.execute("SELECT 1").fetchone() == (1,)


async def test_what_waits_for_another_writer_does_not_hold_the_loop(file: str) -> None:
    """And what is asked of the connection meanwhile comes after it: a rollback never overtakes its BEGIN."""
    async with connector(file)() as first, connector(file)() as second:
        await OneTripCursor(first).execute("BEGIN IMMEDIATE")
        waiting = asyncio.create_task(OneTripCursor(second).execute("BEGIN IMMEDIATE"))
        undone = asyncio.create_task(second.rollback())
        await asyncio.sleep(0.05)
        assert not waiting.done()
        await first.rollback()
        await asyncio.gather(waiting, undone)
        assert not second.in_transaction


def test_a_connection_that_nobody_closed_does_not_keep_the_process(file: str) -> None:
    left_open = f"""
import asyncio
from records.store.sqlite import connector

async def main():
    global connection
    connection = await connector({file!r})()

asyncio.run(main())
"""
    ended = subprocess.run([sys.executable, "-W", "ignore", "-c", left_open], cwd=ROOT, timeout=30, check=False)
    assert ended.returncode == 0
