"""The codes of exchanges: numbered without gaps, one for each student and cohort (D9)."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Institution, Programme
from models.identifiers import CohortKey, exchange_code
from models.messages.onward import Continues
from models.tables import ExchangeCodeRow
from records.store.append import lock_stream
from records.transfers import notice_at


async def lock_registry(session: AsyncSession, sending: str, host: str, year: int) -> None:
    """One registration per university, and per host and intake, at a time: numbers without gaps, nobody twice."""
    await lock_stream(session, f"registry/{sending}")
    await lock_stream(session, f"registry/{host}/{year}")


async def known_in(session: AsyncSession, cohort: CohortKey, person_id: str) -> ExchangeCodeRow | None:
    """The exchange of a student in a cohort, if there is one."""
    return await session.scalar(
        select(ExchangeCodeRow).where(ExchangeCodeRow.cohort_id == cohort.id, ExchangeCodeRow.person_id == person_id)
    )


async def new_code(
    session: AsyncSession,
    programme: Programme,
    sending: Institution,
    cohort: CohortKey,
    person_id: str,
    at: datetime,
    continues: Continues | None = None,
) -> ExchangeCodeRow:
    """The next code of a university's year, for a student in a cohort; the registry is locked by the caller."""
    numbers = select(func.max(ExchangeCodeRow.number)).where(
        ExchangeCodeRow.year == cohort.year, ExchangeCodeRow.sending_id == cohort.sending
    )
    number = (await session.scalar(numbers) or 0) + 1
    code = exchange_code(cohort.year, sending.code, number)
    row = ExchangeCodeRow(exchange_id=code, cohort_id=cohort.id, person_id=person_id, number=number)
    row.year, row.sending_id, row.host_id = cohort.year, cohort.sending, cohort.host
    row.asks_consent = notice_at(programme, cohort.sending, cohort.host, at) is not None
    if continues is not None:
        row.continues, row.continues_change = continues.exchange_id, continues.change_id
    session.add(row)
    await session.flush()
    return row


def continued(code: ExchangeCodeRow) -> Continues | None:
    """The stay at another host that an exchange goes on from, if there is one (D38)."""
    if code.continues is None or code.continues_change is None:
        return None
    return Continues(exchange_id=code.continues, change_id=code.continues_change)
