"""What an error means at the command line: one message a person can act on, and an exit code.

0  done
1  refused, or some rows of a file were
2  used wrongly: an unknown option, a value that cannot be read
3  a part outside is away: trying again may help
4  broken: an operator must look
5  kept: it is on record and done by itself as soon as the service is whole again; do not ask again
6  an audit found something out of step
130  interrupted
"""

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from cli.lines import english
from cli.output import say_json, warn
from cli.session import read_settings
from failures.boundary import describe
from gateway.composition import catalogue_of
from models.errors import Kept, Refused, SojournError, Unavailable

REFUSED, USAGE, AWAY, BROKEN, KEPT, FOUND = 1, 2, 3, 4, 5, 6
LOG_DIR = Path("var/log")


def exit_code(error: Exception) -> int:
    """The exit code of an error."""
    if isinstance(error, Refused):
        return REFUSED
    if isinstance(error, Kept):
        return KEPT
    return AWAY if isinstance(error, Unavailable) else BROKEN


OPTIONS = {
    "note": "--note",
    "documents": "--document",
    "acknowledged": "--acknowledge",
    "bed_id": "--bed",
    "unit_id": "--unit",
    "valid_through": "--valid-through",
    "justified": "--justified",
    "due_at": "DUE",
}
"""What the command line calls a field."""


def told(error: Exception, logs: Path = LOG_DIR, *, as_json: bool = False) -> int:
    """Tell a person about an error, and with `as_json` a program too; answers with the exit code.

    What nobody foresaw goes to a log file without its message: that may quote personal data.
    """
    if isinstance(error, Refused):
        warn(f"Refused ({error.code}): {_sentence(error)}")
    elif isinstance(error, Kept):
        warn(f"Kept: {_sentence(error)}")
    elif isinstance(error, Unavailable):
        warn(f"Not available now: {_sentence(error)}")
    elif isinstance(error, SojournError):
        warn(f"An operator must look: {_sentence(error)}")
    else:
        warn(f"Something unforeseen happened ({type(error).__name__}). {_where(_log(error, logs))}")
    if as_json and isinstance(error, SojournError):
        say_json({"code": error.code, "message": error.message, "field": error.field, "params": error.params})
    return exit_code(error)


def _sentence(error: SojournError) -> str:
    """The refusal in English, with the field it is about; by ids alone where the catalogue cannot be read."""
    programme = None
    with suppress(Exception):
        programme = catalogue_of(read_settings())
    field = OPTIONS.get(error.field, error.field)
    return f"{field}: {english(error, programme)}" if field else english(error, programme)


def _where(path: Path | None) -> str:
    return f"Give an operator this file: {path}" if path else "It could not be logged either; tell an operator."


def _log(error: BaseException, logs: Path) -> Path | None:
    now = datetime.now(UTC)
    path = logs / f"sojourn-{now:%Y%m%dT%H%M%S%f}-{os.getpid()}.log"
    try:
        logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(path, "x", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(f"{now.isoformat()} sojourn\n{describe(error)}\n")
    except OSError:
        return None
    return path
