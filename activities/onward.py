"""The exchange at a second host: begun with the records, and what is on record of the change it hangs on (D38)."""

from collections.abc import Callable
from datetime import datetime

from temporalio import activity

from models.catalogue.programme import Programme
from models.messages.onward import FirstStay, LookAtFirst, OnwardOpened, OpenOnward
from records.onward import first_stay, open_onward
from records.store.engine import Sessions, transaction


class OnwardStays:
    """Begins exchanges at second hosts. Safe to repeat: one change begins one exchange."""

    def __init__(self, sessions: Sessions, programme: Programme, wall: Callable[[], datetime]) -> None:
        """`wall` is the clock by which acts are sent."""
        self._wall = wall
        self._sessions = sessions
        self._programme = programme

    @activity.defn
    async def open_onward(self, request: OpenOnward) -> OnwardOpened:
        """Have the exchange at the second host nominated, or say what that host has answered.

        Raises:
            Unknown: there is no such exchange.
            Unavailable: the database is away or busy.
        """
        async with transaction(self._sessions) as session:
            return await open_onward(session, self._programme, request, self._wall())

    @activity.defn
    async def look_at_first(self, request: LookAtFirst) -> FirstStay:
        """What became of the change that an exchange at a second host hangs on.

        Raises:
            Unavailable: the database is away or busy.
        """
        async with transaction(self._sessions) as session:
            return await first_stay(session, request.exchange_id, request.continues)
