"""Messages compared with the events that cause them.

Whom a message went to was decided by who held which role then. So only what must have been told to somebody is
expected, whoever it was: an event that tells at once left at least one message of that kind.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from pydantic import ValidationError
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalogue.programme import Programme
from models.events import EVENT, RungFired, StepOpened, StepReassigned, StepReminded
from models.identifiers import is_alert
from models.messages.audit import AuditFinding, FindingKind, Part
from models.notifications.addressing import Setting
from models.notifications.notices import Notice, NoticeKind, Reader, StepFacts
from models.notifications.recipients import CAUSING_NOTICES, notices_of
from models.people.authorization import Owner
from models.tables import AbsenceRow, CohortRow, EventRow, ExchangeRow, MessageRow, StepRow, SuspensionRow
from records.audit.looking import Breath, snapshot
from records.store.engine import Sessions

STREAMS = 100
"""Streams looked at in one snapshot."""
MESSAGES = 500
"""Messages looked at in one snapshot."""
CAUSING = tuple(one.model_fields["kind"].default for one in CAUSING_NOTICES)
TOLD_BY_ITSELF = "address-restored:"
"""Batches of which nobody is told: whoever had the mail that undoes a change of address knows."""
StepEvent = StepOpened | StepReassigned | RungFired | StepReminded


class _StreamSetting(NamedTuple):
    """A stream as it stands: between whom it plays, and under which policy it began."""

    setting: Setting
    policy_version: str = ""


class Mails:
    """Looks for messages that are missing, and for messages that nothing caused."""

    part = Part.MAILS

    def __init__(self, sessions: Sessions, programme: Programme) -> None:
        """`sessions` of a reading engine."""
        self._sessions = sessions
        self._programme = programme

    async def find(self, breathe: Breath) -> list[AuditFinding]:
        """What was to be told and was not, and what was told and did not happen."""
        return [*await self._missing(breathe), *await self._uncaused(breathe)]

    async def _missing(self, breathe: Breath) -> list[AuditFinding]:
        findings: list[AuditFinding] = []
        last = ""
        while True:
            async with snapshot(self._sessions) as session:
                streams = await _streams_after(session, last)
                events = await _events_of(session, streams)
                scenes = await self._scenes(session, streams)
                steps = {
                    row.id: row for row in await session.scalars(select(StepRow).where(StepRow.stream.in_(streams)))
                }
                told = await _told(session, streams)
            if not streams:
                return findings
            for row in events:
                kinds = self._expected(row, scenes.get(row.stream), steps)
                findings += [_missing(row, kind) for kind in sorted(kinds - told[row.stream, row.seq])]
            last = streams[-1]
            await breathe()

    async def _scenes(self, session: AsyncSession, streams: Sequence[str]) -> dict[str, _StreamSetting]:
        home = self._programme.home
        found = {one: _StreamSetting(Setting(sending="", host="", home=home)) for one in streams if is_alert(one)}
        for row in await session.scalars(select(ExchangeRow).where(ExchangeRow.id.in_(streams))):
            setting = Setting(sending=row.sending_id, host=row.host_id, home=home, student=row.person_id, year=row.year)
            found[row.id] = _StreamSetting(setting, row.policy_version)
        for cohort in await session.scalars(select(CohortRow).where(CohortRow.id.in_(streams))):
            setting = Setting(sending=cohort.sending_id, host=cohort.host_id, home=home, year=cohort.year)
            found[cohort.id] = _StreamSetting(setting)
        return found

    def _expected(self, row: EventRow, scene: _StreamSetting | None, steps: dict[str, StepRow]) -> set[NoticeKind]:
        """The kinds of message that an event must have left; none where it or its stream cannot be read."""
        try:
            event = EVENT.validate_python(row.payload)
        except ValidationError:
            return set()
        if scene is None or row.batch_key.startswith(TOLD_BY_ITSELF):
            return set()
        step = None
        if isinstance(event, StepEvent):
            if isinstance(event, StepOpened) and scene.policy_version != self._programme.policy.version:
                return set()  # whether an opening is told at once is for the policy of then to say
            step = self._step(event, steps.get(event.step_id))
        return {notice.kind for notice in notices_of(event, scene.setting, step) if _surely_told(notice)}

    def _step(self, event: StepEvent, row: StepRow | None) -> StepFacts | None:
        """A step as its event has it; of a rung, its owner of now stands for that of then."""
        policy = self._programme.policy.steps.get(row.kind) if row is not None else None
        if row is None or policy is None or (policy.silent and not isinstance(event, RungFired | StepReminded)):
            return None
        owner = Owner(
            side=row.side, role=row.role, institution=row.institution_id, person=row.person_id, unit=row.unit_id
        )
        return StepFacts(
            step_id=row.id,
            step=row.kind,
            owner=owner if isinstance(event, RungFired | StepReminded) else event.owner,
            due_at=event.plan.due_at if isinstance(event, StepOpened) and event.plan else row.due_at,
            zone=row.zone,
            announce=policy.announce,
            legal=policy.legal,
            silent=policy.silent,
        )

    async def _uncaused(self, breathe: Breath) -> list[AuditFinding]:
        findings: list[AuditFinding] = []
        last = 0
        while True:
            page = select(MessageRow).where(MessageRow.id > last).order_by(MessageRow.id).limit(MESSAGES)
            async with snapshot(self._sessions) as session:
                rows = list(await session.scalars(page))
                findings += await _without_cause(session, rows)
            if not rows:
                return findings
            last = rows[-1].id
            await breathe()


def _surely_told(notice: Notice) -> bool:
    """Whether it made a message of its own for this event, whoever held which role."""
    gathered = notice.late or bool(notice.once) or notice.kind is NoticeKind.DOCUMENT_REJECTED
    nobody = bool(notice.except_for) or notice.reader is Reader.COPY
    return notice.at_once and not gathered and not nobody


def _missing(row: EventRow, kind: NoticeKind) -> AuditFinding:
    return AuditFinding(kind=FindingKind.MAIL_MISSING, stream=row.stream, params={"row": row.seq, "notice": kind.value})


async def _streams_after(session: AsyncSession, last: str) -> list[str]:
    query = select(EventRow.stream).where(EventRow.stream > last, EventRow.kind.in_(CAUSING))
    return list(await session.scalars(query.group_by(EventRow.stream).order_by(EventRow.stream).limit(STREAMS)))


async def _events_of(session: AsyncSession, streams: Sequence[str]) -> list[EventRow]:
    query = select(EventRow).where(EventRow.stream.in_(streams), EventRow.kind.in_(CAUSING))
    return list(await session.scalars(query.order_by(EventRow.stream, EventRow.seq)))


async def _told(session: AsyncSession, streams: Sequence[str]) -> dict[tuple[str, int], set[NoticeKind]]:
    """The kinds of message that each event left."""
    found = defaultdict[tuple[str, int], set[NoticeKind]](set)
    for row in await session.scalars(select(MessageRow).where(MessageRow.stream.in_(streams))):
        seq = _event_of(row)
        if seq is not None:
            found[row.stream, seq].add(NoticeKind(row.kind))
    return found


def _event_of(row: MessageRow) -> int | None:
    """The number of the event in its stream that caused a message, as its key says; none where something else did."""
    seq, _, rest = row.key.removeprefix(f"{row.stream}:").partition(":")
    return int(seq) if seq.isdigit() and rest.startswith(f"{row.kind}:") else None


async def _without_cause(session: AsyncSession, rows: Sequence[MessageRow]) -> list[AuditFinding]:
    """Messages whose event, absence or suspension is not on record."""
    wanted = {row.id: (row.stream, seq) for row in rows if (seq := _event_of(row)) is not None}
    place = tuple_(EventRow.stream, EventRow.seq)
    events = select(EventRow.stream, EventRow.seq).where(place.in_(set(wanted.values())))
    known = {(stream, seq) for stream, seq in await session.execute(events)}
    lost = {number for number, event in wanted.items() if event not in known}
    for name, table in (("absence", AbsenceRow), ("suspension", SuspensionRow)):
        about = {row.id: row.key.split(":")[1] for row in rows if row.key.startswith(f"{name}:")}
        there = set(await session.scalars(select(table.id).where(table.id.in_(set(about.values())))))
        lost |= {number for number, one in about.items() if one not in there}
    return [
        AuditFinding(kind=FindingKind.MAIL_WITHOUT_EVENT, stream=row.stream, params={"row": row.id, "notice": row.kind})
        for row in rows
        if row.id in lost
    ]
