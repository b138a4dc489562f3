"""Pauses of deadlines: while a suspension lasts, and while a step waits for what somebody else owes.

After a suspension a due time moves by the time it lasted, on the calendar, so that what was left of it is left again. A
step that waited for another one is planned as if it had opened when the other was answered: it keeps its rule and gets
at least the rule's shortest time.
Clocks of the law never stand still.
"""

from collections.abc import Callable
from datetime import datetime

from temporalio import workflow

from models.events import StepHeld, StepResumed
from models.messages.suspensions import Resume, Suspend
from models.rules.deadlines import Hold
from models.rules.reviews import REVIEWS
from models.vocabulary import Anchor, HoldCause, StepKind
from workflows.engine.memory import Memory
from workflows.engine.open_step import OpenStep
from workflows.engine.recorder import Recorder

BEGUN_SUSPENDED = "wait-ends-suspended"


class Pauses:
    """Pauses open steps and resumes them."""

    def __init__(self, recorder: Recorder, open_steps: dict[str, OpenStep]) -> None:
        self.suspensions: dict[str, Suspend] = {}
        """What suspends this workflow now, by id."""
        self._passed: dict[str, Hold] = {}
        self._over: set[str] = set()
        self._recorder = recorder
        self._open_steps = open_steps
        self.rests: Callable[[StepKind], bool] = lambda _: True
        """Whether the owner of a step has nothing to do while somebody looks at a document."""

    def remember(self, memory: Memory) -> None:
        """Know the suspensions on record."""
        self.suspensions.update(memory.suspensions)
        self._over |= memory.over
        self._passed |= memory.passed

    def passed(self, *held: Hold) -> None:
        """Know suspensions that were over before this workflow began."""
        self._passed |= {f"before/{number}": hold for number, hold in enumerate(held)}

    def over(self) -> tuple[Hold, ...]:
        """The suspensions that are over."""
        return tuple(self._passed.values())

    def suspended(self, now: datetime) -> tuple[Hold, ...]:
        """The times in which the workflow was suspended, up to now."""
        running = (Hold(since=one.since, until=max(one.since, now)) for one in self.suspensions.values())
        return (*self.over(), *running)

    def opened(self, step: OpenStep) -> None:
        """A step that opens during a suspension is held from the beginning."""
        for suspension in self.suspensions.values():
            self._hold(step, HoldCause.SUSPENSION, suspension.suspension_id, suspension.since)

    def suspend(self, suspension: Suspend) -> bool:
        """Pause every deadline that is not a legal one; says whether this suspension is told for the first time."""
        known = suspension.suspension_id
        if known in self.suspensions or known in self._over:
            return False
        self.suspensions[known] = suspension
        for step in self._open_steps.values():
            self._hold(step, HoldCause.SUSPENSION, known, suspension.since)
        return True

    def resume(self, resumption: Resume) -> datetime | None:
        """Let go what a suspension held; says since when, `None` where it held nothing here."""
        self._over.add(resumption.suspension_id)
        suspension = self.suspensions.pop(resumption.suspension_id, None)
        if suspension is None:
            return None
        until = max(suspension.since, resumption.until)
        self._passed[resumption.suspension_id] = Hold(since=suspension.since, until=until)
        for step in self._open_steps.values():
            if resumption.suspension_id in step.pauses.running:
                self._release(step, resumption.suspension_id, resumption.until)
        return suspension.since

    def settle(self) -> None:
        """Pause the steps that wait for an open one of somebody else, and resume those whose wait is over."""
        for step in list(self._open_steps.values()):
            if not step.policy.waits_for:
                continue
            awaited = self._awaited_by(step)
            over = [
                cause
                for cause, pause in step.pauses.running.items()
                if pause.because is HoldCause.OTHER_SIDE and cause not in awaited
            ]
            for cause in over:
                self._release(step, cause, workflow.now())
            for cause in (other for other in list(self._open_steps) if other in awaited):
                if cause not in step.pauses.running:
                    self._hold(step, HoldCause.OTHER_SIDE, cause, workflow.now())

    def _awaited_by(self, step: OpenStep) -> set[str]:
        kinds = set(step.policy.waits_for)
        if not kinds.isdisjoint(REVIEWS) and not self.rests(step.policy.kind):
            kinds -= REVIEWS
        return {other.id for other in self._open_steps.values() if other.policy.kind in kinds}

    def _hold(self, step: OpenStep, because: HoldCause, cause: str, since: datetime) -> None:
        if step.policy.legal:
            return
        since = max(since, step.opened_at)
        step.pauses.begin(cause, because, since)
        self._recorder.add(
            StepHeld(at=workflow.now(), step_id=step.id, because=because, cause=cause, since=since),
        )

    def _release(self, step: OpenStep, cause: str, until: datetime) -> None:
        pause = step.pauses.running[cause]
        until = max(pause.since, until)
        if step.pauses.end(cause, until):
            self._begin(step, until)
        step.rules = step.rules.model_copy(update={"held": step.pauses.held})
        event = StepResumed(
            at=workflow.now(),
            step_id=step.id,
            because=pause.because,
            cause=cause,
            since=pause.since,
            until=until,
            before=step.plan.due_at if step.plan else None,
        )
        self._recorder.add(event, step.rules)

    def _begin(self, step: OpenStep, at: datetime) -> None:
        """Count a step's time from the end of its wait."""
        # Earlier versions let the ladder go on where it was if a suspension lasted longer than the wait.
        step.anew = step.anew or not step.pauses.is_suspended() or workflow.patched(BEGUN_SUSPENDED)
        step.pauses.count_anew(at)
        opened = {"anchor_at": at} if step.policy.due.anchor is Anchor.OPENED else {}
        step.rules = step.rules.model_copy(update={"counted_from": at, **opened})
