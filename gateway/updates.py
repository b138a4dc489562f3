"""How one act is sent to its workflow, repeated safely, and answered; nobody above it sees an update of Temporal."""

import asyncio
import hashlib
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypeVar

from temporalio.client import Client

from gateway.availability import Availability
from gateway.deadlines import AnswerTime, answering
from models.errors import Broken, Closed, NotOpen, Refused, Unavailable, Unknown
from models.identifiers import cohort_workflow_id, exchange_of, exchange_workflow_id, rotation_workflow_id
from models.messages.exchange import (
    CorrectNomination,
    ExtendDeadline,
    ReassignStep,
    ReportAttendance,
    ReportMovement,
    SnoozeStep,
)
from models.messages.repetition import update_id
from models.people.authorization import Actor
from models.typed import require_meant_days
from models.vocabulary import Repeated, StepKind
from models.wire import Wire
from records.filing import Filing
from records.lookups import Lookups
from records.people import People
from records.usage import Usage, Use

T = TypeVar("T")
KEYS = ("decision_id", "report_id", "submission_id")
UNHEARD_OF = frozenset(
    {
        "step.not_open",
        "document.none_awaited",
        "document.not_awaited",
        "document.settled",
        "arrival.not_awaited",
        "student.not_arrived",
        "departure.not_open",
    }
)
"""What a workflow says of a step that it has not come to; every other refusal is about one that it knows."""
REPEATED: Mapping[type[Wire], Repeated] = {
    CorrectNomination: Repeated.CORRECT,
    ExtendDeadline: Repeated.EXTEND,
    SnoozeStep: Repeated.SNOOZE,
    ReassignStep: Repeated.REASSIGN,
    ReportMovement: Repeated.MOVEMENT,
    ReportAttendance: Repeated.ATTENDANCE,
}
"""Acts that leave their step open; documents are counted when they are handed in, before they are read."""
CATCHING_UP = (0.5, 1.0, 2.0, 4.0)
"""Seconds between tries, while a workflow does not know yet what is on record: its worker died in between."""


def new_id() -> str:
    """A fresh id for an act; keep it to repeat the same act safely."""
    return uuid.uuid4().hex


class Updates:
    """Sends acts to workflows."""

    def __init__(
        self,
        client: Client,
        filing: Filing,
        people: People,
        usage: Usage,
        clock: Callable[[], datetime],
        line: Availability,
    ) -> None:
        self._line = line
        self._client = client
        self._filing = filing
        self._registry = Lookups(filing.sessions)
        self._people = people
        self._usage = usage
        self._clock = clock

    async def to_exchange(
        self, exchange_id: str, update: Any, request: Wire, answer: type[T], *, awaited: StepKind | None = None
    ) -> T:
        """Send an act to an exchange; `awaited` is the kind of step that it answers, where it names none by its id.

        Raises:
            Refused: it is not allowed now; `Closed` where the exchange has ended, `Unknown` where it never was.
            Unavailable: no answer in time; repeating the act is safe.
        """
        try:
            workflow_id = exchange_workflow_id(exchange_id)
            async with self._counted(exchange_id, request):
                return await self._patiently(
                    workflow_id, update, request, answer, lambda: self._owed(exchange_id, awaited)
                )
        except Closed:
            await self._filing.person_of(exchange_id)  # an exchange nobody ever nominated is unknown, not closed
            raise

    async def to_rotation(self, placement: str, update: Any, request: Wire, answer: type[T]) -> T:
        """Send an act to a rotation; raises as for an exchange."""
        try:
            workflow_id = rotation_workflow_id(placement)
            async with self._counted(exchange_of(placement), request):
                return await self._patiently(workflow_id, update, request, answer, _nothing)
        except Closed:
            await self._filing.person_of(exchange_of(placement))
            if not await self._registry.has_placement(placement):
                raise Unknown("placement.unknown", placement=placement) from None
            raise

    async def to_cohort(self, cohort_id: str, update: Any, request: Wire, answer: type[T]) -> T:
        """Send an act to a cohort; raises as for an exchange."""
        try:
            return await self.send(cohort_workflow_id(cohort_id), update, request, answer)
        except Closed:
            await self.require_cohort(cohort_id)
            raise

    async def require_cohort(self, cohort_id: str) -> None:
        """That a cohort is on record.

        Raises:
            Unknown: it is not.
        """
        if not await self._registry.has_cohort(cohort_id):
            raise Unknown("cohort.unknown", cohort=cohort_id)

    async def _patiently(
        self,
        workflow_id: str,
        update: Any,
        request: Wire,
        answer: type[T],
        owed: Callable[[], Awaitable[bool]],
    ) -> T:
        """Send, and where the workflow does not know a step that is on record as open, wait until it does.

        A worker may die after the records were committed and before its workflow was: for some seconds people see what
        the workflow that is replayed has not come to yet.
        """
        step: str | None = getattr(request, "step_id", None)
        for pause in (*CATCHING_UP, None):
            try:
                return await self.send(workflow_id, update, request, answer)
            except NotOpen as refusal:
                if isinstance(refusal, Closed) or refusal.message not in UNHEARD_OF:
                    raise
                if not (await self._registry.is_open(step) if step is not None else await owed()):
                    raise
                if pause is None:
                    raise Unavailable("exchange.catching_up") from refusal
                await asyncio.sleep(pause)
        raise AssertionError  # the last try returns or raises

    async def _owed(self, exchange_id: str, awaited: StepKind | None) -> bool:
        return awaited is not None and await self._registry.waits_for(exchange_id, awaited)

    async def send(self, workflow_id: str, update: Any, request: Wire, answer: type[T]) -> T:
        """Send an act to a workflow, once for the act's key however often it is sent."""
        require_meant_days(request)
        self._line.require()
        actor = getattr(request, "actor", None)
        if actor is not None:
            await self.vouch(actor)
        handle = self._client.get_workflow_handle(workflow_id)
        act_id = update_id(_key(request), request)
        async with answering(self._line, AnswerTime.ACT):
            reply = await handle.execute_update(update, request, id=act_id)
        if not isinstance(reply, answer):
            raise Broken("workflow.answered_otherwise", got=type(reply).__name__, expected=answer.__name__)
        return reply

    async def vouch(self, actor: Actor) -> None:
        """That who acts for somebody else stands in for them now; workflows take the actor's word for it."""
        if actor.on_behalf_of:
            await self._people.require_standing_in(actor, self._clock())

    @asynccontextmanager
    async def noted(
        self, exchange_id: str, text: str | None, actor: Actor, decision_id: str
    ) -> AsyncIterator[str | None]:
        """Keep a comment in the records for the act in the block; of an act that is refused it is not kept.

        Only its id travels, and it is its author's: nobody else's act meets it.
        """
        if not text:
            yield None
            return
        author, at = hashlib.sha256(actor.id.encode()).hexdigest()[:8], self._clock()
        note_id = await self._filing.note(exchange_id, text, actor.id, at, f"note-{decision_id}-{author}")
        try:
            yield note_id
        except Refused:
            await self._filing.forget_note(note_id, at)
            raise

    @asynccontextmanager
    async def _counted(self, exchange_id: str, request: Wire) -> AsyncIterator[None]:
        """Count an act that leaves its step open, before the workflow is touched."""
        act, actor = REPEATED.get(type(request)), getattr(request, "actor", None)
        if act is None or actor is None:
            yield
            return
        async with self._usage.counted(Use(_key(request), actor.id, act, exchange_id), self._clock()):
            yield


def _key(request: Wire) -> str:
    return next(str(getattr(request, name)) for name in KEYS if hasattr(request, name))


async def _nothing() -> bool:
    """A report that answers no step is owed by nobody."""
    return False
