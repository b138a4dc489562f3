"""That an exchange goes by another set of rules than it was nominated under."""

from typing import Literal

from models.events.base import Fact, _
from models.wire import Id


class RulesMoved(Fact):
    """The exchange goes by a newer set of rules from now on."""

    kind: Literal["rules_moved"] = "rules_moved"
    title = _("Moved to newer rules")
    decision_id: Id
    from_version: str
    to_version: str
