"""Answers as policies frozen before 2026-11-25 have them: they carry names alone, and mean what they meant then."""

from collections.abc import Iterable

from models.catalogue.answers import AnswerPolicy, Ends, GivenBy, Need, Releases, Tells
from models.vocabulary import Outcome, StepKind

SINCE = "2026-11-25"
"""The first day of policies that say themselves what an answer means; the version of a policy begins with its day."""

K = StepKind
_ALL = tuple(Tells)


def is_earlier(policy_version: str) -> bool:
    """Whether an exchange began under a policy whose answers are names alone."""
    return "" < policy_version[:10] < SINCE


def earlier_answer(kind: StepKind, outcome: str) -> AnswerPolicy:
    """What an answer meant before answers were data."""
    return _EARLIER.get((kind, outcome), AnswerPolicy(bulk=True))


def _end(outcome: Outcome, *releases: Releases, given_by: GivenBy = GivenBy.DECISION, reason: str = "") -> AnswerPolicy:
    return AnswerPolicy(
        ends=Ends.EXCHANGE,
        outcome=outcome,
        reason=reason,
        releases=releases,
        tells=_ALL,
        grave=given_by is GivenBy.DECISION,
        given_by=given_by,
        clock=given_by is GivenBy.CLOCK,
    )


def _given_by(act: GivenBy, *kinds: StepKind, outcome: str) -> Iterable[tuple[tuple[StepKind, str], AnswerPolicy]]:
    return (((kind, outcome), AnswerPolicy(given_by=act)) for kind in kinds)


_SEAT, _HELD = (Releases.SEAT,), tuple(r for r in Releases if r is not Releases.PLACE)
_EARLIER: dict[tuple[StepKind, str], AnswerPolicy] = {
    (K.VERIFY_NOMINATION, "returned"): AnswerPolicy(takes=(Need.NOTE,)),
    (K.VERIFY_NOMINATION, "rejected"): _end(Outcome.REJECTED),
    (K.CORRECT_NOMINATION, "expired"): _end(Outcome.EXPIRED, given_by=GivenBy.CLOCK),
    (K.SENDING_APPROVAL, "return"): AnswerPolicy(needs=(Need.DOCUMENTS,), takes=(Need.NOTE,)),
    (K.SENDING_APPROVAL, "reject"): _end(Outcome.REJECTED),
    (K.WAIT_FOR_SEAT, "seat_offered"): AnswerPolicy(given_by=GivenBy.COHORT),
    (K.WAIT_FOR_SEAT, "expired"): _end(Outcome.EXPIRED, *_SEAT, given_by=GivenBy.CLOCK),
    (K.ANSWER_SEAT_OFFER, "decline"): _end(Outcome.DECLINED, *_SEAT),
    (K.ANSWER_SEAT_OFFER, "expired"): _end(Outcome.EXPIRED, *_SEAT, given_by=GivenBy.CLOCK),
    (K.HOST_APPROVAL, "reject"): _end(Outcome.REJECTED, *_SEAT),
    (K.ACCEPT_OFFER, "accept"): AnswerPolicy(
        needs=(Need.TERMS,), terms=("fees", "housing"), clinical_terms=("observer",)
    ),
    (K.ACCEPT_OFFER, "decline"): _end(Outcome.DECLINED, *_SEAT),
    (K.ACCEPT_OFFER, "expired"): _end(Outcome.EXPIRED, *_SEAT, given_by=GivenBy.CLOCK),
    (K.OBTAIN_VISA, "refused"): _end(Outcome.REJECTED, *_HELD),
    (K.CLEAR_FOR_CLINIC, "cleared"): AnswerPolicy(takes=(Need.CLEARANCE_UNTIL,), health=True),
    (K.CLEAR_FOR_CLINIC, "not_cleared"): AnswerPolicy(takes=(Need.NOTE,), ends=Ends.NOTHING, health=True),
    (K.CONFIRM_BED, "confirmed"): AnswerPolicy(clock=True, bulk=True),
    (K.CONFIRM_BED, "other_bed"): AnswerPolicy(needs=(Need.BED,), ends=Ends.NOTHING),
    (K.FIND_BED, "found"): AnswerPolicy(takes=(Need.BED,)),
    (K.FIND_BED, "none"): _end(Outcome.REJECTED, *_HELD),
    (K.ACCEPT_STUDENT, "accept"): AnswerPolicy(link=True, bulk=True),
    (K.ACCEPT_STUDENT, "decline"): AnswerPolicy(link=True, grave=True, releases=(Releases.PLACE,)),
    (K.FIND_PLACE, "found"): AnswerPolicy(takes=(Need.UNIT,)),
    (K.FIND_PLACE, "none"): _end(Outcome.REJECTED, *_HELD),
    (K.CHECK_IN, "no_show"): _end(Outcome.NO_SHOW, *_HELD).model_copy(update={"clock": True, "after_start": True}),
    (K.SETTLE_CERTIFICATE, "close_without"): _end(Outcome.COMPLETED, reason="without_certificate"),
    (K.RECORD_STAY, "recorded"): AnswerPolicy(needs=(Need.STAY_UNTIL,)),
    (K.FILE_EXTENSION, "not_filed"): AnswerPolicy(takes=(Need.NOTE,)),
    (K.AWAIT_EXTENSION, "granted"): AnswerPolicy(needs=(Need.EXTENSION_UNTIL,)),
    (K.AWAIT_EXTENSION, "refused"): AnswerPolicy(grave=True),
    (K.CONFIRM_REENTRY, "not_returning"): AnswerPolicy(
        grave=True,
        follows="Nothing else follows by itself: if the stay ends here, end it early.",
        follows_zh="此后无其他自动处理：如交流就此结束，请另行办理提前结束。",
    ),
    (K.EVALUATE_STUDENT, "evaluated"): AnswerPolicy(given_by=GivenBy.EVALUATION, link=True),
    (K.EVALUATE_PROGRAMME, "expired"): AnswerPolicy(given_by=GivenBy.CLOCK, clock=True),
} | dict(
    [
        *_given_by(
            GivenBy.DOCUMENTS,
            K.SUBMIT_DOCUMENTS,
            K.ISSUE_INVITATION,
            K.OBTAIN_VISA,
            K.SUBMIT_INSURANCE,
            K.SUBMIT_HEALTH_RECORDS,
            outcome="complete",
        ),
        *_given_by(GivenBy.CORRECTION, K.CORRECT_NOMINATION, outcome="corrected"),
        *_given_by(GivenBy.ARRIVAL, K.CHECK_IN, outcome="arrived"),
        *_given_by(GivenBy.DEPARTURE, K.DEPART, outcome="departed"),
        *_given_by(GivenBy.ATTENDANCE, K.RECORD_ATTENDANCE, outcome="recorded"),
        *_given_by(GivenBy.EVALUATION, K.EVALUATE_PROGRAMME, outcome="evaluated"),
    ]
)
