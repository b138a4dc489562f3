"""Facts of papers that say who somebody is and by what right they stay."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from models.wire import Wire


class PassportFacts(Wire):
    """What a stay asks of a passport (D18)."""

    expires_on: date
    blank_pages: int | None = Field(default=None, ge=0, le=99)
    """Pages for visas that are empty; unset: not counted."""


class VisaFacts(Wire):
    """A visa as it is in the passport (D2, D33)."""

    visa_class: str = Field(pattern=r"^[A-Z0-9-]{1,8}$")
    """`X1`, `X2`, `J1`, `B1`, `F`."""
    permitted_until: date
    """The last day of the permitted stay."""
    entries: int | None = Field(default=None, ge=0)
    """0: as many as wanted."""


class PatientContact(StrEnum):
    """How near a visitor comes to patients."""

    NONE = "none"
    """Watches."""
    INCIDENTAL = "incidental"
    """Meets patients by the way, of research or teaching."""
    DIRECT = "direct"
    """Examines or treats."""


class UsStatus(StrEnum):
    """By which status a student stays in the United States (D24)."""

    J1 = "J1"
    B1 = "B1"


class StatusFacts(Wire):
    """What the status in the United States rests on (D24)."""

    status: UsStatus
    contact: PatientContact = PatientContact.NONE
    medical_degree: bool = False
    five_point_letter: bool = False
    paid: bool = False
    foreign_medical_student: bool = False
    """Enrolled in a medical school abroad, and here for an elective of its third or fourth year."""
    at_teaching_hospital: bool = False
    """At a hospital of a medical school in the United States."""
