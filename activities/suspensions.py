"""Suspending and resuming many exchanges: which are covered, telling them, and how far that has got."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from models.events import Event, ExchangeExempted
from models.identifiers import exchange_workflow_id
from models.messages.suspensions import Reach, Reached
from models.tables import EventRow, ExchangeRow, ExchangeSuspensionRow
from models.wire import Id, Wire
from records.queries.suspensions import covered
from records.store.append import MessageWriter, Wakers, append
from records.store.engine import Sessions, transaction

PAGE = 200
"""Exchanges read at a time: memory stays the same however many there are."""
SIGNAL_WITHIN = timedelta(seconds=10)
"""What is not told by then is told by the next attempt of the activity."""
AT_ONCE = 10
"""Signals on their way at the same time."""
PER_SECOND = 50
"""Signals sent in a second: about what one worker answers, so that people who act meanwhile are not kept waiting."""


class RecordSuspension(Wire):
    """Facts of a suspension's own stream."""

    suspension_id: Id
    key: Id
    events: tuple[Event, ...]


def _held(suspension_id: str) -> ColumnElement[bool]:
    return exists().where(
        ExchangeSuspensionRow.exchange_id == ExchangeRow.id,
        ExchangeSuspensionRow.suspension_id == suspension_id,
        ExchangeSuspensionRow.until.is_(None),
    )


class Suspensions:
    """Records suspensions and tells exchanges of them."""

    def __init__(self, sessions: Sessions, client: Client, outbox: MessageWriter, wakers: Wakers) -> None:
        self._wakers = wakers
        self._sessions = sessions
        self._client = client
        self._outbox = outbox

    @activity.defn
    async def record_suspension(self, request: RecordSuspension) -> None:
        """Record what happened to a suspension, once per key."""
        async with transaction(self._sessions) as session:
            if await _is_on_record(session, request):
                return  # told again after a recovery
            appended = await append(session, self._outbox, request.suspension_id, request.key, request.events)
        self._wakers.after(appended)

    @activity.defn
    async def reach_exchanges(self, reach: Reach) -> Reached:
        """Tell every exchange that the records do not confirm yet; says how many are left.

        Telling one twice changes nothing, so a second attempt begins where the records say the first one got.
        """
        told = unreachable = 0
        pace = asyncio.Semaphore(AT_ONCE)
        async for page in self._pages(reach):
            async with asyncio.TaskGroup() as group:
                tasks = []
                for exchange_id in page:
                    tasks.append(group.create_task(self._tell(pace, exchange_id, reach)))
                    await asyncio.sleep(1 / PER_SECOND)
            told += sum(task.result() for task in tasks)
            unreachable += sum(not task.result() for task in tasks)
            activity.heartbeat()
        return Reached(
            told=told,
            unreachable=unreachable,
            left=await self._count(_waiting(reach)),
            suspended=await self._count(_held(reach.suspension_id)),
        )

    async def _pages(self, reach: Reach) -> AsyncIterator[Sequence[str]]:
        last = ""
        while True:
            query = select(ExchangeRow.id).where(_waiting(reach), ExchangeRow.id > last)
            async with self._sessions() as session:
                page = list(await session.scalars(query.order_by(ExchangeRow.id).limit(PAGE)))
            if not page:
                return
            yield page
            last = page[-1]

    async def _tell(self, pace: asyncio.Semaphore, exchange_id: str, reach: Reach) -> bool:
        """Signal one exchange; `False` where no workflow runs for it."""
        handle = self._client.get_workflow_handle(exchange_workflow_id(exchange_id))
        async with pace:
            try:
                if reach.resume is not None:
                    await handle.signal("resume", reach.resume, rpc_timeout=SIGNAL_WITHIN)
                elif reach.suspend is not None:
                    await handle.signal("suspend", reach.suspend, rpc_timeout=SIGNAL_WITHIN)
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise
                return False
        return True

    async def _count(self, condition: ColumnElement[bool]) -> int:
        async with self._sessions() as session:
            return await session.scalar(select(func.count()).select_from(ExchangeRow).where(condition)) or 0


async def _is_on_record(session: AsyncSession, request: RecordSuspension) -> bool:
    """Whether the suspension began, ended, or let this exchange out already."""
    (event,) = request.events
    of = event.exchange_id if isinstance(event, ExchangeExempted) else None
    found = await session.scalars(
        select(EventRow.payload).where(EventRow.stream == request.suspension_id, EventRow.kind == event.kind)
    )
    return any(payload.get("exchange_id") == of for payload in found)


def _waiting(reach: Reach) -> ColumnElement[bool]:
    """Exchanges that are still to be told."""
    if reach.resume is not None:
        held = _held(reach.suspension_id) & ExchangeRow.closed_at.is_(None)
        return held & (ExchangeRow.id == reach.only) if reach.only else held
    told = exists().where(
        ExchangeSuspensionRow.exchange_id == ExchangeRow.id,
        ExchangeSuspensionRow.suspension_id == reach.suspension_id,
    )
    return covered(reach.coverage) & ~told
