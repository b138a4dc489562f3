"""The outbox sender: sends what the outbox holds when it is woken, and when something put off comes due."""

from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, WorkflowAlreadyStartedError, is_cancelled_exception
from temporalio.workflow import ActivityConfig

from activities.mail import Mail
from models.identifiers import EXCHANGE_QUEUE, MAIL_QUEUE, MAILROOM_ID
from models.messages.contracts import MailAnswer, SendMail
from models.messages.mailroom import MAILROOM_WORKFLOW, RING, SWEEP_WORKFLOW, MailroomState

SEND: ActivityConfig = {
    # The activity puts off what the mail host does not take, and fails only while the database is away: then it is
    # tried for as long as that takes. A batch ends by itself after about a minute and a half, well inside its lease.
    "task_queue": MAIL_QUEUE,
    "start_to_close_timeout": timedelta(minutes=4),
    "retry_policy": RetryPolicy(initial_interval=timedelta(seconds=2), maximum_interval=timedelta(minutes=5)),
}
BATCHES_A_RUN = 400
"""Then it continues as new, suggested or not: about four thousand events at most."""
SOONEST = timedelta(seconds=1)
AFTER_A_FAULT = timedelta(minutes=5)


@workflow.defn(name=MAILROOM_WORKFLOW)
class MailroomWorkflow:
    """One per service. Never ends; what it knows fits into its state."""

    @workflow.init
    def __init__(self, state: MailroomState) -> None:
        self._rung = state.rung
        self._next_at = state.next_at
        self._batches = 0

    @workflow.run
    async def run(self, state: MailroomState) -> None:
        """Wait for the signal or for what was put off, send, and continue as new before the history is long."""
        while self._batches < BATCHES_A_RUN and not workflow.info().is_continue_as_new_suggested():
            await self._wait()
            await self._send()
        # A wake that arrives meanwhile is in the state, or makes the server refuse this end and hand it over.
        workflow.continue_as_new(MailroomState(rung=self._rung, next_at=self._next_at))

    @workflow.signal(name=RING)
    def wake(self) -> None:
        """The outbox holds something."""
        self._rung = True

    @workflow.query
    def next_at(self) -> datetime | None:
        """When it looks again by itself; `None` while it only waits for the signal."""
        return self._next_at

    async def _wait(self) -> None:
        if self._rung:
            return
        pause = None
        if self._next_at is not None:
            pause = max(self._next_at - workflow.now(), SOONEST)
        try:
            await workflow.wait_condition(lambda: self._rung, timeout=pause, timeout_summary="mail put off is due")
        except TimeoutError:
            return

    async def _send(self) -> None:
        """Send one batch. What is left and due is the next round's."""
        self._rung = False
        self._batches += 1
        try:
            answer: MailAnswer = await workflow.execute_activity_method(
                Mail.send_batch, SendMail(now=workflow.now()), **SEND
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            # A fault of the software: the mail waits for an operator, and the outbox sender with it.
            workflow.logger.error("a batch of mail failed and is tried again later")
            self._next_at = workflow.now() + AFTER_A_FAULT
            return
        self._next_at = answer.next_at
        if answer.next_at is not None and answer.next_at <= workflow.now():
            self._rung = True


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
