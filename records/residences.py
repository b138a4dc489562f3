"""The address at which a student lives outside the host's beds, as it holds."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.people.particulars import ParticularKind, Residence
from models.tables import ParticularRow


async def residence_of(session: AsyncSession, exchange_id: str) -> Residence | None:
    """The newest version; `None` where there is none."""
    query = select(ParticularRow.form).where(
        ParticularRow.exchange_id == exchange_id, ParticularRow.kind == ParticularKind.RESIDENCE
    )
    form = await session.scalar(query.order_by(ParticularRow.version.desc()).limit(1))
    return Residence.model_validate(form) if form else None
