"""Which steps a person looks at a document in: by what it is kept for, an officer for health or a coordinator (D46)."""

from models.vocabulary import Purpose, StepKind

REVIEWING = frozenset({StepKind.REVIEW_DOCUMENT, StepKind.REVIEW_HEALTH_DOCUMENT})
"""Somebody looks at a document that the checks leave to a person."""
CONFIRMING = frozenset({StepKind.CONFIRM_DOCUMENT, StepKind.CONFIRM_HEALTH_DOCUMENT})
"""A second person confirms that a document counts against what the checks say."""
REVIEWS = REVIEWING | CONFIRMING
COUNTS = frozenset({"accept", "confirm"})
"""Answers by which a document counts."""


def came_of(accepted: bool, review: bool) -> str:
    """What came of a check, in a word."""
    if review:
        return "review"
    return "accepted" if accepted else "rejected"


def review_step(purpose: Purpose) -> StepKind:
    """The step in which somebody looks at documents kept for this."""
    return StepKind.REVIEW_HEALTH_DOCUMENT if purpose is Purpose.HEALTH else StepKind.REVIEW_DOCUMENT


def confirming_step(purpose: Purpose) -> StepKind:
    """The step in which a second person confirms that such a document counts all the same."""
    return StepKind.CONFIRM_HEALTH_DOCUMENT if purpose is Purpose.HEALTH else StepKind.CONFIRM_DOCUMENT
