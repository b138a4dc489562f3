"""Entries in the register of what the authority wrote: the clocks of the stay follow them at once."""

from temporalio import workflow

from models.authority import ANEW, ENTERING, PERMITTING, PaperKind
from models.catalogue.jurisdiction import Cause, EntryRight
from models.errors import BadInput, NotOpen
from models.events import PaperRecorded
from models.messages.authority import RecordPaper
from models.people.authority import may_record_paper
from models.people.authorization import require
from models.rules.validity import outlived
from models.vocabulary import Stage, StepKind
from workflows.case import Case
from workflows.engine.open_step import StepAnswer
from workflows.stages import law
from workflows.stages.application import collect

ANSWERED = {
    PaperKind.EXTENSION: (StepKind.AWAIT_EXTENSION, "granted"),
    PaperKind.PERMIT: (StepKind.AWAIT_PERMIT, "granted"),
}
"""The steps in which somebody waits for what was written."""


def check_record(case: Case, entry: RecordPaper) -> None:
    """Whether this person may enter this, and whether it can be."""
    if case.seen(entry.decision_id, entry):
        return
    require(may_record_paper(entry.actor, case.parties), "not_allowed.record_paper")
    if case.stage in {Stage.NOMINATION, Stage.CLOSED} or case.departed_on is not None:
        raise NotOpen("paper.not_now")
    if entry.valid_from is not None and entry.valid_until is not None and entry.valid_until < entry.valid_from:
        raise BadInput("paper.ends_before", "valid_until")
    if entry.paper in PERMITTING | {PaperKind.PASSPORT} and entry.valid_until is None:
        raise BadInput("field.missing", "valid_until")
    if entry.corrects is not None and case.papers.get(entry.corrects) is not entry.paper:
        raise BadInput("paper.nothing_to_correct", "corrects")


async def record(case: Case, entry: RecordPaper) -> None:
    """Put it on record, let the clocks follow, and ask anew for documents that do not reach so far (D18)."""
    anew = outlived(case.policy, case.plan, entry, case.expiries())
    case.papers.pop(entry.corrects or "", None)
    case.papers[entry.decision_id] = entry.paper
    if entry.paper is PaperKind.PASSPORT:
        case.new_passport = entry.valid_until
    case.note(
        PaperRecorded(
            at=workflow.now(),
            actor=entry.actor,
            paper_id=entry.decision_id,
            paper=entry.paper,
            valid_from=entry.valid_from,
            valid_until=entry.valid_until,
            single_entry=entry.single_entry,
            corrects=entry.corrects,
            number_id=entry.number_id,
            handed_in_anew=anew,
        ),
        subject=entry.paper,
    )
    if case.arrived_at is not None and case.plan.entry is not EntryRight.FREE:
        _clocks_follow(case, entry)
    for kind in anew:
        case.accepted.pop(kind, None)
    if PaperKind.PASSPORT in anew:
        case.new_passport = None  # the one that is handed in anew counts
    for step in dict.fromkeys(document.step for document in case.policy.documents if document.kind in anew):
        case.duty(collect(case, step))
    await case.engine.recorder.settled()


def _clocks_follow(case: Case, entry: RecordPaper) -> None:
    if entry.paper in ENTERING and entry.single_entry is not None:
        case.single_entry = entry.single_entry
        law.settle_return(case, multiple=not entry.single_entry)
    if entry.paper in PERMITTING and entry.valid_until is not None:
        _permitted(case, entry)
    if entry.paper is PaperKind.REFUSAL:
        for waiting, _ in ANSWERED.values():
            step = case.engine.find(waiting)
            if step is not None:
                case.engine.close(step, StepAnswer(outcome="refused", actor=entry.actor))
    if entry.paper in ANEW and entry.corrects is None:
        law.begin_duties(case, Cause.NEW_PAPER, workflow.now())


def _permitted(case: Case, entry: RecordPaper) -> None:
    """Who waited for it has the answer; otherwise the permitted stay is what was written."""
    waiting, outcome = ANSWERED.get(entry.paper, (StepKind.RECORD_STAY, "recorded"))
    step = case.engine.find(waiting)
    if step is not None:
        answer = StepAnswer(outcome=outcome, actor=entry.actor, valid_through=entry.valid_until)
        case.engine.close(step, answer)
        return
    assert entry.valid_until is not None
    case.resident = case.resident or entry.paper is PaperKind.PERMIT
    law.permit_as_written(case, entry.valid_until)
