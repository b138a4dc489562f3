"""One student's exchange, from nomination to certificate."""

import asyncio
from collections.abc import Awaitable, Callable

from temporalio import workflow

from models.catalogue.policy import Policy
from models.messages.cohorts import SeatNews
from models.messages.exchange import (
    Acknowledged,
    CorrectNomination,
    Decide,
    Decided,
    DocumentAnswer,
    EndEarly,
    Evaluate,
    ExchangeResult,
    ExchangeStart,
    ExchangeStatus,
    ExtendDeadline,
    Nominate,
    Nominated,
    ReassignStep,
    ReportArrival,
    ReportAttendance,
    ReportDeparture,
    ReportMovement,
    SnoozeStep,
    SubmitDocument,
    TimelineEntry,
    Withdraw,
)
from models.messages.replans import ReplanExchange
from models.messages.rotations import ROTATION_OVER, RotationResult
from models.messages.suspensions import Resume, Suspend
from workflows.acts import (
    application,
    changes,
    deadlines,
    documents,
    hours,
    movements,
    stay,
)
from workflows.arrangements import Arrangements
from workflows.case import Case
from workflows.engine.renewal import Renewal
from workflows.recalling import recall
from workflows.refusals import refusing
from workflows.running_rotation import RotationApart
from workflows.stages import changing
from workflows.story import tell


@workflow.defn(name="Exchange")
class ExchangeWorkflow(Arrangements):
    """Moves one student through the programme; people act on it by updates, the clock by ladders."""

    @workflow.init
    def __init__(self, start: ExchangeStart) -> None:
        self._case = case = Case(start)
        self._renewal = Renewal(
            case.engine.recorder,
            case.acts,
            start.longest_history,
            start.resumes,
            case.engine.beside,
            rests=lambda: case.under_way == 0 and case.remembers,
        )

    @workflow.run
    async def run(self, start: ExchangeStart) -> ExchangeResult:
        """The whole exchange, told for the first time or again from the records; a run that is over hands it on."""
        case = self._case
        if start.resumes:
            await recall(case)
        case.engine.start()
        told = asyncio.create_task(tell(case))
        if await self._is_over(told):
            resumes = await self._renewal.next_resumes()
            workflow.continue_as_new(start.model_copy(update={"resumes": resumes, "policy": case.policy}))
        return told.result()

    async def _is_over(self, told: "asyncio.Task[ExchangeResult]") -> bool:
        """Wait until the exchange has ended, or this run is to end before it."""
        while True:
            try:
                return await self._renewal.over(told)
            except asyncio.CancelledError:
                # An operator cancelled the workflow in Temporal: the student is withdrawn, nothing stays taken.
                if workflow.cancellation_reason() is None:
                    raise
                self._case.end(changes.cancelled(self._case))

    @workflow.signal
    def catch_up(self) -> None:
        """Somebody restored something, or recovered: read the records again."""
        self._renewal.ask()

    @workflow.signal(name=ROTATION_OVER)
    def rotation_over(self, result: RotationResult) -> None:
        """A rotation says that it is over."""
        rotation = self._case.rotations.get(result.placement_id)
        if isinstance(rotation, RotationApart):
            self._case.work(result)
            rotation.end()
        elif not self._case.remembers:
            self._case.early.append(lambda: self.rotation_over(result))

    @workflow.query
    def follows(self) -> list[int]:
        """The numbers of which one is the newest on record, if this workflow is in step."""
        return list(self._case.engine.recorder.follows)

    @workflow.query
    def policy(self) -> Policy:
        """What the exchange runs under."""
        return self._case.policy

    @workflow.signal
    def seat_news(self, news: SeatNews) -> None:
        """The cohort answers: a seat is granted, waited for, or offered (D14)."""
        if self._case.remembers:
            application.hear_of_seat(self._case, news)
        else:
            self._case.early.append(lambda: self.seat_news(news))

    @workflow.signal
    async def suspend(self, suspension: Suspend) -> None:
        """Pause the deadlines; legal ones go on."""
        await self._remembers()
        await changes.suspend(self._case, suspension)

    @workflow.signal
    async def resume(self, resumption: Resume) -> None:
        """Resume the deadlines."""
        await self._remembers()
        await changes.resume(self._case, resumption)

    @workflow.signal
    async def replan(self, told: ReplanExchange) -> None:
        """The cohort is on other days: move the stay as a whole, or say why not (D39)."""
        await self._remembers()
        changing.replan(self._case, told)

    @workflow.query
    def status(self) -> ExchangeStatus:
        """Where the exchange is and what it waits for."""
        return self._case.status()

    @workflow.query
    def timeline(self) -> list[TimelineEntry]:
        """What happened so far, in order."""
        return self._case.timeline

    @workflow.update(description="Nominate a student; doing it again changes nothing")
    async def nominate(self, nomination: Nominate) -> Nominated:
        """Answer whether this nomination began the exchange or found it."""
        await self._remembers()
        known = self._case.nominated_by not in (None, nomination.request_id)
        if self._case.nominated_by is None:
            self._case.nominated_by, self._case.nominator = nomination.request_id, nomination.actor
            self._case.nominator_note = nomination.note_id
            self._case.engine.recorder.fulfil(nomination.request_id)
        await self._settled()
        return Nominated(exchange_id=self._case.id, already_known=known, stage=self._case.stage)

    @workflow.update(description="Answer an open step")
    async def decide(self, decision: Decide) -> Decided:
        """Answer a step; two people deciding the same step: one wins, the other is told who did."""
        repeated = await self._once(decision.decision_id, decision, lambda: application.decide(self._case, decision))
        return Decided(
            step_id=decision.step_id,
            outcome=decision.outcome,
            repeated=repeated,
            stage=self._case.stage,
            open_steps=tuple(self._case.engine.open_steps),
        )

    @decide.validator
    @refusing
    def _may_decide(self, decision: Decide) -> None:
        application.check_decide(self._case, decision)

    @workflow.update(description="Hand in a filed document")
    async def submit_document(self, document: SubmitDocument) -> DocumentAnswer:
        """Have a document checked and say what is still missing."""
        act: Callable[[], Awaitable[DocumentAnswer | None]] = lambda: documents.submit(self._case, document)  # noqa: E731
        reply, _ = await self._case.acts.once(document.submission_id, document, act)
        return reply or documents.answer_again(self._case, document)

    @submit_document.validator
    @refusing
    def _may_submit(self, document: SubmitDocument) -> None:
        documents.check_submit(self._case, document)

    @workflow.update(description="Correct a returned nomination")
    async def correct_nomination(self, correction: CorrectNomination) -> Acknowledged:
        """Correct without re-entry, under the same id (D11)."""
        return await self._act(correction.decision_id, correction, lambda: application.correct(self._case, correction))

    @correct_nomination.validator
    @refusing
    def _may_correct(self, correction: CorrectNomination) -> None:
        application.check_correct(self._case, correction)

    @workflow.update(description="Report that the student reached the residence")
    async def report_arrival(self, report: ReportArrival) -> Acknowledged:
        """Start the legal deadlines (D29)."""
        return await self._act(report.report_id, report, lambda: stay.arrive(self._case, report))

    @report_arrival.validator
    @refusing
    def _may_report_arrival(self, report: ReportArrival) -> None:
        stay.check_arrival(self._case, report)

    @workflow.update(description="Report that the student moved, left the country or came back")
    async def report_movement(self, report: ReportMovement) -> Acknowledged:
        """Restart the legal deadlines (D26, D29, D33)."""
        return await self._act(report.report_id, report, lambda: movements.move(self._case, report))

    @report_movement.validator
    @refusing
    def _may_report_movement(self, report: ReportMovement) -> None:
        movements.check_move(self._case, report)

    @workflow.update(description="Report hours of lectures or of the cultural programme")
    async def report_attendance(self, report: ReportAttendance) -> Acknowledged:
        """Record hours of a programme content, or of a rotation that is over; one that runs takes its own."""
        return await self._act(report.report_id, report, lambda: hours.attend(self._case, report))

    @report_attendance.validator
    @refusing
    def _may_report_attendance(self, report: ReportAttendance) -> None:
        hours.check_attendance(self._case, report)

    @workflow.update(description="The student evaluates the programme")
    async def evaluate(self, evaluation: Evaluate) -> Acknowledged:
        """Record the student's rating of every objective (D41)."""
        return await self._act(evaluation.decision_id, evaluation, lambda: stay.evaluate(self._case, evaluation))

    @evaluate.validator
    @refusing
    def _may_evaluate(self, evaluation: Evaluate) -> None:
        stay.check_evaluate(self._case, evaluation)

    @workflow.update(description="Report that the student left the residence")
    async def report_departure(self, report: ReportDeparture) -> Acknowledged:
        """Record the actual departure (D35)."""
        return await self._act(report.report_id, report, lambda: stay.depart(self._case, report))

    @report_departure.validator
    @refusing
    def _may_report_departure(self, report: ReportDeparture) -> None:
        stay.check_departure(self._case, report)

    @workflow.update(description="Withdraw the student before arrival")
    async def withdraw(self, withdrawal: Withdraw) -> Acknowledged:
        """End the exchange and give back what it took (D40)."""
        return await self._act(
            withdrawal.decision_id, withdrawal, lambda: self._leave(lambda: changes.withdraw(self._case, withdrawal))
        )

    @withdraw.validator
    @refusing
    def _may_withdraw(self, withdrawal: Withdraw) -> None:
        changes.check_withdraw(self._case, withdrawal)

    @workflow.update(description="End a live stay before its planned end")
    async def end_early(self, end: EndEarly) -> Acknowledged:
        """End a live stay, justified or not (D40)."""
        return await self._act(end.decision_id, end, lambda: self._leave(lambda: changes.end_early(self._case, end)))

    @end_early.validator
    @refusing
    def _may_end_early(self, end: EndEarly) -> None:
        changes.check_end_early(self._case, end)

    @workflow.update(description="Move a step's due time")
    async def extend_deadline(self, change: ExtendDeadline) -> Acknowledged:
        """Move a deadline; its ladder is planned anew."""
        return await self._act(change.decision_id, change, lambda: deadlines.extend(self._case, change))

    @extend_deadline.validator
    @refusing
    def _may_extend(self, change: ExtendDeadline) -> None:
        deadlines.check_extend(self._case, change)

    @workflow.update(description="Put off the reminders of one's own step")
    async def snooze_step(self, change: SnoozeStep) -> Acknowledged:
        """Put off reminders; due time and escalations stand."""
        return await self._act(change.decision_id, change, lambda: deadlines.snooze(self._case, change))

    @snooze_step.validator
    @refusing
    def _may_snooze(self, change: SnoozeStep) -> None:
        deadlines.check_snooze(self._case, change)

    @workflow.update(description="Give a step to another role of the same institution")
    async def reassign_step(self, change: ReassignStep) -> Acknowledged:
        """Give a step to another owner."""
        return await self._act(change.decision_id, change, lambda: deadlines.reassign(self._case, change))

    @reassign_step.validator
    @refusing
    def _may_reassign(self, change: ReassignStep) -> None:
        deadlines.check_reassign(self._case, change)

    def require_in_step(self) -> None:
        """That what is asked now meets the state that is on record.

        Raises:
            OutOfStep: the records are being read; the same act is taken a moment later.
        """
        self._renewal.require_in_step(self._case.remembers)

    async def _remembers(self) -> None:
        if not self._case.remembers:
            await workflow.wait_condition(lambda: self._case.remembers)

    async def _settled(self) -> None:
        """Answer only when the story had its turn and everything it brought about is recorded."""
        recorder = self._case.engine.recorder
        await workflow.wait_condition(lambda: (recorder.idle and self._case.begun) or recorder.lost.is_set())
        await recorder.settled()

    async def _leave(self, act: Callable[[], None]) -> None:
        """End the exchange from outside, and answer when the end is recorded."""
        act()
        await self._case.left.wait()
        await self._case.engine.recorder.settled()
