"""Having somebody reminded of a step; in the records alone, with its mail."""

from collections.abc import Callable
from datetime import datetime

from gateway.availability import Availability
from gateway.deadlines import AnswerTime, answered
from gateway.updates import Updates, new_id
from mail.reminding import Reminded, Reminding
from models.catalogue.programme import Programme
from models.people.authorization import Actor
from records.store.append import MessageWriter, Waker
from records.store.engine import Sessions


class ReminderOperations:
    """Reminders on request."""

    def __init__(
        self,
        sessions: Sessions,
        programme: Programme,
        outbox: MessageWriter,
        sending: Updates,
        availability: Availability,
        clock: Callable[[], datetime],
        waker: Waker,
    ) -> None:
        self._records = Reminding(sessions, programme, outbox, waker)
        self._sending = sending
        self._clock = clock
        self.availability = availability

    @answered(AnswerTime.ACT)
    async def remind(self, step_id: str, actor: Actor, *, key: str | None = None) -> Reminded:
        """Have the owner of a step reminded; see `Reminding.remind`."""
        await self._sending.vouch(actor)
        return await self._records.remind(step_id, actor, self._clock(), key or new_id())
