"""What a workflow remembers when its story is told again from the records.

A step that is on record is not opened anew: who asks for it gets the recorded answer at once, or waits with the plan,
the fired rungs and the pauses that are on record. Facts that can happen once are not noted a second time.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from models.events import (
    Arrived,
    ClearanceEnded,
    DeadlineExtended,
    DocumentChecked,
    DocumentReturned,
    DocumentReviewed,
    Event,
    ExchangeResumed,
    ExchangeSuspended,
    Fact,
    LeavingBegan,
    PaperRecorded,
    RungFired,
    SeatAnswered,
    StageEntered,
    StepClosed,
    StepHeld,
    StepOpened,
    StepReassigned,
    StepReplanned,
    StepResumed,
    StepSnoozed,
)
from models.messages.exchange import StepPlan
from models.messages.recording import Remembered
from models.messages.suspensions import Suspend
from models.people.authorization import Owner
from models.rules.deadlines import Hold
from models.rules.pauses import StepPauses
from models.rules.reviews import REVIEWS
from models.vocabulary import Anchor, Stage, StepKind, StepStatus

E = TypeVar("E", bound=Fact)

BY_SUBJECT = frozenset(
    {
        StepKind.ACCEPT_STUDENT,
        StepKind.FIND_PLACE,
        StepKind.SETTLE_PLACE,
        StepKind.CONFIRM_BED,
        StepKind.EVALUATE_MIDPOINT,
        StepKind.EVALUATE_STUDENT,
        StepKind.AGREE_CHANGE,
        StepKind.APPROVE_CHANGE,
        StepKind.DECIDE_CHANGE,
        StepKind.CONFIRM_CHANGE,
        StepKind.AWAIT_SECOND_HOST,
        StepKind.STUDENT_DUTY,
        StepKind.HOST_DUTY,
        *REVIEWS,
    }
)
"""Steps that several parts of a story ask for side by side: what they are about tells whose they are."""


@dataclass
class Recalled:
    """One step as the records have it."""

    opened: StepOpened
    owner: Owner
    plan: StepPlan | None
    planned_at: datetime
    first_due_at: datetime | None
    anchor_at: datetime | None
    fired: set[int] = field(default_factory=set)
    rounds: int = 0
    reassigned: bool = False
    """Whether its ladder, used up, gave it to somebody else."""
    pauses: StepPauses = field(default_factory=StepPauses)
    counted_from: datetime | None = None
    due_at: datetime | None = None
    """As a person set it."""
    closed: StepClosed | None = None
    claimed: bool = False
    of_ending: bool = False
    """Whether it was asked for after the exchange began to end."""

    @property
    def is_open(self) -> bool:
        """Whether somebody still owes it."""
        return self.closed is None

    def anew(self, plan: StepPlan | None, at: datetime) -> None:
        """Its ladder starts anew: rungs of the past stay in the past."""
        self.fired = {rung.index for rung in plan.rungs if rung.at <= at} if plan is not None else set()
        self.rounds += 1


class Memory:
    """What is on record, by what is asked for. An empty one remembers nothing: the story is told for the first time."""

    def __init__(
        self,
        remembered: Remembered | None = None,
        anchor: Callable[[StepKind], Anchor | None] = lambda _: None,
        accepted: Mapping[str, str] | None = None,
    ) -> None:
        """`anchor` says from what a kind of step counts its time; `accepted` are documents of before a reopening."""
        found = remembered or Remembered()
        self.known = remembered is not None
        self.revision = found.revision
        self.plan = found.plan
        self.nomination_version = found.nomination_version
        self.facts = {event.fact for event in found.events if event.fact is not None}
        self.acts: Mapping[str, str] = {act.key: act.asked for act in found.acts}
        self.events = found.events
        self._anchor = anchor
        self.steps: dict[str, Recalled] = {}
        self.leaving = False
        """Whether the exchange was left, and the story is told only up to there."""
        self._ending = False
        self.suspensions: dict[str, Suspend] = {}
        self.over: set[str] = set()
        """Suspensions that ended for the exchange."""
        self.passed: dict[str, Hold] = {}
        """From when to when each of them lasted."""
        self.accepted = dict(accepted or {})
        """Accepted document id by kind."""
        self.returned: set[str] = set()
        for event in found.events:
            self._take(event)
        self.leaving = self._ending

    @property
    def arrived(self) -> bool:
        """Whether what follows from an arrival was begun: it is recorded together with it."""
        return self.last(Arrived) is not None

    @property
    def was_answered_a_seat(self) -> bool:
        """Whether the cohort said more than that there is none yet."""
        return any(answer.answer in {"granted", "offered"} for answer in self.of(SeatAnswered))

    def has_reached(self, stage: Stage) -> bool:
        """Whether the exchange was in a stage."""
        return any(entered.stage is stage for entered in self.of(StageEntered))

    def of(self, kind: type[E]) -> tuple[E, ...]:
        """The events of one kind, oldest first."""
        return tuple(event for event in self.events if isinstance(event, kind))

    def last(self, kind: type[E]) -> E | None:
        """The newest event of one kind."""
        return next(reversed(self.of(kind)), None)

    def next_of(self, *kinds: StepKind, subject: str | None = None) -> Recalled | None:
        """The oldest step of these kinds that nobody has asked for yet, about `subject` where it is given."""
        return next(
            (
                step
                for step in self.steps.values()
                if not step.claimed
                and step.of_ending is self._tells_ending
                and step.opened.step in kinds
                and (subject is None or step.opened.subject == subject)
            ),
            None,
        )

    def reviews(self) -> Iterable[Recalled]:
        """The steps in which people look at documents."""
        return [step for step in self.steps.values() if step.opened.step in REVIEWS]

    def leave(self) -> None:
        """The story is told as far as it went; what is asked now, the ending asks."""
        self.leaving = False

    def claim(self, kind: StepKind, subject: str) -> Recalled | None:
        """The step on record that this part of the story asks for, if there is one."""
        step = self.next_of(kind, subject=subject)
        if step is None and kind not in BY_SUBJECT:
            step = self.next_of(kind)  # what it was about may read otherwise by now: documents that are still missing
        if step is not None:
            step.claimed = True
        return step

    def pass_over(self, kinds: Collection[StepKind]) -> None:
        """What is closed of these kinds had its consequences: who asks for one is not given its answer."""
        for step in self.steps.values():
            step.claimed = step.claimed or (step.opened.step in kinds and not step.is_open)

    def pass_over_cancelled(self, kind: StepKind) -> None:
        """What was asked for and taken back was over at once: who asks again is not given it to wait for."""
        for step in self.steps.values():
            step.claimed = step.claimed or (step.opened.step is kind and was_cancelled(step))

    def numbers(self) -> Counter[StepKind]:
        """The highest number of each kind of step on record."""
        found: Counter[StepKind] = Counter()
        for step in self.steps.values():
            found[step.opened.step] = max(found[step.opened.step], int(step.opened.step_id.rsplit(".", 1)[1]))
        return found

    def unclaimed(self) -> Iterable[Recalled]:
        """Open steps that no part of the story asks for."""
        return [step for step in self.steps.values() if step.is_open and not step.claimed]

    def under_way(self) -> Iterable[Recalled]:
        """Of these, those that the part that is told now may ask for: the story, or the ending."""
        return [step for step in self.unclaimed() if step.of_ending is self._tells_ending]

    @property
    def _tells_ending(self) -> bool:
        return self._ending and not self.leaving

    def _take(self, event: Event) -> None:
        match event:
            case StepOpened():
                plan = event.plan
                self.steps[event.step_id] = Recalled(
                    event, event.owner, plan, event.at, plan.due_at if plan else None, event.anchor_at
                )
                self.steps[event.step_id].of_ending = self._ending
            case LeavingBegan():
                self._ending = True
            case ExchangeSuspended():
                self.suspensions[event.suspension_id] = Suspend(
                    suspension_id=event.suspension_id, since=event.since, reason=event.reason
                )
            case ExchangeResumed():
                self.suspensions.pop(event.suspension_id, None)
                self.over.add(event.suspension_id)
                self.passed[event.suspension_id] = Hold(since=event.since, until=max(event.since, event.until))
            case DocumentReviewed():
                self.accepted[event.document] = event.document_id
            case DocumentChecked() if event.accepted:
                self.accepted[event.document] = event.document_id
            case DocumentChecked() if self.accepted.get(event.document) == event.document_id:
                del self.accepted[event.document]
            case DocumentReturned():
                self.returned.add(event.document_id)
                if self.accepted.get(event.document) == event.document_id:
                    del self.accepted[event.document]
            case PaperRecorded():
                for kind in event.handed_in_anew:
                    self.accepted.pop(kind, None)
            case ClearanceEnded():
                for kind in event.documents:
                    self.accepted.pop(kind, None)
            case _:
                self._of_a_step(event)

    def _of_a_step(self, event: Event) -> None:
        step = self.steps.get(getattr(event, "step_id", ""))
        if step is None:
            return
        match event:
            case StepClosed():
                step.closed = step.closed or event
            case RungFired():
                step.fired |= {event.rung, *event.missed}
            case StepSnoozed():
                step.fired |= {*event.silenced}
            case StepReassigned():
                step.owner = event.owner
                step.reassigned = step.reassigned or event.decision_id == f"ladder:{event.step_id}"
            case DeadlineExtended():
                _extended(step, event)
            case StepReplanned():
                _replanned(step, event)
            case StepHeld():
                step.pauses.begin(event.cause, event.because, event.since)
            case StepResumed() if event.cause in step.pauses.running:
                self._resumed(step, event)

    def _resumed(self, step: Recalled, event: StepResumed) -> None:
        """As the engine's `Pauses` counts it."""
        begins = step.pauses.end(event.cause, event.until)
        if begins:
            step.counted_from = event.until
            step.pauses.count_anew(event.until)
            if self._anchor(step.opened.step) is Anchor.OPENED:
                step.anchor_at = event.until
        _planned(step, event.plan, event.at)
        if begins:
            step.anew(event.plan, event.at)


def _extended(step: Recalled, event: DeadlineExtended) -> None:
    step.due_at, step.counted_from = event.due_at, event.at
    step.pauses.count_anew(event.at)
    _planned(step, event.plan, event.at)
    step.anew(event.plan, event.at)


def _replanned(step: Recalled, event: StepReplanned) -> None:
    if event.goes_on:
        step.anchor_at = event.anchor_at
        _planned(step, event.plan, event.at)
        return
    step.due_at, step.counted_from = None, event.at
    step.pauses.count_anew(event.at)
    _planned(step, event.plan, event.at)
    step.anew(event.plan, event.at)


def _planned(step: Recalled, plan: StepPlan | None, at: datetime) -> None:
    if plan is not None:
        step.plan, step.planned_at = plan, at


def answered(closed: StepClosed) -> dict[str, Any]:
    """What an answer said, for the stage that waits for it."""
    return closed.model_dump(
        include={"outcome", "actor", "documents", "bed_id", "unit_id", "valid_through", "justified"}
    )


def was_cancelled(step: Recalled) -> bool:
    """Whether nobody needed to answer it any more: who asked for it was left, and is not answered again."""
    return step.closed is not None and step.closed.status is StepStatus.CANCELLED
