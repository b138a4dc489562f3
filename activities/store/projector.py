"""What the tables say after an event: pure writes of rows, the same when the events are replayed."""

from sqlalchemy.ext.asyncio import AsyncSession

from activities.store import project_cohort, project_exchange, project_holdings, project_stay, project_steps
from activities.store.projecting import Handlers
from models.errors import Broken
from models.events import Event
from models.tables import CohortRow, ExchangeRow

OF_EXCHANGES: Handlers = {
    **project_exchange.HANDLERS,
    **project_steps.HANDLERS,
    **project_holdings.HANDLERS,
    **project_stay.HANDLERS,
}
OF_COHORTS: Handlers = project_cohort.HANDLERS


async def project(session: AsyncSession, stream: str, seq: int, event: Event, *, last: bool = True) -> None:
    """Write what an event means into the tables of its stream.

    Raises:
        Broken: if the stream did not begin as an exchange or a cohort, or a step was never opened.
        Conflict: if a bed, place or seat is taken by somebody else.
    """
    row: ExchangeRow | CohortRow | None
    handlers = OF_COHORTS if type(event) in OF_COHORTS else OF_EXCHANGES
    if not last:
        await handlers[type(event)](session, stream, event)
        return
    if type(event) in OF_COHORTS:
        await OF_COHORTS[type(event)](session, stream, event)
        row = await session.get(CohortRow, stream)
    else:
        await OF_EXCHANGES[type(event)](session, stream, event)
        row = await session.get(ExchangeRow, stream)
    if row is None:
        raise Broken(f"{stream} did not begin with its first event.")
    row.revision = seq
