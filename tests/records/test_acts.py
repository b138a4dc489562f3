"""The register of acts: one row for each key, however often it is asked; who waits, who has it, who may look."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import BadInput, KeyReused
from models.messages.acts import Act, ActStatus
from models.messages.exchange import Decide, SubmitDocument, Withdraw
from models.people.authorization import Actor
from models.tables import ActRow
from models.vocabulary import Role
from models.wire import Wire
from records.acts import Answer, Known, Register
from records.store.engine import transaction
from tests.databases import Database

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
SOON, LATER = NOW + timedelta(seconds=35), NOW + timedelta(minutes=1)
EXCHANGE = "EX-2027-DAR-001"
STEP = f"{EXCHANGE}.verify_nomination.1"
ANN = Actor(id="cqmu.coordinator", role=Role.COORDINATOR, institution="cqmu")
BO = Actor(id="dartmouth.coordinator", role=Role.COORDINATOR, institution="dartmouth")


def act(key: str = "d-1", *, actor: Actor = ANN, outcome: str = "verified", exchange: str = EXCHANGE) -> Act:
    request = Decide(decision_id=key, step_id=f"{exchange}.verify_nomination.1", outcome=outcome, actor=actor)
    return asked("decide", key, request, actor, exchange)


def asked(kind: str, key: str, request: Wire, actor: Actor = ANN, exchange: str = EXCHANGE) -> Act:
    return Act(workflow_id=f"exchange/{exchange}", key=key, kind=kind, actor=actor, request=request, about=exchange)


class Told:
    """Writes no mail; notes who would get one."""

    def __init__(self) -> None:
        self.refused: list[tuple[str, Any]] = []

    async def tell(self, session: AsyncSession, refused: ActRow, at: datetime) -> bool:
        self.refused.append((refused.key, refused.error))
        return True


async def row(database: Database, key: str = "d-1") -> ActRow:
    async with transaction(database.sessions) as session:
        return (await session.scalars(select(ActRow).where(ActRow.key == key))).one()


async def test_an_act_is_on_record_before_it_is_sent(database: Database) -> None:
    register = Register(database.sessions)
    assert await register.ask(act(), NOW, SOON) == Known(ActStatus.ASKED, new=True)
    found = await row(database)
    assert (found.kind, found.exchange_id, found.step_id) == ("decide", EXCHANGE, STEP)
    assert (found.actor_id, found.actor_role, found.actor_institution) == (ANN.id, Role.COORDINATOR, "cqmu")
    assert Decide.model_validate(found.request) == act().request
    assert (found.status, found.asked_at, found.next_try_at, found.tries) == (ActStatus.ASKED, NOW, SOON, 0)
    assert (found.answer, found.error, found.taken_at, found.told_at) == (None, None, None, None)


async def test_the_same_act_is_answered_from_there_and_another_is_refused(database: Database) -> None:
    register = Register(database.sessions)
    await register.ask(act(), NOW, SOON)
    assert await register.ask(act(), LATER, LATER) == Known(ActStatus.ASKED), "not answered yet: it is sent again"
    await register.taken([Answer("exchange/" + EXCHANGE, "d-1", {"outcome": "verified"}, LATER)])
    assert await register.ask(act(), LATER, LATER) == Known(ActStatus.TAKEN, answer={"outcome": "verified"})
    for other in (act(actor=BO), act(outcome="rejected")):
        with pytest.raises(KeyReused, match=r"idempotency.another_request"):
            await register.ask(other, LATER, LATER)
    assert (await register.ask(act(exchange="EX-2027-DAR-002"), NOW, SOON)).new, "elsewhere the key is another's"
    found = await row_of(database, f"exchange/{EXCHANGE}")
    assert (found.asked_at, found.answered_at, found.taken_at, found.next_try_at) == (NOW, LATER, LATER, None)


async def row_of(database: Database, workflow_id: str, key: str = "d-1") -> ActRow:
    async with transaction(database.sessions) as session:
        return await session.get_one(ActRow, (workflow_id, key))


async def test_what_was_refused_frees_its_key(database: Database) -> None:
    register = Register(database.sessions)
    await register.ask(act(), NOW, SOON)
    await register.refused(act(), BadInput("answer.not_offered", "outcome", answer="x", answers=("y",)), LATER)
    found = await row(database)
    assert (found.status, found.told_at, found.next_try_at) == (ActStatus.REFUSED, None, None)
    error = {"message": "answer.not_offered", "field": "outcome", "params": {"answer": "x", "answers": ["y"]}}
    assert found.error == error
    assert (await register.ask(act(actor=BO), LATER, LATER)).new
    found = await row(database)
    assert (found.status, found.actor_id, found.error, found.answered_at) == (ActStatus.ASKED, BO.id, None, None)


async def test_what_is_taken_is_never_refused_afterwards(database: Database) -> None:
    told = Told()
    register = Register(database.sessions, told)
    await register.ask(act(), NOW, SOON)
    await register.taken([Answer("exchange/" + EXCHANGE, "d-1", {}, LATER)])
    await register.refused(act(), KeyReused("idempotency.another_request", "id"), LATER, tell=True)
    assert (await row(database)).status is ActStatus.TAKEN
    assert told.refused == []


async def test_two_who_ask_at_once_ask_once(database: Database) -> None:
    register = Register(database.sessions)
    found = await asyncio.gather(*(register.ask(act(), NOW, SOON) for _ in range(8)))
    assert sorted(one.new for one in found) == [False] * 7 + [True]
    mixed = (register.ask(act("d-2", outcome=f"o{n % 2}"), NOW, SOON) for n in range(8))
    outcomes = await asyncio.gather(*mixed, return_exceptions=True)
    assert sum(isinstance(one, KeyReused) for one in outcomes) == 4


async def test_what_waits_is_taken_up_by_one_and_in_its_order(database: Database) -> None:
    register = Register(database.sessions)
    for n, key in enumerate(("d-1", "d-2", "d-3")):
        await register.ask(act(key), NOW + timedelta(seconds=n), NOW)
    await register.ask(act("d-4", exchange="EX-2027-DAR-002"), NOW, SOON)
    assert await register.due(NOW - timedelta(seconds=1), 10) == []
    first, *behind = await register.due(NOW, 10)
    assert [first.key, *(one.key for one in behind)] == ["d-1", "d-2", "d-3"]
    assert sorted(await asyncio.gather(*(register.claim(first, SOON) for _ in range(6)))) == [False] * 5 + [True]
    assert await register.due(NOW, 10) == [], "what was asked later waits for what is being sent"
    assert (await row(database)).tries == 1
    await register.put_off(first.workflow_id, LATER, asked_from=first.asked_at)
    assert [one.key for one in await register.due(SOON, 10)] == ["d-4"]
    assert [one.key for one in await register.due(LATER, 10)] == ["d-1", "d-4", "d-2", "d-3"]


async def test_an_act_without_an_answer_is_handed_over_and_a_settled_one_is_not(database: Database) -> None:
    register = Register(database.sessions)
    await register.ask(act(), NOW, LATER)
    await register.hand_over(act(), NOW)
    assert [one.key for one in await register.due(NOW, 10)] == ["d-1"]
    await register.taken([Answer("exchange/" + EXCHANGE, "d-1", {}, NOW)])
    await register.hand_over(act(), NOW)
    assert await register.due(LATER, 10) == []


async def test_who_asked_is_told_once_for_each_time(database: Database) -> None:
    told = Told()
    register = Register(database.sessions, told)
    for _ in range(2):
        await register.ask(act(), NOW, NOW)
        for _ in range(2):
            await register.refused(act(), BadInput("field.missing", "note"), LATER, tell=True)
    assert [key for key, _ in told.refused] == ["d-1", "d-1"]
    assert (await row(database)).told_at == LATER


async def test_nobody_looks_at_an_act_of_somebody_else(database: Database) -> None:
    register = Register(database.sessions)
    await register.ask(act(), NOW, SOON)
    found = await register.find("d-1", ANN.id)
    assert found is not None
    assert (found.status, found.kind, found.step_id, found.message) == (ActStatus.ASKED, "decide", STEP, "")
    assert await register.find("d-1", BO.id) is None
    assert await register.find("d-2", ANN.id) is None


async def test_the_request_holds_ids_alone(database: Database) -> None:
    register = Register(database.sessions)
    withdraw = Withdraw(decision_id="w-1", actor=ANN, note_id=f"{EXCHANGE}.note-w-1")
    document = SubmitDocument(submission_id="s-1", document_id=f"{EXCHANGE}.cv.abc", kind="cv", actor=ANN)
    await register.ask(asked("withdraw", "w-1", withdraw), NOW, SOON)
    await register.ask(asked("submit_document", "s-1", document), NOW, SOON)
    assert (await row(database, "w-1")).request["note_id"] == f"{EXCHANGE}.note-w-1"
    assert (await row(database, "s-1")).step_id is None
