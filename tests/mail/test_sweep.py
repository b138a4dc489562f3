"""The sweep on the dev server: the schedule finds what nobody woke the sender for."""

import asyncio
from datetime import timedelta

import pytest
from temporalio.client import WorkflowExecutionStatus
from temporalio.testing import WorkflowEnvironment

from gateway.wakers import ensure_sweep
from models.identifiers import MAILROOM_ID, MAILROOM_SCHEDULE_ID
from tests.mail.test_outbox_sender import FakeMail, workers


@pytest.mark.live
async def test_the_schedule_wakes_one_sender_again_and_again(dev_server: WorkflowEnvironment) -> None:
    mail = FakeMail()
    async with workers(dev_server.client, mail):
        assert await ensure_sweep(dev_server.client, timedelta(seconds=1))
        await mail.times(3)
        sender = dev_server.client.get_workflow_handle(MAILROOM_ID)
        first = await sender.describe()
        assert first.status is WorkflowExecutionStatus.RUNNING

        schedule = dev_server.client.get_schedule_handle(MAILROOM_SCHEDULE_ID)
        await schedule.pause()
        assert await ensure_sweep(dev_server.client, timedelta(hours=1))
        described = (await schedule.describe()).schedule
        assert described.spec.intervals[0].every == timedelta(hours=1)
        assert described.state.paused, "an operator's pause outlives a deploy"

        await sender.terminate()
        await schedule.trigger()
        asked = len(mail.asked)
        await mail.times(asked + 1)
        async with asyncio.timeout(10):
            assert (await sender.describe()).run_id != first.run_id
