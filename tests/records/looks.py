"""What people did with a document: asked that it counts, confirmed it, agreed that it goes; and what ends soon."""

from datetime import date, datetime

from models.clearances import ClearanceKind, Covers
from models.events import (
    ClearanceEnding,
    ConsentGiven,
    ConsentNoticeShown,
    ConsentRefused,
    ConsentWithdrawn,
    DocumentReviewed,
    Event,
    OverrideAsked,
    RenewalNotNeeded,
)
from models.people.consents import ConsentTo


def looks(at: datetime, step: str) -> list[Event]:
    """All of it, at a moment."""
    asked = OverrideAsked(at=at, decision_id="o-1", document_id="doc-1", document="passport")
    reviewed = DocumentReviewed(at=at, document_id="doc-1", document="passport", step_id=step)
    return [asked, reviewed, *consents(at)]


def consents(at: datetime) -> list[Event]:
    """A notice that was read, a yes and a no, and the yes taken back."""
    notice = {"notice": "from_united_states_1", "version": 1, "language": "en"}
    said = {"at": at} | notice
    return [
        ConsentNoticeShown.model_validate(said),
        ConsentGiven.model_validate(said | {"consent_id": "c-1.given", "to": (ConsentTo.TRANSFER,)}),
        ConsentRefused.model_validate(said | {"consent_id": "c-1.refused", "to": (ConsentTo.SENSITIVE,)}),
        ConsentWithdrawn.model_validate(said | {"consent_id": "c-2.withdrawn", "to": (ConsentTo.TRANSFER,)}),
    ]


def ends_soon(at: datetime) -> list[Event]:
    """An insurance that ends in the clinic, and is not needed so long after all."""
    through, needed = date(2027, 5, 12), date(2027, 5, 28)
    soon = ClearanceEnding(
        at=at, clearance=ClearanceKind.INSURANCE, covers=Covers.CLINIC, through=through, needed_through=needed
    )
    step = "EX-2027-DAR-001.renew_insurance.1"
    return [soon, RenewalNotNeeded(at=at, step_id=step, documents=("insurance",), needed_through=through)]
