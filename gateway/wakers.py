"""Waking the outbox sender: a signal after the commit, and a schedule that sweeps up what a crash left between them."""

import asyncio
import logging
from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError, RPCStatusCode

from models.identifiers import EXCHANGE_QUEUE, MAILROOM_ID, MAILROOM_SCHEDULE_ID
from models.messages.mailroom import MAILROOM_WORKFLOW, RING, SWEEP_WORKFLOW, MailroomState

logger = logging.getLogger(__name__)

PAUSE = 1.0
"""Seconds from the first commit to the signal: what is written meanwhile goes out with it, over one connection.

A person who decides does not wait for the outbox sender, and a flood of commits costs it little history.
"""
SWEEP_EVERY = timedelta(minutes=5)


class MailWaker:
    """Wakes the outbox sender in the background. A wake that gets lost delays mail until the next sweep."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._wanted = False
        self._task: asyncio.Task[None] | None = None
        self._closed = asyncio.Event()

    def wake(self) -> None:
        """Wake it, and wait for nothing. Call from the event loop, after the commit."""
        self._wanted = True
        if self._task is None and not self._closed.is_set():
            self._task = asyncio.create_task(self._waking(), name="mail waker")

    async def aclose(self) -> None:
        """Wake it one last time if somebody asked for it, and stop."""
        self._closed.set()
        if self._task is not None:
            await self._task
        elif self._wanted:
            await self._waking()

    async def _waking(self) -> None:
        try:
            while self._wanted:
                await self._pause()
                self._wanted = False
                await self._signal()
        finally:
            self._task = None

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(PAUSE):
                await self._closed.wait()
        except TimeoutError:
            return

    async def _signal(self) -> None:
        try:
            await self._client.start_workflow(
                MAILROOM_WORKFLOW,
                MailroomState(),
                id=MAILROOM_ID,
                task_queue=EXCHANGE_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                start_signal=RING,
                static_summary="sends what the outbox holds",
                rpc_timeout=timedelta(seconds=10),
            )
        except (RPCError, RuntimeError) as error:  # a lazy client says the latter while it cannot connect
            why = error.status.name if isinstance(error, RPCError) else "no connection"
            logger.warning("the outbox sender was not woken (%s); the sweep will", why)


async def ensure_sweep(client: Client, every: timedelta = SWEEP_EVERY) -> bool:
    """Have the outbox sender woken regularly, by a Schedule; says whether the server keeps schedules at all.

    A schedule can only start workflows, each under an id of its own, so it starts a small one that wakes it.
    """
    schedule = Schedule(
        action=ScheduleActionStartWorkflow(SWEEP_WORKFLOW, id=MAILROOM_SCHEDULE_ID, task_queue=EXCHANGE_QUEUE),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=every)]),
        # After an outage one sweep does the work of all that were missed.
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=timedelta(minutes=10)),
    )
    try:
        await client.create_schedule(MAILROOM_SCHEDULE_ID, schedule, trigger_immediately=True)
    except ScheduleAlreadyRunningError:
        await _update(client, schedule)
    except RPCError as error:
        if error.status is not RPCStatusCode.UNIMPLEMENTED:
            raise
        return False
    return True


async def _update(client: Client, schedule: Schedule) -> None:
    """Bring the schedule of an earlier version up to date; whether an operator paused it stays."""
    handle = client.get_schedule_handle(MAILROOM_SCHEDULE_ID)

    def changed(found: ScheduleUpdateInput) -> ScheduleUpdate:
        schedule.state = found.description.schedule.state
        return ScheduleUpdate(schedule)

    await handle.update(changed)
