"""The books after a journey: what was told is recorded once, what was taken held once, what was written sent once."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

from sqlalchemy import select
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowExecutionStatus

from dev.mailsink import mails_in
from dev.stack import DevStack
from models.events import EVENT, Event
from models.identifiers import MAILROOM_ID, cohort_workflow_id, exchange_workflow_id, rotation_workflow_id
from models.messages.exchange import ExchangeResult, Plan
from models.tables import (
    Base,
    BedNightRow,
    CertificateRow,
    DecisionRow,
    DocumentRow,
    EventRow,
    ExchangeRow,
    MessageRow,
    MessageStatus,
    PlaceDayRow,
    PlacementRow,
    SeatRow,
    StepRow,
)
from models.vocabulary import ROTATION_CONTENTS, Outcome, Stage, StepStatus
from records.store.append import FROM_THE_ATTEMPT
from records.store.engine import Sessions, open_engine, session_maker, transaction
from records.store.rebuild import PROJECTED, rebuild
from tests.journey.journey import Journey
from tests.records.fakes import dump
from workflows.cohort import CohortWorkflow

ONCE: dict[str, tuple[str, ...]] = {
    "step_opened": ("step_id",),
    "step_closed": ("step_id",),
    "rung_fired": ("step_id", "rung"),
    "document_submitted": ("document_id",),
    "document_checked": ("document_id",),
    "attendance_reported": ("report_id",),
    "evaluated": ("step_id",),
    "place_assigned": ("placement_id",),
    "rotation_ended": ("placement_id",),
    "stage_entered": ("stage",),
    "status_changed": ("mobility", "nomination"),
    "seat_taken": ("exchange_id",),
    "step_held": ("step_id", "cause"),
    "step_resumed": ("step_id", "cause"),
    "stay_permitted": ("until",),
    "movement_reported": ("report_id",),
}
"""What makes an event of a kind the same fact told twice; events of the other kinds happen once in a stream."""


class Books:
    """The records of a service, read from its database."""

    def __init__(self, sessions: Sessions, mailbox: Path) -> None:
        self._sessions = sessions
        self._mailbox = mailbox

    async def rows(self, table: type[Any], *conditions: Any) -> list[Any]:
        """All rows of a table."""
        async with transaction(self._sessions) as session:
            return list(await session.scalars(select(table).where(*conditions)))

    async def events_are_gapless_and_told_once(self) -> None:
        """Every stream counts from 1 without gaps, and tells no fact twice."""
        streams: defaultdict[str, list[EventRow]] = defaultdict(list)
        for row in sorted(await self.rows(EventRow), key=lambda row: row.seq):
            streams[row.stream].append(row)
        for stream, rows in streams.items():
            assert [row.seq for row in rows] == list(range(1, len(rows) + 1)), stream
            facts = Counter(_fact(EVENT.validate_python(row.payload)) for row in rows)
            twice = [fact for fact, times in facts.items() if times > 1]
            assert not twice, f"{stream}: {twice}"

    async def acts_are_recorded(self, answered: set[str]) -> None:
        """Whatever a person was told to be done is in the records, and nothing that nobody did."""
        decided = {row.id for row in await self.rows(DecisionRow)}
        told = [EVENT.validate_python(row.payload) for row in await self.rows(EventRow)]
        reported = {str(event.report_id) for event in told if hasattr(event, "report_id")}
        assert decided | reported == answered
        steps = Counter(row.step_id for row in await self.rows(DecisionRow))
        assert set(steps.values()) <= {1}, "a step is decided once"

    async def everybody_has_one_certificate(self, exchanges: Sequence[str]) -> None:
        """Every exchange is closed as completed, with nothing open and one certificate."""
        rows = {row.id: row for row in await self.rows(ExchangeRow)}
        assert set(rows) == set(exchanges)
        for row in rows.values():
            assert (row.stage, row.outcome, row.reason) == (Stage.CLOSED, Outcome.COMPLETED, "certificate_issued")
        certificates = await self.rows(CertificateRow)
        assert sorted(c.exchange_id for c in certificates) == sorted(exchanges)
        assert {(c.version, c.revoked_at) for c in certificates} == {(1, None)}
        assert len({c.number for c in certificates}) == len(exchanges)
        assert {row.status for row in await self.rows(StepRow)} == {StepStatus.DONE}
        assert all(row.accepted for row in await self.rows(DocumentRow))

    async def holdings_are_held_once(self, journey: Journey) -> None:
        """Every student has one seat, one bed for every night and one place for every day of the rotations."""
        seats = [row for row in await self.rows(SeatRow) if row.exchange_id is not None]
        assert sorted(str(row.exchange_id) for row in seats) == sorted(journey.travellers)
        assert not any(row.held for row in seats)
        nights, days = await self.rows(BedNightRow), await self.rows(PlaceDayRow)
        assert len({(row.bed_id, row.night) for row in nights}) == len(nights)
        assert len({(row.unit_id, row.slot, row.day) for row in days}) == len(days)
        for exchange, traveller in journey.travellers.items():
            plan = traveller.plan
            mine = [row for row in nights if row.exchange_id == exchange]
            assert len({row.bed_id for row in mine}) == 1
            assert sorted(row.night for row in mine) == [plan.start + timedelta(days=n) for n in range(plan.days - 1)]
            blocks = [block for block in plan.contents if block.content in ROTATION_CONTENTS]
            worked = sorted(row.day for row in days if row.exchange_id == exchange)
            assert worked == sorted(
                block.start + timedelta(days=n) for block in blocks for n in range((block.end - block.start).days + 1)
            )

    async def mail_is_delivered(self) -> None:
        """Every message is sent, and the mailbox holds what the ledger says; what came again was in doubt.

        Between the host's answer and the mark in the ledger a crash costs a second mail, which receivers drop by its
        Message-ID. Its body may say besides that the step was settled meanwhile.
        """
        ledger = await self.rows(MessageRow)
        assert {row.status for row in ledger} == {MessageStatus.SENT}
        received: defaultdict[str, list[list[tuple[str, str]]]] = defaultdict(list)
        for path in mails_in(self._mailbox):
            mail = message_from_bytes(path.read_bytes(), policy=default)
            received[str(mail["Message-ID"])].append([(name, str(value)) for name, value in mail.items()])
        assert sorted(received) == sorted(str(row.message_id) for row in ledger)
        for row in ledger:
            copies = received[str(row.message_id)]
            assert ("X-RcptTo", str(row.sent_to)) in copies[0]
            assert all(copy == copies[0] for copy in copies)
            assert len(copies) - 1 <= row.in_doubt

    async def told_again(self) -> list[object]:
        """Facts that are on record twice, what was told again with nothing in between, and mails that came twice."""
        rows = sorted(await self.rows(EventRow), key=lambda row: (row.stream, row.seq))
        events = [(row.stream, EVENT.validate_python(row.payload)) for row in rows]
        facts = Counter((stream, event.fact) for stream, event in events if event.fact is not None)
        told = [((s, e.kind, getattr(e, "step_id", "")), e.model_dump(exclude={*FROM_THE_ATTEMPT})) for s, e in events]
        messages = sorted(await self.rows(MessageRow), key=lambda row: row.id)
        written = [((m.kind, m.stream, m.step_id, m.recipient_id, m.on_behalf_of), m.params) for m in messages]
        mails = [message_from_bytes(path.read_bytes(), policy=default) for path in mails_in(self._mailbox)]
        came = Counter(str(mail["Message-ID"]) for mail in mails)
        twice = [one for one, times in (*facts.items(), *came.items()) if times > 1]
        return [*twice, *said_again(told), *said_again(written)]

    async def the_projection_is_what_the_events_say(self) -> None:
        """Rebuilt from the events alone, every table says the same."""
        tables: list[type[Base]] = [*PROJECTED, DocumentRow]
        before = _as_read(await dump(self._sessions, tables))
        async with transaction(self._sessions) as session:
            await rebuild(session)
        assert _as_read(await dump(self._sessions, tables)) == before

    async def workflows_agree(self, client: Client, journey: Journey) -> None:
        """Temporal says the same as the records, and no workflow task ever failed: crashes only delay them."""
        for exchange in journey.travellers:
            ended = client.get_workflow_handle(exchange_workflow_id(exchange), result_type=ExchangeResult)
            assert (await ended.result()).outcome is Outcome.COMPLETED
        placements = [rotation_workflow_id(row.id) for row in await self.rows(PlacementRow)]
        for workflow_id in placements:
            description = await client.get_workflow_handle(workflow_id).describe()
            assert description.status is WorkflowExecutionStatus.COMPLETED
        cohorts = {traveller.plan.cohort.id for traveller in journey.travellers.values()}
        for cohort in cohorts:
            status = await client.get_workflow_handle(cohort_workflow_id(cohort)).query(CohortWorkflow.status)
            rows = await self.rows(SeatRow, SeatRow.cohort_id == cohort)
            taken = {(row.exchange_id, row.number) for row in rows if row.exchange_id}
            assert {(seat.exchange_id, seat.seat) for seat in status.seats} == taken
        ids = [*placements, *map(exchange_workflow_id, journey.travellers), *map(cohort_workflow_id, cohorts)]
        for workflow_id in [*ids, MAILROOM_ID]:
            history = await client.get_workflow_handle(workflow_id).fetch_history()
            failed = [e for e in history.events if e.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED]
            assert not failed, workflow_id

    async def all_is_well(self, client: Client, journey: Journey) -> None:
        """Everything that must hold when every exchange of a journey is closed and its mail is out."""
        await self.events_are_gapless_and_told_once()
        await self.acts_are_recorded(journey.acts.answered)
        await self.everybody_has_one_certificate(list(journey.travellers))
        await self.holdings_are_held_once(journey)
        await self.mail_is_delivered()
        await self.workflows_agree(client, journey)
        await self.the_projection_is_what_the_events_say()


def _as_read(tables: Mapping[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Plans as they are read: rows of an earlier release lack what has a default since."""
    exchanges = ExchangeRow.__tablename__
    read = [row | {"plan": Plan.model_validate(row["plan"])} for row in tables[exchanges]]
    return {**tables, exchanges: sorted(read, key=lambda row: str(row["id"]))}


@asynccontextmanager
async def open_books(stack: DevStack, mailbox: Path | None = None) -> AsyncIterator[Books]:
    """The books of a service; its own mailbox where no other is named."""
    engine = open_engine(stack.settings.database_url)
    try:
        yield Books(session_maker(engine), mailbox or stack.mailbox)
    finally:
        await engine.dispose()


def _fact(event: Event) -> tuple[object, ...]:
    return (event.kind, *(getattr(event, name) for name in ONCE.get(event.kind, ())))


def said_again(told: Iterable[tuple[object, object]]) -> list[object]:
    """About what the same was said twice, one after the other."""
    last: dict[object, object] = {}
    again: list[object] = []
    for about, what in told:
        if last.get(about) == what:
            again.append((about, what))
        last[about] = what
    return again
