"""Events: facts appended once per stream, never changed; replayed, they rebuild the tables. Ids, no personal data.

Everything else known of an event is said by its class: what it is called, and which of its fields may leave the house.
"""

from typing import Annotated, get_args

from pydantic import Field, TypeAdapter

from models.events.access import AddressRestored as AddressRestored
from models.events.access import CalendarIssued as CalendarIssued
from models.events.access import CalendarRevoked as CalendarRevoked
from models.events.access import MemberAdded as MemberAdded
from models.events.access import MemberChanged as MemberChanged
from models.events.access import MemberProposed as MemberProposed
from models.events.access import MemberRemoved as MemberRemoved
from models.events.access import ProposalDeclined as ProposalDeclined
from models.events.access import SessionEnded as SessionEnded
from models.events.access import SignedIn as SignedIn
from models.events.access import TokenIssued as TokenIssued
from models.events.access import TokenRevoked as TokenRevoked
from models.events.application import DocumentChecked as DocumentChecked
from models.events.application import DocumentOpened as DocumentOpened
from models.events.application import DocumentReturned as DocumentReturned
from models.events.application import DocumentReviewed as DocumentReviewed
from models.events.application import DocumentSubmitted as DocumentSubmitted
from models.events.application import ExchangeClosed as ExchangeClosed
from models.events.application import ExchangeOpened as ExchangeOpened
from models.events.application import ExchangeReopened as ExchangeReopened
from models.events.application import ExchangeResumed as ExchangeResumed
from models.events.application import ExchangeSuspended as ExchangeSuspended
from models.events.application import LeavingBegan as LeavingBegan
from models.events.application import NominationCorrected as NominationCorrected
from models.events.application import OverrideAsked as OverrideAsked
from models.events.application import PersonCorrected as PersonCorrected
from models.events.application import SeatAnswered as SeatAnswered
from models.events.application import StageEntered as StageEntered
from models.events.application import StatusChanged as StatusChanged
from models.events.authority import PaperRecorded as PaperRecorded
from models.events.base import Fact as Fact
from models.events.broadcasts import BroadcastWritten as BroadcastWritten
from models.events.changes import ChangeApplied as ChangeApplied
from models.events.changes import ChangeClosed as ChangeClosed
from models.events.changes import ChangeRequested as ChangeRequested
from models.events.cohort import CohortClosedBelowMinimum as CohortClosedBelowMinimum
from models.events.cohort import CohortOpened as CohortOpened
from models.events.cohort import CohortReplanned as CohortReplanned
from models.events.cohort import SeatGivenBack as SeatGivenBack
from models.events.cohort import SeatTaken as SeatTaken
from models.events.cohort import WaitlistChanged as WaitlistChanged
from models.events.consents import ConsentGiven as ConsentGiven
from models.events.consents import ConsentNoticeShown as ConsentNoticeShown
from models.events.consents import ConsentRefused as ConsentRefused
from models.events.consents import ConsentWithdrawn as ConsentWithdrawn
from models.events.conversation import PostWritten as PostWritten
from models.events.facts import FactsStated as FactsStated
from models.events.host_sessions import AbsenceAnnounced as AbsenceAnnounced
from models.events.host_sessions import HostSessionCancelled as HostSessionCancelled
from models.events.host_sessions import HostSessionChanged as HostSessionChanged
from models.events.host_sessions import HostSessionClosed as HostSessionClosed
from models.events.host_sessions import HostSessionPlanned as HostSessionPlanned
from models.events.host_sessions import PresenceMarked as PresenceMarked
from models.events.particulars import CardOpened as CardOpened
from models.events.particulars import ParticularsKept as ParticularsKept
from models.events.people import AbsenceCancelled as AbsenceCancelled
from models.events.people import AbsencePlanned as AbsencePlanned
from models.events.people import PreferencesSet as PreferencesSet
from models.events.privacy import DataExported as DataExported
from models.events.privacy import DocumentErased as DocumentErased
from models.events.privacy import HoldLifted as HoldLifted
from models.events.privacy import HoldSet as HoldSet
from models.events.privacy import PapersErased as PapersErased
from models.events.rules import RulesMoved as RulesMoved
from models.events.stay import Arrived as Arrived
from models.events.stay import AttendanceReported as AttendanceReported
from models.events.stay import BedAssigned as BedAssigned
from models.events.stay import CertificateIssued as CertificateIssued
from models.events.stay import ClearanceEnded as ClearanceEnded
from models.events.stay import ClearanceEnding as ClearanceEnding
from models.events.stay import Cleared as Cleared
from models.events.stay import Departed as Departed
from models.events.stay import Evaluated as Evaluated
from models.events.stay import ExtensionFiledLate as ExtensionFiledLate
from models.events.stay import HoldingsReleased as HoldingsReleased
from models.events.stay import LetterWritten as LetterWritten
from models.events.stay import MovementReported as MovementReported
from models.events.stay import PlaceAssigned as PlaceAssigned
from models.events.stay import PlaceReleased as PlaceReleased
from models.events.stay import RenewalNotNeeded as RenewalNotNeeded
from models.events.stay import ReportCorrected as ReportCorrected
from models.events.stay import RotationEnded as RotationEnded
from models.events.stay import StayPermitted as StayPermitted
from models.events.steps import DeadlineExtended as DeadlineExtended
from models.events.steps import RungFired as RungFired
from models.events.steps import StepClosed as StepClosed
from models.events.steps import StepHeld as StepHeld
from models.events.steps import StepOpened as StepOpened
from models.events.steps import StepReassigned as StepReassigned
from models.events.steps import StepReminded as StepReminded
from models.events.steps import StepReplanned as StepReplanned
from models.events.steps import StepResumed as StepResumed
from models.events.steps import StepSnoozed as StepSnoozed
from models.events.suspensions import ExchangeExempted as ExchangeExempted
from models.events.suspensions import SuspensionBegan as SuspensionBegan
from models.events.suspensions import SuspensionEnded as SuspensionEnded
from models.events.units import UnitChanged as UnitChanged
from models.events.webhooks import EndpointChanged as EndpointChanged

Event = Annotated[
    ExchangeOpened
    | NominationCorrected
    | PersonCorrected
    | StageEntered
    | StatusChanged
    | StepOpened
    | StepClosed
    | RungFired
    | DeadlineExtended
    | StepReassigned
    | StepHeld
    | StepResumed
    | StepReminded
    | StepReplanned
    | StepSnoozed
    | ExchangeSuspended
    | ExchangeResumed
    | MovementReported
    | StayPermitted
    | ExtensionFiledLate
    | SuspensionBegan
    | ExchangeExempted
    | SuspensionEnded
    | AbsencePlanned
    | AbsenceCancelled
    | PreferencesSet
    | BroadcastWritten
    | PostWritten
    | HostSessionPlanned
    | HostSessionChanged
    | HostSessionCancelled
    | PresenceMarked
    | AbsenceAnnounced
    | HostSessionClosed
    | UnitChanged
    | MemberAdded
    | EndpointChanged
    | MemberChanged
    | MemberRemoved
    | MemberProposed
    | ProposalDeclined
    | AddressRestored
    | SessionEnded
    | SignedIn
    | TokenIssued
    | TokenRevoked
    | CalendarIssued
    | CalendarRevoked
    | DocumentSubmitted
    | DocumentChecked
    | DocumentReturned
    | DocumentReviewed
    | OverrideAsked
    | DocumentOpened
    | SeatAnswered
    | ParticularsKept
    | FactsStated
    | HoldSet
    | HoldLifted
    | PapersErased
    | DataExported
    | DocumentErased
    | ConsentNoticeShown
    | ConsentGiven
    | ConsentRefused
    | ConsentWithdrawn
    | RulesMoved
    | CardOpened
    | BedAssigned
    | PlaceAssigned
    | PlaceReleased
    | HoldingsReleased
    | Cleared
    | ClearanceEnded
    | ClearanceEnding
    | RenewalNotNeeded
    | PaperRecorded
    | Arrived
    | ReportCorrected
    | AttendanceReported
    | Evaluated
    | Departed
    | RotationEnded
    | CertificateIssued
    | LetterWritten
    | LeavingBegan
    | ExchangeClosed
    | ExchangeReopened
    | ChangeRequested
    | ChangeApplied
    | ChangeClosed
    | CohortOpened
    | SeatTaken
    | SeatGivenBack
    | CohortReplanned
    | WaitlistChanged
    | CohortClosedBelowMinimum,
    Field(discriminator="kind"),
]
EVENT: TypeAdapter[Event] = TypeAdapter(Event)
KINDS: dict[str, type[Fact]] = {one.model_fields["kind"].default: one for one in get_args(get_args(Event)[0])}
"""Every class of event by its kind."""
LOOKS = tuple(kind for kind, one in KINDS.items() if not one.changes)
"""The kinds of event that only say that somebody looked."""
