"""Callers that vanish while Temporal stands still: what they asked is done once, or refused in a mail."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from dev.stack import TEMPORAL, DevStack
from models.errors import Unknown
from models.messages.acts import ActStatus
from models.messages.exchange import Decide
from models.notifications.notices import NoticeKind
from models.people.authorization import Actor
from models.views import MessageFilter
from models.vocabulary import Role, StepKind
from tests.journey.journey import COHORT, LONGEST, Journey, open_journey, stack_in

pytestmark = pytest.mark.live

ROOT = Path(__file__).parents[2]
HOST = Actor(id="cqmu.coordinator", role=Role.COORDINATOR, institution="cqmu")
HEAD = Actor(id="cqmu.head_of_office", role=Role.HEAD_OF_OFFICE, institution="cqmu")


async def test_callers_that_vanish_are_served_once_and_told_of_a_refusal(tmp_path: Path) -> None:
    async with stack_in(tmp_path) as stack, open_journey(stack) as journey:
        await journey.nominate(COHORT[:1])
        (exchange,) = journey.travellers
        (step,) = await journey.steps(exchange)
        assert step.kind is StepKind.VERIFY_NOMINATION
        server = stack.parts[TEMPORAL].process
        assert server is not None
        os.kill(server.pid, signal.SIGSTOP)

        caller = await decide_by_command(stack, step.step_id)
        await until(lambda: is_asked(journey, "first", HOST))
        caller.kill()
        await caller.wait()
        other = Decide(decision_id="second", step_id=step.step_id, outcome="returned", actor=HEAD)
        second = asyncio.create_task(journey.services.gateway.decide(other, note="The dates are wrong."))
        await until(lambda: is_asked(journey, "second", HEAD))
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)

        await stack.kill(TEMPORAL)
        await stack.until_ready(TEMPORAL)
        await until(lambda: is_settled(journey, "first", HOST))
        await until(lambda: is_settled(journey, "second", HEAD))
        await taken_once_and_told(journey, exchange, step.step_id)


async def taken_once_and_told(journey: Journey, exchange: str, step_id: str) -> None:
    view = await journey.row(exchange)
    (line,) = [one for one in view.steps if one.step_id == step_id]
    assert (line.outcome, line.decision_id, line.asked_at) == ("verified", "first", None)
    assert sum(one.kind == "step_closed" and one.step_id == step_id for one in view.timeline) == 1
    mails = await journey.services.reading.messages(MessageFilter(exchange_id=exchange, kind=NoticeKind.ACT_REFUSED))
    assert [mail.recipient_id for mail in mails] == [HEAD.id]
    gateway = journey.services.gateway
    assert (await gateway.act("first", HOST)).status is ActStatus.TAKEN
    refused = await gateway.act("second", HEAD)
    assert (refused.status, refused.message) == (ActStatus.REFUSED, "step.already_answered")
    with pytest.raises(Unknown):
        await gateway.act("second", HOST)


async def decide_by_command(stack: DevStack, step_id: str) -> asyncio.subprocess.Process:
    words = ["decide", step_id, "verified", "--as", "coordinator@cqmu", "--id", "first"]
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "starter",
        *words,
        cwd=stack.state_dir,
        env={**os.environ, **stack.settings.environment(), "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )


async def is_asked(journey: Journey, key: str, actor: Actor) -> bool:
    try:
        return (await journey.services.gateway.act(key, actor)).status is ActStatus.ASKED
    except Unknown:
        return False


async def is_settled(journey: Journey, key: str, actor: Actor) -> bool:
    return (await journey.services.gateway.act(key, actor)).status is not ActStatus.ASKED


async def until(fact: Callable[[], Awaitable[bool]]) -> None:
    """Wait for a fact."""
    async with asyncio.timeout(LONGEST):
        true = await fact()
        while not true:
            await asyncio.sleep(0.1)
            true = await fact()
