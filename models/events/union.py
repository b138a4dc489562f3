"""All events as one type, told apart by their `kind`."""

from typing import Annotated

from pydantic import Field, TypeAdapter

from models.events.access import (
    MemberAdded,
    MemberChanged,
    MemberRemoved,
    SessionEnded,
    SignedIn,
    TokenIssued,
    TokenRevoked,
)
from models.events.application import (
    DocumentChecked,
    DocumentReturned,
    DocumentSubmitted,
    ExchangeClosed,
    ExchangeOpened,
    ExchangeResumed,
    ExchangeSuspended,
    NominationCorrected,
    SeatAnswered,
    StageEntered,
    StatusChanged,
)
from models.events.cohort import CohortClosedBelowMinimum, CohortOpened, SeatGivenBack, SeatTaken, WaitlistChanged
from models.events.people import AbsenceCancelled, AbsencePlanned, PreferencesSet
from models.events.stay import (
    Arrived,
    AttendanceReported,
    BedAssigned,
    CertificateIssued,
    Cleared,
    Departed,
    Evaluated,
    HoldingsReleased,
    MovementReported,
    PlaceAssigned,
    PlaceReleased,
    StayPermitted,
)
from models.events.steps import (
    DeadlineExtended,
    RungFired,
    StepClosed,
    StepHeld,
    StepOpened,
    StepReassigned,
    StepResumed,
    StepSnoozed,
)
from models.events.suspensions import ExchangeExempted, SuspensionBegan, SuspensionEnded
from models.events.webhooks import EndpointChanged

Event = Annotated[
    ExchangeOpened
    | NominationCorrected
    | StageEntered
    | StatusChanged
    | StepOpened
    | StepClosed
    | RungFired
    | DeadlineExtended
    | StepReassigned
    | StepHeld
    | StepResumed
    | StepSnoozed
    | ExchangeSuspended
    | ExchangeResumed
    | MovementReported
    | StayPermitted
    | SuspensionBegan
    | ExchangeExempted
    | SuspensionEnded
    | AbsencePlanned
    | AbsenceCancelled
    | PreferencesSet
    | MemberAdded
    | EndpointChanged
    | MemberChanged
    | MemberRemoved
    | SessionEnded
    | SignedIn
    | TokenIssued
    | TokenRevoked
    | DocumentSubmitted
    | DocumentChecked
    | DocumentReturned
    | SeatAnswered
    | BedAssigned
    | PlaceAssigned
    | PlaceReleased
    | HoldingsReleased
    | Cleared
    | Arrived
    | AttendanceReported
    | Evaluated
    | Departed
    | CertificateIssued
    | ExchangeClosed
    | CohortOpened
    | SeatTaken
    | SeatGivenBack
    | WaitlistChanged
    | CohortClosedBelowMinimum,
    Field(discriminator="kind"),
]
EVENT: TypeAdapter[Event] = TypeAdapter(Event)
