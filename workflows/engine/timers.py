"""The timers of a workflow: one timer for the earliest rung, end or day of all that it keeps."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial

from temporalio import workflow

from models.events import RungFired, StepReassigned
from models.messages.exchange import RungAt, StepPlan
from models.messages.recording import DayRule
from models.people.authorization import Parties, owner_at
from models.vocabulary import EndAction, Missed, RungKind, StepStatus
from workflows.engine.open_step import OpenStep, StepAnswer
from workflows.engine.recorder import Recorder


class Timers:
    """Fires the ladders of the open steps and wakes who waits for a day."""

    def __init__(
        self,
        recorder: Recorder,
        open_steps: dict[str, OpenStep],
        parties: Parties,
        close: Callable[..., None],
    ) -> None:
        self._recorder = recorder
        self._open_steps = open_steps
        self._parties = parties
        self._close = close
        self._alarms: dict[str, tuple[datetime | None, asyncio.Future[None]]] = {}

    async def until(self, name: str, institution: str, on: date, at: time) -> None:
        """Wait until a day and time of an institution's calendar."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._alarms[name] = (None, future)
        self._recorder.ask_moment(DayRule(name=name, institution=institution, on=on, at=at))
        try:
            await future
        finally:
            self._alarms.pop(name, None)

    def move(self, name: str, institution: str, on: date, at: time) -> None:
        """Wait for another day under the same name, if anybody waits."""
        if name in self._alarms:
            self._alarms[name] = (None, self._alarms[name][1])
            self._recorder.ask_moment(DayRule(name=name, institution=institution, on=on, at=at))

    def learn(self, moments: dict[str, datetime]) -> None:
        """Take the moments that the records computed for the days that are waited for."""
        for name, moment in moments.items():
            if name in self._alarms:
                self._alarms[name] = (moment, self._alarms[name][1])

    def has_alarms_due(self, now: datetime) -> bool:
        """Whether somebody waits for a day that has come, or is not known yet."""
        return any(moment is None or moment <= now for moment, _ in self._alarms.values())

    async def run(self) -> None:
        """Wake for the earliest rung, end or day of all, as long as the workflow lasts."""
        while True:
            moment = self._next_moment()
            pause = moment - workflow.now() if moment is not None else None
            if pause is None or pause > timedelta(0):
                with contextlib.suppress(TimeoutError):
                    await workflow.wait_condition(
                        partial(self._moved, moment), timeout=pause, timeout_summary="next reminder or day"
                    )
                    continue
            self._fire(workflow.now())
            await self._recorder.settled()

    def _next_moment(self) -> datetime | None:
        moments = [alarm for alarm, _ in self._alarms.values() if alarm is not None]
        for step in self._open_steps.values():
            if step.plan is None or step.pauses.running:
                continue
            moments += [r.at for r in step.plan.rungs if r.index not in step.fired]
            if step.plan.ends_at is not None and not step.ended:
                moments.append(step.plan.ends_at)
        return min(moments, default=None)

    def _moved(self, moment: datetime | None) -> bool:
        """Whether another moment is the earliest now; in the middle of an activation it would jump to and fro."""
        return self._recorder.idle and self._next_moment() != moment

    def _fire(self, at: datetime) -> None:
        for name, (moment, future) in list(self._alarms.items()):
            if moment is not None and moment <= at and not future.done():
                del self._alarms[name]
                future.set_result(None)
        for step in list(self._open_steps.values()):
            if step.plan is None or step.pauses.running:
                continue
            self._fire_rungs(step, step.plan, at)
            if step.plan.ends_at is not None and step.plan.ends_at <= at and not step.ended:
                self._end(step, at)

    def _fire_rungs(self, step: OpenStep, plan: StepPlan, at: datetime) -> None:
        """Fire what is due. After an outage only the last rung fires; the record says which were missed and why."""
        due = [r for r in plan.rungs if r.index not in step.fired and r.at <= at]
        if not due:
            return
        step.fired.update(r.index for r in due)
        *missed, fired = due
        ladder = step.rules.ladder
        rule = ladder.rungs[fired.index]
        self._recorder.add(
            RungFired(
                at=at,
                step_id=step.id,
                round=step.rounds,
                rung=fired.index,
                missed=tuple(r.index for r in missed),
                rung_kind=rule.kind,
                to=rule.to,
                copy_to=rule.copy_to,
                scheduled_at=max(fired.at, step.planned_at or fired.at),
                why_missed=_why(step, missed) if missed else None,
                last=rule.kind is not RungKind.REMINDER or fired.index == ladder.last_reminder,
            )
        )

    def _end(self, step: OpenStep, at: datetime) -> None:
        """What happens when a ladder is used up."""
        step.ended = True
        policy, ladder = step.policy, step.rules.ladder
        match ladder.end_action:
            case EndAction.EXPIRE:
                answer = StepAnswer(outcome=policy.expired_outcome or "expired")
                self._close(step, answer, status=StepStatus.EXPIRED)
            case EndAction.DECIDE if policy.default_outcome is not None:
                answer = StepAnswer(outcome=policy.default_outcome)
                self._close(step, answer, rule=policy.default_rule)
            case EndAction.REASSIGN if ladder.reassign_to is not None:
                owner = owner_at(ladder.reassign_to, step.owner, self._parties)
                decision = f"ladder:{step.id}"
                event = StepReassigned(at=at, step_id=step.id, decision_id=decision, owner=owner, before=step.owner)
                step.owner = owner
                self._recorder.add(event)


def _why(step: OpenStep, missed: list[RungAt]) -> Missed:
    overdue = step.planned_at is not None and all(rung.at <= step.planned_at for rung in missed)
    return Missed.OVERDUE if overdue else Missed.LATE
