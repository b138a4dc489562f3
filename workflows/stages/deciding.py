"""Occupational health decides anew while a clearance still holds: who is cleared in time never stops (D36)."""

import asyncio
from datetime import date, time, timedelta

from temporalio import workflow

from models.rules.stay import limit
from models.vocabulary import StepKind
from workflows.case import Case
from workflows.ending import Ended
from workflows.engine.open_step import StepAnswer
from workflows.stages.health_records import falls_short, lacking, runs_out_on
from workflows.stages.renewing import renews_ahead

MIDNIGHT = time(0, 0)


class Decisions:
    """Asks for the decision on the clinic: at once where there is none, ahead where one ends too soon."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._asked = False
        self._ahead: asyncio.Task[StepAnswer] | None = None

    async def next(self) -> StepAnswer:
        """The next answer of occupational health: to the step that was opened ahead, or to another one."""
        ahead, asked = self._ahead, self._asked
        self._ahead, self._asked = None, False
        if ahead is not None and asked:
            return await ahead
        if ahead is not None:
            ahead.cancel()
        if renews_ahead(self._case):
            self._case.engine.memory.pass_over_cancelled(StepKind.CLEAR_FOR_CLINIC)
        return await self._case.ask(StepKind.CLEAR_FOR_CLINIC)

    def look_ahead(self, through: date) -> "asyncio.Task[StepAnswer] | None":
        """Have the decision asked for before a clearance ends; `None` where the exchange asks afterwards."""
        if not renews_ahead(self._case):
            return None
        if self._ahead is not None and self._asked:
            return self._ahead  # it was asked for before the clinic stopped for want of an insurance
        self.drop()
        self._ahead = self._case.engine.beside.begin(self._before(through), Ended)
        return self._ahead

    def drop(self) -> None:
        """Ask no more ahead: another clearance holds, or it was taken back and papers are asked for first."""
        if self._ahead is not None:
            self._ahead.cancel()
        self._ahead, self._asked = None, False

    def taken(self) -> None:
        """The answer that was asked for ahead has been taken."""
        self._ahead, self._asked = None, False

    async def _before(self, through: date) -> StepAnswer:
        memory = self._case.engine.memory
        while True:
            memory.pass_over_cancelled(StepKind.CLEAR_FOR_CLINIC)
            if memory.next_of(StepKind.CLEAR_FOR_CLINIC) is None:
                await self._due(through)
            self._asked = True
            answer = await self._case.ask(StepKind.CLEAR_FOR_CLINIC, anchor_on=through)
            if self._case.policy.step(StepKind.CLEAR_FOR_CLINIC).answer(answer.outcome) is not None:
                return answer
            self._asked = False  # the stay was shortened: it lasts, until the stay is longer again

    async def _due(self, through: date) -> None:
        """Wait until the clearance ends soon and too soon, and newer records are there to decide by."""
        case = self._case
        asked_on = through - timedelta(days=limit(case.policy, "D27", "renewal_days"))
        while not self._decidable(through) or case.today() < asked_on:
            await workflow.wait_condition(lambda: self._decidable(through))
            if case.today() < asked_on:
                await case.engine.until("clearance asked", case.plan.host, asked_on, MIDNIGHT)

    def _decidable(self, through: date) -> bool:
        lasting = min(runs_out_on(self._case).values(), default=date.max)
        return falls_short(self._case, through) and not lacking(self._case) and lasting > through
