"""The mail host is dead for a while, and the whole service is stopped and started again: everything goes on."""

import asyncio
from pathlib import Path

import pytest

from mailsink import MailSink
from models.views import MessageFilter
from models.vocabulary import StepKind
from services import HERE, free_port
from tests.journey.audit import open_books
from tests.journey.journey import COHORT, Journey, open_journey, settings_in, stack_in
from tests.journey.mail import until_delivered

pytestmark = pytest.mark.live

STUDENTS = COHORT[:3]


async def test_a_dead_mail_host_delays_mail_alone_and_a_stopped_service_goes_on_where_it_was(tmp_path: Path) -> None:
    mailbox, port = tmp_path / "mailbox", free_port()
    settings = settings_in(tmp_path, smtp_host=HERE, smtp_port=port)

    async with stack_in(tmp_path, settings, own_sink=False) as stack, open_journey(stack) as before:
        await before.nominate(STUDENTS)
        await before.go(until=StepKind.SENDING_APPROVAL)
        await mail_waits(before)

    async with (
        MailSink(mailbox, port=port) as sink,
        stack_in(tmp_path, settings, own_sink=False) as stack,
        open_journey(stack, before) as journey,
    ):
        for exchange in journey.travellers:
            assert [step.kind for step in await journey.steps(exchange)] == [StepKind.SENDING_APPROVAL]
        await journey.go()
        assert not journey.acts.repeated
        await until_delivered(journey)
        assert sink.mails()
        async with open_books(stack, mailbox) as books:
            await books.all_is_well(await stack.client(), journey)


async def mail_waits(journey: Journey) -> None:
    """Wait until the mailroom has met the dead host: nothing is sent, nothing refused, no operator called yet."""
    reading = journey.counter.reading
    messages = await reading.messages(MessageFilter(limit=1000))
    while not all(message.last_error for message in messages):
        await asyncio.sleep(0.05)
        messages = await reading.messages(MessageFilter(limit=1000))
    assert {(message.status, message.attempts) for message in messages} == {("queued", 0)}
    assert await reading.operator_tasks() == []
