"""What is on record of a student's daily life, as far as a reader may see it."""

from datetime import date

from models.people.particulars import EmergencyCard, Handover, Inspection, Residence
from models.views.shared import Student
from models.wire import Id, Moment, Wire


class KeptVersion(Wire):
    """Which version of a form it is, and who kept it when."""

    version: int
    at: Moment
    by: str
    """The name of who kept it."""


class ResidenceVersion(KeptVersion):
    """Housing outside the beds of the host."""

    residence: Residence


class ParticularsView(Wire):
    """Housing of one student, and whether the emergency card is asked for."""

    exchange_id: Id
    residences: tuple[ResidenceVersion, ...] = ()
    """The newest version, which holds, first."""
    handover: Handover | None = None
    inspection: Inspection | None = None
    open: tuple[str, ...] = ()
    """What is not settled between student and host: `keys`, `deposit`."""
    records: bool = False
    """Whether the reader may say where the student lives."""
    houses: bool = False
    """Whether the reader may hand over, inspect and move."""


class CardView(Wire):
    """An emergency card, as it is shown."""

    exchange_id: Id
    student: Student
    host: Id
    sending: Id
    kept: KeptVersion
    card: EmergencyCard


class DirectoryRow(Wire):
    """One student who is at a host, or about to come."""

    exchange_id: Id
    student: Student
    host: Id
    start: date
    end: date
    arrived_at: Moment | None
    units: tuple[Id, ...] = ()
    bed_id: Id | None = None
    lives_outside: bool = False
    """Whether an address outside the host's beds is on record."""
    card: bool = False
    """Whether there is an emergency card that the reader may be shown."""
    open: tuple[str, ...] = ()
    """What is not settled: `keys`, `deposit`."""


class StayList(Wire):
    """Who is at a host, or about to come, by name."""

    rows: tuple[DirectoryRow, ...] = ()
    more: bool = False
    """Whether there are others, who are not listed: fewer must be asked for."""
