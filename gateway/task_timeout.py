"""How long a worker may take for a workflow task before another one gets it: an interceptor of every client."""

from datetime import timedelta
from typing import Any

from temporalio.client import (
    Interceptor,
    OutboundInterceptor,
    StartWorkflowInput,
    StartWorkflowUpdateWithStartInput,
    WorkflowHandle,
    WorkflowUpdateHandle,
)

TASK_TIMEOUT = timedelta(seconds=5)
"""Half of Temporal's own: so long waits what a worker died over. A worker takes no more tasks than it ends in it."""


class TaskTimeout(Interceptor):
    """Gives every workflow that is started the timeout of its tasks; what continues as new keeps it."""

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:
        """The calls of one client."""
        return _Starting(next)


class _Starting(OutboundInterceptor):
    async def start_workflow(self, input: StartWorkflowInput) -> WorkflowHandle[Any, Any]:
        input.task_timeout = input.task_timeout or TASK_TIMEOUT
        return await super().start_workflow(input)

    async def start_update_with_start_workflow(
        self,
        input: StartWorkflowUpdateWithStartInput,
    ) -> WorkflowUpdateHandle[Any]:
        start = input.start_workflow_input
        start.task_timeout = start.task_timeout or TASK_TIMEOUT
        return await super().start_update_with_start_workflow(input)
