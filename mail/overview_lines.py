"""Open steps as overviews list them: found on record, grouped, and each in one line on the reader's clock."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, false, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from mail.directory import Recipient, name_of
from mail.naming import items_of
from mail.reading import MailReading
from mail.render import Section, one_line
from models.catalogue.programme import Programme
from models.notifications.recipients import told_when_opened
from models.people.absences import institution_of
from models.people.authorization import Owner
from models.rules.digests import Owed
from models.tables import ExchangeRow, IdentityRow, StepRow, identity_of_exchange
from models.vocabulary import HoldCause, Role, Side, StepKind, StepStatus
from records.absences import Absences
from texts.dates import distance_words
from texts.i18n import _, _p

LONGEST = 40
"""Lines of a section; what goes beyond is counted, not listed."""
MOST_ITEMS = 4
"""Things that a line names after its title."""
DUE_AND_FAR = _p("overview", "{due} ({far})")
BESIDE = _p("overview", "{first} | {second}")
"""Between the parts of a line."""
AND_MORE = _("and {count} more")
BY_DOCUMENTS = "complete"
"""The outcome of steps that are done by handing in; the title of one that asks for one document says which."""


@dataclass(frozen=True)
class OverviewLine:
    """One open step."""

    step_id: str
    kind: StepKind
    owner: Owner
    subject: str
    due_at: datetime
    owed: Owed
    outcomes: tuple[str, ...] = ()
    waits_for: tuple[str, ...] = ()
    host: str = ""
    student: str = ""
    """The name; empty for steps outside an exchange."""
    instead_of: str = ""
    """Id of the absent person for whom the reader stands in."""


class Listing:
    """Finds open steps and puts them into words."""

    def __init__(self, programme: Programme) -> None:
        self._programme = programme

    async def find(self, session: AsyncSession, *conditions: ColumnElement[bool]) -> list[OverviewLine]:
        """The open steps that meet all conditions, soonest due first."""
        asking = StepRow.kind.in_(sorted(self._programme.policy.asking))
        rows = await session.execute(
            select(*_COLUMNS)
            .outerjoin(ExchangeRow, ExchangeRow.id == StepRow.exchange_id)
            .outerjoin(IdentityRow, identity_of_exchange())
            .where(StepRow.status == StepStatus.OPEN, asking, *conditions)
            .order_by(StepRow.due_at, StepRow.id)
        )
        return [self._line(row) for row in rows]

    async def of_reader(self, session: AsyncSession, reader: Recipient, absences: Absences) -> list[OverviewLine]:
        """The open steps of somebody and of those they stand in for, soonest due first."""
        if reader.role is Role.STUDENT:
            return await self.find(session, StepRow.person_id == reader.id)
        lines = {line.step_id: line for line in await self.find(session, self.owed_by(reader.id))}
        for absent in absences.stood_in_for_by(reader.id):
            for line in await self.find(session, self.owed_by(absent)):
                lines.setdefault(line.step_id, replace(line, instead_of=absent))
        return sorted(lines.values(), key=lambda line: (line.due_at, line.step_id))

    def owed_by(self, contact_id: str) -> ColumnElement[bool]:
        """Steps that a contact is to do: of their role, and what nobody else is there for.

        A role that nobody holds at an institution is answered for by its coordinators and, where there are none, by
        the programme office, as the messages about its steps are.
        """
        found = institution_of(self._programme, contact_id)
        if found is None:
            return false()
        institution, contact = found
        if contact.role is Role.PROGRAMME_OFFICE:
            lost = (self._unheld(other) for other in self._programme.institutions if not self._coordinated(other))
            return or_(StepRow.role == Role.PROGRAMME_OFFICE, *lost)
        own = and_(
            StepRow.role == contact.role,
            StepRow.institution_id == institution,
            StepRow.unit_id.in_({"", contact.unit}),
        )
        return or_(own, self._unheld(institution)) if contact.role is Role.COORDINATOR else own

    def _coordinated(self, institution: str) -> bool:
        return bool(self._programme.contacts(institution, Role.COORDINATOR))

    def _unheld(self, institution: str) -> ColumnElement[bool]:
        contacts = self._programme.institutions[institution].contacts
        held = {(contact.role, unit) for contact in contacts for unit in ("", contact.unit)}
        known = (and_(StepRow.role == role, StepRow.unit_id == unit) for role, unit in sorted(held))
        others = StepRow.role.in_({Role.STUDENT, Role.PROGRAMME_OFFICE})
        return and_(StepRow.institution_id == institution, not_(or_(others, *known)))

    def _line(self, row: Row[Any]) -> OverviewLine:
        policy = self._programme.policy.steps.get(row.kind)
        legal = policy is not None and policy.legal
        began_at = max([row.opened_at, *(_ended(hold) for hold in row.holds if _waited(hold))])
        # The opening alone has a mail of its own; that another step is done is said by the digest.
        told = policy is not None and told_when_opened(policy.announce, row.due_at - row.opened_at, legal=legal)
        return OverviewLine(
            step_id=row.id,
            kind=row.kind,
            owner=Owner(
                side=row.side, role=row.role, institution=row.institution_id, person=row.person_id, unit=row.unit_id
            ),
            subject=row.subject,
            due_at=row.due_at,
            owed=Owed(
                due_at=row.due_at,
                began_at=began_at,
                told=told and began_at == row.opened_at,
                reminders=() if legal else self._reminders(row),
                held=row.held_because,
                snoozed_until=row.snoozed_until,
            ),
            outcomes=tuple(row.outcomes),
            waits_for=tuple(row.waits_for),
            host=row.host_id or "",
            student=one_line(name_of(row.family_name, row.given_name, row.native_name)) if row.family_name else "",
        )

    def _reminders(self, row: Row[Any]) -> tuple[datetime, ...]:
        """Reminders that spoke and wait for the digest: all but the last one."""
        policy = self._programme.policy
        last = policy.ladder_of(row.kind).last_reminder if row.kind in policy.steps else None
        spoke = set(row.rungs_fired) - {*row.rungs_missed, last}
        moments = (datetime.fromisoformat(rung["at"]) for rung in row.rungs if rung["index"] in spoke)
        return tuple(moment for moment in moments if moment < row.due_at)

    async def section(
        self,
        session: AsyncSession,
        reading: MailReading,
        heading: str,
        lines: Sequence[OverviewLine],
        *,
        owners: bool = False,
        new: frozenset[str] = frozenset(),
    ) -> Section:
        """Steps under a heading; with `owners` each says who owes it, those in `new` that they are new."""
        items = [
            await self._item(session, reading, line, owners=owners, new=line.step_id in new) for line in lines[:LONGEST]
        ]
        return Section(reading.say(heading), (*items, *more(reading, len(lines) - LONGEST)))

    async def _item(
        self, session: AsyncSession, reading: MailReading, line: OverviewLine, *, owners: bool, new: bool
    ) -> str:
        names, say = reading.names, reading.say
        far = distance_words(line.due_at, reading.reader.zone, reading.now, reading.language)
        due = reading.moment(line.due_at)
        title = names.step(line.kind)
        about = list(await items_of(session, names, line.kind, line.subject, line.host))
        if len(about) > MOST_ITEMS:
            about = [*about[:MOST_ITEMS], say(AND_MORE, count=len(about) - MOST_ITEMS)]
        if len(about) > 1 or (about and BY_DOCUMENTS not in line.outcomes):
            title = names.pair(title, names.row(about))
        parts = [
            say(DUE_AND_FAR, due=due, far=far),
            title,
            line.student if not reading.by_student else "",
            _owner(reading, line.owner) if owners else "",
            await self._waits_for(session, reading, line),
            names.law(line.kind, line.host, line.subject),
            say(_("for {person}"), person=names.person(line.instead_of)) if line.instead_of else "",
            say(_("new")) if new else "",
            line.step_id,
        ]
        return say(BESIDE, first="", second="").join(part for part in parts if part)

    async def _waits_for(self, session: AsyncSession, reading: MailReading, line: OverviewLine) -> str:
        """Which steps of others it waits for, and whose they are."""
        if line.owed.held is not HoldCause.OTHER_SIDE or not line.waits_for:
            return ""
        found = await self.find(session, StepRow.id.in_(line.waits_for))
        names = reading.names
        steps = [names.bracketed(names.step(one.kind), _owner(reading, one.owner)) for one in found]
        return reading.say(_("waits for: {steps}"), steps=names.row(steps)) if steps else ""


def concerning(reader: Recipient) -> ColumnElement[bool]:
    """Steps of the exchanges that a reader has to do with."""
    if reader.role is Role.STUDENT:
        return ExchangeRow.person_id == reader.id
    return or_(ExchangeRow.sending_id == reader.institution, ExchangeRow.host_id == reader.institution)


def of_side(institution: str) -> ColumnElement[bool]:
    """Steps that a sending university and its students owe."""
    return or_(StepRow.side == Side.STUDENT, StepRow.institution_id == institution)


def more(reading: MailReading, count: int) -> tuple[str, ...]:
    """How many further lines there would be; nothing where there are none."""
    return (reading.say(_("and {count} more; see your worklist"), count=count),) if count > 0 else ()


def _owner(reading: MailReading, owner: Owner) -> str:
    """Who owes a step; a student reads which office, not what it calls its people."""
    if owner.role is Role.STUDENT:
        return reading.say(_("the student"))
    if reading.by_student and owner.role is Role.COORDINATOR:
        university = reading.names.institution(owner.institution)
        return reading.say(_("the international office of {institution}"), institution=university)
    return reading.names.owner(owner)


def _waited(hold: dict[str, Any]) -> bool:
    return hold["because"] == HoldCause.OTHER_SIDE and "until" in hold


def _ended(hold: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(hold["until"])


_COLUMNS = (
    StepRow.id,
    StepRow.kind,
    StepRow.side,
    StepRow.role,
    StepRow.institution_id,
    StepRow.person_id,
    StepRow.unit_id,
    StepRow.subject,
    StepRow.due_at,
    StepRow.opened_at,
    StepRow.outcomes,
    StepRow.rungs,
    StepRow.rungs_fired,
    StepRow.rungs_missed,
    StepRow.holds,
    StepRow.held_because,
    StepRow.waits_for,
    StepRow.snoozed_until,
    ExchangeRow.host_id,
    IdentityRow.family_name,
    IdentityRow.given_name,
    IdentityRow.native_name,
)
