"""One rotation: a block of days in a unit, its attendance and its supervisor's evaluation."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, time
from typing import Any

from temporalio import workflow

from activities.rotations import Rotations
from models.errors import BadInput
from models.events import AttendanceReported, Evaluated, RotationEnded
from models.messages.exchange import Acknowledged, Evaluate, ReportAttendance
from models.messages.rotations import (
    ROTATION_WORKFLOW,
    ClinicCleared,
    RotationEnd,
    RotationReplanned,
    RotationResult,
    RotationStart,
    TellExchange,
)
from models.messages.suspensions import Resume, Suspend
from models.people.authorization import Owner, may_act_for_host, may_decide, require
from models.rules.clearance import ClearedDays, check_cleared, cleared_days, is_worked
from models.rules.local import day_at
from models.vocabulary import Role, Side, Stage, StepKind
from workflows.engine.idempotency import Acts
from workflows.engine.open_step import StepAnswer
from workflows.engine.renewal import Renewal
from workflows.engine.step_engine import StepEngine
from workflows.options import RECORD
from workflows.refusals import refusing
from workflows.reports import Hours, check_period, check_ratings, check_suspended

EVENING = time(18, 0)
AT_MIDDLE = StepKind.EVALUATE_MIDPOINT
"""An evaluation without a result."""


@workflow.defn(name=ROTATION_WORKFLOW)
class RotationWorkflow:
    """Waits through a block of days, takes attendance, and asks the supervisor for the evaluation at its end (D41)."""

    @workflow.init
    def __init__(self, start: RotationStart) -> None:
        self._start = start
        self._engine = StepEngine(start.exchange_id, start.placement_id, start.policy, start.parties)
        self._cleared = start.cleared or _as_one(start.cleared_through)
        self._ended: asyncio.Future[RotationEnd] = asyncio.get_running_loop().create_future()
        self._last_end: RotationEnd | None = None
        self._hours = Hours()
        self._engine.pauses.passed(*start.suspended)
        self._passed: bool | None = None
        self._acts = Acts()
        self._remembers = not start.resumes
        self._early: list[Callable[[], object]] = []
        """What was told before it remembered."""
        self._renewal = Renewal(
            self._engine.recorder, self._acts, start.longest_history, start.resumes, self._engine.beside
        )
        if start.end is not None:
            self._ended.set_result(start.end)

    @workflow.run
    async def run(self, start: RotationStart) -> RotationResult:
        """Work the block, then have it evaluated; a run that is over hands on to the next."""
        if start.resumes:
            await self._recall()
        for suspension in start.suspensions:
            self._engine.suspend(suspension)
        self._engine.start()
        told = asyncio.create_task(self._told())
        if await self._renewal.over(told):
            resumes = await self._renewal.next_resumes()
            end = self._ended.result() if self._ended.done() else self._last_end
            workflow.continue_as_new(self._start.model_copy(update={"resumes": resumes, "end": end}))
        return told.result()

    async def _recall(self) -> None:
        """Read what is on record of this rotation."""
        start = self._start
        memory = await self._engine.remember(start.placement_id)
        self._acts.remember(memory.acts)
        self._hours.remember(memory.of(AttendanceReported))
        results = [one.passed for one in memory.of(Evaluated) if one.passed is not None]
        self._passed = results[-1] if results else None
        self._cleared = cleared_days(memory.events, start.zone) or self._cleared
        self._remembers = True
        for told in self._early:
            told()

    async def _told(self) -> RotationResult:
        day = self._start.midpoint
        middle = self._engine.beside.begin(self._midpoint(day)) if day is not None else None
        last_day = await self._work()
        start = self._start
        if self._worked(last_day):
            await self._evaluation(last_day)
        if middle is not None:
            middle.cancel()  # at its end nobody needs the evaluation at its middle any more
            await asyncio.gather(middle, return_exceptions=True)
        result = RotationResult(
            placement_id=start.placement_id,
            last_day=last_day,
            hours_attended=self._hours.attended,
            evaluated=self._passed is not None,
            passed=self._passed,
            first_day=first_clinical_day(self._cleared, start.block.start)
            if start.needs_clearance
            else start.block.start,
            reports=self._hours.reports,
        )
        if start.apart:
            await self._tell(result)
        await self._engine.stop()
        return result

    async def _tell(self, result: RotationResult) -> None:
        """Put on record that it is over, and tell the exchange, whose run may be another one by now."""
        self._engine.recorder.add(
            RotationEnded(at=workflow.now(), placement_id=result.placement_id, last_day=result.last_day)
        )
        await self._engine.recorder.settled()
        told = TellExchange(exchange_id=self._start.exchange_id, result=result)
        await workflow.execute_local_activity_method(Rotations.tell_exchange, told, **RECORD)

    async def _work(self) -> date:
        """Until the evening of the block's last day, or until the exchange ends it."""
        evening = self._engine.until("block end", self._start.parties.host, self._start.block.end, EVENING)
        over: asyncio.Future[Any] = self._engine.beside.begin(evening)
        ended: asyncio.Future[Any] = self._ended
        await workflow.wait([over, ended], return_when=asyncio.FIRST_COMPLETED)
        over.cancel()
        block = self._start.block
        return min(self._ended.result().last_day, block.end) if self._ended.done() else block.end

    async def _midpoint(self, day: date) -> None:
        """The evaluation at the middle of a long rotation: ratings, no result yet (D41)."""
        await self._engine.until("midpoint", self._start.parties.host, day, EVENING)
        if self._worked(day):
            await self._ask(StepKind.EVALUATE_MIDPOINT)

    def _worked(self, last_day: date) -> bool:
        """Whether there is anything to evaluate: the block began, the clinic was allowed, the exchange still asks."""
        if self._ended.done() and not self._ended.result().evaluate:
            return False
        start = self._start.block.start
        cleared = not self._start.needs_clearance or is_worked(self._cleared, start)
        return cleared and last_day >= start

    async def _evaluation(self, last_day: date) -> None:
        asked = self._engine.beside.begin(self._ask(StepKind.EVALUATE_STUDENT, last_day))
        released = self._engine.beside.begin(self._released())
        await workflow.wait([asked, released], return_when=asyncio.FIRST_COMPLETED)
        for task in (asked, released):
            task.cancel()
        await asyncio.gather(asked, released, return_exceptions=True)

    async def _ask(self, kind: StepKind, day: date | None = None) -> None:
        """Ask the supervisor for an evaluation; `day` is what its due time is counted from, where that is a day."""
        place = self._start
        await self._engine.ask(kind, subject=place.placement_id, unit=place.unit_id, anchor_on=day)

    async def _released(self) -> None:
        """Resolves when the exchange ends without asking for an evaluation."""
        while True:
            if not (await asyncio.shield(self._ended)).evaluate:
                return
            self._last_end = self._ended.result()
            self._ended = asyncio.get_running_loop().create_future()

    @workflow.signal
    def clear(self, cleared: ClinicCleared) -> None:
        """Occupational health cleared the student for the clinic, or a clearance is over (D36)."""
        if self._remembers:
            one = ClearedDays(first=self._today(), last=cleared.valid_through)
            self._cleared = cleared.days or (*self._cleared, one)
        else:
            self._early.append(lambda: self.clear(cleared))

    @workflow.signal
    def replan(self, replanned: RotationReplanned) -> None:
        """The block has other days: the rotation ends with the last of them (D39)."""
        self._start = self._start.model_copy(update={"block": replanned.block})
        self._engine.move("block end", self._start.parties.host, replanned.block.end, EVENING)

    @workflow.signal
    def catch_up(self) -> None:
        """Somebody restored something, or recovered: read the records again."""
        self._renewal.ask()

    @workflow.query
    def follows(self) -> list[int]:
        """The numbers of which one is the newest on record, if this workflow is in step."""
        return list(self._engine.recorder.follows)

    def require_in_step(self) -> None:
        """As for an exchange."""
        self._renewal.require_in_step(self._remembers)

    @workflow.signal
    def suspend(self, suspension: Suspend) -> None:
        """The exchange is suspended: the evaluation is paused."""
        if self._remembers:
            self._engine.suspend(suspension)
        else:
            self._early.append(lambda: self._engine.suspend(suspension))

    @workflow.signal
    def resume(self, resumption: Resume) -> None:
        """The evaluation goes on."""
        if self._remembers:
            self._engine.resume(resumption)
        else:
            self._early.append(lambda: self._engine.resume(resumption))

    @workflow.signal
    def end(self, end: RotationEnd) -> None:
        """The exchange ends this rotation."""
        if self._ended.done():
            self._ended = asyncio.get_running_loop().create_future()
        self._ended.set_result(end)

    @workflow.update(description="Report hours worked in this rotation")
    async def report_attendance(self, report: ReportAttendance) -> Acknowledged:
        """Hours over a period inside the block; answers when they are recorded."""
        return await self._act(report.report_id, report, lambda: self._attend(report))

    async def _attend(self, report: ReportAttendance) -> None:
        event = self._hours.event(report)
        self._hours.take(event)
        self._engine.recorder.add(event)
        await self._engine.recorder.settled()

    @report_attendance.validator
    @refusing
    def _may_report_attendance(self, report: ReportAttendance) -> None:
        if self._acts.seen(report.report_id, report):
            return
        owner = self._supervisor()
        parties = self._start.parties
        require(may_decide(report.actor, owner) or may_act_for_host(report.actor, parties), "not_allowed.report_hours")
        block = self._start.block
        if report.content is not block.content:
            raise BadInput(
                "content.of_another_rotation", "content", content=block.content, other_content=report.content
            )
        if self._start.needs_clearance:
            check_cleared(report, self._cleared)
        last = min(block.end, self._ended.result().last_day) if self._ended.done() else block.end
        check_period(report, block.start, last, self._today(), self._start.most_hours_a_day)
        self._hours.require_new(report)
        check_suspended(report, self._engine.pauses.suspended(workflow.now()), self._start.zone)

    def _today(self) -> date:
        return day_at(self._start.zone, workflow.now())

    @workflow.update(description="The supervisor evaluates the student")
    async def evaluate(self, evaluation: Evaluate) -> Acknowledged:
        """The supervisor's evaluation at the end of the block, or at its middle; answers when it is recorded."""
        return await self._act(evaluation.decision_id, evaluation, lambda: self._evaluate(evaluation))

    async def _evaluate(self, evaluation: Evaluate) -> None:
        step = self._engine.open_steps[evaluation.step_id]
        self._passed = self._passed if evaluation.passed is None else evaluation.passed
        self._engine.recorder.add(
            Evaluated(
                at=workflow.now(),
                actor=evaluation.actor,
                note_id=evaluation.note_id,
                decision_id=evaluation.decision_id,
                step_id=step.id,
                placement_id=self._start.placement_id,
                ratings=evaluation.ratings,
                passed=evaluation.passed,
            )
        )
        answer = StepAnswer(outcome="evaluated", actor=evaluation.actor)
        self._engine.close(step, answer, decision_id=evaluation.decision_id, note_id=evaluation.note_id)
        await self._engine.recorder.settled()

    @evaluate.validator
    @refusing
    def _may_evaluate(self, evaluation: Evaluate) -> None:
        if self._acts.seen(evaluation.decision_id, evaluation):
            return
        step = self._engine.require_open(evaluation.step_id)
        require(may_decide(evaluation.actor, step.owner), "not_allowed.evaluate_student")
        at_end = step.policy.kind is not AT_MIDDLE
        if at_end and evaluation.passed is None:
            raise BadInput("passed.needed", "passed")
        if not at_end and evaluation.passed is not None:
            raise BadInput("passed.not_yet", "passed")
        check_ratings(evaluation.ratings)

    def _supervisor(self) -> Owner:
        return Owner(
            side=Side.UNIT, role=Role.SUPERVISOR, institution=self._start.parties.host, unit=self._start.unit_id
        )

    async def _act(
        self, key: str, request: ReportAttendance | Evaluate, act: Callable[[], Awaitable[None]]
    ) -> Acknowledged:
        _, repeated = await self._acts.once(key, request, act)
        return Acknowledged(exchange_id=self._start.exchange_id, repeated=repeated, stage=Stage.ROTATIONS)


def first_clinical_day(cleared: Sequence[ClearedDays], block_start: date) -> date | None:
    """From when a student might see patients; unset where that was never allowed."""
    return max(block_start, cleared[0].first or block_start) if cleared else None


def _as_one(cleared_through: date | None) -> tuple[ClearedDays, ...]:
    """The clearance of a rotation that began in an earlier version: for its whole block, so far as it holds."""
    return (ClearedDays(last=cleared_through),) if cleared_through is not None else ()
