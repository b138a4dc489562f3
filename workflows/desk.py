"""The one kind of waiting: every human obligation is a step that the desk opens, keeps the ladder of, and closes.

No stage writes a timer of its own: one timer runs for the earliest rung, end or alarm of all open steps.
"""

import asyncio
import contextlib
from datetime import date, datetime, time, timedelta
from functools import partial

from temporalio import workflow

from models.actors import Actor, Owner, Parties, owner_for
from models.errors import NotOpen
from models.events import (
    DayRule,
    DeadlineExtended,
    Recorded,
    RungFired,
    StepClosed,
    StepOpened,
    StepReassigned,
    StepRules,
)
from models.exchange import StepPlan
from models.identifiers import step_id
from models.policy import LadderRule, Policy
from models.vocabulary import Anchor, RungKind, StepKind, StepStatus
from workflows.journal import Journal
from workflows.steps import Answer, ClosedStep, OpenStep


class Desk:
    """Opens steps, waits for their answers, fires their ladders, and has all of it recorded."""

    def __init__(self, stream: str, scope: str, policy: Policy, parties: Parties) -> None:
        self.journal = Journal(stream, self._on_recorded)
        self.open_steps: dict[str, OpenStep] = {}
        self.closed_steps: dict[str, ClosedStep] = {}
        self._scope = scope
        self._policy = policy
        self._parties = parties
        self._numbers: dict[StepKind, int] = {}
        self._alarms: dict[str, tuple[datetime | None, asyncio.Future[None]]] = {}

    def start(self) -> None:
        """Start the journal and the clock; call once, first thing in `run`."""
        self._writer = asyncio.create_task(self.journal.write())
        self._timekeeper = asyncio.create_task(self._clock())

    async def stop(self) -> None:
        """Have everything recorded, let every handler answer, and stop the journal."""
        await self.journal.settled()
        await workflow.wait_condition(workflow.all_handlers_finished)
        await self.journal.settled()
        # Told, not cancelled: asyncio.wait_for can swallow a cancellation that meets a fulfilled condition. The clock
        # is left as it stands: it ends with the workflow, and its timer needs no event to be cancelled.
        self.journal.stop()
        await self._writer

    async def ask(
        self,
        kind: StepKind,
        *,
        subject: str = "",
        unit: str = "",
        anchor_on: date | None = None,
        anchor_at: datetime | None = None,
    ) -> Answer:
        """Open a step and wait for its answer; a stage that is left takes its open steps with it."""
        step = self.open(kind, subject=subject, unit=unit, anchor_on=anchor_on, anchor_at=anchor_at)
        try:
            return await step.answer
        except asyncio.CancelledError:
            self.cancel(step.id)
            raise

    def open(
        self,
        kind: StepKind,
        *,
        subject: str = "",
        unit: str = "",
        anchor_on: date | None = None,
        anchor_at: datetime | None = None,
    ) -> OpenStep:
        """Open a step. Its due time and rungs come with the answer of the records."""
        policy = self._policy.step(kind)
        number = self._numbers[kind] = self._numbers.get(kind, 0) + 1
        owner = owner_for(policy.side, policy.role, self._parties, unit)
        opened_at = workflow.now()
        if policy.due.anchor is Anchor.OPENED:
            anchor_at = opened_at
        rules = StepRules(
            step_id=step_id(self._scope, kind, number),
            due=policy.due,
            ladder=self._policy.ladder_of(kind),
            anchor_on=anchor_on,
            anchor_at=anchor_at,
        )
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        step = OpenStep(rules.step_id, policy, owner, subject, rules, answer)
        self.open_steps[step.id] = step
        self.journal.add(
            StepOpened(
                at=opened_at,
                step_id=step.id,
                step=kind,
                owner=owner,
                outcomes=policy.outcomes,
                subject=subject,
                anchor_at=anchor_at,
            ),
            rules,
        )
        return step

    def find(self, kind: StepKind) -> OpenStep | None:
        """The open step of a kind, if there is one."""
        return next((s for s in self.open_steps.values() if s.policy.kind is kind), None)

    def require_open(self, step: str) -> OpenStep:
        """The open step with this id.

        Raises:
            NotOpen: saying who answered it, how and when, if somebody was first.
        """
        if step in self.open_steps:
            return self.open_steps[step]
        closed = self.closed_steps.get(step)
        if closed is None:
            raise NotOpen(f"There is no open step {step}. Look at the worklist for what is open now.")
        when = closed.at.strftime("%Y-%m-%d %H:%M UTC")
        raise NotOpen(f"Step {step} was already answered: {closed.outcome} by {closed.actor.id} at {when}.")

    def close(
        self,
        step: OpenStep,
        answer: Answer,
        *,
        status: StepStatus = StepStatus.DONE,
        decision_id: str | None = None,
        note_id: str | None = None,
        acknowledged: tuple[str, ...] = (),
    ) -> None:
        """Close a step with an answer and wake the stage that waits for it."""
        del self.open_steps[step.id]
        at = workflow.now()
        self.closed_steps[step.id] = ClosedStep(answer.outcome, answer.actor, at)
        self.journal.add(
            StepClosed(
                at=at,
                actor=answer.actor,
                note_id=note_id,
                step_id=step.id,
                status=status,
                outcome=answer.outcome,
                decision_id=decision_id,
                acknowledged=acknowledged,
            )
        )
        if not step.answer.done():
            step.answer.set_result(answer)

    def cancel(self, step: str) -> None:
        """Close a step that nobody needs to answer any more."""
        if step in self.open_steps:
            self.close(self.open_steps[step], Answer(outcome="cancelled"), status=StepStatus.CANCELLED)

    def extend(self, step: OpenStep, due_at: datetime, decision_id: str, actor: Actor, note_id: str | None) -> None:
        """Move a step's due time; its ladder is planned anew with the answer of the records."""
        event = DeadlineExtended(
            at=workflow.now(),
            actor=actor,
            note_id=note_id,
            step_id=step.id,
            decision_id=decision_id,
            due_at=due_at,
        )
        self.journal.add(event, step.rules)

    def reassign(self, step: OpenStep, owner: Owner, decision_id: str, actor: Actor, note_id: str | None) -> None:
        """Give a step to another owner; who is already past a rung is not asked again."""
        step.owner = owner
        event = StepReassigned(
            at=workflow.now(), actor=actor, note_id=note_id, step_id=step.id, decision_id=decision_id, owner=owner
        )
        self.journal.add(event)

    async def until(self, name: str, institution: str, on: date, at: time = time(0, 0)) -> None:
        """Wait until a day and time of an institution's calendar."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._alarms[name] = (None, future)
        self.journal.ask_moment(DayRule(name=name, institution=institution, on=on, at=at))
        try:
            await future
        finally:
            self._alarms.pop(name, None)

    def _on_recorded(self, recorded: Recorded) -> None:
        for plan in recorded.plans:
            step = self.open_steps.get(plan.step_id)
            if step is None:
                continue
            if step.plan is not None:
                # An extended deadline starts its ladder anew; rungs of the past stay in the past.
                step.fired = {r.index for r in plan.rungs if r.at <= workflow.now()}
            step.plan = plan
        for name, moment in recorded.moments.items():
            if name in self._alarms:
                self._alarms[name] = (moment, self._alarms[name][1])

    def _next_moment(self) -> datetime | None:
        moments = [alarm for alarm, _ in self._alarms.values() if alarm is not None]
        for step in self.open_steps.values():
            if step.plan is None:
                continue
            moments += [r.at for r in step.plan.rungs if r.index not in step.fired]
            if step.plan.ends_at is not None:
                moments.append(step.plan.ends_at)
        return min(moments, default=None)

    async def _clock(self) -> None:
        """Wake for the earliest rung, end or alarm of all."""
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
            await self.journal.settled()

    def _moved(self, moment: datetime | None) -> bool:
        """Whether another moment is the earliest now; in the middle of an activation it would jump to and fro."""
        return self.journal.idle and self._next_moment() != moment

    def _fire(self, at: datetime) -> None:
        for name, (moment, future) in list(self._alarms.items()):
            if moment is not None and moment <= at and not future.done():
                del self._alarms[name]
                future.set_result(None)
        for step in list(self.open_steps.values()):
            if step.plan is None:
                continue
            self._fire_rungs(step, step.plan, at)
            if step.plan.ends_at is not None and step.plan.ends_at <= at:
                outcome = step.policy.expired_outcome or "expired"
                self.close(step, Answer(outcome=outcome), status=StepStatus.EXPIRED)

    def _fire_rungs(self, step: OpenStep, plan: StepPlan, at: datetime) -> None:
        """Fire what is due. After an outage only the last rung speaks; the record says which were missed."""
        due = [r.index for r in plan.rungs if r.index not in step.fired and r.at <= at]
        if not due:
            return
        step.fired.update(due)
        ladder: LadderRule = step.rules.ladder
        rule = ladder.rungs[due[-1]]
        self.journal.add(
            RungFired(
                at=at,
                step_id=step.id,
                rung=due[-1],
                missed=tuple(due[:-1]),
                rung_kind=RungKind(rule.kind),
                to=rule.to,
                copy_to=rule.copy_to,
            )
        )
