"""The workflow of one endpoint: delivers when it is woken, and when something put off comes due."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.workflow import ActivityConfig

from activities.webhooks import Webhooks
from models.messages.mailroom import RING
from models.messages.webhooks import WEBHOOK_QUEUE, WEBHOOK_WORKFLOW, DeliverAnswer, DeliverDue, WebhookState
from workflows.drain import Drain, Left

DELIVER: ActivityConfig = {
    "task_queue": WEBHOOK_QUEUE,
    "start_to_close_timeout": timedelta(minutes=2),
    "retry_policy": RetryPolicy(initial_interval=timedelta(seconds=2), maximum_interval=timedelta(minutes=5)),
}
ROUNDS_A_RUN = 300
LOOK_EVERY = timedelta(minutes=15)
"""A wake that got lost between commit and signal delays events by this much at most."""


@workflow.defn(name=WEBHOOK_WORKFLOW)
class WebhookWorkflow:
    """One per endpoint. Ends when the endpoint takes no more; what it knows fits into its state."""

    @workflow.init
    def __init__(self, state: WebhookState) -> None:
        self._endpoint = state.endpoint_id
        self._drain = Drain(
            woken=state.rung,
            next_at=state.next_at,
            rounds=ROUNDS_A_RUN,
            waits_for="deliveries are due",
            every=LOOK_EVERY,
        )

    @workflow.run
    async def run(self, state: WebhookState) -> None:
        """Wait, deliver, and continue as new before the history is long."""
        if await self._drain.run(self._deliver):
            drain = self._drain
            workflow.continue_as_new(WebhookState(endpoint_id=self._endpoint, rung=drain.woken, next_at=drain.next_at))

    @workflow.signal(name=RING)
    def wake(self) -> None:
        """Something happened, or a delivery is to be tried again."""
        self._drain.wake()

    async def _deliver(self) -> Left:
        """Deliver what is due; an endpoint that takes no more may have been switched on again meanwhile."""
        request = DeliverDue(endpoint_id=self._endpoint, now=workflow.now())
        answer: DeliverAnswer = await workflow.execute_activity_method(Webhooks.deliver_due, request, **DELIVER)
        return answer.active, answer.next_at
