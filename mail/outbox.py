"""The outbox: the messages an event causes, written in the transaction that records it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from mail.catching_up import catch_up
from mail.directory import Directory, Recipient, language_of
from mail.rejections import tell_of_rejection
from models.catalogue.answers import AskedBy
from models.catalogue.programme import Programme
from models.errors import Broken
from models.events import (
    AbsenceCancelled,
    AbsencePlanned,
    ChangeApplied,
    ChangeClosed,
    ClearanceEnded,
    Cleared,
    DeadlineExtended,
    DocumentChecked,
    DocumentReturned,
    Event,
    ExchangeClosed,
    RungFired,
    StepOpened,
    StepReassigned,
    StepReminded,
)
from models.identifiers import is_alert
from models.notifications.addressing import Setting
from models.notifications.notices import AbsenceFacts, Addressee, DocumentFacts, Notice, NoticeKind, Reader, StepFacts
from models.notifications.recipients import CAUSING_NOTICES, notices_of
from models.people.authorization import Owner
from models.posting import DigestChoice
from models.tables import (
    CohortRow,
    DecisionRow,
    DocumentRow,
    ExchangeRow,
    MessageRow,
    MessageStatus,
    PlacementRow,
    StepRow,
)
from models.vocabulary import Announce, Content, Purpose, Role, Side, StepKind, StepStatus
from records.access.readdressing import Renaming, readdress
from records.projections.common import insert_once, table_of
from records.queries.titles import owner_of

StepEvent = StepOpened | StepReassigned | RungFired | StepReminded | DeadlineExtended
DocumentEvent = DocumentChecked | DocumentReturned


class Outbox:
    """Writes the messages that events cause."""

    def __init__(self, programme: Programme) -> None:
        """`programme` says who holds which role, and in which language they read."""
        self._programme = programme
        self._directory = Directory(programme)

    async def post(self, session: AsyncSession, stream: str, seq: int, event: Event) -> int:
        """Write the messages of one event, after its projection and in its transaction; says how many.

        Raises:
            Broken: if the stream, or the step of an event about a step, is not there.
        """
        if isinstance(event, Renaming):
            await readdress(session, stream, event)
        if isinstance(event, AbsencePlanned | AbsenceCancelled):
            return await self._of_absence(session, stream, seq, event)
        if not isinstance(event, CAUSING_NOTICES):
            return 0
        setting = await self._setting(session, stream)
        if isinstance(event, ExchangeClosed):
            setting = setting.model_copy(update={"expecting": await _expecting(session, stream)})
        if isinstance(event, Cleared | ClearanceEnded):
            setting = setting.model_copy(update={"clinics": await _clinics(session, stream)})
        if isinstance(event, ChangeApplied | ChangeClosed):
            asked = _expecting(session, stream) if event.replan else _signing(session, stream, event.change_id)
            setting = setting.model_copy(update={"signing": await asked})
        step = await self._step(session, stream, event) if isinstance(event, StepEvent) else None
        document = await self._document(session, setting, event) if isinstance(event, DocumentEvent) else None
        rejections, rows = 0, dict[str, dict[str, Any]]()
        late: dict[str, tuple[Recipient, Notice]] = {}
        for notice in notices_of(event, setting, step, document):
            for recipient in await self._recipients(session, notice, event.at):
                if not (notice.at_once or recipient.digest is DigestChoice.OFF):
                    continue
                if notice.late:
                    late.setdefault(recipient.id, (recipient, notice))
                    continue
                row = _row(stream, seq, event, notice, recipient, of_exchange=bool(setting.student))
                if isinstance(notice.facts, DocumentFacts):
                    rejections += await tell_of_rejection(session, row, notice.facts, event.at)
                    continue
                rows.setdefault(row["key"], row)
        for row in rows.values():
            await insert_once(session, MessageRow, **row)
        made = [await catch_up(session, *late[who], event.at) for who in sorted(late)]
        return rejections + len(rows) + sum(made)

    async def _of_absence(
        self, session: AsyncSession, stream: str, seq: int, event: AbsencePlanned | AbsenceCancelled
    ) -> int:
        """Tell who stands in, once, when the absence begins; a cancelled one is not told of any more."""
        key = f"absence:{event.absence_id}"
        table = table_of(MessageRow)
        if isinstance(event, AbsenceCancelled):
            unsent = (table.c.key == key) & (table.c.status == MessageStatus.QUEUED)
            await session.execute(update(table).where(unsent).values(status=MessageStatus.WITHDRAWN))
            return 0
        first = self._directory.first_moment(event.person, event.first_day)
        begins = max(first, event.at)
        absent = Addressee(role=Role.COORDINATOR, person=event.person)
        facts = AbsenceFacts(
            absence_id=event.absence_id, person=event.person, first_day=event.first_day, last_day=event.last_day
        )
        notice = Notice(kind=NoticeKind.STANDING_IN, to=absent, reader=Reader.INFORMED, facts=facts)
        for recipient in await self._directory.resolve(session, absent, at=begins):
            if recipient.id != event.person:
                row = _row(stream, seq, event, notice, recipient, of_exchange=False)
                await insert_once(session, MessageRow, **(row | {"key": key, "not_before": begins}))
                return 1
        return 0

    async def _setting(self, session: AsyncSession, stream: str) -> Setting:
        home = self._programme.home
        exchange = await session.get(ExchangeRow, stream)
        if exchange is not None:
            return Setting(
                sending=exchange.sending_id,
                host=exchange.host_id,
                home=home,
                student=exchange.person_id,
                year=exchange.year,
            )
        if is_alert(stream):
            return Setting(sending="", host="", home=home)
        cohort = await session.get(CohortRow, stream)
        if cohort is None:
            raise Broken("stream.neither", stream=stream)
        return Setting(sending=cohort.sending_id, host=cohort.host_id, home=home, year=cohort.year)

    async def _recipients(self, session: AsyncSession, notice: Notice, at: datetime) -> tuple[Recipient, ...]:
        found = await self._directory.resolve(
            session,
            notice.to,
            at=at,
            or_whoever_is_responsible=notice.reader is not Reader.COPY,
            urgent=notice.kind is NoticeKind.ESCALATION,
        )
        if not found and notice.to.role is Role.STUDENT:
            # The student's record is not there yet or no more: kept all the same, an operator will see it.
            found = (_unknown_student(notice.to),)
        return tuple(r for r in found if r.id != notice.except_for)

    async def _document(self, session: AsyncSession, setting: Setting, event: DocumentEvent) -> DocumentFacts:
        row = await session.get(DocumentRow, event.document_id)
        waiting = await self._waiting_step(session, row.exchange_id if row else "", event.document)
        return DocumentFacts(
            document_id=event.document_id,
            document=event.document,
            returned=isinstance(event, DocumentReturned),
            provided_by=self._provider(setting, event.document, row.uploaded_by if row else ""),
            note_id=event.note_id,
            due_at=waiting.due_at if waiting else None,
            zone=waiting.zone if waiting else "UTC",
        )

    def _provider(self, setting: Setting, document: str, uploaded_by: str) -> Addressee:
        """Who handed a document in; where that is nobody we know, who owes documents of this kind."""
        policy = self._programme.policy.document(document)
        side = policy.provided_by if policy else Side.STUDENT
        if self._programme.policy.purpose(document) is Purpose.HEALTH:
            # Whoever handed it in for the student is not told what was found (D46).
            uploaded_by = setting.student
        if uploaded_by == setting.student or (side is Side.STUDENT and not self._directory.knows(uploaded_by)):
            return Addressee(role=Role.STUDENT, institution=setting.sending, person=setting.student)
        institution = setting.sending if side in (Side.SENDING, Side.STUDENT) else setting.host
        return Addressee(role=Role.COORDINATOR, institution=institution, person=uploaded_by)

    async def _step(self, session: AsyncSession, stream: str, event: StepEvent) -> StepFacts | None:
        row = await session.get(StepRow, event.step_id)
        if row is None:
            raise Broken("step.never_opened", step=event.step_id)
        policy = self._programme.policy.steps.get(row.kind)
        if policy is not None and policy.silent and not isinstance(event, RungFired | StepReminded):
            return None
        return StepFacts(
            step_id=row.id,
            step=row.kind,
            owner=owner_of(row),
            subject=row.subject,
            due_at=row.due_at,
            zone=row.zone,
            ends_at=row.ends_at,
            note_id=await self._words_of_whoever_asked(session, stream, row.kind),
            announce=policy.announce if policy else Announce.NOW,
            legal=policy.legal if policy else False,
            silent=policy.silent if policy else False,
        )

    async def _words_of_whoever_asked(self, session: AsyncSession, stream: str, kind: StepKind) -> str | None:
        """What was written by whoever sent something back, or could not do their part, and so had this step opened."""
        asked_by = self._programme.policy.asked_by(kind)
        return await _words_of_decision(session, stream, asked_by) if asked_by else None

    async def _waiting_step(self, session: AsyncSession, exchange_id: str, document: str) -> StepRow | None:
        policy = self._programme.policy.document(document)
        if policy is None:
            return None
        return await session.scalar(
            select(StepRow)
            .where(
                StepRow.exchange_id == exchange_id, StepRow.kind.in_(policy.taken_in), StepRow.status == StepStatus.OPEN
            )
            .order_by(StepRow.due_at)
            .limit(1)
        )


async def _words_of_decision(session: AsyncSession, stream: str, asked_by: Iterable[AskedBy]) -> str | None:
    """What was written with the last of these answers."""
    given = (
        and_(
            DecisionRow.outcome == asked.answer,
            DecisionRow.step_id.startswith(f"{stream}.{asked.step}.", autoescape=True),
        )
        for asked in asked_by
    )
    return await session.scalar(
        select(DecisionRow.note_id)
        .where(DecisionRow.exchange_id == stream, or_(*given))
        .order_by(DecisionRow.at.desc())
        .limit(1)
    )


def _row(
    stream: str, seq: int, event: Event, notice: Notice, recipient: Recipient, *, of_exchange: bool
) -> dict[str, Any]:
    of_one = of_exchange and (not notice.once or recipient.role is Role.STUDENT)
    about = f"suspension:{notice.once}" if notice.once else f"{stream}:{seq}:{notice.kind}"
    return {
        "key": f"{about}:{recipient.id}",
        "kind": notice.kind,
        "exchange_id": stream if of_one else None,
        "stream": stream if of_one or not notice.once else notice.once.partition(":")[0],
        "step_id": notice.facts.step_id if isinstance(notice.facts, StepFacts) else None,
        "recipient_id": recipient.id,
        "recipient_role": recipient.role,
        "on_behalf_of": recipient.on_behalf_of,
        "language": recipient.language,
        "params": {"reader": notice.reader, "facts": notice.facts.model_dump(mode="json")},
        "status": MessageStatus.QUEUED,
        "attempts": 0,
        "created_at": event.at,
        "not_before": event.at,
    }


def _unknown_student(to: Addressee) -> Recipient:
    return Recipient(
        id=to.person,
        role=Role.STUDENT,
        name="",
        email="",
        language=language_of(""),
        zone="UTC",
        institution=to.institution,
    )


_EXPECT = (StepKind.CONFIRM_BED, StepKind.FIND_BED, StepKind.ACCEPT_STUDENT, StepKind.CONFIRM_CHANGE)
_DID_NOT_DECLINE = or_(StepRow.outcome.is_(None), StepRow.outcome.not_in(("decline", "declined")))


async def _clinics(session: AsyncSession, exchange: str) -> tuple[Owner, ...]:
    """The supervisors with a place of a clinical block of the exchange, who were asked and did not decline.

    One who came with a change agreed to it for the unit.
    """
    clinical = PlacementRow.exchange_id == exchange, PlacementRow.content == Content.CLINICAL
    placed, units = select(PlacementRow.id).where(*clinical), select(PlacementRow.unit_id).where(*clinical)
    accepts = and_(StepRow.kind == StepKind.ACCEPT_STUDENT, StepRow.subject.in_(placed))
    changed = and_(StepRow.kind == StepKind.CONFIRM_CHANGE, StepRow.unit_id.in_(units))
    asked = (StepRow.exchange_id == exchange, or_(accepts, changed), _DID_NOT_DECLINE)
    rows = await session.scalars(select(StepRow).where(*asked).order_by(StepRow.opened_at, StepRow.id))
    return tuple(dict.fromkeys(owner_of(row) for row in rows))


async def _signing(session: AsyncSession, exchange: str, change: str) -> tuple[Owner, ...]:
    """The supervisors who were asked to agree to a change, whatever they answered: once each."""
    asked = (
        StepRow.exchange_id == exchange,
        StepRow.kind == StepKind.CONFIRM_CHANGE,
        StepRow.subject.endswith(f":{change}", autoescape=True),
    )
    rows = await session.scalars(select(StepRow).where(*asked).order_by(StepRow.opened_at, StepRow.id))
    return tuple(dict.fromkeys(owner_of(row) for row in rows))


async def _expecting(session: AsyncSession, exchange: str) -> tuple[Owner, ...]:
    """Who was asked for a bed or a place, and did not decline: once each."""
    asked = (
        StepRow.exchange_id == exchange,
        StepRow.kind.in_(_EXPECT),
        _DID_NOT_DECLINE,
    )
    rows = await session.scalars(select(StepRow).where(*asked).order_by(StepRow.opened_at, StepRow.id))
    return tuple(dict.fromkeys(owner_of(row) for row in rows))
