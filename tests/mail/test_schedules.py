"""The schedules of the digests on the dev server: one for each zone, at eight there, and brought up to date."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from temporalio import activity
from temporalio.api.workflowservice.v1 import ListScheduleMatchingTimesRequest
from temporalio.client import Schedule, ScheduleActionStartWorkflow, ScheduleSpec
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from gateway.schedules import CATCH_UP, READ_EVERY, ensure_bounces, ensure_digests
from models.identifiers import BOUNCES_SCHEDULE_ID, DIGEST_WORKFLOW, EXCHANGE_QUEUE, MAIL_QUEUE, digest_schedule_id
from models.messages.contracts import BouncesAnswer, DigestAnswer, ReadBounces, WriteDigests
from workflows.bounces import BouncesWorkflow
from workflows.digest import DigestWorkflow

ZONES = ("Asia/Shanghai", "America/New_York")


class FakeDigests:
    """Remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: asyncio.Queue[WriteDigests] = asyncio.Queue()

    @activity.defn(name="write_digests")
    async def write_digests(self, request: WriteDigests) -> DigestAnswer:
        self.asked.put_nowait(request)
        return DigestAnswer(written=1)


@pytest.mark.live
async def test_every_zone_has_its_morning(dev_server: WorkflowEnvironment) -> None:
    client, digests = dev_server.client, FakeDigests()
    for _ in range(2):
        assert await ensure_digests(client, [*ZONES, *ZONES])
    for zone in ZONES:
        handle = client.get_schedule_handle(digest_schedule_id(zone))
        described = await handle.describe()
        spec, policy = described.schedule.spec, described.schedule.policy
        assert (spec.time_zone_name, policy.catchup_window) == (zone, CATCH_UP)
        times = [at.astimezone(ZoneInfo(zone)) for at in described.info.next_action_times]
        assert times, "the server has planned its next mornings"
        assert {(at.hour, at.minute, at.second) for at in times} == {(8, 0, 0)}
        assert {b - a for a, b in pairwise(times)} == {timedelta(days=1)}, "every day, by the wall"
    async with Worker(
        client, task_queue=EXCHANGE_QUEUE, workflows=[DigestWorkflow], activities=[digests.write_digests]
    ):
        await client.get_schedule_handle(digest_schedule_id(ZONES[1])).trigger()
        async with asyncio.timeout(20):
            asked = await digests.asked.get()
    assert asked.zone == ZONES[1]
    assert abs(asked.at - datetime.now(UTC)) < timedelta(minutes=5)


class FakeBounces:
    """An inbox with a number of mails, of which two are read at a time."""

    def __init__(self, mails: int) -> None:
        self.left = mails
        self.asked = asyncio.Event()

    @activity.defn(name="read_bounces")
    async def read_bounces(self, request: ReadBounces) -> BouncesAnswer:
        read = min(self.left, 2)
        self.left -= read
        if not read:
            self.asked.set()
        return BouncesAnswer(read=read, more=bool(read))


@pytest.mark.live
async def test_returned_mail_is_read_every_few_minutes_until_none_is_left(dev_server: WorkflowEnvironment) -> None:
    client, bounces = dev_server.client, FakeBounces(5)
    for _ in range(2):
        assert await ensure_bounces(client)
    handle = client.get_schedule_handle(BOUNCES_SCHEDULE_ID)
    times = (await handle.describe()).info.next_action_times
    assert {b - a for a, b in pairwise(times)} == {READ_EVERY}
    async with (
        Worker(client, task_queue=EXCHANGE_QUEUE, workflows=[BouncesWorkflow]),
        Worker(client, task_queue=MAIL_QUEUE, activities=[bounces.read_bounces]),
    ):
        await handle.trigger()
        async with asyncio.timeout(20):
            await bounces.asked.wait()
    assert bounces.left == 0


@pytest.mark.live
async def test_a_schedule_of_an_earlier_version_is_brought_up_to_date(dev_server: WorkflowEnvironment) -> None:
    client, zone = dev_server.client, ZONES[0]
    action = ScheduleActionStartWorkflow(DIGEST_WORKFLOW, zone, id="old", task_queue=EXCHANGE_QUEUE)
    handle = await client.create_schedule(
        digest_schedule_id(zone), Schedule(action=action, spec=ScheduleSpec(cron_expressions=["0 3 * * *"]))
    )
    await handle.pause()
    assert await ensure_digests(client, [zone])
    described = (await handle.describe()).schedule
    assert described.spec.time_zone_name == zone
    assert [calendar.hour[0].start for calendar in described.spec.calendars] == [8]
    assert described.state.paused, "an operator's pause outlives a deploy"


async def test_a_server_without_schedules_says_so(temporal: WorkflowEnvironment) -> None:
    assert not await ensure_digests(temporal.client, ZONES)


@pytest.mark.live
async def test_eight_stays_eight_over_a_change_of_the_clocks(dev_server: WorkflowEnvironment) -> None:
    """What the server itself makes of it: 13:00 UTC before, 12:00 UTC after the clocks went forward in Hanover."""
    zone = ZONES[1]
    await ensure_digests(dev_server.client, [zone])
    handle = dev_server.client.get_schedule_handle(digest_schedule_id(zone))
    first = date(2027, 3, 13)
    matching = await _matching(dev_server, digest_schedule_id(zone), first, first + timedelta(days=3))
    assert [(at.day, at.hour) for at in matching] == [(13, 13), (14, 12), (15, 12)]
    await handle.delete()


async def _matching(environment: WorkflowEnvironment, schedule: str, first: date, last: date) -> list[datetime]:
    """The moments in UTC at which a schedule acts between two days, as the server counts."""
    request = ListScheduleMatchingTimesRequest(namespace=environment.client.namespace, schedule_id=schedule)
    request.start_time.FromDatetime(datetime.combine(first, time(0), UTC))
    request.end_time.FromDatetime(datetime.combine(last, time(0), UTC))
    answer = await environment.client.workflow_service.list_schedule_matching_times(request)
    return [at.ToDatetime() for at in answer.start_time]
