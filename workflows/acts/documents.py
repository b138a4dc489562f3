"""Documents handed in and checked; until their step closes, handed in again."""

from temporalio import workflow

from activities.documents import Documents
from models.catalogue.policy import DocumentPolicy
from models.errors import BadInput, NotOpen, Refused
from models.events import DocumentChecked, DocumentSubmitted
from models.findings import Verdict
from models.messages.contracts import CheckAnswer, CheckDocument
from models.messages.exchange import DocumentAnswer, SubmitDocument
from models.messages.reviews import OverrideDocument
from models.people.authorization import may_decide, may_hand_in, owner_for, require
from models.rules.handing_in import why_not_taken
from models.rules.reviews import came_of, review_step
from models.vocabulary import Content
from workflows.case import Case
from workflows.engine.open_step import OpenStep, StepAnswer
from workflows.options import CHECK
from workflows.parts import Blocked, Judged
from workflows.stages import reviewing

SAID_AGAIN = "documents: the same file has the same answer"
REPLACED = "documents: a better one replaces what was accepted"
"""Changes to running workflows (`workflow.patched`); neither is met by an exchange whose documents come once."""


def check_submit(case: Case, document: SubmitDocument) -> None:
    """Whether an open step takes this document from this person, for the first time or for a better one."""
    if case.seen(document.submission_id, document):
        return
    step = _step_taking(case, document.kind)
    if step is None:
        raise _not_taken(case, document.kind)
    require(may_hand_in(document.actor, step.owner, case.parties), "not_allowed.hand_in")
    if document.document_id in case.returned:
        raise BadInput("document.returned_before", "document")


def _not_taken(case: Case, kind: str) -> Refused:
    awaited = [k for kinds in case.awaited.values() for k in kinds]
    policy = case.policy.document(kind)
    step_known = policy is None or case.engine.find(policy.step) is not None
    return why_not_taken(kind, awaited, case.accepted, step_known=step_known)


async def submit(case: Case, document: SubmitDocument) -> DocumentAnswer:
    """Have a document checked; the last accepted one closes the step that waited for it."""
    policy = case.policy.document(document.kind)
    assert policy is not None
    if _vouched(case, document):
        return _answer(case, document, CheckAnswer(accepted=True))
    request = _to_check(case, document, policy)
    known = case.judged.get(document.document_id)
    if known is not None and _same(known, request) and workflow.patched(SAID_AGAIN):
        return _answer(case, document, known.answer)
    submitted = DocumentSubmitted(
        at=workflow.now(),
        actor=document.actor,
        document_id=document.document_id,
        document=document.kind,
        issued_on=document.issued_on,
        expires_on=document.expires_on,
    )
    checked = await workflow.execute_activity_method(Documents.check_document, request, **CHECK)
    review = checked.verdict is Verdict.PERSON and reviewing.is_reviewed(case, document.kind)
    accepted = checked.accepted and not review
    # Noted together with what the checks said: one record for each document, each fact with its own time.
    case.note(submitted, subject=document.kind)
    case.note(
        DocumentChecked(
            at=workflow.now(),
            document_id=document.document_id,
            document=document.kind,
            accepted=accepted,
            findings=() if accepted else checked.findings,
            review=review,
            read=checked.verdict is Verdict.CONSISTENT,
        ),
        subject=document.kind,
        outcome=came_of(accepted, review),
    )
    case.judged[document.document_id] = Judged(request, checked)
    if document.expires_on is not None:
        case.expiring[document.document_id] = document.expires_on
    if document.issued_on is not None:
        case.issued[document.document_id] = document.issued_on
    reviewing.stop(case, document.kind)
    case.blocked.pop(document.kind, None)
    if not accepted and not review:
        case.blocked[document.kind] = Blocked(document.document_id, checked.findings)
    if _steps_awaiting(case, document.kind):
        _take(case, document, accepted=accepted)
    elif workflow.patched(REPLACED):
        _replace(case, document, accepted=accepted)
    if review and _step_taking(case, document.kind) is not None:
        reviewing.begin(case, document.kind, document.document_id)
    await case.engine.recorder.settled()
    return _answer(case, document, checked)


def check_override(case: Case, asked: OverrideDocument) -> None:
    """Whether this person may ask that a document counts against what the checks say, while it is asked for."""
    if case.seen(asked.decision_id, asked):
        return
    step = case.policy.steps.get(review_step(case.policy.purpose(asked.kind)))
    if step is None:
        raise NotOpen("document.no_override")
    require(may_decide(asked.actor, owner_for(step.side, step.role, case.parties)), "not_allowed.override")
    if asked.note_id is None:
        raise BadInput("field.missing", "note")
    blocked = case.blocked.get(asked.kind)
    if blocked is None or blocked.document_id != asked.document_id or asked.kind in case.reviews:
        raise NotOpen("document.no_override")
    if _step_taking(case, asked.kind) is None:
        raise NotOpen("document.no_override")


async def override(case: Case, asked: OverrideDocument) -> None:
    """Have a second person asked; until somebody confirms it, the document does not count."""
    reviewing.ask_to_override(case, asked)
    await case.engine.recorder.settled()


def answer_again(case: Case, document: SubmitDocument) -> DocumentAnswer:
    """The answer to a document that was handed in in an earlier run, as it is on record."""
    said = [one for one in case.engine.memory.of(DocumentChecked) if one.document_id == document.document_id]
    checked = (
        said[-1]
        if said
        else DocumentChecked(
            at=workflow.now(), document_id=document.document_id, document=document.kind, accepted=False
        )
    )
    verdict = Verdict.PERSON if checked.review else Verdict.CONSISTENT if checked.read else None
    return _answer(case, document, CheckAnswer(accepted=checked.accepted, findings=checked.findings, verdict=verdict))


def _vouched(case: Case, document: SubmitDocument) -> bool:
    """Whether somebody looked at this very document and it counts: told again, nobody looks again."""
    id = document.document_id
    stated = (case.issued.get(id), case.expiring.get(id))
    counts = case.accepted.get(document.kind) == id and id in case.vouched
    return counts and stated == (document.issued_on, document.expires_on)


def _same(known: Judged, request: CheckDocument) -> bool:
    """Whether a check would look at the same again; what was accepted stays so, what was not may pass another day."""
    on = request.checked_on if known.answer.accepted else known.asked.checked_on
    return known.asked.model_copy(update={"checked_on": on}) == request


def _take(case: Case, document: SubmitDocument, *, accepted: bool) -> None:
    if accepted:
        case.accepted[document.kind] = document.document_id
    for step in _steps_awaiting(case, document.kind):
        missing = case.awaited[step.policy.kind]
        if accepted:
            missing.discard(document.kind)
        if not missing:
            case.engine.close(step, StepAnswer(outcome="complete", actor=document.actor))


def _replace(case: Case, document: SubmitDocument, *, accepted: bool) -> None:
    """What was accepted stands until a better one is; stated anew with dates that do not pass, it stands no more."""
    step = _step_taking(case, document.kind)
    if accepted:
        case.accepted[document.kind] = document.document_id
    elif step is not None and case.accepted.get(document.kind) == document.document_id:
        del case.accepted[document.kind]
        case.awaited[step.policy.kind].add(document.kind)


def _answer(case: Case, document: SubmitDocument, checked: CheckAnswer) -> DocumentAnswer:
    step = _step_taking(case, document.kind)
    missing = case.awaited[step.policy.kind] if step is not None else set()
    review = checked.verdict is Verdict.PERSON and reviewing.is_reviewed(case, document.kind)
    accepted = checked.accepted and not review
    return DocumentAnswer(
        document_id=document.document_id,
        accepted=accepted,
        findings=() if accepted else checked.findings,
        missing=tuple(sorted(missing)),
        review=review,
        read=checked.verdict is Verdict.CONSISTENT,
    )


def _steps_awaiting(case: Case, kind: str) -> list[OpenStep]:
    """The open steps that wait for a kind: a change of the stay may ask beside one that renews what ends."""
    found = (case.engine.find(step) for step, kinds in case.awaited.items() if kind in kinds)
    return [step for step in found if step is not None]


def _step_taking(case: Case, kind: str) -> OpenStep | None:
    return next((case.engine.find(step) for step, kinds in case.collected.items() if kind in kinds), None)


def _to_check(case: Case, document: SubmitDocument, policy: DocumentPolicy) -> CheckDocument:
    return CheckDocument(
        exchange_id=case.id,
        document_id=document.document_id,
        policy=policy,
        stay_start=case.plan.start,
        stay_end=case.plan.end,
        clinic_end=case.plan.last_day(Content.CLINICAL),
        issued_on=document.issued_on,
        expires_on=document.expires_on,
        checked_on=case.today(),
    )
