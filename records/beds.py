"""In which beds somebody sleeps, stretch by stretch: who is moved during a stay has more than one."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.tables import BedNightRow

ONE = timedelta(days=1)


class Stretch(NamedTuple):
    """Nights in a row in one bed, both included."""

    bed_id: str
    first: date
    last: date


async def stretches(session: AsyncSession, exchange_id: str, since: date | None = None) -> list[Stretch]:
    """The nights of an exchange, oldest first; with `since`, those from that night on."""
    query = select(BedNightRow.bed_id, BedNightRow.night).where(BedNightRow.exchange_id == exchange_id)
    if since is not None:
        query = query.where(BedNightRow.night >= since)
    return in_a_row((bed_id, night) for bed_id, night in await session.execute(query.order_by(BedNightRow.night)))


def in_a_row(nights: Iterable[tuple[str, date]]) -> list[Stretch]:
    """Beds and nights, oldest first, put together."""
    found: list[Stretch] = []
    for bed_id, night in nights:
        if found and found[-1].bed_id == bed_id and found[-1].last + ONE == night:
            found[-1] = found[-1]._replace(last=night)
        else:
            found.append(Stretch(bed_id, night, night))
    return found
