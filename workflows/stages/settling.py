"""Keys and deposit that are open when a student has left: an exchange closes only when they are settled (D34)."""

from temporalio import workflow

from models.messages.exchange import TimelineEntry
from models.vocabulary import StepKind
from workflows.case import Case
from workflows.ending import Ending
from workflows.engine.open_step import OpenStep

SETTLING = StepKind.SETTLE_HOUSING


def begin(case: Case, unsettled: tuple[str, ...]) -> None:
    """Have it settled, in the same record as the departure; exchanges that began before there was a step close as ever.

    It goes on beside the stages and is no duty of the stay: certificate and transcript do not wait for it.
    """
    if unsettled and case.settling is None and SETTLING in case.policy.steps:
        step = case.engine.open(StepKind.SETTLE_HOUSING, subject=",".join(unsettled))
        case.settling = case.engine.beside.begin(_answered(case, step))


def go_on(case: Case) -> None:
    """Wait again for the step that is open on record; call when the story, or its ending, is told from the records."""
    for step in list(case.engine.memory.under_way()):
        if step.opened.step is SETTLING:
            begin(case, tuple(step.opened.subject.split(",")))


async def settled(case: Case, ending: Ending) -> None:
    """Wait until nothing is open, or was written off; an operator who cancels the workflow ends the wait."""
    if (settling := case.settling) is None:
        return
    case.outcome = ending.outcome
    case.left.set()
    ended_from_outside = case.interrupt.done()
    await workflow.wait_condition(lambda: settling.done() or case.interrupt.done() is not ended_from_outside)
    if (step := case.engine.find(SETTLING)) is not None:
        case.engine.cancel(step.id)


async def _answered(case: Case, step: OpenStep) -> None:
    answer = await step.answer
    case.timeline.append(
        TimelineEntry(
            at=workflow.now(), kind="step_closed", actor=answer.actor.id, subject=SETTLING, outcome=answer.outcome
        )
    )
