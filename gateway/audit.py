"""The audit's way to Temporal, and its parts put together."""

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowQueryRejectedError
from temporalio.common import QueryRejectCondition
from temporalio.service import RPCError, RPCStatusCode

from gateway.composition import catalogue_of
from gateway.connection import connect
from gateway.deadlines import CALL_WITHIN
from gateway.failures import translated
from mail.audit import Mails
from models.catalogue.programme import Programme
from models.errors import Broken, Closed, Unavailable
from models.messages.audit import AuditReport, Part
from records.audit.auditing import audited
from records.audit.files import KeptFiles, StoredFiles
from records.audit.holdings import Holdings
from records.audit.looking import LOOKS_AGAIN, Check
from records.audit.projection import Projection
from records.audit.running import Workflows
from records.audit.workflows import COHORT, EXCHANGE, REVIEW, ROTATION, SUSPENSION, WORKFLOW_IDS, Seen, WorkflowSubject
from records.files import FileStore
from records.store.engine import Sessions, open_engine, session_maker
from records.store.ready import require_schema
from settings import Settings
from webhooks.audit import Deliveries
from workflows.cohort import CohortWorkflow
from workflows.exchange import ExchangeWorkflow
from workflows.suspension import SuspensionWorkflow

AT_ONCE = 4
"""Workflows asked at the same time: people who act meanwhile do not notice."""
LIST_WITHIN = timedelta(minutes=5)
FOLLOWING = frozenset({EXCHANGE, COHORT, ROTATION, REVIEW})
"""Workflows that say which batch they know to be the newest."""
QUERIES: Mapping[str, Any] = {
    EXCHANGE: ExchangeWorkflow.status,
    COHORT: CohortWorkflow.status,
    SUSPENSION: SuspensionWorkflow.progress,
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
                        if (query := QUERIES.get(subject.kind)) is not None:
                            reply = await handle.query(query, **asked)
                        if subject.kind in FOLLOWING:
                            follows = await handle.query("follows", result_type=list[int], **asked)
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


def checks(
    looking: Sessions,
    files: KeptFiles,
    programme: Programme,
    client: Client,
    pauses: tuple[float, ...] = LOOKS_AGAIN,
) -> tuple[Check, ...]:
    """All parts of the audit; `looking` are sessions of a reading engine."""
    return (
        Workflows(looking, AskedWorkflows(client), pauses),
        Projection(looking),
        Mails(looking, programme),
        Deliveries(looking, programme),
        Holdings(looking, pauses),
        StoredFiles(looking, files, time.time),
    )


async def audit(settings: Settings, parts: Collection[Part] = tuple(Part)) -> AuditReport:
    """Look at the service as it runs; what is away is said, and the rest looked at.

    Raises:
        Unavailable: the database is away or has not been set up.
    """

    async def breathe() -> None:
        await asyncio.sleep(0)

    async with _opened(settings) as found:
        return await audited(found, breathe, parts)


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[tuple[Check, ...]]:
    programme = catalogue_of(settings)
    engine = open_engine(settings.database_url, reading=True)
    try:
        await require_schema(engine)
        client = await connect(settings.temporal_address, settings.temporal_namespace, lazy=True)
        yield checks(session_maker(engine), FileStore(settings.files_dir), programme, client)
    finally:
        await engine.dispose()
