"""Several senders of one workflow, on the time-skipping server: none waits for another; earlier runs hand over."""

import asyncio
from datetime import timedelta
from typing import Any

from temporalio import activity, workflow
from temporalio.client import Client, WorkflowHandle, WorkflowHistory
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer, Worker

from models.identifiers import EXCHANGE_QUEUE, MAIL_QUEUE, MAILROOM_ID
from models.messages.contracts import MailAnswer, SendMail
from models.messages.mailroom import MAILROOM_WORKFLOW, RING, MailroomState
from tests.mail.test_outbox_sender import FakeMail, start, workers
from workflows.drain import Drain, Left
from workflows.mail import SEND, MailroomWorkflow
from workflows.plugin import plugin


class Hanging:
    """Looks that end when they are let; remembers which were for what goes first alone."""

    def __init__(self) -> None:
        self.asked: asyncio.Queue[bool] = asyncio.Queue()
        self.let: list[asyncio.Future[MailAnswer]] = []

    @activity.defn(name="send_batch")
    async def send_batch(self, request: SendMail) -> MailAnswer:
        answer: asyncio.Future[MailAnswer] = asyncio.get_running_loop().create_future()
        self.let.append(answer)
        self.asked.put_nowait(request.urgent)
        while not answer.done():
            activity.heartbeat()
            await asyncio.wait({answer}, timeout=0.2)
        return answer.result()

    async def next(self) -> bool:
        async with asyncio.timeout(20):
            return await self.asked.get()


async def replays(client: Client, run_id: str) -> None:
    history = await client.get_workflow_handle(MAILROOM_ID, run_id=run_id).fetch_history()
    await Replayer(workflows=[MailroomWorkflow], plugins=[plugin()]).replay_workflow(history)


async def waiting(handle: WorkflowHandle[Any, Any]) -> WorkflowHistory:
    """The history of a run, once it waits for its timer."""
    async with asyncio.timeout(20):
        while True:
            history = await handle.fetch_history()
            if history.events[-1].HasField("timer_started_event_attributes"):
                return history
            await asyncio.sleep(0.05)


async def test_while_a_sender_hangs_the_others_go_on_and_links_last(temporal: WorkflowEnvironment) -> None:
    mail = Hanging()
    async with (
        Worker(temporal.client, task_queue=EXCHANGE_QUEUE, workflows=[MailroomWorkflow]),
        Worker(temporal.client, task_queue=MAIL_QUEUE, activities=[mail.send_batch]),
    ):
        handle = await start(temporal.client)
        assert await mail.next() is False
        await handle.signal(RING)
        assert await mail.next() is False
        for _ in range(3):
            await handle.signal(RING)
            assert await mail.next() is True, "all senders are busy: the express looks, as often as it is woken"
            mail.let[-1].set_result(MailAnswer())
        mail.let[0].set_result(MailAnswer())
        assert await mail.next() is False, "what it was woken for meanwhile is not the express's alone"
        for answer in mail.let:
            if not answer.done():
                answer.set_result(MailAnswer())
        run_id = (await handle.describe()).run_id
    await replays(temporal.client, run_id)


async def test_much_mail_is_for_all_senders(temporal: WorkflowEnvironment) -> None:
    mail = Hanging()
    async with (
        Worker(temporal.client, task_queue=EXCHANGE_QUEUE, workflows=[MailroomWorkflow]),
        Worker(temporal.client, task_queue=MAIL_QUEUE, activities=[mail.send_batch]),
    ):
        await start(temporal.client)
        await mail.next()
        mail.let[0].set_result(MailAnswer(sent=50, next_at=await temporal.get_current_time() - timedelta(minutes=1)))
        assert [await mail.next(), await mail.next()] == [False, False]
        for answer in mail.let[1:]:
            answer.set_result(MailAnswer())


async def test_a_wake_between_two_runs_is_not_lost(temporal: WorkflowEnvironment) -> None:
    """At the end of a run a sender is still busy: what goes first does not wait for it, the rest is the next run's."""
    mail = Hanging()
    async with (
        Worker(temporal.client, task_queue=EXCHANGE_QUEUE, workflows=[ShortRun]),
        Worker(temporal.client, task_queue=MAIL_QUEUE, activities=[mail.send_batch]),
    ):
        handle = await temporal.client.start_workflow(
            MAILROOM_WORKFLOW, MailroomState(), id=MAILROOM_ID, task_queue=EXCHANGE_QUEUE
        )
        first = (await handle.describe()).run_id
        assert await mail.next() is False
        await handle.signal(RING)
        assert await mail.next() is True
        mail.let[1].set_result(MailAnswer())
        mail.let[0].set_result(MailAnswer())
        assert await mail.next() is False
        described = await temporal.client.get_workflow_handle(MAILROOM_ID).describe()
        assert described.run_id != first


@workflow.defn(name=MAILROOM_WORKFLOW, sandboxed=False)
class ShortRun:
    """The outbox sender, which continues as new after one look."""

    @workflow.init
    def __init__(self, state: MailroomState) -> None:
        self._of = MailroomWorkflow(state)

    @workflow.run
    async def run(self, state: MailroomState) -> None:
        await self._of._senders.run(1)
        workflow.continue_as_new(MailroomState(rung=self._of._senders.woken))

    @workflow.signal(name=RING)
    def wake(self) -> None:
        self._of.wake()


@workflow.defn(name=MAILROOM_WORKFLOW, sandboxed=False)
class Before:
    """The outbox sender as it was when it had one sender."""

    @workflow.init
    def __init__(self, state: MailroomState) -> None:
        self._drain = Drain(woken=state.rung, next_at=state.next_at, rounds=400, waits_for="mail put off is due")

    @workflow.run
    async def run(self, state: MailroomState) -> None:
        await self._drain.run(self._send)

    @workflow.signal(name=RING)
    def wake(self) -> None:
        self._drain.wake()

    async def _send(self) -> Left:
        request = SendMail(now=workflow.now())
        answer = await workflow.execute_activity("send_batch", request, result_type=MailAnswer, **SEND)
        return True, answer.next_at


async def test_a_run_of_an_earlier_version_hands_over_at_its_next_look(temporal: WorkflowEnvironment) -> None:
    mail = FakeMail(lambda now: MailAnswer(), lambda now: MailAnswer(delayed=1, next_at=now + timedelta(hours=1)))
    async with (
        # It keeps no run for itself: nobody waits for it when it is gone.
        Worker(temporal.client, task_queue=EXCHANGE_QUEUE, workflows=[Before], max_cached_workflows=0),
        Worker(temporal.client, task_queue=MAIL_QUEUE, activities=[mail.send_batch]),
    ):
        handle = await temporal.client.start_workflow(
            MAILROOM_WORKFLOW, MailroomState(), id=MAILROOM_ID, task_queue=EXCHANGE_QUEUE
        )
        await mail.times(1)
        await handle.signal(RING)
        await mail.times(2)
        first = (await handle.describe()).run_id
        before = await waiting(handle)
    await Replayer(workflows=[MailroomWorkflow], plugins=[plugin()]).replay_workflow(before)
    async with workers(temporal.client, mail):
        assert (await handle.describe()).run_id == first
        await temporal.sleep(timedelta(hours=2))
        await mail.times(3)
        after = await temporal.client.get_workflow_handle(MAILROOM_ID).describe()
        assert after.run_id != first
        await replays(temporal.client, first)
    assert mail.asked[2] - mail.asked[1] >= timedelta(hours=1)
