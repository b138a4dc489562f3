"""The audit of every night; a schedule starts it."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.workflow import ActivityConfig

from activities.audit import Audits
from models.identifiers import AUDIT_WORKFLOW
from models.messages.audit import AuditAnswer

AUDIT: ActivityConfig = {
    # Hours for what is large, at a pace that leaves half of the time to the service; every batch beats. It begins anew
    # after a crash, and a night on which it cannot be done is followed by another.
    "start_to_close_timeout": timedelta(hours=6),
    "heartbeat_timeout": timedelta(minutes=5),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(minutes=1), maximum_interval=timedelta(minutes=30), maximum_attempts=5
    ),
}


@workflow.defn(name=AUDIT_WORKFLOW)
class AuditWorkflow:
    """Compares what runs, what is on record and what was told, once."""

    @workflow.run
    async def run(self) -> AuditAnswer:
        """Look at everything; answers with numbers, the findings are the operator's tasks."""
        return await workflow.execute_activity_method(Audits.audit, workflow.now(), **AUDIT)
