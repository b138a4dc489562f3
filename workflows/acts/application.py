"""Answers to steps, and corrections of a returned nomination."""

from temporalio import workflow

from models.catalogue.answers import ANSWERED_OTHERWISE, BY_THE_CLOCK, TERMS_OF_OFFER
from models.errors import BadInput
from models.events import DocumentReturned, NominationCorrected
from models.messages.exchange import CorrectNomination, Decide
from models.people.authorization import may_decide, require
from models.vocabulary import Content, StepKind
from workflows.case import Case
from workflows.engine.open_step import StepAnswer


def check_decide(case: Case, decision: Decide) -> None:
    """Whether this answer to a step is allowed now."""
    if case.seen(decision.decision_id, decision):
        return
    step = case.engine.require_open(decision.step_id)
    require(may_decide(decision.actor, step.owner), "not_allowed.answer")
    kind = step.policy.kind
    if decision.outcome not in step.policy.outcomes or decision.outcome == BY_THE_CLOCK:
        allowed = [o for o in step.policy.outcomes if o != BY_THE_CLOCK]
        raise BadInput("answer.not_of_step", "outcome", outcome=decision.outcome, answers=allowed)
    if decision.outcome in ANSWERED_OTHERWISE.get(kind, {}):
        raise BadInput(ANSWERED_OTHERWISE[kind][decision.outcome], "outcome")
    if decision.outcome == "no_show" and workflow.now().date() <= case.plan.start:
        raise BadInput("answer.no_show_too_early", "outcome")
    if kind is StepKind.ACCEPT_OFFER and decision.outcome == "accept":
        clinical = Content.CLINICAL in case.plan.kinds()
        missing = [t for t in TERMS_OF_OFFER if t not in decision.acknowledged and (t != "observer" or clinical)]
        if missing:
            raise BadInput("answer.terms_needed", "acknowledged", terms=missing)
    if kind is StepKind.SENDING_APPROVAL and decision.outcome == "return":
        unknown = [d for d in decision.documents if d not in case.accepted]
        if unknown or not decision.documents:
            raise BadInput("answer.documents_needed", "documents", kinds=sorted(case.accepted))
    if decision.outcome == "other_bed" and decision.bed_id is None:
        raise BadInput("bed.name_other", "bed_id")
    _check_stay(case, kind, decision)
    clinic = case.plan.block(Content.CLINICAL)
    if kind is StepKind.CLEAR_FOR_CLINIC and clinic and decision.valid_through and decision.valid_through < clinic.end:
        raise BadInput("clearance.too_short", "valid_through", last=clinic.end)


def _check_stay(case: Case, kind: StepKind, decision: Decide) -> None:
    """What the authority can have permitted: extensions are together no longer than the first stay (D31)."""
    if (kind, decision.outcome) not in {(StepKind.RECORD_STAY, "recorded"), (StepKind.AWAIT_EXTENSION, "granted")}:
        return
    until = decision.valid_through
    if until is None:
        raise BadInput("permit.last_day_needed", "valid_through")
    if until < workflow.now().date():
        raise BadInput("permit.over", "valid_through")
    first, entered = case.first_permitted_until, case.entered_at
    if kind is StepKind.AWAIT_EXTENSION and first is not None and entered is not None:
        latest = first + (first - entered.date())
        if case.permitted_until is not None and until <= case.permitted_until:
            raise BadInput("extension.too_short", "valid_through", until=case.permitted_until)
        if until > latest:
            raise BadInput("extension.too_long", "valid_through", until=latest)


async def decide(case: Case, decision: Decide) -> None:
    """Answer a step."""
    step = case.engine.require_open(decision.step_id)
    answer = StepAnswer(
        outcome=decision.outcome,
        actor=decision.actor,
        documents=decision.documents,
        bed_id=decision.bed_id,
        unit_id=decision.unit_id,
        valid_through=decision.valid_through,
    )
    for kind in decision.documents if decision.outcome == "return" else ():
        document_id = case.accepted.pop(kind)
        case.returned.add(document_id)
        case.note(
            DocumentReturned(
                at=workflow.now(),
                actor=decision.actor,
                note_id=decision.note_id,
                document_id=document_id,
                document=kind,
            ),
            subject=kind,
        )
    case.engine.close(
        step,
        answer,
        decision_id=decision.decision_id,
        note_id=decision.note_id,
        acknowledged=decision.acknowledged,
    )
    await case.engine.recorder.settled()


def check_correct(case: Case, correction: CorrectNomination) -> None:
    """Whether the nomination was returned and this person may correct it; who is nominated never changes (D9, D11)."""
    if case.seen(correction.decision_id, correction):
        return
    step = case.engine.require_open(correction.step_id)
    require(may_decide(correction.actor, step.owner), "not_allowed.correct")
    if step.policy.kind is not StepKind.CORRECT_NOMINATION:
        raise BadInput("step.not_correction", "step_id")
    if correction.plan.cohort != case.plan.cohort:
        raise BadInput("nomination.another_cohort", "sending")
    if correction.nomination_version <= case.nomination_version:
        raise BadInput("nomination.unchanged", "nomination")


async def correct(case: Case, correction: CorrectNomination) -> None:
    """Replace the plan by the corrected one."""
    step = case.engine.require_open(correction.step_id)
    case.plan = correction.plan
    case.nomination_version = correction.nomination_version
    case.note(
        NominationCorrected(
            at=workflow.now(),
            actor=correction.actor,
            note_id=correction.note_id,
            plan=correction.plan,
            nomination_version=correction.nomination_version,
        )
    )
    answer = StepAnswer(outcome="corrected", actor=correction.actor)
    case.engine.close(step, answer, decision_id=correction.decision_id, note_id=correction.note_id)
    await case.engine.recorder.settled()
