"""Ends the workflows of a Temporal of another moment that, by the records, do not go on."""

import asyncio
from collections.abc import Iterable

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from gateway.deadlines import CALL_WITHIN
from gateway.failures import translated
from gateway.inquiry import AskedWorkflows
from models.catalogue.programme import Programme
from models.errors import Broken
from records.audit.looking import pages, snapshot
from records.audit.running import PAGE, WorkflowStates
from records.audit.workflows import COHORT, ROTATION, WorkflowSubject, subject_of
from records.leftovers import Leftover, cohorts_of, knows_exchanges, left_over
from records.recovering import recoverables
from records.store.engine import Sessions

LOOKS_AGAIN = 2.0
"""Seconds before what is to be ended is looked at again: what just begins or ends is not left over."""


class Leftovers:
    """Ends what runs and, by the records, does not go on."""

    def __init__(
        self, client: Client, sessions: Sessions, programme: Programme, asked: WorkflowStates | None = None
    ) -> None:
        self._client = client
        self._sessions = sessions
        self._programme = programme
        self._asked = asked or AskedWorkflows(client)

    async def end(self) -> dict[str, Leftover]:
        """End what is left over; says what, and why.

        What the records do not know must not go on: the next exchange that is nominated takes its code. A cohort is
        not ended, it reads the records again and begins anew; so does a rotation that is over, and tells its exchange.

        Raises:
            Broken: the records know no exchange at all and some run; nothing was ended.
            Unavailable: Temporal or the database is away.
        """
        running = await self._asked.running() or ()
        left = await self._left_over([subject for one in running if (subject := subject_of(one)) is not None])
        if left:
            await asyncio.sleep(LOOKS_AGAIN)
            left = await self._left_over(left)
        if Leftover.UNKNOWN in left.values():
            await self._require_records(len(left))
        for subject, why in left.items():
            await self._end(subject, why)
        # Nobody else tells the cohorts of exchanges that were ended that these have left.
        async with snapshot(self._sessions) as session:
            cohorts = await cohorts_of(session, left)
        for cohort in cohorts:
            await self._end(cohort, Leftover.OVER)
        return {subject.workflow: why for subject, why in left.items()}

    async def _left_over(self, subjects: Iterable[WorkflowSubject]) -> dict[WorkflowSubject, Leftover]:
        async with snapshot(self._sessions) as session:
            wanted = {one.workflow_id for one in await recoverables(session, self._programme)}
        found: dict[WorkflowSubject, Leftover] = {}
        for some in pages(sorted({*subjects}, key=lambda one: one.workflow), PAGE):
            async with snapshot(self._sessions) as session:
                found |= await left_over(session, some, wanted)
        return found

    async def _require_records(self, running: int) -> None:
        async with snapshot(self._sessions) as session:
            if not await knows_exchanges(session):
                raise Broken("recover.no_records", running=running)

    async def _end(self, subject: WorkflowSubject, why: Leftover) -> None:
        handle = self._client.get_workflow_handle(subject.workflow)
        try:
            if subject.kind == COHORT or (subject.kind == ROTATION and why is Leftover.OVER):
                await handle.signal("catch_up", rpc_timeout=CALL_WITHIN)
            else:
                await handle.terminate(reason=f"recovered: {why} by the records", rpc_timeout=CALL_WITHIN)
        except RPCError as failure:
            if failure.status is not RPCStatusCode.NOT_FOUND:  # it has just ended by itself
                with translated():
                    raise
