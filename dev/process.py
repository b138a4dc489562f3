"""One process of the service: started, waited for, started again when it ends by itself, and drained."""

import asyncio
import contextlib
import os
import re
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from failures.causes import of_system
from failures.exits import BROKEN
from models.errors import Broken, Unavailable
from texts.i18n import _
from texts.terminal import phrase

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before a part that ended is started again; doubles with each end in a row."""
STEADY = 20.0
"""Seconds after which an end counts as the first one again."""
READY_WITHIN = 30.0
GUARD = (sys.executable, "-I", "-S", str(Path(__file__).with_name("guard.py")))
"""By which every part is started: it is noted from its first moment, and ends with this process."""
NOT_DRAINED = _("{name} did not drain within {seconds} s and was ended.")
STARTED_AGAIN = _("{name} ended ({ending}); starting it again in {pause} s. Its log: {log}")
DRAIN_WITHIN = 30.0

STAMP = re.compile(r"^\S+ \S+ [A-Z]+ +[\w.]+: ")
Tell = Callable[[str], None]
Ready = Callable[[], Awaitable[bool]]


@dataclass
class ManagedProcess:
    """One process of the service, started again when it ends by itself."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    ready: Ready
    tell: Tell
    tries: int = 1
    """How often a start that ends by itself is tried in all."""
    note: Path | None = None
    """Where it is noted while it runs; beside its log where nothing else is said."""
    starts: int = 0
    process: asyncio.subprocess.Process | None = None
    _stopping: bool = False
    _watch: asyncio.Task[None] | None = field(default=None, repr=False)

    async def start(self) -> None:
        """Start the process, wait until it answers, and watch it from then on.

        Raises:
            Unavailable: it ended, or did not answer in time; the text names its log.
            Broken: it ended because an operator must look.
        """
        await self._spawn()
        while True:
            try:
                await self.until_ready()
                break
            except (Unavailable, Broken):
                if self.starts >= self.tries or self.process is None or self.process.returncode is None:
                    raise
                self.tell(
                    phrase(_("{name} ended while starting; trying again. Its log: {log}"), name=self.name, log=self.log)
                )
                await self._spawn()
        self._watch = asyncio.create_task(self._keep(), name=f"watch {self.name}")

    async def until_ready(self, within: float = READY_WITHIN) -> None:
        """Wait until the process answers.

        Raises:
            Unavailable: it ended before it was watched, or did not answer in time.
            Broken: it ended because an operator must look.
        """
        deadline = time.monotonic() + within
        while not await self.ready():
            ended = self._watch is None and self.process is not None and self.process.returncode is not None
            if ended or time.monotonic() > deadline:
                about = {"name": self.name, "log": str(self.log), "line": _last_line(self.log)}
                if ended and self.process is not None and self.process.returncode == BROKEN:
                    raise Broken("process.ended", **about)
                if ended:
                    raise Unavailable("process.ended", **about)
                raise Unavailable("process.silent", seconds=round(within), **about)
            await asyncio.sleep(0.05)

    async def stop(self, within: float = DRAIN_WITHIN) -> None:
        """Ask the process to finish what it does and end; after `within` seconds it is ended. Safe to call again."""
        self._stopping = True
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await self._drain(within)
        self._note.unlink(missing_ok=True)

    async def _drain(self, within: float) -> None:
        process = self.process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), within)
        except TimeoutError:
            self.tell(phrase(NOT_DRAINED, name=self.name, seconds=f"{within:.0f}"))
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def kill(self) -> None:
        """End the process at once, as a crash would (kill -9); returns when it is gone."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    @property
    def _note(self) -> Path:
        return self.note or self.log.with_suffix(".pid")

    async def _spawn(self) -> None:
        try:
            self.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            opened = os.open(self.log, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        except OSError as error:
            raise of_system(error) from None
        with os.fdopen(opened, "ab") as log:
            # A session of its own: Ctrl-C reaches this process only, which then drains the parts in order.
            self.process = await asyncio.create_subprocess_exec(
                *GUARD,
                str(self._note),
                str(os.getpid()),
                *self.command,
                env=self.environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                umask=0o077,
            )
        self.starts += 1

    async def _keep(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopping:
            assert self.process is not None
            began = time.monotonic()
            code = await self.process.wait()
            if time.monotonic() - began > STEADY:
                pause = FIRST_PAUSE
            again = {"name": self.name, "ending": _ending(code), "pause": f"{pause:.1f}", "log": self.log}
            self.tell(phrase(STARTED_AGAIN, **again))
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            await self._spawn()


def _ending(code: int) -> str:
    return phrase(_("signal {code}"), code=-code) if code < 0 else phrase(_("exit code {code}"), code=code)


def _last_line(log: Path) -> str:
    """What was said last, without when and by whom."""
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n") if log.exists() else []
    last = next((line.strip() for line in reversed(lines) if line.strip()), "(nothing)")
    return STAMP.sub("", last)
