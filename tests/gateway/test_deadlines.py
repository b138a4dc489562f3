"""Every operation ends in time and says what is away: Temporal gone or stopped, no worker, the database held."""

import asyncio
import inspect
import os
import signal
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.worker import Worker

from dev.process import ManagedProcess
from dev.stack import HERE, free_port, temporal_binary
from gateway.composition import Services, migrate_database, open_for_serving
from gateway.connection import connect, ensure_search_attributes
from gateway.conversations import ConversationOperations
from gateway.deadlines import WITHIN, AnswerTime
from gateway.nominations import NominationOperations
from gateway.operations import Gateway
from gateway.reminders import ReminderOperations
from gateway.status import StatusQueries
from gateway.stays import StayOperations
from gateway.suspensions import SuspensionOperations
from gateway.webhooks import Connections
from models.errors import Kept, Unavailable, Unknown
from models.identifiers import (
    EXCHANGE_QUEUE,
    CohortKey,
    cohort_workflow_id,
    exchange_workflow_id,
    rotation_workflow_id,
    suspension_workflow_id,
)
from models.messages.cohorts import SetQuota
from models.messages.exchange import Decide, ReportArrival, ReportAttendance
from models.messages.suspensions import Coverage, SuspensionReason
from models.people.authorization import Actor
from models.vocabulary import Content, Direction, Role, Scope
from settings import Settings
from tests.journey.journey import COHORT, past_nomination

OFFICE = Actor(id="office", role=Role.PROGRAMME_OFFICE, institution="cqmu")
EXCHANGE, SUSPENSION = "EX-2027-DAR-001", "closed-border"
COHORT_KEY = CohortKey(sending="dartmouth", host="cqmu", year=2027, direction=Direction.INCOMING)
NOW = datetime(2027, 3, 1, tzinfo=UTC)
SHORT = {AnswerTime.ACT: 4.0, AnswerTime.UPLOAD: 8.0, AnswerTime.LOOK: 3.0}
SLACK = 2.0
"""Seconds by which a machine with much to do may be late."""
NO_CALLS = {"aclose", "answers"}
"""What waits for nobody: closing, and the pulse, which has its own two seconds."""


OWNERS = (
    StatusQueries,
    NominationOperations,
    StayOperations,
    Gateway,
    SuspensionOperations,
    ReminderOperations,
    ConversationOperations,
    Connections,
)


def test_every_operation_has_a_deadline() -> None:
    operations = [
        (owner.__name__, name, operation)
        for owner in OWNERS
        for name, operation in vars(owner).items()
        if inspect.iscoroutinefunction(operation) and not name.startswith("_") and name not in NO_CALLS
    ]
    assert len(operations) > 40
    assert not [f"{owner}.{name}" for owner, name, operation in operations if not hasattr(operation, "waiting")]


@dataclass
class Stand:
    """A Temporal server of its own without a worker, and the services in front of it."""

    server: ManagedProcess
    services: Services
    database: Path

    @property
    def gateway(self) -> Gateway:
        return self.services.gateway

    def tell(self, number: int) -> None:
        assert self.server.process is not None
        os.kill(self.server.process.pid, number)

    def everything(self) -> dict[str, tuple[AnswerTime, Callable[[], Awaitable[object]]]]:
        """One call of each kind that the client has, as the operations use it."""
        acts, looks, gate = AnswerTime.ACT, AnswerTime.LOOK, self.gateway
        decide = Decide(decision_id="d1", step_id=f"{EXCHANGE}.verify.1", outcome="verified", actor=OFFICE)
        arrival = ReportArrival(report_id="r1", actor=OFFICE, arrived_at=NOW)
        hours = ReportAttendance(
            report_id="r2", actor=OFFICE, content=Content.LABORATORY, placement_id=f"{EXCHANGE}.laboratory.1",
            first_day=NOW.date(), last_day=NOW.date(), hours_planned=8, hours_attended=8,
        )  # fmt: skip
        quota = SetQuota(decision_id="d2", actor=OFFICE, cap=6)
        everywhere, border = Coverage(scope=Scope.PROGRAMME), SuspensionReason.BORDER_CLOSED
        nomination = past_nomination(COHORT[0], 1, self.services.programme)
        outward = self.services.outward
        assert outward is not None
        return {
            "decide": (acts, lambda: gate.decide(decide)),
            "report": (acts, lambda: gate.report_arrival(EXCHANGE, arrival)),
            "hours": (acts, lambda: gate.report_attendance(EXCHANGE, hours)),
            "quota": (acts, lambda: gate.set_quota(COHORT_KEY.id, quota)),
            "nominate": (acts, lambda: gate.nominate(nomination, OFFICE, request_id="n1")),
            "reissue": (acts, lambda: gate.reissue_certificate(EXCHANGE, OFFICE, request_id="c1")),
            "suspend": (acts, lambda: gate.suspensions.suspend(SUSPENSION, everywhere, border, OFFICE)),
            "resume": (acts, lambda: gate.suspensions.resume(SUSPENSION, OFFICE, "d3")),
            "hand in": (
                AnswerTime.UPLOAD,
                lambda: gate.add_document(EXCHANGE, "passport", "p.pdf", b"%PDF", OFFICE),
            ),
            "status": (looks, lambda: gate.status(EXCHANGE)),
            "timeline": (looks, lambda: gate.timeline(EXCHANGE)),
            "cohort": (looks, lambda: gate.cohort_status(COHORT_KEY.id)),
            "progress": (looks, lambda: gate.suspensions.progress(SUSPENSION)),
        }

    async def ends_in_time(self, message: str, *names: str) -> None:
        """Ask everything at once, or what is named; each must say this, in its time, and of acts that they are kept."""
        asked = {name: call for name, call in self.everything().items() if not names or name in names}
        told = await asyncio.gather(*(self._timed(*call) for call in asked.values()))
        acts = [name for name, (waiting, _) in asked.items() if waiting is AnswerTime.ACT]
        keeps = not message.startswith("database")
        wanted = dict.fromkeys(asked, message) | {name: f"kept: {message}" for name in acts if keeps}
        if "hand in" in wanted:
            wanted["hand in"] = "exchange.unknown"  # the records are asked then, and say so at once
        assert dict(zip(asked, told, strict=True)) == wanted

    async def told_of(self, name: str) -> str:
        return await self._timed(*self.everything()[name])

    async def _timed(self, waiting: AnswerTime, ask: Callable[[], Awaitable[object]]) -> str:
        began = time.monotonic()
        try:
            await asyncio.wait_for(ask(), WITHIN[waiting] + 30)
        except Kept as kept:
            said = f"kept: {getattr(kept.__cause__, 'message', None)}"
        except (Unavailable, Unknown) as away:
            said = away.message
        except TimeoutError:
            said = "never"
        else:
            said = "done"
        took = time.monotonic() - began
        return said if took < WITHIN[waiting] + SLACK else f"{said} after {took:.1f} s"


@asynccontextmanager
async def standing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stand]:
    for waiting, seconds in SHORT.items():
        monkeypatch.setitem(WITHIN, waiting, seconds)
    port = free_port()
    command = [temporal_binary(), "server", "start-dev", "--ip", HERE, "--port", str(port), "--headless"]
    command += ["--log-level", "never"]

    async def answers() -> bool:
        try:
            await ensure_search_attributes(await connect(f"{HERE}:{port}"))
        except Exception:
            return False
        return True

    log = folder / "temporal.log"
    server = ManagedProcess("temporal", command, dict(os.environ), log, answers, lambda _: None, tries=3)
    settings = Settings(
        database_url=f"sqlite+aiosqlite:///{folder / 'sojourn.db'}",
        files_dir=folder / "files",
        temporal_address=f"{HERE}:{port}",
    )
    await migrate_database(settings)
    await server.start()
    try:
        client = await connect(f"{HERE}:{port}")
        for kind, workflow_id in (
            ("Exchange", exchange_workflow_id(EXCHANGE)),
            ("Cohort", cohort_workflow_id(COHORT_KEY.id)),
            ("Suspension", suspension_workflow_id(SUSPENSION)),
            ("Rotation", rotation_workflow_id(f"{EXCHANGE}.laboratory.1")),
        ):
            await client.start_workflow(kind, id=workflow_id, task_queue=EXCHANGE_QUEUE)
        async with open_for_serving(settings) as services:
            yield Stand(server, services, folder / "sojourn.db")
    finally:
        if server.process is not None and server.process.returncode is None:
            os.kill(server.process.pid, signal.SIGCONT)
        await server.stop(within=5)


@pytest.mark.live
async def test_what_is_away_is_said_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with standing(tmp_path, monkeypatch) as stand:
        await stand.ends_in_time("worker.away")
        stand.tell(signal.SIGSTOP)
        await stand.ends_in_time("temporal.away")
        stand.tell(signal.SIGCONT)
        stand.server._stopping = True  # it stays away
        await stand.server.stop(within=5)
        await stand.ends_in_time("temporal.away")


@pytest.mark.live
async def test_a_database_that_is_held_is_said_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with standing(tmp_path, monkeypatch) as stand:
        monkeypatch.setitem(WITHIN, AnswerTime.ACT, 20.0)
        with closing(sqlite3.connect(stand.database, isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            await stand.ends_in_time("database.locked", "nominate")
            holder.execute("ROLLBACK")


@workflow.defn(name="Exchange", sandboxed=False)
class Stumbling:
    """Fails in every workflow task, as code with a fault does."""

    @workflow.run
    async def run(self) -> None:
        raise LookupError


@pytest.mark.live
async def test_a_workflow_whose_task_fails_is_asked_again_and_no_operator_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with standing(tmp_path, monkeypatch) as stand:
        client = await connect(stand.services.gateway._client.service_client.config.target_host)
        async with asyncio.timeout(60), Worker(client, task_queue=EXCHANGE_QUEUE, workflows=[Stumbling]):
            told: set[str] = set()
            while "workflow.waits" not in told:  # the server says so after some failures in a row
                told.add(await stand.told_of("status"))
            assert told <= {"answer.late", "workflow.waits"}
            assert await stand.told_of("decide") in ("kept: answer.late", "kept: workflow.waits")
