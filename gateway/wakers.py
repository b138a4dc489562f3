"""Waking who sends what was committed: a signal soon after, and a schedule that sweeps up what a crash left."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing, suppress
from datetime import timedelta
from typing import NamedTuple

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

from gateway.deadlines import CALL_WITHIN
from models.errors import SojournError
from models.identifiers import EXCHANGE_QUEUE, MAILROOM_ID, MAILROOM_SCHEDULE_ID
from models.messages.mailroom import MAILROOM_WORKFLOW, RING, SWEEP_WORKFLOW, MailroomState
from models.messages.webhooks import WEBHOOK_WORKFLOW, WebhookState, webhook_workflow_id
from models.wire import Wire
from records.store.engine import Sessions
from webhooks.endpoints import active_endpoints

logger = logging.getLogger(__name__)

PAUSE = 1.0
"""Seconds from the first commit to the signal: what is written meanwhile goes out with it.

A person who decides does not wait for whoever sends it, and a flood of commits costs them little history.
"""
SWEEP_EVERY = timedelta(minutes=5)


class Woken(NamedTuple):
    """A workflow to wake, or to start where nobody did yet."""

    workflow: str
    id: str
    state: Wire
    summary: str


OUTBOX_SENDER = Woken(MAILROOM_WORKFLOW, MAILROOM_ID, MailroomState(), "sends what the outbox holds")


class WorkflowWaker:
    """Wakes workflows in the background, and never raises: a wake that gets lost only delays what they send."""

    def __init__(self, client: Client, whom: Callable[[], Awaitable[Sequence[Woken]]]) -> None:
        self._client = client
        self._whom = whom
        self._wanted = False
        self._task: asyncio.Task[None] | None = None
        self._closed = asyncio.Event()

    def wake(self) -> None:
        """Wake them, and wait for nothing. Call from the event loop, after the commit."""
        self._wanted = True
        if self._task is None and not self._closed.is_set():
            self._task = asyncio.create_task(self._waking(), name="waker")

    async def aclose(self) -> None:
        """Wake them one last time if somebody asked for it, and stop."""
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
                for one in await self._whom():
                    await self._signal(one)
        finally:
            self._task = None

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(PAUSE):
                await self._closed.wait()
        except TimeoutError:
            return

    async def _signal(self, one: Woken) -> None:
        try:
            await self._client.start_workflow(
                one.workflow,
                one.state,
                id=one.id,
                task_queue=EXCHANGE_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                start_signal=RING,
                static_summary=one.summary,
                rpc_timeout=CALL_WITHIN,
            )
        except (RPCError, RuntimeError) as error:  # a lazy client says the latter while it cannot connect
            why = error.status.name if isinstance(error, RPCError) else "no connection"
            logger.warning("%s was not woken (%s)", one.id, why)


def mail_waker(client: Client) -> WorkflowWaker:
    """Wakes the outbox sender; what a lost wake leaves is swept up."""

    async def sender() -> Sequence[Woken]:
        return (OUTBOX_SENDER,)

    return WorkflowWaker(client, sender)


def webhook_waker(client: Client, sessions: Sessions) -> WorkflowWaker:
    """Wakes the workflow of every active endpoint; where a wake is lost, it looks by itself."""
    known: list[str] = []

    async def endpoints() -> Sequence[Woken]:
        nonlocal known
        with suppress(SojournError):  # the database is away: those known before will do
            known = await active_endpoints(sessions)
        return [
            Woken(
                WEBHOOK_WORKFLOW, webhook_workflow_id(one), WebhookState(endpoint_id=one), f"delivers events to {one}"
            )
            for one in known
        ]

    return WorkflowWaker(client, endpoints)


async def wake_all(client: Client, sessions: Sessions) -> None:
    """Have what waits in the outbox and for the endpoints of others sent at once."""
    for waker in (mail_waker(client), webhook_waker(client, sessions)):
        async with aclosing(waker):
            waker.wake()


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
        await client.create_schedule(MAILROOM_SCHEDULE_ID, schedule, trigger_immediately=True, rpc_timeout=CALL_WITHIN)
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

    await handle.update(changed, rpc_timeout=CALL_WITHIN)
