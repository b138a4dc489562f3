"""The one kind of waiting: every human obligation is a step that the engine opens, keeps the ladder of, and closes.

No stage writes a timer of its own: one timer runs for the earliest rung, end or alarm of all open steps.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import date, datetime, time

from temporalio import workflow

from activities.recording import Records
from models.catalogue.policy import Policy, StepPolicy
from models.errors import NotOpen
from models.events import StepClosed, StepOpened, StepReplanned
from models.identifiers import step_id
from models.messages.exchange import Reopening
from models.messages.recording import Recorded, Remember, Remembered, StepRules
from models.messages.suspensions import Resume, Suspend
from models.people.authorization import Parties, owner_for
from models.vocabulary import Anchor, StepKind, StepStatus
from workflows.engine.beside import Beside
from workflows.engine.memory import Memory, Recalled, answered, was_cancelled
from workflows.engine.open_step import CANCELLED, ClosedStep, OpenStep, StepAnswer
from workflows.engine.pauses import Pauses
from workflows.engine.recorder import Recorder
from workflows.engine.timers import Timers
from workflows.options import RECORD


class StepEngine:
    """Opens steps, waits for their answers, fires their ladders, and has all of it recorded."""

    def __init__(
        self, stream: str, scope: str, policy: Policy, parties: Parties, reopening: Reopening | None = None
    ) -> None:
        """A reopened exchange goes on with its numbers, and keys of its own."""
        self.memory = Memory()
        self.open_steps: dict[str, OpenStep] = {}
        self.closed_steps: dict[str, ClosedStep] = {}
        round = reopening.round if reopening else 0
        self.recorder = Recorder(stream, self._on_recorded, before_recording=self._before_recording, round=round)
        self.beside = Beside()
        self.pauses = Pauses(self.recorder, self.open_steps)
        self._timers = Timers(self.recorder, self.open_steps, parties, self.close)
        self._scope = scope
        self._policy = policy
        self._parties = parties
        known = reopening.numbers if reopening else {}
        self._numbers = {kind: known[kind] for kind in StepKind if kind in known}
        self.nominated_at: datetime | None = None
        """When the exchange began, where that was in an earlier run of its workflow."""
        self.on_suspension: Callable[[Suspend], object] = self.suspend
        """What to do with a suspension that the records tell of."""

    async def remember(self, scope: str = "", accepted: Mapping[str, str] | None = None) -> Memory:
        """Read what is on record, to tell the story again; call once, before anything is asked.

        `scope` is the placement where only its rotation is asked about.
        """
        recorder, workflow_id = self.recorder, workflow.info().workflow_id
        request = Remember(stream=recorder.stream, workflow_id=workflow_id, writer=recorder.writer, scope=scope)
        found: Remembered = await workflow.execute_local_activity_method(Records.remember, request, **RECORD)
        self.memory = memory = Memory(found, self._anchor_of, accepted)
        self.recorder.follow(memory)
        self.pauses.remember(memory)
        for kind, number in memory.numbers().items():
            self._numbers[kind] = max(number, self._numbers.get(kind, 0))
        for step in memory.steps.values():
            if step.closed is not None:
                done = step.closed
                self.closed_steps[done.step_id] = ClosedStep(step.opened.step, done.outcome, done.actor, done.at)
        return memory

    def _anchor_of(self, kind: StepKind) -> Anchor | None:
        policy = self._policy.steps.get(kind)
        return policy.due.anchor if policy is not None else None

    def drop_unclaimed(self) -> None:
        """Close what is open on record and nobody waits for: the story has told all that it remembers."""
        for step in self.memory.unclaimed():
            step.claimed = True
            self.recorder.add(
                StepClosed(
                    at=workflow.now(), step_id=step.opened.step_id, status=StepStatus.CANCELLED, outcome="cancelled"
                )
            )

    def start(self) -> None:
        """Start the recorder and the timers; call once, first thing in `run`."""
        self._writer = self.beside.begin(self.recorder.write())
        self._timekeeper = self.beside.begin(self._timers.run())

    async def stop(self) -> None:
        """Have everything recorded, let every handler answer, and stop the recorder."""
        await self.recorder.settled()
        await workflow.wait_condition(workflow.all_handlers_finished)
        await self.recorder.settled()
        # Told, not cancelled: asyncio.wait_for can swallow a cancellation that meets a fulfilled condition. The timers
        # are left as they stand: they end with the workflow, and no timer needs an event to be cancelled.
        self.recorder.stop()
        await self._writer

    async def ask(
        self,
        kind: StepKind,
        *,
        subject: str = "",
        unit: str = "",
        anchor_on: date | None = None,
        anchor_at: datetime | None = None,
        offset: int | None = None,
    ) -> StepAnswer:
        """Open a step and wait for its answer; a stage that is left takes its open steps with it."""
        step = self.open(kind, subject=subject, unit=unit, anchor_on=anchor_on, anchor_at=anchor_at, offset=offset)
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
        offset: int | None = None,
    ) -> OpenStep:
        """Open a step. Its due time and rungs come with the answer of the records."""
        policy = self._policy.step(kind)
        if (recalled := self.memory.claim(kind, subject)) is not None:
            return self._recall(recalled, policy, anchor_on)
        if self.memory.leaving:
            return self._never(policy, subject, unit)
        number = self._numbers[kind] = self._numbers.get(kind, 0) + 1
        owner = owner_for(policy.side, policy.role, self._parties, unit, at_host=policy.at_host)
        opened_at = workflow.now()
        match policy.due.anchor:
            case Anchor.OPENED:
                anchor_at = opened_at
            case Anchor.NOMINATED:
                anchor_at = self.nominated_at or workflow.info().start_time
            case Anchor.PREVIOUS_STEP:
                ends = [closed.at for closed in self.closed_steps.values() if closed.kind is policy.due.after]
                anchor_at = max(ends, default=opened_at)
        rules = StepRules(
            step_id=step_id(self._scope, kind, number),
            due=policy.due if offset is None else policy.due.model_copy(update={"offset": offset}),
            ladder=self._policy.ladder_of(kind),
            anchor_on=anchor_on,
            anchor_at=anchor_at,
        )
        answer: asyncio.Future[StepAnswer] = asyncio.get_running_loop().create_future()
        step = OpenStep(rules.step_id, policy, owner, subject, rules, answer, opened_at)
        self.open_steps[step.id] = step
        self.recorder.add(
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
        self.pauses.opened(step)
        return step

    def _recall(self, recalled: Recalled, policy: StepPolicy, anchor_on: date | None) -> OpenStep:
        """A step as it is on record: open with its plan, pauses and fired rungs, or closed with its answer."""
        opened = recalled.opened
        rules = StepRules(
            step_id=opened.step_id,
            due=policy.due,
            ladder=self._policy.ladder_of(policy.kind),
            anchor_on=anchor_on,
            anchor_at=recalled.anchor_at,
            counted_from=recalled.counted_from,
            due_at=recalled.due_at,
            held=recalled.pauses.held,
        )
        answer: asyncio.Future[StepAnswer] = asyncio.get_running_loop().create_future()
        step = OpenStep(
            opened.step_id,
            policy,
            recalled.owner,
            opened.subject,
            rules,
            answer,
            opened.at,
            plan=recalled.plan,
            planned_at=recalled.planned_at,
            first_due_at=recalled.first_due_at,
            fired=set(recalled.fired),
            ended=recalled.reassigned,
            pauses=recalled.pauses.copy(),
            rounds=recalled.rounds,
        )
        if recalled.closed is None:
            self.open_steps[step.id] = step
        elif not was_cancelled(recalled):
            answer.set_result(StepAnswer(**answered(recalled.closed), recalled=True))
        return step

    def _never(self, policy: StepPolicy, subject: str, unit: str) -> OpenStep:
        """A step that the story did not come to any more: it is not asked for, and whoever asks waits until left."""
        owner = owner_for(policy.side, policy.role, self._parties, unit, at_host=policy.at_host)
        id = step_id(self._scope, policy.kind, 0)
        rules = StepRules(step_id=id, due=policy.due, ladder=self._policy.ladder_of(policy.kind))
        answer: asyncio.Future[StepAnswer] = asyncio.get_running_loop().create_future()
        return OpenStep(id, policy, owner, subject, rules, answer, workflow.now())

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
            raise NotOpen("step.not_open", step=step)
        raise NotOpen("step.already_answered", step=step, outcome=closed.outcome, by=closed.actor.id, moment=closed.at)

    def close(
        self,
        step: OpenStep,
        answer: StepAnswer,
        *,
        status: StepStatus = StepStatus.DONE,
        decision_id: str | None = None,
        note_id: str | None = None,
        acknowledged: tuple[str, ...] = (),
        rule: str | None = None,
    ) -> None:
        """Close a step with an answer and wake the stage that waits for it."""
        del self.open_steps[step.id]
        at = workflow.now()
        self.closed_steps[step.id] = ClosedStep(step.policy.kind, answer.outcome, answer.actor, at)
        self.recorder.add(
            StepClosed(
                at=at,
                actor=answer.actor,
                note_id=note_id,
                step_id=step.id,
                status=status,
                outcome=answer.outcome,
                decision_id=decision_id,
                acknowledged=acknowledged,
                rule=rule,
                documents=answer.documents,
                bed_id=answer.bed_id,
                unit_id=answer.unit_id,
                valid_through=answer.valid_through,
                justified=answer.justified,
            )
        )
        if not step.answer.done():
            step.answer.set_result(answer)

    def cancel(self, step: str) -> None:
        """Close a step that nobody needs to answer any more."""
        if step in self.open_steps:
            self.close(self.open_steps[step], StepAnswer(outcome=CANCELLED), status=StepStatus.CANCELLED)

    def replan(self, step: OpenStep, anchor_on: date, change_id: str) -> None:
        """Count the due time of a step from another day of the stay; its ladder starts anew."""
        now, before = workflow.now(), step.plan.due_at if step.plan else None
        step.pauses.count_anew(now)
        counted = {"anchor_on": anchor_on, "counted_from": now, "due_at": None, "held": step.pauses.held}
        step.rules = step.rules.model_copy(update=counted)
        step.anew, step.ended = True, False
        self.recorder.add(StepReplanned(at=now, step_id=step.id, change_id=change_id, before=before), step.rules)

    def recount(self, step: OpenStep, anchor_at: datetime, change_id: str) -> None:
        """Count the due time of a step from another moment; what its ladder said is said, the rest follows."""
        before = step.plan.due_at if step.plan else None
        step.rules = step.rules.model_copy(update={"anchor_at": anchor_at})
        moved = StepReplanned(
            at=workflow.now(), step_id=step.id, change_id=change_id, before=before, anchor_at=anchor_at, goes_on=True
        )
        self.recorder.add(moved, step.rules)

    def has_alarms_due(self) -> bool:
        """Whether somebody waits for a day that has come, or is not known yet."""
        return self._timers.has_alarms_due(workflow.now())

    async def until(self, name: str, institution: str, on: date, at: time = time(0, 0)) -> None:
        """Wait until a day and time of an institution's calendar."""
        if self.memory.leaving:
            await asyncio.get_running_loop().create_future()  # the story was left; it is told no further
        await self._timers.until(name, institution, on, at)

    def move(self, name: str, institution: str, on: date, at: time) -> None:
        """Have whoever waits for a day wait for another one."""
        self._timers.move(name, institution, on, at)

    def _before_recording(self) -> None:
        self.pauses.settle()

    def _on_recorded(self, recorded: Recorded) -> None:
        now = workflow.now()
        for plan in recorded.plans:
            step = self.open_steps.get(plan.step_id)
            if step is not None:
                step.follow(plan, now)
        for suspension in recorded.suspensions:
            self.on_suspension(suspension)
        self._timers.learn(recorded.moments)

    def suspend(self, suspension: Suspend) -> bool:
        """Pause every deadline that is not a legal one; says whether it is told for the first time."""
        return self.pauses.suspend(suspension)

    def resume(self, resumption: Resume) -> datetime | None:
        """Resume every step; says since when they were paused, `None` where they were not."""
        return self.pauses.resume(resumption)
