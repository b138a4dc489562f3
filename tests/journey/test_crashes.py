"""A whole journey on the real server: worker and server are killed (-9) midway, and nothing is lost or doubled."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services import TEMPORAL, WORKER
from tests.journey.audit import open_books
from tests.journey.journey import COHORT, open_journey, stack_in
from tests.journey.mail import let_leases_run_out, until_delivered

pytestmark = pytest.mark.live

STUDENTS = COHORT[:6]


async def test_worker_and_server_are_killed_midway_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    async with stack_in(tmp_path) as stack, open_journey(stack) as journey:
        client = await stack.client()
        await journey.nominate(STUDENTS)

        async def crash() -> datetime:
            for name, after in ((WORKER, 40), (TEMPORAL, 110)):
                await journey.acts.busy(after)
                await stack.kill(name)
                await stack.until_ready(name)
                assert stack.parts[name].starts == 2
            return datetime.now(UTC)

        crashed_at, _ = await asyncio.gather(crash(), journey.go())
        assert journey.acts.repeated is not None
        await let_leases_run_out(stack, client, crashed_at)
        await until_delivered(journey)
        async with open_books(stack) as books:
            await books.all_is_well(client, journey, again=2)
