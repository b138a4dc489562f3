"""What is said of conversations: who reads a post."""

from models.messages.conversation import PostAudience
from texts.i18n import _

POST_AUDIENCES: dict[str, str] = {
    PostAudience.SIDES: _("Both universities"),
    PostAudience.STUDENT: _("Both universities and the student"),
    PostAudience.OFFICE: _("My office only"),
}
"""To choose from."""
POST_READERS: dict[str, str] = {
    PostAudience.SIDES: _("to both universities"),
    PostAudience.STUDENT: _("to both universities and the student"),
    PostAudience.OFFICE: _("within the office"),
}
"""As a post says it."""
