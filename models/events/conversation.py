"""That somebody wrote about an exchange. What they wrote is sealed, and only in the records."""

from typing import Literal

from models.events.base import Fact, _
from models.messages.conversation import PostAudience
from models.wire import Id


class PostWritten(Fact):
    """Somebody wrote to others of the exchange, or asked them something."""

    kind: Literal["post_written"] = "post_written"
    title = _("Written in the conversation")
    once = ("post_id",)
    post_id: Id
    audience: PostAudience
    about_step: Id | None = None
    asks: bool = False
    answers: Id | None = None
    """The post that it replies to."""
    by_mail: bool = False
