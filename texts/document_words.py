"""What documents and findings are called, by their states."""

from models.vocabulary import DocumentStatus, Severity
from texts.i18n import _

DOCUMENT_STATES: dict[str, str] = {
    DocumentStatus.FILED: _("Being checked"),
    DocumentStatus.SUBMITTED: _("Handed in"),
    DocumentStatus.ACCEPTED: _("Accepted"),
    DocumentStatus.REJECTED: _("Needs replacing"),
    DocumentStatus.REPLACED: _("Replaced"),
}
SEVERITIES: dict[str, str] = {
    Severity.BLOCKING: _("Must be mended"),
    Severity.ASKING: _("Needs a person"),
    Severity.WARNING: _("Worth a look"),
    Severity.INFORMING: _("Good to know"),
}
