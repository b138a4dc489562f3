"""What Temporal raises, translated into our typed errors. Nobody above the gateway sees a Temporal exception."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from temporalio.client import (
    RPCTimeoutOrCancelledError,
    WorkflowFailureError,
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError, FailureError
from temporalio.service import RPCError, RPCStatusCode

from failures.wire import decoded
from models.errors import BadInput, Broken, Closed, SojournError, Unavailable

NOT_CONNECTED = "client connect"
"""What a lazy client says while nothing answers at its address."""
_AWAY = (
    RPCStatusCode.UNAVAILABLE,
    RPCStatusCode.DEADLINE_EXCEEDED,
    RPCStatusCode.CANCELLED,
    RPCStatusCode.RESOURCE_EXHAUSTED,  # too much at once, also of one workflow: later it goes
    RPCStatusCode.UNKNOWN,  # "transport error": the connection broke while the answer was on its way
)


@contextmanager
def translated() -> Iterator[None]:
    """Translate what the client raises.

    Raises:
        Refused: the workflow refused the act; nothing changed.
        Closed: the workflow has ended.
        Unavailable: Temporal or the worker is away; the act may still happen, repeating it is safe.
    """
    try:
        yield
    except WorkflowUpdateFailedError as failure:
        raise _refusal(failure) from None
    except (WorkflowUpdateRPCTimeoutOrCancelledError, RPCTimeoutOrCancelledError) as failure:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            # The client says the same of a call that was cancelled here; whoever cancels must not be told "try again".
            raise asyncio.CancelledError from failure
        raise Unavailable("answer.late") from None
    except WorkflowFailureError as failure:
        raise _failed(failure.cause) from None
    except WorkflowQueryFailedError as failure:
        raise Broken("workflow.no_answer") from failure
    except RPCError as failure:
        raise _from_rpc(failure) from failure
    except RuntimeError as failure:
        if NOT_CONNECTED not in str(failure):
            raise
        raise Unavailable("temporal.away") from failure


def _refusal(failure: WorkflowUpdateFailedError) -> SojournError:
    if isinstance(failure.cause, ApplicationError):
        if failure.cause.type == "AcceptedUpdateCompletedWorkflow":
            return Closed("exchange.closed")
        if failure.cause.type == "RuntimeError":
            return BadInput("request.unreadable")
    return _failed(failure.cause)


def _failed(cause: BaseException | None) -> SojournError:
    """The typed error at the root of a failure: the middle only says that an activity failed."""
    while isinstance(cause, FailureError) and not isinstance(cause, ApplicationError) and cause.cause is not None:
        cause = cause.cause
    error = decoded(cause) if isinstance(cause, ApplicationError) else None
    return error or Broken("act.failed", error=type(cause).__name__)


def _from_rpc(failure: RPCError) -> SojournError:
    if failure.status in (RPCStatusCode.NOT_FOUND, RPCStatusCode.ALREADY_EXISTS):
        return Closed("exchange.closed")
    if failure.status in _AWAY:
        return Unavailable("temporal.away")
    return Broken("temporal.answered", status=failure.status.name)
