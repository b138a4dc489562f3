"""A suspension: an outbreak, a closed border. It reaches every exchange it covers, waits, and resumes them."""

from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.workflow import ActivityConfig

from activities.suspensions import RecordSuspension, Suspensions
from models.errors import NotOpen
from models.events import Event, ExchangeExempted, SuspensionBegan, SuspensionEnded
from models.messages.suspensions import (
    ExemptExchange,
    Reach,
    Reached,
    Resume,
    ResumeExchanges,
    Suspend,
    SuspensionPhase,
    SuspensionProgress,
    SuspensionStart,
    may_suspend,
)
from models.people.authorization import require
from workflows.engine.idempotency import Acts
from workflows.options import RECORD
from workflows.refusals import refusing

REACH: ActivityConfig = {
    # Thousands of signals at a bounded pace; the heartbeat of every page tells a crash within half a minute, and the
    # next attempt goes on with whom the records do not confirm.
    "start_to_close_timeout": timedelta(hours=2),
    "heartbeat_timeout": timedelta(seconds=30),
    "retry_policy": RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1)),
}
FIRST_LOOK = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(minutes=5)
"""Between two looks at who has not confirmed yet."""
STRAGGLERS = timedelta(minutes=1)


@workflow.defn(name="Suspension")
class SuspensionWorkflow:
    """One suspension, from the decision to the last exchange that runs again."""

    @workflow.init
    def __init__(self, start: SuspensionStart) -> None:
        self._start = start
        self._coverage = start.coverage
        self._phase = SuspensionPhase.SUSPENDING
        self._reached = Reached()
        self._resumption: ResumeExchanges | None = start.resumption
        self._until: datetime | None = None
        self._exemptions: list[ExemptExchange] = []
        self._acts = Acts()

    @workflow.run
    async def run(self, start: SuspensionStart) -> SuspensionProgress:
        """Pause the exchanges, wait for the end, resume them."""
        began = SuspensionBegan(
            at=workflow.now(),
            actor=start.actor,
            suspension_id=start.suspension_id,
            coverage=start.coverage,
            reason=start.reason,
            since=start.since,
        )
        await self._record(began)
        if start.resumption is None:
            await self._suspend_all()
        self._phase = SuspensionPhase.SUSPENDED
        while self._resumption is None:
            await workflow.wait_condition(lambda: bool(self._exemptions) or self._resumption is not None)
            await self._exempt_all()
        await self._resume_all(self._resumption)
        self._phase = SuspensionPhase.ENDED
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._progress()

    async def _suspend_all(self) -> None:
        """Until the records confirm every exchange it covers; a resumption asked for meanwhile comes after."""
        suspend = Suspend(suspension_id=self._start.suspension_id, since=self._start.since, reason=self._start.reason)
        pause = FIRST_LOOK
        while True:
            reach = Reach(suspension_id=self._start.suspension_id, coverage=self._coverage, suspend=suspend)
            if await self._reach(reach) or self._resumption is not None:
                return
            await self._pause(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
            await self._exempt_all()

    async def _exempt_all(self) -> None:
        """Exchanges that were taken out run again, and are covered no more."""
        while self._exemptions:
            exemption = self._exemptions[0]
            self._coverage = self._coverage.model_copy(
                update={"exempt": tuple(sorted({*self._coverage.exempt, exemption.exchange_id}))}
            )
            await self._record(
                ExchangeExempted(
                    at=workflow.now(),
                    actor=exemption.actor,
                    suspension_id=self._start.suspension_id,
                    exchange_id=exemption.exchange_id,
                ),
                exemption.exchange_id,
            )
            await self._let_go(workflow.now(), only=exemption.exchange_id)
            self._exemptions.pop(0)

    async def _resume_all(self, resumption: ResumeExchanges) -> None:
        """End it on record first, so that no exchange nominated from now on is suspended; then let everybody go."""
        self._phase = SuspensionPhase.RESUMING
        self._until = until = resumption.until or workflow.now()
        ended = SuspensionEnded(
            at=workflow.now(), actor=resumption.actor, suspension_id=self._start.suspension_id, until=until
        )
        await self._record(ended)
        await self._let_go(until)
        # One that was nominated in the very moment may only now have heard that it was suspended.
        await self._pause(STRAGGLERS)
        await self._let_go(until)

    async def _let_go(self, until: datetime, only: str | None = None) -> None:
        resume = Resume(suspension_id=self._start.suspension_id, until=until)
        pause = FIRST_LOOK
        reach = Reach(suspension_id=self._start.suspension_id, coverage=self._coverage, resume=resume, only=only)
        while not await self._reach(reach):
            await self._pause(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _reach(self, reach: Reach) -> bool:
        """Tell everybody who is to be told; says whether nobody is left but those whose workflow does not answer."""
        self._reached = await workflow.execute_activity_method(Suspensions.reach_exchanges, reach, **REACH)
        return self._reached.left <= self._reached.unreachable

    async def _pause(self, pause: timedelta) -> None:
        await workflow.sleep(pause, summary="exchanges confirm")

    async def _record(self, event: Event, *about: str) -> None:
        request = RecordSuspension(
            suspension_id=self._start.suspension_id,
            # By what it says: told again after a crash or a recovery, it is the same fact.
            key=f"{workflow.info().workflow_id}:{':'.join(part for part in (event.kind, *about) if part)}",
            events=(event,),
        )
        await workflow.execute_local_activity_method(Suspensions.record_suspension, request, **RECORD)

    @workflow.update(description="End the suspension: the clocks run again")
    async def resume(self, resumption: ResumeExchanges) -> SuspensionProgress:
        """Take the end of the suspension; letting everybody go may take minutes, see the progress."""
        key = resumption.decision_id
        known, repeated = await self._acts.once(key, resumption, lambda: self._take_end(resumption))
        return self._progress(repeated=repeated or known)

    async def _take_end(self, resumption: ResumeExchanges) -> bool:
        """Take the end, and say whether somebody had asked for it already."""
        known = self._resumption is not None
        self._resumption = self._resumption or resumption
        await workflow.wait_condition(lambda: self._until is not None)
        return known

    @resume.validator
    @refusing
    def _may_resume(self, resumption: ResumeExchanges) -> None:
        if not self._acts.seen(resumption.decision_id, resumption):
            require(may_suspend(resumption.actor), "not_allowed.end_suspension")

    @workflow.update(description="Take one exchange out of the suspension")
    async def exempt(self, exemption: ExemptExchange) -> SuspensionProgress:
        """Resume this exchange; answers when it goes on."""
        key = exemption.decision_id
        known, repeated = await self._acts.once(key, exemption, lambda: self._take_out(exemption))
        return self._progress(repeated=repeated or known)

    async def _take_out(self, exemption: ExemptExchange) -> bool:
        """Take an exchange out, and say whether it was out already."""
        known = exemption.exchange_id in self._coverage.exempt
        if not known:
            self._exemptions.append(exemption)
        await workflow.wait_condition(lambda: not self._exemptions)
        return known

    @exempt.validator
    @refusing
    def _may_exempt(self, exemption: ExemptExchange) -> None:
        if self._acts.seen(exemption.decision_id, exemption):
            return
        require(may_suspend(exemption.actor), "not_allowed.exempt")
        if self._resumption is not None:
            raise NotOpen("suspension.ending")

    @workflow.query
    def progress(self) -> SuspensionProgress:
        """How far it has got."""
        return self._progress()

    def _progress(self, *, repeated: bool = False) -> SuspensionProgress:
        return SuspensionProgress(
            suspension_id=self._start.suspension_id,
            coverage=self._coverage,
            phase=self._phase,
            since=self._start.since,
            until=self._until,
            suspended=self._reached.suspended,
            left=self._reached.left,
            unreachable=self._reached.unreachable,
            repeated=repeated,
        )
