"""Parts of what an exchange workflow knows: a document judged, a place, a rotation that is over."""

from dataclasses import dataclass
from datetime import date

from models.messages.contracts import CheckAnswer, CheckDocument
from models.messages.exchange import PlannedContent
from models.vocabulary import Content
from workflows.reports import Hours


@dataclass(frozen=True)
class Judged:
    """What the check of a document said, and of what: asked the same again, it would say the same."""

    asked: CheckDocument
    answer: CheckAnswer


@dataclass(frozen=True)
class Place:
    """An accepted place in a unit, to be worked as a rotation."""

    placement_id: str
    unit_id: str
    block: PlannedContent


@dataclass(frozen=True)
class FinishedRotation:
    """A rotation that is over: of which days hours may still be reported, and what is."""

    content: Content
    unit_id: str
    first_day: date | None
    """Unset where the clinic was never allowed."""
    last_day: date
    hours: Hours
