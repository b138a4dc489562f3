"""Suspensions: what one would touch, and what those on record did."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.events import EVENT, StepHeld, StepResumed
from models.messages.suspensions import Coverage, Suspend
from models.tables import EventRow, ExchangeRow, ExchangeSuspensionRow, StepRow, SuspensionRow, SuspensionWordsRow
from models.views.suspensions import Clocks, Moved, SuspensionPreview, SuspensionView
from models.vocabulary import HoldCause, Role, Scope, StepKind, StepStatus


async def covering(session: AsyncSession, exchange_id: str) -> tuple[Suspend, ...]:
    """The suspensions that cover an exchange now, the oldest first."""
    exchange = await session.get(ExchangeRow, exchange_id)
    if exchange is None:
        return ()
    found = await session.scalars(
        select(SuspensionRow).where(SuspensionRow.until.is_(None)).order_by(SuspensionRow.since, SuspensionRow.id)
    )
    return tuple(
        Suspend(suspension_id=row.id, since=row.since, reason=row.reason)
        for row in found
        if exchange_id not in row.exempt and row.target in _targets(exchange)[row.scope]
    )


def _targets(exchange: ExchangeRow) -> dict[Scope, set[str]]:
    return {
        Scope.EXCHANGE: {exchange.id},
        Scope.COHORT: {exchange.cohort_id},
        Scope.HOST: {exchange.host_id},
        Scope.PROGRAMME: {""},
    }


def covered(coverage: Coverage) -> ColumnElement[bool]:
    """Open exchanges that a suspension covers, as a condition for the database."""
    match coverage.scope:
        case Scope.EXCHANGE:
            of_target: ColumnElement[bool] = ExchangeRow.id == coverage.target
        case Scope.COHORT:
            of_target = ExchangeRow.cohort_id == coverage.target
        case Scope.HOST:
            of_target = ExchangeRow.host_id == coverage.target
        case Scope.PROGRAMME:
            of_target = true()
    return of_target & ExchangeRow.closed_at.is_(None) & ExchangeRow.id.not_in(coverage.exempt)


async def preview(session: AsyncSession, programme: Programme, coverage: Coverage, now: datetime) -> SuspensionPreview:
    """What a suspension would touch: four queries, however many exchanges there are."""
    inside = covered(coverage)
    everybody = covered(coverage.model_copy(update={"exempt": ()}))
    reached = await _count(session, inside)
    soon = {days: func.sum(case((StepRow.due_at <= now + timedelta(days=days), 1), else_=0)) for days in (7, 30)}
    rows = await session.execute(
        select(StepRow.kind, func.count(), soon[7], soon[30])
        .join(ExchangeRow, ExchangeRow.id == StepRow.exchange_id)
        .where(inside, StepRow.status == StepStatus.OPEN)
        .group_by(StepRow.kind)
        .order_by(StepRow.kind)
    )
    held: list[Clocks] = []
    running: list[Clocks] = []
    for kind, steps, week, month in rows:
        policy = programme.policy.step(kind)
        clocks = Clocks(
            kind=kind,
            title=policy.title,
            title_zh=policy.title_zh,
            steps=steps,
            due_within_7_days=week,
            due_within_30_days=month,
            law=policy.law,
        )
        (running if policy.legal else held).append(clocks)
    return SuspensionPreview(
        exchanges=reached,
        exempt=await _count(session, everybody) - reached,
        held=tuple(held),
        running=tuple(running),
        told=await _told(session, coverage),
    )


async def _count(session: AsyncSession, condition: ColumnElement[bool]) -> int:
    return await session.scalar(select(func.count()).select_from(ExchangeRow).where(condition)) or 0


async def _told(session: AsyncSession, coverage: Coverage) -> dict[Role, int]:
    """The students, and each office of their universities once."""
    students = await session.scalar(select(func.count(func.distinct(ExchangeRow.person_id))).where(covered(coverage)))
    sending = set(await session.scalars(select(ExchangeRow.sending_id).where(covered(coverage)).distinct()))
    hosts = set(await session.scalars(select(ExchangeRow.host_id).where(covered(coverage)).distinct()))
    found = Counter({Role.STUDENT: students or 0, Role.COORDINATOR: len(sending | hosts)})
    found[Role.PARTNER_OFFICE] = len(sending)
    return {role: number for role, number in found.items() if number}


async def suspensions(session: AsyncSession, only: str | None = None) -> list[SuspensionView]:
    """The suspensions on record, the newest first."""
    holding = func.sum(case((ExchangeSuspensionRow.until.is_(None), 1), else_=0))
    query = (
        select(SuspensionRow, SuspensionWordsRow.text, func.count(ExchangeSuspensionRow.exchange_id), holding)
        .outerjoin(SuspensionWordsRow, SuspensionWordsRow.suspension_id == SuspensionRow.id)
        .outerjoin(ExchangeSuspensionRow, ExchangeSuspensionRow.suspension_id == SuspensionRow.id)
        .group_by(SuspensionRow.id, SuspensionWordsRow.text)
        .order_by(SuspensionRow.since.desc(), SuspensionRow.id)
    )
    if only is not None:
        query = query.where(SuspensionRow.id == only)
    rows = await session.execute(query)
    return [_view(row, words, exchanges, held) for row, words, exchanges, held in rows]


def _view(row: SuspensionRow, words: str | None, exchanges: int, held: int | None) -> SuspensionView:
    return SuspensionView(
        suspension_id=row.id,
        scope=row.scope,
        target=row.target,
        reason=row.reason,
        words=words or "",
        exempt=tuple(row.exempt),
        actor_id=row.actor_id,
        since=row.since,
        until=row.until,
        exchanges=exchanges,
        suspended=(held or 0) if exchanges else 0,
    )


async def holding(session: AsyncSession, exchange_id: str) -> list[SuspensionView]:
    """The suspensions that pause an exchange now: one query where there is none."""
    held = select(ExchangeSuspensionRow.suspension_id).where(
        ExchangeSuspensionRow.exchange_id == exchange_id, ExchangeSuspensionRow.until.is_(None)
    )
    found = (await session.scalars(held)).all()
    return [view for one in found for view in await suspensions(session, one)]


async def moved(session: AsyncSession, suspension_id: str, after: int, limit: int) -> tuple[list[Moved], int | None]:
    """Steps that a suspension held, in the order of the events, from a position on; and where to go on, if anywhere."""
    held = EventRow.payload["cause"].as_string() == suspension_id
    rows: Sequence[EventRow] = list(
        await session.scalars(
            select(EventRow)
            .where(EventRow.kind == "step_held", held, EventRow.position > after)
            .order_by(EventRow.position)
            .limit(limit)
        )
    )
    resumed = await _resumed(session, suspension_id, [row.payload["step_id"] for row in rows])
    found = [_moved(row, resumed) for row in rows]
    return found, rows[-1].position if len(rows) == limit else None


async def _resumed(session: AsyncSession, suspension_id: str, steps: Iterable[str]) -> dict[str, StepResumed]:
    rows = await session.scalars(
        select(EventRow.payload).where(
            EventRow.kind == "step_resumed",
            EventRow.payload["cause"].as_string() == suspension_id,
            EventRow.payload["step_id"].as_string().in_(list(steps)),
        )
    )
    events = (EVENT.validate_python(payload) for payload in rows)
    return {event.step_id: event for event in events if isinstance(event, StepResumed)}


def _moved(row: EventRow, resumed: dict[str, StepResumed]) -> Moved:
    event = EVENT.validate_python(row.payload)
    assert isinstance(event, StepHeld)
    assert event.because is HoldCause.SUSPENSION
    over = resumed.get(event.step_id)
    return Moved(
        exchange_id=row.stream,
        step_id=event.step_id,
        kind=StepKind(event.step_id.rsplit(".", 2)[1]),
        since=event.since,
        until=over.until if over else None,
        before=over.before if over else None,
        after=over.plan.due_at if over and over.plan else None,
    )
