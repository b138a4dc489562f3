"""Beginning rotations: workflows of their own, which outlive the runs of the exchange that begins them."""

from datetime import timedelta

from temporalio import activity
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from models.errors import Unavailable
from models.identifiers import EXCHANGE_QUEUE, rotation_workflow_id
from models.messages.rotations import ROTATION_WORKFLOW, RotationStart

WITHIN = timedelta(seconds=5)


class Rotations:
    """Starts the workflows of rotations."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @activity.defn
    async def begin_rotation(self, start: RotationStart) -> None:
        """Start the rotation of a placement, unless it runs.

        Raises:
            Unavailable: Temporal does not take it now; asking again is safe.
        """
        try:
            await self._client.start_workflow(
                ROTATION_WORKFLOW,
                start,
                id=rotation_workflow_id(start.placement_id),
                task_queue=EXCHANGE_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                static_summary=f"{start.block.content} rotation of {start.exchange_id}",
                rpc_timeout=WITHIN,
            )
        except RPCError as failure:
            raise Unavailable("temporal.away") from failure
