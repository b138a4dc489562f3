"""How a requirement says what it found: a rule, what it is about, the sentence, and the last day on which it holds."""

from datetime import date

from models.errors import Param, plain
from models.findings import FindingDraft
from models.vocabulary import Severity

HOLDS = "requirement.holds"
"""Says that a requirement is met through a day."""
MET = "requirement.met"
"""Says that a requirement is met, whatever day it is."""

RESULT = "requirement.result"
"""Stands in for what those are not told who may not read the facts (D46)."""


def it_blocks(rule: str, field: str, message: str, until: date | None = None, /, **params: Param) -> FindingDraft:
    """What has to be put right before the document counts; `until` is the last day that it is good for."""
    return _said(Severity.BLOCKING, rule, field, message, until, params)


def it_asks(rule: str, field: str, message: str, until: date | None = None, /, **params: Param) -> FindingDraft:
    """What a person has to decide."""
    return _said(Severity.ASKING, rule, field, message, until, params)


def it_warns(rule: str, field: str, message: str, until: date | None = None, /, **params: Param) -> FindingDraft:
    """What is good to know in time."""
    return _said(Severity.WARNING, rule, field, message, until, params)


def it_holds(rule: str, field: str, until: date | None) -> FindingDraft:
    """That a requirement is met, and through which day; without one, for good."""
    if until is None:
        return _said(Severity.INFORMING, rule, field, MET, None, {})
    return _said(Severity.INFORMING, rule, field, HOLDS, until, {"until": until})


def _said(
    severity: Severity, rule: str, field: str, message: str, until: date | None, params: dict[str, Param]
) -> FindingDraft:
    told = {name: plain(value) for name, value in params.items()}
    return FindingDraft(
        rule_id=rule,
        severity=severity,
        field=field,
        message=message,
        params=told,
        evidence=(field,),
        holds_until=until,
    )
