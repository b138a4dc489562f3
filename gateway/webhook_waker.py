"""Waking the deliveries: after a commit, every active endpoint's workflow is told that something happened."""

import asyncio
import logging
import time
from datetime import timedelta

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError

from models.errors import SojournError
from models.identifiers import EXCHANGE_QUEUE
from models.messages.mailroom import RING
from models.messages.webhooks import WEBHOOK_WORKFLOW, WebhookState, webhook_workflow_id
from records.store.engine import Sessions
from webhooks.endpoints import active_endpoints

logger = logging.getLogger(__name__)

PAUSE = 1.0
"""Seconds from the first commit to the signal: what happens meanwhile goes out with it."""
KNOWN_FOR = 10.0
"""Seconds for which the list of endpoints is taken as known."""


class WebhookWaker:
    """Wakes in the background. A wake that gets lost delays events until the workflow looks by itself."""

    def __init__(self, client: Client, sessions: Sessions) -> None:
        self._client = client
        self._sessions = sessions
        self._known: tuple[float, list[str]] = (0.0, [])
        self._task: asyncio.Task[None] | None = None
        self._wanted = False

    def wake(self) -> None:
        """Wake it, and wait for nothing. Call from the event loop, after the commit."""
        self._wanted = True
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._waking(), name="webhook waker")

    async def aclose(self) -> None:
        """Let a wake that has begun come to its end."""
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    async def _waking(self) -> None:
        while self._wanted:
            await asyncio.sleep(PAUSE)
            self._wanted = False
            for endpoint in await self._endpoints():
                await self._signal(endpoint)

    async def _endpoints(self) -> list[str]:
        at, known = self._known
        if time.monotonic() - at > KNOWN_FOR:
            try:
                known = await active_endpoints(self._sessions)
            except SojournError:
                return known
            self._known = (time.monotonic(), known)
        return known

    async def _signal(self, endpoint: str) -> None:
        try:
            await self._client.start_workflow(
                WEBHOOK_WORKFLOW,
                WebhookState(endpoint_id=endpoint),
                id=webhook_workflow_id(endpoint),
                task_queue=EXCHANGE_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                start_signal=RING,
                static_summary=f"delivers events to {endpoint}",
                rpc_timeout=timedelta(seconds=10),
            )
        except (RPCError, RuntimeError) as error:  # a lazy client says the latter while it cannot connect
            why = error.status.name if isinstance(error, RPCError) else "no connection"
            logger.warning("deliveries to %s was not woken (%s)", endpoint, why)
