"""What people did with a document, one asked that it counts and another confirmed it; and what ends soon."""

from datetime import date, datetime

from models.clearances import ClearanceKind, Covers
from models.events import ClearanceEnding, DocumentReviewed, Event, OverrideAsked


def looks(at: datetime, step: str) -> list[Event]:
    """Both events, at a moment."""
    asked = OverrideAsked(at=at, decision_id="o-1", document_id="doc-1", document="passport")
    return [asked, DocumentReviewed(at=at, document_id="doc-1", document="passport", step_id=step)]


def ends_soon(at: datetime) -> ClearanceEnding:
    """An insurance that ends in the clinic."""
    through, needed = date(2027, 5, 12), date(2027, 5, 28)
    return ClearanceEnding(
        at=at, clearance=ClearanceKind.INSURANCE, covers=Covers.CLINIC, through=through, needed_through=needed
    )
