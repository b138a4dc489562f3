"""What ends before a stay needs it no more is asked for anew ahead of its end, and no longer than that (D18, D25, D27).

Only exchanges whose policy has these steps renew so; what they ask for is the same that was collected first.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import partial

from temporalio import workflow

from models.events import RenewalNotNeeded
from models.rules.renewals import RENEWED, RenewedPapers, ending, renews_health
from models.rules.stay import limit
from models.vocabulary import Content, StepKind
from workflows.case import Case
from workflows.ending import Ended
from workflows.stages.application import ask_for_documents

MIDNIGHT = time(0, 0)


def begin_for_clinic(case: Case) -> Callable[[], None]:
    """Begin to renew what the clinic rests on; answers what stops it again."""
    insured = (StepKind.RENEW_INSURANCE,) if case.watches_insurance else ()
    tasks = _begin(case, *insured, StepKind.RENEW_HEALTH_RECORDS)

    def stop() -> None:
        for task in tasks:
            task.cancel()

    return stop


def begin_for_stay(case: Case) -> None:
    """Begin to renew what the whole stay rests on, until the student has left."""
    _begin(case, StepKind.RENEW_PAPERS)


def _begin(case: Case, *steps: StepKind) -> "list[asyncio.Task[None]]":
    known = [RENEWED[step] for step in steps if step in case.policy.steps]
    begun = [case.engine.beside.begin(_Renewing(case, one).go_on(), Ended) for one in known]
    case.renewals += begun
    return begun


def last_days(case: Case, renewal: RenewedPapers) -> dict[str, date]:
    """The last days that what counts of a renewal's papers is good for, where that is too soon."""
    issued = {kind: case.issued[id] for kind, id in case.accepted.items() if id in case.issued}
    permitted = case.permitted_until is not None or case.law.permitted_stay
    return ending(renewal, case.policy, case.plan, case.expiries(), issued, permitted=permitted)


@dataclass
class _Renewing:
    """One kind of renewal, as long as it is watched."""

    case: Case
    renewal: RenewedPapers

    async def go_on(self) -> None:
        """Ask before something ends, and take the question back where it lasts after all."""
        memory = self.case.engine.memory
        while True:
            memory.pass_over_cancelled(self.renewal.step)
            then = memory.next_of(self.renewal.step)
            if then is None:
                await self._due()
            kinds = set(then.opened.subject.split(",")) if then else set(last_days(self.case, self.renewal))
            missing = {kind for kind in kinds if self._is_owed(kind, {})}
            if then is not None and not missing:
                missing = set(kinds)
            await self._ask(kinds, missing)

    async def _due(self) -> None:
        """Wait until something ends so soon that it is asked for."""
        case, (rule, name) = self.case, self.renewal.ahead
        ahead = timedelta(days=limit(case.policy, rule, name))
        found = partial(last_days, case, self.renewal)
        while True:
            await workflow.wait_condition(lambda: bool(found()))
            asked_on = min(found().values()) - ahead
            if case.today() < asked_on:
                await case.engine.until(f"{self.renewal.step} asked", case.plan.host, asked_on, MIDNIGHT)
            if found() and case.today() >= min(found().values()) - ahead:
                return

    async def _ask(self, kinds: set[str], missing: set[str]) -> None:
        case, step = self.case, self.renewal.step
        days = last_days(case, self.renewal)
        last = min(days.values(), default=case.plan.end)
        asked = case.engine.beside.begin(ask_for_documents(case, step, kinds, missing, anchor_on=last), Ended)
        try:
            while not asked.done():
                await workflow.wait_condition(lambda: asked.done() or bool(self._needless(days)))
                if not asked.done():
                    self._take_back(self._needless(days))
            await asked
        except (Exception, asyncio.CancelledError):  # not `finally`: a run that leaves the cache closes no steps
            asked.cancel()
            await asyncio.gather(asked, return_exceptions=True)
            raise

    def _needless(self, days: Mapping[str, date]) -> set[str]:
        return {kind for kind in self.case.awaited.get(self.renewal.step, ()) if not self._is_owed(kind, days)}

    def _is_owed(self, kind: str, days: Mapping[str, date]) -> bool:
        """Whether a paper is needed for longer than what there is of it; `days` are last days of before."""
        case, renewal = self.case, self.renewal
        if kind not in renewal.kinds(case.policy, case.plan):
            return False
        if kind in case.accepted:
            return kind in last_days(case, renewal)
        needed = case.plan.last_day(Content.CLINICAL) if renewal.clinical else case.plan.end
        return kind not in days or needed is None or days[kind] < needed

    def _take_back(self, kinds: set[str]) -> None:
        """What is not needed is asked for no more; its owner is told why."""
        case, step = self.case, self.case.engine.find(self.renewal.step)
        case.awaited[self.renewal.step] -= kinds
        if step is None or case.awaited[self.renewal.step]:
            return
        needed = case.plan.last_day(Content.CLINICAL) if self.renewal.clinical else case.plan.end
        case.note(
            RenewalNotNeeded(
                at=workflow.now(),
                step_id=step.id,
                documents=tuple(sorted(step.subject.split(","))),
                needed_through=needed,
            )
        )
        case.engine.cancel(step.id)


def renews_ahead(case: Case) -> bool:
    """Whether health records, and the decision that rests on them, are asked for before they are over."""
    return case.watches_clearance and renews_health(case.policy)
