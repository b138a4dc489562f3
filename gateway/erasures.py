"""Erasing a person's papers and forbidding it: done in the records alone, each once."""

from collections.abc import Callable
from datetime import datetime

from gateway.availability import Availability
from gateway.deadlines import AnswerTime, answered
from gateway.updates import Updates, new_id
from models.catalogue.programme import Programme
from models.people.authorization import Actor
from models.views.own_data import ErasureView
from models.views.retention import RetentionView
from records.erasing import Erasures
from records.erasure_ledger import LEDGER, ErasureLedger
from records.filing import Filing
from records.queries.retention import RetentionLook
from records.retaining import Retention
from records.store.append import MessageWriter


class ErasureOperations:
    """What the programme office does with what must not be kept, and with what must."""

    def __init__(
        self,
        filing: Filing,
        programme: Programme,
        outbox: MessageWriter,
        sending: Updates,
        availability: Availability,
        clock: Callable[[], datetime],
    ) -> None:
        ledger = ErasureLedger(filing.files.store.beside(LEDGER))
        self._records = Erasures(filing.sessions, programme, outbox, filing.files.vault, ledger)
        self._retention = Retention(filing.sessions, programme, outbox, filing.files, ledger)
        self._kept = RetentionLook(filing.sessions, programme)
        self._sending = sending
        self._clock = clock
        self.availability = availability

    async def apply_again(self) -> int:
        """Erase again what a restored copy brought back: keys, and documents with their files; says how many."""
        return await self._records.apply_again() + await self._retention.apply_again(self._clock())

    @answered(AnswerTime.LOOK)
    async def kept(self, exchange_id: str | None, actor: Actor, days: int) -> RetentionView:
        """What goes when: of an exchange, or of all within so many days; see `RetentionLook`."""
        if exchange_id is not None:
            return await self._kept.of(exchange_id, actor, self._clock())
        return await self._kept.all(actor, self._clock(), days)

    @answered(AnswerTime.ACT)
    async def hold(self, exchange_id: str, reason: str, actor: Actor, *, key: str | None = None) -> str:
        """Forbid that anything of the student is erased and tell under which id; see `Erasures.hold`."""
        await self._sending.vouch(actor)
        return await self._records.hold(exchange_id, reason, actor, self._clock(), key or new_id())

    @answered(AnswerTime.ACT)
    async def lift(self, exchange_id: str, hold_id: str, actor: Actor) -> None:
        """End a hold; see `Erasures.lift`."""
        await self._sending.vouch(actor)
        await self._records.lift(exchange_id, hold_id, actor, self._clock())

    @answered(AnswerTime.ACT)
    async def erase(
        self, exchange_id: str, actor: Actor, *, reason: str = "", key: str | None = None
    ) -> tuple[str, ...]:
        """Erase what need not be kept any more and tell for which purposes; see `Erasures.erase`."""
        await self._sending.vouch(actor)
        return await self._records.erase(exchange_id, actor, self._clock(), key or new_id(), reason)

    @answered(AnswerTime.LOOK)
    async def look(self, exchange_id: str, actor: Actor) -> ErasureView:
        """What would be erased now, and what stands against it; see `Erasures.look`."""
        return await self._records.look(exchange_id, actor, self._clock())
