"""A change of a verified exchange, applied in one transaction: all that it takes and gives back, or nothing (D39)."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.housing import Housing
from activities.placement import Placement
from models.errors import Conflict, Unavailable, Unknown
from models.events import (
    BedAssigned,
    ChangeApplied,
    DocumentReturned,
    Event,
    PlaceAssigned,
    PlaceReleased,
    SeatAnswered,
)
from models.identifiers import exchange_workflow_id
from models.messages.changes import ApplyChange, ChangeAnswer, PlaceOfBlock
from models.messages.contracts import AssignBed, AssignPlace, BedMove
from models.messages.plan import Plan
from models.rules.impact import to_collect_anew
from models.tables import ExchangeRow
from models.vocabulary import Stage
from records.changes import accepted_papers, supervisors_of
from records.intakes import NoSeat, move_seat, take_seat
from records.onward import apart, linked_stays
from records.store.append import Appended, MessageWriter, Wakers, Writer, append, lock_stream, recorded
from records.store.engine import Sessions, transaction

BED, SEAT, SECOND_HOST = "bed", "seat", "second_host"
"""What is lacking where no bed is free for every night, no seat of the other intake or at the second host, or where two
stays of one journey do not lie one after the other any more."""


class _Lacking(Exception):
    """Something that the plan needs is not to be had: the transaction is left, and nothing was written."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Changes:
    """Applies changes. Safe to repeat: by key, and because a change is applied once."""

    def __init__(
        self, sessions: Sessions, housing: Housing, placement: Placement, outbox: MessageWriter, wakers: Wakers
    ) -> None:
        self._sessions = sessions
        self._housing = housing
        self._placement = placement
        self._outbox = outbox
        self._wakers = wakers

    @activity.defn
    async def apply_change(self, request: ApplyChange) -> ChangeAnswer:
        """Take the bed's nights and the places that the plan needs, record it, and give back what it does not need.

        One transaction: what is free is decided under the locks of the host, and where anything is lacking nothing is
        written. Documents that do not cover the plan count no more from the same moment on.

        Raises:
            Unknown: there is no such exchange.
            OutOfStep: the workflow does not know what is on record.
            Unavailable: the database is away or busy, or somebody else was faster; asking again decides anew.
        """
        seats: Iterable[Appended] = ()
        try:
            async with transaction(self._sessions) as session:
                await lock_stream(session, request.exchange_id)
                if done := await recorded(session, request.key):
                    return _answer(done)
                seat, seats = await self._seat(session, request)
                seats = (*seats, *await self._onward(session, request))
                events = await self._events(session, request, seat)
                writer = Writer.of(request.key)
                appended = await append(session, self._outbox, request.exchange_id, request.key, events, writer=writer)
        except _Lacking as lacking:
            return ChangeAnswer(lacking=lacking.what)
        except Conflict:
            raise Unavailable("change.taken_meanwhile") from None
        for one in (*seats, appended):
            self._wakers.after(one)
        return _answer(appended.events)

    async def _seat(self, session: AsyncSession, request: ApplyChange) -> tuple[int | None, Iterable[Appended]]:
        """The seat of another intake, where the plan belongs to one; first of all, as cohorts take theirs (D4)."""
        exchange_id, before, after = request.exchange_id, request.before, request.plan
        try:
            return await move_seat(session, self._outbox, exchange_id, before, after, request.at)
        except NoSeat:
            raise _Lacking(SEAT) from None

    async def _onward(self, session: AsyncSession, request: ApplyChange) -> Iterable[Appended]:
        """The seat of the stay that goes on from this one, which is still to come about (D38)."""
        for other in await linked_stays(session, request.exchange_id):
            if not apart(request.plan, other, request.policy):
                raise _Lacking(SECOND_HOST)
        if request.onward is None:
            return ()
        await lock_stream(session, request.onward)
        row = await session.get(ExchangeRow, request.onward)
        if row is None or row.outcome is not None:
            raise _Lacking(SECOND_HOST)
        try:
            cohort = Plan.model_validate(row.plan).cohort
            return (await take_seat(session, self._outbox, request.onward, cohort, request.at),)
        except NoSeat:
            raise _Lacking(SEAT) from None

    async def _events(self, session: AsyncSession, request: ApplyChange, seat: int | None) -> list[Event]:
        """What is taken first, then the plan, then what is given back and no longer counts."""
        exchange = await _exchange(session, request.exchange_id)
        held = exchange.bed_id
        bed = await self._bed(session, request) if held is not None else None
        places = await self._places(session, request)
        papers = await accepted_papers(session, request.exchange_id)
        anew = to_collect_anew(request.before, request.plan, papers, request.policy, arrived=request.arrived)
        applied = ChangeApplied(
            at=request.at,
            actor=request.actor,
            note_id=request.note_id,
            change_id=request.change_id,
            change=request.change,
            version=request.version,
            before=request.before,
            plan=request.plan,
            places=request.places,
            bed_id=bed.bed_id if isinstance(bed, BedAssigned) else bed,
            bed_before=held,
            seat=seat,
            replan=request.replan,
            onward=request.onward,
            collected_anew=tuple(paper.kind for paper in anew),
        )
        returned = [
            DocumentReturned(at=request.at, actor=request.actor, document_id=paper.document_id, document=paper.kind)
            for paper in anew
        ]
        taken: list[Event] = [bed] if isinstance(bed, BedAssigned) else []
        if seat is not None and exchange.stage is Stage.SEAT:  # it waited for one
            taken.append(SeatAnswered(at=request.at, answer="granted", seat=seat))
        return [*_given_back(request), *places, *taken, applied, *returned]

    async def _bed(self, session: AsyncSession, request: ApplyChange) -> BedAssigned | str | None:
        """The bed for the nights of the plan: the one held where it is free for them, else the best that is."""
        before, after = request.before, request.plan
        if (before.start, before.end) == (after.start, after.end):
            return None
        wanted = AssignBed(
            key=request.key,
            exchange_id=request.exchange_id,
            host=after.host,
            first_night=max(after.start, request.today) if request.arrived else after.start,
            last_night=after.end - timedelta(days=1),
            at=request.at,
            move=_nights_to_come(request) if request.arrived else None,
        )
        found = await self._housing.find(session, wanted)
        if found is None:
            raise _Lacking(BED)
        return found

    async def _places(self, session: AsyncSession, request: ApplyChange) -> list[PlaceAssigned]:
        """Places on other days or in other units; who only works fewer days keeps the place and the supervisor."""
        held = {place.placement_id: place for place in request.places_before}
        moved = [place for place in request.places if held.get(place.placement_id) != place]
        if not moved:
            return []
        await lock_stream(session, f"places/{request.plan.host}")
        supervisors = await supervisors_of(session, request.exchange_id)
        shrunk = [place for place in moved if _is_within(place, held.get(place.placement_id))]
        kept = [_assigned(request, place, supervisors.get(place.placement_id, "")) for place in shrunk]
        found = [await self._place(session, request, place) for place in moved if place not in shrunk]
        return [*kept, *found]

    async def _place(self, session: AsyncSession, request: ApplyChange, place: PlaceOfBlock) -> PlaceAssigned:
        wanted = AssignPlace(
            key=request.key,
            exchange_id=request.exchange_id,
            placement_id=place.placement_id,
            host=request.plan.host,
            content=place.block.content,
            preferences=(),
            start=place.block.start,
            end=place.block.end,
            only=place.unit_id,
            supervisor=place.supervisor,
            besides=tuple(held.placement_id for held in request.places_before),
            replanned=True,
            at=request.at,
        )
        found = await self._placement.find(session, wanted)
        if not isinstance(found, PlaceAssigned):
            raise _Lacking(place.unit_id)
        return found


def _nights_to_come(request: ApplyChange) -> BedMove:
    """Nights that were slept stay where they were."""
    return BedMove(
        decision_id=request.change_id,
        actor=request.actor,
        note_id=request.note_id,
        workflow_id=exchange_workflow_id(request.exchange_id),
    )


async def _exchange(session: AsyncSession, exchange_id: str) -> ExchangeRow:
    exchange = await session.get(ExchangeRow, exchange_id)
    if exchange is None:
        raise Unknown("exchange.unknown", exchange=exchange_id)
    return exchange


def _is_within(place: PlaceOfBlock, held: PlaceOfBlock | None) -> bool:
    """Whether a place is worked on fewer days than it is held."""
    if held is None or held.unit_id != place.unit_id:
        return False
    return held.block.start <= place.block.start and place.block.end <= held.block.end


def _assigned(request: ApplyChange, place: PlaceOfBlock, supervisor: str) -> PlaceAssigned:
    return PlaceAssigned(
        at=request.at,
        placement_id=place.placement_id,
        content=place.block.content,
        unit_id=place.unit_id,
        start=place.block.start,
        end=place.block.end,
        supervisor=supervisor,
    )


def _given_back(request: ApplyChange) -> Iterable[PlaceReleased]:
    """Places that the plan does not have any more; of one that is worked already, the days to come."""
    kept = {place.placement_id for place in request.places}
    for place in request.places_before:
        if place.placement_id not in kept:
            begun = place.block.start <= request.today
            from_day = request.today + timedelta(days=1) if begun else None
            yield PlaceReleased(at=request.at, actor=request.actor, placement_id=place.placement_id, from_day=from_day)


def _answer(events: Iterable[Event]) -> ChangeAnswer:
    applied = next(event for event in events if isinstance(event, ChangeApplied))
    returned = {event.document: event.document_id for event in events if isinstance(event, DocumentReturned)}
    return ChangeAnswer(
        bed_id=applied.bed_id, bed_before=applied.bed_before, seat=applied.seat, collected_anew=returned
    )
