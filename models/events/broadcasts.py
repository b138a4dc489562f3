"""Messages to many; the stream is `broadcast:` and the message's id. What it says is kept beside the log."""

from typing import Literal

from models.events.base import Fact, _
from models.wire import Id


class BroadcastWritten(Fact):
    """An office wrote to many students."""

    kind: Literal["broadcast_written"] = "broadcast_written"
    title = _("Message to many written")
    broadcast_id: Id
    audience: str
    """How they were chosen: an `AudienceKind`."""
    recipients: int
    unreachable: int
