"""Nobody fills an exchange up: what can be done again and again has its number, and a refusal leaves nothing."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from examples.papers import letter
from models.errors import BadInput, NotAuthorised, NotOpen, Refused, TooMany
from models.messages.exchange import Decide, ExtendDeadline, ReassignStep, SnoozeStep
from models.people.authorization import Actor
from models.tables import DocumentRow, FileRow, NoteRow
from models.vocabulary import Role, StepKind
from records.store.engine import transaction
from tests.workflows.test_refusals import STRANGER, _events, refused
from tests.workflows.world import LAB_ONLY, World


async def kept(world: World) -> tuple[int, int, int]:
    """Documents, files and comments."""
    async with transaction(world.filing.sessions) as session:
        counts = [await session.scalar(select(func.count()).select_from(t)) for t in (DocumentRow, FileRow, NoteRow)]
    return counts[0] or 0, counts[1] or 0, counts[2] or 0


async def test_a_rejected_paper_is_handed_in_ten_times_a_day(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, StepKind.SUBMIT_DOCUMENTS)
    student = Actor(id=(await world.view(exchange)).student.id, role=Role.STUDENT)

    def hand_in(number: int) -> Awaitable[object]:
        png = b"\x89PNG\r\n\x1a\n" + bytes(200) + bytes([number])
        return world.gateway.add_document(exchange, "photo", "me.png", png, student)

    for number in range(10):
        await hand_in(number)
    before, mails = await _events(world, exchange), await world.messages(exchange, "document_rejected")
    files = await kept(world)
    for number in range(10, 14):
        await refused(TooMany, r"usage.hand_in .*kind=photo.*most=10", hand_in(number))
    assert await _events(world, exchange) == before
    assert await kept(world) == files
    assert len(await world.messages(exchange, "document_rejected")) == len(mails) <= 2
    await world.gateway.add_document(exchange, "cv_study_plan", "cv.pdf", letter("CV"), student)


async def test_a_due_time_is_moved_ten_times_a_day(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    step = await world.step(exchange, StepKind.VERIFY_NOMINATION)
    host = world.host(exchange)

    def extend(minutes: int) -> Awaitable[object]:
        at = step.due_at + timedelta(minutes=minutes)
        change = ExtendDeadline(decision_id=f"x{minutes}", step_id=step.step_id, actor=host, due_at=at)
        return world.gateway.extend_deadline(change, note="Spring Festival.")

    for minutes in range(1, 11):
        await extend(minutes)
    await refused(TooMany, "usage.act .*most=10", extend(11))
    await extend(10)  # told again, it is the same act


async def test_comments_on_acts_that_are_refused_are_not_kept(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    step = await world.step(exchange, StepKind.VERIFY_NOMINATION)
    gateway, host, sending = world.gateway, world.host(exchange), world.sending(exchange)
    named: dict[str, Any] = {"decision_id": "d1", "step_id": step.step_id}
    later = step.due_at + timedelta(days=300)
    acts: list[tuple[type[Refused], Callable[[], Awaitable[object]]]] = [
        (NotAuthorised, lambda: gateway.decide(Decide(**named, outcome="verified", actor=sending), note="Fine.")),
        (BadInput, lambda: gateway.decide(Decide(**named, outcome="approve", actor=host), note="Fine.")),
        (BadInput, lambda: gateway.extend_deadline(ExtendDeadline(**named, actor=host, due_at=later), note="Why.")),
        (BadInput, lambda: gateway.snooze_step(SnoozeStep(**named, actor=host, until=later), note="Why.")),
        (BadInput, lambda: gateway.reassign_step(ReassignStep(**named, actor=host, role="student"), note="Why.")),
        (NotAuthorised, lambda: gateway.withdraw(exchange, STRANGER, note="Gone.")),
    ]
    for kind, act in acts:
        with pytest.raises(kind):
            await act()
    assert await kept(world) == (0, 0, 0)
    await gateway.decide(Decide(**named, outcome="verified", actor=host), note="All in order.")
    again = Decide(decision_id="d2", step_id=step.step_id, outcome="verified", actor=host)
    await refused(NotOpen, "step.already_answered", gateway.decide(again, note="All in order."))
    assert await kept(world) == (0, 0, 1)


async def test_uploads_that_are_refused_leave_no_file(world: World, tmp_path: Path) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, StepKind.SUBMIT_DOCUMENTS)
    student = Actor(id=(await world.view(exchange)).student.id, role=Role.STUDENT)
    for kind, actor, data in [
        ("passport", STRANGER, letter("A")),
        ("passport", world.host(exchange), letter("A")),
        ("insurance", student, letter("A")),
        ("no_such_paper", student, letter("A")),
        ("passport", student, bytes(70 * 2**20)),
        ("passport", student, b"<script>" + letter("A")),
    ]:
        with pytest.raises(Refused):
            await world.gateway.add_document(exchange, kind, "a.pdf", data, actor)
    assert await kept(world) == (0, 0, 0)
    assert not [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
