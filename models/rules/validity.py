"""Whether a paper that was accepted covers a stay, also another one than it was accepted for (D18, D21, D22, D27)."""

from collections.abc import Mapping
from datetime import date

from models.authority import PaperKind
from models.catalogue.policy import DocumentPolicy, Policy
from models.messages.authority import RecordPaper
from models.messages.plan import Plan
from models.rules.stay import add_months
from models.wire import Wire

VISA = "visa"
"""Its place is taken by what the authority writes next."""


class AcceptedPaper(Wire):
    """An accepted document with the dates that were stated of it."""

    kind: str
    document_id: str = ""
    issued_on: date | None = None
    expires_on: date | None = None


class Covered(Wire):
    """A stay that papers have to cover, in the days of the host."""

    start: date
    end: date
    clinic_end: date | None = None
    """The last clinical day, where there is one."""


def needed_until(policy: DocumentPolicy, stay_end: date) -> date | None:
    """The day until which a paper must be valid; `None` where it need not state one (D18)."""
    return add_months(stay_end, policy.valid_months_after_end) if policy.expires else None


def oldest_issue_counts_from(policy: DocumentPolicy, stay: Covered) -> date | None:
    """The day before which a paper may be only so old; `None` where its age is not asked (D21, D22, D27)."""
    if policy.max_age_days_at_start is None:
        return None
    return (stay.clinic_end if policy.through_clinic else None) or stay.start


def covers(policy: DocumentPolicy, paper: AcceptedPaper, stay: Covered) -> bool:
    """Whether a paper that was accepted for one stay would be accepted for this one, by its dates."""
    until = needed_until(policy, stay.end)
    if until is not None and (paper.expires_on is None or paper.expires_on < until):
        return False
    counts_from = oldest_issue_counts_from(policy, stay)
    if counts_from is None or policy.max_age_days_at_start is None:
        return True
    return paper.issued_on is not None and (counts_from - paper.issued_on).days <= policy.max_age_days_at_start


def outlived(policy: Policy, plan: Plan, entry: RecordPaper, expiries: Mapping[str, date]) -> tuple[str, ...]:
    """The kinds of accepted papers that are too short for a longer stay that the authority wrote (D18).

    `expiries` are the last days of accepted papers by their kind; what a new passport says counts instead of the old
    one. Nothing where the entry extends no stay.
    """
    until = entry.valid_until
    if entry.paper not in {PaperKind.EXTENSION, PaperKind.PERMIT} or until is None:
        return ()
    last_day = max(min(until, plan.end), plan.start)
    found = []
    for document in policy.documents:
        needed, has = needed_until(document, last_day), expiries.get(document.kind)
        if document.kind != VISA and needed is not None and has is not None and has < needed:
            found.append(document.kind)
    return tuple(found)
