"""Digests and weekly summaries: one message for everybody in a zone who has something to hear, written once a day."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from mail.digest import DigestWriter, is_worth, span_of
from mail.directory import Directory, Recipient
from mail.overview_lines import Listing, OverviewLine
from mail.summary import SummaryWriter
from models.catalogue.programme import Programme
from models.messages.contracts import DigestAnswer, WriteDigests
from models.notifications.notices import NoticeKind, OverviewFacts, Reader
from models.posting import DigestChoice
from models.rules.digests import WEEK, digest_day, summary_of
from models.tables import MessageRow, MessageStatus, PersonRow, PreferenceRow, StepRow
from models.vocabulary import Role, StepStatus
from records.absences import Absences, absences_at
from records.calendars import Calendars
from records.clearance_alerts import LOOKED_AT_ON, ClearanceAlerts
from records.projections.common import insert_once, table_of
from records.store.append import Waker
from records.store.engine import Sessions, transaction

PAGE = 200
"""Students looked at in one transaction."""
LOOK_BACK = timedelta(days=60)
"""Who had no digest for so long gets one that looks back a week: nothing to say was in any before."""


@dataclass(frozen=True)
class _Morning:
    """The run for one zone and day."""

    zone: str
    at: datetime
    day: date
    digests: Mapping[str, datetime]
    """When everybody had a digest last."""
    summaries: Mapping[str, datetime]
    absences: Absences
    about: str
    """What the keys of its digests begin with: one for each person, day and asking."""


class Digests:
    """Writes the digests of a zone into the outbox."""

    def __init__(
        self, sessions: Sessions, programme: Programme, calendars: Calendars, waker: Waker, alerts: ClearanceAlerts
    ) -> None:
        self._sessions = sessions
        self._alerts = alerts
        self._programme = programme
        self._calendars = calendars
        self._waker = waker
        self._directory = Directory(programme)
        self._listing = Listing(programme)
        self._digests = DigestWriter(programme)
        self._summaries = SummaryWriter(programme)

    @activity.defn
    async def write_digests(self, request: WriteDigests) -> DigestAnswer:
        """Write the digests of everybody in a zone and the week's summaries, and tell of clearances that end soon.

        A second time writes nothing twice.

        Before eight in the morning there it writes none: that day's run is still to come. Somebody who asks for them
        at once gets them, and no summaries and clearances with them.

        Raises:
            Unavailable: if the database is away.
        """
        today = request.at.astimezone(ZoneInfo(request.zone)).date()
        day = today if request.asked else digest_day(request.at, request.zone)
        if day is None:
            return DigestAnswer()
        async with transaction(self._sessions) as session:
            last = await _last(session, request.at)
            contacts = [c for c in await self._directory.contacts(session) if c.zone == request.zone]
            absences = await absences_at(session, self._programme, request.at)
        digests, summaries = last[NoticeKind.DIGEST], last[NoticeKind.SUMMARY]
        about = f"digest:{request.asked or day}"
        morning = _Morning(request.zone, request.at, day, digests, summaries, absences, about)
        written = 0
        for contact in contacts:
            async with transaction(self._sessions) as session:
                if not request.asked and contact.role is Role.PARTNER_OFFICE:
                    written += await self._summary(session, contact, morning)
                written += await self._for_contact(session, contact, morning)
            _beat()
        written += await self._for_all_students(morning)
        told = 0 if request.asked else await self._of_clearances(morning)
        if told or written:
            self._waker.wake()
        return DigestAnswer(written=written)

    async def _of_clearances(self, morning: _Morning) -> int:
        """Tell of the clearances that end soon at the hosts of a zone, on two days of the week."""
        if morning.day.weekday() not in LOOKED_AT_ON:
            return 0
        hosts = [one.id for one in self._programme.institutions.values() if one.zone == morning.zone]
        told, last = 0, ""
        while page := await self._alerts.page(hosts, morning.day, last):
            for exchange in page:
                told += await self._alerts.tell(exchange, morning.at)
            _beat()
            last = page[-1]
        return told

    async def _for_contact(self, session: AsyncSession, contact: Recipient, morning: _Morning) -> int:
        if not self._wants_digest(contact, morning):
            return 0
        facts = _looking_back(morning.digests.get(contact.id, morning.at - WEEK), morning)
        if not await self._digests.is_worth_writing(session, contact, facts, morning.absences):
            return 0
        return await _write(session, contact, NoticeKind.DIGEST, morning.about, facts)

    async def _summary(self, session: AsyncSession, office: Recipient, morning: _Morning) -> int:
        of_week = summary_of(morning.at, morning.zone)
        if of_week is None or office.digest is DigestChoice.NONE:
            return 0
        week, monday = of_week
        facts = _looking_back(morning.summaries.get(office.id, morning.at - WEEK), morning)
        if not await self._summaries.is_worth_writing(session, office.institution, facts, monday):
            return 0
        return await _write(session, office, NoticeKind.SUMMARY, f"summary:{week}", facts)

    def _wants_digest(self, reader: Recipient, morning: _Morning) -> bool:
        """Whether somebody reads a digest today; the part of who is away is in that of their deputy."""
        if reader.digest in (DigestChoice.OFF, DigestChoice.NONE):
            return False
        if reader.digest is DigestChoice.WEEKDAYS and not self._calendars.is_working_day(
            reader.institution, morning.day
        ):
            return False
        return morning.absences.of(reader.id) is None or morning.absences.deputy_of(reader.id) is None

    async def _for_all_students(self, morning: _Morning) -> int:
        written, last = 0, ""
        while True:
            async with transaction(self._sessions) as session:
                page = await self._students_after(session, morning.zone, last)
                written += await self._for_students(session, page, morning)
            _beat()
            if len(page) < PAGE:
                return written
            last = page[-1].id

    async def _students_after(self, session: AsyncSession, zone: str, last: str) -> Sequence[PersonRow]:
        """Students who owe a step and read in a zone: the one they prefer, or their sending university's."""
        institutions = [i.id for i in self._programme.institutions.values() if i.zone == zone]
        owing = select(StepRow.person_id).where(StepRow.status == StepStatus.OPEN, StepRow.person_id != "")
        preferred = func.coalesce(PreferenceRow.zone, "")
        at_home = (preferred == "") & PersonRow.sending_id.in_(institutions)
        rows = await session.scalars(
            select(PersonRow)
            .outerjoin(PreferenceRow, PreferenceRow.person_id == PersonRow.id)
            .where(or_(preferred == zone, at_home), PersonRow.id > last, PersonRow.id.in_(owing))
            .order_by(PersonRow.id)
            .limit(PAGE)
        )
        return list(rows)

    async def _for_students(self, session: AsyncSession, page: Sequence[PersonRow], morning: _Morning) -> int:
        lines: dict[str, list[OverviewLine]] = defaultdict(list)
        for line in await self._listing.find(session, StepRow.person_id.in_([row.id for row in page])):
            lines[line.owner.person].append(line)
        written = 0
        for row in page:
            student = await self._directory.find(session, row.id, Role.STUDENT)
            facts = _looking_back(morning.digests.get(row.id, morning.at - WEEK), morning)
            if student is None or student.digest is DigestChoice.NONE:
                continue
            if is_worth(lines[row.id], span_of(facts, student)):
                written += await _write(session, student, NoticeKind.DIGEST, morning.about, facts)
        return written


def _looking_back(since: datetime, morning: _Morning) -> OverviewFacts:
    return OverviewFacts(since=since, until=morning.at)


async def _last(session: AsyncSession, at: datetime) -> dict[str, dict[str, datetime]]:
    """When everybody was sent a digest or summary last: what an outage left out is in the next one.

    One that still waits for the mail host, or had nothing to say any more, told nobody anything.
    """
    kinds = (NoticeKind.DIGEST, NoticeKind.SUMMARY)
    rows = await session.execute(
        select(MessageRow.kind, MessageRow.recipient_id, func.max(MessageRow.created_at))
        .where(
            MessageRow.kind.in_(kinds),
            MessageRow.status.in_((MessageStatus.SENT, MessageStatus.REFUSED)),
            MessageRow.created_at > at - LOOK_BACK,
        )
        .group_by(MessageRow.kind, MessageRow.recipient_id)
    )
    found: dict[str, dict[str, datetime]] = {kind: {} for kind in kinds}
    for kind, person, moment in rows:
        found[kind][person] = moment
    return found


async def _write(session: AsyncSession, reader: Recipient, kind: NoticeKind, about: str, facts: OverviewFacts) -> int:
    """Queue an overview once; an earlier one that the mail host has not taken yet is in this one."""
    key = f"{about}:{reader.id}"
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
        created_at=facts.until,
        not_before=facts.until,
    )
    table = table_of(MessageRow)
    unsent = (table.c.kind == kind) & (table.c.status == MessageStatus.QUEUED) & (table.c.key != key)
    earlier = update(table).where(table.c.recipient_id == reader.id, unsent)
    await session.execute(earlier.values(status=MessageStatus.WITHDRAWN))
    return 1


def _beat() -> None:
    if activity.in_activity():
        activity.heartbeat()
