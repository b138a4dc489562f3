"""The outbox sender: sends what the outbox holds when it is woken, and when something put off comes due."""

from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.workflow import ActivityConfig

from activities.mail import Mail
from models.identifiers import EXCHANGE_QUEUE, MAIL_QUEUE, MAILROOM_ID
from models.messages.contracts import MailAnswer, SendMail
from models.messages.mailroom import MAILROOM_WORKFLOW, RING, SWEEP_WORKFLOW, MailroomState
from workflows.drain import Drain, Left
from workflows.senders import Senders

SEND: ActivityConfig = {
    # The activity puts off what the mail host does not take, and fails only while the database is away: then it is
    # tried for as long as that takes. It ends by itself well before its time; that it died is heard of within seconds.
    "task_queue": MAIL_QUEUE,
    "start_to_close_timeout": timedelta(minutes=4),
    "heartbeat_timeout": timedelta(seconds=5),
    "retry_policy": RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=5)),
}
BATCHES_A_RUN = 400
"""Then it continues as new, suggested or not: about four thousand events at most."""
WAITS_FOR = "mail put off is due"
SENDERS_PATCH = "senders"
"""Several senders look at once; runs that began before have one."""


class _HandOver(Exception):
    """A run of an earlier version comes to an end."""


@workflow.defn(name=MAILROOM_WORKFLOW)
class MailroomWorkflow:
    """One per service. Never ends; what it knows fits into its state."""

    @workflow.init
    def __init__(self, state: MailroomState) -> None:
        self._senders = Senders(self._send, woken=state.rung, next_at=state.next_at, waits_for=WAITS_FOR)
        self._drain = Drain(woken=state.rung, next_at=state.next_at, rounds=BATCHES_A_RUN, waits_for=WAITS_FOR)
        self._rounds = 0

    @workflow.run
    async def run(self, state: MailroomState) -> None:
        """Wait for the signal or for what was put off, send, and continue as new before the history is long."""
        if workflow.patched(SENDERS_PATCH):
            await self._senders.run(BATCHES_A_RUN)
            after = MailroomState(rung=self._senders.woken, next_at=self._senders.next_at)
        else:
            after = await self._as_before()
        # A wake that arrives meanwhile is in the state, or makes the server refuse this end and hand it over.
        workflow.continue_as_new(after)

    @workflow.signal(name=RING)
    def wake(self) -> None:
        """The outbox holds something."""
        self._senders.wake()
        self._drain.wake()

    @workflow.query
    def next_at(self) -> datetime | None:
        """When it looks again by itself; `None` while it only waits for the signal."""
        return self._senders.next_at

    async def _send(self, urgent: bool) -> datetime | None:
        request = SendMail(now=workflow.now(), urgent=urgent)
        answer: MailAnswer = await workflow.execute_activity_method(Mail.send_batch, request, **SEND)
        return answer.next_at

    async def _as_before(self) -> MailroomState:
        """What a run of an earlier version did; the first look after the upgrade is the next run's."""
        try:
            await self._drain.run(self._send_or_hand_over)
        except _HandOver:
            return MailroomState()
        return MailroomState(rung=self._drain.woken, next_at=self._drain.next_at)

    async def _send_or_hand_over(self) -> Left:
        self._rounds += 1
        # An id of its own for each round: of an id that was not there once, a run is not asked again.
        if workflow.patched(f"{SENDERS_PATCH}-{self._rounds}"):
            raise _HandOver
        return True, await self._send(False)


@workflow.defn(name=SWEEP_WORKFLOW)
class MailroomSweepWorkflow:
    """Started by the schedule: wakes the outbox sender, or starts it where nobody did yet."""

    @workflow.run
    async def run(self) -> None:
        """Wake it."""
        try:
            await workflow.get_external_workflow_handle(MAILROOM_ID).signal(RING)
        except ApplicationError:
            await self._start()

    async def _start(self) -> None:
        try:
            await workflow.start_child_workflow(
                MailroomWorkflow.run,
                MailroomState(),
                id=MAILROOM_ID,
                task_queue=EXCHANGE_QUEUE,
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
                static_summary="sends what the outbox holds",
            )
        except WorkflowAlreadyStartedError:
            # Somebody woke it in between: it has begun, and looks at once.
            return
