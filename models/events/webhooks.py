"""What was changed about the connections to other systems."""

from typing import Literal

from models.events.base import Fact, _
from models.wire import Id


class EndpointChanged(Fact):
    """An endpoint was added, changed, given another secret or removed."""

    kind: Literal["endpoint_changed"] = "endpoint_changed"
    title = _("Endpoint changed")
    endpoint_id: Id
    institution: Id
    what: Literal["added", "changed", "rotated", "disabled", "removed"]
