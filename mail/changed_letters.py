"""Mails about an exchange that is not as it was told: reopened, corrected, moved, or with a new letter."""

from mail.reading import MailReading
from mail.render import Body, Para
from models.notifications.notices import BedFacts, LetterNotice, PersonCorrectedFacts
from texts.dates import day_words
from texts.forms import COLUMNS
from texts.i18n import _
from texts.letters import LETTERS


def reopened(reading: MailReading) -> Body:
    """To whoever was told that it ended."""
    say = reading.say
    again = _("The exchange had ended and was reopened under the same code. The host verifies the nomination again.")
    kept = _("The seat and the reservations that were given back are asked for again when it comes to that.")
    return Body(
        subject=reading.coded(_("reopened")),
        headline=say(_("The exchange was reopened")),
        blocks=(Para(say(again)), Para(say(kept))),
    )


def person_corrected(reading: MailReading, facts: PersonCorrectedFacts) -> Body:
    """To the student and both offices: which cells were corrected; not what is in them."""
    say, names = reading.say, reading.names
    columns = names.listed(names.label(COLUMNS, column) for column in facts.columns)
    told = _("The host corrected personal data of this exchange: {columns}. Other exchanges keep what they have.")
    look = _("Please look whether it is right. A certificate issued before is to be issued anew.")
    return Body(
        subject=reading.coded(_("personal data corrected")),
        headline=say(_("Personal data corrected")),
        blocks=(Para(say(told, columns=columns)), Para(say(look))),
    )


def letter_written(reading: MailReading, facts: LetterNotice) -> Body:
    """To those whom a letter is for: which one, and where it is; the letter itself stays behind the sign-in."""
    say = reading.say
    kind = reading.names.label(LETTERS, facts.letter)
    told = _("{letter}, number {number}, about the exchange of {student} is ready, in English and in Chinese.")
    replaces = say(_("It is version {version} and replaces the one before."), version=facts.version)
    return Body(
        subject=reading.coded(_("{letter} ready"), letter=kind),
        headline=say(_("{letter} is ready"), letter=kind),
        blocks=(
            Para(
                reading.names.sentences(
                    say(told, letter=kind, number=facts.number, student=reading.student),
                    replaces if facts.version > 1 else "",
                )
            ),
            Para(say(_("It is downloaded from the page of the exchange, under Letters."))),
        ),
    )


def bed_moved(reading: MailReading, facts: BedFacts) -> Body:
    """To the student and the offices: from which bed to which, and from which night on."""
    say, names = reading.say, reading.names
    host = reading.exchange.host_id if reading.exchange else ""
    day = day_words(facts.first_night, reading.language)
    if reading.by_student:
        told = _("From the night of {day} on you sleep in another bed: {bed}.")
    else:
        told = _("From the night of {day} on {student} sleeps in another bed: {bed}.")
    before = say(_("Until then it is {bed}."), bed=names.bed(host, facts.moved_from)) if facts.moved_from else ""
    register = _("Where the building is another one, report the move on its day: the residence is registered anew.")
    return Body(
        subject=reading.coded(_("another bed")),
        headline=say(_("Another bed")),
        blocks=(
            Para(
                names.sentences(say(told, day=day, student=reading.student, bed=names.bed(host, facts.bed_id)), before)
            ),
            Para(say(register)),
        ),
    )
