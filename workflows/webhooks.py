"""The workflow of one endpoint: delivers when it is woken, and when something put off comes due."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, is_cancelled_exception
from temporalio.workflow import ActivityConfig

from activities.webhooks import Webhooks
from models.messages.mailroom import RING
from models.messages.webhooks import WEBHOOK_QUEUE, WEBHOOK_WORKFLOW, DeliverAnswer, DeliverDue, WebhookState

DELIVER: ActivityConfig = {
    "task_queue": WEBHOOK_QUEUE,
    "start_to_close_timeout": timedelta(minutes=2),
    "retry_policy": RetryPolicy(initial_interval=timedelta(seconds=2), maximum_interval=timedelta(minutes=5)),
}
ROUNDS_A_RUN = 300
LOOK_EVERY = timedelta(minutes=15)
"""A wake that got lost between commit and signal delays events by this much at most."""
SOONEST = timedelta(seconds=1)
AFTER_A_FAULT = timedelta(minutes=5)


@workflow.defn(name=WEBHOOK_WORKFLOW)
class WebhookWorkflow:
    """One per endpoint. Ends when the endpoint takes no more; what it knows fits into its state."""

    @workflow.init
    def __init__(self, state: WebhookState) -> None:
        self._endpoint = state.endpoint_id
        self._rung = state.rung
        self._next_at = state.next_at

    @workflow.run
    async def run(self, state: WebhookState) -> None:
        """Wait, deliver, and continue as new before the history is long."""
        rounds = 0
        while rounds < ROUNDS_A_RUN and not workflow.info().is_continue_as_new_suggested():
            await self._wait()
            rounds += 1
            if not await self._deliver():
                return
        workflow.continue_as_new(WebhookState(endpoint_id=self._endpoint, rung=self._rung, next_at=self._next_at))

    @workflow.signal(name=RING)
    def wake(self) -> None:
        """Something happened, or a delivery is to be tried again."""
        self._rung = True

    async def _wait(self) -> None:
        if self._rung:
            return
        pause = LOOK_EVERY
        if self._next_at is not None:
            pause = min(max(self._next_at - workflow.now(), SOONEST), LOOK_EVERY)
        try:
            await workflow.wait_condition(lambda: self._rung, timeout=pause, timeout_summary="deliveries are due")
        except TimeoutError:
            return

    async def _deliver(self) -> bool:
        """Deliver what is due; says whether the endpoint takes more."""
        self._rung = False
        request = DeliverDue(endpoint_id=self._endpoint, now=workflow.now())
        try:
            answer: DeliverAnswer = await workflow.execute_activity_method(Webhooks.deliver_due, request, **DELIVER)
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            workflow.logger.error("deliveries failed and are tried again later")
            self._next_at = workflow.now() + AFTER_A_FAULT
            return True
        self._next_at = answer.next_at
        if answer.next_at is not None and answer.next_at <= workflow.now():
            self._rung = True
        return answer.active or self._rung_meanwhile()

    def _rung_meanwhile(self) -> bool:
        """Whether somebody woke it while the last look said that nothing is taken: it may be on again."""
        return self._rung
