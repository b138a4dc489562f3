"""The weekly summary of a partner office: its own students only, and what either side owes (D44)."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, and_, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from mail.directory import full_name, name_of
from mail.overview_lines import AND_MORE, LONGEST, Listing, more, of_side
from mail.reading import MailReading, NothingToSay
from mail.render import Body, Para, Section, one_line
from models.catalogue.programme import Programme
from models.notifications.notices import OverviewFacts
from models.rules.digests import WEEK
from models.tables import CertificateRow, EventRow, ExchangeRow, IdentityRow, StepRow, identity_of_exchange
from models.vocabulary import Stage, StepStatus
from texts.dates import day_words
from texts.i18n import _

MOST_NAMES = 12
"""Students of a stage who are named."""


class SummaryWriter:
    """Writes weekly summaries from the records."""

    def __init__(self, programme: Programme) -> None:
        self._policy = programme.policy
        self._listing = Listing(programme)

    async def summary(self, session: AsyncSession, reading: MailReading, facts: OverviewFacts) -> Body:
        """Students by stage, what was decided, what either side owes, who came and left, certificates, endings.

        Raises:
            NothingToSay: the office has no students under way, and none ended.
        """
        mine = ExchangeRow.sending_id == reading.reader.institution
        happened = [
            (_("Decided since the last summary"), await self._decided(session, reading, mine, facts)),
            (_("Arrivals and departures"), await self._movements(session, reading, mine, facts)),
            (_("Certificates"), await self._certificates(session, reading, mine, facts)),
            (_("Ended"), await self._ended(session, reading, mine, facts)),
        ]
        stages = await self._stages(session, reading, mine)
        if not stages and not any(items for _, items in happened):
            raise NothingToSay
        sections = [
            *self._listed(reading, [(_("Students at each stage"), stages)]),
            *await self._owed(session, reading, mine, facts),
        ]
        day = day_words(facts.until.astimezone(reading.zone).date(), reading.language)
        headline = reading.say(_("Your students this week, {day}"), day=day)
        intro = _("The students whom your university has sent, as it stood when this mail was written.")
        return Body(headline, headline, (Para(reading.say(intro)), *sections, *self._listed(reading, happened)))

    async def is_worth_writing(
        self, session: AsyncSession, institution: str, facts: OverviewFacts, monday: datetime
    ) -> bool:
        """Whether an office has students, under way on Monday morning or ended since the last summary."""
        known = await session.scalar(
            select(ExchangeRow.id)
            .where(
                ExchangeRow.sending_id == institution,
                ExchangeRow.opened_at <= monday,
                or_(ExchangeRow.closed_at.is_(None), ExchangeRow.closed_at > facts.since),
            )
            .limit(1)
        )
        return known is not None

    async def _stages(self, session: AsyncSession, reading: MailReading, mine: ColumnElement[bool]) -> list[str]:
        """How many students are where, and who."""
        rows = await session.execute(
            select(ExchangeRow.stage, IdentityRow.family_name, IdentityRow.given_name, IdentityRow.native_name)
            .join(IdentityRow, identity_of_exchange())
            .where(mine, ExchangeRow.closed_at.is_(None))
            .order_by(ExchangeRow.id)
        )
        students: dict[Stage, list[str]] = {stage: [] for stage in Stage}
        for stage, *name in rows:
            students[stage].append(one_line(name_of(*name)))
        names, items = reading.names, []
        for stage, here in students.items():
            if here:
                further = [reading.say(AND_MORE, count=len(here) - MOST_NAMES)] if here[MOST_NAMES:] else []
                named = names.listed([*here[:MOST_NAMES], *further])
                items.append(names.pair(names.bracketed(names.stage(stage), len(here)), named))
        return items

    async def _owed(
        self, session: AsyncSession, reading: MailReading, mine: ColumnElement[bool], facts: OverviewFacts
    ) -> list[Section]:
        """Overdue and due within the week, of their own side and of the other one."""
        ours = of_side(reading.reader.institution)
        overdue = StepRow.due_at < facts.until
        due = and_(StepRow.due_at >= facts.until, StepRow.due_at < facts.until + WEEK)
        sections = []
        for heading, side, when in (
            (_("Overdue on your side"), ours, overdue),
            (_("Overdue on the other side"), not_(ours), overdue),
            (_("Due from your side in the next seven days"), ours, due),
            (_("Due from the other side in the next seven days"), not_(ours), due),
        ):
            lines = await self._listing.find(session, mine, side, when, StepRow.held_since.is_(None))
            if lines:
                sections.append(await self._listing.section(session, reading, heading, lines, owners=True))
        return sections

    async def _decided(
        self, session: AsyncSession, reading: MailReading, mine: ColumnElement[bool], facts: OverviewFacts
    ) -> list[str]:
        rows = await session.execute(
            select(StepRow, ExchangeRow, IdentityRow)
            .join(ExchangeRow, ExchangeRow.id == StepRow.exchange_id)
            .join(IdentityRow, identity_of_exchange())
            .where(
                mine,
                StepRow.kind.in_(sorted(self._policy.decisive)),
                StepRow.status == StepStatus.DONE,
                StepRow.decided_at > facts.since,
                StepRow.decided_at <= facts.until,
            )
            .order_by(StepRow.decided_at, StepRow.id)
        )
        names = reading.names
        return [
            names.pair(
                _who(exchange, person), names.pair(names.step(step.kind), names.done(step.kind, step.outcome or ""))
            )
            for step, exchange, person in rows
        ]

    async def _movements(
        self, session: AsyncSession, reading: MailReading, mine: ColumnElement[bool], facts: OverviewFacts
    ) -> list[str]:
        """Arrivals and departures that were reported: the day itself may lie in the week before."""
        rows = await session.execute(
            select(EventRow.kind, ExchangeRow, IdentityRow)
            .join(ExchangeRow, ExchangeRow.id == EventRow.stream)
            .join(IdentityRow, identity_of_exchange())
            .where(
                mine, EventRow.kind.in_(("arrived", "departed")), EventRow.at > facts.since, EventRow.at <= facts.until
            )
            .order_by(EventRow.position)
        )
        found = []
        for kind, row, person in rows:
            if kind == "arrived" and row.actual_arrival is not None:
                found.append(f"{_who(row, person)} → {reading.moment(row.actual_arrival)}")
            elif row.actual_departure is not None:
                found.append(f"{_who(row, person)} ← {day_words(row.actual_departure, reading.language)}")
        return found

    async def _certificates(
        self, session: AsyncSession, reading: MailReading, mine: ColumnElement[bool], facts: OverviewFacts
    ) -> list[str]:
        rows = await session.execute(
            select(CertificateRow, ExchangeRow, IdentityRow)
            .join(ExchangeRow, ExchangeRow.id == CertificateRow.exchange_id)
            .join(IdentityRow, identity_of_exchange())
            .where(mine, CertificateRow.issued_at > facts.since, CertificateRow.issued_at <= facts.until)
            .order_by(CertificateRow.issued_at, CertificateRow.number)
        )
        return [
            reading.names.pair(
                _who(exchange, person),
                reading.names.apart(certificate.number, day_words(certificate.issued_on, reading.language)),
            )
            for certificate, exchange, person in rows
        ]

    async def _ended(
        self, session: AsyncSession, reading: MailReading, mine: ColumnElement[bool], facts: OverviewFacts
    ) -> list[str]:
        rows = await session.execute(
            select(ExchangeRow, IdentityRow)
            .join(IdentityRow, identity_of_exchange())
            .where(mine, ExchangeRow.closed_at > facts.since, ExchangeRow.closed_at <= facts.until)
            .order_by(ExchangeRow.id)
        )
        return [
            reading.names.pair(_who(row, person), reading.names.outcome(row.outcome))
            for row, person in rows
            if row.outcome is not None
        ]

    def _listed(self, reading: MailReading, lists: Iterable[tuple[str, list[str]]]) -> list[Section]:
        return [
            Section(reading.say(heading), (*items[:LONGEST], *more(reading, len(items) - LONGEST)))
            for heading, items in lists
            if items
        ]


def _who(exchange: ExchangeRow, person: IdentityRow) -> str:
    return f"{exchange.id} {one_line(full_name(person))}"
