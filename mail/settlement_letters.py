"""Mails about what was handed over at the check-in and came back at the check-out (D34)."""

from mail.reading import MailReading
from mail.render import Body, Para
from models.notifications.stay_facts import SettlementFacts
from models.people.particulars import ParticularKind
from texts.i18n import _
from texts.particulars import OPEN_POINTS

SAID = {
    ParticularKind.HANDOVER: _("The housing office of the host recorded what was handed to you at your check-in."),
    ParticularKind.INSPECTION: _("The housing office of the host recorded the inspection of your room."),
    None: _("You are checked out of the residence."),
}
LOOK = _("Please look whether it is right: it is on the page of your exchange, under Housing.")
OPEN = _("Still open: {points}. Please settle it with the housing office of the host.")
SETTLED = _("Nothing is open any more: keys and deposit are settled.")
THEN = _("Your certificate and your transcript do not wait for it; the exchange is closed once it is settled.")


def settlement(reading: MailReading, facts: SettlementFacts) -> Body:
    """To the student: what was recorded, and what is open of keys and deposit; the form stays behind the sign-in."""
    say, names = reading.say, reading.names
    points = names.listed(names.label(OPEN_POINTS, point) for point in facts.unsettled)
    parts = [names.sentences(say(SAID[facts.what]), say(LOOK) if facts.what else "")]
    if facts.what is not ParticularKind.HANDOVER:
        parts.append(names.sentences(say(OPEN, points=points), say(THEN)) if facts.unsettled else say(SETTLED))
    return Body(
        subject=reading.coded(_("keys and deposit")),
        headline=say(_("Keys and deposit")),
        blocks=tuple(Para(part) for part in parts),
    )
