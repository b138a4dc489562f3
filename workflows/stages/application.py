"""From nomination to the student's acceptance."""

import asyncio
from datetime import date

from temporalio import workflow

from models.events import ExchangeOpened, ExchangeReopened
from models.messages.cohorts import SeatRequest, SeatReturn
from models.rules.stay import required_documents
from models.vocabulary import Anchor, NominationStatus, Stage, StepKind
from workflows.case import Case
from workflows.ending import Ended
from workflows.engine.open_step import CANCELLED, StepAnswer
from workflows.stages import onward, reviewing

WAITING_FOR_A_SEAT = (StepKind.WAIT_FOR_SEAT, StepKind.ANSWER_SEAT_OFFER)
"""The steps of who has no seat yet, in their order."""


async def nomination(case: Case) -> None:
    """The host verifies the nomination; a returned one is corrected under the same id (D10, D11)."""
    case.note(_opening(case))
    case.enter(Stage.NOMINATION)
    case.begun = True
    try:
        await onward.require_first_stay(case)
        await _admission(case)
        while (await case.ask(StepKind.VERIFY_NOMINATION)).outcome == "returned":
            await case.ask(StepKind.CORRECT_NOMINATION)
    except Ended:
        case.set_status(nomination=NominationStatus.REJECTED)
        raise
    case.set_status(nomination=NominationStatus.VERIFIED)
    await onward.joined(case)


async def _admission(case: Case) -> None:
    """After the closing day the programme office decides first; a reopened nomination was admitted before (D4)."""
    asked = case.engine.memory.next_of(StepKind.ADMIT_LATE) is not None
    if asked or (case.late and case.reopening is None and StepKind.ADMIT_LATE in case.policy.steps):
        await case.ask(StepKind.ADMIT_LATE)


def _opening(case: Case) -> ExchangeOpened | ExchangeReopened:
    if case.reopening is None:
        return ExchangeOpened(
            at=workflow.now(),
            actor=case.nominator,
            note_id=case.nominator_note,
            student=case.student,
            plan=case.plan,
            policy_version=case.policy.version,
            nomination_version=case.nomination_version,
        )
    return ExchangeReopened(
        at=workflow.now(),
        actor=case.reopening.actor,
        note_id=case.reopening.note_id,
        decision_id=case.reopening.decision_id,
        plan=case.plan,
        policy_version=case.policy.version,
        nomination_version=case.nomination_version,
        reopening=case.reopening,
    )


async def documents_and_approval(case: Case) -> None:
    """The student hands in the application documents; the sending university approves (D17)."""
    while True:
        case.enter(Stage.DOCUMENTS)
        await collect(case, StepKind.SUBMIT_DOCUMENTS)
        case.enter(Stage.SENDING_APPROVAL)
        if (await case.ask(StepKind.SENDING_APPROVAL)).outcome == "approve":
            return


async def seat(case: Case) -> None:
    """A seat of the cohort, or the waitlist; a seat that comes free is offered, never imposed (D4, D14)."""
    case.enter(Stage.SEAT)
    case.wants_seat = True
    if case.amendments.joined:
        return  # it came with the change of the first stay
    case.amendments.seated.clear()
    case.amendments.answered.clear()
    await _seated(case)
    case.amendments.seated.set()


async def _seated(case: Case) -> None:
    if not case.engine.memory.was_answered_a_seat:
        # On the waitlist it is asked again, too: an offer may have been lost on its way.
        request = SeatRequest(exchange_id=case.id, rank=case.plan.rank, requested_at=workflow.now())
        await case.signal_cohort("request_seat", request)
    news = {await case.seat_answers.get()}
    while not case.seat_answers.empty():  # a seat may have come free before anybody could wait for it
        news.add(case.seat_answers.get_nowait())
    case.amendments.answered.set()
    asked = any(step.opened.step in WAITING_FOR_A_SEAT for step in case.engine.memory.under_way())
    if "granted" in news and not asked:
        return
    waits = () if "offered" in news else (StepKind.WAIT_FOR_SEAT,)
    for kind in (*waits, StepKind.ANSWER_SEAT_OFFER):
        if (await case.ask(kind)).outcome == CANCELLED:
            return  # a change took a seat of another intake
    case.waitlist_position = None
    if case.engine.memory.has_reached(Stage.HOST_APPROVAL):
        return
    await case.signal_cohort("confirm_seat", SeatReturn(exchange_id=case.id, reason="accepted"))


async def host_approval(case: Case) -> None:
    """The host decides, at the latest eight weeks before the start (D12)."""
    case.enter(Stage.HOST_APPROVAL)
    await case.ask(StepKind.HOST_APPROVAL)


async def acceptance(case: Case) -> None:
    """The student accepts the offer in its window and acknowledges who pays what (D6, D13)."""
    case.enter(Stage.ACCEPTANCE)
    await case.ask(StepKind.ACCEPT_OFFER)


async def collect(case: Case, kind: StepKind) -> StepAnswer:
    """Wait until every document of a step is accepted; the step closes by itself with the last one.

    Until then each of them may be replaced by a better one.
    """
    needed = {d.kind for d in required_documents(case.policy, case.plan, kind)}
    missing = needed - case.accepted.keys()
    if not missing and case.engine.memory.next_of(kind) is None:
        return StepAnswer(outcome="complete")
    return await ask_for_documents(case, kind, needed, missing)


async def ask_for_documents(
    case: Case, kind: StepKind, needed: set[str], missing: set[str], anchor_on: date | None = None
) -> StepAnswer:
    """Ask for documents in a step that takes those needed and waits for those missing; says how it was answered."""
    then = case.engine.memory.next_of(kind)
    case.awaited[kind], case.collected[kind] = missing, needed
    if then is None or then.is_open:  # what is looked at now is of a step that waits
        reviewing.resume(case, needed)
    try:
        # On record it may have been about more: what was asked anew since is another step's.
        subject = then.opened.subject if then else ",".join(sorted(case.awaited[kind]))
        arrived = case.arrived_at if case.policy.step(kind).due.anchor is Anchor.ARRIVAL else None
        answer = await case.ask(kind, subject=subject, anchor_on=anchor_on, anchor_at=arrived)
    except (Exception, asyncio.CancelledError):  # not `finally`: a run that leaves the cache closes no steps
        _collected(case, kind)
        raise
    _collected(case, kind)
    return answer


def _collected(case: Case, kind: StepKind) -> None:
    case.awaited.pop(kind, None)
    reviewing.stop(case, *sorted(case.collected.pop(kind, set())))
