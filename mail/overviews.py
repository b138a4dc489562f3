"""Overviews of what happened: an absence that begins, a suspension, what was missed; found when the mail is written."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from mail.overview_lines import Listing, OverviewLine, concerning
from mail.reading import MailReading, NothingToSay
from mail.render import Body, Para, Section, one_line
from models.catalogue.programme import Programme
from models.messages.suspensions import SuspensionReason
from models.notifications.notices import AbsenceFacts, OverviewFacts, SuspensionFacts
from models.tables import ExchangeSuspensionRow, StepRow, SuspensionWordsRow
from texts.dates import day_words
from texts.i18n import _


class Overviews:
    """Writes overviews from the records."""

    def __init__(self, programme: Programme) -> None:
        self._programme = programme
        self._listing = Listing(programme)

    async def caught_up(self, session: AsyncSession, reading: MailReading, facts: OverviewFacts) -> Body:
        """What became due while the service was away; steps that were answered meanwhile are left out.

        Raises:
            NothingToSay: all of them were.
        """
        lines = await self._listing.find(session, StepRow.id.in_(facts.steps))
        if not lines and not facts.more:
            raise NothingToSay
        section = await self._listing.section(session, reading, _("What became due"), lines, owners=True)
        if facts.more:
            further = reading.say(_("and {count} more became due; see your worklist"), count=facts.more)
            section = Section(section.heading, (*section.items, further))
        count = len(lines) + facts.more
        intro = _(
            "The service was not running for a while. These steps became due or were escalated in the meantime; you "
            "get them in one mail."
        )
        return Body(
            subject=reading.say(_("While the service was away: {count} overdue"), count=count),
            headline=reading.say(_("What became due while the service was away")),
            blocks=(Para(reading.say(intro)), section),
        )

    async def standing_in(self, session: AsyncSession, reading: MailReading, facts: AbsenceFacts) -> Body:
        """For whom somebody stands in, until when, and what is open."""
        lines = await self._listing.find(session, self._listing.owed_by(facts.person))
        first, last = (day_words(day, reading.language) for day in (facts.first_day, facts.last_day))
        sections = await self._sections(session, reading, _("Your open steps"), lines)
        person = reading.names.person(facts.person)
        headline = reading.say(_("You stand in for {person}"), person=person)
        intro = _(
            "{person} is away from {first} to {last}. Until then their steps are yours to answer, and messages about "
            "them come to you. What you decide is recorded as yours, on their behalf."
        )
        told = Para(reading.say(intro, person=person, first=first, last=last))
        return Body(headline, headline, (told, *sections))

    async def suspended(self, session: AsyncSession, reading: MailReading, facts: SuspensionFacts) -> Body:
        """That the clocks stand still, why, and which of the law go on."""
        reason = facts.reason if facts.reason in set(SuspensionReason) else SuspensionReason.OTHER
        words = await session.get(SuspensionWordsRow, facts.suspension_id)
        legal = [kind for kind, policy in self._programme.policy.steps.items() if policy.legal]
        lines = await self._listing.find(
            session, concerning(reading.reader), StepRow.kind.in_(legal), _under(facts.suspension_id)
        )
        sections = await self._sections(session, reading, _("Deadlines of the law go on"), lines)
        if words is not None:
            sections.insert(0, Section(reading.say(_("What the programme office writes")), (one_line(words.text),)))
        headline = reading.say(_("Suspended: {reason}"), reason=reading.names.suspension(SuspensionReason(reason)))
        intro = _(
            "From {since} the deadlines of the programme stand still for you. No reminder and no escalation comes "
            "until it goes on; then every due date moves by the time that was lost, and you are told. What you can do "
            "already may still be done."
        )
        told = Para(reading.say(intro, since=reading.moment(facts.since)))
        return Body(headline, headline, (told, *sections))

    async def resumed(self, session: AsyncSession, reading: MailReading, facts: SuspensionFacts) -> Body:
        """That the clocks run again, and when the reader's steps are due now."""
        reader = reading.reader
        own = StepRow.person_id == reader.id if reading.by_student else self._listing.owed_by(reader.id)
        lines = await self._listing.find(session, own, _under(facts.suspension_id))
        sections = await self._sections(session, reading, _("Your steps and their new due dates"), lines)
        headline = reading.say(_("The exchange goes on"))
        intro = _("The suspension ended on {until}. Due dates have moved by the time that was lost.")
        told = Para(reading.say(intro, until=reading.moment(facts.until) if facts.until else ""))
        return Body(headline, headline, (told, *sections))

    async def _sections(
        self, session: AsyncSession, reading: MailReading, heading: str, lines: list[OverviewLine]
    ) -> list[Section]:
        return [await self._listing.section(session, reading, heading, lines)] if lines else []


def _under(suspension_id: str) -> ColumnElement[bool]:
    reached = select(ExchangeSuspensionRow.exchange_id).where(ExchangeSuspensionRow.suspension_id == suspension_id)
    return StepRow.exchange_id.in_(reached)
