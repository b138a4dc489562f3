"""Why a clearance of a stay does not hold, in words."""

from models.clearances import ClearanceReason
from texts.names import Names
from texts.refusals import refusal


def because(names: Names, reason: ClearanceReason) -> str:
    """Why a clearance does not hold, with the document that it is about."""
    said = refusal(reason.finding, names.language, names.programme)
    if not reason.document or "kind" in reason.finding.params:
        return said
    return names.pair(names.document(reason.document), said)
