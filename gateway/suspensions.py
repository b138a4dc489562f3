"""Suspensions for people: begun, ended, and who is taken out of one. The programme office alone may."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from temporalio.client import Client, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from gateway.acts import Asking
from gateway.availability import Availability
from gateway.deadlines import AnswerTime, answered, answering
from gateway.kinds import OF_SUSPENSIONS, SUSPEND
from gateway.questions import answer_of
from models.catalogue.programme import Programme
from models.errors import BadInput, Closed, Conflict, Unavailable, Unknown
from models.idempotency import Fingerprint, fingerprint, is_repeated
from models.identifiers import EXCHANGE_QUEUE, is_exchange_code, suspension_workflow_id
from models.messages.acts import Act
from models.messages.repetition import update_id
from models.messages.suspensions import (
    Coverage,
    ExemptExchange,
    ResumeExchanges,
    SuspensionProgress,
    SuspensionReason,
    SuspensionStart,
    may_suspend,
)
from models.people.authorization import Actor, require
from models.vocabulary import Scope
from records.filing import Filing
from records.lookups import Lookups
from workflows.suspension import SuspensionWorkflow


class SuspensionOperations:
    """The operations on suspensions."""

    def __init__(
        self,
        client: Client,
        asking: Asking,
        filing: Filing,
        programme: Programme,
        clock: Callable[[], datetime],
        line: Availability,
    ) -> None:
        self.availability = line
        self._client = client
        self._asking = asking
        asking.sends(SUSPEND, self._start)
        for kind in OF_SUSPENSIONS:
            asking.sends(kind, self._update)
        self._filing = filing
        self._registry = Lookups(filing.sessions)
        self._programme = programme
        self._clock = clock

    @answered(AnswerTime.ACT)
    async def suspend(
        self, suspension_id: str, coverage: Coverage, reason: SuspensionReason, actor: Actor, words: str = ""
    ) -> SuspensionProgress:
        """Pause all covered exchanges; the same id again is the same suspension.

        Raises:
            NotAuthorised: not the programme office.
            BadInput: the target does not fit the scope, or nothing is known of it.
            KeyReused: the id was used for another suspension.
        """
        require(may_suspend(actor), "not_allowed.suspend")
        await self._check(coverage)
        if words:
            await self._filing.keep_words(suspension_id, words, actor.id)
        start = SuspensionStart(
            suspension_id=suspension_id, coverage=coverage, reason=reason, actor=actor, since=self._clock()
        )
        act = self._act(suspension_id, suspension_id, SUSPEND, start)
        return await self._asking.ask(act, SuspensionProgress, as_it_is_now=True)

    async def _start(self, act: Act) -> SuspensionProgress:
        """Have a suspension's workflow running; sent again, it is the same suspension."""
        start = act.request
        assert isinstance(start, SuspensionStart)
        known = await self._registry.has_suspension(start.suspension_id)
        async with answering(self.availability, AnswerTime.ACT):
            try:
                await self._client.start_workflow(
                    SuspensionWorkflow.run,
                    start,
                    id=act.workflow_id,
                    task_queue=EXCHANGE_QUEUE,
                    id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                    # As for an exchange: what is not on record may begin under an id that Temporal remembers.
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE
                    if known
                    else WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                    static_summary=f"{start.coverage.scope} {start.coverage.target}".strip(),
                )
            except WorkflowAlreadyStartedError:
                raise Conflict("suspension.id_ended", "id", suspension=start.suspension_id) from None
        progress = await self.progress(start.suspension_id)
        is_repeated(_covered(progress.coverage).value, _covered(start.coverage))
        return progress

    @answered(AnswerTime.ACT)
    async def resume(
        self, suspension_id: str, actor: Actor, decision_id: str, until: datetime | None = None
    ) -> SuspensionProgress:
        """Resume the exchanges.

        Raises:
            NotAuthorised: not the programme office.
            Closed: it has ended.
        """
        request = ResumeExchanges(decision_id=decision_id, actor=actor, until=until)
        return await self._ask(suspension_id, "resume", request)

    @answered(AnswerTime.ACT)
    async def exempt(self, suspension_id: str, exchange_id: str, actor: Actor, decision_id: str) -> SuspensionProgress:
        """Take one exchange out; it goes on.

        Raises:
            NotAuthorised: not the programme office.
            Closed: the suspension has ended.
            Unknown: there is no such exchange.
        """
        require(may_suspend(actor), "not_allowed.exempt")
        await self._filing.person_of(exchange_id)
        request = ExemptExchange(decision_id=decision_id, actor=actor, exchange_id=exchange_id)
        return await self._ask(suspension_id, "exempt", request)

    @answered(AnswerTime.LOOK)
    async def progress(self, suspension_id: str) -> SuspensionProgress:
        """How far a suspension has got, from its workflow.

        Raises:
            Unknown: there is no such suspension.
        """
        try:
            async with answering(self.availability, AnswerTime.LOOK):
                return await answer_of(self._handle(suspension_id), SuspensionWorkflow.progress, SuspensionProgress)
        except Closed:
            raise Unknown("suspension.unknown", suspension=suspension_id) from None

    async def _ask(
        self, suspension_id: str, kind: str, request: ResumeExchanges | ExemptExchange
    ) -> SuspensionProgress:
        act = self._act(suspension_id, request.decision_id, kind, request)
        return await self._asking.ask(act, SuspensionProgress)

    def _act(
        self, suspension_id: str, key: str, kind: str, request: SuspensionStart | ResumeExchanges | ExemptExchange
    ) -> Act:
        return Act(
            workflow_id=suspension_workflow_id(suspension_id),
            key=key,
            kind=kind,
            actor=request.actor,
            request=request,
            about=suspension_id,
        )

    async def _update(self, act: Act) -> SuspensionProgress:
        """Send an act to a suspension, once for its key however often it is sent."""
        suspension_id = act.about or ""
        try:
            async with answering(self.availability, AnswerTime.ACT):
                progress: SuspensionProgress = await self._handle(suspension_id).execute_update(
                    act.kind,
                    act.request,
                    id=update_id(act.key, act.request),
                    result_type=SuspensionProgress,
                )
                return progress
        except Closed:
            if await self._registry.goes_on(act.workflow_id, suspension_id, self._clock().date()):
                raise Unavailable("temporal.away") from None
            await self.progress(suspension_id)  # one that never was is unknown, not ended
            raise Closed("suspension.ended", suspension=suspension_id) from None

    def _handle(self, suspension_id: str) -> WorkflowHandle[Any, Any]:
        return self._client.get_workflow_handle_for(SuspensionWorkflow.run, suspension_workflow_id(suspension_id))

    async def _check(self, coverage: Coverage) -> None:
        match coverage.scope:
            case Scope.EXCHANGE:
                if not is_exchange_code(coverage.target):
                    raise BadInput("target.exchange", "target")
                await self._filing.person_of(coverage.target)
            case Scope.HOST if self._programme.institution(coverage.target) is None:
                raise BadInput("target.host", "target", hosts=sorted(self._programme.institutions))
            case Scope.COHORT if not await self._registry.has_cohort(coverage.target):
                raise Unknown("cohort.unknown", "target", cohort=coverage.target)
            case Scope.PROGRAMME if coverage.target:
                raise BadInput("target.none", "target")
        for exchange_id in coverage.exempt:
            await self._filing.person_of(exchange_id)


def _covered(coverage: Coverage) -> Fingerprint:
    """What a suspension that runs covers; exchanges are taken out of it as it goes on."""
    return fingerprint([coverage.scope, coverage.target])
