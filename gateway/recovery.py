"""Recovery: a Temporal of another moment than the records, or an empty one, is brought into step with them.

What the records say goes on is started where no workflow runs for it, told from the records. A workflow that does not
know the newest of its own records reads them again; so does one that knows more than they: the records win. One that
they do not know, or know to be over, is ended. Doing it twice changes nothing.
"""

import asyncio
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError, RPCStatusCode

from gateway.connection import connect, ensure_search_attributes
from gateway.deadlines import CALL_WITHIN
from gateway.failures import translated
from gateway.leftovers import Leftovers
from models.catalogue.loading import load_programme
from models.catalogue.programme import Programme
from models.errors import SojournError
from models.identifiers import EXCHANGE_QUEUE
from records.recovering import Recoverable, recoverables
from records.store.engine import Sessions, open_engine, session_maker, transaction, upgrade
from settings import Settings
from workflows.search_attributes import search_attributes

AT_ONCE = 8
"""Workflows that are looked at side by side."""


class Fate(StrEnum):
    """What became of a workflow."""

    IN_STEP = "in_step"
    RESUMED = "resumed"
    """It ran and did not know the newest on record: it reads the records again."""
    STARTED = "started"
    """It did not run, and tells its story from the records."""
    UNKNOWN = "unknown"
    """It ran, and the records know nothing of it: it was ended, or began anew if it is a cohort."""
    OVER = "over"
    """It ran, and the records say that it is over: it was ended."""
    FAILED = "failed"
    """It could not be looked at; recovering again looks again."""


class Recovered(NamedTuple):
    """One workflow and what was done about it."""

    workflow_id: str
    fate: Fate
    of_today: bool = False
    """Whether it runs under the policy of today: it began before policies were kept."""


class Recovery:
    """Brings workflows into step with the records."""

    def __init__(self, client: Client, sessions: Sessions, programme: Programme) -> None:
        self._client = client
        self._sessions = sessions
        self._programme = programme
        self._leftovers = Leftovers(client, sessions, programme)
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def recover(self) -> tuple[Recovered, ...]:
        """Look at every workflow that the records say goes on, and mend what is out of step; end what is left over.

        Raises:
            Broken: workflows run, and the records know no exchange at all: it is the wrong database.
            Unavailable: the database is away, or Temporal cannot say what runs.
        """
        left = await self._leftovers.end()
        async with transaction(self._sessions) as session:
            wanted = await recoverables(session, self._programme)
        done = [Recovered(workflow_id, Fate(why)) for workflow_id, why in left.items()]
        # Cohorts before exchanges, exchanges before their rotations: who is told something is there to hear it.
        for kind in dict.fromkeys(one.kind for one in wanted):
            done += await asyncio.gather(*(self._one(one) for one in wanted if one.kind == kind))
        return tuple(done)

    async def _one(self, wanted: Recoverable) -> Recovered:
        async with self._turn:
            try:
                with translated():
                    async with asyncio.timeout(2 * CALL_WITHIN.total_seconds()):
                        fate = await self._mend(wanted)
            except (SojournError, TimeoutError):
                fate = Fate.FAILED
        return Recovered(wanted.workflow_id, fate, of_today=fate is Fate.STARTED and wanted.policy_of_today)

    async def _mend(self, wanted: Recoverable) -> Fate:
        handle = self._client.get_workflow_handle(wanted.workflow_id)
        if await self._runs(wanted.workflow_id):
            if wanted.revision is None:
                return Fate.IN_STEP
            follows = await handle.query("follows", result_type=list[int], rpc_timeout=CALL_WITHIN)
            # Not merely one of them: what was taken last, and the records lost, are among them too.
            if not follows or wanted.revision == max(follows):
                return Fate.IN_STEP
            await handle.signal("catch_up", rpc_timeout=CALL_WITHIN)
            return Fate.RESUMED
        if wanted.start is None:  # its exchange begins it, as it does when it reads the records
            await self._client.get_workflow_handle(wanted.begun_by).signal("catch_up", rpc_timeout=CALL_WITHIN)
            return Fate.STARTED
        await self._client.start_workflow(
            wanted.kind,
            wanted.start,
            id=wanted.workflow_id,
            task_queue=EXCHANGE_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            search_attributes=search_attributes(wanted.plan) if wanted.plan is not None else None,
            static_summary="recovered from the records",
            rpc_timeout=CALL_WITHIN,
        )
        return Fate.STARTED

    async def _runs(self, workflow_id: str) -> bool:
        try:
            found = await self._client.get_workflow_handle(workflow_id).describe(rpc_timeout=CALL_WITHIN)
        except RPCError as failure:
            if failure.status is not RPCStatusCode.NOT_FOUND:
                raise
            return False
        return found.status is WorkflowExecutionStatus.RUNNING


async def recover(settings: Settings) -> Sequence[Recovered]:
    """Recover the service of the settings.

    Raises:
        SojournError: the database or Temporal is away, or the catalogue has a fault.
    """
    programme = load_programme(settings.catalogue_dir)
    engine = open_engine(settings.database_url)
    try:
        await upgrade(engine)
        client = await connect(settings.temporal_address, settings.temporal_namespace)
        await ensure_search_attributes(client)
        return await Recovery(client, session_maker(engine), programme).recover()
    finally:
        await engine.dispose()
