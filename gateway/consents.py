"""Consents to sending papers abroad: shown, answered and taken back in the records alone, each once."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from gateway.availability import Availability
from gateway.deadlines import AnswerTime, answered
from gateway.updates import Updates, new_id
from models.catalogue.programme import Programme
from models.people.authorization import Actor
from models.people.consents import ConsentTo
from models.views.consents import ConsentView
from records.consents import Consents, OnPaper
from records.store.append import MessageWriter, Waker
from records.store.engine import Sessions


class ConsentOperations:
    """What students answer, and what offices enter for them."""

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
        self._records = Consents(sessions, programme, outbox)
        self._sending = sending
        self._clock = clock
        self._waker = waker
        self.availability = availability

    @answered(AnswerTime.LOOK)
    async def look(self, exchange_id: str, actor: Actor) -> ConsentView | None:
        """How an exchange stands with consents; see `Consents.look`."""
        return await self._records.look(exchange_id, actor, self._clock())

    @answered(AnswerTime.LOOK)
    async def show(self, exchange_id: str, actor: Actor, language: str) -> ConsentView | None:
        """The notice, once it is on record that the student was shown it; see `Consents.show`."""
        return await self._records.show(exchange_id, language, actor, self._clock())

    @answered(AnswerTime.ACT)
    async def answer(
        self,
        exchange_id: str,
        said: Mapping[ConsentTo, bool],
        actor: Actor,
        *,
        notice: str,
        language: str,
        key: str | None = None,
    ) -> ConsentView:
        """Keep what the student answers to a notice; see `Consents.answer`."""
        await self._sending.vouch(actor)
        view = await self._records.answer(exchange_id, said, notice, language, actor, self._clock(), key or new_id())
        self._wake_for(said)
        return view

    @answered(AnswerTime.ACT)
    async def record_paper(
        self,
        exchange_id: str,
        said: Mapping[ConsentTo, bool],
        actor: Actor,
        *,
        on: date,
        reference: str,
        language: str,
        key: str | None = None,
    ) -> ConsentView:
        """Enter what the student answered on paper, under the notice that holds; see `Consents.answer`."""
        await self._sending.vouch(actor)
        paper = OnPaper(on, reference)
        now = self._clock()
        view = await self._records.answer(exchange_id, said, "", language, actor, now, key or new_id(), paper=paper)
        self._wake_for(said)
        return view

    def _wake_for(self, said: Mapping[ConsentTo, bool]) -> None:
        if not all(said.values()):  # only what is taken back is mailed
            self._waker.wake()
