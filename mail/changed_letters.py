"""Mails about an exchange that is not as it was told: reopened, corrected, moved, or with a new letter."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from mail.naming import Naming
from mail.reading import MailReading, NothingToSay
from mail.render import Body, Box, Detail, Para
from mail.replan_letters import why_words
from models.events import ChangeRequested
from models.messages.changes import (
    BlocksChange,
    ChangeStatus,
    DatesChange,
    DisciplineChange,
    HousingChange,
    IntakeChange,
    SecondHostChange,
    UnitChange,
)
from models.messages.plan import PlannedContent
from models.notifications.notices import LetterNotice, PersonCorrectedFacts
from models.notifications.stay_facts import BedFacts, ChangeFacts
from models.rules.changes import differing, name_of
from models.tables import PlacementRow
from models.vocabulary import StepKind
from records.changes import request_of
from texts.changes import CHANGE_NAMES, CHANGE_STATES
from texts.dates import day_words, stay_words
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


SAID = {
    ChangeStatus.APPLIED: _("A change of the exchange of {student} was agreed to by everybody and holds from now on."),
    ChangeStatus.DECLINED: _("A change of the exchange of {student} was not agreed to."),
    ChangeStatus.WITHDRAWN: _("A change of the exchange of {student} was taken back by whoever had asked for it."),
    ChangeStatus.LAPSED: _("A change of the exchange of {student} was not decided in time and lapsed."),
    ChangeStatus.IMPOSSIBLE: _(
        "Everybody agreed to a change of the exchange of {student}, but it cannot be made any more."
    ),
}
"""What became of a change."""
ENDED_FIRST = frozenset({"stay_over", "exchange_ending"})
BED, SEAT, SECOND_HOST = "bed", "seat", "second_host"


async def change_ended(session: AsyncSession, reading: MailReading, facts: ChangeFacts) -> Body:
    """To everybody concerned: which change it was, what became of it and why, and what follows.

    Raises:
        NothingToSay: what was asked for is not on record any more.
    """
    asked = await request_of(session, reading.row.stream, facts.change_id)
    if asked is None:
        raise NothingToSay
    say, names = reading.say, reading.names
    name = names.label(CHANGE_NAMES, name_of(asked.change, asked.before))
    state = names.label(CHANGE_STATES, facts.status)
    host = asked.after.host
    if facts.status is ChangeStatus.APPLIED:
        bed = say(_("The bed is now {bed}."), bed=names.bed(host, facts.bed_id)) if facts.bed_id else ""
        then = _(
            "Due times, places and papers follow the new plan. Where something is asked of you anew, a mail of its own "
            "says so."
        )
        follows = names.sentences(bed, say(then))
    else:
        follows = say(_("Nothing has been changed: the plan, the bed and the places stay as they were."))
    return Body(
        subject=names.pair(reading.row.stream, names.pair(name, state)),
        headline=names.pair(name, state),
        blocks=(
            Para(names.sentences(say(_said(facts), student=reading.student), _why(reading, facts))),
            Box((Detail(say(_("Change")), name), *await _before_and_after(session, reading, asked))),
            Para(follows),
        ),
    )


def _said(facts: ChangeFacts) -> str:
    """What became of it, where it was asked for or the whole cohort was re-planned."""
    if not facts.replan:
        return SAID[facts.status]
    if facts.status is ChangeStatus.APPLIED:
        return _("The whole cohort was re-planned. The stay of {student} is on other days from now on.")
    return _("The whole cohort was re-planned, but the stay of {student} could not be moved.")


def _why(reading: MailReading, facts: ChangeFacts) -> str:
    """Why it was not made; empty where that needs no words."""
    say, reason = reading.say, facts.reason
    if facts.replan:
        return why_words(reading, reason) if reason else ""
    if facts.status is ChangeStatus.IMPOSSIBLE:
        if reason == BED:
            return say(_("No bed is free for every night."))
        if reason == SEAT:
            return say(_("No seat of that intake is free any more."))
        if reason == SECOND_HOST:
            return say(_("The exchange at the second host had ended, or leaves no room for these days."))
        return say(_("There is no room on its days in this unit: {unit}."), unit=reading.names.unit(reason))
    if reason in set(StepKind):
        return say(_("It ended at this step: {title}."), title=reading.names.step(reason))
    if facts.status is ChangeStatus.LAPSED:
        first = _("The stay was over, or the exchange ended, before it was decided.")
        return say(first if reason in ENDED_FIRST else _("The day from which it was to hold had come first."))
    return ""


async def _before_and_after(
    session: AsyncSession, reading: MailReading, asked: ChangeRequested
) -> tuple[Detail, Detail]:
    """What a change is about, as it was and as it was asked to be."""
    names, before, after = reading.names, asked.before, asked.after
    was: tuple[str, ...]
    now: tuple[str, ...]
    match asked.change:
        case DatesChange() | IntakeChange():
            was, now = ((stay_words(plan.start, plan.end, reading.language),) for plan in (before, after))
        case SecondHostChange() as onward:
            was = (_at(reading, before.host, before.start, before.end),)
            now = (
                _at(reading, after.host, after.start, after.end),
                _at(reading, onward.host, onward.start, onward.end),
            )
        case DisciplineChange(discipline=other):
            was, now = (names.discipline(before.discipline),), (names.discipline(other),)
        case BlocksChange():
            pairs = differing(before, after)
            was = tuple(_block(reading, pair[1]) for pair in pairs if pair[1] is not None)
            now = tuple(_block(reading, pair[2]) for pair in pairs if pair[2] is not None)
        case HousingChange(from_day=day):
            since = reading.say(_("from {day}"), day=day_words(day, reading.language))
            was = (reading.say(_("In a bed of the host")),)
            now = (names.apart(reading.say(_("Outside the host's beds")), since),)
        case UnitChange(placement_id=placement, unit_id=unit, from_day=day, supervisor=person):
            place = await session.get(PlacementRow, placement)
            since = reading.say(_("from {day}"), day=day_words(day, reading.language))
            old = (names.unit(place.unit_id), _by(names, place.supervisor_id if person else "")) if place else ()
            was = (names.apart(*filter(None, old)),) if old else ()
            now = (names.apart(*filter(None, (names.unit(unit), _by(names, person), since))),)
    return _detail(reading, _("Before"), was), _detail(reading, _("After"), now)


def _by(names: Naming, person: str) -> str:
    """Who supervises, where somebody is named."""
    return names.person(person) if person else ""


def _at(reading: MailReading, host: str, first: date, last: date) -> str:
    """A stay at a host."""
    return reading.names.pair(reading.names.institution(host), stay_words(first, last, reading.language))


def _detail(reading: MailReading, label: str, items: tuple[str, ...]) -> Detail:
    if len(items) > 1:
        return Detail(reading.say(label), items=items)
    return Detail(reading.say(label), items[0] if items else "–")


def _block(reading: MailReading, block: PlannedContent) -> str:
    names = reading.names
    return names.pair(
        names.block(block.content, block.number or ""), stay_words(block.start, block.end, reading.language)
    )
