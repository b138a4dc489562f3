"""What an exchange holds and has shown, for the change of its plan: papers, places, the bed."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.events import EVENT, ChangeApplied, ChangeRequested, DocumentReturned
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


async def asked_anew(session: AsyncSession, exchange_id: str) -> list[AcceptedPaper]:
    """Papers that a change of the stay has asked for anew and nothing has taken the place of yet, with their dates.

    They were good for the stay of before, and are until their own last day.
    """
    kinds = tuple(one.model_fields["kind"].default for one in (ChangeApplied, DocumentReturned))
    query = select(EventRow.payload).where(EventRow.stream == exchange_id, EventRow.kind.in_(kinds))
    told = [EVENT.validate_python(payload) for payload in await session.scalars(query.order_by(EventRow.seq))]
    returned: dict[str, str] = {}
    for change in told:
        if isinstance(change, ChangeApplied):
            back = (one for one in told if isinstance(one, DocumentReturned) and one.at == change.at)
            returned |= {one.document: one.document_id for one in back if one.document in change.collected_anew}
    rows = await session.scalars(select(DocumentRow).where(DocumentRow.id.in_(returned.values())))
    found = [row for row in rows if row.status == DocumentStatus.REJECTED]
    replaced = {one.kind for one in await accepted_papers(session, exchange_id)}
    return [
        AcceptedPaper(kind=row.kind, document_id=row.id, issued_on=row.issued_on, expires_on=row.expires_on)
        for row in found
        if row.kind not in replaced
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
