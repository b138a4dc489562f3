"""What documents say: stated, read and judged in the records alone, each version once."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from gateway.availability import Availability
from gateway.deadlines import AnswerTime, answered
from gateway.updates import Updates, new_id
from models.catalogue.programme import Programme
from models.people.authorization import Actor
from models.views.clearances import ClearancesView
from models.views.facts import FactsView, RulesView
from models.views.readings import ReadingView
from records.clearances import Clearances
from records.filing import Filing
from records.readings import Readings
from records.statements import Statements
from records.store.append import MessageWriter


class StatementOperations:
    """What people do with what documents say."""

    def __init__(
        self,
        filing: Filing,
        programme: Programme,
        outbox: MessageWriter,
        sending: Updates,
        availability: Availability,
        clock: Callable[[], datetime],
    ) -> None:
        self._records = Statements(filing.sessions, programme, outbox, filing.sealing)
        self._clearances = Clearances(self._records, programme)
        self._readings = Readings(filing.sessions, programme, filing.sealing)
        self._sending = sending
        self._clock = clock
        self.availability = availability

    @answered(AnswerTime.ACT)
    async def state(
        self, exchange_id: str, document_id: str, said: Mapping[str, Any], actor: Actor, *, key: str | None = None
    ) -> int:
        """Keep a version of what a document says and tell which it is; see `Statements.state`."""
        await self._sending.vouch(actor)
        return await self._records.state(exchange_id, document_id, said, actor, self._clock(), key or new_id())

    @answered(AnswerTime.LOOK)
    async def of(self, exchange_id: str, document_id: str, actor: Actor) -> FactsView:
        """Every version of what a document says; see `Statements.of`."""
        return await self._records.of(exchange_id, document_id, actor, self._clock())

    @answered(AnswerTime.LOOK)
    async def read_of(self, exchange_id: str, document_id: str, actor: Actor) -> ReadingView | None:
        """What a machine read of a document, beside what was typed; see `Readings.of`."""
        return await self._readings.of(exchange_id, document_id, actor, self._clock())

    @answered(AnswerTime.LOOK)
    async def judged(self, exchange_id: str, actor: Actor) -> RulesView:
        """What the rules say of everything that was stated; see `Statements.judged`."""
        return await self._records.judged(exchange_id, actor, self._clock())

    @answered(AnswerTime.LOOK)
    async def clearances(
        self, exchange_id: str, actor: Actor, start: date | None = None, end: date | None = None
    ) -> ClearancesView:
        """Every clearance that a stay needs, on its own days or on others; see `Clearances.of`."""
        return await self._clearances.of(exchange_id, actor, self._clock(), start, end)
