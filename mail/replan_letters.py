"""Mails about a re-planned cohort: to the offices once for all, and to everybody concerned about one stay."""

from mail.reading import MailReading
from mail.render import Body, Para
from models.notifications.stay_facts import ReplanFacts
from texts.i18n import _
from texts.labels import label
from texts.replans import WHY_NOT_MOVED


def cohort_replanned(reading: MailReading, facts: ReplanFacts) -> Body:
    """To both offices: how many stays get other days, and where it stands what became of each."""
    say, names = reading.say, reading.names
    sending, host = (names.institution(one) for one in (facts.sending, facts.host))
    name = say(_("{year} {sending} → {host}"), year=facts.year, sending=sending, host=host)
    told = _("The programme office has re-planned {name}. Stays that get other days: {exchanges}; taken out: {exempt}.")
    then = _(
        "Each stay is moved with its bed, places, papers and deadlines, or stays as it was. Who was moved, who could "
        "not be, and why, is on the page of the cohort. Students, supervisors and housing officers get their own mails."
    )
    return Body(
        subject=names.pair(name, say(_("re-planned"))),
        headline=say(_("Cohort re-planned")),
        blocks=(Para(say(told, name=name, exchanges=facts.exchanges, exempt=facts.exempt)), Para(say(then))),
    )


def why_words(reading: MailReading, reason: str) -> str:
    """Why a stay was not moved with its cohort."""
    if reason in WHY_NOT_MOVED:
        return label(WHY_NOT_MOVED, reason, reading.language)
    return reading.say(_("There is no room on its days in this unit: {unit}."), unit=reading.names.unit(reason))
