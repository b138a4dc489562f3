"""What a cohort's workflow is rebuilt from: its seats and waitlist, and what exchanges may not have heard of them."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.events import EVENT, ChangeRequested, CohortReplanned, StageEntered
from models.messages.cohorts import RememberCohort, RememberedCohort, SeatHeld, SeatNews, SeatRequest, Unmoved, Untold
from models.messages.exchange import Plan
from models.messages.replans import ReplanCohort, told_of
from models.tables import CohortRow, EventRow, ExchangeRow, HeadRow, SeatRow, WaitlistRow
from models.vocabulary import Outcome, Stage
from records.remembering import acts_of

SEAT_IS_USED = frozenset({Outcome.COMPLETED, Outcome.ENDED_EARLY_JUSTIFIED, Outcome.ENDED_EARLY_UNJUSTIFIED})
_STAGE = StageEntered.model_fields["kind"].default
_REPLANNED = CohortReplanned.model_fields["kind"].default
_ASKED = ChangeRequested.model_fields["kind"].default


async def remembered_cohort(session: AsyncSession, request: RememberCohort) -> RememberedCohort:
    """The cohort as it is on record; an empty answer where nothing is."""
    cohort = await session.get(CohortRow, request.cohort_id)
    head = await session.get(HeadRow, request.workflow_id)
    if cohort is None:
        return RememberedCohort()
    seats = await _seats(session, request.cohort_id)
    waiting = await _waiting(session, request.cohort_id)
    last = await session.scalar(select(func.max(EventRow.at)).where(EventRow.stream == request.cohort_id))
    return RememberedCohort(
        revision=head.revision if head is not None else 0,
        opened=True,
        cap=cohort.cap,
        seats=tuple(SeatHeld(exchange_id=by.id, seat=seat.number, held=seat.held) for seat, by in seats),
        waitlist=tuple([await _request(session, exchange) for _, exchange in waiting]),
        closed=cohort.closed_below_minimum or (last is not None and last > cohort.closes_at),
        acts={act.key: act.asked for act in await acts_of(session, request.workflow_id)},
        left=tuple(exchange.id for _, exchange in (*seats, *waiting) if _has_left(exchange)),
        unmoved=await _unmoved(session, request.cohort_id),
        untold=(*_untold_seats(seats), *_untold_places(waiting)),
        elsewhere=await _elsewhere(session, cohort),
    )


async def _elsewhere(session: AsyncSession, cohort: CohortRow) -> tuple[str, ...]:
    """Who has a seat in another intake: one that was deferred may have asked for one here before."""
    others = (CohortRow.sending_id == cohort.sending_id, CohortRow.host_id == cohort.host_id)
    query = (
        select(SeatRow.exchange_id)
        .join(CohortRow, CohortRow.id == SeatRow.cohort_id)
        .where(*others, CohortRow.id != cohort.id, SeatRow.exchange_id.is_not(None))
        .order_by(SeatRow.exchange_id)
    )
    return tuple([one for one in await session.scalars(query) if one is not None])


async def _seats(session: AsyncSession, cohort_id: str) -> list[tuple[SeatRow, ExchangeRow]]:
    query = select(SeatRow, ExchangeRow).join(ExchangeRow, ExchangeRow.id == SeatRow.exchange_id)
    rows = await session.execute(query.where(SeatRow.cohort_id == cohort_id).order_by(SeatRow.number))
    return [(row[0], row[1]) for row in rows]


async def _waiting(session: AsyncSession, cohort_id: str) -> list[tuple[WaitlistRow, ExchangeRow]]:
    query = select(WaitlistRow, ExchangeRow).join(ExchangeRow, ExchangeRow.id == WaitlistRow.exchange_id)
    rows = await session.execute(query.where(WaitlistRow.cohort_id == cohort_id).order_by(WaitlistRow.position))
    return [(row[0], row[1]) for row in rows]


async def _request(session: AsyncSession, exchange: ExchangeRow) -> SeatRequest:
    """What an exchange had asked: by its rank, and since it entered the stage."""
    entered = await session.execute(
        select(EventRow.at, EventRow.payload)
        .where(EventRow.stream == exchange.id, EventRow.kind == _STAGE)
        .order_by(EventRow.seq.desc())
    )
    since = next((at for at, payload in entered if payload.get("stage") == Stage.SEAT), exchange.opened_at)
    return SeatRequest(exchange_id=exchange.id, rank=Plan.model_validate(exchange.plan).rank, requested_at=since)


async def _unmoved(session: AsyncSession, cohort_id: str) -> tuple[Unmoved, ...]:
    """Exchanges that a re-planning is for and that have not put on record that they heard of it."""
    found: list[Unmoved] = []
    for event in await replannings(session, cohort_id):
        heard = select(EventRow.stream).where(
            EventRow.kind == _ASKED, EventRow.payload["change_id"].as_string() == event.replan_id
        )
        waiting = select(ExchangeRow.id).where(
            ExchangeRow.id.in_(event.exchange_ids), ExchangeRow.closed_at.is_(None), ExchangeRow.id.not_in(heard)
        )
        left = set(await session.scalars(waiting))
        asked = ReplanCohort(
            decision_id=event.replan_id,
            actor=event.actor,
            replanning=event.replanning,
            exchanges=event.exchange_ids,
        )
        found += [Unmoved(exchange_id=one, told=told_of(asked, one)) for one in event.exchange_ids if one in left]
    return tuple(found)


async def replannings(session: AsyncSession, cohort_id: str) -> list[CohortReplanned]:
    """The decisions on other days for a cohort, oldest first."""
    payloads = await session.scalars(
        select(EventRow.payload).where(EventRow.stream == cohort_id, EventRow.kind == _REPLANNED).order_by(EventRow.seq)
    )
    events = (EVENT.validate_python(payload) for payload in payloads)
    return [event for event in events if isinstance(event, CohortReplanned)]


def _has_left(exchange: ExchangeRow) -> bool:
    return exchange.outcome is not None and exchange.outcome not in SEAT_IS_USED


def _untold_seats(seats: list[tuple[SeatRow, ExchangeRow]]) -> list[Untold]:
    return [
        Untold(exchange_id=exchange.id, news=SeatNews(answer="offered" if seat.held else "granted", seat=seat.number))
        for seat, exchange in seats
        if exchange.outcome is None and exchange.seat != seat.number
    ]


def _untold_places(waiting: list[tuple[WaitlistRow, ExchangeRow]]) -> list[Untold]:
    return [
        Untold(exchange_id=exchange.id, news=SeatNews(answer="waitlisted", position=row.position))
        for row, exchange in waiting
        if exchange.outcome is None and exchange.waitlist_position != row.position
    ]
