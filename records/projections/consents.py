"""The ledger of consents: one row for each answer about each purpose, in the order of the log."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.events import ConsentGiven, ConsentNoticeShown, ConsentRefused, ConsentWithdrawn
from models.people.consents import ConsentAnswer
from models.tables import ConsentRow
from records.projections.common import Handlers, in_the_log_alone

Answered = ConsentGiven | ConsentRefused | ConsentWithdrawn
_ANSWERS: dict[type[Answered], ConsentAnswer] = {
    ConsentGiven: ConsentAnswer.GIVEN,
    ConsentRefused: ConsentAnswer.REFUSED,
    ConsentWithdrawn: ConsentAnswer.WITHDRAWN,
}


async def _answered(session: AsyncSession, stream: str, event: Answered) -> None:
    newest = await session.scalar(select(func.max(ConsentRow.number)).where(ConsentRow.exchange_id == stream)) or 0
    said = event.model_dump(include={"consent_id", "notice", "version", "language", "at", "paper_on", "note_id"})
    answer = {"answer": _ANSWERS[type(event)], "by": event.actor.id, "role": event.actor.role}
    for number, about in enumerate(event.to, start=newest + 1):
        session.add(ConsentRow(exchange_id=stream, number=number, about=about, **said, **answer))
    await session.flush()


HANDLERS: Handlers = {
    ConsentNoticeShown: in_the_log_alone,
    ConsentGiven: _answered,
    ConsentRefused: _answered,
    ConsentWithdrawn: _answered,
}
