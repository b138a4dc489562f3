"""A stay that goes on at a second host: how its two exchanges wait for each other (D38).

What is decided is read from the records; that something was decided is told by signals, which may get lost.
"""

from temporalio import workflow
from temporalio.exceptions import FailureError

from activities.onward import OnwardStays
from models.events import SeatAnswered
from models.identifiers import cohort_workflow_id, exchange_workflow_id
from models.messages.changes import ChangeStatus, RequestChange, SecondHostChange
from models.messages.onward import AGREED, FirstStay, LookAtFirst, OnwardNews, OnwardOpened, OpenOnward
from models.rules.changes import name_of
from models.vocabulary import Outcome, StepKind
from workflows.case import Case
from workflows.ending import Ended, Ending
from workflows.engine.open_step import StepAnswer
from workflows.options import RECORD

APPLIED, CLOSED = "applied", "closed"
NOT_JOINED = "first_stay_unchanged"
"""Why an exchange at a second host ends whose first stay stays as it was."""


async def second_host(case: Case, change: RequestChange) -> StepAnswer:
    """Have the second host asked by an exchange of its own there, and wait for what it answers."""
    assert isinstance(change.change, SecondHostChange)
    request = OpenOnward(
        exchange_id=case.id,
        change_id=change.decision_id,
        actor=change.actor,
        change=change.change,
        at=workflow.now(),
    )
    found: OnwardOpened = await case.answered(
        workflow.execute_local_activity_method(OnwardStays.open_onward, request, **RECORD)
    )
    case.amendments.onward = found.exchange_id
    heard = case.amendments.heard
    answer = found.answer or (heard.answer if heard and heard.change_id == change.decision_id else "")
    kind, subject = StepKind.AWAIT_SECOND_HOST, f"{name_of(change.change, case.plan)}:{change.decision_id}"
    waits = case.engine.memory.next_of(kind, subject=subject)
    if answer and waits is None:
        return StepAnswer(outcome=answer)
    if answer and waits is not None and waits.is_open:
        step = case.engine.open(kind, subject=subject)
        case.engine.close(step, StepAnswer(outcome=answer))
        return await step.answer
    return await case.ask(kind, subject=subject)


def hear(case: Case, news: OnwardNews) -> None:
    """The other exchange says that something of their change was decided."""
    amendments = case.amendments
    if amendments.continues is not None and amendments.continues.change_id == news.change_id:
        amendments.first_stay.set()
        if news.answer == CLOSED and not amendments.joined and case.outcome is None:
            case.end(_nothing_follows())
        return
    amendments.heard = news
    change, step = amendments.open, case.engine.find(StepKind.AWAIT_SECOND_HOST)
    if change is not None and change.decision_id == news.change_id and step is not None:
        case.engine.close(step, StepAnswer(outcome=news.answer))


async def tell_onward(case: Case, change: RequestChange, answer: str) -> None:
    """Tell the exchange at the second host, and where it is to go on the cohort that gave it a seat."""
    onward, case.amendments.onward = case.amendments.onward, None
    if onward is None or not isinstance(change.change, SecondHostChange):
        return
    if answer == APPLIED:
        key = case.plan.cohort.model_copy(update={"host": change.change.host, "year": change.change.start.year})
        await _signal(case, cohort_workflow_id(key.id), "catch_up")
    await _signal(
        case, exchange_workflow_id(onward), "hear_onward", OnwardNews(change_id=change.decision_id, answer=answer)
    )


async def require_first_stay(case: Case) -> None:
    """An exchange whose first stay will not be shortened for it comes to nothing.

    Raises:
        Ended: it is so.
    """
    if case.amendments.continues is not None:
        await _look(case)


async def joined(case: Case) -> None:
    """The second host takes the student: wait until the first stay is shortened for it, and the seat is there.

    Raises:
        Ended: it was not shortened; this exchange comes to nothing.
    """
    continues = case.amendments.continues
    if continues is None:
        return
    await case.engine.recorder.settled()  # the first one reads it
    case.wants_seat = True
    await tell_first(case, AGREED)
    while (found := await _look(case)).status is not ChangeStatus.APPLIED:
        await case.amendments.first_stay.wait()
        case.amendments.first_stay.clear()
    case.amendments.joined = True
    if found.seat is not None and not case.engine.memory.was_answered_a_seat:
        case.note(SeatAnswered(at=workflow.now(), answer="granted", seat=found.seat), outcome="granted")


async def tell_first(case: Case, answer: str) -> None:
    """Tell the first stay what the second host has decided, as long as it waits for that."""
    continues = case.amendments.continues
    if continues is None or case.amendments.joined:
        return
    news = OnwardNews(change_id=continues.change_id, answer=answer)
    await _signal(case, exchange_workflow_id(continues.exchange_id), "hear_onward", news)


async def _look(case: Case) -> FirstStay:
    continues = case.amendments.continues
    assert continues is not None
    request = LookAtFirst(exchange_id=case.id, continues=continues)
    found: FirstStay = await case.answered(
        workflow.execute_local_activity_method(OnwardStays.look_at_first, request, **RECORD)
    )
    if found.status not in {ChangeStatus.OPEN, ChangeStatus.APPLIED}:
        raise Ended(_nothing_follows())
    return found


def _nothing_follows() -> Ending:
    return Ending(outcome=Outcome.WITHDRAWN, reason=NOT_JOINED)


async def _signal(case: Case, workflow_id: str, name: str, news: OnwardNews | None = None) -> None:
    """One that is not there reads the records when it begins."""
    handle = workflow.get_external_workflow_handle(workflow_id)
    try:
        await case.answered(handle.signal(name, news) if news is not None else handle.signal(name))
    except FailureError:
        workflow.logger.warning("%s is not running; it reads the records when it begins", workflow_id)
