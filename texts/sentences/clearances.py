"""Why a clearance of a stay does not hold, or not long enough, and what to do (D31, D36)."""

from texts.i18n import _

SENTENCES: dict[str, str] = {
    "clearance.not_accepted": _("{kind}: none is accepted yet. It has to be handed in."),
    "clearance.runs_out": _("{kind}: good through {until}, needed through {last}. Hand in a newer one."),
    "clearance.stay_too_short": _(
        "The stay is permitted through {until}, and planned through {last}. Apply for a permit or an extension in time "
        "(D31, D32)."
    ),
    "clearance.stay_refused": _(
        "The authority refused to let the student stay longer. The last day of the stay is {until} (D31)."
    ),
    "clearance.not_given": _("Occupational health has not cleared the student yet (D36)."),
    "clearance.taken_back": _(
        "Occupational health took the clearance back; the last cleared day is {until}. It decides anew (D36)."
    ),
    "clearance.lapsed": _(
        "The clearance lapsed; the last cleared day is {until}. Hand in anew what is too old; then occupational health "
        "decides anew (D36)."
    ),
    "clearance.uninsured": _(
        "The insurance ended; the last cleared day is {until}. Hand in one for the rest of the stay: with it the "
        "clinic goes on (D25, D28)."
    ),
    "clearance.decided_too_short": _(
        "Occupational health cleared the student through {until}; the last clinical day is {last} (D36)."
    ),
}
