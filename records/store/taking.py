"""What may be taken once: a bed, a place, a seat. Found and written in one transaction, once per key."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Conflict, OutOfStep, Unavailable
from models.events import BedAssigned, PlaceAssigned, SeatTaken
from records.store.append import MessageWriter, Wakers, Writer, append, lock_stream, recorded
from records.store.engine import Sessions, transaction

Taken = TypeVar("Taken", BedAssigned, PlaceAssigned, SeatTaken)
Kept = TypeVar("Kept", str, int)


@dataclass(frozen=True)
class Taking:
    """How the activities take what is scarce."""

    sessions: Sessions
    outbox: MessageWriter
    wakers: Wakers

    async def once(
        self,
        stream: str,
        key: str,
        kind: type[Taken],
        find: Callable[[AsyncSession], Awaitable[Taken | Kept | None]],
        *,
        lost: str = "",
    ) -> Taken | Kept | None:
        """What was taken under the key, or what `find` finds now: an event is written, anything else only answered.

        Raises:
            OutOfStep: the workflow that asks does not know what is on record.
            Unavailable: the database is away or busy, or, with the words of `lost`, somebody else was faster.
        """
        try:
            async with transaction(self.sessions) as session:
                await lock_stream(session, stream)
                if done := await recorded(session, key):
                    taken = next((event for event in done if isinstance(event, kind)), None)
                    if taken is None:
                        raise OutOfStep("records.overtaken", stream=stream)  # something else was recorded under it
                    return taken
                found = await find(session)
                if not isinstance(found, kind):
                    return found
                appended = await append(session, self.outbox, stream, key, (found,), writer=Writer.of(key))
        except Conflict:
            if not lost:
                raise
            raise Unavailable(lost) from None
        self.wakers.after(appended)
        return found
