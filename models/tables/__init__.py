"""The tables: columns and constraints only. What may not happen twice is forbidden here, in the database itself."""

from models.tables.absences import AbsenceRow, PreferenceRow
from models.tables.access import (
    AddressChangeRow,
    ApiTokenRow,
    AttemptRow,
    CalendarFeedRow,
    IdempotencyKeyRow,
    MemberProposalRow,
    MemberRow,
    OidcSubjectRow,
    SessionRow,
    SignInLinkRow,
)
from models.tables.acts import ActRow
from models.tables.allocation import (
    BedNightRow,
    BedRow,
    PlaceDayRow,
    PlacementRow,
    UnitRow,
    UnitSlotRow,
    UnitTermsRow,
)
from models.tables.authority import AuthorityNumberRow, AuthorityPaperRow
from models.tables.base import Base, UtcDateTime
from models.tables.broadcasts import BroadcastReaderRow, BroadcastRow
from models.tables.cohorts import CohortRow, SeatRow, WaitlistRow
from models.tables.consents import ConsentRow
from models.tables.conversation import MailReplyRow, PostRow
from models.tables.documents import DocumentRow, FileRow, FindingRow
from models.tables.events import EventRow
from models.tables.exchanges import DecisionRow, ExchangeRow, NoteRow, StepRow
from models.tables.heads import FactRow, HeadRow, PolicyRow
from models.tables.host_sessions import HostSessionRow, SessionInvitationRow
from models.tables.legal_holds import LegalHoldRow
from models.tables.mail import URGENT, BounceRow, MessageRow, MessageStatus, OperatorTaskRow
from models.tables.particulars import ParticularRow
from models.tables.people import ExchangeCodeRow, IdentityRow, NominationRow, PersonRow, identity_of_exchange
from models.tables.stated import ReadingRow, StatedFactsRow
from models.tables.stay import AttendanceRow, CertificateRow, EvaluationRow, LetterRow
from models.tables.suspensions import ExchangeSuspensionRow, SuspensionRow, SuspensionWordsRow
from models.tables.usage import UsageRow
from models.tables.vault import DataKeyRow
from models.tables.webhooks import DeliveryRow, EndpointRow, InboundRow

__all__ = [
    "URGENT",
    "AbsenceRow",
    "ActRow",
    "AddressChangeRow",
    "ApiTokenRow",
    "AttemptRow",
    "AttendanceRow",
    "AuthorityNumberRow",
    "AuthorityPaperRow",
    "Base",
    "BedNightRow",
    "BedRow",
    "BounceRow",
    "BroadcastReaderRow",
    "BroadcastRow",
    "CalendarFeedRow",
    "CertificateRow",
    "CohortRow",
    "ConsentRow",
    "DataKeyRow",
    "DecisionRow",
    "DeliveryRow",
    "DocumentRow",
    "EndpointRow",
    "EvaluationRow",
    "EventRow",
    "ExchangeCodeRow",
    "ExchangeRow",
    "ExchangeSuspensionRow",
    "FactRow",
    "FileRow",
    "FindingRow",
    "HeadRow",
    "HostSessionRow",
    "IdempotencyKeyRow",
    "IdentityRow",
    "InboundRow",
    "LegalHoldRow",
    "LetterRow",
    "MailReplyRow",
    "MemberProposalRow",
    "MemberRow",
    "MessageRow",
    "MessageStatus",
    "NominationRow",
    "NoteRow",
    "OidcSubjectRow",
    "OperatorTaskRow",
    "ParticularRow",
    "PersonRow",
    "PlaceDayRow",
    "PlacementRow",
    "PolicyRow",
    "PostRow",
    "PreferenceRow",
    "ReadingRow",
    "SeatRow",
    "SessionInvitationRow",
    "SessionRow",
    "SignInLinkRow",
    "StatedFactsRow",
    "StepRow",
    "SuspensionRow",
    "SuspensionWordsRow",
    "UnitRow",
    "UnitSlotRow",
    "UnitTermsRow",
    "UsageRow",
    "UtcDateTime",
    "WaitlistRow",
    "identity_of_exchange",
]
