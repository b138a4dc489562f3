"""What a part of `sojourn up` is started by: notes which process it is, ends with whoever started it, and becomes it.

    python guard.py NOTE PARENT COMMAND …

Standard library only: it runs before every part, and without the packages of the service.
"""

import ctypes
import os
import signal
import subprocess
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1


def started(pid: int) -> str | None:
    """When a process began, exact enough that no other one with its number has the same; none where it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return None if Path("/proc/self/stat").exists() else _told_by_ps(pid)
    state, *fields = stat.rpartition(")")[2].split()
    return None if state in ("Z", "X") else f"{boot} {fields[18]}"  # field 22: ticks since the machine began


def _told_by_ps(pid: int) -> str | None:
    asked = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return asked.stdout.strip() or None


def note_of(pid: int) -> str:
    """What is written of a process."""
    return f"{pid} {started(pid) or ''}"


def end_with_parent() -> None:
    """Have this process ended when the one that started it ends, however it does; Linux alone can.

    At once, as that one was: a worker that drains without its server would keep the next start waiting for a minute.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def main() -> None:
    """Become the command."""
    note, parent, *command = sys.argv[1:]
    # Written in one go: who reads it sees all of it, or what was there before.
    new = f"{note}.new"
    with open(os.open(new, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        file.write(note_of(os.getpid()))
    os.replace(new, note)
    end_with_parent()
    if os.getppid() != int(parent):  # it ended before it could be heard of
        sys.exit(f"process {parent} has ended")
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
