"""Documents handed in and checked."""

from temporalio import workflow

from activities.documents import Documents
from models.catalogue.policy import DocumentPolicy
from models.errors import BadInput, NotOpen
from models.events import DocumentChecked, DocumentSubmitted
from models.messages.contracts import CheckDocument
from models.messages.exchange import DocumentAnswer, SubmitDocument
from models.people.authorization import may_hand_in, require
from workflows.case import Case
from workflows.engine.open_step import OpenStep, StepAnswer
from workflows.options import CHECK


def check_submit(case: Case, document: SubmitDocument) -> None:
    """Whether an open step waits for this document from this person."""
    if case.seen(document.submission_id, document):
        return
    step = _step_awaiting(case, document.kind)
    if step is None:
        awaited = sorted(k for kinds in case.awaited.values() for k in kinds)
        if not awaited:
            raise NotOpen("document.none_awaited", "kind", kind=document.kind)
        raise NotOpen("document.not_awaited", "kind", kind=document.kind, kinds=awaited)
    require(may_hand_in(document.actor, step.owner, case.parties), "not_allowed.hand_in")
    if document.document_id in case.returned:
        raise BadInput("document.returned_before", "document")


async def submit(case: Case, document: SubmitDocument) -> DocumentAnswer:
    """Have a document checked; the last accepted one closes the step that waited for it."""
    policy = case.policy.document(document.kind)
    assert policy is not None
    submitted = DocumentSubmitted(
        at=workflow.now(),
        actor=document.actor,
        document_id=document.document_id,
        document=document.kind,
        issued_on=document.issued_on,
        expires_on=document.expires_on,
    )
    checked = await workflow.execute_activity_method(
        Documents.check_document, _to_check(case, document, policy), **CHECK
    )
    # Noted together with what the checks said: one record for each document, each fact with its own time.
    case.note(submitted, subject=document.kind)
    case.note(
        DocumentChecked(
            at=workflow.now(),
            document_id=document.document_id,
            document=document.kind,
            accepted=checked.accepted,
            findings=checked.findings,
        ),
        subject=document.kind,
        outcome="accepted" if checked.accepted else "rejected",
    )
    missing: set[str] = set()
    step = _step_awaiting(case, document.kind)
    if step is not None:
        missing = case.awaited[step.policy.kind]
        if checked.accepted:
            case.accepted[document.kind] = document.document_id
            missing.discard(document.kind)
        if not missing:
            case.engine.close(step, StepAnswer(outcome="complete", actor=document.actor))
    await case.engine.recorder.settled()
    return DocumentAnswer(
        document_id=document.document_id,
        accepted=checked.accepted,
        findings=checked.findings,
        missing=tuple(sorted(missing)),
    )


def _step_awaiting(case: Case, kind: str) -> OpenStep | None:
    return next((case.engine.find(step) for step, kinds in case.awaited.items() if kind in kinds), None)


def _to_check(case: Case, document: SubmitDocument, policy: DocumentPolicy) -> CheckDocument:
    return CheckDocument(
        exchange_id=case.id,
        document_id=document.document_id,
        policy=policy,
        stay_start=case.plan.start,
        stay_end=case.plan.end,
        issued_on=document.issued_on,
        expires_on=document.expires_on,
        checked_on=workflow.now().date(),
    )
