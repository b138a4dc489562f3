"""Lists of exchanges with what happens next in each, and how many there are at each stage."""

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import views
from models.catalogue.programme import Programme
from models.comparing import fold
from models.events import LOOKS
from models.people.authorization import Actor
from models.tables import EventRow, ExchangeRow, IdentityRow, PlacementRow, identity_of_exchange
from models.views import ExchangeFilter, NextMove, Standing
from models.vocabulary import Stage
from records.projections.holdings import ASSIGNED
from records.queries.standing import next_moves, standings
from records.queries.titles import Titles, student_of
from records.queries.visibility import visible_to

SHORTEST_UNIT = 2
"""Characters from which on a search looks through the names of units: in Chinese two say something."""


async def exchanges(
    session: AsyncSession, titles: Titles, wanted: ExchangeFilter, actor: Actor | None
) -> list[views.ExchangeSummary]:
    """Exchanges that the actor may see, in the order of their codes: four queries."""
    query = (
        select(ExchangeRow, IdentityRow)
        .join(IdentityRow, identity_of_exchange())
        .where(visible_to(actor), *_conditions(wanted, titles.programme))
        .order_by(ExchangeRow.id)
        .limit(wanted.limit)
    )
    found = (await session.execute(query)).all()
    rows = [exchange for exchange, _ in found]
    moves = await next_moves(session, titles, [row.id for row in rows], wanted.now)
    stand = await standings(session, titles, rows, wanted.now)
    return [_row(row, person, tuple(moves[row.id]), stand.get(row.id, Standing())) for row, person in found]


def _conditions(wanted: ExchangeFilter, programme: Programme) -> list[ColumnElement[bool]]:
    equal = {
        ExchangeRow.id: wanted.only,
        ExchangeRow.cohort_id: wanted.cohort_id,
        ExchangeRow.sending_id: wanted.sending,
        ExchangeRow.host_id: wanted.host,
        ExchangeRow.year: wanted.year,
        ExchangeRow.direction: wanted.direction,
        ExchangeRow.stage: wanted.stage,
        ExchangeRow.outcome: wanted.outcome,
    }
    conditions: list[ColumnElement[bool]] = [column == value for column, value in equal.items() if value is not None]
    if wanted.closed is not None:
        conditions.append(ExchangeRow.closed_at.is_not(None) if wanted.closed else ExchangeRow.closed_at.is_(None))
    if wanted.modified_since is not None:
        later = (EventRow.stream == ExchangeRow.id) & (EventRow.at >= wanted.modified_since)
        conditions.append(exists().where(later, EventRow.kind.not_in(LOOKS)))
    if wanted.search.strip():
        conditions.append(_matches(wanted.search.strip(), programme))
    if wanted.after is not None:
        conditions.append(ExchangeRow.id > wanted.after)
    return conditions


def _matches(text: str, programme: Programme) -> ColumnElement[bool]:
    """By code, number, name or unit. Both sides are folded here: databases fold differently, and not all letters."""
    sought = fold(text)
    code = ExchangeRow.id.contains(sought.upper(), autoescape=True)
    units = [
        unit.id
        for institution in programme.institutions.values()
        for unit in institution.units
        if len(sought) >= SHORTEST_UNIT and any(sought in fold(name) for name in (unit.name, unit.name_zh))
    ]
    placed = exists().where(
        PlacementRow.exchange_id == ExchangeRow.id, PlacementRow.unit_id.in_(units), PlacementRow.status == ASSIGNED
    )
    by_unit = [placed] if units else []
    return or_(code, IdentityRow.search_text.contains(sought, autoescape=True), *by_unit)


def _row(
    exchange: ExchangeRow, person: IdentityRow, moves: tuple[NextMove, ...], standing: Standing
) -> views.ExchangeSummary:
    return views.ExchangeSummary(
        exchange_id=exchange.id,
        student=student_of(person),
        cohort_id=exchange.cohort_id,
        direction=exchange.direction,
        sending=exchange.sending_id,
        host=exchange.host_id,
        year=exchange.year,
        level=exchange.level,
        discipline=exchange.discipline,
        start=exchange.start,
        end=exchange.end,
        stage=exchange.stage,
        mobility=exchange.mobility,
        nomination=exchange.nomination,
        outcome=exchange.outcome,
        reason=exchange.reason,
        seat=exchange.seat,
        waitlist_position=exchange.waitlist_position,
        next_moves=moves,
        standing=standing,
        opened_at=exchange.opened_at,
        closed_at=exchange.closed_at,
        cursor=exchange.id,
    )


async def counts_by_stage(session: AsyncSession, actor: Actor | None, cohort_id: str | None) -> dict[Stage, int]:
    """How many exchanges are at each stage, all stages in the programme's order: one query."""
    query = select(ExchangeRow.stage, func.count()).where(visible_to(actor)).group_by(ExchangeRow.stage)
    if cohort_id is not None:
        query = query.where(ExchangeRow.cohort_id == cohort_id)
    counted = dict((await session.execute(query)).all())
    return {stage: counted.get(stage, 0) for stage in Stage}
