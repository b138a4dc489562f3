"""What documents and findings are called, by their states."""

from models.document_states import DocumentState
from models.reading import ReadOutcome
from models.rules.mrz import ZoneField
from models.vocabulary import Severity
from texts.i18n import _, _p

DOCUMENT_STATES: dict[str, str] = {
    DocumentState.BEING_READ: _("Being read"),
    DocumentState.RECEIVED: _("Received"),
    DocumentState.CONSISTENT: _("Read and consistent"),
    DocumentState.NEEDS_A_PERSON: _("Needs a person"),
    DocumentState.ACCEPTED: _("Accepted"),
    DocumentState.REJECTED: _("Rejected"),
    DocumentState.REPLACED: _("Replaced"),
}
SEVERITIES: dict[str, str] = {
    Severity.BLOCKING: _("Must be mended"),
    Severity.ASKING: _("Needs a person"),
    Severity.WARNING: _("Worth a look"),
    Severity.INFORMING: _("Good to know"),
}
ZONE_FIELDS: dict[str, str] = {
    ZoneField.KIND: _p("passport", "kind of document"),
    ZoneField.ISSUER: _p("passport", "issuing state"),
    ZoneField.NAME: _p("passport", "name"),
    ZoneField.NUMBER: _p("passport", "number"),
    ZoneField.NATIONALITY: _p("passport", "nationality"),
    ZoneField.BIRTH_DATE: _p("passport", "date of birth"),
    ZoneField.SEX: _p("passport", "sex"),
    ZoneField.EXPIRES_ON: _p("passport", "date of expiry"),
    ZoneField.OPTIONAL: _p("passport", "optional data"),
}
"""What a passport's machine-readable zone says."""
MISSING_SIGNS: dict[str, str] = {
    "issuer": _p("document", "who issued it"),
    "dates": _p("document", "dates"),
}
"""What a document of its kind has, and was not found on it."""
READ_OUTCOMES: dict[str, str] = {
    ReadOutcome.READ: _p("document", "there is text on it"),
    ReadOutcome.NOTHING: _p("document", "nothing legible is on it"),
    ReadOutcome.BEYOND_LIMITS: _p("document", "it takes more time or memory than a document may"),
    ReadOutcome.DAMAGED: _p("document", "it is damaged, or asks for a password"),
    ReadOutcome.NO_READER: _p("document", "nothing that reads pictures is installed here; a person reads it"),
}
