"""The nightly look at what need not be kept any more."""

from temporalio import activity

from models.messages.retention import RetentionAnswer
from models.wire import Moment
from records.retaining import Retention


class Retaining:
    """Erases documents whose time is over."""

    def __init__(self, retention: Retention) -> None:
        self._retention = retention

    @activity.defn
    async def erase_due(self, now: Moment) -> RetentionAnswer:
        """Erase everything that no rule keeps any more; what is done twice is done once.

        Raises:
            Unavailable: the database, the ledger or the store is away.
        """
        return await self._retention.erase_due(now, activity.heartbeat)
