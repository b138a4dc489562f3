"""`sojourn up` that was killed: its parts end with it or are found and ended, and one `up` at a time has a folder."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest

from dev.folder import StateFolder
from dev.guard import note_of, started
from dev.stack import free_port
from failures.exits import AWAY
from models.errors import Unavailable
from tests.rules.source import ROOT

PARTS = {"temporal", "mailsink", "worker", "portal"}
UP = """
import sys
import starter
sys.exit(starter.main(["up"]))
"""


class Ups:
    """Starts `sojourn up` in a folder, and ends what it left."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[asyncio.subprocess.Process] = []
        self._ports = [free_port() for _ in range(3)]

    @property
    def smtp_port(self) -> int:
        return self._ports[1]

    async def start(self) -> asyncio.subprocess.Process:
        temporal, smtp, portal = map(str, self._ports)
        own = {"SOJOURN_SMTP_PORT": smtp, "SOJOURN_PORTAL_PORT": portal, "PYTHONPATH": str(ROOT), "COLUMNS": "400"}
        own |= {"SOJOURN_TEMPORAL_PORT": temporal, "SOJOURN_TEMPORAL_UI_PORT": str(int(temporal) + 1000)}
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("SOJOURN_", "TEMPORAL_"))}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-c", UP),
            cwd=self.folder,
            env=clean | own,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        self.started.append(process)
        return process

    async def until_greeted(self, process: asyncio.subprocess.Process) -> str:
        """What it said until it was up."""
        assert process.stdout is not None
        said = ""
        async with asyncio.timeout(90):
            while "sojourn worklist" not in said:
                line = (await process.stdout.readline()).decode()
                assert line, said
                said += line
        return said

    def noted(self) -> dict[str, int]:
        """The processes of the parts, by name."""
        notes = (self.folder / "var" / "run").glob("*.pid")
        return {note.stem: int(note.read_text(encoding="utf-8").partition(" ")[0]) for note in notes}


@pytest.fixture
async def ups(tmp_path: Path) -> AsyncIterator[Ups]:
    made = Ups(tmp_path)
    yield made
    for process in made.started:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            await asyncio.wait_for(process.communicate(), 60)
    assert not [pid for pid in made.noted().values() if started(pid)]


async def gone(pids: Iterable[int]) -> None:
    async with asyncio.timeout(60):
        while any(started(pid) for pid in pids):  # noqa: ASYNC110 - they are nobody's children here
            await asyncio.sleep(0.05)


@pytest.mark.live
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent has ended")
async def test_its_parts_end_with_it(ups: Ups) -> None:
    killed = await ups.start()
    await ups.until_greeted(killed)
    left = ups.noted()
    assert set(left) == PARTS
    killed.kill()
    await killed.wait()
    await gone(left.values())
    again = await ups.start()
    assert "still runs" not in await ups.until_greeted(again)
    assert set(ups.noted()) == PARTS
    assert not set(ups.noted().values()) & set(left.values())


@pytest.mark.live
async def test_what_did_not_end_with_it_is_found_and_replaced(ups: Ups) -> None:
    """As where the system has no signal for it: here, a process of its own that holds the port of the mail sink."""
    holds = "import socket, sys; s = socket.create_server(('127.0.0.1', int(sys.argv[1]))); print('up', flush=True); "
    left = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", holds + "s.accept()", str(ups.smtp_port)),
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    assert left.stdout is not None
    await left.stdout.readline()
    notes = ups.folder / "var" / "run"
    notes.mkdir(parents=True)
    (notes / "mailsink.pid").write_text(note_of(left.pid), encoding="utf-8")
    said = await ups.until_greeted(await ups.start())
    assert "mailsink of an earlier `sojourn up` still runs; it is ended." in said
    assert await left.wait() == -signal.SIGTERM
    assert set(ups.noted()) == PARTS


@pytest.mark.live
async def test_two_at_once_in_a_folder_are_refused(ups: Ups) -> None:
    first = await ups.start()
    await ups.until_greeted(first)
    running = ups.noted()
    second = await ups.start()
    said, _ = await asyncio.wait_for(second.communicate(), 60)
    assert said.decode().splitlines()[-1] == (
        f"Not available now: `sojourn up` runs in this folder already (process {first.pid}). "
        "Stop it first, or use another folder."
    )
    assert second.returncode == AWAY
    assert ups.noted() == running
    assert all(started(pid) for pid in running.values())


async def test_a_number_that_another_process_has_by_now_is_left_alone(tmp_path: Path) -> None:
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", "import time; time.sleep(600)")
    folder = StateFolder(tmp_path)
    folder.take()
    (folder.notes / "worker.pid").write_text(f"{other.pid} when an earlier process began", encoding="utf-8")
    (folder.notes / "portal.pid").write_text("cut off by a pow", encoding="utf-8")
    (folder.notes / "mailsink.pid").write_text("", encoding="utf-8")
    told: list[str] = []
    await folder.end_leftovers(told.append)
    assert (told, list(folder.notes.iterdir())) == ([], [])
    assert other.returncode is None
    assert started(other.pid)
    other.kill()
    await other.wait()
    assert started(other.pid) is None


async def test_what_a_part_started_ends_with_it(tmp_path: Path) -> None:
    script = "import os, signal, time; signal.signal(signal.SIGTERM, lambda *_: os._exit(0)); "
    script += "child = os.fork(); child or signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    script += "child and print(child, flush=True); time.sleep(600)"
    part = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE, start_new_session=True
    )
    assert part.stdout is not None
    grandchild = int(await part.stdout.readline())
    folder = StateFolder(tmp_path)
    folder.take()
    (folder.notes / "worker.pid").write_text(note_of(part.pid), encoding="utf-8")
    await folder.end_leftovers(lambda _: None)
    await gone([part.pid, grandchild])
    await part.wait()


def test_a_folder_is_had_by_one_and_given_back(tmp_path: Path) -> None:
    one, other = StateFolder(tmp_path), StateFolder(tmp_path)
    one.take()
    with pytest.raises(Unavailable, match=rf"up.running pid={os.getpid()}"):
        other.take()
    one.leave()
    other.take()
    other.leave()
