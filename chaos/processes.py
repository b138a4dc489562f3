"""One process of the site: started, watched as a service manager does, and killed without a word."""

import asyncio
import contextlib
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

PAUSE = 0.5
"""Seconds before a process that ended is started again: always the same, faults come every few seconds."""
READY_WITHIN = 60.0


@dataclass
class Part:
    """A process that is started again when it ends, unless it is held down."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    ready: Callable[[], Awaitable[bool]]
    folder: Path | None = None
    """Where it runs."""
    process: asyncio.subprocess.Process | None = None
    started: float = 0.0
    starts: int = 0
    dying: bool = False
    """It was killed, and its end was not seen yet."""
    _up: asyncio.Event = field(default_factory=asyncio.Event)
    _keeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            TimeoutError: it does not; its log says why.
        """
        self._up.set()
        self._keeper = asyncio.create_task(self._keep(), name=f"keep {self.name}")
        await self.until_ready()

    async def until_ready(self, within: float = READY_WITHIN) -> None:
        """Wait until it answers.

        Raises:
            TimeoutError: it does not.
        """
        until = time.monotonic() + within
        while not (self.alive and await self.ready()):
            if time.monotonic() > until:
                raise TimeoutError(f"{self.name} does not answer; its log: {self.log}")
            await asyncio.sleep(0.05)

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.returncode is None and not self.dying

    def kill(self, *, hold: bool = False) -> None:
        """End it at once (kill -9); held down it stays away until it is released."""
        if hold:
            self._up.clear()
        if self.process is not None and self.process.returncode is None:
            self.dying = True
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()

    def release(self) -> None:
        """Let it be started again."""
        self._up.set()

    async def end(self) -> None:
        """End it for good."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        self.kill()
        if self.process is not None:
            await self.process.wait()

    async def _keep(self) -> None:
        while True:
            await self._up.wait()
            await self._spawn()
            assert self.process is not None
            await self.process.wait()
            await asyncio.sleep(PAUSE)

    async def _spawn(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self.command,
                env=self.environment,
                cwd=self.folder,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.started, self.dying = time.time(), False
        self.starts += 1


async def listens(port: int) -> bool:
    """Whether something takes connections at a port of this machine."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


def children_of(pid: int) -> list[int]:
    """The processes that a process started and that still run."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                # After the name in parentheses come the state and the parent.
                if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                    found.append(int(entry.name))
    return found


def runs(pid: int) -> bool:
    """Whether a process runs; one that ended and was not waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def environment_with(settings: dict[str, str], code: Path) -> dict[str, str]:
    """The environment of a process that runs the code of a folder, free of what the caller's own says."""
    inherited = {n: v for n, v in os.environ.items() if not n.startswith(("SOJOURN_", "TEMPORAL_"))}
    return inherited | settings | {"PYTHONPATH": str(code), "PYTHONUNBUFFERED": "1"}
