"""Workflows that cannot follow their own history are begun again from the records, without anybody's asking.

A worker that dies in the wrong moment can leave such a history. A query that waited for a worker may reach the next one
before the workflow task that was due; what the workflow then does is done out of its order, and no later replay can
follow. The records have all of it, and the story is told again from them (decision 0037). What fails for another reason
is left alone: the code is wrong, and would be wrong again.
"""

import asyncio
import logging
from collections.abc import Sequence

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryReverseRequest
from temporalio.client import Client

from gateway.deadlines import CALL_WITHIN
from gateway.failures import translated
from gateway.passes import whole_pass
from gateway.recovery import Recovery
from models.errors import SojournError

logger = logging.getLogger(__name__)

EVERY = 10.0
"""Seconds between two looks at what the server reports; it reports a workflow after a few failures in a row."""
LAST_EVENTS = 20
"""Of a history, among which is the end of its last workflow task: what comes after one is little."""
REPORTED = "ExecutionStatus = 'Running' AND TemporalReportedProblems = 'category=WorkflowTaskFailed'"
DIFFERS = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR
FATAL = "Fatal error in workflow machines"
"""What the SDK says, without naming the cause, where history and code differ in what a timer or an activity did."""


class Mending:
    """Finds workflows that cannot follow their history, and begins them again from the records."""

    def __init__(self, client: Client, recovery: Recovery) -> None:
        self._client = client
        self._recovery = recovery
        self._told = ""
        """What stood in the way of the last look: it is logged once."""
        self._left: set[str] = set()
        """Runs that are left to an operator, named once."""

    async def run(self) -> None:
        """Look until cancelled; what fails is looked at again."""
        while True:
            try:
                await whole_pass(self.look())
                self._told = ""
            except SojournError as error:
                self._tell(str(error))
            except Exception as error:
                self._tell(type(error).__name__)
            await asyncio.sleep(EVERY)

    def _tell(self, why: str) -> None:
        if why != self._told:
            logger.warning("workflows that cannot go on could not be looked for (%s)", why)
        self._told = why

    async def look(self) -> Sequence[str]:
        """Begin again what the server reports; says which. One that cannot be mended keeps no other waiting.

        Raises:
            Unavailable: Temporal is away.
        """
        with translated():
            reported = [one.id async for one in self._client.list_workflows(REPORTED)]
        mended: list[str] = []
        for workflow_id in reported:
            try:
                mended += [workflow_id] if await self.mend(workflow_id) else []
            except SojournError as error:
                logger.info("%s could not be seen to (%s)", workflow_id, error)
        return mended

    async def mend(self, workflow_id: str) -> bool:
        """Begin a workflow again if it cannot follow its history; says whether it was.

        Raises:
            Unavailable: Temporal or the database is away.
        """
        with translated():
            run = (await self._client.get_workflow_handle(workflow_id).describe(rpc_timeout=CALL_WITHIN)).run_id
        if not await self._is_lost(workflow_id, run):
            return False
        if not await self._recovery.begin_again(workflow_id, run):
            if run not in self._left:
                logger.error("%s cannot follow its history: an operator must end it, and recover", workflow_id)
            self._left.add(run)
            return False
        logger.warning("%s could not follow its history: it was begun again from the records", workflow_id)
        return True

    async def _is_lost(self, workflow_id: str, run: str) -> bool:
        """Whether its last workflow task failed because its code and its history differ."""
        request = GetWorkflowExecutionHistoryReverseRequest(
            namespace=self._client.namespace,
            execution=WorkflowExecution(workflow_id=workflow_id, run_id=run),
            maximum_page_size=LAST_EVENTS,
        )
        with translated():
            last = await self._client.workflow_service.get_workflow_execution_history_reverse(
                request, timeout=CALL_WITHIN
            )
        for event in last.history.events:
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
                failed = event.workflow_task_failed_event_attributes
                return failed.cause == DIFFERS or failed.failure.message.startswith(FATAL)
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
                return False
        return False
