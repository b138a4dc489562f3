"""What an error means at the command line: one message a person can act on, and an exit code.

0  done
1  refused, or some rows of a file were
2  used wrongly: an unknown option, a value that cannot be read
3  a part outside is away: trying again may help
4  broken: an operator must look
130  interrupted
"""

import os
from datetime import UTC, datetime
from pathlib import Path

from cli.output import warn
from failures.boundary import describe
from models.errors import Refused, SojournError, Unavailable

REFUSED, USAGE, AWAY, BROKEN = 1, 2, 3, 4
LOG_DIR = Path("var/log")


def exit_code(error: Exception) -> int:
    """The exit code of an error."""
    if isinstance(error, Refused):
        return REFUSED
    return AWAY if isinstance(error, Unavailable) else BROKEN


def told(error: Exception, logs: Path = LOG_DIR) -> int:
    """Tell a person about an error; answers with the exit code.

    What nobody foresaw goes to a log file without its message: that may quote personal data.
    """
    if isinstance(error, Refused):
        warn(f"Refused ({error.code}): {error}")
    elif isinstance(error, Unavailable):
        warn(f"Not available now: {error}")
    elif isinstance(error, SojournError):
        warn(f"An operator must look: {error}")
    else:
        warn(f"Something unforeseen happened ({type(error).__name__}). {_where(_log(error, logs))}")
    return exit_code(error)


def _where(path: Path | None) -> str:
    return f"Give an operator this file: {path}" if path else "It could not be logged either; tell an operator."


def _log(error: BaseException, logs: Path) -> Path | None:
    now = datetime.now(UTC)
    path = logs / f"sojourn-{now:%Y%m%dT%H%M%S%f}-{os.getpid()}.log"
    try:
        logs.mkdir(parents=True, exist_ok=True)
        with open(path, "x", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(f"{now.isoformat()} sojourn\n{describe(error)}\n")
    except OSError:
        return None
    return path
