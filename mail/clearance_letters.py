"""Mails about the clearances of a stay: the clinic stops or goes on, and what ends soon."""

from mail.reading import MailReading
from mail.render import Body, Para
from models.clearances import ClearanceEnds, ClearanceKind, Covers
from models.notifications.stay_facts import ClearanceFacts, EndingFacts, RenewalFacts
from texts.clearances import CLEARANCES
from texts.dates import day_words
from texts.i18n import _

ENDS = {
    ClearanceEnds.REVOKED: _(
        "Occupational health has taken back the clearance of {student}. The last clinical day is {day}."
    ),
    ClearanceEnds.LAPSED: _("The clearance of {student} for the clinic has lapsed. The last clinical day was {day}."),
    ClearanceEnds.UNINSURED: _("The insurance of {student} for the clinic has ended. The last clinical day was {day}."),
}
UNTIL_CLEARED = _(
    "No clinical day and no clinical hours until there is a new clearance; laboratory work, lectures and the "
    "cultural programme go on. Occupational health has been asked to decide anew."
)
UNTIL_INSURED = _(
    "No clinical day and no clinical hours until a new insurance is accepted; laboratory work, lectures and the "
    "cultural programme go on. The student has been asked for it, and the clinic goes on with it."
)
DOES = {
    (ClearanceKind.PASSPORT, False): _(
        "Have the passport renewed by then; the host's coordinator enters the new one in the register."
    ),
    (ClearanceKind.INSURANCE, True): _(
        "Take out an insurance for the rest of the stay. Its proof is asked for three weeks before the last day; "
        "without one, clinical work stops the day after and goes on with the next."
    ),
    (ClearanceKind.INSURANCE, False): _(
        "Take out an insurance for the rest of the stay, and give its proof to the host's coordinator."
    ),
    (ClearanceKind.PASSPORT, True): _(
        "Have the passport renewed by then. The new one is asked for sixty days before; who has it already hands it in "
        "then, or the host's coordinator enters it in the register."
    ),
    (ClearanceKind.OCCUPATIONAL, True): _(
        "What runs out is asked for now, and occupational health decides anew by it. Decided by that day, the clinic "
        "does not stop; otherwise it stops the day after. Laboratory work goes on in any case."
    ),
    (ClearanceKind.OCCUPATIONAL, False): _(
        "The day after, clinical work stops: what is too old is asked for then, and occupational health decides anew. "
        "Whoever has the new papers ready by then loses the fewest days. Laboratory work goes on."
    ),
}
"""What is to be done, by the clearance and whether a step asks for what takes its place."""
FOR_THE_STAY = _("Have it renewed by then. What takes its place is asked for before it ends, in a step of yours.")
"""What the stay rests on, and a step asks for; the insurance of a stay without a clinic."""
OTHERWISE = _("Have it renewed by then; the host's coordinator says how.")


def clearance_changed(reading: MailReading, facts: ClearanceFacts) -> Body:
    """To student, coordinators and clinical supervisors: clinical work stops, or goes on; nothing of health (D46)."""
    say, through = reading.say, day_words(facts.through, reading.language)
    if facts.ended is None:
        told = (
            _("{student} is insured again and cleared for the clinic, through {day}.")
            if facts.renewed
            else _("Occupational health has cleared {student} for the clinic again, through {day}.")
        )
        more = _("Clinical observation may go on from today.")
        subject, headline = _("cleared for the clinic again"), _("Clinical observation goes on")
    else:
        told = ENDS[facts.ended]
        more = UNTIL_INSURED if facts.ended is ClearanceEnds.UNINSURED else UNTIL_CLEARED
        subject, headline = _("clinical observation has to stop"), _("Clinical observation has to stop")
    return Body(
        subject=reading.coded(subject),
        headline=say(headline),
        blocks=(Para(say(told, student=reading.student, day=through)), Para(say(more))),
    )


def _does(facts: EndingFacts) -> str:
    if facts.renews and facts.clearance is ClearanceKind.INSURANCE and facts.covers is Covers.STAY:
        return FOR_THE_STAY
    return DOES.get((facts.clearance, facts.renews), OTHERWISE)


def renewal_not_needed(reading: MailReading, facts: RenewalFacts) -> Body:
    """To the student who was asked for something newer: what there is lasts as long as the stay needs it."""
    say, names = reading.say, reading.names
    documents = names.listed(map(names.document, facts.documents))
    told = say(_("{documents}: not needed any more for this stay."), documents=documents)
    if facts.needed_through is not None:
        lasts = _("{documents}: needed through {day} now, and what has been accepted lasts until then.")
        told = say(lasts, documents=documents, day=day_words(facts.needed_through, reading.language))
    more = _("The step that asked for a newer one is closed. Should the stay change again, you are asked again.")
    return Body(
        subject=reading.coded(_("no renewal needed any more")),
        headline=say(_("No renewal needed any more")),
        blocks=(Para(told), Para(say(more))),
    )


def clearance_ending(reading: MailReading, facts: EndingFacts) -> Body:
    """To the student and the host: what ends soon and too soon, and what to do; nothing of health (D46)."""
    say, names = reading.say, reading.names
    through, last = (day_words(day, reading.language) for day in (facts.through, facts.needed_through))
    name = names.label(CLEARANCES, facts.clearance)
    told = _("{clearance}: for {student} good through {day}, needed through {last}.")
    return Body(
        subject=reading.coded(_("{clearance} ends soon"), clearance=name),
        headline=say(_("{clearance}: good through {day}"), clearance=name, day=through),
        blocks=(
            Para(say(told, clearance=name, student=reading.student, day=through, last=last)),
            Para(say(_does(facts))),
        ),
    )
