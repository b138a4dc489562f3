"""The outbox sender on the time-skipping server: no wake is lost, nothing that is due waits."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer, Worker

from activities.mail import Mail
from dev.mailsink import MailSink
from gateway.wakers import ensure_sweep, mail_waker
from mail.host import MailSettings
from models.identifiers import EXCHANGE_QUEUE, MAIL_QUEUE, MAILROOM_ID
from models.messages.contracts import MailAnswer, SendMail
from models.messages.mailroom import MailroomState
from models.vocabulary import StepKind
from tests.mail.world import World, opened
from workflows.mail import MailroomSweepWorkflow, MailroomWorkflow
from workflows.plugin import plugin


class FakeMail:
    """Answers batches from a list, then that the outbox is empty; remembers when it was asked."""

    def __init__(self, *answers: Callable[[datetime], MailAnswer], during: Callable[[], Any] | None = None) -> None:
        self.asked: list[datetime] = []
        self._answers = list(answers)
        self._during = during
        self._heard = asyncio.Condition()

    @activity.defn(name="send_batch")
    async def send_batch(self, request: SendMail) -> MailAnswer:
        async with self._heard:
            self.asked.append(request.now)
            self._heard.notify_all()
        if self._during is not None:
            during, self._during = self._during, None
            await during()
        return await self.answer(request)

    async def answer(self, request: SendMail) -> MailAnswer:
        return self._answers.pop(0)(request.now) if self._answers else MailAnswer()

    async def times(self, count: int) -> None:
        """Wait until it was asked so many times."""
        async with asyncio.timeout(20), self._heard:
            await self._heard.wait_for(lambda: len(self.asked) >= count)


class Watched(FakeMail):
    """The real thing, watched; a batch counts when it was answered."""

    def __init__(self, mail: Mail) -> None:
        super().__init__()
        self._mail = mail
        self.answers: asyncio.Queue[MailAnswer] = asyncio.Queue()

    async def answer(self, request: SendMail) -> MailAnswer:
        answer = await self._mail.send_batch(request)
        self.answers.put_nowait(answer)
        return answer


@asynccontextmanager
async def workers(client: Client, mail: FakeMail) -> AsyncIterator[None]:
    async with (
        Worker(client, task_queue=EXCHANGE_QUEUE, workflows=[MailroomWorkflow, MailroomSweepWorkflow]),
        Worker(client, task_queue=MAIL_QUEUE, activities=[mail.send_batch]),
    ):
        yield


Handle = WorkflowHandle[MailroomWorkflow, None]


async def start(client: Client) -> Handle:
    return await client.start_workflow(MailroomWorkflow.run, MailroomState(), id=MAILROOM_ID, task_queue=EXCHANGE_QUEUE)


async def test_it_looks_when_it_begins_and_when_it_is_rung_for(temporal: WorkflowEnvironment) -> None:
    mail = FakeMail()
    async with workers(temporal.client, mail):
        handle = await start(temporal.client)
        await mail.times(1)
        await handle.signal(MailroomWorkflow.wake)
        await mail.times(2)
        assert await handle.query(MailroomWorkflow.next_at) is None


async def test_it_goes_on_while_something_is_due(temporal: WorkflowEnvironment) -> None:
    mail = FakeMail(*[lambda now: MailAnswer(sent=50, next_at=now)] * 3)
    async with workers(temporal.client, mail):
        await start(temporal.client)
        await mail.times(4)
        assert max(mail.asked) - min(mail.asked) < timedelta(minutes=1)


async def test_a_ring_during_a_batch_is_not_lost(temporal: WorkflowEnvironment) -> None:
    mail = FakeMail(during=lambda: temporal.client.get_workflow_handle(MAILROOM_ID).signal("ring"))
    async with workers(temporal.client, mail):
        await start(temporal.client)
        await mail.times(2)


async def test_what_was_put_off_is_sent_when_it_comes_due(temporal: WorkflowEnvironment) -> None:
    mail = FakeMail(lambda now: MailAnswer(delayed=3, next_at=now + timedelta(hours=1)))
    async with workers(temporal.client, mail):
        handle = await start(temporal.client)
        await mail.times(1)
        await temporal.sleep(timedelta(minutes=50))
        assert len(mail.asked) == 1
        assert await handle.query(MailroomWorkflow.next_at) == mail.asked[0] + timedelta(hours=1)
        await temporal.sleep(timedelta(minutes=20))
        await mail.times(2)
    assert timedelta(hours=1) <= mail.asked[1] - mail.asked[0] < timedelta(hours=1, minutes=1)


async def test_a_fault_of_the_software_does_not_end_it(temporal: WorkflowEnvironment) -> None:
    def fault(now: datetime) -> MailAnswer:
        raise ApplicationError("broken", non_retryable=True)

    mail = FakeMail(fault)
    async with workers(temporal.client, mail):
        handle = await start(temporal.client)
        await mail.times(1)
        await temporal.sleep(timedelta(minutes=6))
        await mail.times(2)
        assert (await handle.describe()).status is WorkflowExecutionStatus.RUNNING


async def test_it_continues_as_new_and_loses_no_ring(temporal: WorkflowEnvironment) -> None:
    """Every batch asks for the next at once; the wake comes during the very last one of the run."""
    mail = FakeMail(*[lambda now: MailAnswer(next_at=now)] * 400)
    async with workers(temporal.client, mail):
        handle = await start(temporal.client)
        first = (await handle.describe()).run_id
        await mail.times(401)
        handle = temporal.client.get_workflow_handle(MAILROOM_ID)
        described = await handle.describe()
        assert (described.status, described.run_id != first) == (WorkflowExecutionStatus.RUNNING, True)
        await handle.signal(MailroomWorkflow.wake)
        await mail.times(402)
        history = await temporal.client.get_workflow_handle(MAILROOM_ID, run_id=first).fetch_history()
    assert len(history.events) < 5000
    replayer = Replayer(workflows=[MailroomWorkflow], plugins=[plugin()])
    await replayer.replay_workflow(history)


async def test_the_sweep_starts_the_sender_or_wakes_it(temporal: WorkflowEnvironment) -> None:
    mail = FakeMail()
    async with workers(temporal.client, mail):
        for number in (1, 2):
            await temporal.client.execute_workflow(
                MailroomSweepWorkflow.run, id=f"sweep-{number}", task_queue=EXCHANGE_QUEUE
            )
            await mail.times(number)
        handle = temporal.client.get_workflow_handle(MAILROOM_ID)
        assert (await handle.describe()).status is WorkflowExecutionStatus.RUNNING


async def test_a_server_without_schedules_is_said_and_no_fault(temporal: WorkflowEnvironment) -> None:
    assert await ensure_sweep(temporal.client) is False


async def test_many_wakes_become_few_signals(temporal: WorkflowEnvironment) -> None:
    mail = FakeMail()
    async with workers(temporal.client, mail):
        waker = mail_waker(temporal.client)
        for _ in range(500):
            waker.wake()
        await mail.times(1)
        waker.wake()
        await waker.aclose()
        await mail.times(2)
        history = await temporal.client.get_workflow_handle(MAILROOM_ID).fetch_history()
    signals = [e for e in history.events if e.HasField("workflow_execution_signaled_event_attributes")]
    assert len(signals) == 2


async def test_a_wake_that_gets_lost_is_logged_only(caplog: pytest.LogCaptureFixture) -> None:
    class Deaf:
        async def start_workflow(self, *args: object, **options: object) -> None:
            raise RPCError("away", RPCStatusCode.UNAVAILABLE, b"")

    waker = mail_waker(Deaf())  # type: ignore[arg-type]
    waker.wake()
    await waker.aclose()
    waker.wake()
    await waker.aclose()
    assert "was not woken (UNAVAILABLE)" in caplog.text


async def test_from_an_event_to_a_mail(temporal: WorkflowEnvironment, small_world: World, tmp_path: Path) -> None:
    """The real thing: recorded, woken for, sent by SMTP; a host that is away is waited for, in virtual hours."""
    async with MailSink(tmp_path / "box") as sink:
        settings = MailSettings(host="127.0.0.1", port=sink.port, sender="Sojourn <exchange@sojourn.example>")
        mail = Watched(Mail(small_world.sessions, small_world.programme, settings))
        waker = mail_waker(temporal.client)
        async with workers(temporal.client, mail):
            await small_world.record(opened(StepKind.VERIFY_NOMINATION, at=await temporal.get_current_time()))
            waker.wake()
            assert await mail.answers.get() == MailAnswer(sent=1)
            await sink.__aexit__(None, None, None)
            now = await temporal.get_current_time()
            await small_world.record(opened(StepKind.VERIFY_NOMINATION, number=2, at=now))
            waker.wake()
            delayed = await mail.answers.get()
            assert (delayed.sent, delayed.delayed) == (0, 1)
            async with MailSink(tmp_path / "box", port=sink.port) as back:
                await temporal.sleep(timedelta(minutes=10))
                assert (await mail.answers.get()).sent == 1
                assert len(back.mails()) == 2
            await waker.aclose()
