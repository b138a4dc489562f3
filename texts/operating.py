"""What parts of the service and answers of other systems are called, for whoever operates or connects them."""

from models.messages.audit import Part
from texts.i18n import _, _p

NOT_ALLOWED = "address not allowed"
NO_ANSWER = "no answer in time"
TRIED: dict[str, str] = {NOT_ALLOWED: _("address not allowed"), NO_ANSWER: _("no answer in time")}
"""Why an endpoint was not reached, as it is on record; else its status or what failed stands there."""
PARTS: dict[str, str] = {
    Part.WORKFLOWS: _p("audit", "workflows"),
    Part.EVENTS: _p("audit", "events"),
    Part.MAILS: _p("audit", "mails"),
    Part.WEBHOOKS: _p("audit", "webhooks"),
    Part.HOLDINGS: _p("audit", "beds, places and seats"),
    Part.FILES: _p("audit", "files"),
}
"""What an audit compares."""
