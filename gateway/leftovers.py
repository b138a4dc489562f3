"""Workflows of a Temporal of another moment than the records: they run, and by the records they do not go on."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from gateway.audit import AskedWorkflows
from gateway.deadlines import CALL_WITHIN
from gateway.failures import translated
from models.errors import Broken
from models.events import RotationEnded
from models.identifiers import exchange_of
from models.tables import ActRow, EventRow, ExchangeRow
from records.audit.looking import pages, snapshot
from records.audit.running import PAGE, read
from records.audit.workflows import COHORT, EXCHANGE, ROTATION, WorkflowSubject, subject_of
from records.store.engine import Sessions

LOOKS_AGAIN = 2.0
"""Seconds before what is to be ended is looked at again: what just begins or ends is not left over."""


class Leftover(StrEnum):
    """Why a workflow is left over."""

    UNKNOWN = "unknown"
    """The records know nothing of it: it began after they were copied."""
    OVER = "over"
    """The records say that it is over: it ended after Temporal's store was copied."""


Wanted = Callable[[AsyncSession], Awaitable[Collection[str]]]
"""The ids of the workflows that the records say go on."""


class Leftovers:
    """Ends what runs and, by the records, does not go on."""

    def __init__(self, client: Client, sessions: Sessions, wanted: Wanted) -> None:
        self._client = client
        self._sessions = sessions
        self._wanted = wanted

    async def end(self) -> dict[str, Leftover]:
        """End what is left over; says what, and why.

        What the records do not know must not go on: the next exchange that is nominated takes its code. A cohort is
        not ended, it reads the records again and begins anew; so does a rotation that is over, and tells its exchange.

        Raises:
            Broken: the records know no exchange at all and some run; nothing was ended.
            Unavailable: Temporal or the database is away.
        """
        running = await AskedWorkflows(self._client).running() or ()
        left = await self._left_over([subject for one in running if (subject := subject_of(one)) is not None])
        if left:
            await asyncio.sleep(LOOKS_AGAIN)
            left = await self._left_over(left)
        if Leftover.UNKNOWN in left.values():
            await self._require_records(len(left))
        for subject, why in left.items():
            await self._end(subject, why)
        await self._tell_cohorts(left)
        return {subject.workflow: why for subject, why in left.items()}

    async def _left_over(self, subjects: Iterable[WorkflowSubject]) -> dict[WorkflowSubject, Leftover]:
        async with snapshot(self._sessions) as session:
            wanted = set(await self._wanted(session))
        found: dict[WorkflowSubject, Leftover] = {}
        for some in pages(sorted({*subjects}, key=lambda one: one.workflow), PAGE):
            some = [one for one in some if one.workflow not in wanted]
            async with snapshot(self._sessions) as session:
                recorded = await read(session, some)
                query = select(ActRow.workflow_id).where(ActRow.workflow_id.in_([one.workflow for one in some]))
                asked = set(await session.scalars(query))
                ended = await _ended_rotations(session, some)
            for one in some:
                if recorded[one].runs is False or one in ended:
                    found[one] = Leftover.OVER
                elif one.workflow not in asked and (one.kind == ROTATION or not recorded[one].known):
                    found[one] = Leftover.UNKNOWN
        return found

    async def _require_records(self, running: int) -> None:
        async with snapshot(self._sessions) as session:
            if await session.scalar(select(ExchangeRow.id).limit(1)) is None:
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

    async def _tell_cohorts(self, left: Iterable[WorkflowSubject]) -> None:
        """Have the cohorts of exchanges that were ended look who has left: nobody else tells them."""
        ended = {exchange_of(subject.id) for subject in left if subject.kind == EXCHANGE}
        async with snapshot(self._sessions) as session:
            query = select(ExchangeRow.cohort_id).where(ExchangeRow.id.in_(ended)).distinct()
            cohorts = [WorkflowSubject(COHORT, one) for one in await session.scalars(query) if one is not None]
        for cohort in cohorts:
            await self._end(cohort, Leftover.OVER)


async def _ended_rotations(session: AsyncSession, subjects: Iterable[WorkflowSubject]) -> set[WorkflowSubject]:
    """Those rotations that are over on record, though their exchange is not."""
    rotations = {one for one in subjects if one.kind == ROTATION}
    kind = RotationEnded.model_fields["kind"].default
    streams = {exchange_of(one.id) for one in rotations}
    payloads = await session.scalars(
        select(EventRow.payload).where(EventRow.stream.in_(streams), EventRow.kind == kind)
    )
    over = {payload["placement_id"] for payload in payloads}
    return {one for one in rotations if one.id in over}
