"""What may be taken once: a bed, a place, a seat. Found and written in one transaction, once per key."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Conflict, KeyReused, OutOfStep, Unavailable
from models.events import BedAssigned, Event, PlaceAssigned, SeatTaken
from models.idempotency import fingerprint, is_repeated
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
        wanted: Mapping[str, Any],
        find: Callable[[AsyncSession], Awaitable[Taken | Kept | None]],
        *,
        lost: str = "",
        done: Callable[[AsyncSession], Awaitable[None]] | None = None,
    ) -> Taken | Kept | None:
        """What was taken under the key, or what `find` finds now: an event is written, anything else only answered.

        `wanted` are the fields of the event that the request settles; `None` where any will do. `done` is written with
        the event, in its transaction.

        Raises:
            OutOfStep: something else was taken or recorded under the key. Keys are a workflow's own, so it does not
                know what is on record: it reads the records instead of being refused.
            Unavailable: the database is away or busy, or, with the words of `lost`, somebody else was faster.
        """
        try:
            async with transaction(self.sessions) as session:
                await lock_stream(session, stream)
                if taken := _taken(await recorded(session, key), kind, wanted):
                    return taken
                found = await find(session)
                if not isinstance(found, kind):
                    return found
                appended = await append(session, self.outbox, stream, key, (found,), writer=Writer.of(key))
                if done is not None:
                    await done(session)
        except KeyReused:
            raise OutOfStep("records.overtaken", stream=stream) from None
        except Conflict:
            if not lost:
                raise
            raise Unavailable(lost) from None
        self.wakers.after(appended)
        return found


def _taken(done: tuple[Event, ...], kind: type[Taken], wanted: Mapping[str, Any]) -> Taken | None:
    """What was taken before, by the batch that is recorded under the key.

    Raises:
        KeyReused: the batch is of something else.
    """
    taken = next((event for event in done if isinstance(event, kind)), None)
    settled = {name: value for name, value in wanted.items() if value is not None}
    said = {name: getattr(taken, name, None) for name in settled}
    is_repeated(fingerprint(said).value if done else None, fingerprint(settled))
    return taken
