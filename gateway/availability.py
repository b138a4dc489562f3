"""Whether Temporal and a worker are there: an act that cannot be taken is answered at once, and by what is away."""

import asyncio
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest, DescribeTaskQueueResponse
from temporalio.client import Client
from temporalio.service import RPCError

from models.errors import Unavailable
from models.identifiers import EXCHANGE_QUEUE

PULSE = timedelta(seconds=2)
"""How long Temporal may take to say that it is there."""
POLL = timedelta(seconds=75)
"""A worker asks for tasks at least this often: one question lasts a minute."""


class Availability:
    """Whether Temporal answers, as last told by whoever watches it, and what is away where no answer came."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.up = True

    def require(self) -> None:
        """That nobody knows it to be down.

        Raises:
            Unavailable: somebody does; nothing was sent.
        """
        if not self.up:
            raise Unavailable("temporal.away")

    async def answers(self) -> bool:
        """Whether Temporal answers now."""
        try:
            return await self._client.service_client.check_health(timeout=PULSE)
        except (RPCError, RuntimeError):
            return False

    async def missing(self, within: float) -> Unavailable:
        """What to say where no answer came: what is away, as far as can be found out in so many seconds."""
        try:
            async with asyncio.timeout(within):
                if not await self.answers():
                    return Unavailable("temporal.away")
                return Unavailable("answer.late") if await self._polled() else Unavailable("worker.away")
        except TimeoutError:
            return Unavailable("temporal.away")

    async def _polled(self) -> bool:
        """Whether a worker asks for tasks; one that has just ended still counts, and so does what cannot be known."""
        queue = TaskQueue(name=EXCHANGE_QUEUE)
        asked = DescribeTaskQueueRequest(
            namespace=self._client.namespace,
            task_queue=queue,
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
        try:
            found: DescribeTaskQueueResponse = await self._client.workflow_service.describe_task_queue(asked)
        except (RPCError, RuntimeError):
            return True
        since = datetime.now(UTC) - POLL
        return any(poller.last_access_time.ToDatetime(UTC) > since for poller in found.pollers)
