"""Schedules: digests at eight in every zone where somebody reads one; looks weekly, every night and all day."""

from collections.abc import Iterable
from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.service import RPCError, RPCStatusCode

from gateway.deadlines import CALL_WITHIN
from gateway.wakers import ensure_sweep
from models.catalogue.programme import Programme
from models.identifiers import (
    AUDIT_SCHEDULE_ID,
    AUDIT_WORKFLOW,
    BOUNCES_SCHEDULE_ID,
    BOUNCES_WORKFLOW,
    DIGEST_WORKFLOW,
    EXCHANGE_QUEUE,
    RETENTION_SCHEDULE_ID,
    RETENTION_WORKFLOW,
    SERVICE_LEVEL_SCHEDULE_ID,
    SERVICE_LEVEL_WORKFLOW,
    digest_schedule_id,
)
from models.rules.digests import MORNING
from records.absences import zones_in_use
from records.store.engine import Sessions, transaction

CATCH_UP = timedelta(hours=12)
"""After an outage the digest of the day still comes, and none of the days before: the next one says it all."""
READ_EVERY = timedelta(minutes=5)
CATCH_UP_REVIEW = timedelta(days=3)
NIGHT = 3
"""The hour in which the audit looks at everything; what need not be kept any more goes an hour later."""


async def ensure_all(client: Client, sessions: Sessions, programme: Programme, *, reads_bounces: bool) -> bool:
    """Have all that comes by the clock; says whether the server keeps schedules at all."""
    async with transaction(sessions) as session:
        zones = await zones_in_use(session, programme)
    home = programme.institutions[programme.home].zone
    kept = await ensure_sweep(client)
    await ensure_digests(client, zones)
    if reads_bounces:
        await ensure_bounces(client)
    await ensure_review(client, home)
    await ensure_audit(client, home)
    await ensure_retention(client, home)
    return kept


async def ensure_review(client: Client, zone: str) -> bool:
    """Have late answers looked at every Monday morning; says whether the server keeps schedules at all."""
    schedule = Schedule(
        action=ScheduleActionStartWorkflow(
            SERVICE_LEVEL_WORKFLOW, id=SERVICE_LEVEL_SCHEDULE_ID, task_queue=EXCHANGE_QUEUE
        ),
        spec=ScheduleSpec(
            calendars=[ScheduleCalendarSpec(hour=[ScheduleRange(MORNING.hour - 1)], day_of_week=[ScheduleRange(1)])],
            time_zone_name=zone,
        ),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=CATCH_UP_REVIEW),
    )
    return await _ensure(client, SERVICE_LEVEL_SCHEDULE_ID, schedule)


async def ensure_audit(client: Client, zone: str) -> bool:
    """Have everything audited every night; says whether the server keeps schedules at all."""
    schedule = Schedule(
        action=ScheduleActionStartWorkflow(AUDIT_WORKFLOW, id=AUDIT_SCHEDULE_ID, task_queue=EXCHANGE_QUEUE),
        spec=ScheduleSpec(calendars=[ScheduleCalendarSpec(hour=[ScheduleRange(NIGHT)])], time_zone_name=zone),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=CATCH_UP),
    )
    return await _ensure(client, AUDIT_SCHEDULE_ID, schedule)


async def ensure_retention(client: Client, zone: str) -> bool:
    """Have erased every night what need not be kept any more; says whether the server keeps schedules at all."""
    schedule = Schedule(
        action=ScheduleActionStartWorkflow(RETENTION_WORKFLOW, id=RETENTION_SCHEDULE_ID, task_queue=EXCHANGE_QUEUE),
        spec=ScheduleSpec(calendars=[ScheduleCalendarSpec(hour=[ScheduleRange(NIGHT + 1)])], time_zone_name=zone),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=CATCH_UP),
    )
    return await _ensure(client, RETENTION_SCHEDULE_ID, schedule)


async def ensure_bounces(client: Client) -> bool:
    """Have the inbox of returned mail read every five minutes; says whether the server keeps schedules at all."""
    schedule = Schedule(
        action=ScheduleActionStartWorkflow(BOUNCES_WORKFLOW, id=BOUNCES_SCHEDULE_ID, task_queue=EXCHANGE_QUEUE),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=READ_EVERY)]),
        # After an outage one look reads what came meanwhile.
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=2 * READ_EVERY),
    )
    return await _ensure(client, BOUNCES_SCHEDULE_ID, schedule)


async def _ensure(client: Client, name: str, schedule: Schedule) -> bool:
    try:
        await client.create_schedule(name, schedule, rpc_timeout=CALL_WITHIN)
    except ScheduleAlreadyRunningError:
        await _update(client, name, schedule)
    except RPCError as error:
        if error.status is not RPCStatusCode.UNIMPLEMENTED:
            raise
        return False
    return True


async def _update(client: Client, name: str, schedule: Schedule) -> None:
    """Bring the schedule of an earlier version up to date; whether an operator paused it stays."""

    def changed(found: ScheduleUpdateInput) -> ScheduleUpdate:
        schedule.state = found.description.schedule.state
        return ScheduleUpdate(schedule)

    await client.get_schedule_handle(name).update(changed, rpc_timeout=CALL_WITHIN)


async def ensure_digests(client: Client, zones: Iterable[str]) -> bool:
    """Have a digest written in each of these zones every morning; says whether the server keeps schedules at all."""
    every_morning = ScheduleCalendarSpec(hour=[ScheduleRange(MORNING.hour)])
    for zone in sorted(set(zones)):
        schedule = Schedule(
            action=ScheduleActionStartWorkflow(
                DIGEST_WORKFLOW, zone, id=digest_schedule_id(zone), task_queue=EXCHANGE_QUEUE
            ),
            spec=ScheduleSpec(calendars=[every_morning], time_zone_name=zone),
            policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=CATCH_UP),
        )
        if not await _ensure(client, digest_schedule_id(zone), schedule):
            return False
    return True
