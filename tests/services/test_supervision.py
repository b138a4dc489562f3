"""A part of the service: waited for until it answers, started again when it ends, drained when it is stopped."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dev import process
from dev.process import ManagedProcess
from models.errors import Unavailable

SERVES = """
import pathlib, signal, sys, time
folder = pathlib.Path(sys.argv[1])
def drain(*_):
    (folder / "drained").touch()
    sys.exit(0)
signal.signal(signal.SIGTERM, drain)
(folder / "ready").touch()
while True:
    time.sleep(0.01)
"""
STUBBORN = SERVES.replace("drain)", "signal.SIG_IGN)")
FAILS = "import sys; sys.exit('no such database')"


class Workshop:
    """Makes parts that run a script, and stops them all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told: list[str] = []
        self.parts: list[ManagedProcess] = []

    def part(self, script: str) -> ManagedProcess:
        async def ready() -> bool:
            return (self.folder / "ready").exists()

        command = [sys.executable, "-c", script, str(self.folder)]
        log = self.folder / "log" / "part.log"
        made = ManagedProcess("part", command, dict(os.environ), log, ready, self.told.append)
        self.parts.append(made)
        return made


@pytest.fixture
async def workshop(tmp_path: Path) -> AsyncIterator[Workshop]:
    opened = Workshop(tmp_path)
    yield opened
    for part in opened.parts:
        await part.stop()


async def test_starts_answers_and_drains(workshop: Workshop) -> None:
    part = workshop.part(SERVES)
    await part.start()
    await part.stop()
    assert part.process is not None
    assert part.process.returncode == 0
    assert (workshop.folder / "drained").exists()
    assert workshop.told == []


async def test_a_part_that_fails_to_start_says_why(workshop: Workshop) -> None:
    with pytest.raises(Unavailable, match=r"process.ended line=.*no such database.* log=.*part\.log"):
        await workshop.part(FAILS).start()


async def test_a_start_that_fails_once_is_tried_again(workshop: Workshop) -> None:
    """As the dev server's does when another process takes a port that it had found free."""
    stumbles = "import pathlib, sys\nonce = pathlib.Path(sys.argv[1]) / 'once'\n"
    stumbles += "if not once.exists():\n    once.touch()\n    sys.exit('port taken')\n"
    part = workshop.part(stumbles + SERVES)
    part.tries = 2
    await part.start()
    assert part.starts == 2
    assert len(workshop.told) == 1
    assert workshop.told[0].startswith("part ended while starting; trying again.")


async def test_a_start_that_keeps_failing_is_given_up(workshop: Workshop) -> None:
    part = workshop.part(FAILS)
    part.tries = 3
    with pytest.raises(Unavailable, match=r"process.ended"):
        await part.start()
    assert part.starts == 3


async def test_a_part_that_never_answers_says_so(workshop: Workshop) -> None:
    part = workshop.part(SERVES.replace('"ready"', '"elsewhere"'))
    await part._spawn()
    with pytest.raises(Unavailable, match=r"process.silent"):
        await part.until_ready(within=0.1)


async def test_a_killed_part_is_started_again(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "FIRST_PAUSE", 0.01)
    part = workshop.part(SERVES)
    await part.start()
    (workshop.folder / "ready").unlink()
    await part.kill()
    await part.until_ready()
    assert part.starts == 2
    assert len(workshop.told) == 1
    assert workshop.told[0].startswith("part ended (signal 9); starting it again in 0.0 s.")


async def test_the_pause_grows_with_each_end_in_a_row(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "FIRST_PAUSE", 0.001)
    pauses: list[str] = []
    many = asyncio.Event()

    def tell(text: str) -> None:
        pauses.append(text)
        if len(pauses) == 4:
            many.set()

    part = workshop.part(SERVES)
    part.tell = tell
    await part.start()
    part.command = [sys.executable, "-c", FAILS]
    await part.kill()
    await asyncio.wait_for(many.wait(), 20)
    assert [text.split("(")[1].split(")")[0] for text in pauses] == [
        "signal 9",
        "exit code 1",
        "exit code 1",
        "exit code 1",
    ]


async def test_a_part_that_does_not_drain_is_ended(workshop: Workshop) -> None:
    part = workshop.part(STUBBORN)
    await part.start()
    await part.stop(within=0.1)
    assert part.process is not None
    assert part.process.returncode == -9
    assert "did not drain" in workshop.told[0]
