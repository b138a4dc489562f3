"""Documents that a person must look at before they count, and those that count all the same once two people say so."""

from temporalio import workflow

from models.events import DocumentChecked, DocumentReturned, DocumentReviewed, DocumentSubmitted, OverrideAsked
from models.messages.exchange import Decide, TimelineEntry
from models.messages.reviews import OverrideDocument
from models.rules.reviews import CONFIRMING, COUNTS, confirming_step, review_step
from workflows.case import Case
from workflows.engine.open_step import OpenStep, StepAnswer
from workflows.parts import Blocked, Review


def is_reviewed(case: Case, kind: str) -> bool:
    """Whether the exchange knows that a person looks at such a document; one that began earlier does not."""
    return review_step(case.policy.purpose(kind)) in case.policy.steps


def begin(case: Case, kind: str, document_id: str, override: OverrideAsked | None = None) -> None:
    """Ask for a person: to look at a document, or to confirm that it counts all the same."""
    stop(case, kind)
    purpose = case.policy.purpose(kind)
    step = case.engine.open(confirming_step(purpose) if override else review_step(purpose), subject=kind)
    asked_by, overrides = (override.actor, override.overrides) if override else (None, ())
    case.reviews[kind] = Review(document_id, step.id, asked_by, overrides)


def stop(case: Case, *kinds: str) -> None:
    """Nobody need look any more: another document came, or none is asked for."""
    for kind in kinds:
        review = case.reviews.pop(kind, None)
        if review is not None:
            case.engine.cancel(review.step_id)


def ask_to_override(case: Case, asked: OverrideDocument) -> None:
    """Have a second person asked."""
    noted = OverrideAsked(
        at=workflow.now(),
        actor=asked.actor,
        note_id=asked.note_id,
        decision_id=asked.decision_id,
        document_id=asked.document_id,
        document=asked.kind,
        overrides=case.blocked[asked.kind].findings,
    )
    case.note(noted, subject=asked.kind)
    begin(case, asked.kind, asked.document_id, noted)


def review_of(case: Case, step_id: str) -> tuple[str, Review] | None:
    """The document that a step is about, with its kind."""
    return next(((kind, one) for kind, one in case.reviews.items() if one.step_id == step_id), None)


def decided(case: Case, step: OpenStep, decision: Decide) -> None:
    """What follows from looking at a document; the last accepted one closes the step that waited for it."""
    found = review_of(case, step.id)
    if found is None:
        return
    kind, review = found
    del case.reviews[kind]
    at, by = workflow.now(), decision.actor.id
    case.timeline.append(
        TimelineEntry(at=at, kind="step_closed", actor=by, subject=step.policy.kind, outcome=decision.outcome)
    )
    if decision.outcome in COUNTS:
        _accept(case, kind, review, decision)
    elif step.policy.kind not in CONFIRMING:  # what nobody confirms stands as the checks left it
        case.returned.add(review.document_id)
        case.note(
            DocumentReturned(
                at=workflow.now(),
                actor=decision.actor,
                note_id=decision.note_id,
                document_id=review.document_id,
                document=kind,
            ),
            subject=kind,
        )


def _accept(case: Case, kind: str, review: Review, decision: Decide) -> None:
    case.accepted[kind] = review.document_id
    case.vouched.add(review.document_id)
    case.blocked.pop(kind, None)
    case.note(
        DocumentReviewed(
            at=workflow.now(),
            actor=decision.actor,
            document_id=review.document_id,
            document=kind,
            step_id=decision.step_id,
            overrides=review.overrides,
            asked_by=review.asked_by.id if review.asked_by else None,
        ),
        subject=kind,
        outcome="accepted",
    )
    for step_kind, missing in case.awaited.items():
        step = case.engine.find(step_kind)
        if kind in missing and step is not None:
            missing.discard(kind)
            if not missing:
                case.engine.close(step, StepAnswer(outcome="complete", actor=decision.actor))


def resume(case: Case, kinds: set[str]) -> None:
    """Documents of a step that wait for a person by the records go on waiting."""
    for kind in sorted(kinds):
        last = _last(case, kind)
        match last:
            case DocumentChecked() if last.review:
                begin(case, kind, last.document_id)
            case OverrideAsked():
                begin(case, kind, last.document_id, last)


def _last(case: Case, kind: str) -> object:
    """What happened to documents of a kind last; an answer that left things as they were was the end of it."""
    memory = case.engine.memory
    waits = any(one.is_open and not one.claimed and one.opened.subject == kind for one in memory.reviews())
    told = (DocumentSubmitted, DocumentChecked, DocumentReviewed, DocumentReturned, OverrideAsked)
    found = [event for event in memory.events if isinstance(event, told) and event.document == kind]
    return found[-1] if found and waits else None


def remember_looks(case: Case) -> None:
    """Know what the checks did not accept, and what people did."""
    case.vouched = {event.document_id for event in case.engine.memory.of(DocumentReviewed)}
    for event in case.engine.memory.events:
        match event:
            case DocumentChecked() if not event.accepted and not event.review:
                case.blocked[event.document] = Blocked(event.document_id, event.findings)
            case DocumentSubmitted() | DocumentReturned() | DocumentReviewed() | DocumentChecked():
                case.blocked.pop(event.document, None)
