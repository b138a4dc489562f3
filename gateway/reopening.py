"""Reopening an exchange that was rejected or withdrawn by mistake: a further run of its workflow, under the same id."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from gateway.acts import Asking
from gateway.availability import Availability
from gateway.deadlines import AnswerTime, answering
from gateway.failures import release
from gateway.kinds import REOPEN
from gateway.updates import CATCHING_UP, Updates
from models.catalogue.programme import Programme
from models.errors import BadInput, Unavailable
from models.identifiers import EXCHANGE_QUEUE, exchange_workflow_id
from models.messages.acts import Act
from models.messages.exchange import Acknowledged, ExchangeStart, Nominate, Nominated, Reopen
from models.people.authorization import Actor
from models.vocabulary import Stage
from records.reopening import NextRun, Reopenings
from workflows.exchange import ExchangeWorkflow
from workflows.search_attributes import search_attributes


@contextmanager
def _running() -> Iterator[None]:
    """One error for a workflow that runs already: some servers say it by a status alone."""
    try:
        yield
    except RPCError as failure:
        if failure.status is not RPCStatusCode.ALREADY_EXISTS:
            raise
        raise WorkflowAlreadyStartedError("", "") from failure


class Reopener:
    """Reopens exchanges."""

    def __init__(
        self,
        client: Client,
        asking: Asking,
        reopenings: Reopenings,
        updates: Updates,
        programme: Programme,
        clock: Callable[[], datetime],
        line: Availability,
    ) -> None:
        self._line = line
        self._client = client
        self._asking = asking
        asking.sends(REOPEN, self._send)
        self._reopenings = reopenings
        self._updates = updates
        self._programme = programme
        self._clock = clock

    async def reopen(self, exchange_id: str, actor: Actor, reason: str, decision_id: str) -> Acknowledged:
        """Have the exchange go on at its nomination, by the policy of now; once for a decision.

        Raises:
            Refused: it is not reopened, or not by this person; see `Reopenings.prepare`.
            Kept: its last run has not quite ended, or Temporal does not answer; it is done without being asked again.
        """
        await self._updates.vouch(actor)
        prepared = await self._reopenings.prepare(exchange_id, actor, reason, decision_id, self._clock())
        if prepared.repeated and not reason:
            raise BadInput("field.missing", "note")
        async with self._updates.noted(exchange_id, reason, actor, decision_id) as note_id:
            assert note_id is not None  # `prepare` refuses a reopening without a reason
            request = Reopen(decision_id=decision_id, exchange_id=exchange_id, actor=actor, note_id=note_id)
            act = Act(
                workflow_id=exchange_workflow_id(exchange_id),
                key=decision_id,
                kind=REOPEN,
                actor=actor,
                request=request,
                about=exchange_id,
            )
            return await self._asking.ask(act, Acknowledged)

    async def _send(self, act: Act) -> Acknowledged:
        """Begin the next run; sent again, it is found on record."""
        request = act.request
        assert isinstance(request, Reopen)
        for pause in (*CATCHING_UP, None):
            prepared = await self._reopenings.prepare_kept(request, self._clock())
            if prepared.repeated:
                return _reopened(request.exchange_id, repeated=True)
            with suppress(WorkflowAlreadyStartedError):
                reply = await self._begin(request.exchange_id, prepared, request.note_id)
                return Acknowledged(exchange_id=request.exchange_id, stage=reply.stage)
            # The run before still closes, or somebody else reopened it just now: the records will say which.
            if pause is not None:
                await asyncio.sleep(pause)
        raise Unavailable("exchange.catching_up")

    async def _begin(self, exchange_id: str, prepared: NextRun, note_id: str) -> Nominated:
        plan = prepared.nomination.to_plan(self._programme)
        reopening = prepared.reopening.model_copy(update={"note_id": note_id})
        start = ExchangeStart(
            exchange_id=exchange_id,
            student=prepared.student,
            plan=plan,
            policy=self._programme.frozen(plan),
            nomination_version=prepared.nomination_version,
            reopening=reopening,
            zone=self._programme.zone_of(plan.host),
            rotations_apart=True,
            watches_clearance=True,
            watches_insurance=True,
        )
        operation = WithStartWorkflowOperation(
            ExchangeWorkflow.run,
            start,
            id=exchange_workflow_id(exchange_id),
            task_queue=EXCHANGE_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            search_attributes=search_attributes(plan),
            static_summary=f"{exchange_id} {plan.sending} to {plan.host}",
        )
        nominate: Any = ExchangeWorkflow.nominate
        request = Nominate(request_id=reopening.decision_id, actor=reopening.actor)
        try:
            async with answering(self._line, AnswerTime.ACT):
                with _running():
                    reply: Nominated = await self._client.execute_update_with_start_workflow(
                        nominate, request, start_workflow_operation=operation
                    )
                    return reply
        except BaseException:
            await release(operation)
            raise


def _reopened(exchange_id: str, *, repeated: bool) -> Acknowledged:
    return Acknowledged(exchange_id=exchange_id, repeated=repeated, stage=Stage.NOMINATION)
