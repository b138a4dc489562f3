"""What the service is measured against: a bare update, and the decisions of an exchange with no effects behind them."""

from datetime import datetime, timedelta
from functools import partial
from typing import Literal

from temporalio import activity, workflow
from temporalio.exceptions import ApplicationError

from models.messages.exchange import Decide, Decided, Nominate, Nominated
from models.vocabulary import Stage
from models.wire import Id, Wire
from workflows.options import CHECK, RECORD

BENCH_QUEUE = "bench"
HANDED_IN = "handed_in"
"""The outcome of a decision that stands for a document: a check comes before its record."""
A_MONTH = timedelta(days=30)


class Shape(Wire):
    """How many decisions there are, and whether empty activities stand where the service's effects are."""

    id: Id
    acts: int
    timers: int
    """How often the timer alongside is set anew, spread over the decisions."""
    effects: Literal["none", "empty"] = "none"


class Nothing(Wire):
    """What the empty activities are given and give back."""

    key: Id


class Empty:
    """Activities that do nothing."""

    @activity.defn(name="bench_record")
    async def record(self, nothing: Nothing) -> Nothing:
        """In the place of a record."""
        return nothing

    @activity.defn(name="bench_check")
    async def check(self, nothing: Nothing) -> Nothing:
        """In the place of a document's check, and of the certificate."""
        return nothing


@workflow.defn(name="BenchBare")
class BareWorkflow:
    """Answers validated updates at once."""

    def __init__(self) -> None:
        self._over = False

    @workflow.run
    async def run(self) -> None:
        """Wait to be told that it is over."""
        await workflow.wait_condition(lambda: self._over)

    @workflow.signal
    def finish(self) -> None:
        """It is over."""
        self._over = True

    @workflow.update
    async def decide(self, decision: Decide) -> Decided:
        """Answer."""
        return Decided(step_id=decision.step_id, outcome=decision.outcome, stage=Stage.NOMINATION)

    @decide.validator
    def _may_decide(self, decision: Decide) -> None:
        if self._over:
            raise ApplicationError("It is over.", type="not_open", non_retryable=True)


@workflow.defn(name="BenchShape")
class ShapeWorkflow:
    """As many decisions as an exchange has, each with a validator, and a timer beside them that moves as often."""

    @workflow.init
    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self._seen: set[str] = set()
        self._acts = 0
        self._recorded = 0

    @workflow.run
    async def run(self, shape: Shape) -> int:
        """Wait for every decision, with one timer for the next reminder; says how many there were."""
        for number in range(1, shape.timers + 1):
            await workflow.wait_condition(
                partial(self._reached, number * shape.acts // shape.timers),
                timeout=A_MONTH + timedelta(hours=number),
                timeout_summary="next reminder or day",
            )
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._recorded

    def _reached(self, acts: int) -> bool:
        return self._recorded >= acts

    @workflow.update
    async def nominate(self, nomination: Nominate) -> Nominated:
        """The first decision, which starts the workflow."""
        await self._act(nomination.request_id, handed_in=False)
        return Nominated(exchange_id=self._shape.id, already_known=False, stage=Stage.NOMINATION)

    @workflow.update
    async def decide(self, decision: Decide) -> Decided:
        """One decision."""
        await self._act(decision.decision_id, handed_in=decision.outcome == HANDED_IN)
        return Decided(step_id=decision.step_id, outcome=decision.outcome, stage=Stage.NOMINATION)

    @decide.validator
    def _may_decide(self, decision: Decide) -> None:
        if decision.decision_id in self._seen or self._acts >= self._shape.acts:
            raise ApplicationError("Already answered.", type="not_open", non_retryable=True)

    async def _act(self, key: str, *, handed_in: bool) -> None:
        self._seen.add(key)
        self._acts += 1
        if self._shape.effects == "empty":
            if handed_in:
                await workflow.execute_activity_method(Empty.check, Nothing(key=key), **CHECK)
            await workflow.execute_local_activity_method(Empty.record, Nothing(key=key), **RECORD)
        self._recorded += 1


@workflow.defn(name="BenchTimer")
class TimerWorkflow:
    """Waits for one moment; answers when it woke."""

    @workflow.run
    async def run(self, due: datetime) -> datetime:
        """Wait."""
        await workflow.sleep(max(due - workflow.now(), timedelta(0)))
        return workflow.now()
