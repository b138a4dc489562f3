"""Mails about one step: that it is to be done, is still open, is overdue, or has a new deadline."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from mail.naming import items_of
from mail.reading import MailReading
from mail.render import Body, Box, Detail, Para, Quote, one_line
from models.notifications.notices import NoticeKind, Reader, StepFacts
from models.tables import NoteRow, StepRow
from models.vocabulary import StepKind, StepStatus
from records.queries.arrivals import latest_arrival_of
from texts import punctuation
from texts.answers import ask_of
from texts.dates import day_words, due_words, moment_words, short_due
from texts.i18n import _

OF_THE_JOURNEY = (StepKind.CONFIRM_ARRIVAL, StepKind.CHECK_IN)
LATEST_ARRIVAL = _("Latest arrival for a certificate")
DO, DUE, NOTE = _("What to do"), _("By when"), _("What was written")


class Wording(NamedTuple):
    """What differs between the mails about a step."""

    subject: str
    headline: str
    """Empty: the title of the step."""
    intro: str


WORDINGS = {
    NoticeKind.STEP_OPENED: Wording(_("{verb} by {due}"), "", _("This step of the exchange is now yours.")),
    NoticeKind.REMINDER: Wording(
        _("still to do: {verb} by {due}"),
        _("Still to do: {title}"),
        _("A reminder: this step is still open, and it is yours."),
    ),
    NoticeKind.DEADLINE_CHANGED: Wording(
        _("{verb}, now by {due}"),
        _("New deadline: {title}"),
        _("The deadline of this step was moved. Only the new one counts."),
    ),
}
OPENED_TO_STUDENT = WORDINGS[NoticeKind.STEP_OPENED]._replace(intro=_("This is your next step in the exchange."))
ESCALATIONS = {
    Reader.OWNER: Wording(
        _("overdue: {verb} (was due {due})"),
        _("Overdue: {title}"),
        _("This step is overdue. Please do it now; others wait for it."),
    ),
    Reader.RESPONSIBLE: Wording(
        _("escalated to you, overdue: {verb} (was due {due})"),
        _("Escalated to you: {title}"),
        _("This step is overdue. You get this because you answer for whoever owes it: please see that it is done now."),
    ),
    Reader.COPY: Wording(
        _("for information: overdue: {verb} (was due {due})"),
        _("For information, overdue: {title}"),
        _(
            "For your information: this step is overdue, and those who answer for it have been told. You need do "
            "nothing."
        ),
    ),
}


async def step_letter(session: AsyncSession, reading: MailReading, facts: StepFacts) -> Body:
    """A mail about a step, which is asked of its owner and told to everybody else."""
    names, wording = reading.names, _wording(reading)
    step = await session.get(StepRow, facts.step_id)
    settled = step is not None and step.status is not StepStatus.OPEN
    title = names.step(facts.step)
    items = tuple(await _items(session, reading, facts))
    done = _("This was settled before the mail could be sent. Nothing is left to do.")
    blocks: list[Para | Box | Quote] = [Para(reading.say(done if settled else wording.intro), strong=settled)]
    if reading.kind is NoticeKind.ESCALATION and reading.capacity is not Reader.OWNER:
        blocks.append(Box(tuple(_overdue(reading, facts, items))))
    else:
        asked = (*_asked(reading, facts, items), *await _latest_arrival(session, reading, facts))
        blocks.append(Box(asked))
        blocks.extend(await quoted(session, reading, facts.note_id))
    due = short_due(facts.due_at, facts.zone, reading.language)
    return Body(
        subject=reading.coded(wording.subject, verb=_verb(title, reading.language), due=due),
        headline=reading.say(wording.headline, title=title) if wording.headline else title,
        blocks=tuple(blocks),
        settled=settled,
    )


def _wording(reading: MailReading) -> Wording:
    if reading.kind is NoticeKind.ESCALATION:
        return ESCALATIONS.get(reading.capacity, ESCALATIONS[Reader.COPY])
    if reading.kind is NoticeKind.STEP_OPENED and reading.by_student:
        return OPENED_TO_STUDENT
    return WORDINGS[reading.kind]


def _asked(reading: MailReading, facts: StepFacts, items: tuple[str, ...]) -> Iterable[Detail]:
    """To whoever owes it; a clock of the law says which."""
    say, law = reading.say, _law(reading, facts)
    ask = ask_of(reading.names.programme.policy, facts.step, reading.language)
    yield Detail(say(DO), ask.do, items)
    yield Detail(say(DUE), due_in_full(reading, facts))
    yield from _ends(reading, facts)
    yield Detail(say(_("Why")), reading.names.bracketed(ask.why, law) if law else ask.why)


def _overdue(reading: MailReading, facts: StepFacts, items: tuple[str, ...]) -> Iterable[Detail]:
    """To whoever answers for the owner or reads along."""
    say, law = reading.say, _law(reading, facts)
    yield Detail(say(_("Owed by")), reading.names.owner(facts.owner))
    yield Detail(say(_("Was due")), due_in_full(reading, facts))
    if law:
        yield Detail(say(_("The law")), law)
    yield from _ends(reading, facts)
    if items:
        yield Detail(say(_("About")), items=items)


def _ends(reading: MailReading, facts: StepFacts) -> Iterable[Detail]:
    if facts.ends_at:
        ends = moment_words(facts.ends_at, facts.zone, reading.language)
        yield Detail(reading.say(_("Unanswered, it ends")), ends)


async def _latest_arrival(session: AsyncSession, reading: MailReading, facts: StepFacts) -> tuple[Detail, ...]:
    """By when the student must be there for the certificate, said before the journey (D1)."""
    if facts.step not in OF_THE_JOURNEY or reading.exchange is None:
        return ()
    latest = await latest_arrival_of(session, reading.exchange)
    if latest is None:
        return ()
    return (Detail(reading.say(LATEST_ARRIVAL), day_words(latest, reading.language)),)


def due_in_full(reading: MailReading, facts: StepFacts) -> str:
    """When a step is due: where the deadline was set, how far away, and on the reader's clock."""
    return due_words(facts.due_at, facts.zone, reading.now, reading.language, reading.reader.zone)


async def quoted(session: AsyncSession, reading: MailReading, note_id: str | None) -> tuple[Quote, ...]:
    """What a person wrote, if anybody did."""
    row = await session.get(NoteRow, note_id) if note_id else None
    text = "\n".join(one_line(line) for line in row.text.splitlines()).strip() if row else ""
    return (Quote(reading.say(NOTE), text),) if text else ()


async def _items(session: AsyncSession, reading: MailReading, facts: StepFacts) -> Iterable[str]:
    host = reading.exchange.host_id if reading.exchange else ""
    if facts.step is StepKind.ACCEPT_OFFER:
        return reading.names.terms(host)
    return await items_of(session, reading.names, facts.step, facts.subject, host)


def _law(reading: MailReading, facts: StepFacts) -> str:
    return reading.names.law(facts.step, reading.exchange.host_id if reading.exchange else "", facts.subject)


def _verb(title: str, language: str) -> str:
    """The title as it goes on in a sentence: `Decide on …` becomes `decide on …`, what explains it is left out."""
    verb = title.partition(punctuation.colon(language).strip())[0]
    return verb[:1].lower() + verb[1:] if verb[1:2].islower() else verb
