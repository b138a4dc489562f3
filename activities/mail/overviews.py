"""Overviews: what a digest, a summary or a notice about many exchanges lists, found on record when it is written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.absences import absences_at
from activities.mail.directory import Recipient, full_name
from activities.mail.overview_words import (
    HEADLINES,
    INTROS,
    MORE,
    SECTIONS,
    STAGES_ZH,
    SUBJECTS,
    SUSPENSION_REASONS,
)
from activities.mail.render import OverviewPart, Section, one_line
from activities.mail.times import day_words, moment_words
from models.notices import AbsenceFacts, NoticeKind, OverviewFacts, SuspensionFacts
from models.people import institution_of
from models.programme import Programme
from models.suspensions import SuspensionReason
from models.tables import ExchangeRow, ExchangeSuspensionRow, PersonRow, StepRow, SuspensionWordsRow
from models.vocabulary import HoldCause, Role, StepKind, StepStatus

LONGEST = 40
"""Lines of a section; what goes beyond is counted, not listed."""
WEEK = timedelta(days=7)

Line = tuple[StepRow, ExchangeRow | None, PersonRow | None]


class NothingToSay(Exception):
    """What a message was to say is settled; it is withdrawn."""


@dataclass(frozen=True)
class Reading:
    """Who reads an overview, and when it is written."""

    reader: Recipient
    language: str
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        """The reader's zone."""
        return ZoneInfo(self.reader.zone)

    def moment(self, at: datetime) -> str:
        """A moment on the reader's clock."""
        return moment_words(at, self.reader.zone, self.language)


class Overviews:
    """Writes overviews from the records."""

    def __init__(self, programme: Programme) -> None:
        self._programme = programme

    async def of_steps(self, session: AsyncSession, reading: Reading, facts: OverviewFacts) -> OverviewPart:
        """What became due while the service was away; steps that were answered meanwhile are left out.

        Raises:
            NothingToSay: all of them were.
        """
        lines = await self._lines(session, StepRow.id.in_(facts.steps))
        if not lines:
            raise NothingToSay
        sections = [self._section(reading, "steps", lines)]
        return self._overview(reading, NoticeKind.CAUGHT_UP, sections, count=len(lines))

    async def standing_in(self, session: AsyncSession, reading: Reading, facts: AbsenceFacts) -> OverviewPart:
        """For whom somebody stands in, until when, and what is open."""
        person = self._person(facts.person)
        lines = await self._lines(session, _owed_by(self._programme, facts.person))
        first, last = (day_words(day, reading.language) for day in (facts.first_day, facts.last_day))
        days = f"{first}至{last}" if reading.language == "zh" else f"from {first} to {last}"
        sections = [self._section(reading, "yours", lines)] if lines else []
        return self._overview(reading, NoticeKind.STANDING_IN, sections, person=person, days=days)

    async def suspended(self, session: AsyncSession, reading: Reading, facts: SuspensionFacts) -> OverviewPart:
        """That the clocks stand still, why, and which of the law go on."""
        reason = facts.reason if facts.reason in set(SuspensionReason) else SuspensionReason.OTHER
        words = await session.get(SuspensionWordsRow, facts.suspension_id)
        legal = [kind for kind, policy in self._programme.policy.steps.items() if policy.legal]
        lines = await self._lines(
            session, _concerning(reading.reader), StepRow.kind.in_(legal), _under(facts.suspension_id)
        )
        sections = []
        if words is not None:
            sections.append(Section(SECTIONS[reading.language]["words"], (one_line(words.text),)))
        if lines:
            sections.append(self._section(reading, "law", lines))
        return self._overview(
            reading,
            NoticeKind.SUSPENDED,
            sections,
            reason=SUSPENSION_REASONS[reading.language][SuspensionReason(reason)],
            since=reading.moment(facts.since),
        )

    async def resumed(self, session: AsyncSession, reading: Reading, facts: SuspensionFacts) -> OverviewPart:
        """That the clocks run again, and when the reader's steps are due now."""
        lines = await self._lines(session, self._of(reading.reader.id, reading.reader), _under(facts.suspension_id))
        sections = [self._section(reading, "moved", lines)] if lines else []
        until = reading.moment(facts.until) if facts.until else ""
        return self._overview(reading, NoticeKind.RESUMED, sections, until=until)

    async def digest(self, session: AsyncSession, reading: Reading, facts: OverviewFacts) -> OverviewPart:
        """What is due, overdue, new, and waits for others, of the reader and of those they stand in for.

        Raises:
            NothingToSay: nothing is new, nothing is overdue or due soon.
        """
        lines = await self.steps_of(session, reading.reader, facts.until)
        groups = grouped(lines, facts, reading)
        if not any(groups[name] for name in ("overdue", "today", "soon", "new")):
            raise NothingToSay
        others = await self._others(session, reading.reader, facts.until)
        sections = [self._section(reading, name, group) for name, group in groups.items() if group]
        if others:
            sections.append(self._section(reading, "others", others, owners=True))
        return self._overview(
            reading,
            NoticeKind.DIGEST,
            sections,
            day=day_words(facts.until.astimezone(reading.zone).date(), reading.language),
            overdue=len(groups["overdue"]),
            due=len(groups["today"]) + len(groups["soon"]),
        )

    async def summary(self, session: AsyncSession, reading: Reading, facts: OverviewFacts) -> OverviewPart:
        """A partner office's own students: by stage, what either side owes, who came, left and ended.

        Raises:
            NothingToSay: the office has no students under way, and none ended.
        """
        mine = ExchangeRow.sending_id == reading.reader.institution
        stages = list(
            await session.execute(
                select(ExchangeRow.stage, func.count())
                .where(mine, ExchangeRow.closed_at.is_(None))
                .group_by(ExchangeRow.stage)
            )
        )
        ended = await self._ended(session, mine, facts)
        if not stages and not ended:
            raise NothingToSay
        named = SECTIONS[reading.language]
        by_stage = tuple(f"{_stage(stage, reading.language)}: {count}" for stage, count in stages)
        sections = [Section(named["stages"], by_stage)] if by_stage else []
        late = StepRow.due_at <= facts.until + WEEK
        ours = StepRow.institution_id == reading.reader.institution
        for name, condition in (("ours", ours), ("theirs", ~ours)):
            lines = await self._lines(session, mine, late, StepRow.held_since.is_(None), condition)
            if lines:
                sections.append(self._section(reading, name, lines, owners=True))
        if movements := await self._movements(session, mine, facts, reading):
            sections.append(Section(named["movements"], movements))
        if ended:
            sections.append(Section(named["closed"], ended))
        day = day_words(facts.until.astimezone(reading.zone).date(), reading.language)
        return self._overview(reading, NoticeKind.SUMMARY, sections, day=day)

    async def steps_of(self, session: AsyncSession, reader: Recipient, at: datetime) -> list[Line]:
        """The open steps of somebody and of those they stand in for, soonest due first."""
        owners = [self._of(reader.id, reader)]
        if reader.role is not Role.STUDENT:
            absences = await absences_at(session, self._programme, at)
            owners += [_owed_by(self._programme, person) for person in absences.stood_in_for_by(reader.id)]
        return await self._lines(session, or_(*owners))

    def _of(self, person: str, reader: Recipient) -> ColumnElement[bool]:
        if reader.role is Role.STUDENT:
            return StepRow.person_id == person
        return _owed_by(self._programme, person)

    async def _others(self, session: AsyncSession, reader: Recipient, at: datetime) -> list[Line]:
        """What a coordinator waits for: overdue steps of others in the exchanges of their university."""
        if reader.role is not Role.COORDINATOR:
            return []
        mine = or_(ExchangeRow.sending_id == reader.institution, ExchangeRow.host_id == reader.institution)
        own = and_(StepRow.role == reader.role, StepRow.institution_id == reader.institution)
        return await self._lines(session, mine, ~own, StepRow.held_since.is_(None), StepRow.due_at < at)

    async def _lines(self, session: AsyncSession, *conditions: ColumnElement[bool]) -> list[Line]:
        rows = await session.execute(
            select(StepRow, ExchangeRow, PersonRow)
            .outerjoin(ExchangeRow, ExchangeRow.id == StepRow.exchange_id)
            .outerjoin(PersonRow, PersonRow.id == ExchangeRow.person_id)
            .where(StepRow.status == StepStatus.OPEN, StepRow.kind != StepKind.WAIT_FOR_SEAT, *conditions)
            .order_by(StepRow.due_at, StepRow.id)
        )
        return [(step, exchange, person) for step, exchange, person in rows]

    async def _ended(self, session: AsyncSession, mine: ColumnElement[bool], facts: OverviewFacts) -> tuple[str, ...]:
        rows = await session.execute(
            select(ExchangeRow, PersonRow)
            .join(PersonRow, PersonRow.id == ExchangeRow.person_id)
            .where(mine, ExchangeRow.closed_at > facts.since, ExchangeRow.closed_at <= facts.until)
            .order_by(ExchangeRow.id)
        )
        return tuple(f"{row.id} {one_line(full_name(person))}: {row.outcome}" for row, person in rows)

    async def _movements(
        self, session: AsyncSession, mine: ColumnElement[bool], facts: OverviewFacts, reading: Reading
    ) -> tuple[str, ...]:
        week = (facts.since.date(), facts.until.date())
        rows = await session.execute(
            select(ExchangeRow, PersonRow)
            .join(PersonRow, PersonRow.id == ExchangeRow.person_id)
            .where(
                mine,
                or_(
                    and_(ExchangeRow.actual_arrival > facts.since, ExchangeRow.actual_arrival <= facts.until),
                    ExchangeRow.actual_departure.between(*week),
                ),
            )
            .order_by(ExchangeRow.id)
        )
        found = []
        for row, person in rows:
            name = f"{row.id} {one_line(full_name(person))}"
            if row.actual_arrival is not None and facts.since < row.actual_arrival <= facts.until:
                found.append(f"{name} → {reading.moment(row.actual_arrival)}")
            if row.actual_departure is not None and week[0] <= row.actual_departure <= week[1]:
                found.append(f"{name} ← {day_words(row.actual_departure, reading.language)}")
        return tuple(found)

    def _section(self, reading: Reading, name: str, lines: Sequence[Line], *, owners: bool = False) -> Section:
        items = [self._item(reading, line, owners=owners) for line in lines[:LONGEST]]
        if len(lines) > LONGEST:
            items.append(MORE[reading.language].format(count=len(lines) - LONGEST))
        return Section(SECTIONS[reading.language][name], tuple(items))

    def _item(self, reading: Reading, line: Line, *, owners: bool) -> str:
        step, exchange, person = line
        policy = self._programme.policy.steps.get(step.kind)
        title = (policy.title_zh if reading.language == "zh" else policy.title) if policy else step.kind
        law = (policy.law_zh if reading.language == "zh" else policy.law) if policy and policy.legal else ""
        who = one_line(full_name(person)) if person is not None and reading.reader.role is not Role.STUDENT else ""
        parts = [
            reading.moment(step.due_at),
            title,
            who,
            self._owner(step) if owners else "",
            law,
            step.id if reading.reader.role is not Role.STUDENT else (exchange.id if exchange else ""),
        ]
        return (" | " if reading.language == "en" else "｜").join(part for part in parts if part)

    def _owner(self, step: StepRow) -> str:
        institution = self._programme.institution(step.institution_id)
        return institution.name if institution else ""

    def _person(self, person: str) -> str:
        found = institution_of(self._programme, person)
        return found[1].name if found else person

    def _overview(
        self, reading: Reading, kind: NoticeKind, sections: Iterable[Section], **values: object
    ) -> OverviewPart:
        headline = HEADLINES[reading.language][kind].format(**values)
        subject = SUBJECTS[reading.language].get(kind)
        return OverviewPart(
            subject=subject.format(**values) if subject else headline,
            headline=headline,
            intro=INTROS[reading.language][kind].format(**values),
            sections=tuple(sections),
        )


def grouped(lines: Iterable[Line], facts: OverviewFacts, reading: Reading) -> dict[str, list[Line]]:
    """The steps of a digest, each in one group: overdue, due today, soon, new, or waiting for somebody else."""
    groups: dict[str, list[Line]] = {"overdue": [], "today": [], "soon": [], "new": [], "held": []}
    today = facts.until.astimezone(reading.zone).date()
    for line in lines:
        step = line[0]
        due = step.due_at.astimezone(reading.zone).date()
        if step.held_because is HoldCause.SUSPENSION or (step.snoozed_until and step.snoozed_until > facts.until):
            continue
        if step.held_because is HoldCause.OTHER_SIDE:
            groups["held"].append(line)
        elif step.due_at < facts.until:
            groups["overdue"].append(line)
        elif due == today:
            groups["today"].append(line)
        elif due <= today + WEEK and (_reminded(step, facts) or due <= today + timedelta(days=3)):
            groups["soon"].append(line)
        elif step.opened_at > facts.since or _reminded(step, facts):
            groups["new"].append(line)
    return groups


def _reminded(step: StepRow, facts: OverviewFacts) -> bool:
    """Whether a reminder spoke since the last digest."""
    moments = (datetime.fromisoformat(r["at"]) for r in step.rungs if r["index"] in step.rungs_fired)
    return any(facts.since < moment <= facts.until and moment < step.due_at for moment in moments)


def _owed_by(programme: Programme, person: str) -> ColumnElement[bool]:
    """Steps that are a contact's: of their role, institution and unit."""
    found = institution_of(programme, person)
    if found is None:
        return StepRow.person_id == person
    institution, contact = found
    where = StepRow.institution_id.in_(("", institution) if contact.role is Role.PROGRAMME_OFFICE else (institution,))
    return and_(StepRow.role == contact.role, where, StepRow.unit_id == contact.unit)


def _concerning(reader: Recipient) -> ColumnElement[bool]:
    """Steps of the exchanges that a reader has to do with."""
    if reader.role is Role.STUDENT:
        return ExchangeRow.person_id == reader.id
    return or_(ExchangeRow.sending_id == reader.institution, ExchangeRow.host_id == reader.institution)


def _under(suspension_id: str) -> ColumnElement[bool]:
    reached = select(ExchangeSuspensionRow.exchange_id).where(ExchangeSuspensionRow.suspension_id == suspension_id)
    return StepRow.exchange_id.in_(reached)


def _stage(stage: str, language: str) -> str:
    return STAGES_ZH[stage] if language == "zh" else str(stage).replace("_", " ")
