"""Recovery: a Temporal of another moment than the records, or an empty one, is brought into step with them.

What the records say goes on is started where no workflow runs for it, told from the records. A workflow that does not
know the newest of its own records reads them again; so does one that knows more than they: the records win. One that
they do not know, or know to be over, is ended. Doing it twice changes nothing.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum
from typing import NamedTuple

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError, RPCStatusCode

from gateway.connection import connect, ensure_search_attributes
from gateway.deadlines import CALL_WITHIN
from gateway.failures import translated
from gateway.leftovers import Leftovers
from gateway.questions import answer_of
from gateway.schedules import ensure_all
from gateway.wakers import wake_all
from models.catalogue.loading import load_programme
from models.catalogue.programme import Programme
from models.errors import Closed, SojournError
from models.identifiers import EXCHANGE_QUEUE
from models.messages.suspensions import SuspensionProgress
from records.audit.workflows import in_step
from records.recovering import Recoverable, recoverable, recoverables, revision_of, suspension_on_record
from records.store.engine import Sessions, open_engine, session_maker, transaction, upgrade
from settings import Settings
from workflows.search_attributes import search_attributes

AT_ONCE = 8
"""Workflows that are looked at side by side."""
LOOKS_AGAIN = (0.5, 2.0)
"""Seconds until what seems out of step is looked at again: it may be in the middle of an act."""


class Fate(StrEnum):
    """What became of a workflow."""

    IN_STEP = "in_step"
    RESUMED = "resumed"
    """It ran and was not where the records are: it reads them again."""
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

    def __init__(
        self,
        client: Client,
        sessions: Sessions,
        programme: Programme,
        pauses: tuple[float, ...] = LOOKS_AGAIN,
        leftovers: Leftovers | None = None,
    ) -> None:
        self._client = client
        self._sessions = sessions
        self._programme = programme
        self._pauses = pauses
        self._leftovers = leftovers or Leftovers(client, sessions, programme)
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

    async def begin_again(self, workflow_id: str, run: str) -> bool:
        """End a run that cannot go on and start its workflow from the records; says whether they know of such a one.

        A rotation is begun by its exchange; one that is its exchange's child, which waits for it, is left alone.

        Raises:
            Unavailable: Temporal or the database is away.
        """
        async with transaction(self._sessions) as session:
            wanted = await recoverable(session, self._programme, workflow_id)
        if wanted is None:
            return False
        with suppress(Closed), translated():  # another process was first
            if wanted.start is None and await self._is_awaited(workflow_id, run):
                return False
            await self._begin_again(wanted, run)
        return True

    async def _is_awaited(self, workflow_id: str, run: str) -> bool:
        handle = self._client.get_workflow_handle(workflow_id, run_id=run)
        return (await handle.describe(rpc_timeout=CALL_WITHIN)).parent_id is not None

    async def _begin_again(self, wanted: Recoverable, run: str | None = None) -> None:
        handle = self._client.get_workflow_handle(wanted.workflow_id, run_id=run)
        await handle.terminate("begun again from the records", rpc_timeout=CALL_WITHIN)
        await self._start(wanted)

    async def _one(self, wanted: Recoverable) -> Recovered:
        async with self._turn:
            try:
                with translated():
                    async with asyncio.timeout(2 * CALL_WITHIN.total_seconds() + sum(self._pauses)):
                        fate = await self._mend(wanted)
            except (SojournError, TimeoutError):
                fate = Fate.FAILED
        return Recovered(wanted.workflow_id, fate, of_today=fate is Fate.STARTED and wanted.policy_of_today)

    async def _mend(self, wanted: Recoverable) -> Fate:
        handle = self._client.get_workflow_handle(wanted.workflow_id)
        if not await self._runs(handle):
            await self._start(wanted)
            return Fate.STARTED
        for pause in (*self._pauses, None):
            if await self._is_in_step(handle, wanted):
                return Fate.IN_STEP
            if pause is not None:
                await asyncio.sleep(pause)
        if wanted.suspension is None:
            await handle.signal("catch_up", rpc_timeout=CALL_WITHIN)
        else:  # all that it knows is in its start: it tells whoever the records do not confirm
            await self._begin_again(wanted)
        return Fate.RESUMED

    async def _is_in_step(self, handle: WorkflowHandle[object, object], wanted: Recoverable) -> bool:
        if wanted.suspension is not None:
            progress = await answer_of(handle, "progress", SuspensionProgress, rpc_timeout=CALL_WITHIN)
            async with transaction(self._sessions) as session:
                state = await suspension_on_record(session, progress.suspension_id)
            return state is None or state.is_known_to(progress)
        follows = await answer_of(handle, "follows", list[int], rpc_timeout=CALL_WITHIN)
        async with transaction(self._sessions) as session:
            return in_step(await revision_of(session, wanted.writer), follows)

    async def _start(self, wanted: Recoverable) -> None:
        if wanted.start is None:  # its exchange begins it, as it does when it reads the records
            await self._client.get_workflow_handle(wanted.begun_by).signal("catch_up", rpc_timeout=CALL_WITHIN)
            return
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

    async def _runs(self, handle: WorkflowHandle[object, object]) -> bool:
        try:
            found = await handle.describe(rpc_timeout=CALL_WITHIN)
        except RPCError as failure:
            if failure.status is not RPCStatusCode.NOT_FOUND:
                raise
            return False
        return found.status is WorkflowExecutionStatus.RUNNING


async def recover(settings: Settings) -> Sequence[Recovered]:
    """Recover the service of the settings: its workflows, schedules, search attributes, mail and deliveries.

    Raises:
        SojournError: the database or Temporal is away, or the catalogue has a fault.
    """
    programme = load_programme(settings.catalogue_dir)
    engine = open_engine(settings.database_url)
    try:
        await upgrade(engine)
        sessions = session_maker(engine)
        client = await connect(settings.temporal_address, settings.temporal_namespace)
        await ensure_search_attributes(client)
        done = await Recovery(client, sessions, programme).recover()
        await ensure_all(client, sessions, programme, reads_bounces=settings.bounce_imap_host is not None)
        await wake_all(client, sessions)
        return done
    finally:
        await engine.dispose()
