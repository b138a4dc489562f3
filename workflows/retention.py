"""The nightly look at what need not be kept any more; a schedule starts it."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.workflow import ActivityConfig

from activities.retention import Retaining
from models.identifiers import RETENTION_WORKFLOW
from models.messages.retention import RetentionAnswer

ERASE: ActivityConfig = {
    # It beats after every exchange and file. What is erased is erased: tried again it goes on, and the next night takes
    # what this one could not.
    "start_to_close_timeout": timedelta(hours=6),
    "heartbeat_timeout": timedelta(minutes=5),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(minutes=1), maximum_interval=timedelta(minutes=30), maximum_attempts=5
    ),
}


@workflow.defn(name=RETENTION_WORKFLOW)
class RetentionWorkflow:
    """Erases what no rule keeps any more, once."""

    @workflow.run
    async def run(self) -> RetentionAnswer:
        """Erase what is due; answers with numbers, each document has an event."""
        return await workflow.execute_activity_method(Retaining.erase_due, workflow.now(), **ERASE)
