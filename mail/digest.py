"""The digest of a day: what one person owes, and what waits for others."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import not_, or_
from sqlalchemy.ext.asyncio import AsyncSession

from mail.directory import Recipient
from mail.links import ANSWER, Links
from mail.overview_lines import LONGEST, Listing, OverviewLine
from mail.places_to_move import are_worth_a_mail, places_of_reader, section_of
from mail.reading import MailReading, NothingToSay
from mail.render import Body, Link, Para
from models.catalogue.programme import Programme
from models.notifications.notices import OverviewFacts
from models.rules.digests import WEEK, DigestSpan, Group, group_of, is_new, is_worth_a_mail
from models.tables import ExchangeRow, StepRow
from models.vocabulary import Role
from records.absences import Absences, absences_at
from texts.dates import day_words
from texts.i18n import _

HEADINGS: dict[Group, str] = {
    Group.OVERDUE: _("Overdue"),
    Group.TODAY: _("Due today"),
    Group.SOON: _("Due in the next seven days"),
    Group.NEW: _("Due later: new, or a reminder"),
    Group.HELD: _("Waiting for somebody else first"),
}
COUNTS: dict[Group, str] = {
    Group.OVERDUE: _("{count} overdue"),
    Group.TODAY: _("{count} due today"),
    Group.SOON: _("{count} due this week"),
    Group.NEW: _("{count} new"),
}
"""What the subject counts."""


class DigestWriter:
    """Writes digests from the records."""

    def __init__(self, programme: Programme, links: Links | None = None) -> None:
        """`links` write where a supervisor answers a step from the mail."""
        self._programme = programme
        self._listing = Listing(programme)
        self._links = links

    async def digest(self, session: AsyncSession, reading: MailReading, facts: OverviewFacts) -> Body:
        """What is due, overdue, new, and waits for others, of the reader and of those they stand in for.

        Raises:
            NothingToSay: nothing of it is worth a mail, perhaps because it was done since the mail was queued.
        """
        span = span_of(facts, reading.reader)
        absences = await absences_at(session, self._programme, facts.until)
        lines = await self._listing.of_reader(session, reading.reader, absences)
        places = await places_of_reader(session, self._programme, reading.reader, facts)
        if not is_worth(lines, span) and not places:
            raise NothingToSay
        groups = grouped(lines, span)
        new = frozenset(line.step_id for line in lines if is_new(line.owed, span))
        sections = []
        for group in Group:
            if groups[group]:
                marked = frozenset() if group is Group.NEW else new
                section = await self._listing.section(session, reading, HEADINGS[group], groups[group], new=marked)
                sections.append(replace(section, links=self._answers(reading, groups[group])))
        if places:
            sections.append(section_of(reading, places, self._links))
        if others := await self._others(session, reading.reader, facts):
            sections.append(
                await self._listing.section(session, reading, _("You wait for others"), others, owners=True)
            )
        day = day_words(span.day(facts.until), reading.language)
        counts = [reading.say(message, count=len(groups[group])) for group, message in COUNTS.items() if groups[group]]
        counts += [reading.say(_("{count} to move"), count=len(places))] if places else []
        intro = Para(reading.say(_("This is what waits, as it stood when this mail was written.")))
        return Body(
            subject=reading.names.pair(day, reading.names.apart(*counts)),
            headline=reading.say(_("Your steps on {day}"), day=day),
            blocks=(intro, *sections),
        )

    def _answers(self, reading: MailReading, lines: list[OverviewLine]) -> tuple[Link | None, ...]:
        """Where each step is answered; none are where nobody answers from the mail."""
        if self._links is None:
            return ()
        found = [self._links.answer(line.kind, line.step_id, reading.reader, reading.now) for line in lines[:LONGEST]]
        return tuple(Link(reading.say(ANSWER), url) if url else None for url in found)

    async def is_worth_writing(
        self, session: AsyncSession, reader: Recipient, facts: OverviewFacts, absences: Absences
    ) -> bool:
        """Whether a digest would say anything to somebody."""
        span = span_of(facts, reader)
        if is_worth(await self._listing.of_reader(session, reader, absences), span):
            return True
        places = await places_of_reader(session, self._programme, reader, facts)
        return await are_worth_a_mail(session, places, span)

    async def _others(self, session: AsyncSession, reader: Recipient, facts: OverviewFacts) -> list[OverviewLine]:
        """What a coordinator waits for: steps of others in the exchanges of their university, overdue or due soon."""
        if reader.role is not Role.COORDINATOR:
            return []
        here = or_(ExchangeRow.sending_id == reader.institution, ExchangeRow.host_id == reader.institution)
        soon = StepRow.due_at < facts.until + WEEK
        return await self._listing.find(
            session, here, not_(self._listing.owed_by(reader.id)), StepRow.held_since.is_(None), soon
        )


def grouped(lines: Iterable[OverviewLine], span: DigestSpan) -> dict[Group, list[OverviewLine]]:
    """The steps of a digest, each in one group."""
    groups: dict[Group, list[OverviewLine]] = {group: [] for group in Group}
    for line in lines:
        group = group_of(line.owed, span)
        if group is not None:
            groups[group].append(line)
    return groups


def is_worth(lines: Iterable[OverviewLine], span: DigestSpan) -> bool:
    """Whether a digest of these steps says anything."""
    return any(is_worth_a_mail(line.owed, span) for line in lines)


def span_of(facts: OverviewFacts, reader: Recipient) -> DigestSpan:
    """What a digest looks at, on the reader's clock."""
    return DigestSpan(since=facts.since, until=facts.until, zone=reader.zone)
