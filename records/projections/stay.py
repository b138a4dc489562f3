"""Attendance, evaluations, certificates and letters."""

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.events import (
    AttendanceReported,
    CardOpened,
    CertificateIssued,
    ClearanceEnding,
    DataExported,
    Evaluated,
    ExtensionFiledLate,
    FactsStated,
    HoldLifted,
    HoldSet,
    LetterWritten,
    MovementReported,
    PaperRecorded,
    PapersErased,
    ParticularsKept,
    PostWritten,
    RenewalNotNeeded,
    RotationEnded,
    RulesMoved,
    StayPermitted,
)
from models.tables import AttendanceRow, AuthorityPaperRow, CertificateRow, EvaluationRow, LetterRow
from records.projections.common import Handlers, exchange_row, in_the_log_alone, insert_once


async def _attendance(session: AsyncSession, stream: str, event: AttendanceReported) -> None:
    """What holds: of a report that was corrected, the log keeps what it said."""
    if event.corrects is not None:
        await session.execute(
            delete(AttendanceRow).where(AttendanceRow.exchange_id == stream, AttendanceRow.id == event.corrects)
        )
    await insert_once(
        session,
        AttendanceRow,
        exchange_id=stream,
        id=event.report_id,
        content=event.content,
        placement_id=event.placement_id,
        first_day=event.first_day,
        last_day=event.last_day,
        hours_planned=event.hours_planned,
        hours_attended=event.hours_attended,
        actor_id=event.actor.id,
        at=event.at,
    )


async def _evaluated(session: AsyncSession, stream: str, event: Evaluated) -> None:
    await insert_once(
        session,
        EvaluationRow,
        exchange_id=stream,
        id=event.decision_id,
        step_id=event.step_id,
        placement_id=event.placement_id,
        ratings=event.ratings,
        passed=event.passed,
        actor_id=event.actor.id,
        at=event.at,
        note_id=event.note_id,
    )


async def _certificate(session: AsyncSession, stream: str, event: CertificateIssued) -> None:
    await session.execute(
        update(CertificateRow)
        .where(
            CertificateRow.exchange_id == stream,
            CertificateRow.version < event.version,
            CertificateRow.revoked_at.is_(None),
        )
        .values(revoked_at=event.at)
    )
    session.add(
        CertificateRow(
            number=event.number,
            version=event.version,
            exchange_id=stream,
            verification=event.verification,
            file_hash=event.file_hash,
            issued_on=event.issued_on,
            issued_at=event.at,
            nomination_version=event.nomination_version,
        )
    )


async def _letter(session: AsyncSession, stream: str, event: LetterWritten) -> None:
    session.add(
        LetterRow(
            number=event.number,
            version=event.version,
            exchange_id=stream,
            letter=event.letter,
            issuer_id=event.issuer,
            file_en=event.file_en,
            file_zh=event.file_zh,
            issued_on=event.issued_on,
            issued_at=event.at,
            issued_by=event.actor.id,
            nomination_version=event.nomination_version,
        )
    )


async def _paper(session: AsyncSession, stream: str, event: PaperRecorded) -> None:
    await insert_once(
        session,
        AuthorityPaperRow,
        exchange_id=stream,
        id=event.paper_id,
        paper=event.paper,
        valid_from=event.valid_from,
        valid_until=event.valid_until,
        single_entry=event.single_entry,
        actor_id=event.actor.id,
        at=event.at,
        corrects=event.corrects,
        number_id=event.number_id,
    )


async def _permitted(session: AsyncSession, stream: str, event: StayPermitted) -> None:
    exchange = await exchange_row(session, stream)
    exchange.permitted_until = event.until


HANDLERS: Handlers = {
    ClearanceEnding: in_the_log_alone,
    RenewalNotNeeded: in_the_log_alone,
    ExtensionFiledLate: in_the_log_alone,
    MovementReported: in_the_log_alone,
    ParticularsKept: in_the_log_alone,
    FactsStated: in_the_log_alone,
    PostWritten: in_the_log_alone,
    HoldSet: in_the_log_alone,
    HoldLifted: in_the_log_alone,
    PapersErased: in_the_log_alone,
    DataExported: in_the_log_alone,
    RulesMoved: in_the_log_alone,
    CardOpened: in_the_log_alone,
    RotationEnded: in_the_log_alone,
    PaperRecorded: _paper,
    StayPermitted: _permitted,
    AttendanceReported: _attendance,
    Evaluated: _evaluated,
    CertificateIssued: _certificate,
    LetterWritten: _letter,
}
