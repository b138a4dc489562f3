"""What is found when a document is checked: against its kind, against the person, and against the stay."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from models.errors import Plain
from models.vocabulary import Severity
from models.wire import Wire


class Verdict(StrEnum):
    """What follows from everything that was found of a document."""

    CONSISTENT = "consistent"
    """It was read and agrees with what is known; nobody need look."""
    PERSON = "person"
    """Somebody must look at it before it counts."""
    REJECTED = "rejected"
    """It cannot count as it is; whoever handed it in is told what to bring."""


class FindingDraft(Wire):
    """What a check or a rule said: which one, how grave, of what, and what somebody is told to do."""

    rule_id: str
    severity: Severity
    field: str
    """What it is about: `file`, `issued_on`, `expires_on`, or the name of a fact."""
    message: str
    """The id of the sentence that says what to do."""
    params: dict[str, Plain] = Field(default_factory=dict)
    evidence: tuple[str, ...] = ()
    """Names of the facts it was found from, never their values."""
    holds_until: date | None = None
    """The last day on which the rule still holds; unset where it does not depend on a day."""


def verdict_of(findings: tuple[FindingDraft, ...]) -> Verdict:
    """Rejected by anything that blocks, for a person by anything that asks one, consistent otherwise."""
    found = {finding.severity for finding in findings}
    if Severity.BLOCKING in found:
        return Verdict.REJECTED
    return Verdict.PERSON if Severity.ASKING in found else Verdict.CONSISTENT
