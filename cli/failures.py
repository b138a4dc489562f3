"""What an error means at the command line: one message a person can act on, and an exit code (`failures.exits`)."""

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from cli.lines import sentence
from cli.output import say_json, warn
from cli.session import read_settings
from failures.boundary import describe
from failures.causes import of_system
from failures.exits import exit_code
from gateway.composition import catalogue_of
from models.errors import Kept, SojournError, Unavailable
from texts.i18n import _
from texts.punctuation import sentences
from texts.refusals import kind_of
from texts.terminal import language, phrase

LOG_DIR = Path("var/log")


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

MISSING = {
    "temporal.away": _("Not available now: the workflow service, at the address in SOJOURN_TEMPORAL_ADDRESS."),
    "worker.away": _("Not available now: a worker, none is running."),
    "answer.late": _("Not available now: an answer in time."),
}
"""Why an act is kept, for whoever can mend it."""


def told(error: Exception, logs: Path = LOG_DIR, *, as_json: bool = False) -> int:
    """Tell a person about an error, and with `as_json` a program too; answers with the exit code.

    What nobody foresaw goes to a log file without its message: that may quote personal data.
    """
    if isinstance(error, OSError) and error.filename is not None:
        error = of_system(error)
    if isinstance(error, SojournError):
        warn(phrase(_("{kind}: {text}"), kind=kind_of(error, language()), text=_sentence(error)))
        if isinstance(error, Kept) and isinstance(error.__cause__, Unavailable):
            warn(phrase(MISSING.get(error.__cause__.message, _("Not available now: a part of the service."))))
    else:
        unforeseen = phrase(_("Something unforeseen happened ({kind})."), kind=type(error).__name__)
        warn(sentences((unforeseen, _where(_log(error, logs))), language()))
    if as_json and isinstance(error, SojournError):
        say_json({"code": error.code, "message": error.message, "field": error.field, "params": error.params})
    return exit_code(error)


def _sentence(error: SojournError) -> str:
    """The refusal, with the field it is about; by ids alone where the catalogue cannot be read."""
    programme = None
    with suppress(Exception):
        programme = catalogue_of(read_settings())
    field = OPTIONS.get(error.field, error.field)
    said = sentence(error, programme)
    return phrase(_("{field}: {reason}"), field=field, reason=said) if field else said


def _where(path: Path | None) -> str:
    if path is None:
        return phrase(_("It could not be logged either; tell an operator."))
    return phrase(_("Give an operator this file: {path}"), path=path)


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
