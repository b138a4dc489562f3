"""Asks workflows where they are, for the audit and for recovery."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowQueryRejectedError
from temporalio.common import QueryRejectCondition
from temporalio.service import RPCError, RPCStatusCode

from gateway.deadlines import CALL_WITHIN
from gateway.failures import translated
from gateway.questions import answer_of
from models.errors import Broken, Closed, Unavailable
from models.messages.cohorts import CohortStatus
from models.messages.exchange import ExchangeStatus
from models.messages.suspensions import SuspensionProgress
from records.audit.workflows import (
    COHORT,
    EXCHANGE,
    REVIEW,
    ROTATION,
    SUSPENSION,
    WORKFLOW_IDS,
    Reply,
    Seen,
    WorkflowSubject,
)
from workflows.cohort import CohortWorkflow
from workflows.exchange import ExchangeWorkflow
from workflows.suspension import SuspensionWorkflow

AT_ONCE = 4
"""Workflows asked at the same time: people who act meanwhile do not notice."""
LIST_WITHIN = timedelta(minutes=5)
FOLLOWING = frozenset({EXCHANGE, COHORT, ROTATION, REVIEW})
"""Workflows that say which batch they know to be the newest."""
QUERIES: Mapping[str, tuple[Any, type[Reply]]] = {
    EXCHANGE: (ExchangeWorkflow.status, ExchangeStatus),
    COHORT: (CohortWorkflow.status, CohortStatus),
    SUSPENSION: (SuspensionWorkflow.progress, SuspensionProgress),
}


class AskedWorkflows:
    """Asks workflows where they are, a few at a time and each within a deadline."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def running(self) -> frozenset[str] | None:
        """The ids of all workflows with records that run; `None` where the server keeps no list.

        Raises:
            Unavailable: Temporal is away.
        """
        prefixes = tuple(f"{kind}/" for kind in WORKFLOW_IDS)
        found = set[str]()
        try:
            with translated():
                async with asyncio.timeout(LIST_WITHIN.total_seconds()):
                    async for one in self._client.list_workflows("ExecutionStatus = 'Running'"):
                        if one.id.startswith(prefixes):
                            found.add(one.id)
        except TimeoutError:
            raise Unavailable("answer.late") from None
        except Broken as fault:
            if _status(fault) is RPCStatusCode.UNIMPLEMENTED:
                return None
            raise
        return frozenset(found)

    async def ask(self, subject: WorkflowSubject) -> Seen:
        """Whether the workflow runs, and where it says it is.

        Raises:
            Unavailable: Temporal is away.
        """
        handle = self._client.get_workflow_handle(subject.workflow)
        asked: dict[str, Any] = {"reject_condition": QueryRejectCondition.NOT_OPEN, "rpc_timeout": CALL_WITHIN}
        reply, follows = None, []
        async with self._turn:
            try:
                with translated():
                    async with asyncio.timeout(CALL_WITHIN.total_seconds()):
                        if subject.kind in QUERIES:
                            query, answer = QUERIES[subject.kind]
                            reply = await answer_of(handle, query, answer, **asked)
                        if subject.kind in FOLLOWING:
                            follows = await answer_of(handle, "follows", list[int], **asked)
                        return Seen(runs=True, reply=reply, follows=follows)
            except (WorkflowQueryRejectedError, Closed):
                return Seen(runs=False)
            except (TimeoutError, Unavailable, Broken):
                # Whether it is the workflow that is silent, or all of Temporal.
                seen = await self._look(subject)
                return Seen(runs=seen.runs, silent=seen.runs)

    async def look(self, subject: WorkflowSubject) -> Seen:
        """Whether the workflow runs; it is not asked anything.

        Raises:
            Unavailable: Temporal is away.
        """
        async with self._turn:
            return await self._look(subject)

    async def _look(self, subject: WorkflowSubject) -> Seen:
        handle = self._client.get_workflow_handle(subject.workflow)
        try:
            with translated():
                async with asyncio.timeout(CALL_WITHIN.total_seconds()):
                    described = await handle.describe(rpc_timeout=CALL_WITHIN)
        except Closed:
            return Seen(runs=False)
        except TimeoutError:
            raise Unavailable("answer.late") from None
        return Seen(runs=described.status is WorkflowExecutionStatus.RUNNING)


def _status(fault: Broken) -> RPCStatusCode | None:
    """What the server said."""
    return fault.__cause__.status if isinstance(fault.__cause__, RPCError) else None
