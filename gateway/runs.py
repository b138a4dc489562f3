"""Short workflows that are an act by themselves: begun for it, and over with its answer."""

from typing import Any

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy

from gateway.availability import Availability
from gateway.deadlines import AnswerTime, answering
from models.identifiers import EXCHANGE_QUEUE
from models.messages.acts import Act


async def run_of(client: Client, availability: Availability, workflow: Any, act: Act) -> Any:
    """Have the workflow of an act run, and answer what it answers; sent again, it is the same run."""
    async with answering(availability, AnswerTime.ACT):
        return await client.execute_workflow(
            workflow,
            act.request,
            id=act.workflow_id,
            task_queue=EXCHANGE_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
