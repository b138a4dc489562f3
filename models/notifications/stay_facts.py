"""What notices say of the law and of health during a stay: days and codes only."""

from datetime import date

from models.clearances import ClearanceEnds
from models.wire import Wire


class LateFilingFacts(Wire):
    """An extension that was filed late: when, by when it was due, and the last day of the permitted stay."""

    filed_on: date
    due_on: date
    until: date


class ClearanceFacts(Wire):
    """The clinic stopped for a student, or goes on: through which day the clearance held or holds."""

    through: date
    ended: ClearanceEnds | None = None
    """Why it is over; unset: it is a new one."""
