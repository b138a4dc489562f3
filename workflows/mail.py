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

SEND: ActivityConfig = {
    # The activity puts off what the mail host does not take, and fails only while the database is away: then it is
    # tried for as long as that takes. A batch ends by itself after about a minute and a half, well inside its lease.
    "task_queue": MAIL_QUEUE,
    "start_to_close_timeout": timedelta(minutes=4),
    "retry_policy": RetryPolicy(initial_interval=timedelta(seconds=2), maximum_interval=timedelta(minutes=5)),
}
BATCHES_A_RUN = 400
"""Then it continues as new, suggested or not: about four thousand events at most."""


@workflow.defn(name=MAILROOM_WORKFLOW)
class MailroomWorkflow:
    """One per service. Never ends; what it knows fits into its state."""

    @workflow.init
    def __init__(self, state: MailroomState) -> None:
        self._drain = Drain(
            woken=state.rung, next_at=state.next_at, rounds=BATCHES_A_RUN, waits_for="mail put off is due"
        )

    @workflow.run
    async def run(self, state: MailroomState) -> None:
        """Wait for the signal or for what was put off, send, and continue as new before the history is long."""
        await self._drain.run(self._send)
        # A wake that arrives meanwhile is in the state, or makes the server refuse this end and hand it over.
        workflow.continue_as_new(MailroomState(rung=self._drain.woken, next_at=self._drain.next_at))

    @workflow.signal(name=RING)
    def wake(self) -> None:
        """The outbox holds something."""
        self._drain.wake()

    @workflow.query
    def next_at(self) -> datetime | None:
        """When it looks again by itself; `None` while it only waits for the signal."""
        return self._drain.next_at

    async def _send(self) -> Left:
        """Send one batch; the outbox sender never ends."""
        request = SendMail(now=workflow.now())
        answer: MailAnswer = await workflow.execute_activity_method(Mail.send_batch, request, **SEND)
        return True, answer.next_at


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
