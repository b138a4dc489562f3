"""Record the golden histories anew: `python -m tests.histories.record [STORY ...]`.

Run it only when a change to the commands of a workflow is meant and guarded by `workflow.patched`, or when a new ending
joins; otherwise a history that no longer replays is a bug of the change.
"""

import asyncio
import json
import logging
import sys
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path

from temporalio import activity
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from dev.time_skipping import time_skipping
from gateway.connection import ensure_search_attributes
from models.identifiers import (
    EXCHANGE_QUEUE,
    MAIL_QUEUE,
    MAILROOM_ID,
    cohort_workflow_id,
    exchange_workflow_id,
    rotation_workflow_id,
    suspension_workflow_id,
)
from models.messages.contracts import MailAnswer, SendMail
from models.messages.mailroom import RING, MailroomState
from models.messages.webhooks import WEBHOOK_QUEUE, DeliverAnswer, DeliverDue, WebhookState, webhook_workflow_id
from records.store.engine import migrate
from tests.histories.golden import FOLDER
from tests.workflows.endings import moved_about
from tests.workflows.second_hosts import second_host
from tests.workflows.telling import STORIES, long_lives, runs
from tests.workflows.world import World, open_world
from workflows.mail import MailroomWorkflow
from workflows.plugin import plugin
from workflows.webhooks import WebhookWorkflow

logger = logging.getLogger("record")

ROOT = Path(__file__).parents[2]
SENDERS = "senders"
SECOND_HOST = "second_host"
"""A stay at two hosts, with the history of the exchange at either."""
LONG = "long_life"
"""Moved about, in workflows that go on as new again and again: each run of the exchange is a history."""

TOLD = {**STORIES, LONG: moved_about, SECOND_HOST: second_host}
"""The stories of exchanges, by name."""


async def record(name: str) -> None:
    """Play one story and keep the histories of its exchange, its rotations, its cohort and what suspended it."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        url = f"sqlite+aiosqlite:///{folder / 'records.db'}"
        await migrate(url)
        async with time_skipping([plugin()]) as environment:
            await ensure_search_attributes(environment.client)
            async with open_world(environment, url, folder) as world:
                with long_lives() if name == LONG else nullcontext():
                    exchange = await TOLD[name](world)
                await world.result(exchange)
                await _keep_story(environment.client, world, name, exchange)


async def _keep_story(client: Client, world: World, name: str, exchange: str) -> None:
    if name == LONG:
        for number, run in enumerate(await runs(client, exchange_workflow_id(exchange)), 1):
            await _keep(client, f"{name}.exchange-{number}", exchange_workflow_id(exchange), run)
        return
    view = await world.view(exchange)
    await _keep(client, f"{name}.exchange", exchange_workflow_id(exchange))
    for other in view.linked:
        await _keep(client, f"{name}.onward", exchange_workflow_id(other.exchange_id))
    await _keep(client, f"{name}.cohort", cohort_workflow_id(view.cohort_id))
    for evaluation in view.evaluations:
        if evaluation.placement_id is not None:
            part = f"{name}.rotation-{evaluation.placement_id.split('.')[1]}"
            await _keep(client, part, rotation_workflow_id(evaluation.placement_id))
    for suspension in await world.reading.suspensions():
        await _keep(client, f"{name}.{suspension.suspension_id}", suspension_workflow_id(suspension.suspension_id))


class Senders:
    """Stands for mail and deliveries: something put off, a fault, something still due, nothing left, nobody there."""

    def __init__(self) -> None:
        self.mail, self.deliveries = (iter((600.0, None, 0.0, -1.0, 86400.0)) for _ in range(2))
        self.over = False

    def _next(self, now: datetime, left: Iterator[float | None]) -> datetime | None:
        seconds = next(left, None)
        if seconds == -1.0:
            raise ApplicationError("a fault of the software", non_retryable=True)
        return None if seconds is None else now + timedelta(seconds=seconds)

    @activity.defn
    async def send_batch(self, request: SendMail) -> MailAnswer:
        """As the outbox sender is answered."""
        return MailAnswer(next_at=self._next(request.now, self.mail))

    @activity.defn
    async def deliver_due(self, request: DeliverDue) -> DeliverAnswer:
        """As the workflow of an endpoint is answered."""
        return DeliverAnswer(active=not self.over, next_at=self._next(request.now, self.deliveries))


async def record_senders() -> None:
    """Keep the histories of the two workflows that send what is due: the outbox sender's and an endpoint's."""
    senders = Senders()
    async with (
        time_skipping([plugin()]) as environment,
        Worker(environment.client, task_queue=EXCHANGE_QUEUE, workflows=[MailroomWorkflow, WebhookWorkflow]),
        Worker(environment.client, task_queue=MAIL_QUEUE, activities=[senders.send_batch]),
        Worker(environment.client, task_queue=WEBHOOK_QUEUE, activities=[senders.deliver_due]),
    ):
        start = environment.client.start_workflow
        mail = await start(MailroomWorkflow.run, MailroomState(), id=MAILROOM_ID, task_queue=EXCHANGE_QUEUE)
        state, webhook_id = WebhookState(endpoint_id="ep-1"), webhook_workflow_id("ep-1")
        webhook = await start(WebhookWorkflow.run, state, id=webhook_id, task_queue=EXCHANGE_QUEUE)
        for pause in (timedelta(minutes=30), timedelta(minutes=6), timedelta(minutes=20)):
            await environment.sleep(pause)
            await mail.signal(RING)
            await webhook.signal(RING)
        # Before the endpoint's result: waiting for one lets the time pass in which the other would be given up.
        await asyncio.sleep(1)  # it has taken the last signal in
        await _keep(environment.client, "senders.mailroom", MAILROOM_ID)
        senders.over = True
        await webhook.result()
        await _keep(environment.client, "senders.webhook", webhook_id)


async def _keep(client: Client, name: str, workflow_id: str, run_id: str | None = None) -> None:
    exported = await client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history()
    data = {"workflowId": workflow_id, **json.loads(exported.to_json())}
    FOLDER.mkdir(exist_ok=True)
    text = json.dumps(data, separators=(",", ":"), sort_keys=True)
    # Stack traces name files: of the project, not of the machine that recorded them.
    (FOLDER / f"{name}.json").write_text(text.replace(f"{ROOT}/", ""), encoding="utf-8")
    logger.info("%s: %d events", name, len(exported.events))


async def main(names: list[str]) -> None:
    """Record the stories named, or all."""
    for name in names or [*TOLD, SENDERS]:
        await (record_senders() if name == SENDERS else record(name))


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    asyncio.run(main(sys.argv[1:]))
