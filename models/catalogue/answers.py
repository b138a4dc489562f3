"""Which answers to a step are given by another act than a plain decision, and what an offer's acceptance names."""

from models.vocabulary import StepKind

_BY_DOCUMENTS = {"complete": "answer.by_documents"}

ANSWERED_OTHERWISE: dict[StepKind, dict[str, str]] = {
    StepKind.CORRECT_NOMINATION: {"corrected": "answer.by_correction"},
    StepKind.SUBMIT_DOCUMENTS: _BY_DOCUMENTS,
    StepKind.ISSUE_INVITATION: _BY_DOCUMENTS,
    StepKind.OBTAIN_VISA: _BY_DOCUMENTS,
    StepKind.SUBMIT_INSURANCE: _BY_DOCUMENTS,
    StepKind.SUBMIT_HEALTH_RECORDS: _BY_DOCUMENTS,
    StepKind.WAIT_FOR_SEAT: {"seat_offered": "answer.by_cohort"},
    StepKind.CHECK_IN: {"arrived": "answer.by_arrival"},
    StepKind.EVALUATE_STUDENT: {"evaluated": "answer.by_evaluation"},
    StepKind.EVALUATE_PROGRAMME: {"evaluated": "answer.by_evaluation"},
    StepKind.RECORD_ATTENDANCE: {"recorded": "answer.by_hours"},
    StepKind.DEPART: {"departed": "answer.by_departure"},
}
"""By step and outcome: the refusal that says what to do instead of deciding it."""

TERMS_OF_OFFER = ("fees", "housing", "observer")
"""What a student acknowledges with an offer: who pays what (D6), the housing terms, observer only (D37)."""

BY_THE_CLOCK = "expired"
"""The outcome that only a ladder's end gives."""
