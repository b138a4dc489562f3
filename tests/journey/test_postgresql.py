"""The same journey on PostgreSQL, whose connections are all cut midway, and then the worker is killed."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from services import WORKER
from tests.databases import Database
from tests.journey.audit import open_books
from tests.journey.journey import COHORT, open_journey, settings_in, stack_in
from tests.journey.mail import let_leases_run_out, until_delivered

pytestmark = [pytest.mark.live, pytest.mark.postgres]

STUDENTS = COHORT[:3]
CUT = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_the_database_and_the_worker_are_cut_off_midway(database: Database, tmp_path: Path) -> None:
    settings = settings_in(tmp_path, database_url=database.url)
    async with stack_in(tmp_path, settings) as stack, open_journey(stack) as journey:

        async def crash() -> datetime:
            for after in (20, 35):
                await journey.acts.busy(after, at_once=2)
                async with database.engine.begin() as connection:
                    await connection.execute(CUT)
            await journey.acts.busy(60, at_once=2)
            await stack.kill(WORKER)
            await stack.until_ready(WORKER)
            return datetime.now(UTC)

        await journey.nominate(STUDENTS)
        crashed_at, _ = await asyncio.gather(crash(), journey.go())

        client = await stack.client()
        await let_leases_run_out(stack, client, crashed_at)
        await until_delivered(journey)
        async with open_books(stack) as books:
            await books.all_is_well(client, journey, again=3)
