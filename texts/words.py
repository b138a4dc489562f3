"""What follows when a stage is through, and what came of a step that nobody answered by a choice."""

from models.vocabulary import Stage
from texts.i18n import _

NEXT: dict[str, str] = {
    Stage.NOMINATION: _("When the nomination is verified, the student hands in the application documents."),
    Stage.DOCUMENTS: _("When all documents are accepted, the sending university decides on the application."),
    Stage.SENDING_APPROVAL: _(
        "With the approval the student gets one of the year's seats, or a place on the waitlist."
    ),
    Stage.SEAT: _("With a seat, the host university decides on the application."),
    Stage.HOST_APPROVAL: _("With the host's approval the student gets an offer."),
    Stage.ACCEPTANCE: _("When the student accepts, visa, insurance, health, housing and places start side by side."),
    Stage.PRE_ARRIVAL: _("When everything above is done, the student confirms the arrival."),
    Stage.ARRIVAL: _("After the arrival: residence registration within 24 hours, orientation, then the rotations."),
    Stage.ROTATIONS: _("When the rotations are evaluated and the hours recorded, the student departs."),
    Stage.DEPARTURE: _("After the departure the conditions of the certificate are checked."),
    Stage.CERTIFICATE: _("With the certificate the exchange is complete."),
}
CAME: dict[str, str] = {
    "cancelled": _("Cancelled"),
}
"""What came of a step that nobody answered by a choice."""
