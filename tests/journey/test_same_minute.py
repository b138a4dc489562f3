"""On the real server: many steps due in the same minute, the worker killed in the middle, every escalation once."""

from pathlib import Path

import pytest

from bench.same_minute import escalations, until_sent
from models.loading import load_programme
from tests.journey.journey import stack_in

pytestmark = pytest.mark.live
STEPS = 150


async def test_every_first_escalation_comes_once_though_the_worker_dies(tmp_path: Path) -> None:
    async with stack_in(tmp_path) as stack:
        client = await stack.client()
        # Raises unless there is exactly one escalation for each step, on record and in the outbox.
        found, _ = await escalations(client, stack, load_programme(), STEPS, kill=True)
        assert found.count == STEPS
        await until_sent(stack, STEPS)
        mails = [path.read_text(encoding="utf-8", errors="replace") for path in stack.mailbox.glob("**/*.eml")]
        escalated = [mail for mail in mails if ": overdue: " in mail.replace("\n ", " ")]
        assert len(escalated) >= STEPS
