"""What is claimed at once for the last places, beds and seats, as a worker claims it."""

from collections.abc import Callable, Coroutine
from datetime import UTC, date, datetime, timedelta
from typing import Any

from activities.changes import Changes
from activities.housing import Housing
from activities.placement import Placement
from activities.seats import Seats
from models.catalogue.loading import load_programme
from models.errors import Unavailable
from models.messages.changes import ApplyChange, PlaceOfBlock, UnitChange
from models.messages.contracts import AssignBed, AssignPlace, TakeSeat
from models.messages.plan import Plan, PlannedContent
from models.people.authorization import CLOCK
from models.vocabulary import Content, Direction, Level
from records.store.append import NoOutbox, Wakers
from records.store.engine import Sessions

HOST, SENDING, YEAR, SEATS = "cqmu", "dartmouth", 2027, 10
COHORT = f"{YEAR}-incoming-{SENDING}-{HOST}"
START, END = date(2027, 3, 1), date(2027, 5, 28)
NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
KINDS = ("place", "bed", "seat")
WANTED, MORE = "cqmu-lipid", 3
"""The unit to which everybody wants to change once it has so many places more."""
Job = tuple[str, str, str]
"""What is claimed, for which exchange, and the unit that it holds, for a change to another."""


class Claiming:
    """The activities that take what is scarce, as a worker has them, on an engine of its own."""

    def __init__(self, sessions: Sessions) -> None:
        programme = load_programme(None)
        wakers, outbox = Wakers(_NoWaker()), NoOutbox()
        self._policy = programme.policy
        self._housing = Housing(sessions, programme, outbox, wakers)
        self._placement = Placement(sessions, programme, outbox, wakers)
        self._seats = Seats(sessions, outbox, wakers)
        self._changes = Changes(sessions, self._housing, self._placement, outbox, wakers)
        self.asked_again = 0

    async def claim(self, kind: str, exchange: str, held: str = "") -> str | int | None:
        """What an exchange gets of a kind; asked again while somebody else is faster, as Temporal would."""
        while True:
            try:
                return await (self._swap(exchange, held) if kind == "swap" else self._claims[kind](exchange))
            except Unavailable:
                self.asked_again += 1

    @property
    def _claims(self) -> dict[str, Callable[[str], Coroutine[Any, Any, str | int | None]]]:
        return {"place": self._place, "bed": self._bed, "seat": self._seat}

    async def _place(self, exchange: str) -> str | None:
        request = AssignPlace(
            key=f"{exchange}:1",
            exchange_id=exchange,
            placement_id=f"{exchange}.laboratory.1",
            host=HOST,
            content=Content.LABORATORY,
            preferences=("cqmu-lipid",),
            start=START,
            end=END,
            at=NOW,
        )
        return (await self._placement.assign_place(request)).unit_id

    async def _bed(self, exchange: str) -> str | None:
        last = END - timedelta(days=1)
        request = AssignBed(
            key=f"{exchange}:2", exchange_id=exchange, host=HOST, first_night=START, last_night=last, at=NOW
        )
        return (await self._housing.assign_bed(request)).bed_id

    async def _seat(self, exchange: str) -> int | None:
        request = TakeSeat(key=f"seat-{exchange}", cohort_id=COHORT, exchange_id=exchange, at=NOW)
        return (await self._seats.take_seat(request)).seat

    async def _swap(self, exchange: str, held: str) -> str | None:
        """The change of an exchange to the wanted unit, applied whole or not at all."""
        placement, plan = f"{exchange}.laboratory.1", plan_of_all()
        before, after = (
            PlaceOfBlock(placement_id=placement, unit_id=unit, block=plan.contents[0]) for unit in (held, WANTED)
        )
        request = ApplyChange(
            key=f"{exchange}:3",
            exchange_id=exchange,
            change_id=f"change-{exchange}",
            actor=CLOCK,
            change=UnitChange(placement_id=placement, unit_id=WANTED, from_day=START),
            version=2,
            before=plan,
            plan=plan,
            places_before=(before,),
            places=(after,),
            today=NOW.date(),
            policy=self._policy,
            at=NOW,
        )
        return None if (await self._changes.apply_change(request)).lacking else WANTED


class _NoWaker:
    def wake(self) -> None:
        """Nobody sends anything here."""


def plan_of_all() -> Plan:
    """What every student is nominated for: a laboratory for the whole stay."""
    return Plan(
        direction=Direction.INCOMING,
        sending=SENDING,
        host=HOST,
        year=YEAR,
        level=Level.PHD,
        discipline="phd.clinical-medicine",
        start=START,
        end=END,
        contents=(PlannedContent(content=Content.LABORATORY, start=START, end=END),),
    )
