"""On the real server: many exchanges at once, the worker killed in the middle; everything happens once."""

from pathlib import Path

import pytest

from bench.same_minute import escalations, until_sent
from bench.suspension import begin_many, hold_everybody
from dev.mailsink import mails_in
from gateway.composition import open_gateway
from models.catalogue.loading import load_programme
from tests.journey.journey import stack_in

pytestmark = pytest.mark.live
STEPS = 150
HELD = 120


async def test_every_first_escalation_comes_once_though_the_worker_dies(tmp_path: Path) -> None:
    async with stack_in(tmp_path) as stack:
        client = await stack.client()
        # Raises unless there is exactly one escalation for each step, on record and in the outbox.
        found, _ = await escalations(client, stack, load_programme(), STEPS, kill=True)
        assert found.count == STEPS
        await until_sent(stack, STEPS)
        mails = [path.read_text(encoding="utf-8", errors="replace") for path in mails_in(stack.mailbox)]
        escalated = [mail for mail in mails if ": overdue: " in mail.replace("\n ", " ")]
        assert len(escalated) >= STEPS


async def test_a_suspension_reaches_everybody_once_though_the_worker_dies_in_the_middle(tmp_path: Path) -> None:
    async with stack_in(tmp_path) as stack, open_gateway(stack.settings) as services:
        await begin_many(await stack.client(), load_programme(), HELD)
        # Raises unless each exchange was held once and went on once, and each of their steps with it.
        found = await hold_everybody(stack, services.gateway, HELD, kill=True)
        assert found.exchanges == HELD
        (suspension,) = await services.reading.suspensions("bench")
        assert (suspension.exchanges, suspension.suspended) == (HELD, 0)
