"""Rotations begin and end: workflows of their own, which outlive the runs of the exchange that begins them."""

from datetime import timedelta

from temporalio import activity
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from models.errors import Unavailable
from models.identifiers import EXCHANGE_QUEUE, exchange_workflow_id, rotation_workflow_id
from models.messages.rotations import ROTATION_OVER, ROTATION_WORKFLOW, RotationStart, TellExchange

WITHIN = timedelta(seconds=5)


class Rotations:
    """Starts the workflows of rotations, and tells their exchanges when they are over."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @activity.defn
    async def begin_rotation(self, start: RotationStart) -> None:
        """Start the rotation of a placement, unless it runs.

        An exchange that was set back begins it once more. One that is over by then tells its story from the records,
        where its evaluation is: from the start it would wait for an answer that was given.

        Raises:
            Unavailable: Temporal does not take it now; asking again is safe.
        """
        try:
            try:
                await self._start(start, WorkflowIDReusePolicy.REJECT_DUPLICATE)
            except WorkflowAlreadyStartedError:
                resuming = start.model_copy(update={"resumes": max(start.resumes, 1)})
                await self._start(resuming, WorkflowIDReusePolicy.ALLOW_DUPLICATE)
        except RPCError as failure:
            raise Unavailable("temporal.away") from failure

    async def _start(self, start: RotationStart, reuse: WorkflowIDReusePolicy) -> None:
        await self._client.start_workflow(
            ROTATION_WORKFLOW,
            start,
            id=rotation_workflow_id(start.placement_id),
            task_queue=EXCHANGE_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=reuse,
            static_summary=f"{start.block.content} rotation of {start.exchange_id}",
            rpc_timeout=WITHIN,
        )

    @activity.defn
    async def tell_exchange(self, told: TellExchange) -> None:
        """Tell an exchange that its rotation is over; one that has ended waits for nothing.

        By the client: a signal of the workflow itself would cost it a workflow task and four events.

        Raises:
            Unavailable: Temporal does not take it now; telling it again is safe.
        """
        exchange = self._client.get_workflow_handle(exchange_workflow_id(told.exchange_id))
        try:
            await exchange.signal(ROTATION_OVER, told.result, rpc_timeout=WITHIN)
        except RPCError as failure:
            if failure.status is not RPCStatusCode.NOT_FOUND:
                raise Unavailable("temporal.away") from failure
