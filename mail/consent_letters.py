"""Mails about consents to sending papers abroad."""

from mail.reading import MailReading
from mail.render import Body, Para
from models.notifications.stay_facts import ConsentFacts
from texts.consents import CONSENT_SHORT
from texts.i18n import _

STUDENT = _(
    "You took back your consent to sending papers abroad ({purposes}). From now on none of them is taken or shown to "
    "the host. What the host had before stays there. You may agree again at any time, on the page “Consent” of the "
    "exchange."
)
OFFICE = _(
    "{student} took back the consent to sending papers abroad ({purposes}). From now on none of them is taken, and the "
    "host's people open none that comes later. What the host had before stays there."
)
TO_DO = _("Talk with the student about how the exchange can go on, and with the other university.")


def consent_withdrawn(reading: MailReading, facts: ConsentFacts) -> Body:
    """To the student and both coordinators: what is not sent any more, and what stays (D46)."""
    say, names = reading.say, reading.names
    purposes = names.listed([names.label(CONSENT_SHORT, one) for one in facts.to])
    told = say(STUDENT if reading.by_student else OFFICE, student=reading.student, purposes=purposes)
    blocks = (Para(told),) if reading.by_student else (Para(told), Para(say(TO_DO)))
    return Body(
        subject=reading.coded(_("consent to sending papers abroad withdrawn")),
        headline=say(_("A consent was withdrawn")),
        blocks=blocks,
    )
