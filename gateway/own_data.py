"""An archive of what is kept about a student: on record in the records alone, then given out as a stream."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime

from gateway.availability import Availability
from gateway.deadlines import AnswerTime, answered
from gateway.updates import Updates, new_id
from models.catalogue.programme import Programme
from models.people.authorization import Actor
from models.views.own_data import OwnDataView
from records.archives import archive, archive_name
from records.filing import Filing
from records.own_data import DataExports
from records.store.append import MessageWriter


@dataclass(frozen=True)
class GivenOut:
    """An archive that may be given out now."""

    name: str
    pieces: AsyncIterator[bytes]


class OwnDataOperations:
    """What students do about what is kept about them."""

    def __init__(
        self,
        filing: Filing,
        programme: Programme,
        outbox: MessageWriter,
        sending: Updates,
        availability: Availability,
        clock: Callable[[], datetime],
    ) -> None:
        self._files = filing.files
        self._programme = programme
        self._records = DataExports(filing.sessions, programme, outbox, filing.sealing)
        self._sending = sending
        self._clock = clock
        self.availability = availability

    @answered(AnswerTime.LOOK)
    async def held(self, exchange_id: str, actor: Actor) -> OwnDataView:
        """How much is kept, and until when; see `DataExports.look`."""
        return await self._records.look(exchange_id, actor, self._clock())

    @answered(AnswerTime.UPLOAD)
    async def export(self, exchange_id: str, actor: Actor, *, key: str | None = None) -> GivenOut:
        """Put on record that the data is given out, and give it out; see `DataExports.begin`.

        The pieces raise `Unavailable` where store or database go away; the archive is whole at their end alone.
        """
        await self._sending.vouch(actor)
        data = await self._records.begin(exchange_id, actor, self._clock(), key or new_id())
        return GivenOut(archive_name(data), archive(data, self._files, self._programme))
