"""How long health records and the clearance that rests on them last, against the last clinical day (D27, D36)."""

from datetime import date, timedelta

from models.rules.stay import required_documents
from models.vocabulary import Content, StepKind
from workflows.case import Case


def lacking(case: Case) -> set[str]:
    """Health records that the stay needs and nothing that was handed in counts for."""
    asked = required_documents(case.policy, case.plan, StepKind.SUBMIT_HEALTH_RECORDS)
    return {document.kind for document in asked} - case.accepted.keys()


def runs_out_on(case: Case) -> dict[str, date]:
    """Until when accepted health records hold that may not run out in the clinic, by their kind (D27)."""
    found = {}
    for document in required_documents(case.policy, case.plan, StepKind.SUBMIT_HEALTH_RECORDS):
        issued = case.issued.get(case.accepted.get(document.kind, ""))
        if document.through_clinic and document.max_age_days_at_start is not None and issued is not None:
            found[document.kind] = issued + timedelta(days=document.max_age_days_at_start)
    return found


def falls_short(case: Case, through: date) -> bool:
    """Whether clinical days are left after the last one of a clearance."""
    last = case.plan.last_day(Content.CLINICAL)
    return case.watches_clearance and last is not None and through < last
