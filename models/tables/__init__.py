"""The tables: columns and constraints only. What may not happen twice is forbidden here, in the database itself."""

from models.tables.absences import AbsenceRow, PreferenceRow
from models.tables.access import (
    ApiTokenRow,
    IdempotencyKeyRow,
    KnockRow,
    MemberRow,
    OidcSubjectRow,
    SessionRow,
    SignInLinkRow,
)
from models.tables.allocation import BedNightRow, BedRow, PlaceDayRow, PlacementRow, UnitRow, UnitSlotRow
from models.tables.base import Base, UtcDateTime
from models.tables.cohorts import CohortRow, SeatRow, WaitlistRow
from models.tables.documents import DocumentRow, FileRow, FindingRow
from models.tables.events import EventRow
from models.tables.exchanges import DecisionRow, ExchangeRow, NoteRow, StepRow
from models.tables.mail import MessageRow, MessageStatus, OperatorTaskRow
from models.tables.people import ExchangeCodeRow, NominationRow, PersonRow
from models.tables.stay import AttendanceRow, CertificateRow, EvaluationRow
from models.tables.suspensions import ExchangeSuspensionRow, SuspensionRow, SuspensionWordsRow
from models.tables.webhooks import DeliveryRow, EndpointRow, InboundRow

__all__ = [
    "AbsenceRow",
    "ApiTokenRow",
    "AttendanceRow",
    "Base",
    "BedNightRow",
    "BedRow",
    "CertificateRow",
    "CohortRow",
    "DecisionRow",
    "DeliveryRow",
    "DocumentRow",
    "EndpointRow",
    "EvaluationRow",
    "EventRow",
    "ExchangeCodeRow",
    "ExchangeRow",
    "ExchangeSuspensionRow",
    "FileRow",
    "FindingRow",
    "IdempotencyKeyRow",
    "InboundRow",
    "KnockRow",
    "MemberRow",
    "MessageRow",
    "MessageStatus",
    "NominationRow",
    "NoteRow",
    "OidcSubjectRow",
    "OperatorTaskRow",
    "PersonRow",
    "PlaceDayRow",
    "PlacementRow",
    "PreferenceRow",
    "SeatRow",
    "SessionRow",
    "SignInLinkRow",
    "StepRow",
    "SuspensionRow",
    "SuspensionWordsRow",
    "UnitRow",
    "UnitSlotRow",
    "UtcDateTime",
    "WaitlistRow",
]
