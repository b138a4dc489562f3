"""Applies an event to the tables: writes of rows alone, the same when events are replayed."""

from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Broken
from models.events import Event
from models.identifiers import is_exchange_code
from models.tables import CohortRow, ExchangeRow
from records.projections import cohort, consents, exchange, holdings, people, stay, steps, suspensions, units
from records.projections.common import Handlers

OF_EXCHANGES: Handlers = {
    **exchange.HANDLERS,
    **steps.HANDLERS,
    **holdings.HANDLERS,
    **stay.HANDLERS,
    **consents.HANDLERS,
    **suspensions.OF_EXCHANGES,
}
OF_COHORTS: Handlers = cohort.HANDLERS
OF_OTHERS: Handlers = {**suspensions.OF_SUSPENSIONS, **people.HANDLERS, **units.HANDLERS}
"""Events of streams that no row stands for: people, suspensions, units."""
HANDLERS: Handlers = {**OF_EXCHANGES, **OF_COHORTS, **OF_OTHERS}


async def project(session: AsyncSession, stream: str, seq: int, event: Event, *, last: bool = True) -> None:
    """Write what an event means into the tables of its stream.

    Raises:
        Broken: if the stream did not begin as an exchange or a cohort, or a step was never opened.
        Conflict: if a bed, place or seat is taken by somebody else.
    """
    await HANDLERS[type(event)](session, stream, event)
    if not last or not event.changes:
        return
    row: ExchangeRow | CohortRow | None
    if type(event) in OF_COHORTS:
        row = await session.get(CohortRow, stream)
    elif is_exchange_code(stream):
        row = await session.get(ExchangeRow, stream)
    else:
        return
    if row is None:
        raise Broken("stream.no_beginning", stream=stream)
    row.revision = seq
