"""Facts. Appended once per stream, never changed; together they rebuild the projection. Ids only, no personal data."""

from models.events.application import (
    DocumentChecked,
    DocumentReturned,
    DocumentSubmitted,
    ExchangeClosed,
    ExchangeOpened,
    NominationCorrected,
    SeatAnswered,
    StageEntered,
    StatusChanged,
)
from models.events.base import Fact
from models.events.batch import Batch, DayRule, Recorded, StepRules
from models.events.cohort import CohortClosedBelowMinimum, CohortOpened, SeatGivenBack, SeatTaken, WaitlistChanged
from models.events.stay import (
    Arrived,
    AttendanceReported,
    BedAssigned,
    CertificateIssued,
    Cleared,
    Departed,
    Evaluated,
    HoldingsReleased,
    PlaceAssigned,
    PlaceReleased,
)
from models.events.steps import DeadlineExtended, RungFired, StepClosed, StepOpened, StepReassigned
from models.events.union import EVENT, Event

__all__ = [
    "EVENT",
    "Arrived",
    "AttendanceReported",
    "Batch",
    "BedAssigned",
    "CertificateIssued",
    "Cleared",
    "CohortClosedBelowMinimum",
    "CohortOpened",
    "DayRule",
    "DeadlineExtended",
    "Departed",
    "DocumentChecked",
    "DocumentReturned",
    "DocumentSubmitted",
    "Evaluated",
    "Event",
    "ExchangeClosed",
    "ExchangeOpened",
    "Fact",
    "HoldingsReleased",
    "NominationCorrected",
    "PlaceAssigned",
    "PlaceReleased",
    "Recorded",
    "RungFired",
    "SeatAnswered",
    "SeatGivenBack",
    "SeatTaken",
    "StageEntered",
    "StatusChanged",
    "StepClosed",
    "StepOpened",
    "StepReassigned",
    "StepRules",
    "WaitlistChanged",
]
