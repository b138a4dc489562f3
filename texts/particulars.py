"""Words about a student's daily life: housing, hand-over, emergency card."""

from models.people.particulars import CardReader, ParticularKind, Support
from texts.i18n import _

PARTICULARS: dict[str, str] = {
    ParticularKind.RESIDENCE: _("Address outside the host's beds"),
    ParticularKind.HANDOVER: _("Hand-over at check-in"),
    ParticularKind.INSPECTION: _("Inspection at check-out"),
    ParticularKind.EMERGENCY_CARD: _("Emergency card"),
}
SUPPORTS: dict[str, str] = {
    Support.NONE: _("No support"),
    Support.FREE: _("Free of charge"),
    Support.SUPPORTED: _("Rent is supported"),
}
CARD_READERS: dict[str, str] = {
    CardReader.HOST: _("International office and housing office of the host, and the programme office"),
    CardReader.SENDING: _("Offices of the sending university"),
    CardReader.UNIT: _("Supervisors of the units of the stay"),
}
PARTICULAR_FIELDS: dict[str, str] = {
    "address": _("Address in Latin letters"),
    "address_local": _("Address in the local script"),
    "landlord": _("Landlord"),
    "landlord_phone": _("Telephone of the landlord"),
    "first_night": _("First night"),
    "last_night": _("Last night"),
    "rent": _("Rent a month"),
    "currency": _("Currency, e.g. CNY"),
    "support": _("Support by the host"),
    "support_amount": _("Support a month"),
    "granted_by": _("Granted by"),
    "on": _("Day"),
    "condition": _("Condition of the room"),
    "by": _("Inspected by"),
    "keys": _("Keys"),
    "deposit": _("Deposit paid"),
    "returned": _("Deposit returned"),
    "withheld": _("Deposit withheld"),
    "reason": _("Why it was withheld"),
    "phone": _("Telephone during the stay"),
    "phone_home": _("Telephone at home"),
    "contact": _("Person to call in an emergency"),
    "relation": _("Relation to the student"),
    "contact_phone": _("Telephone of that person"),
    "insurer": _("Insurer"),
    "hotline": _("Hotline of the insurer"),
    "policy_number": _("Policy number"),
}
OPEN_POINTS: dict[str, str] = {
    "keys": _("Keys are not returned"),
    "deposit": _("Deposit not settled"),
}
CARD_FIELDS = (
    *("phone", "phone_home", "address", "address_local", "contact", "relation", "contact_phone"),
    *("insurer", "hotline", "policy_number"),
)
"""In the order in which a card says them."""
OFFICE_OF_HOST = _("International office of the host")
OFFICE_AT_HOME = _("International office of the home university")
AMBULANCE = _("Ambulance")
OFFICE_CLOSED = _("When the office is closed")
CARD_NOTE = _("Police, ambulance and fire brigade of the country come first; then call the insurer and the office.")
CARD_OF = _("Emergency card of {student}")
"""At the head of a printed card."""
