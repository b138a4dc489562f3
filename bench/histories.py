"""What lifecycles leave in Temporal: events, workflow tasks and bytes."""

from dataclasses import dataclass

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

TASK = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
ACCEPTED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
TIMER = EventType.EVENT_TYPE_TIMER_STARTED
MARKER = EventType.EVENT_TYPE_MARKER_RECORDED
ACTIVITY = EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED


@dataclass
class HistoryCount:
    """Sums over the histories of one lifecycle."""

    events: int = 0
    bytes: int = 0
    tasks: int = 0
    updates: int = 0
    timers: int = 0
    records: int = 0
    activities: int = 0


async def count_histories(client: Client, *workflow_ids: str) -> HistoryCount:
    """Count the histories of these workflows."""
    count = HistoryCount()
    for workflow_id in workflow_ids:
        async for event in client.get_workflow_handle(workflow_id).fetch_history_events():
            count.events += 1
            count.bytes += event.ByteSize()
            count.tasks += event.event_type == TASK
            count.updates += event.event_type == ACCEPTED
            count.timers += event.event_type == TIMER
            count.records += event.event_type == MARKER
            count.activities += event.event_type == ACTIVITY
    return count
