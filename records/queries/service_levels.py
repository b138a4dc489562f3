"""Service levels of the steps on record: one query, and figures from its rows."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.people.authorization import Actor, require
from models.people.roles import OF_THE_PROGRAMME, OFFICES
from models.rules.service_levels import ServiceLevel, Span, StepTimes, service_levels
from models.tables import ExchangeRow, StepRow
from models.views.service_levels import LevelFilter
from models.vocabulary import Role
from records.projections.common import table_of


async def levels(session: AsyncSession, actor: Actor | None, wanted: LevelFilter) -> list[ServiceLevel]:
    """The figures that somebody may see: the programme office all, an office both sides of its own exchanges.

    Which of its units was slow is a matter of each side: of the other's, an office sees the institution.

    Raises:
        NotAuthorised: the role sees none.
    """
    if actor is None or actor.role in OF_THE_PROGRAMME:
        found = [step async for step in times(session, wanted)]
    else:
        require(actor.role in OFFICES, "not_allowed.see_service_levels")
        own = actor.institution
        found = [
            step if step.institution == own else step.model_copy(update={"unit": ""})
            async for step in times(session, wanted, between=own)
        ]
    return service_levels(found, wanted.by, wanted.now)


async def times(session: AsyncSession, wanted: LevelFilter, *, between: str = "") -> AsyncIterator[StepTimes]:
    """What the figures are made of; where it is `between` an institution and others, what both sides of it owe."""
    step, exchange = table_of(StepRow), table_of(ExchangeRow)
    query = select(
        step.c.id,
        step.c.kind,
        step.c.institution_id,
        step.c.unit_id,
        step.c.status,
        step.c.opened_at,
        step.c.due_at,
        step.c.decided_at,
        step.c.decided_by,
        step.c.holds,
        step.c.role,
    ).where(step.c.exchange_id.is_not(None), *_conditions(wanted))
    if wanted.direction is not None or between:
        query = query.join(exchange, exchange.c.id == step.c.exchange_id)
    if wanted.direction is not None:
        query = query.where(exchange.c.direction == wanted.direction)
    if between:
        sides = exchange.c.sending_id, exchange.c.host_id
        query = query.where(literal(between).in_(sides), step.c.institution_id.in_(sides))
    rows = await session.stream(query.order_by(step.c.id))
    async for row in rows:
        yield times_of(row)


def times_of(row: Any) -> StepTimes:
    """What the figures need to know of a step: a row of the table, or its columns."""
    return StepTimes(
        step_id=row.id,
        kind=row.kind,
        institution=row.institution_id,
        unit=row.unit_id,
        status=row.status,
        opened_at=row.opened_at,
        due_at=row.due_at,
        decided_at=row.decided_at,
        decided_by=row.decided_by or "",
        of_an_office=row.role is not Role.STUDENT,
        held=tuple(_span(hold) for hold in row.holds),
    )


def _conditions(wanted: LevelFilter) -> list[ColumnElement[bool]]:
    step = table_of(StepRow)
    conditions: list[ColumnElement[bool]] = []
    if wanted.institution is not None:
        conditions.append(step.c.institution_id == wanted.institution)
    if wanted.unit is not None:
        conditions.append(step.c.unit_id == wanted.unit)
    if wanted.students is not None:
        conditions.append(step.c.role == Role.STUDENT if wanted.students else step.c.role != Role.STUDENT)
    if wanted.kinds:
        conditions.append(step.c.kind.in_(wanted.kinds))
    if wanted.since is not None:
        conditions.append(step.c.opened_at >= datetime.combine(wanted.since, time(0), UTC))
    if wanted.until is not None:
        conditions.append(step.c.opened_at < datetime.combine(wanted.until + timedelta(days=1), time(0), UTC))
    return conditions


def _span(hold: dict[str, Any]) -> Span:
    return Span.model_validate({"since": hold["since"], "until": hold.get("until")})
