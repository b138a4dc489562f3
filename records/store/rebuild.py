"""Rebuilding the projection from the events alone, with heads and facts: what the tables say is what happened."""

from sqlalchemy import delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.events import EVENT
from models.tables import (
    AbsenceRow,
    AttendanceRow,
    AuthorityPaperRow,
    Base,
    BedNightRow,
    CertificateRow,
    CohortRow,
    ConsentRow,
    DecisionRow,
    DocumentRow,
    EvaluationRow,
    EventRow,
    ExchangeRow,
    ExchangeSuspensionRow,
    LetterRow,
    PlaceDayRow,
    PlacementRow,
    PreferenceRow,
    SeatRow,
    StepRow,
    SuspensionRow,
    UnitTermsRow,
    WaitlistRow,
)
from models.vocabulary import DocumentStatus
from records.projections.projector import project
from records.store.heads import Derived, mend

PROJECTED: tuple[type[Base], ...] = (
    ConsentRow,
    PlaceDayRow,
    PlacementRow,
    BedNightRow,
    AttendanceRow,
    AuthorityPaperRow,
    EvaluationRow,
    CertificateRow,
    LetterRow,
    DecisionRow,
    StepRow,
    ExchangeSuspensionRow,
    SuspensionRow,
    AbsenceRow,
    PreferenceRow,
    UnitTermsRow,
    ExchangeRow,
    WaitlistRow,
    SeatRow,
    CohortRow,
)
"""Tables that hold nothing but what events say, in the order in which they can be emptied."""

CHUNK = 500


async def rebuild(session: AsyncSession) -> int:
    """Empty the projected tables and replay all events, in the caller's transaction; says how many there were.

    Nobody can append meanwhile. Messages are not written again.
    """
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("LOCK TABLE events IN SHARE ROW EXCLUSIVE MODE"))
    for table in PROJECTED:
        await session.execute(delete(table))
    await session.execute(
        update(DocumentRow).values(
            status=DocumentStatus.FILED,
            submitted_at=None,
            issued_on=None,
            expires_on=None,
            accepted=None,
            read=None,
            accepted_by=None,
            erased_at=None,
            erased_under=None,
        )
    )
    session.expunge_all()
    return await _replay(session)


async def _replay(session: AsyncSession) -> int:
    position = replayed = 0
    told = Derived()
    while True:
        page = select(EventRow).where(EventRow.position > position).order_by(EventRow.position).limit(CHUNK)
        rows = list(await session.scalars(page))
        for row in rows:
            event = EVENT.validate_python(row.payload)
            told.take(row.stream, row.batch_key, event)
            await project(session, row.stream, row.seq, event)
        if not rows:
            await mend(session, told)
            return replayed
        position = rows[-1].position
        replayed += len(rows)
        await session.flush()
        session.expunge_all()
