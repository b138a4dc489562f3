"""On PostgreSQL: the mail host is dead for a while, the whole service stops, every connection is cut: all goes on."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from dev.mailsink import MailSink
from dev.stack import HERE, free_port
from models.views import MessageFilter
from models.vocabulary import StepKind
from tests.databases import Database
from tests.journey.audit import open_books
from tests.journey.journey import COHORT, LONGEST, Journey, open_journey, settings_in, stack_in
from tests.journey.mail import until_delivered

pytestmark = [pytest.mark.live, pytest.mark.postgres]

STUDENTS = COHORT[:3]
CUTS = (10, 30, 50)
"""After how many acts of the second half every connection to the database is cut."""
CUT = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_a_dead_mail_host_a_stopped_service_and_a_cut_database_lose_nothing(
    database: Database, tmp_path: Path
) -> None:
    mailbox, port = tmp_path / "mailbox", free_port()
    settings = settings_in(tmp_path, database_url=database.url, smtp_host=HERE, smtp_port=port)

    async with stack_in(tmp_path, settings, own_sink=False) as stack, open_journey(stack) as before:
        await before.nominate(STUDENTS)
        await before.go(until=StepKind.SENDING_APPROVAL)
        await mail_waits(before)

    async with (
        MailSink(mailbox, port=port),
        stack_in(tmp_path, settings, own_sink=False) as stack,
        open_journey(stack, before) as journey,
    ):
        for exchange in journey.travellers:
            assert [step.kind for step in await journey.steps(exchange)] == [StepKind.SENDING_APPROVAL]
        await journey.go_through(cut_connections(database, journey))
        await until_delivered(journey)
        async with open_books(stack, mailbox) as books:
            await books.all_is_well(await stack.client(), journey)


async def mail_waits(journey: Journey) -> None:
    """Wait until the outbox sender has met the dead host: nothing is sent, nothing refused, no operator called yet."""
    reading = journey.services.reading
    async with asyncio.timeout(LONGEST):
        messages = await reading.messages(MessageFilter(limit=1000))
        while not all(message.last_error for message in messages):
            await asyncio.sleep(0.05)
            messages = await reading.messages(MessageFilter(limit=1000))
    assert {(message.status, message.attempts) for message in messages} == {("queued", 0)}
    assert await reading.operator_tasks() == []


async def cut_connections(database: Database, journey: Journey) -> None:
    """Cut everybody off from the database while they act."""
    for after in CUTS:
        await journey.acts.busy(after, at_once=2)
        async with database.engine.begin() as connection:
            await connection.execute(CUT)
