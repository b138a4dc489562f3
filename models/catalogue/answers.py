"""Which answers to a step are given by another act than a plain decision, and what an offer's acceptance names."""

from models.vocabulary import StepKind

_BY_DOCUMENTS = {"complete": "hand in the documents; the step closes by itself with the last accepted one."}

ANSWERED_OTHERWISE: dict[StepKind, dict[str, str]] = {
    StepKind.CORRECT_NOMINATION: {"corrected": "send the corrected nomination instead."},
    StepKind.SUBMIT_DOCUMENTS: _BY_DOCUMENTS,
    StepKind.ISSUE_INVITATION: _BY_DOCUMENTS,
    StepKind.OBTAIN_VISA: _BY_DOCUMENTS,
    StepKind.SUBMIT_INSURANCE: _BY_DOCUMENTS,
    StepKind.SUBMIT_HEALTH_RECORDS: _BY_DOCUMENTS,
    StepKind.WAIT_FOR_SEAT: {"seat_offered": "the cohort offers the seat when one comes free."},
    StepKind.CHECK_IN: {"arrived": "report the arrival with its time instead."},
    StepKind.EVALUATE_STUDENT: {"evaluated": "send the evaluation with its ratings instead."},
    StepKind.EVALUATE_PROGRAMME: {"evaluated": "send the evaluation with its ratings instead."},
    StepKind.RECORD_ATTENDANCE: {"recorded": "report the hours; the step closes by itself with the last content."},
    StepKind.DEPART: {"departed": "report the departure with its day instead."},
}
"""By step and outcome: what to do instead of deciding it."""

TERMS_OF_OFFER = ("fees", "housing", "observer")
"""What a student acknowledges with an offer: who pays what (D6), the housing terms, observer only (D37)."""

BY_THE_CLOCK = "expired"
"""The outcome that only a ladder's end gives."""
