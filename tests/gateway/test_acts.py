"""Asked once, done once: answered, refused, kept and taken up again, by a workflow service that does as it is told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import select
from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from failures.wire import encoded
from gateway import acts, updates
from gateway.kinds import KINDS, LETTER, OF_SUSPENSIONS, REISSUE, REOPEN, SUSPEND, UPDATES
from gateway.operations import Gateway
from gateway.relay import LONGEST_PAUSE, Relay, pause_after
from models.catalogue.loading import load_programme
from models.errors import BadInput, Broken, Conflict, Kept, KeyReused, NotAuthorised, SojournError, Unknown
from models.messages.acts import ActStatus
from models.messages.exchange import Acknowledged, Decide, Decided, Withdraw
from models.notifications.notices import NoticeKind
from models.people.authorization import Actor
from models.tables import ActRow, MessageRow, NoteRow
from models.vocabulary import Role, Stage
from models.wire import Wire
from records.store.engine import transaction
from tests.activities.students import NOW, Office
from tests.databases import Database
from tests.wakers import CountingWaker
from webhooks.inbound import Inbound
from workflows.cohort import CohortWorkflow
from workflows.exchange import ExchangeWorkflow
from workflows.rotation import RotationWorkflow
from workflows.service_levels import LateUnitWorkflow
from workflows.suspension import SuspensionWorkflow

HOST = Actor(id="cqmu.coordinator", role=Role.COORDINATOR, institution="cqmu")
AWAY = RPCError("away", RPCStatusCode.UNAVAILABLE, b"")


@dataclass
class Temporal:
    """Answers updates as the server does: an id that it knows with its first reply."""

    fault: Exception | None = None
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    sent: list[tuple[str, str, str]] = field(default_factory=list)
    done: dict[tuple[str, str], Wire] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.gate.set()

    def get_workflow_handle(self, workflow_id: str) -> "Handle":
        return Handle(self, workflow_id)

    @property
    def service_client(self) -> "Temporal":
        return self

    async def check_health(self, **_: Any) -> bool:
        """It is away where it has a fault."""
        return self.fault is None

    @property
    def applied(self) -> int:
        """How often something was done."""
        return len(self.done)


@dataclass
class Handle:
    server: Temporal
    workflow_id: str

    async def execute_update(self, name: str, request: Any, *, id: str, **_: Any) -> Wire:
        self.server.sent.append((self.workflow_id, name, id))
        self.server.asked.set()
        await self.server.gate.wait()
        if self.server.fault is not None:
            raise self.server.fault
        return self.server.done.setdefault((self.workflow_id, id), _reply(request))


def _reply(request: Wire) -> Wire:
    if isinstance(request, Decide):
        return Decided(step_id=request.step_id, outcome=request.outcome, stage=Stage.DOCUMENTS)
    return Acknowledged(exchange_id="EX-2027-DAR-001", stage=Stage.DOCUMENTS)


def refusal(error: SojournError) -> WorkflowUpdateFailedError:
    return WorkflowUpdateFailedError(encoded(error))


@dataclass
class Counter:
    """A gateway over a database of its own, with one exchange on record."""

    temporal: Temporal
    office: Office
    gateway: Gateway
    mail: CountingWaker
    exchange: str
    now: datetime = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)

    def decide(self, key: str = "d-1", outcome: str = "verified", actor: Actor = HOST) -> Decide:
        return Decide(decision_id=key, step_id=f"{self.exchange}.verify_nomination.1", outcome=outcome, actor=actor)

    def relay(
        self, pause: Callable[[int], float] = lambda tries: 1.0, answers: Callable[[], Awaitable[bool]] | None = None
    ) -> Relay:
        asking, sending = self.gateway.asking, self.gateway._sending
        inbound = Inbound(self.office.sessions)
        return Relay(asking, sending, self.mail, inbound, lambda: self.now, pause, answers=answers)

    async def row(self, key: str = "d-1") -> ActRow:
        async with transaction(self.office.sessions) as session:
            return (await session.scalars(select(ActRow).where(ActRow.key == key))).one()

    async def settled(self, key: str = "d-1") -> ActRow:
        """The row, once its answer is kept."""
        async with asyncio.timeout(10):
            found = await self.row(key)
            while found.status is ActStatus.ASKED:
                await asyncio.sleep(0.02)
                found = await self.row(key)
        return found

    async def mails(self) -> list[MessageRow]:
        async with transaction(self.office.sessions) as session:
            kind = MessageRow.kind == NoticeKind.ACT_REFUSED
            return list(await session.scalars(select(MessageRow).where(kind)))


@pytest.fixture
async def counter(sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Counter]:
    temporal, programme = Temporal(), load_programme()
    office = Office(sqlite_database, tmp_path, programme)
    await office.seed()
    exchange = (await office.nominate(1)).exchange_id
    monkeypatch.setattr(updates, "CATCHING_UP", (0.01,))
    async with AsyncExitStack() as held:
        gateway = Gateway(cast(Client, temporal), office.filing, programme, lambda: NOW)
        found = Counter(temporal, office, await held.enter_async_context(aclosing(gateway)), CountingWaker(), exchange)
        monkeypatch.setattr(acts, "wall_clock", lambda: found.now)
        yield found


async def test_an_act_is_on_record_while_it_is_sent_and_its_answer_after(counter: Counter) -> None:
    counter.temporal.gate.clear()
    deciding = asyncio.create_task(counter.gateway.decide(counter.decide()))
    await counter.temporal.asked.wait()
    assert (await counter.row()).status is ActStatus.ASKED
    counter.temporal.gate.set()
    reply = await deciding
    found = await counter.settled()
    assert (found.status, found.answer) == (ActStatus.TAKEN, reply.model_dump(mode="json"))


async def test_asked_again_it_is_answered_from_the_record(counter: Counter) -> None:
    first = await counter.gateway.decide(counter.decide())
    await counter.settled()
    again = await counter.gateway.decide(counter.decide())
    assert again == first.model_copy(update={"repeated": True})
    assert len(counter.temporal.sent) == 1
    with pytest.raises(KeyReused, match=r"idempotency.another_request"):
        await counter.gateway.decide(counter.decide(outcome="rejected"))
    assert len(counter.temporal.sent) == 1


async def test_what_is_refused_says_why_and_frees_its_key(counter: Counter) -> None:
    counter.temporal.fault = refusal(BadInput("answer.not_offered", "outcome", answer="maybe", answers=("verified",)))
    with pytest.raises(BadInput):
        await counter.gateway.decide(counter.decide(outcome="maybe"), note="Why not.")
    found = await counter.row()
    assert found.status is ActStatus.REFUSED
    assert found.error is not None
    assert found.error["message"] == "answer.not_offered"
    assert await counter.mails() == [], "whoever waited for the answer has heard it"
    counter.temporal.fault = None
    assert (await counter.gateway.decide(counter.decide())).outcome == "verified"


@pytest.mark.parametrize("fault", [AWAY, WorkflowUpdateRPCTimeoutOrCancelledError(), RuntimeError("client connect")])
async def test_without_an_answer_it_is_kept_and_the_relay_has_it_done(counter: Counter, fault: Exception) -> None:
    counter.temporal.fault = fault
    with pytest.raises(Kept, match=r"act.kept") as told:
        await counter.gateway.decide(counter.decide())
    assert told.value.params == {"key": "d-1", "about": counter.exchange}
    assert await counter.relay().look() == 0, "it is still away"
    assert (await counter.row()).tries == 2
    counter.temporal.fault = None
    assert await counter.relay().look() == 0, "not before its pause is over"
    counter.now += timedelta(seconds=2)
    assert await counter.relay().look() == 1
    assert (await counter.settled()).status is ActStatus.TAKEN
    assert counter.temporal.applied == 1
    assert (await counter.gateway.decide(counter.decide())).repeated


async def test_known_to_be_away_it_is_kept_at_once(counter: Counter) -> None:
    counter.gateway.availability.up = False
    with pytest.raises(Kept):
        await counter.gateway.decide(counter.decide())
    assert counter.temporal.sent == []


async def test_a_caller_that_vanishes_loses_nothing(counter: Counter) -> None:
    counter.temporal.gate.clear()
    deciding = asyncio.create_task(counter.gateway.decide(counter.decide()))
    await counter.temporal.asked.wait()
    deciding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await deciding
    counter.temporal.gate.set()
    assert await counter.relay().look() == 0, "for its own time the act is its sender's"
    counter.now += acts.CLAIM
    assert await counter.relay().look() == 1
    assert (await counter.settled()).status is ActStatus.TAKEN


async def test_two_relays_do_it_once(counter: Counter) -> None:
    counter.temporal.fault = AWAY
    for n in range(12):
        with pytest.raises(Kept):
            await counter.gateway.decide(counter.decide(f"d-{n}"))
    counter.temporal.fault, before = None, len(counter.temporal.sent)
    relays = [counter.relay() for _ in range(3)]
    assert sum(await asyncio.gather(*(relay.look() for relay in relays))) == 12
    assert len(counter.temporal.sent) - before == 12


async def test_a_relay_keeps_an_act_while_it_sends_it_and_a_dead_one_leaves_it(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acts, "RENEWED_EVERY", 0.01)
    counter.temporal.fault = AWAY
    with pytest.raises(Kept):
        await counter.gateway.decide(counter.decide())
    counter.temporal.fault, before = None, len(counter.temporal.sent)
    counter.temporal.gate.clear()
    counter.temporal.asked.clear()
    sending = asyncio.create_task(counter.relay().look())
    await counter.temporal.asked.wait()
    for _ in range(3):
        held = counter.now + acts.CLAIM
        async with asyncio.timeout(10):
            while (await counter.row()).next_try_at != held:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert await counter.relay().look() == 0, "it is being sent"
        counter.now += acts.CLAIM / 2
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    counter.temporal.gate.set()
    assert await counter.relay().look() == 0
    counter.now += acts.CLAIM
    assert await counter.relay().look() == 1
    assert (await counter.settled()).status is ActStatus.TAKEN
    assert len(counter.temporal.sent) - before == 2


async def test_what_was_put_off_is_sent_as_soon_as_temporal_is_back(counter: Counter) -> None:
    there = True

    async def answers() -> bool:
        return there

    relay = counter.relay(lambda tries: 3600.0, answers)
    counter.temporal.fault = AWAY
    with pytest.raises(Kept):
        await counter.gateway.decide(counter.decide())
    assert await relay.look() == 0, "it broke off just now"
    tries, there = (await counter.row()).tries, False
    assert await relay.look() == 0
    assert (await counter.row()).tries == tries, "nothing is tried while nobody is there"
    counter.temporal.fault, there = None, True
    assert await relay.look() == 1
    assert (await counter.settled()).status is ActStatus.TAKEN


async def test_a_worker_that_begins_waits_for_no_pause_of_another(counter: Counter) -> None:
    async def answers() -> bool:
        return True

    counter.temporal.fault = AWAY
    with pytest.raises(Kept):
        await counter.gateway.decide(counter.decide())
    assert await counter.relay(lambda tries: 3600.0, answers).look() == 0
    counter.temporal.fault = None
    assert await counter.relay().look() == 0, "it is put off"
    assert await counter.relay(lambda tries: 3600.0, answers).look() == 1


async def test_what_was_asked_first_is_sent_first(counter: Counter) -> None:
    counter.temporal.fault = AWAY
    for key in ("c", "a", "b"):
        with pytest.raises(Kept):
            await counter.gateway.decide(counter.decide(key))
    async with transaction(counter.office.sessions) as session:
        for n, key in enumerate(("c", "a", "b")):
            (await session.scalars(select(ActRow).where(ActRow.key == key))).one().asked_at = NOW + timedelta(seconds=n)
    counter.temporal.sent.clear()
    assert await counter.relay().look() == 0
    assert len(counter.temporal.sent) == 1, "behind one without an answer the others wait"
    counter.temporal.fault = None
    counter.now += timedelta(seconds=2)
    assert await counter.relay().look() == 3
    assert [sent[2].partition("-")[0] for sent in counter.temporal.sent] == ["c", "c", "a", "b"]


async def test_a_refusal_after_all_is_mailed_once_and_leaves_nothing_filed(counter: Counter) -> None:
    counter.temporal.fault = AWAY
    with pytest.raises(Kept):
        await counter.gateway.decide(counter.decide(), note="Looks right.")
    async with transaction(counter.office.sessions) as session:
        assert len(list(await session.scalars(select(NoteRow)))) == 1
    counter.temporal.fault = refusal(Conflict("step.already_answered", "step_id", step=counter.decide().step_id))
    assert await counter.relay().look() == 1
    counter.now += timedelta(hours=1)
    assert await counter.relay().look() == 0
    found = await counter.row()
    assert (found.status, found.told_at) == (ActStatus.REFUSED, NOW)
    (mail,) = await counter.mails()
    assert (mail.recipient_id, mail.exchange_id, mail.stream) == (HOST.id, counter.exchange, counter.exchange)
    assert mail.params["facts"]["message"] == "step.already_answered"
    assert counter.mail.woken == 1
    async with transaction(counter.office.sessions) as session:
        assert list(await session.scalars(select(NoteRow))) == []


async def test_who_stood_in_then_and_does_not_now_is_refused(counter: Counter) -> None:
    """Authority is judged when an act is taken; who left the office meanwhile is told by nobody."""
    deputy = HOST.model_copy(update={"on_behalf_of": "cqmu.head_of_office"})
    gone = Actor(id="cqmu.nobody", role=Role.COORDINATOR, institution="cqmu")
    with pytest.raises(NotAuthorised):
        await counter.gateway.decide(counter.decide(actor=deputy))
    counter.temporal.fault = AWAY
    with pytest.raises(Kept):
        await counter.gateway.decide(counter.decide(actor=gone))
    counter.temporal.fault = None
    assert await counter.relay().look() == 1
    found = await counter.row()
    assert found.error is not None
    assert (found.status, found.error["message"]) == (ActStatus.REFUSED, "not_allowed.left_office")
    assert (found.told_at, await counter.mails()) == (None, [])
    assert counter.temporal.applied == 0


async def test_an_exchange_that_ended_refuses_and_one_that_temporal_lost_waits(counter: Counter) -> None:
    counter.temporal.fault = RPCError("not found", RPCStatusCode.NOT_FOUND, b"")
    withdraw = counter.gateway.withdraw(counter.exchange, HOST, decision_id="w-1")
    with pytest.raises(Kept, match=r"act.kept"):
        await withdraw
    assert (await counter.row("w-1")).status is ActStatus.ASKED
    with pytest.raises(Unknown, match=r"exchange.unknown"):
        await counter.gateway.withdraw("EX-2027-DAR-999", HOST, decision_id="w-2")
    assert (await counter.row("w-2")).status is ActStatus.REFUSED


async def test_what_failed_in_the_workflow_would_fail_again(counter: Counter) -> None:
    counter.temporal.fault = WorkflowUpdateFailedError(ApplicationError("what", type="SomethingElse"))
    with pytest.raises(Broken, match=r"act.failed"):
        await counter.gateway.decide(counter.decide())
    found = await counter.row()
    assert found.error is not None
    assert (found.status, found.error["message"]) == (ActStatus.REFUSED, "act.failed")


async def test_an_act_that_was_taken_is_not_refused_when_its_workflow_forgot_it(counter: Counter) -> None:
    await counter.gateway.decide(counter.decide())
    await counter.settled()
    async with transaction(counter.office.sessions) as session:
        row = (await session.scalars(select(ActRow))).one()
        row.answer = None
    counter.temporal.fault = refusal(Conflict("step.already_answered", step=counter.decide().step_id))
    reply = await counter.gateway.decide(counter.decide())
    assert (reply.outcome, reply.repeated) == ("verified", True)


async def test_what_the_database_never_had_is_not_kept(counter: Counter) -> None:
    await counter.office.database.engine.dispose()
    async with counter.office.database.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE acts RENAME TO lost")
    with pytest.raises(SojournError) as told:
        await counter.gateway.withdraw(counter.exchange, HOST, decision_id="w-1")
    assert not isinstance(told.value, Kept)
    assert counter.temporal.sent == []


async def test_answers_that_are_not_kept_are_fetched_again(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: Any) -> None:
        raise Broken("database.gone")

    monkeypatch.setattr(counter.gateway.asking.register, "taken", away)
    await counter.gateway.decide(counter.decide())
    await asyncio.sleep(2 * acts.PAUSE)
    monkeypatch.undo()
    assert (await counter.row()).status is ActStatus.ASKED
    counter.now += acts.CLAIM * 2
    monkeypatch.setattr(acts, "wall_clock", lambda: counter.now)
    async with transaction(counter.office.sessions) as session:
        (await session.scalars(select(ActRow))).one().next_try_at = counter.now
    assert await counter.relay().look() == 1
    assert (await counter.settled()).status is ActStatus.TAKEN
    assert counter.temporal.applied == 1


def test_each_kind_is_an_update_of_a_workflow() -> None:
    updating = (ExchangeWorkflow, RotationWorkflow, CohortWorkflow, LateUnitWorkflow, SuspensionWorkflow)
    names = {name for workflow in updating for name in dir(workflow) if _is_update(getattr(workflow, name))}
    assert set(UPDATES) | set(OF_SUSPENSIONS) == names - {"nominate"}
    assert set(KINDS) - names == {REOPEN, SUSPEND, REISSUE, LETTER}  # these begin a workflow


def _is_update(found: object) -> bool:
    return hasattr(found, "validator")


def test_it_is_tried_again_ever_slower_but_never_given_up() -> None:
    for tries in (0, 1, 5, 10_000):
        pauses = {pause_after(tries) for _ in range(50)}
        assert len(pauses) > 1, "not all at one moment"
        assert max(pauses) <= min(LONGEST_PAUSE, 2.0 ** min(tries, 10))


def test_a_relay_that_dies_leaves_enough_of_a_minute() -> None:
    """What a dead sender or a dead relay held comes free, and is sent, within 60 s of its end."""
    assert acts.CLAIM + timedelta(seconds=LONGEST_PAUSE) < timedelta(seconds=60)


async def test_withdrawing_is_asked_with_ids_alone(counter: Counter) -> None:
    await counter.gateway.withdraw(counter.exchange, HOST, decision_id="w-1", note="Her mother is ill.")
    found = await counter.settled("w-1")
    assert "mother" not in str(found.request)
    assert Withdraw.model_validate(found.request).note_id is not None
