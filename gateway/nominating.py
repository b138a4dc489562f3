"""How an exchange begins: registered, its cohort opened, its workflow started with the nomination as first update."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from gateway.acts import CLAIM, Asking, wall_clock
from gateway.availability import Availability
from gateway.deadlines import AnswerTime, answering
from gateway.failures import release
from gateway.kinds import NOMINATE
from models.catalogue.programme import Programme
from models.errors import BadInput, NotOpen, SojournError
from models.identifiers import EXCHANGE_QUEUE, CohortKey, cohort_workflow_id, exchange_workflow_id
from models.messages.acts import Act
from models.messages.cohorts import CohortState
from models.messages.contracts import CohortStart
from models.messages.exchange import ExchangeStart, Nominate, Nominated, Plan
from models.people.authorization import Actor
from models.rules.again import Answers
from models.rules.nomination import Nomination
from models.rules.nomination_timing import is_after_closing
from models.vocabulary import Stage
from records.filing import Filing
from records.lookups import Lookups
from records.registry import Registered, time_of
from workflows.cohort import CohortWorkflow
from workflows.exchange import ExchangeWorkflow
from workflows.search_attributes import search_attributes


class Nominating:
    """Begins exchanges and cohorts."""

    def __init__(
        self,
        client: Client,
        asking: Asking,
        filing: Filing,
        programme: Programme,
        clock: Callable[[], datetime],
        line: Availability,
    ) -> None:
        self._line = line
        self._client = client
        self._asking = asking
        asking.sends(NOMINATE, self._send)
        self._filing = filing
        self._registry = Lookups(filing.sessions)
        self._programme = programme
        self._clock = clock

    async def nominate(self, nomination: Nomination, actor: Actor, request_id: str, answers: Answers) -> Nominated:
        """Start a student's exchange, or find the one that this nomination began.

        Raises:
            Differs, Conflict, BadInput: before anything starts; see `Registry.register`.
        """

        def asks(registered: Registered) -> tuple[Act, datetime]:
            return _act(registered, actor, request_id), wall_clock() + CLAIM

        registered = await self._filing.register(nomination, self._clock(), answers, actor, asks=asks)
        if registered.closed:
            return _known(registered.exchange_id)
        return await self._asking.ask(_act(registered, actor, request_id), Nominated)

    async def _send(self, act: Act) -> Nominated:
        """Start the exchange as it is registered, with the nomination as its first update; sent again, it is found."""
        self._line.require()
        registered = await self._filing.registered(act.about or "")
        if registered.closed:
            return _known(registered.exchange_id)
        plan = registered.nomination.to_plan(self._programme)  # as kept: what was asked may have changed it
        await self.open_cohort(plan.cohort)
        try:
            return await self._begin(act, registered, plan, WorkflowIDReusePolicy.REJECT_DUPLICATE)
        except (NotOpen, WorkflowAlreadyStartedError):
            if await self._registry.stage_of(registered.exchange_id) is not None:
                return _known(registered.exchange_id)
        # What ended under this code is nothing that the records know: Temporal's store is of a later moment than they.
        return await self._begin(act, registered, plan, WorkflowIDReusePolicy.ALLOW_DUPLICATE)

    async def _begin(self, act: Act, registered: Registered, plan: Plan, reuse: WorkflowIDReusePolicy) -> Nominated:
        start = self._start(registered, plan)
        operation = WithStartWorkflowOperation(
            ExchangeWorkflow.run,
            start,
            id=act.workflow_id,
            task_queue=EXCHANGE_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=reuse,
            search_attributes=search_attributes(plan),
            static_summary=f"{start.exchange_id} {plan.sending} to {plan.host}",
        )
        try:
            nominate: Any = ExchangeWorkflow.nominate
            async with answering(self._line, AnswerTime.ACT):
                reply: Nominated = await self._client.execute_update_with_start_workflow(
                    nominate, act.request, start_workflow_operation=operation
                )
                return reply
        except (SojournError, WorkflowAlreadyStartedError):
            await release(operation)
            raise

    def _start(self, registered: Registered, plan: Plan) -> ExchangeStart:
        return ExchangeStart(
            exchange_id=registered.exchange_id,
            student=registered.person_id,
            plan=plan,
            policy=self._programme.frozen(plan),
            nomination_version=registered.nomination_version,
            reopening=registered.reopening,
            zone=self._programme.zone_of(plan.host),
            rotations_apart=True,
            watches_clearance=True,
            watches_insurance=True,
            continues=registered.continues,
            late=is_after_closing(time_of(registered.nomination), self._programme, registered.nominated_at),
        )

    async def open_cohort(self, key: CohortKey) -> None:
        """Have the cohort's workflow running; its number of seats comes from the host's agreement (D4).

        Raises:
            BadInput: there is no agreement, or no number of seats for this intake year.
        """
        host = self._programme.institution(key.host)
        agreement = host.agreement(key.sending) if host else None
        if agreement is None or key.year not in agreement.cap:
            raise BadInput("seats.not_agreed", "intake_year", sending=key.sending, host=key.host, year=key.year)
        start = CohortStart(
            cohort_id=key.id,
            sending=key.sending,
            host=key.host,
            year=key.year,
            direction=key.direction,
            cap=agreement.cap[key.year],
            minimum=agreement.minimum,
            closes_at=self._programme.nominations_close_at(key),
        )
        async with answering(self._line, AnswerTime.ACT):
            await self._client.start_workflow(
                CohortWorkflow.run,
                CohortState(start=start),
                id=cohort_workflow_id(key.id),
                task_queue=EXCHANGE_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                static_summary=f"seats of {key.id}",
            )


def _act(registered: Registered, actor: Actor, request_id: str) -> Act:
    return Act(
        workflow_id=exchange_workflow_id(registered.exchange_id),
        key=request_id,
        kind=NOMINATE,
        actor=actor,
        request=Nominate(request_id=request_id, actor=actor, note_id=registered.note_id),
        about=registered.exchange_id,
    )


def _known(exchange_id: str) -> Nominated:
    return Nominated(exchange_id=exchange_id, already_known=True, stage=Stage.CLOSED)
