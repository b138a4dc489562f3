"""What is kept of documents for how long, as the programme office sees it."""

from datetime import date
from enum import StrEnum

from models.wire import Id, Moment, Wire


class RetentionState(StrEnum):
    """Where a document stands."""

    OPEN = "open"
    """Its exchange goes on: nothing of it is erased."""
    KEPT = "kept"
    DUE = "due"
    """The next night erases it."""
    HELD = "held"
    """It would go, and a legal hold keeps it."""
    WITHOUT_RULE = "without_rule"
    """No rule says when it goes: it is kept."""
    ERASED = "erased"


class RetentionLine(Wire):
    """One document."""

    exchange_id: Id
    document_id: Id
    kind: str
    state: RetentionState
    rule: str | None = None
    kept_through: date | None = None
    """The last day on which it is kept, at the home university."""
    erased_at: Moment | None = None


class RetentionView(Wire):
    """Documents of one exchange; or those of all that go by a day, and those that a hold keeps from going."""

    today: date
    through: date
    """The last day that was looked at."""
    lines: tuple[RetentionLine, ...] = ()
    more: bool = False
    """Whether there are more than are listed."""
    without_rule: tuple[str, ...] = ()
    """Kinds of documents of the catalogue that no rule lets go."""
