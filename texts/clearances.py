"""What the clearances of a stay are called, what each lets a student do, and whether it holds."""

from models.clearances import ClearanceKind, ClearanceState, Covers
from texts.i18n import _, _p

CLEARANCES: dict[str, str] = {
    ClearanceKind.PASSPORT: _("Passport"),
    ClearanceKind.VISA: _("Permitted stay"),
    ClearanceKind.INSURANCE: _("Insurance"),
    ClearanceKind.OCCUPATIONAL: _("Occupational health"),
    ClearanceKind.TRAINING: _("Training"),
}
CLEARANCE_STATES: dict[str, str] = {
    ClearanceState.HOLDS: _p("clearance", "holds"),
    ClearanceState.SHORT: _p("clearance", "ends too soon"),
    ClearanceState.OVER: _p("clearance", "over"),
    ClearanceState.LACKING: _p("clearance", "not given"),
}
COVERED: dict[str, str] = {
    Covers.STAY: _p("clearance", "the stay"),
    Covers.CLINIC: _p("clearance", "clinical work"),
}
