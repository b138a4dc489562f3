"""The one boundary where errors of activities become what Temporal records, without anybody's data in their text.

    raised in an activity          recorded as ApplicationError            tried again
    Refused, Broken                type = code, message id and parameters  no
    Unavailable                    type = code, message id and parameters  yes
    pydantic.ValidationError       bad_input, the fields at fault          no
    FailureError (already typed)   as it is, without its cause             as it says
    anything else                  the class and the line it came from     yes

Texts of other libraries are never passed on: that of an IntegrityError holds the row, that of a SMTP refusal the
address. The log gets classes and lines of the whole chain, which is what an operator needs to find the place.
"""

import asyncio
import logging
import os
from collections.abc import Iterator
from pathlib import PurePath
from traceback import extract_tb, walk_tb
from types import FrameType
from typing import Any, NoReturn

import pydantic
from temporalio import activity
from temporalio.exceptions import ApplicationError, FailureError
from temporalio.service import RPCError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from failures.wire import encoded
from models.errors import BadInput, Refused, SojournError, Unavailable

logger = logging.getLogger(__name__)

OUR_PACKAGES = frozenset(
    {
        "models", "texts", "records", "mail", "webhooks", "documents", "certificates", "activities", "workflows",
        "gateway",
    }
)  # fmt: skip
"""Top-level packages whose lines are named in a failure."""


class Boundary(Interceptor):
    """Worker interceptor: every activity of the worker runs inside the boundary."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Put the boundary around the next interceptor."""
        return ActivityInbound(next)


class ActivityInbound(ActivityInboundInterceptor):
    """Runs an activity and turns what it raises into a typed failure."""

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        """Run the activity.

        Raises:
            ApplicationError: in place of every error but a cancellation.
        """
        try:
            return await self.next.execute_activity(input)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            _refuse(error)


def _refuse(error: Exception) -> NoReturn:
    failure = as_failure(error)
    info = activity.info()
    where = {"workflow_id": info.workflow_id, "activity": info.activity_type, "attempt": info.attempt}
    if isinstance(error, Refused | FailureError):
        logger.info("%s: %s", info.activity_type, _type_of(failure), extra=where)
    elif isinstance(error, Unavailable):
        logger.warning("%s of %s waits: %s", info.activity_type, info.workflow_id, error, extra=where)
    else:
        logger.error("%s of %s failed: %s", info.activity_type, info.workflow_id, describe(error), extra=where)
    # `from None`: a cause or context would be recorded with its text.
    raise failure from None


def as_failure(error: Exception) -> FailureError:
    """The failure to record for an error: typed, and without data in its text."""
    match error:
        case SojournError():
            return encoded(error)
        case pydantic.ValidationError():
            return encoded(BadInput("request.invalid", fields=_fields_of(error)))
        case FailureError():
            return error
        case _:
            return ApplicationError(f"{type(error).__name__}{_place_of(error)}", type=type(error).__name__)


def _fields_of(error: pydantic.ValidationError) -> list[str]:
    return [".".join([error.title, *(str(part) for part in fault["loc"])]) for fault in _details(error)[:10]]


def faults_of(error: pydantic.ValidationError) -> str:
    """Where a value is wrong and in which way, without the value."""
    faults = [f"{'.'.join(str(part) for part in fault['loc'])}: {fault['type']}" for fault in _details(error)]
    return f"{error.title}: {'; '.join(faults[:10])}"


def describe(error: BaseException) -> str:
    """Classes and lines of an error and all that led to it, innermost last; texts only where they are ours."""
    parts = []
    for link in _chain(error):
        lines = [f"{PurePath(line.filename).name}:{line.lineno} {line.name}" for line in extract_tb(link.__traceback__)]
        parts.append(f"{type(link).__name__}{_safe_text(link)} at {' > '.join(lines) or 'unknown place'}")
        if isinstance(link, BaseExceptionGroup):
            parts.append(f"[{'; '.join(describe(member) for member in link.exceptions)}]")
    return "; from ".join(parts)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def _safe_text(error: BaseException) -> str:
    """What may be said of an error: refusals may repeat what was typed, other texts whatever they were given."""
    match error:
        case pydantic.ValidationError():
            return f" ({faults_of(error)})"
        case Refused():
            return f" ({error.code})"
        case SojournError():
            return f" ({error})"
        case ApplicationError(type=str(kind)):
            return f" ({kind})"
        case RPCError():
            return f" ({error.status.name})"
        case OSError(errno=int(number)):
            return f" ({os.strerror(number)})"
        case _:
            return ""


def _details(error: pydantic.ValidationError) -> list[Any]:
    return list(error.errors(include_url=False, include_context=False, include_input=False))


def _type_of(failure: FailureError) -> str:
    return str(getattr(failure, "type", None) or type(failure).__name__)


def _place_of(error: BaseException) -> str:
    """The last line of ours that an error went through."""
    places = [(_module(frame), line) for frame, line in walk_tb(error.__traceback__)]
    ours = [(module, line) for module, line in places if module.split(".")[0] in OUR_PACKAGES and module != __name__]
    return f" in {ours[-1][0]}, line {ours[-1][1]}" if ours else ""


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))
