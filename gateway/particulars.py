"""Housing and emergency cards: kept in the records alone, each version once."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

from gateway.availability import Availability
from gateway.cards import card_pdf
from gateway.deadlines import AnswerTime, answered
from gateway.updates import Updates, new_id
from models.catalogue.programme import Programme
from models.errors import Conflict, NotOpen, Unknown
from models.identifiers import exchange_of, kind_of
from models.messages.exchange import Decide, Decided, ReportDeparture
from models.people.authorization import Actor
from models.people.particulars import SETTLING, ParticularKind
from models.views.particulars import CardView, ParticularsView, StayList
from models.vocabulary import StepKind
from models.wire import Form
from records.directory import StayDirectory
from records.particulars import Particulars
from records.store.append import MessageWriter
from records.store.engine import Sessions

SETTLED = "settled"
"""The answer to the step for keys and deposit that says nothing is open any more."""


class ParticularOperations:
    """What people do with forms about daily life."""

    def __init__(
        self,
        sessions: Sessions,
        programme: Programme,
        outbox: MessageWriter,
        sending: Updates,
        availability: Availability,
        clock: Callable[[], datetime],
    ) -> None:
        self._records = Particulars(sessions, programme, outbox)
        self._directory = StayDirectory(sessions)
        self._programme = programme
        self._sending = sending
        self._clock = clock
        self.availability = availability

    @answered(AnswerTime.ACT)
    async def keep(
        self, exchange_id: str, kind: ParticularKind, form: Form | None, actor: Actor, *, key: str | None = None
    ) -> int:
        """Keep a version of a form and say which it is; see `Particulars.keep`."""
        await self._sending.vouch(actor)
        key = key or new_id()
        version = await self._records.keep(exchange_id, kind, form, actor, self._clock(), key)
        if kind in SETTLING and (step := await self._records.settling_step(exchange_id)) is not None:
            await self._settle(exchange_id, step, actor, key)
        return version

    async def _settle(self, exchange_id: str, step: str, actor: Actor, key: str) -> None:
        """Answer the step for keys and deposit, of which nothing is open any more; who was faster has answered it."""
        answer = Decide(decision_id=f"{key}.{SETTLED}", step_id=step, outcome=SETTLED, actor=actor)
        with suppress(NotOpen):
            await self._sending.to_exchange(exchange_id, "decide", answer, Decided)

    @answered(AnswerTime.LOOK)
    async def of(self, exchange_id: str, actor: Actor) -> ParticularsView:
        """Housing of a student; see `Particulars.of`."""
        return await self._records.of(exchange_id, actor)

    @answered(AnswerTime.LOOK)
    async def card(self, exchange_id: str, actor: Actor) -> CardView | None:
        """The emergency card, once the look is on record; see `Particulars.card`."""
        return await self._records.card(exchange_id, actor, self._clock())

    @answered(AnswerTime.LOOK)
    async def may_open_card(self, exchange_id: str, actor: Actor) -> bool:
        """Whether there is a card that this person may be shown."""
        return await self._records.may_open_card(exchange_id, actor)

    @answered(AnswerTime.LOOK)
    async def card_is_asked_for(self, exchange_id: str) -> bool:
        """Whether the student is asked for the card; see `Particulars.card_is_asked_for`."""
        return await self._records.card_is_asked_for(exchange_id)

    @answered(AnswerTime.LOOK)
    async def directory(
        self,
        actor: Actor,
        *,
        unit: str = "",
        arriving_from: date | None = None,
        arriving_to: date | None = None,
        open_only: bool = False,
    ) -> StayList:
        """Who is here now, or arrives in these days; see `StayDirectory.rows`."""
        return await self._directory.rows(actor, unit=unit, arriving=(arriving_from, arriving_to), open_only=open_only)

    @answered(AnswerTime.LOOK)
    async def card_pdf(self, exchange_id: str, actor: Actor, language: str, fonts: tuple[Path, ...] = ()) -> bytes:
        """The emergency card to print, in a language; the look is on record.

        Raises:
            Unknown: there is none, or it is not for them to see.
            Broken: a character is in none of the fonts.
        """
        view = await self._records.card(exchange_id, actor, self._clock())
        if view is None:
            raise Unknown("card.unknown")
        return await asyncio.to_thread(card_pdf, view, self._programme, language, self._clock(), fonts)

    async def require_ready(self, decision: Decide) -> None:
        """That the records have what an answer rests on: an address before the journey, nothing open once settled.

        Raises:
            Conflict: they have it not (D34).
        """
        exchange_id = exchange_of(decision.step_id)
        match kind_of(decision.step_id):
            case StepKind.CONFIRM_ARRIVAL:
                await self._records.require_address(exchange_id, decision.actor)
            case StepKind.SETTLE_HOUSING if decision.outcome == SETTLED:
                if await self._records.unsettled(exchange_id):
                    raise Conflict("housing.unsettled", "outcome")

    async def checked_out(self, exchange_id: str, report: ReportDeparture) -> ReportDeparture:
        """The departure with what is open of keys and deposit; where the host demands it, after the inspection (D34).

        Raises:
            Conflict: the inspection is demanded, and none is on record.
        """
        await self._records.require_inspection(exchange_id, report.actor)
        return report.model_copy(update={"unsettled": await self._records.unsettled(exchange_id)})
