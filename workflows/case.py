"""What an exchange workflow knows: the student's plan, papers, seat, places and reports, and how it may end."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from datetime import date, datetime
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError

from models.authority import PaperKind
from models.catalogue.jurisdiction import Jurisdiction, earlier_law
from models.errors import Code
from models.events import ClearanceEnded, Event, ExchangeSuspended, LeavingBegan, StageEntered, StatusChanged
from models.identifiers import cohort_workflow_id
from models.messages.cohorts import SeatNews
from models.messages.exchange import ExchangeStart, ExchangeStatus, TimelineEntry
from models.messages.rotations import RotationResult
from models.messages.suspensions import Suspend
from models.people.authorization import CLOCK, Parties
from models.rules.local import day_at
from models.vocabulary import MobilityStatus, NominationStatus, Outcome, Stage, StepKind
from models.wire import Wire
from workflows.amendments import Amendments
from workflows.ending import Ended, Ending
from workflows.engine.idempotency import Acts
from workflows.engine.open_step import StepAnswer
from workflows.engine.step_engine import StepEngine
from workflows.parts import Blocked, FinishedRotation, Judged, Place, Review, Whereabouts
from workflows.reports import Hours
from workflows.running_rotation import RunningRotation

T = TypeVar("T")
LEAVING = "that an exchange is left is on record before what follows from it"


class Case:
    """The state of one exchange and the few things every stage does with it."""

    def __init__(self, start: ExchangeStart) -> None:
        self.id = start.exchange_id
        self.student = start.student
        self.policy = start.policy
        self.plan = start.plan
        self.parties = Parties(sending=start.plan.sending, host=start.plan.host, student=start.student)
        self.nomination_version = start.nomination_version
        self.engine = StepEngine(self.id, self.id, start.policy, self.parties, start.reopening)
        self.reopening = start.reopening
        self.longest_history = start.longest_history
        self.zone = start.zone
        self.late = start.late
        self.rotations_apart = start.rotations_apart or start.resumes > 0
        self.engine.on_suspension = self.suspend
        self.engine.pauses.rests = self._waits_for_reviews_alone
        if not start.resumes:
            self.engine.recorder.policy = start.policy
        self.stage = Stage.NOMINATION
        self.mobility = MobilityStatus.NOMINATION
        self.nomination = NominationStatus.PENDING
        self.outcome: Outcome | None = None
        self.interrupt: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        self.accepted: dict[str, str] = dict(start.reopening.accepted) if start.reopening else {}
        """Accepted document id by kind."""
        self.returned: set[str] = set()
        """Document ids that a reviewer sent back."""
        self.awaited: dict[StepKind, set[str]] = {}
        """Document kinds that an open step still waits for."""
        self.collected: dict[StepKind, set[str]] = {}
        """Document kinds that an open step takes: those it waits for, and those that a better one may replace."""
        self.judged: dict[str, Judged] = {}  # what the last check of a document said, by its id
        self.blocked: dict[str, Blocked] = {}
        """What the checks did not accept, by kind; what came since is in its place."""
        self.vouched: set[str] = set()  # ids of documents that count because somebody looked at them
        self.reviews: dict[str, Review] = {}
        """What waits for a person, by kind of document."""
        self.seat_answers: asyncio.Queue[str] = asyncio.Queue()
        self.wants_seat = False
        self.waitlist_position: int | None = None
        self.seat_news: SeatNews | None = None
        """What the cohort said last."""
        self.places: list[Place] = []
        self.rotations: dict[str, RunningRotation] = {}
        self.worked: dict[str, FinishedRotation] = {}
        """Rotations that are over, by placement."""
        self.clearances: list[Event] = []
        """Clearances for the clinic and their ends, and when the rotations began."""
        self.cleared_through: date | None = None
        self.revoked: asyncio.Future[ClearanceEnded] | None = None
        """Set while there is a clearance that may be taken back."""
        self.planned_anew = asyncio.Event()
        """Set by what changes the plan of a stay."""
        self.watches_clearance = start.watches_clearance or start.resumes > 0
        self.watches_insurance = start.watches_insurance and StepKind.RENEW_INSURANCE in start.policy.steps
        self.papers: dict[str, PaperKind] = {}
        """What the authority wrote, by the id of the entry; corrected ones left out."""
        self.expiring: dict[str, date] = {}
        """Until when documents are good, by their ids, as who handed them in stated."""
        self.new_passport: date | None = None
        """Until when the newest passport in the register is good."""
        self.issued: dict[str, date] = {}
        """When documents were issued, by their ids, as who handed them in stated."""
        self.arrived_at: datetime | None = None
        self.entered_at: datetime | None = None  # into the host's country, the last time
        self.permitted_until: date | None = None
        self.first_permitted_until: date | None = None
        self.single_entry = True
        self.resident = False  # whether a residence permit was granted (D32)
        self.rural = False  # whether the residence that was reported last lies in the countryside
        self.abroad = False
        """Out of the host's country between arrival and departure."""
        self.moved_at: datetime | None = None
        """The last movement reported."""
        self.whereabouts = Whereabouts()
        self.departed_on: date | None = None
        self.settling: asyncio.Task[None] | None = None  # of keys and deposit, once the student has left (D34)
        self.hours = Hours()
        """Of lectures and the cultural programme; rotations take their own."""
        self.evaluated_programme = False
        self.timeline: list[TimelineEntry] = []
        self.duties: list[asyncio.Task[Any]] = []
        self.legal: set[asyncio.Task[Any]] = set()
        """Duties of the law: an early end leaves them."""
        self._health: asyncio.Task[None] | None = None
        self.renewals: list[asyncio.Task[None]] = []
        self.amendments = Amendments(continues=start.continues)
        self.begun = False
        self.nominated_by: str | None = None
        """Request that began the exchange."""
        self.nominator = CLOCK
        self.nominator_note: str | None = None
        self.left = asyncio.Event()
        """Set when the story was left and what follows from it is noted."""
        self.engine.recorder.on_lost.append(self.left.set)
        self.acts = Acts()
        self.remembers = not start.resumes
        """Whether it knows what is on record; a story told for the first time has nothing to remember."""
        self.early: list[Callable[[], None]] = []
        """What was told before it remembered."""
        self.under_way = 0
        """Commands of the story that are not answered yet."""
        self._visits: Counter[Stage] = Counter()

    @property
    def law(self) -> Jurisdiction:
        """The law of the host's country, as it was when the student was nominated."""
        return self.policy.law or earlier_law(self.plan.host_country)

    def expiries(self) -> dict[str, date]:
        """Until when accepted documents are good, by their kind; a newer passport counts instead of the old one."""
        found = {kind: self.expiring[id] for kind, id in self.accepted.items() if id in self.expiring}
        return found | ({"passport": self.new_passport} if self.new_passport is not None else {})

    def _waits_for_reviews_alone(self, step: StepKind) -> bool:
        """Whether whoever hands in the documents of a step has nothing left to do: a person looks at all the rest."""
        return self.awaited.get(step, set()) <= self.reviews.keys()

    def today(self) -> date:
        """What day it is at the host."""
        return self.day_of(workflow.now())

    def day_of(self, moment: datetime) -> date:
        """The day of a moment at the host."""
        return day_at(self.zone, moment)

    def note(self, event: Event, subject: str = "", outcome: str = "") -> None:
        """Note a fact for the records and the timeline; one that is on record is not said again."""
        if not self.engine.recorder.add(event):
            return
        self.timeline.append(
            TimelineEntry(at=event.at, kind=event.kind, actor=event.actor.id, subject=subject, outcome=outcome)
        )

    def enter(self, stage: Stage) -> None:
        """Move to a stage."""
        self.stage = stage
        workflow.set_current_details(f"Stage: {stage}")
        self._visits[stage] += 1
        entered = StageEntered(at=workflow.now(), stage=stage, visit=self._visits[stage])
        if stage is Stage.ROTATIONS and not any(isinstance(one, StageEntered) for one in self.clearances):
            self.clearances.append(entered)
        self.note(entered, subject=stage)

    def set_status(self, *, mobility: MobilityStatus | None = None, nomination: NominationStatus | None = None) -> None:
        """Move on the two axes of the network's vocabulary (D10)."""
        self.mobility = mobility or self.mobility
        self.nomination = nomination or self.nomination
        self.note(StatusChanged(at=workflow.now(), mobility=self.mobility, nomination=self.nomination))

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
        """Ask a person for a step; rules anchored at the stay find its first or last day.

        `offset` is used instead of that of the step's due rule, in its unit.

        Raises:
            Ended: the answer ends the exchange, as the policy of the step says.
        """
        anchors = {"start": self.plan.start, "end": self.plan.end}
        on = anchor_on or anchors.get(self.policy.step(kind).due.anchor)
        answer = await self.engine.ask(
            kind, subject=subject, unit=unit, anchor_on=on, anchor_at=anchor_at, offset=offset
        )
        if not answer.recalled:
            at, by = workflow.now(), answer.actor.id
            self.timeline.append(
                TimelineEntry(at=at, kind="step_closed", actor=by, subject=kind, outcome=answer.outcome)
            )
        policy = self.policy.step(kind).answer(answer.outcome)
        outcome = policy.outcome_if(answer.justified) if policy is not None else None
        if policy is not None and outcome is not None:
            raise Ended(Ending(outcome=outcome, reason=policy.reason or kind, actor=answer.actor))
        return answer

    def seen(self, key: str, request: Wire) -> bool:
        """Whether this act was accepted before.

        Raises:
            KeyReused: another act was, under the same key.
        """
        return self.acts.seen(key, request)

    def end(self, ending: Ending) -> None:
        """End the exchange from outside the story; it is on record from now on that it ends."""
        if self.interrupt.done():
            return
        if (self.settling is None or self.outcome is None) and workflow.patched(LEAVING):
            began = LeavingBegan(
                at=workflow.now(),
                actor=ending.actor,
                note_id=ending.note_id,
                outcome=ending.outcome,
                reason=ending.reason,
                last_day=ending.last_day,
                declared_on=ending.declared_on,
            )
            self.note(began, outcome=ending.outcome)
        self.interrupt.set_result(ending)

    async def answered(self, command: Awaitable[T]) -> T:
        """Wait for the answer to a command of the story; until it comes, the story is not at rest."""
        self.under_way += 1
        try:
            return await command
        except ApplicationError as failure:
            if failure.type != Code.OUT_OF_STEP:
                raise
            self.engine.recorder.lose()
            never: asyncio.Future[T] = asyncio.get_running_loop().create_future()
            return await never  # this run ends, and tells no further
        finally:
            self.under_way -= 1

    async def at_rest(self) -> None:
        """Wait until the story has told all that it remembers and waits for somebody, or for a day."""
        await workflow.wait_condition(
            lambda: self.under_way == 0 and self.engine.recorder.idle and not self.engine.has_alarms_due()
        )

    def suspend(self, suspension: Suspend) -> bool:
        """Pause the exchange; says whether this suspension is told for the first time."""
        if not self.engine.suspend(suspension):
            return False
        event = ExchangeSuspended(
            at=workflow.now(),
            suspension_id=suspension.suspension_id,
            since=suspension.since,
            reason=suspension.reason,
        )
        self.note(event, subject=suspension.suspension_id)
        return True

    def work(self, result: RotationResult) -> None:
        """Know what a rotation leaves when it is over."""
        place = next((place for place in self.places if place.placement_id == result.placement_id), None)
        if place is not None:
            hours = Hours()
            hours.remember(result.reports)
            worked = FinishedRotation(place.block.content, place.unit_id, result.first_day, result.last_day, hours)
            self.worked[result.placement_id] = worked

    def begin_health(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Begin the health track; it outlives its stage and ends at the latest with the stay (D36)."""
        self._health = self.engine.beside.begin(coroutine, Ended)

    @property
    def health_is_over(self) -> bool:
        """Whether the health track had begun and waits for nothing."""
        return self._health is not None and self._health.done()

    async def end_health(self) -> None:
        """Nobody needs to clear a student who has left: close what is still open of the health track, and renewals."""
        if self._health is not None:
            for task in (self._health, *self.renewals):
                task.cancel()
            ended, *_ = await asyncio.gather(self._health, *self.renewals, return_exceptions=True)
            if isinstance(ended, Exception):
                raise ended

    def duty(self, coroutine: Coroutine[Any, Any, Any], *, legal: bool = False) -> None:
        """Begin something that goes on beside the stages and must be done before the certificate."""
        task = self.engine.beside.begin(coroutine, Ended)
        self.duties.append(task)
        if legal:
            self.legal.add(task)

    async def signal_cohort(self, name: str, argument: Wire) -> None:
        """Tell the cohort; if its workflow is not there yet, try again every hour of workflow time."""
        cohort = workflow.get_external_workflow_handle(cohort_workflow_id(self.plan.cohort.id))
        while True:
            try:
                await self.answered(cohort.signal(name, argument))
                return
            except FailureError:
                workflow.logger.warning("cohort %s is not running; trying again in an hour", self.plan.cohort.id)
                await workflow.sleep(3600, summary="cohort not running")

    def status(self) -> ExchangeStatus:
        """Where the exchange is."""
        return ExchangeStatus(
            exchange_id=self.id,
            stage=self.stage,
            parties=self.parties,
            mobility=self.mobility,
            nomination=self.nomination,
            outcome=self.outcome,
            waitlist_position=self.waitlist_position,
            open_steps=tuple(s.view() for s in self.engine.open_steps.values()),
        )


async def together(*tracks: Coroutine[Any, Any, Any]) -> None:
    """Run tracks side by side; the first that ends the exchange, or fails, stops the others."""
    tasks = [asyncio.create_task(track) for track in tracks]
    try:
        await asyncio.gather(*tasks)
    except (Exception, asyncio.CancelledError):
        # Not `finally`: a workflow that leaves the worker's cache must not wait any more.
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
