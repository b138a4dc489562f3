"""How one act is sent to its workflow, repeated safely, and answered; nobody above it sees an update of Temporal."""

import asyncio
import hashlib
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import TypeVar

from temporalio.client import Client

from gateway.acts import Asking
from gateway.availability import Availability
from gateway.deadlines import CALL_WITHIN, AnswerTime, answering
from gateway.kinds import UPDATES
from models.catalogue.programme import Programme
from models.errors import Broken, Closed, NotOpen, OutOfStep, Refused, Unavailable, Unknown
from models.identifiers import cohort_workflow_id, exchange_of, exchange_workflow_id, rotation_workflow_id
from models.messages.acts import Act
from models.messages.corrections import CorrectReport
from models.messages.exchange import (
    Acknowledged,
    CorrectNomination,
    Decide,
    Decided,
    DocumentAnswer,
    ExtendDeadline,
    ReassignStep,
    ReportArrival,
    ReportAttendance,
    ReportDeparture,
    ReportMovement,
    SnoozeStep,
    SubmitDocument,
)
from models.messages.housing import MoveBed
from models.messages.repetition import update_id
from models.people.authorization import Actor
from models.typed import require_meant_days
from models.vocabulary import Repeated, Stage, StepKind
from models.wire import Wire
from records.authority import AuthorityPapers
from records.filing import Filing
from records.lookups import Lookups
from records.people import People
from records.usage import Usage, Use

T = TypeVar("T", bound=Wire)
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
    CorrectReport: Repeated.CORRECT,
    MoveBed: Repeated.BED,
    ReportAttendance: Repeated.ATTENDANCE,
}
"""Acts that leave their step open; documents are counted when they are handed in, before they are read."""
CATCHING_UP = (0.5, 1.0, 2.0, 4.0)
"""Seconds between tries, while a workflow does not know yet what is on record: its worker died in between."""


def new_id() -> str:
    """A fresh id for an act; keep it to repeat the same act safely."""
    return uuid.uuid4().hex


class Updates:
    """Has acts done by workflows that run."""

    def __init__(
        self,
        client: Client,
        asking: Asking,
        filing: Filing,
        people: People,
        usage: Usage,
        programme: Programme,
        clock: Callable[[], datetime],
        line: Availability,
    ) -> None:
        self._line = line
        self._client = client
        self._asking = asking
        self._filing = filing
        self._registry = Lookups(filing.sessions)
        self._people = people
        self._usage = usage
        self._programme = programme
        self._clock = clock
        for kind in UPDATES:
            asking.sends(kind, self.send)
            asking.recalls(kind, self.recall)

    async def to_exchange(self, exchange_id: str, kind: str, request: Wire, answer: type[T]) -> T:
        """Ask an act of an exchange.

        Raises:
            Refused: it is not allowed now; `Closed` where the exchange has ended, `Unknown` where it never was.
            Kept: no answer in time; it is done without being asked again.
            Unavailable: it could not even be kept; repeating the act is safe.
        """
        try:
            async with self._counted(exchange_id, request):
                return await self._ask(exchange_workflow_id(exchange_id), kind, request, answer, exchange_id)
        except Closed:
            await self._filing.person_of(exchange_id)  # an exchange nobody ever nominated is unknown, not closed
            raise

    async def to_rotation(self, placement: str, kind: str, request: Wire, answer: type[T]) -> T:
        """Ask an act of a rotation; raises as for an exchange."""
        exchange_id = exchange_of(placement)
        try:
            async with self._counted(exchange_id, request):
                return await self._ask(rotation_workflow_id(placement), kind, request, answer, exchange_id)
        except Closed:
            await self._filing.person_of(exchange_id)
            if not await self._registry.has_placement(placement):
                raise Unknown("placement.unknown", placement=placement) from None
            raise

    async def to_cohort(self, cohort_id: str, kind: str, request: Wire, answer: type[T]) -> T:
        """Ask an act of a cohort; raises as for an exchange."""
        try:
            return await self._ask(cohort_workflow_id(cohort_id), kind, request, answer, cohort_id)
        except Closed:
            await self.require_cohort(cohort_id)
            raise

    async def to_review(self, workflow_id: str, decision: Decide) -> Decided:
        """Ask for the answer to a review of late answers; raises as for an exchange."""
        return await self._ask(workflow_id, "decide", decision, Decided, exchange_of(decision.step_id))

    async def require_cohort(self, cohort_id: str) -> None:
        """That a cohort is on record.

        Raises:
            Unknown: it is not.
        """
        if not await self._registry.has_cohort(cohort_id):
            raise Unknown("cohort.unknown", cohort=cohort_id)

    async def _ask(self, workflow_id: str, kind: str, request: Wire, answer: type[T], about: str) -> T:
        """Put an act on record and send it; what needs no workflow to be refused is refused before."""
        require_meant_days(request)
        actor: Actor = getattr(request, "actor")  # noqa: B009  # every request of a person has one
        await self.vouch(actor)
        act = Act(workflow_id=workflow_id, key=_key(request), kind=kind, actor=actor, request=request, about=about)
        return await self._asking.ask(act, answer)

    async def send(self, act: Act) -> Wire:
        """Send an act, again with pauses where the workflow does not know yet what is on record.

        A worker may die after the records were committed and before its workflow was: for some seconds people see what
        the workflow that is replayed has not come to yet. One that does not come to it by itself was set back in
        Temporal: it is told to read the records.
        """
        for tried, pause in enumerate((*CATCHING_UP, None)):
            try:
                return await self._update(act)
            except OutOfStep as behind:  # it reads the records, and takes the act under its key a moment later
                if pause is None:
                    raise Unavailable("exchange.catching_up") from behind
                await asyncio.sleep(pause)
            except NotOpen as refusal:
                if not await self._is_behind(act, refusal):
                    raise
                if pause is None:
                    raise Unavailable("exchange.catching_up") from refusal
                if tried == 1:
                    await self._tell_behind(act.workflow_id)
                await asyncio.sleep(pause)
        raise AssertionError  # the last try returns or raises

    async def _tell_behind(self, workflow_id: str) -> None:
        """Have a workflow read the records again; where none runs, only a recovery starts one."""
        with suppress(Closed):
            async with answering(self._line, AnswerTime.ACT):
                await self._client.get_workflow_handle(workflow_id).signal("catch_up", rpc_timeout=CALL_WITHIN)

    async def _is_behind(self, act: Act, refusal: NotOpen) -> bool:
        """Whether the records say that a workflow waits for what it does not know, or goes on where there is none."""
        about = act.about or ""
        if isinstance(refusal, Closed):
            return await self._registry.goes_on(act.workflow_id, about, self._clock().date())
        if refusal.message not in UNHEARD_OF:
            return False
        if act.step_id is not None:
            return await self._registry.is_open(act.step_id)
        awaited = self._awaited(act.request)
        return bool(awaited) and await self._registry.waits_for(about, awaited)

    def _awaited(self, request: Wire) -> frozenset[StepKind]:
        """The kinds of step that an act answers which names none by its id; a report that answers none is not owed."""
        match request:
            case ReportArrival():
                return frozenset({StepKind.CHECK_IN})
            case ReportDeparture():
                return frozenset({StepKind.DEPART})
            case SubmitDocument():
                policy = self._programme.policy.document(request.kind)
                return policy.taken_in if policy else frozenset()
        return frozenset()

    async def _update(self, act: Act) -> Wire:
        """Send an act once, as the update with the id of its key: however often, it is done once."""
        self._line.require()
        handle = self._client.get_workflow_handle(act.workflow_id)
        answer = UPDATES[act.kind].answer
        async with answering(self._line, AnswerTime.ACT):
            reply = await handle.execute_update(
                act.kind,
                act.request,
                id=update_id(act.key, act.request),
                result_type=answer,
            )
        if not isinstance(reply, answer):
            raise Broken("workflow.answered_otherwise", got=type(reply).__name__, expected=answer.__name__)
        return reply

    async def recall(self, act: Act) -> Wire | None:
        """The answer to an act that was taken, from the records: its workflow has forgotten it."""
        stage = await self._registry.stage_of(act.about or "") or Stage.CLOSED
        answer = UPDATES[act.kind].answer
        if answer is DocumentAnswer and isinstance(act.request, SubmitDocument):
            return await self._registry.document_answer(act.request.document_id)
        if isinstance(act.request, Decide):
            return Decided(step_id=act.request.step_id, outcome=act.request.outcome, repeated=True, stage=stage)
        return Acknowledged(exchange_id=act.about or "", repeated=True, stage=stage)

    async def take_back(self, act: Act) -> None:
        """Forget what was filed for an act that the relay heard to be refused: its comment, its document, its count."""
        request = act.request
        note_id = getattr(request, "note_id", None)
        if note_id is not None:
            await self._filing.forget_note(note_id)
        if isinstance(request, SubmitDocument):
            await self._filing.discard(request.document_id)
            use = Use(request.submission_id, act.actor.id, Repeated.HAND_IN, act.about or "", request.kind)
            await self._usage.forget(use)
        repeated = REPEATED.get(type(request))
        if repeated is not None:
            await self._usage.forget(Use(act.key, act.actor.id, repeated, act.about or ""))

    async def vouch(self, actor: Actor) -> None:
        """That who acts for somebody else stands in for them now; workflows take the actor's word for it."""
        if actor.on_behalf_of:
            await self._people.require_standing_in(actor, self._clock())

    async def vouch_later(self, actor: Actor) -> None:
        """That who asked some time ago still holds the role in which they did."""
        await self.vouch(actor)
        await self._people.require_in_office(actor)

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
    async def numbered(
        self, exchange_id: str, number: str, visa_type: str, actor: Actor, decision_id: str
    ) -> AsyncIterator[str | None]:
        """Keep what stands on a paper for the act in the block, like a comment; only its id travels."""
        author = hashlib.sha256(actor.id.encode()).hexdigest()[:8]
        key = f"{decision_id}-{author}"
        register = AuthorityPapers(self._filing.sessions)
        number_id = await register.keep_number(exchange_id, number, visa_type, actor, self._clock(), key)
        try:
            yield number_id
        except Refused:
            await register.forget_number(number_id)
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
