"""Late answers that pass a threshold become a step for the programme office; a schedule looks once a week."""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.workflow import ActivityConfig

from activities.service_levels import ServiceLevels
from models.identifiers import EXCHANGE_QUEUE, SERVICE_LEVEL_WORKFLOW, service_level_workflow_id
from models.messages.exchange import Decide, Decided
from models.people.authorization import Parties, may_decide, require
from models.rules.service_levels import LateUnit, LateUnits
from models.vocabulary import Stage, StepKind
from workflows.engine.idempotency import Acts
from workflows.engine.open_step import StepAnswer
from workflows.engine.renewal import Renewal
from workflows.engine.step_engine import StepEngine
from workflows.refusals import refusing

LOOK: ActivityConfig = {
    # One query over the steps of the window; tried for as long as the database is away.
    "start_to_close_timeout": timedelta(minutes=5),
    "retry_policy": RetryPolicy(maximum_interval=timedelta(minutes=5)),
}


LONGEST_HISTORY = 12_000
"""Events after which a review, which may wait for years, continues as new."""


@workflow.defn(name=SERVICE_LEVEL_WORKFLOW)
class ServiceLevelReviewWorkflow:
    """Finds who answers late and opens a review of each for the programme office, unless one is open."""

    @workflow.run
    async def run(self) -> int:
        """Look, and open what is to be looked into; answers how many were opened."""
        found: LateUnits = await workflow.execute_activity_method(ServiceLevels.find_late_units, workflow.now(), **LOOK)
        opened = 0
        for late in found.units:
            try:
                await workflow.start_child_workflow(
                    LateUnitWorkflow.run,
                    late,
                    id=service_level_workflow_id(late.institution, late.unit),
                    task_queue=EXCHANGE_QUEUE,
                    parent_close_policy=workflow.ParentClosePolicy.ABANDON,
                    static_summary=f"late answers of {late.unit or late.institution}",
                )
                opened += 1
            except WorkflowAlreadyStartedError:
                continue
        return opened


@workflow.defn(name="LateUnit")
class LateUnitWorkflow:
    """One institution or unit whose answers are late too often, until the programme office has looked into it."""

    @workflow.init
    def __init__(self, late: LateUnit) -> None:
        self._late = late
        nobody = Parties(sending="", host="", student="")
        self._engine = StepEngine(late.alert_id, late.alert_id, late.policy, nobody)
        self._engine.recorder.policy = late.policy
        self._acts = Acts()
        self._remembers = not late.resumes
        self._renewal = Renewal(self._engine.recorder, self._acts, LONGEST_HISTORY, late.resumes, self._engine.beside)

    @workflow.run
    async def run(self, late: LateUnit) -> str:
        """Ask, and answer what the programme office did."""
        if late.resumes:
            memory = await self._engine.remember()
            self._acts.remember(memory.acts)
            self._remembers = True
        self._engine.start()
        told = asyncio.create_task(self._told(late))
        if await self._renewal.over(told):
            resumes = await self._renewal.next_resumes()
            workflow.continue_as_new(late.model_copy(update={"resumes": resumes}))
        return told.result()

    async def _told(self, late: LateUnit) -> str:
        answer = await self._engine.ask(StepKind.REVIEW_SERVICE_LEVEL, subject=late.subject)
        await self._engine.stop()
        return answer.outcome

    @workflow.signal
    def catch_up(self) -> None:
        """Somebody restored something, or recovered: read the records again."""
        self._renewal.ask()

    @workflow.query
    def follows(self) -> list[int]:
        """The numbers of which one is the newest on record, if this workflow is in step."""
        return list(self._engine.recorder.follows)

    def require_in_step(self) -> None:
        """As for an exchange."""
        self._renewal.require_in_step(self._remembers)

    @workflow.update(description="Answer the step")
    async def decide(self, decision: Decide) -> Decided:
        """Record what the programme office did."""
        _, repeated = await self._acts.once(decision.decision_id, decision, lambda: self._answer(decision))
        return Decided(step_id=decision.step_id, outcome=decision.outcome, repeated=repeated, stage=Stage.CLOSED)

    async def _answer(self, decision: Decide) -> None:
        step = self._engine.require_open(decision.step_id)
        answer = StepAnswer(outcome=decision.outcome, actor=decision.actor)
        self._engine.close(step, answer, decision_id=decision.decision_id)
        await self._engine.recorder.settled()

    @decide.validator
    @refusing
    def _may_decide(self, decision: Decide) -> None:
        if self._acts.seen(decision.decision_id, decision):
            return
        step = self._engine.require_open(decision.step_id)
        require(may_decide(decision.actor, step.owner), "not_allowed.answer")
        step.policy.offered(decision.outcome)
