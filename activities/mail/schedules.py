"""The schedule of the digests: at eight in the morning in every zone where somebody reads one."""

from collections.abc import Iterable
from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
)
from temporalio.service import RPCError, RPCStatusCode

from models.identifiers import DIGEST_WORKFLOW, EXCHANGE_QUEUE, digest_schedule_id

DIGEST_HOUR = 8
CATCH_UP = timedelta(hours=12)
"""After an outage the digest of the day still comes, and none of the days before: the next one says it all."""


async def ensure_digests(client: Client, zones: Iterable[str]) -> bool:
    """Have a digest written in each of these zones every morning; says whether the server keeps schedules at all."""
    for zone in sorted(set(zones)):
        schedule = Schedule(
            action=ScheduleActionStartWorkflow(
                DIGEST_WORKFLOW, zone, id=digest_schedule_id(zone), task_queue=EXCHANGE_QUEUE
            ),
            spec=ScheduleSpec(calendars=[ScheduleCalendarSpec(hour=[ScheduleRange(DIGEST_HOUR)])], time_zone_name=zone),
            policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=CATCH_UP),
        )
        try:
            await client.create_schedule(digest_schedule_id(zone), schedule)
        except ScheduleAlreadyRunningError:
            continue
        except RPCError as error:
            if error.status is not RPCStatusCode.UNIMPLEMENTED:
                raise
            return False
    return True
