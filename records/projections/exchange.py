"""The exchange itself: its plan, stage and statuses, its seat as it knows it, and its documents' answers."""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.events import (
    Arrived,
    ChangeApplied,
    ChangeClosed,
    ChangeRequested,
    ClearanceEnded,
    Cleared,
    Departed,
    DocumentChecked,
    DocumentErased,
    DocumentOpened,
    DocumentReturned,
    DocumentReviewed,
    DocumentSubmitted,
    ExchangeClosed,
    ExchangeOpened,
    ExchangeReopened,
    LeavingBegan,
    NominationCorrected,
    OverrideAsked,
    PersonCorrected,
    ReportCorrected,
    SeatAnswered,
    StageEntered,
    StatusChanged,
)
from models.messages.changes import HousingChange
from models.messages.corrections import Reported
from models.messages.exchange import Plan
from models.rules.again import PERSONAL
from models.tables import DocumentRow, ExchangeRow, IdentityRow, PersonRow
from models.vocabulary import DocumentStatus, MobilityStatus, NominationStatus, Stage
from records.projections.common import Handlers, exchange_row, in_the_log_alone, table_of
from records.projections.holdings import leave_bed


async def _opened(session: AsyncSession, stream: str, event: ExchangeOpened) -> None:
    row = ExchangeRow(
        id=stream,
        person_id=event.student,
        policy_version=event.policy_version,
        nomination_version=event.nomination_version,
        stage=Stage.NOMINATION,
        mobility=MobilityStatus.NOMINATION,
        nomination=NominationStatus.PENDING,
        opened_at=event.at,
        revision=1,
    )
    _plan(row, event.plan)
    session.add(row)
    # Steps and holdings refer to it.
    await session.flush()
    await _written_to(session, stream, event.nomination_version)


async def _written_to(session: AsyncSession, stream: str, version: int) -> None:
    """The person is written to, and signs in, as their newest exchange says."""
    identity = await session.get(IdentityRow, (stream, version))
    newest = select(ExchangeRow.id).order_by(ExchangeRow.year.desc(), ExchangeRow.id.desc()).limit(1)
    if identity is None or stream != await session.scalar(newest.where(ExchangeRow.person_id == identity.person_id)):
        return
    person = await session.get_one(PersonRow, identity.person_id)
    for field in PERSONAL:
        setattr(person, field, getattr(identity, field))


def _plan(row: ExchangeRow, plan: Plan) -> None:
    row.cohort_id = plan.cohort.id
    row.direction = plan.direction
    row.sending_id = plan.sending
    row.host_id = plan.host
    row.year = plan.year
    row.level = plan.level
    row.discipline = plan.discipline
    row.start = plan.start
    row.end = plan.end
    row.plan = plan.model_dump(mode="json")


async def _corrected(session: AsyncSession, stream: str, event: NominationCorrected) -> None:
    row = await exchange_row(session, stream)
    _plan(row, event.plan)
    row.nomination_version = event.nomination_version
    await _written_to(session, stream, event.nomination_version)


async def _person_corrected(session: AsyncSession, stream: str, event: PersonCorrected) -> None:
    row = await exchange_row(session, stream)
    row.nomination_version = event.nomination_version
    await _written_to(session, stream, event.nomination_version)


async def _changed(session: AsyncSession, stream: str, event: ChangeApplied) -> None:
    row = await exchange_row(session, stream)
    _plan(row, event.plan)
    if event.seat is not None:
        row.seat = event.seat
    if isinstance(event.change, HousingChange):
        await leave_bed(session, stream, event.change.from_day)


async def _stage(session: AsyncSession, stream: str, event: StageEntered) -> None:
    row = await exchange_row(session, stream)
    row.stage = event.stage


async def _status(session: AsyncSession, stream: str, event: StatusChanged) -> None:
    row = await exchange_row(session, stream)
    row.mobility = event.mobility
    row.nomination = event.nomination


async def _seat(session: AsyncSession, stream: str, event: SeatAnswered) -> None:
    row = await exchange_row(session, stream)
    row.seat = event.seat if event.answer in {"granted", "offered"} else None
    row.waitlist_position = event.position if event.answer == "waitlisted" else None


async def _cleared(session: AsyncSession, stream: str, event: Cleared) -> None:
    row = await exchange_row(session, stream)
    row.clearance_through = event.valid_through


async def _clearance_ended(session: AsyncSession, stream: str, event: ClearanceEnded) -> None:
    row = await exchange_row(session, stream)
    row.clearance_through = None


async def _arrived(session: AsyncSession, stream: str, event: Arrived) -> None:
    row = await exchange_row(session, stream)
    row.actual_arrival = event.arrived_at


async def _report_corrected(session: AsyncSession, stream: str, event: ReportCorrected) -> None:
    row = await exchange_row(session, stream)
    if event.reported is Reported.ARRIVAL and event.happened_at is not None:
        row.actual_arrival = event.happened_at
    elif event.reported is Reported.DEPARTURE and event.on is not None:
        row.actual_departure = event.on


async def _departed(session: AsyncSession, stream: str, event: Departed) -> None:
    row = await exchange_row(session, stream)
    row.actual_departure = event.departed_on


async def _closed(session: AsyncSession, stream: str, event: ExchangeClosed) -> None:
    row = await exchange_row(session, stream)
    row.stage = Stage.CLOSED
    row.outcome = event.outcome
    row.reason = event.reason
    row.mobility = event.mobility
    row.waitlist_position = None
    row.closed_at = event.at


async def _reopened(session: AsyncSession, stream: str, event: ExchangeReopened) -> None:
    """Back at the nomination: what the end gave back stays given back."""
    row = await exchange_row(session, stream)
    _plan(row, event.plan)
    row.nomination_version = event.nomination_version
    row.policy_version = event.policy_version
    row.stage = Stage.NOMINATION
    row.mobility = MobilityStatus.NOMINATION
    row.nomination = NominationStatus.PENDING
    row.outcome = row.reason = row.closed_at = None
    row.seat = row.waitlist_position = row.clearance_through = None
    await _written_to(session, stream, event.nomination_version)


async def _submitted(session: AsyncSession, stream: str, event: DocumentSubmitted) -> None:
    # What was accepted stands until the new one is accepted too.
    await _replace(session, stream, event, DocumentStatus.SUBMITTED, DocumentStatus.REVIEW, DocumentStatus.REJECTED)
    await _document(
        session,
        stream,
        event.document_id,
        status=DocumentStatus.SUBMITTED,
        submitted_at=event.at,
        issued_on=event.issued_on,
        expires_on=event.expires_on,
        accepted=None,
        read=None,
        accepted_by=None,
    )


async def _checked(session: AsyncSession, stream: str, event: DocumentChecked) -> None:
    if event.review:
        await _document(session, stream, event.document_id, status=DocumentStatus.REVIEW, accepted=None)
        return
    status = DocumentStatus.ACCEPTED if event.accepted else DocumentStatus.REJECTED
    await _document(session, stream, event.document_id, status=status, accepted=event.accepted, read=event.read)
    if event.accepted:
        await _replace(session, stream, event, DocumentStatus.ACCEPTED)


async def _reviewed(session: AsyncSession, stream: str, event: DocumentReviewed) -> None:
    by = event.actor.id
    await _document(session, stream, event.document_id, status=DocumentStatus.ACCEPTED, accepted=True, accepted_by=by)
    await _replace(session, stream, event, DocumentStatus.ACCEPTED)


async def _replace(
    session: AsyncSession,
    stream: str,
    event: DocumentSubmitted | DocumentChecked | DocumentReviewed,
    *those: DocumentStatus,
) -> None:
    """Mark the other documents of its kind that have one of these states as replaced."""
    await session.execute(
        update(table_of(DocumentRow))
        .where(
            DocumentRow.exchange_id == stream,
            DocumentRow.kind == event.document,
            DocumentRow.id != event.document_id,
            DocumentRow.status.in_(those),
        )
        .values(status=DocumentStatus.REPLACED)
    )


async def _erased(session: AsyncSession, stream: str, event: DocumentErased) -> None:
    await _document(session, stream, event.document_id, erased_at=event.at, erased_under=event.rule)


async def _returned(session: AsyncSession, stream: str, event: DocumentReturned) -> None:
    status = DocumentStatus.REJECTED
    await _document(session, stream, event.document_id, status=status, accepted=False, accepted_by=None)


async def _document(session: AsyncSession, stream: str, document_id: str, **values: object) -> None:
    await session.execute(
        update(table_of(DocumentRow))
        .where(DocumentRow.id == document_id, DocumentRow.exchange_id == stream)
        .values(**values)
    )


HANDLERS: Handlers = {
    ExchangeOpened: _opened,
    NominationCorrected: _corrected,
    PersonCorrected: _person_corrected,
    ChangeRequested: in_the_log_alone,
    ChangeApplied: _changed,
    ChangeClosed: in_the_log_alone,
    StageEntered: _stage,
    StatusChanged: _status,
    SeatAnswered: _seat,
    Cleared: _cleared,
    ClearanceEnded: _clearance_ended,
    Arrived: _arrived,
    ReportCorrected: _report_corrected,
    Departed: _departed,
    ExchangeClosed: _closed,
    ExchangeReopened: _reopened,
    LeavingBegan: in_the_log_alone,
    DocumentSubmitted: _submitted,
    DocumentChecked: _checked,
    DocumentReturned: _returned,
    DocumentReviewed: _reviewed,
    OverrideAsked: in_the_log_alone,
    DocumentOpened: in_the_log_alone,
    DocumentErased: _erased,
}
