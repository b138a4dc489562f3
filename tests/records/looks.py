"""What people did with a document: one asked that it counts all the same, another confirmed it."""

from datetime import datetime

from models.events import DocumentReviewed, Event, OverrideAsked


def looks(at: datetime, step: str) -> list[Event]:
    """Both events, at a moment."""
    asked = OverrideAsked(at=at, decision_id="o-1", document_id="doc-1", document="passport")
    return [asked, DocumentReviewed(at=at, document_id="doc-1", document="passport", step_id=step)]
