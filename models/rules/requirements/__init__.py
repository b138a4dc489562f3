"""What the rules ask of a student's papers, from typed facts and dates alone: pure, one function for each rule.

    found = evaluate(rules, known, stay)         # every finding
    found = evaluate_by_kind(rules, known, stay) # the same, by the kind of document it is about

A rule that holds says so by an informing finding, with the last day on which it does; one that does not hold blocks,
asks a person or warns, and says what to do. A rule, or a value of one, that is not in the set an exchange carries is
not asked: sets frozen before it existed go on as they were. What the facts do not say is not judged either.
"""

from models.rules.requirements.evaluating import (
    REQUIREMENTS,
    Requirement,
    evaluate,
    evaluate_by_kind,
    good_until,
    known_facts,
)
from models.rules.requirements.known import KnownFacts, StayAsked

__all__ = [
    "REQUIREMENTS",
    "KnownFacts",
    "Requirement",
    "StayAsked",
    "evaluate",
    "evaluate_by_kind",
    "good_until",
    "known_facts",
]
