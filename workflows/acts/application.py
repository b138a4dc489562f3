"""Answers to steps, and corrections of a returned nomination."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType

from temporalio import workflow

from models.catalogue.answers import AnswerPolicy, Need
from models.errors import BadInput, NotAuthorised
from models.events import DocumentReturned, NominationCorrected, SeatAnswered
from models.messages.cohorts import SeatNews
from models.messages.exchange import CorrectNomination, Decide
from models.people.authorization import Actor, may_decide, may_nominate, require
from models.rules.clearance import cleared_days
from models.rules.reviews import CONFIRMING, REVIEWS
from models.rules.stay import latest_end, required_documents
from models.vocabulary import Content, StepKind
from workflows.case import Case
from workflows.engine.open_step import StepAnswer
from workflows.stages import reviewing
from workflows.stages.application import WAITING_FOR_A_SEAT


def check_decide(case: Case, decision: Decide) -> None:
    """Whether this answer to a step is allowed now."""
    if case.seen(decision.decision_id, decision):
        return
    step = case.engine.require_open(decision.step_id)
    require(may_decide(decision.actor, step.owner), "not_allowed.answer")
    if step.policy.kind in CONFIRMING:
        _second(case, decision)
    answer = step.policy.offered(decision.outcome)
    if answer.after_start and case.today() <= case.plan.start:
        raise BadInput("answer.before_start", "outcome", day=case.plan.start)
    for need in answer.asks:
        _CHECKS[need](case, decision, answer)


def _second(case: Case, decision: Decide) -> None:
    """Who asks that a document counts all the same does not confirm it, nor does who stands in for them."""
    found = reviewing.review_of(case, decision.step_id)
    asked_by = found[1].asked_by if found else None
    if asked_by is not None and _people(decision.actor) & _people(asked_by):
        raise NotAuthorised("not_allowed.confirm_own")


def _people(actor: Actor) -> set[str]:
    return {actor.id, actor.on_behalf_of} - {""}


def _note(case: Case, decision: Decide, answer: AnswerPolicy) -> None:
    if Need.NOTE in answer.needs and decision.note_id is None:
        raise BadInput("field.missing", "note")


def _documents(case: Case, decision: Decide, answer: AnswerPolicy) -> None:
    asked = {document.kind for document in required_documents(case.policy, case.plan, StepKind.SUBMIT_DOCUMENTS)}
    kinds = asked & case.accepted.keys()  # a reopened exchange may have accepted papers of later steps
    if not decision.documents or not kinds.issuperset(decision.documents):
        raise BadInput("answer.documents_to_replace", "documents", kinds=sorted(kinds))


def _terms(case: Case, decision: Decide, answer: AnswerPolicy) -> None:
    clinical = answer.clinical_terms if Content.CLINICAL in case.plan.kinds() else ()
    missing = tuple(term for term in (*answer.terms, *clinical) if term not in decision.acknowledged)
    if missing:
        raise BadInput("answer.terms_missing", "acknowledged", terms=missing)


def _bed(case: Case, decision: Decide, answer: AnswerPolicy) -> None:
    if Need.BED in answer.needs and decision.bed_id is None:
        raise BadInput("field.missing", "bed_id")


def _unit(case: Case, decision: Decide, answer: AnswerPolicy) -> None:
    if Need.UNIT in answer.needs and decision.unit_id is None:
        raise BadInput("field.missing", "unit_id")


def _clearance_until(case: Case, decision: Decide, answer: AnswerPolicy) -> None:
    last, until = case.plan.last_day(Content.CLINICAL), decision.valid_through
    if until is None:
        if Need.CLEARANCE_UNTIL in answer.needs:
            raise BadInput("field.missing", "valid_through")
    elif last is not None and until < last and not cleared_days(case.clearances, case.zone):
        # Who was cleared once may be cleared for some days more: what runs out is asked for again.
        raise BadInput("answer.clearance_too_short", "valid_through", day=last)


def _stay_until(case: Case, decision: Decide, answer: AnswerPolicy) -> None:
    """The last day of the permitted stay, as on the visa or permit."""
    if decision.valid_through is None:
        raise BadInput("field.missing", "valid_through")
    if decision.valid_through < case.today():
        raise BadInput("answer.stay_over", "valid_through")


def _extension_until(case: Case, decision: Decide, answer: AnswerPolicy) -> None:
    """Extensions are together no longer than the first stay, and than the programme (D31)."""
    _stay_until(case, decision, answer)
    until, first, entered = decision.valid_through, case.first_permitted_until, case.entered_at
    if until is None or first is None or entered is None:
        return
    if case.permitted_until is not None and until <= case.permitted_until:
        raise BadInput("answer.extension_no_longer", "valid_through", day=case.permitted_until)
    latest = first + (first - case.day_of(entered))
    if until > latest and case.law.extension_doubles and not case.resident:
        raise BadInput("answer.extension_too_long", "valid_through", day=latest)
    _within_programme(case, until)


def _within_programme(case: Case, until: date) -> None:
    """No extension reaches beyond the six months of the programme, whatever the authority would grant (D1, D31)."""
    longest = latest_end(case.plan.start, case.policy)
    if until > longest:
        raise BadInput("answer.extension_beyond_programme", "valid_through", day=longest)


def _left_on(case: Case, decision: Decide, answer: AnswerPolicy) -> None:
    """The day of leaving the country: one of the stay, and none ahead (D30, D33)."""
    _happened(case, decision, case.moved_at or case.arrived_at)


def _known_on(case: Case, decision: Decide, answer: AnswerPolicy) -> None:
    """Since when it is known that the student does not come, or not come back: not before it can be (D35, D40)."""
    if answer.after_start and decision.valid_through is not None and decision.valid_through <= case.plan.start:
        raise BadInput("answer.day_before", "valid_through", day=case.plan.start + timedelta(days=1))
    _happened(case, decision, case.moved_at)


def _happened(case: Case, decision: Decide, since: datetime | None) -> None:
    day = decision.valid_through
    if day is None:
        raise BadInput("field.missing", "valid_through")
    if day > case.today():
        raise BadInput("answer.day_ahead", "valid_through")
    if since is not None and day < case.day_of(since):
        raise BadInput("answer.day_before", "valid_through", day=case.day_of(since))


def _justified(case: Case, decision: Decide, answer: AnswerPolicy) -> None:
    if decision.justified is None:
        raise BadInput("field.missing", "justified")


_CHECKS: Mapping[Need, Callable[[Case, Decide, AnswerPolicy], None]] = MappingProxyType(
    {
        Need.NOTE: _note,
        Need.DOCUMENTS: _documents,
        Need.TERMS: _terms,
        Need.BED: _bed,
        Need.UNIT: _unit,
        Need.CLEARANCE_UNTIL: _clearance_until,
        Need.STAY_UNTIL: _stay_until,
        Need.EXTENSION_UNTIL: _extension_until,
        Need.LEFT_ON: _left_on,
        Need.KNOWN_ON: _known_on,
        Need.JUSTIFIED: _justified,
    }
)


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
        justified=decision.justified,
    )
    policy = step.policy.answer(decision.outcome)
    for kind in decision.documents if policy is not None and Need.DOCUMENTS in policy.needs else ():
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
    if step.policy.kind in REVIEWS:
        reviewing.decided(case, step, decision)
    await case.engine.recorder.settled()


def check_correct(case: Case, correction: CorrectNomination) -> None:
    """Whether the nomination waits and this person may correct it; the nominee never changes (D9, D11)."""
    if case.seen(correction.decision_id, correction):
        return
    step = case.engine.require_open(correction.step_id)
    if step.policy.kind is StepKind.VERIFY_NOMINATION:
        require(may_nominate(correction.actor, case.plan.sending), "not_allowed.correct")
    else:
        require(may_decide(correction.actor, step.owner), "not_allowed.correct")
        if step.policy.kind is not StepKind.CORRECT_NOMINATION:
            raise BadInput("step.not_correction", "step_id")
    if correction.plan.cohort != case.plan.cohort:
        raise BadInput("nomination.another_cohort", "sending")
    days = (case.plan.start, case.plan.end)
    if case.amendments.continues is not None and (correction.plan.start, correction.plan.end) != days:
        raise BadInput("second_host.days_fixed", "start")
    if correction.nomination_version <= case.nomination_version:
        raise BadInput("nomination.unchanged", "nomination")


async def correct(case: Case, correction: CorrectNomination) -> None:
    """Replace the plan by the corrected one; a verification that is asked for stays open."""
    step = case.engine.require_open(correction.step_id)
    if (correction.plan.start, correction.plan.end) != (case.plan.start, case.plan.end):
        _ask_again(case, correction)
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
    if step.policy.kind is StepKind.CORRECT_NOMINATION:
        answer = StepAnswer(outcome="corrected", actor=correction.actor)
        case.engine.close(step, answer, decision_id=correction.decision_id, note_id=correction.note_id)
    await case.engine.recorder.settled()


def _ask_again(case: Case, correction: CorrectNomination) -> None:
    """Documents of a reopened exchange were checked against the stay before; for another one they are asked anew."""
    for kind, document_id in sorted(case.accepted.items()):
        returned = DocumentReturned(at=workflow.now(), actor=correction.actor, document_id=document_id, document=kind)
        case.note(returned, subject=kind)
    case.accepted.clear()


def hear_of_seat(case: Case, news: SeatNews) -> None:
    """What the cohort said of a seat: on record, and heard by who waits for it (D14)."""
    if case.reopening is not None and not case.wants_seat:
        return  # an answer to the run before, which gave back what it is about
    if news.cohort_id and news.cohort_id != case.plan.cohort.id:
        return  # an answer of the intake that the exchange has left
    if case.amendments.leaves_intake and any(case.engine.find(kind) for kind in WAITING_FOR_A_SEAT):
        case.amendments.unheard.append(lambda: hear_of_seat(case, news))
        return
    news = news.model_copy(update={"cohort_id": ""})
    if case.engine.memory.known and news == case.seat_news:
        return  # told again, because it had asked again
    case.seat_news, case.waitlist_position = news, news.position
    answered = SeatAnswered.model_validate(
        {"at": workflow.now(), "answer": news.answer, "seat": news.seat, "position": news.position}
    )
    case.note(answered, outcome=news.answer)
    waiting = case.engine.find(StepKind.WAIT_FOR_SEAT)
    if news.answer == "offered" and waiting is not None:
        case.engine.close(waiting, StepAnswer(outcome="seat_offered"))
    elif waiting is None:
        case.seat_answers.put_nowait(news.answer)
