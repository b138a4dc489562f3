"""What happened to a suspension as a whole; its stream is the suspension's id."""

from typing import Literal

from models.events.base import Fact
from models.messages.suspensions import Coverage, SuspensionReason
from models.wire import Id, Moment


class SuspensionBegan(Fact):
    """Exchanges are to be suspended."""

    kind: Literal["suspension_began"] = "suspension_began"
    suspension_id: Id
    coverage: Coverage
    reason: SuspensionReason
    since: Moment


class ExchangeExempted(Fact):
    """One exchange was taken out of a suspension."""

    kind: Literal["exchange_exempted"] = "exchange_exempted"
    suspension_id: Id
    exchange_id: Id


class SuspensionEnded(Fact):
    """A suspension ended: exchanges go on."""

    kind: Literal["suspension_ended"] = "suspension_ended"
    suspension_id: Id
    until: Moment
