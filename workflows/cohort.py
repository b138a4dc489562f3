"""A cohort's seats: never more than its number, a ranked waitlist, and offers for seats that come free (D4, D14)."""

import asyncio
from collections import deque
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError

from activities.seats import Seats
from models.errors import Code, Conflict, OutOfStep
from models.events import (
    CohortClosedBelowMinimum,
    CohortOpened,
    SeatGivenBack,
    SeatTaken,
    WaitlistChanged,
)
from models.identifiers import exchange_workflow_id
from models.messages.cohorts import (
    CohortState,
    CohortStatus,
    RememberCohort,
    RememberedCohort,
    SeatHeld,
    SeatNews,
    SeatRequest,
    SeatReturn,
    SetQuota,
    Told,
    ranked,
)
from models.messages.contracts import TakeSeat
from models.messages.exchange import Acknowledged
from models.people.authorization import require
from models.vocabulary import Role, Stage
from workflows.engine.idempotency import Acts
from workflows.engine.recorder import Recorder
from workflows.engine.renewal import IN_VAIN, LONGEST_PAUSE
from workflows.options import RECORD
from workflows.refusals import refusing
from workflows.replanning import Replannable

OVERTAKEN = "a seat that is not there has the records read"
ASKS = "request_seat"
RENEWED = "a long cohort is renewed whatever it takes"


@workflow.defn(name="Cohort")
class CohortWorkflow(Replannable):
    """Takes requests one by one, so that concurrent approvals never exceed the cap."""

    @workflow.init
    def __init__(self, state: CohortState) -> None:
        self._start = state.start
        self._seats = {s.exchange_id: s for s in state.seats}
        self._waitlist = state.waitlist
        self._elsewhere: set[str] = set()
        self._closed = state.closed
        self._opened = state.opened
        self._longest = state.longest_history
        self._inbox: deque[tuple[str, SeatRequest | SeatReturn]] = deque(
            (told.name, one) for told in state.inbox if (one := told.request or told.message) is not None
        )
        self._remembers = not state.resumes
        self._asked = False
        self._recorder = Recorder(state.start.cohort_id, lambda _: None, state.written, state.follows)
        self._acts = Acts(state.acts)

    @workflow.run
    async def run(self, state: CohortState) -> None:
        """Answer requests until the history has grown enough, or the records are to be read again."""
        try:
            await self._serve(state)
        except ApplicationError as failure:
            if failure.type != Code.OUT_OF_STEP:
                raise
            self._recorder.lose()
        await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.continue_as_new(await self._resuming_state(state))

    async def _serve(self, state: CohortState) -> None:
        if state.resumes:
            await self._recall()
        writer = asyncio.create_task(self._recorder.write())
        if not self._opened:
            self._opened = True
            self._recorder.add(self._opened_event())
            await self._recorder.settled()
        while not (self._is_long() or self._is_asked()):
            await self._wait()
            if self._is_asked():
                break  # what it was told goes along to the run that has read the records
            while self._inbox:
                await self._handle(*self._inbox.popleft())
            await self._close_if_due()
            await self._promote()
            await self._recorder.settled()
        await workflow.wait_condition(workflow.all_handlers_finished)
        while self._inbox and not self._is_asked():
            await self._handle(*self._inbox.popleft())
        await self._recorder.settled()
        self._recorder.stop()
        await writer
        if not self._asked:
            workflow.continue_as_new(self._state())

    async def _recall(self) -> None:
        """Read what is on record; exchanges hear again what they may not have heard."""
        recorder, workflow_id = self._recorder, workflow.info().workflow_id
        request = RememberCohort(cohort_id=recorder.stream, workflow_id=workflow_id)
        found: RememberedCohort = await workflow.execute_local_activity_method(Seats.remember_cohort, request, **RECORD)
        recorder.go_on(found.revision)
        self._acts.remember(found.acts)
        self._opened, self._closed = found.opened, found.closed
        if found.opened:
            self._start = self._start.model_copy(update={"cap": found.cap})
        self._seats = {seat.exchange_id: seat for seat in found.seats}
        self._waitlist = ranked(found.waitlist)
        self._remembers = True
        stale = set(found.elsewhere)
        self._inbox = deque(told for told in self._inbox if told[0] != ASKS or told[1].exchange_id not in stale)
        self._inbox.extend(
            ("return_seat", SeatReturn(exchange_id=left, reason="exchange closed")) for left in found.left
        )
        for unmoved in found.unmoved:
            await self._have_moved(unmoved.exchange_id, unmoved.told)
        for untold in found.untold:
            await self._tell(untold.exchange_id, untold.news)

    async def _resuming_state(self, state: CohortState) -> CohortState:
        """The next run reads the records; what it was told meanwhile goes along."""
        resumes = 1 if self._asked or self._recorder.wrote else state.resumes + 1
        if resumes > IN_VAIN:
            workflow.logger.error("%s reads the records in vain; an operator must look", self._recorder.stream)
            await workflow.sleep(min(timedelta(seconds=2**resumes), LONGEST_PAUSE), summary="read in vain")
        inbox = tuple(Told.of(name, one) for name, one in self._inbox)
        return CohortState(start=self._start, longest_history=self._longest, resumes=resumes, inbox=inbox, opened=True)

    def _is_asked(self) -> bool:
        """Whether somebody has it read the records again: what it knows is not to be acted upon."""
        return self._asked

    def _is_to_end(self) -> bool:
        """Whether this run is to end although nobody asks for a seat: only quotas were set, or it is out of step."""
        return self._asked or self._recorder.lost.is_set() or (self._is_long() and workflow.patched(RENEWED))

    def _is_long(self) -> bool:
        info = workflow.info()
        return info.is_continue_as_new_suggested() or info.get_current_history_length() > self._longest

    async def _wait(self) -> None:
        closes_in = self._start.closes_at - workflow.now()
        timeout = None if self._closed else max(closes_in, timedelta(0))
        try:
            await workflow.wait_condition(
                lambda: bool(self._inbox) or self._may_promote() or self._is_to_end(),
                timeout=timeout,
                timeout_summary="nominations close",
            )
        except TimeoutError:
            return

    async def _handle(self, name: str, message: SeatRequest | SeatReturn) -> None:
        if isinstance(message, SeatRequest):
            await self._request(message)
        elif name == "confirm_seat":
            await self._confirm(message)
        else:
            await self._give_back(message)

    async def _request(self, request: SeatRequest) -> None:
        waiting = any(r.exchange_id == request.exchange_id for r in self._waitlist)
        held = self._seats.get(request.exchange_id)
        if held is None and not waiting and not self._waitlist and len(self._seats) < self._start.cap:
            held = await self._take(request.exchange_id, held=False)
        if request.exchange_id in self._elsewhere:
            return
        if held is not None:
            answer = "offered" if held.held else "granted"
            await self._tell(request.exchange_id, SeatNews(answer=answer, seat=held.seat))
            return
        if not waiting:
            await self._set_waitlist((*self._waitlist, request), "all seats are taken")

    async def _confirm(self, message: SeatReturn) -> None:
        held = self._seats.get(message.exchange_id)
        if held is None or not held.held:
            return
        self._seats[message.exchange_id] = held.model_copy(update={"held": False})
        self._recorder.add(SeatTaken(at=workflow.now(), exchange_id=message.exchange_id, seat=held.seat))
        await self._recorder.settled()

    async def _give_back(self, message: SeatReturn) -> None:
        held = self._seats.pop(message.exchange_id, None)
        if held is not None:
            self._recorder.add(
                SeatGivenBack(at=workflow.now(), exchange_id=message.exchange_id, seat=held.seat, reason=message.reason)
            )
            await self._recorder.settled()
        left = tuple(r for r in self._waitlist if r.exchange_id != message.exchange_id)
        if left != self._waitlist:
            await self._set_waitlist(left, message.reason)

    def _may_promote(self) -> bool:
        return bool(self._waitlist) and len(self._seats) < self._start.cap

    async def _promote(self) -> None:
        """A free seat becomes an offer to the first on the waitlist, never an enrolment (D14)."""
        while self._may_promote():
            first = self._waitlist[0]
            held = await self._take(first.exchange_id, held=True)
            if held is None and first.exchange_id in self._elsewhere:
                await self._set_waitlist(self._waitlist[1:], "it has a seat in another intake")
                continue
            if held is None:
                return
            await self._set_waitlist(self._waitlist[1:], "a seat came free")
            await self._tell(first.exchange_id, SeatNews(answer="offered", seat=held.seat))

    async def _take(self, exchange_id: str, *, held: bool) -> SeatHeld | None:
        key, cohort = self._recorder.next_key(), self._start.cohort_id
        request = TakeSeat(key=key, cohort_id=cohort, exchange_id=exchange_id, held=held, at=workflow.now())
        answer = await workflow.execute_local_activity_method(Seats.take_seat, request, **RECORD)
        if answer.elsewhere:
            self._elsewhere.add(exchange_id)
            return None
        if answer.seat is None:
            # More seats are taken than it knows of: one came with a deferral from another intake.
            self._asked = self._asked or workflow.patched(OVERTAKEN)
            return None
        self._seats[exchange_id] = SeatHeld(exchange_id=exchange_id, seat=answer.seat, held=held)
        return self._seats[exchange_id]

    async def _set_waitlist(self, waitlist: tuple[SeatRequest, ...], reason: str) -> None:
        before = {r.exchange_id: n for n, r in enumerate(self._waitlist, start=1)}
        self._waitlist = ranked(waitlist)
        ids = tuple(r.exchange_id for r in self._waitlist)
        self._recorder.add(WaitlistChanged(at=workflow.now(), exchange_ids=ids, reason=reason))
        await self._recorder.settled()
        for position, exchange_id in enumerate(ids, start=1):
            if before.get(exchange_id) != position:
                await self._tell(exchange_id, SeatNews(answer="waitlisted", position=position))

    async def _tell(self, exchange_id: str, news: SeatNews) -> None:
        told = news.model_copy(update={"cohort_id": self._start.cohort_id})
        try:
            await workflow.get_external_workflow_handle(exchange_workflow_id(exchange_id)).signal("seat_news", told)
        except FailureError:
            # The exchange closed in the meantime: what it held goes to the next.
            self._inbox.append(("return_seat", SeatReturn(exchange_id=exchange_id, reason="exchange closed")))

    async def _close_if_due(self) -> None:
        """Below the minimum when nominations close: the coordinators are warned (D4)."""
        if self._closed or workflow.now() < self._start.closes_at:
            return
        self._closed = True
        if len(self._seats) < self._start.minimum:
            self._recorder.add(
                CohortClosedBelowMinimum(at=workflow.now(), seats_taken=len(self._seats), minimum=self._start.minimum)
            )

    @workflow.signal
    def catch_up(self) -> None:
        """Somebody restored something, or recovered: read the records again."""
        self._asked = True

    @workflow.query
    def follows(self) -> list[int]:
        """The numbers of which one is the newest on record, if this workflow is in step."""
        return list(self._recorder.follows)

    def require_in_step(self) -> None:
        """As for an exchange."""
        if not self._remembers or self._recorder.lost.is_set():
            raise OutOfStep("records.overtaken", stream=self._recorder.stream)

    @workflow.signal
    def request_seat(self, request: SeatRequest) -> None:
        """An exchange asks for a seat."""
        self._inbox.append((ASKS, request))

    @workflow.signal
    def confirm_seat(self, message: SeatReturn) -> None:
        """An exchange accepted the seat it was offered."""
        self._inbox.append(("confirm_seat", message))

    @workflow.signal
    def return_seat(self, message: SeatReturn) -> None:
        """An exchange gives back its seat or its place on the waitlist."""
        self._inbox.append(("return_seat", message))

    @workflow.query
    def status(self) -> CohortStatus:
        """Seats and waitlist."""
        return CohortStatus(
            cohort_id=self._start.cohort_id,
            cap=self._start.cap,
            minimum=self._start.minimum,
            seats=tuple(sorted(self._seats.values(), key=lambda s: s.seat)),
            waitlist=tuple(r.exchange_id for r in self._waitlist),
            closed=self._closed,
        )

    @workflow.update(description="Set the number of seats of the year")
    async def set_quota(self, quota: SetQuota) -> Acknowledged:
        """The programme office sets the year's number; more seats become offers at once (D4)."""
        _, repeated = await self._acts.once(quota.decision_id, quota, lambda: self._set_cap(quota.cap))
        return Acknowledged(exchange_id=self._start.cohort_id, repeated=repeated, stage=Stage.SEAT)

    @set_quota.validator
    @refusing
    def _may_set_quota(self, quota: SetQuota) -> None:
        if self._acts.seen(quota.decision_id, quota):
            return
        require(quota.actor.role is Role.PROGRAMME_OFFICE, "not_allowed.set_quota")
        if quota.cap < len(self._seats):
            raise Conflict("cap.below_taken", "cap", seats=len(self._seats))

    async def _set_cap(self, cap: int) -> None:
        self._start = self._start.model_copy(update={"cap": cap})
        self._recorder.add(self._opened_event())
        await self._recorder.settled()

    def _opened_event(self) -> CohortOpened:
        start = self._start
        return CohortOpened(
            at=workflow.now(),
            sending=start.sending,
            host=start.host,
            year=start.year,
            direction=start.direction,
            cap=start.cap,
            minimum=start.minimum,
            closes_at=start.closes_at,
        )

    def _state(self) -> CohortState:
        return CohortState(
            start=self._start,
            seats=tuple(self._seats.values()),
            waitlist=self._waitlist,
            closed=self._closed,
            opened=True,
            longest_history=self._longest,
            written=self._recorder.batches,
            acts=self._acts.carried(),
            follows=self._recorder.follows,
        )
