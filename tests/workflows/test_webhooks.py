"""The workflow of an endpoint: woken, put off, switched off, and short in its history however long it lives."""

from datetime import datetime, timedelta

import pytest
from temporalio import activity
from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from models.identifiers import EXCHANGE_QUEUE
from models.messages.mailroom import RING
from models.messages.webhooks import WEBHOOK_QUEUE, DeliverAnswer, DeliverDue, WebhookState, webhook_workflow_id
from workflows.webhooks import LOOK_EVERY, WebhookWorkflow


class Endpoint:
    """Stands for the deliveries: says what is left, and notes when it was asked."""

    def __init__(self) -> None:
        self.asked: list[datetime] = []
        self.answers: list[DeliverAnswer] = []
        self.faults = 0

    @activity.defn(name="deliver_due")
    async def deliver_due(self, request: DeliverDue) -> DeliverAnswer:
        self.asked.append(request.now)
        if self.faults:
            self.faults -= 1
            raise RuntimeError("the database is away")
        return self.answers.pop(0) if self.answers else DeliverAnswer(active=True)


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint()


def workers(temporal: WorkflowEnvironment, endpoint: Endpoint) -> tuple[Worker, Worker]:
    deciding = Worker(temporal.client, task_queue=EXCHANGE_QUEUE, workflows=[WebhookWorkflow])
    calling = Worker(temporal.client, task_queue=WEBHOOK_QUEUE, activities=[endpoint.deliver_due])
    return deciding, calling


async def begin(temporal: WorkflowEnvironment) -> WorkflowHandle[WebhookWorkflow, None]:
    return await temporal.client.start_workflow(
        WebhookWorkflow.run,
        WebhookState(endpoint_id="ep-1"),
        id=webhook_workflow_id("ep-1"),
        task_queue=EXCHANGE_QUEUE,
    )


async def test_it_comes_back_when_a_delivery_is_due(temporal: WorkflowEnvironment, endpoint: Endpoint) -> None:
    deciding, calling = workers(temporal, endpoint)
    began = await temporal.get_current_time()
    endpoint.answers = [
        DeliverAnswer(active=True, next_at=began + timedelta(minutes=2)),
        DeliverAnswer(active=True, next_at=began + timedelta(hours=1)),
        DeliverAnswer(active=False),
    ]
    async with deciding, calling:
        handle = await begin(temporal)
        await handle.result()
    waits = [after - before for before, after in zip(endpoint.asked, endpoint.asked[1:], strict=False)]
    assert timedelta(minutes=1, seconds=50) < waits[0] < timedelta(minutes=2, seconds=10)
    assert timedelta(minutes=14) < waits[1] <= LOOK_EVERY + timedelta(seconds=10), "it looks now and then by itself"


async def test_a_ring_is_heard_at_once(temporal: WorkflowEnvironment, endpoint: Endpoint) -> None:
    deciding, calling = workers(temporal, endpoint)
    async with deciding, calling:
        with temporal.auto_time_skipping_disabled():
            handle = await begin(temporal)
            while not endpoint.asked:
                await temporal.sleep(0.05)
            endpoint.answers = [DeliverAnswer(active=False)]
            await handle.signal(RING)
            await handle.result()
    assert len(endpoint.asked) == 2
    assert endpoint.asked[1] - endpoint.asked[0] < timedelta(minutes=1)


async def test_a_fault_is_tried_again_and_nothing_is_given_up(
    temporal: WorkflowEnvironment, endpoint: Endpoint
) -> None:
    deciding, calling = workers(temporal, endpoint)
    endpoint.faults = 3
    endpoint.answers = [DeliverAnswer(active=False)]
    async with deciding, calling:
        await (await begin(temporal)).result()
    assert len(endpoint.asked) == 4


async def test_a_long_life_has_a_short_history(temporal: WorkflowEnvironment, endpoint: Endpoint) -> None:
    deciding, calling = workers(temporal, endpoint)
    endpoint.answers = [DeliverAnswer(active=True) for _ in range(320)] + [DeliverAnswer(active=False)]
    async with deciding, calling:
        handle = await begin(temporal)
        await handle.result()
    latest = temporal.client.get_workflow_handle(webhook_workflow_id("ep-1"))
    events = len((await latest.fetch_history()).events)
    assert len(endpoint.asked) == 321
    assert events < 300
