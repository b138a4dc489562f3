"""What an exchange holds and has shown, for the change of its plan: papers, places, the bed."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.events import EVENT, ChangeRequested
from models.rules.validity import AcceptedPaper
from models.tables import DocumentRow, EventRow, PlacementRow
from models.vocabulary import DocumentStatus


async def accepted_papers(session: AsyncSession, exchange_id: str) -> list[AcceptedPaper]:
    """The accepted documents of an exchange, with the dates that were stated of them."""
    query = (
        select(DocumentRow.kind, DocumentRow.id, DocumentRow.issued_on, DocumentRow.expires_on)
        .where(DocumentRow.exchange_id == exchange_id, DocumentRow.status == DocumentStatus.ACCEPTED)
        .order_by(DocumentRow.kind)
    )
    rows = await session.execute(query)
    return [
        AcceptedPaper(kind=kind, document_id=document_id, issued_on=issued, expires_on=expires)
        for kind, document_id, issued, expires in rows
    ]


async def request_of(session: AsyncSession, exchange_id: str, change_id: str) -> ChangeRequested | None:
    """What was asked for under an id; `None` where nothing was."""
    kind: str = ChangeRequested.model_fields["kind"].default
    found = await session.scalars(
        select(EventRow.payload).where(EventRow.stream == exchange_id, EventRow.kind == kind).order_by(EventRow.seq)
    )
    asked = (EVENT.validate_python(payload) for payload in found)
    return next((one for one in asked if isinstance(one, ChangeRequested) and one.change_id == change_id), None)


async def supervisors_of(session: AsyncSession, exchange_id: str) -> dict[str, str]:
    """Who supervises each place of an exchange, by placement."""
    query = select(PlacementRow.id, PlacementRow.supervisor_id).where(PlacementRow.exchange_id == exchange_id)
    return dict((await session.execute(query)).all())
