"""Overviews of what happened: an absence that begins, a suspension, what was missed; found when the mail is written."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from mail.overview_lines import Listing, NothingToSay, OverviewContext, OverviewLine, concerning
from mail.render import OverviewPart, Section, one_line
from models.catalogue.programme import Programme
from models.messages.suspensions import SuspensionReason
from models.notifications.notices import AbsenceFacts, NoticeKind, OverviewFacts, SuspensionFacts
from models.tables import ExchangeSuspensionRow, StepRow, SuspensionWordsRow
from texts.dates import day_words
from texts.overviews import HEADINGS, HEADLINES, INTROS, MISSED_MORE, SUBJECTS, SUSPENSION_REASONS


class Overviews:
    """Writes overviews from the records."""

    def __init__(self, programme: Programme) -> None:
        self._programme = programme
        self._listing = Listing(programme)

    async def caught_up(self, session: AsyncSession, reading: OverviewContext, facts: OverviewFacts) -> OverviewPart:
        """What became due while the service was away; steps that were answered meanwhile are left out.

        Raises:
            NothingToSay: all of them were.
        """
        lines = await self._listing.find(session, StepRow.id.in_(facts.steps))
        if not lines and not facts.more:
            raise NothingToSay
        section = await self._listing.section(session, reading, "steps", lines, owners=True)
        if facts.more:
            further = MISSED_MORE[reading.language].format(count=facts.more)
            section = Section(section.heading, (*section.items, further))
        return overview(reading, NoticeKind.CAUGHT_UP, [section], count=len(lines) + facts.more)

    async def standing_in(self, session: AsyncSession, reading: OverviewContext, facts: AbsenceFacts) -> OverviewPart:
        """For whom somebody stands in, until when, and what is open."""
        lines = await self._listing.find(session, self._listing.owed_by(facts.person))
        first, last = (day_words(day, reading.language) for day in (facts.first_day, facts.last_day))
        days = f"{first}至{last}" if reading.names.zh else f"from {first} to {last}"
        sections = await self._sections(session, reading, "yours", lines)
        person = reading.names.person(facts.person)
        return overview(reading, NoticeKind.STANDING_IN, sections, person=person, days=days)

    async def suspended(self, session: AsyncSession, reading: OverviewContext, facts: SuspensionFacts) -> OverviewPart:
        """That the clocks stand still, why, and which of the law go on."""
        reason = facts.reason if facts.reason in set(SuspensionReason) else SuspensionReason.OTHER
        words = await session.get(SuspensionWordsRow, facts.suspension_id)
        legal = [kind for kind, policy in self._programme.policy.steps.items() if policy.legal]
        lines = await self._listing.find(
            session, concerning(reading.reader), StepRow.kind.in_(legal), _under(facts.suspension_id)
        )
        sections = await self._sections(session, reading, "law", lines)
        if words is not None:
            sections.insert(0, Section(HEADINGS[reading.language]["words"], (one_line(words.text),)))
        return overview(
            reading,
            NoticeKind.SUSPENDED,
            sections,
            reason=SUSPENSION_REASONS[reading.language][SuspensionReason(reason)],
            since=reading.moment(facts.since),
        )

    async def resumed(self, session: AsyncSession, reading: OverviewContext, facts: SuspensionFacts) -> OverviewPart:
        """That the clocks run again, and when the reader's steps are due now."""
        reader = reading.reader
        own = StepRow.person_id == reader.id if reading.by_student else self._listing.owed_by(reader.id)
        lines = await self._listing.find(session, own, _under(facts.suspension_id))
        sections = await self._sections(session, reading, "moved", lines)
        until = reading.moment(facts.until) if facts.until else ""
        return overview(reading, NoticeKind.RESUMED, sections, until=until)

    async def _sections(
        self, session: AsyncSession, reading: OverviewContext, name: str, lines: list[OverviewLine]
    ) -> list[Section]:
        return [await self._listing.section(session, reading, name, lines)] if lines else []


def overview(reading: OverviewContext, kind: NoticeKind, sections: Iterable[Section], **values: object) -> OverviewPart:
    """An overview of a kind, in the reader's words."""
    headline = HEADLINES[reading.language][kind].format(**values)
    subject = SUBJECTS[reading.language].get(kind)
    return OverviewPart(
        subject=subject.format(**values) if subject else headline,
        headline=headline,
        intro=INTROS[reading.language][kind].format(**values),
        sections=tuple(sections),
    )


def _under(suspension_id: str) -> ColumnElement[bool]:
    reached = select(ExchangeSuspensionRow.exchange_id).where(ExchangeSuspensionRow.suspension_id == suspension_id)
    return StepRow.exchange_id.in_(reached)
