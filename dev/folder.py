"""The state folder of `sojourn up`: one `up` at a time has it, and ends what an earlier one that was killed left."""

import asyncio
import contextlib
import fcntl
import os
import signal
from pathlib import Path

from dev.guard import started
from dev.process import Tell
from failures.causes import of_system
from models.errors import Unavailable
from texts.i18n import _
from texts.terminal import phrase

DRAIN_SECONDS = 10.0
"""How long a part that was left behind may take to finish; its new one goes on where it was."""
END_SECONDS = 5.0


class StateFolder:
    """A folder that one process has, as long as it lives: its lock goes with it, however it ends."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock: int | None = None

    @property
    def notes(self) -> Path:
        """Where each part is noted while it runs: process, and when that began."""
        return self.folder / "run"

    def take(self) -> None:
        """Have the folder for this process alone.

        Raises:
            Unavailable: another one has it, or it cannot be written.
        """
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.folder.chmod(0o700)  # one of an earlier version was open to others
            self.notes.mkdir(mode=0o700, exist_ok=True)
            self._lock = os.open(self.folder / "up.lock", os.O_CREAT | os.O_RDWR, 0o600)
            self._hold(self._lock)
        except OSError as error:
            self.leave()
            raise of_system(error) from None
        except Unavailable:
            self.leave()
            raise

    def _hold(self, lock: int) -> None:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = os.pread(lock, 20, 0).decode("ascii", "replace").strip() or "?"
            raise Unavailable("up.running", pid=pid) from None
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode("ascii"), 0)

    def leave(self) -> None:
        """Let another process have it."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    async def end_leftovers(self, tell: Tell) -> None:
        """End what an earlier process that was killed left running, with all that each part started.

        Raises:
            Unavailable: one does not end.
        """
        left = [note for note in sorted(self.notes.glob("*.pid")) if _runs(note)]
        for note in left:
            tell(phrase(_("{name} of an earlier `sojourn up` still runs; it is ended."), name=note.stem))
        await asyncio.gather(*(_end(note) for note in left))
        for note in self.notes.glob("*.pid*"):
            note.unlink(missing_ok=True)


def _read(note: Path) -> tuple[int, str]:
    """The process of a note and when it began; 0 where nothing can be read."""
    with contextlib.suppress(OSError, ValueError):
        pid, began = note.read_text(encoding="utf-8").partition(" ")[::2]
        return int(pid), began
    return 0, ""


def _runs(note: Path) -> bool:
    """Whether the very process still runs: its number alone may be another one's by now."""
    pid, began = _read(note)
    return pid > 1 and bool(began) and started(pid) == began


async def _end(note: Path) -> None:
    pid = _read(note)[0]
    for number, seconds in ((signal.SIGTERM, DRAIN_SECONDS), (signal.SIGKILL, END_SECONDS)):
        if not _runs(note):
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, number)  # each part leads a group of its own
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while _runs(note):  # noqa: ASYNC110 - another process tells no event
                    await asyncio.sleep(0.05)
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(pid, signal.SIGKILL)  # what it started, and did not wait for
                return
    raise Unavailable("up.leftover", name=note.stem, pid=pid)
