"""The digest of a day: what one person owes, and what waits for others."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import not_, or_
from sqlalchemy.ext.asyncio import AsyncSession

from mail.directory import Recipient
from mail.links import Links
from mail.overview_lines import LONGEST, Listing, NothingToSay, OverviewContext, OverviewLine
from mail.overviews import overview
from mail.render import OverviewPart
from models.catalogue.programme import Programme
from models.notifications.notices import NoticeKind, OverviewFacts
from models.rules.digests import WEEK, DigestSpan, Group, group_of, is_new, is_worth_a_mail
from models.tables import ExchangeRow, StepRow
from models.vocabulary import Role
from records.absences import Absences, absences_at
from texts.dates import day_words
from texts.overviews import COUNTS


class DigestWriter:
    """Writes digests from the records."""

    def __init__(self, programme: Programme, links: Links | None = None) -> None:
        """`links` write where a supervisor answers a step from the mail."""
        self._programme = programme
        self._listing = Listing(programme)
        self._links = links

    async def digest(self, session: AsyncSession, reading: OverviewContext, facts: OverviewFacts) -> OverviewPart:
        """What is due, overdue, new, and waits for others, of the reader and of those they stand in for.

        Raises:
            NothingToSay: nothing of it is worth a mail, perhaps because it was done since the mail was queued.
        """
        span = span_of(facts, reading.reader)
        absences = await absences_at(session, self._programme, facts.until)
        lines = await self._listing.of_reader(session, reading.reader, absences)
        if not is_worth(lines, span):
            raise NothingToSay
        groups = grouped(lines, span)
        new = frozenset(line.step_id for line in lines if is_new(line.owed, span))
        sections = []
        for group in Group:
            if groups[group]:
                marked = frozenset() if group is Group.NEW else new
                section = await self._listing.section(session, reading, group, groups[group], new=marked)
                sections.append(replace(section, links=self._answers(reading, groups[group])))
        if others := await self._others(session, reading.reader, facts):
            sections.append(await self._listing.section(session, reading, "others", others, owners=True))
        day = day_words(span.day(facts.until), reading.language)
        return overview(reading, NoticeKind.DIGEST, sections, day=day, counts=_counts(groups, reading.language))

    def _answers(self, reading: OverviewContext, lines: list[OverviewLine]) -> tuple[str, ...]:
        """Where each step is answered; none are where nobody answers from the mail."""
        if self._links is None:
            return ()
        found = [self._links.answer(line.kind, line.step_id, reading.reader, reading.now) for line in lines[:LONGEST]]
        return tuple(found) if any(found) else ()

    async def is_worth_writing(
        self, session: AsyncSession, reader: Recipient, facts: OverviewFacts, absences: Absences
    ) -> bool:
        """Whether a digest would say anything to somebody."""
        return is_worth(await self._listing.of_reader(session, reader, absences), span_of(facts, reader))

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


def _counts(groups: dict[Group, list[OverviewLine]], language: str) -> str:
    """What is in it, for the subject: only what there is."""
    named = [COUNTS[language][group].format(count=len(groups[group])) for group in COUNTS[language] if groups[group]]
    return ("，" if language == "zh" else ", ").join(named)
