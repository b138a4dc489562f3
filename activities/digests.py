"""Digests and weekly summaries: one message for everybody in a zone who has something to hear, written once a day."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.calendars import Calendars
from activities.mail.directory import Directory, Recipient
from activities.mail.overviews import Line, NothingToSay, Overviews, Reading, grouped
from activities.records import Bell
from activities.store.engine import Sessions, transaction
from activities.store.projecting import insert_once
from models.contracts import DigestAnswer, WriteDigests
from models.notices import NoticeKind, OverviewFacts, Reader
from models.programme import Programme
from models.tables import ExchangeRow, MessageRow, MessageStatus, PersonRow, StepRow
from models.vocabulary import DigestChoice, Role, StepKind, StepStatus

PAGE = 200
"""Students looked at in one transaction."""
DAY = timedelta(days=1)
WEEK = timedelta(days=7)
NEWS = ("overdue", "today", "soon", "new")
"""Groups of steps that are worth a digest; what merely waits for others is not."""


class Digests:
    """Writes the digests of a zone into the outbox."""

    def __init__(self, sessions: Sessions, programme: Programme, calendars: Calendars, bell: Bell) -> None:
        self._sessions = sessions
        self._programme = programme
        self._calendars = calendars
        self._bell = bell
        self._directory = Directory(programme)
        self._overviews = Overviews(programme)

    @activity.defn
    async def write_digests(self, request: WriteDigests) -> DigestAnswer:
        """Write the digests of everybody in a zone, and the week's summaries; a second time writes nothing twice.

        Raises:
            Unavailable: if the database is away.
        """
        written = 0
        async with transaction(self._sessions) as session:
            for contact in await self._contacts_in(session, request.zone):
                written += await self._for_contact(session, contact, request)
        last = ""
        while True:
            async with transaction(self._sessions) as session:
                page = await self._students_after(session, request.zone, last)
                written += await self._for_students(session, page, request)
            if not page:
                break
            last = page[-1].id
            if activity.in_activity():
                activity.heartbeat()
        if written:
            self._bell.ring()
        return DigestAnswer(written=written)

    async def _contacts_in(self, session: AsyncSession, zone: str) -> list[Recipient]:
        found = []
        for institution in self._programme.institutions.values():
            for contact in institution.contacts:
                recipient = await self._directory.find(session, contact.id, contact.role)
                if recipient is not None and recipient.zone == zone:
                    found.append(recipient)
        return found

    async def _for_contact(self, session: AsyncSession, contact: Recipient, request: WriteDigests) -> int:
        day = request.at.astimezone(ZoneInfo(request.zone)).date()
        written = 0
        if contact.role is Role.PARTNER_OFFICE:
            year, week, _ = day.isocalendar()
            facts = OverviewFacts(since=request.at - WEEK, until=request.at)
            reading = Reading(contact, contact.language, request.at)
            try:
                await self._overviews.summary(session, reading, facts)
                key = f"summary:{year}-W{week:02d}:{contact.id}"
                written += await self._write(session, contact, NoticeKind.SUMMARY, key, facts, request.at)
            except NothingToSay:
                pass
        if not self._wants(contact, request.at):
            return written
        since = (await self._last(session, [contact.id])).get(contact.id, request.at - DAY)
        facts = OverviewFacts(since=since, until=request.at)
        lines = await self._overviews.steps_of(session, contact, request.at)
        if not worth_a_mail(lines, facts, contact):
            return written
        return written + await self._write(
            session, contact, NoticeKind.DIGEST, f"digest:{day}:{contact.id}", facts, request.at
        )

    def _wants(self, reader: Recipient, at: datetime) -> bool:
        match reader.digest:
            case DigestChoice.OFF:
                return False
            case DigestChoice.WEEKDAYS:
                day = at.astimezone(ZoneInfo(reader.zone)).date()
                return self._calendars.is_working_day(reader.institution, day)
            case DigestChoice.DAILY:
                return True

    async def _students_after(self, session: AsyncSession, zone: str, last: str) -> Sequence[PersonRow]:
        institutions = [i.id for i in self._programme.institutions.values() if i.zone == zone]
        owing = select(StepRow.person_id).where(StepRow.status == StepStatus.OPEN, StepRow.person_id != "")
        rows = await session.scalars(
            select(PersonRow)
            .where(PersonRow.sending_id.in_(institutions), PersonRow.id > last, PersonRow.id.in_(owing))
            .order_by(PersonRow.id)
            .limit(PAGE)
        )
        return list(rows)

    async def _for_students(self, session: AsyncSession, page: Sequence[PersonRow], request: WriteDigests) -> int:
        if not page:
            return 0
        ids = [row.id for row in page]
        lasts = await self._last(session, ids)
        lines: dict[str, list[Line]] = defaultdict(list)
        rows = await session.execute(
            select(StepRow, ExchangeRow)
            .join(ExchangeRow, ExchangeRow.id == StepRow.exchange_id)
            .where(
                StepRow.person_id.in_(ids), StepRow.status == StepStatus.OPEN, StepRow.kind != StepKind.WAIT_FOR_SEAT
            )
            .order_by(StepRow.due_at, StepRow.id)
        )
        for step, exchange in rows:
            lines[step.person_id].append((step, exchange, None))
        day = request.at.astimezone(ZoneInfo(request.zone)).date()
        written = 0
        for row in page:
            student = await self._directory.find(session, row.id, Role.STUDENT)
            assert student is not None
            facts = OverviewFacts(since=lasts.get(row.id, request.at - DAY), until=request.at)
            if worth_a_mail(lines[row.id], facts, student):
                key = f"digest:{day}:{row.id}"
                written += await self._write(session, student, NoticeKind.DIGEST, key, facts, request.at)
        return written

    async def _last(self, session: AsyncSession, people: Iterable[str]) -> dict[str, datetime]:
        """When each of them had a digest last: what an outage left out is in the next one."""
        rows = await session.execute(
            select(MessageRow.recipient_id, func.max(MessageRow.created_at))
            .where(MessageRow.kind == NoticeKind.DIGEST, MessageRow.recipient_id.in_(list(people)))
            .group_by(MessageRow.recipient_id)
        )
        return dict(rows.tuples().all())

    async def _write(
        self,
        session: AsyncSession,
        reader: Recipient,
        kind: NoticeKind,
        key: str,
        facts: OverviewFacts,
        at: datetime,
    ) -> int:
        known = await session.scalar(select(MessageRow.id).where(MessageRow.key == key))
        if known is not None:
            return 0
        await insert_once(
            session,
            MessageRow,
            key=key,
            kind=kind,
            exchange_id=None,
            stream=kind.value,
            step_id=None,
            recipient_id=reader.id,
            recipient_role=reader.role,
            on_behalf_of="",
            language=reader.language,
            params={"reader": Reader.OWNER, "facts": facts.model_dump(mode="json")},
            status=MessageStatus.QUEUED,
            attempts=0,
            created_at=at,
            not_before=at,
        )
        return 1


def worth_a_mail(lines: Iterable[Line], facts: OverviewFacts, reader: Recipient) -> bool:
    """Whether a digest of these steps says anything."""
    groups = grouped(lines, facts, Reading(reader, reader.language, facts.until))
    return any(groups[name] for name in NEWS)
