"""Logging of every process of the service, to standard error: plain or JSON, and nothing in it that a person typed.

    a record of                is logged as
    the service                its text; an exception among its arguments as class and place
    another library            its text if that is a constant of its source, with numbers and ids filled in, or its line
    any exception              classes and lines of the whole chain, see `failures.boundary.describe`

Texts that other libraries put together hold what they were given: addresses with tokens, rows, whole requests.
"""

import ast
import logging
import os
import re
import sys
import threading
import warnings
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path, PurePath
from typing import Any, Literal

from pydantic import ValidationError
from pythonjsonlogger.json import JsonFormatter as LibraryJsonFormatter
from temporalio.runtime import LogForwardingConfig, LoggingConfig, Runtime, TelemetryConfig

from failures.boundary import describe, faults_of
from failures.causes import of_system
from failures.exits import BROKEN, USAGE, exit_code
from models.errors import SojournError
from settings import Settings
from texts.refusals import kind_of, refusal

logger = logging.getLogger("sojourn")

OURS = frozenset(
    {
        "sojourn", "models", "failures", "texts", "records", "mail", "webhooks", "documents", "certificates",
        "activities", "workflows", "gateway", "cli", "portal", "dev", "demo",
    }
)  # fmt: skip
"""First names of the loggers whose texts are written here."""
CONTEXT = ("workflow_id", "activity", "attempt")
"""What a record may carry beside its text."""
FIELDS = {"asctime": "at", "levelname": "level", "name": "logger", "message": "text", "exc_info": "error"}
QUIET = ("alembic", "httpx", "httpx2", "mail.log")
"""Loggers whose INFO says what every call does."""
_ID = re.compile(r"(\w+/)?EX-\d{4}-[A-Z]{2,5}-\d{3,5}|[0-9a-f]{8}-[0-9a-f-]{27}")
HIDDEN = "…"
OURS_ALONE = 0o077
"""The umask of every process: database, files, keys, logs, mailbox and exports hold personal data."""

Format = Literal["plain", "json"]


class SafeFormatter(logging.Formatter):
    """Formats records without what was typed."""

    def format(self, record: logging.LogRecord) -> str:
        """A record, after everything was left out of it that may be somebody's."""
        return super().format(_safe(record))

    def formatException(self, ei: Any) -> str:
        """An exception as classes and lines."""
        return describe(ei[1]) if ei[1] is not None else ""


class JsonFormatter(SafeFormatter, LibraryJsonFormatter):
    """One JSON object per line, with the context that a record carries."""

    def __init__(self) -> None:
        LibraryJsonFormatter.__init__(self, list(FIELDS)[:4], rename_fields=FIELDS, json_ensure_ascii=False)

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        """The time in UTC, as ISO 8601."""
        return datetime.fromtimestamp(record.created, UTC).isoformat()


class StandardError(logging.Handler):
    """Writes to what standard error is now."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; the standard handler would print arguments that do not fit their text."""
        try:
            line = self.format(record)
        except Exception as error:
            line = f"{record.name}: a record that cannot be written ({type(error).__name__})"
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


def configure_logging(form: Format, level: str) -> None:
    """Log to standard error from now on; other handlers of this module end."""
    handler = StandardError()
    plain = SafeFormatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    handler.setFormatter(JsonFormatter() if form == "json" else plain)
    root = logging.getLogger()
    for old in [one for one in root.handlers if isinstance(one, StandardError)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


def take_over(core: LoggingConfig | None = None) -> None:
    """For whole processes: what they make is for their user alone, and what the interpreter prints is logged.

    With `core` what Temporal's core says is logged too.
    """
    os.umask(OURS_ALONE)
    sys.excepthook = _uncaught
    threading.excepthook = lambda fault: _uncaught(fault.exc_type, fault.exc_value, fault.exc_traceback)
    sys.unraisablehook = lambda fault: _uncaught(fault.exc_type, fault.exc_value, fault.exc_traceback)
    warnings.showwarning = _warning
    Runtime.set_default(Runtime(telemetry=TelemetryConfig(logging=core)))


def run_process(serve: Callable[[Settings], None]) -> int:
    """Run a process of the service with its settings and logging; answers with the exit code (`failures.exits`)."""
    configure_logging("plain", "INFO")
    take_over(LoggingConfig(LoggingConfig.default.filter, LogForwardingConfig(logging.getLogger("temporalio.core"))))
    try:
        settings = Settings()
        configure_logging(settings.log_format, settings.log_level)
        serve(settings)
    except ValidationError as error:
        logger.error("the settings cannot be read: %s", faults_of(error))
        return USAGE
    except SojournError as fault:
        return _told(fault)
    except OSError as fault:
        return _told(of_system(fault))
    except Exception:
        logger.exception("the process failed")
        return BROKEN
    return 0


def sentence_of(fault: SojournError) -> str:
    """The line an operator reads: what kind of fault it is, what is wrong and what to do."""
    return f"{kind_of(fault, 'en')}: {refusal(fault, 'en')}"


def _told(fault: SojournError) -> int:
    logger.error("%s", sentence_of(fault))
    return exit_code(fault)


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: Any) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logger.critical("nobody caught %s", kind.__name__, exc_info=(kind, error or kind(), trace))


def _warning(message: Warning | str, category: type[Warning], filename: str, lineno: int, *_: Any, **__: Any) -> None:
    logger.warning("%s at %s:%d", category.__name__, PurePath(filename).name, lineno)


def _safe(record: logging.LogRecord) -> logging.LogRecord:
    """A record of the same event with nothing of what was typed."""
    ours = record.name.partition(".")[0] in OURS
    if ours or not isinstance(record.msg, str) or record.msg in _constants(record.pathname):
        text = _filled(record, _ours if ours else _foreign)
    else:
        text = f"(said in {PurePath(record.pathname).name}:{record.lineno})"
    safe = logging.LogRecord(
        record.name, record.levelno, record.pathname, record.lineno, text, None, record.exc_info, record.funcName
    )
    safe.created, safe.msecs = record.created, record.msecs
    vars(safe).update({name: vars(record)[name] for name in CONTEXT if name in vars(record)})
    return safe


def _filled(record: logging.LogRecord, shown: Callable[[object], object]) -> str:
    """The text with its arguments, each as it may be shown."""
    if not isinstance(record.msg, str):
        return str(shown(record.msg))
    args = record.args
    if not args:
        return record.msg
    try:
        if isinstance(args, Mapping):
            return record.msg % {name: shown(value) for name, value in args.items()}
        return record.msg % tuple(shown(value) for value in args)
    except (TypeError, ValueError):
        return record.msg


def _ours(value: object) -> object:
    return describe(value) if isinstance(value, BaseException) and not isinstance(value, SojournError) else value


def _foreign(value: object) -> object:
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, BaseException):
        return describe(value)
    return value if isinstance(value, str) and _ID.fullmatch(value) else HIDDEN


@cache
def _constants(file: str) -> frozenset[object]:
    """The constant texts of a source file: somebody wrote them, and nobody typed them."""
    try:
        tree = ast.parse(Path(file).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return frozenset()
    return frozenset(node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
