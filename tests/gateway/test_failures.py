"""What Temporal answers, in the words of the house; and a cancelled call stays cancelled."""

import asyncio

import pytest
from temporalio.client import WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from gateway.failures import translated
from models.errors import Broken, Closed, Conflict, NotAuthorised, SojournError, Unavailable


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (WorkflowUpdateFailedError(ApplicationError("no", type="not_authorised")), NotAuthorised),
        (WorkflowUpdateFailedError(ApplicationError("taken", type="conflict")), Conflict),
        (WorkflowUpdateFailedError(ApplicationError("over", type="AcceptedUpdateCompletedWorkflow")), Closed),
        (WorkflowUpdateFailedError(ApplicationError("what", type="SomethingElse")), Broken),
        (
            WorkflowUpdateFailedError(ApplicationError("not seen", type="UnprocessedUpdate")),
            Unavailable,
        ),
        (RPCError("gone", RPCStatusCode.NOT_FOUND, b""), Closed),
        (RPCError("away", RPCStatusCode.UNAVAILABLE, b""), Unavailable),
        (RPCError("too much at once", RPCStatusCode.RESOURCE_EXHAUSTED, b""), Unavailable),
        (RPCError("Workflow Task in failed state", RPCStatusCode.FAILED_PRECONDITION, b""), Unavailable),
        (RPCError("somebody else is at it", RPCStatusCode.ABORTED, b""), Unavailable),
        (RPCError("late", RPCStatusCode.DEADLINE_EXCEEDED, b""), Unavailable),
        (RPCError("h2 protocol error: http2 error", RPCStatusCode.INTERNAL, b""), Unavailable),
        (RPCError("odd", RPCStatusCode.INTERNAL, b""), Broken),
        (RPCError("who are you", RPCStatusCode.UNAUTHENTICATED, b""), Broken),
    ],
)
def test_failures_are_told_in_typed_errors(raised: Exception, kind: type[SojournError]) -> None:
    with pytest.raises(kind), translated():
        raise raised


async def test_a_call_without_an_answer_may_be_repeated() -> None:
    with pytest.raises(Unavailable, match=r"answer.late"), translated():
        raise WorkflowUpdateRPCTimeoutOrCancelledError


async def test_a_cancelled_call_stays_cancelled() -> None:
    async def call() -> None:
        with translated():
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                raise WorkflowUpdateRPCTimeoutOrCancelledError from None

    task = asyncio.create_task(call())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
