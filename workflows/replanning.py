"""A cohort whose stays get other days by one decision: on record first, then told to each exchange (D39)."""

from temporalio import workflow
from temporalio.exceptions import FailureError

from models.events import CohortReplanned
from models.identifiers import exchange_workflow_id
from models.messages.exchange import Acknowledged
from models.messages.replans import ReplanCohort, ReplanExchange, may_replan, told_of
from models.people.authorization import require
from models.vocabulary import Stage
from workflows.engine.idempotency import Acts
from workflows.engine.recorder import Recorder
from workflows.refusals import refusing


class Replannable:
    """The part of the cohort workflow that re-plans its exchanges."""

    _acts: Acts
    _recorder: Recorder

    @workflow.update(description="Other days for the stays of the cohort")
    async def replan(self, replan: ReplanCohort) -> Acknowledged:
        """Put the decision on record and tell the exchanges; each is moved as a whole, or says why it is not (D39)."""
        _, repeated = await self._acts.once(replan.decision_id, replan, lambda: self._replan(replan))
        return Acknowledged(exchange_id=self._recorder.stream, repeated=repeated, stage=Stage.SEAT)

    @replan.validator
    @refusing
    def _may_replan(self, replan: ReplanCohort) -> None:
        if not self._acts.seen(replan.decision_id, replan):
            require(may_replan(replan.actor), "not_allowed.replan")

    async def _replan(self, replan: ReplanCohort) -> None:
        self._recorder.add(
            CohortReplanned(
                at=workflow.now(),
                actor=replan.actor,
                replan_id=replan.decision_id,
                replanning=replan.replanning,
                exchange_ids=replan.exchanges,
            )
        )
        await self._recorder.settled()
        for exchange_id in replan.exchanges:
            await self._have_moved(exchange_id, told_of(replan, exchange_id))

    async def _have_moved(self, exchange_id: str, told: ReplanExchange) -> None:
        try:
            await workflow.get_external_workflow_handle(exchange_workflow_id(exchange_id)).signal("replan", told)
        except FailureError:
            workflow.logger.warning("%s is not running: it is not moved", exchange_id)
