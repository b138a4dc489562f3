"""What Temporal raises, translated into our typed errors. Nobody above the gateway sees a Temporal exception."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from temporalio.api.errordetails.v1 import NamespaceNotFoundFailure
from temporalio.client import (
    RPCTimeoutOrCancelledError,
    WithStartWorkflowOperation,
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
LATE = "answer.late"
"""Said of a call that nobody answered: not yet by whose fault."""
_LATE = (RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED)
_AWAY = (
    RPCStatusCode.UNAVAILABLE,
    RPCStatusCode.ABORTED,  # somebody else was at it at the same time
    RPCStatusCode.RESOURCE_EXHAUSTED,  # too much at once, also of one workflow: later it goes
    RPCStatusCode.UNKNOWN,  # "transport error": the connection broke while the answer was on its way
)
_CUT = "h2 protocol error"
"""What is said of a connection that broke, under the status of a fault."""
_NO_POLLER = "no poller"
"""What the server says of a query that no worker would take."""
_UNSEEN = "UnprocessedUpdate"
"""What the server says for a worker that answered without having seen the update, as one does that has just taken over:
nothing was done, and the next time it is seen.
"""
_LOGIN = (RPCStatusCode.UNAUTHENTICATED, RPCStatusCode.PERMISSION_DENIED)


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


async def release(operation: WithStartWorkflowOperation[Any, Any]) -> None:
    """Take what an update-with-start that failed still holds: its error, which would be printed at the end otherwise.

    A call whose time was over left a cancellation there, which is none of whoever takes it.
    """
    held = asyncio.ensure_future(operation.workflow_handle())
    await asyncio.wait({held}, timeout=1)
    if not held.cancel() and not held.cancelled():
        held.exception()


def _refusal(failure: WorkflowUpdateFailedError) -> SojournError:
    if isinstance(failure.cause, ApplicationError):
        if failure.cause.type == _UNSEEN:
            return Unavailable("workflow.waits")
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
    if unknown := unknown_namespace(failure):
        return unknown
    if failure.status in (RPCStatusCode.NOT_FOUND, RPCStatusCode.ALREADY_EXISTS):
        return Closed("exchange.closed")
    if failure.status in _LATE:
        return Unavailable("answer.late")
    if failure.status in _AWAY or _CUT in failure.message:
        return Unavailable("temporal.away")
    if failure.status is RPCStatusCode.FAILED_PRECONDITION:
        # The workflow's last task failed, and is tried again until it does not.
        if _NO_POLLER in failure.message.lower():
            return Unavailable("worker.away")
        return Unavailable("workflow.waits")
    return refused_login(failure) or Broken("temporal.answered", status=failure.status.name)


def unknown_namespace(failure: RPCError) -> Broken | None:
    """What is wrong where the cluster does not know the namespace of the settings."""
    detail = NamespaceNotFoundFailure()
    if failure.status is not RPCStatusCode.NOT_FOUND or not any(
        packed.Unpack(detail) for packed in failure.grpc_status.details
    ):
        return None
    return Broken("temporal.namespace", namespace=detail.namespace)


def refused_login(failure: RPCError) -> Broken | None:
    """What is wrong where the cluster does not let the service in."""
    return Broken("temporal.login", status=failure.status.name) if failure.status in _LOGIN else None
