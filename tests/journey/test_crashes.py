"""A whole journey on the real server: worker and server are killed (-9) midway, and nothing is lost or doubled."""

from pathlib import Path

import pytest

from dev.stack import TEMPORAL, WORKER
from gateway.deadlines import WITHIN, AnswerTime
from tests.journey.audit import open_books
from tests.journey.journey import COHORT, open_journey, stack_in
from tests.journey.mail import until_delivered

pytestmark = pytest.mark.live

STUDENTS = COHORT[:6]
CRASHES = ((WORKER, 55), (TEMPORAL, 110))
"""What is killed, and after how many acts: among documents and approvals, then among beds, places and visas."""
HASTE = 2.0
"""How many seconds people wait for an answer before they try again: less than any restart takes."""


async def test_worker_and_server_are_killed_midway_and_nothing_is_lost_or_doubled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for waiting in AnswerTime:
        monkeypatch.setitem(WITHIN, waiting, HASTE)
    async with stack_in(tmp_path) as stack, open_journey(stack) as journey:

        async def crash() -> None:
            for name, after in CRASHES:
                await journey.acts.busy(after)
                await stack.kill(name)
                await stack.until_ready(name)
                assert stack.parts[name].starts == 2, "it comes back by itself"

        await journey.nominate(STUDENTS)
        await journey.go_through(crash())

        client = await stack.client()
        await until_delivered(journey)
        async with open_books(stack) as books:
            await books.all_is_well(client, journey)
