"""Temporal's store is gone: the workflows are rebuilt from the records by `sojourn recover`, and everybody goes on."""

import asyncio
import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from dev.stack import TEMPORAL, DevStack
from models.errors import Unknown
from models.messages.acts import ActStatus
from models.messages.exchange import Decide
from models.messages.suspensions import Coverage
from models.people.authorization import Actor
from models.tables import EventRow, ExchangeRow, MessageRow
from models.vocabulary import Role, Scope
from tests.journey.audit import Books, open_books
from tests.journey.commands import said
from tests.journey.journey import open_journey, stack_in
from tests.journey.mail import until_delivered
from tests.journey.midway import ALL, DARTMOUTH_2027, SAMPLE_2027, SUSPENDED, Midway, until

pytestmark = pytest.mark.live

HOST = Actor(id="cqmu.coordinator", role=Role.COORDINATOR, institution="cqmu")
ASKED = "asked-before-the-loss"
CLOCK = {"at", "batch"}


async def test_temporal_is_lost_and_forty_exchanges_go_on_from_the_records(tmp_path: Path) -> None:
    async with stack_in(tmp_path) as stack, open_journey(stack) as before:
        midway = Midway(before, ALL)
        await midway.play(Coverage(scope=Scope.COHORT, target=SAMPLE_2027.cohort))
        await until_delivered(before)
        step = await ask_and_vanish(midway, stack)
        await stack.abort()
    lose_temporal(tmp_path)

    async with stack_in(tmp_path) as stack, open_journey(stack, before) as journey, open_books(stack) as books:
        midway.journey = journey
        await recovers(stack, books)
        await until(lambda: has_status(midway, ActStatus.TAKEN))  # nobody asks again
        await changes_nothing(stack, books)
        assert step not in {one.step_id for one in await journey.steps(midway.places[DARTMOUTH_2027, 0])}
        (lasting,) = await journey.services.reading.suspensions(SUSPENDED)
        assert (lasting.suspended, lasting.until) == (len(SAMPLE_2027.stops), None)
        await midway.finish()
        await until_delivered(journey)
        assert {row.id: row.outcome for row in await books.rows(ExchangeRow)} == midway.outcomes
        assert await books.told_again() == []
        audited = await said(stack, "audit")
        assert audited.code == 0, audited.out
        await books.the_projection_is_what_the_events_say()


def lose_temporal(folder: Path) -> None:
    for file in folder.glob("temporal.db*"):
        file.unlink()


async def recovers(stack: DevStack, books: Books) -> None:
    """Everything that the records say goes on is started."""
    recovered = await said(stack, "recover", "--json")
    assert recovered.code == 0, recovered.err
    fates = Counter(one["fate"] for one in recovered.data)
    assert fates["started"] > len(await books.rows(ExchangeRow, ExchangeRow.closed_at.is_(None)))
    # Rotations that an exchange began again may be in step when they are looked at, or still read their records.
    assert set(fates) <= {"started", "resumed", "in_step"}


async def changes_nothing(stack: DevStack, books: Books) -> None:
    """Recovering again finds everything in step, and tells nothing."""
    told = len(await books.rows(EventRow)), len(await books.rows(MessageRow))
    async with asyncio.timeout(60):
        again = await said(stack, "recover", "--json")
        while {one["fate"] for one in again.data} != {"in_step"}:
            again = await said(stack, "recover", "--json")
    assert (len(await books.rows(EventRow)), len(await books.rows(MessageRow))) == told


async def ask_and_vanish(midway: Midway, stack: DevStack) -> str:
    """While Temporal stands still somebody decides, and waits for no answer; says of which step."""
    (step,) = await midway.journey.steps(midway.places[DARTMOUTH_2027, 0])
    server = stack.parts[TEMPORAL].process
    assert server is not None
    os.kill(server.pid, signal.SIGSTOP)
    decision = Decide(decision_id=ASKED, step_id=step.step_id, outcome="verified", actor=HOST)
    asking = asyncio.create_task(midway.journey.services.gateway.decide(decision))
    await until(lambda: has_status(midway, ActStatus.ASKED))
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    return step.step_id


async def has_status(midway: Midway, wanted: ActStatus) -> bool:
    try:
        return (await midway.journey.services.gateway.act(ASKED, HOST)).status is wanted
    except Unknown:
        return False
