"""A part that was killed is not ready until the next one is, and one that is held down stays away."""

import sys
from pathlib import Path

from chaos.processes import Part, runs


def part(folder: Path) -> Part:
    async def ready() -> bool:
        return True

    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    return Part("a part", command, {}, folder / "log" / "part.log", ready)


async def test_a_killed_part_is_ready_when_the_next_one_runs(tmp_path: Path) -> None:
    one = part(tmp_path)
    try:
        await one.start()
        assert one.process is not None
        first = one.process.pid
        one.kill()
        assert not one.alive
        await one.until_ready()
        assert (one.starts, one.process.pid == first, runs(first)) == (2, False, False)
    finally:
        await one.end()
    assert not runs(one.process.pid)


async def test_a_part_that_is_held_down_comes_back_when_it_is_released(tmp_path: Path) -> None:
    one = part(tmp_path)
    try:
        await one.start()
        one.kill(hold=True)
        assert one.process is not None
        await one.process.wait()
        assert (one.alive, one.starts) == (False, 1)
        one.release()
        await one.until_ready()
        assert one.starts == 2
    finally:
        await one.end()
