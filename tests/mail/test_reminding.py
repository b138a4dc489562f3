"""Reminding the owner of a step on request: at once, counted and limited, on both databases."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from mail.outbox import Outbox
from mail.reminding import Reminding
from models.errors import Conflict, NotAuthorised, NotOpen, Refused, TooMany, Unknown
from models.events import StepClosed, StepHeld
from models.people.authorization import Actor
from models.tables import EventRow, MessageRow, StepRow
from models.vocabulary import HoldCause, Role, StepKind, StepStatus
from tests.activities.students import NOW, Office
from tests.databases import Database
from tests.records.stays import HOST, LIPID, asked, of_host, of_student, programme, student
from tests.wakers import CountingWaker

DAY = timedelta(hours=24)
SENDING = Actor(id="dartmouth.coordinator", role=Role.COORDINATOR, institution="dartmouth")


@pytest.fixture
async def office(database: Database, tmp_path: Path) -> Office:
    made = Office(database, tmp_path / "files", programme())
    await made.seed()
    return made


async def waiting(office: Office) -> tuple[Reminding, CountingWaker, str]:
    """A step that the host owes and the sending office waits for."""
    ana = await office.nominate(1)
    step = asked(ana.exchange_id, StepKind.HOST_APPROVAL, of_host())
    await office.record(ana.exchange_id, step)
    waker = CountingWaker()
    return Reminding(office.sessions, office.programme, Outbox(office.programme), waker), waker, step.step_id


async def mails(office: Office, step: str) -> list[tuple[str, str]]:
    async with office.sessions() as session:
        query = select(MessageRow.kind, MessageRow.recipient_id).where(MessageRow.step_id == step)
        return [(kind, to) for kind, to in await session.execute(query) if kind == "reminder"]


async def test_the_owner_is_written_to_at_once_and_once_for_a_key(office: Office) -> None:
    reminding, waker, step = await waiting(office)
    answers = [await reminding.remind(step, SENDING, NOW, "k-1") for _ in range(2)]
    assert [(one.number, one.repeated) for one in answers] == [(1, False), (1, True)]
    assert await mails(office, step) == [("reminder", HOST.id)]
    async with office.sessions() as session:
        row = await session.get_one(StepRow, step)
        told = list(await session.scalars(select(EventRow.actor_id).where(EventRow.kind == "step_reminded")))
    assert (row.reminded, row.reminded_at, row.rungs_fired) == (1, NOW, [])
    assert told == [SENDING.id]
    assert waker.woken >= 1


async def test_once_a_day_and_three_times_at_most(office: Office) -> None:
    reminding, _, step = await waiting(office)
    await reminding.remind(step, SENDING, NOW, "k-1")
    with pytest.raises(TooMany, match=r"remind\.too_soon"):
        await reminding.remind(step, SENDING, NOW + DAY - timedelta(seconds=1), "k-2")
    for number in (2, 3):
        answer = await reminding.remind(step, SENDING, NOW + (number - 1) * DAY, f"d-{number}")
        assert answer.number == number
    with pytest.raises(Conflict, match=r"remind\.often"):
        await reminding.remind(step, SENDING, NOW + 9 * DAY, "k-9")
    assert len(await mails(office, step)) == 3


async def test_who_may_not_and_what_cannot_be_reminded_of(office: Office) -> None:
    reminding, _, step = await waiting(office)
    exchange = step.split(".")[0]
    mine = asked(exchange, StepKind.SUBMIT_DOCUMENTS, of_student("p-1"))
    held = asked(exchange, StepKind.CONFIRM_BED, of_host())
    done = asked(exchange, StepKind.ORIENTATION, of_host())
    await office.record(
        exchange,
        mine,
        held,
        done,
        StepHeld(at=NOW, step_id=held.step_id, because=HoldCause.SUSPENSION, cause="SU-1", since=NOW),
        StepClosed(at=NOW, step_id=done.step_id, status=StepStatus.DONE, outcome="held"),
    )
    stranger = Actor(id="other.coordinator", role=Role.COORDINATOR, institution="other")
    tried: list[tuple[type[Refused], str, Actor]] = [
        (NotAuthorised, step, HOST),
        (Unknown, step, stranger),
        (Unknown, step, LIPID),
        (Unknown, step, student("p-9")),
        (Unknown, f"{exchange}.depart.7", SENDING),
        (Conflict, held.step_id, SENDING),
        (NotOpen, done.step_id, SENDING),
    ]
    for number, (error, what, actor) in enumerate(tried):
        with pytest.raises(error):
            await reminding.remind(what, actor, NOW, f"k-{number}")
    assert await mails(office, step) == []


async def test_two_at_once_are_one(office: Office) -> None:
    reminding, _, step = await waiting(office)
    both = await asyncio.gather(
        *(reminding.remind(step, SENDING, NOW, key) for key in ("a", "b")), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in both) == ["Reminded", "TooMany"]
    assert len(await mails(office, step)) == 1


async def test_another_step_under_the_same_key_is_another_act(office: Office) -> None:
    reminding, _, step = await waiting(office)
    other = asked(step.split(".")[0], StepKind.ORIENTATION, of_host())
    await office.record(step.split(".")[0], other)
    await reminding.remind(step, SENDING, NOW, "k")
    assert (await reminding.remind(other.step_id, SENDING, NOW, "k")).number == 1
