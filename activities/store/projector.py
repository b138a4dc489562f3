"""What the tables say after an event: pure writes of rows, the same when the events are replayed."""

from sqlalchemy.ext.asyncio import AsyncSession

from activities.store import (
    project_cohort,
    project_exchange,
    project_holdings,
    project_people,
    project_stay,
    project_steps,
    project_suspensions,
)
from activities.store.projecting import Handlers
from models.errors import Broken
from models.events import Event
from models.identifiers import is_exchange_code
from models.tables import CohortRow, ExchangeRow

OF_EXCHANGES: Handlers = {
    **project_exchange.HANDLERS,
    **project_steps.HANDLERS,
    **project_holdings.HANDLERS,
    **project_stay.HANDLERS,
    **project_suspensions.OF_EXCHANGES,
}
OF_COHORTS: Handlers = project_cohort.HANDLERS
OF_OTHERS: Handlers = {**project_suspensions.OF_SUSPENSIONS, **project_people.HANDLERS}
"""Events of streams that no row stands for: people, suspensions."""
HANDLERS: Handlers = {**OF_EXCHANGES, **OF_COHORTS, **OF_OTHERS}


async def project(session: AsyncSession, stream: str, seq: int, event: Event, *, last: bool = True) -> None:
    """Write what an event means into the tables of its stream.

    Raises:
        Broken: if the stream did not begin as an exchange or a cohort, or a step was never opened.
        Conflict: if a bed, place or seat is taken by somebody else.
    """
    await HANDLERS[type(event)](session, stream, event)
    if not last:
        return
    row: ExchangeRow | CohortRow | None
    if type(event) in OF_COHORTS:
        row = await session.get(CohortRow, stream)
    elif is_exchange_code(stream):
        row = await session.get(ExchangeRow, stream)
    else:
        return
    if row is None:
        raise Broken(f"{stream} did not begin with its first event.")
    row.revision = seq
