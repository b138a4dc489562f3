"""What the previous release left under way goes on under this one: its database, its files and its Temporal file."""

import tarfile
from pathlib import Path

import pytest

from models.tables import ExchangeCodeRow, ExchangeRow, NominationRow, PersonRow
from records.nominations import nomination_of
from tests.journey.audit import Books, open_books
from tests.journey.commands import said
from tests.journey.journey import open_journey, stack_in
from tests.journey.mail import until_delivered
from tests.journey.midway import FEW, SUSPENDED, Midway, student_number
from tests.previous.record import STATE

pytestmark = pytest.mark.live


async def test_exchanges_of_the_previous_release_go_on_and_finish(tmp_path: Path) -> None:
    with tarfile.open(STATE) as packed:
        packed.extractall(tmp_path, filter="data")
    async with stack_in(tmp_path) as stack, open_journey(stack) as journey, open_books(stack) as books:
        told_then = await books.told_again()  # a release may have told what this one would not
        midway = Midway(journey, FEW)
        await find(midway, books)
        (lasting,) = await journey.services.reading.suspensions(SUSPENDED)
        assert lasting.suspended == len(await books.rows(ExchangeRow, ExchangeRow.closed_at.is_(None)))
        await midway.finish()
        await until_delivered(journey)
        assert {row.id: row.outcome for row in await books.rows(ExchangeRow)} == midway.outcomes
        assert await books.told_again() == told_then
        audited = await said(stack, "audit")
        assert audited.code == 0, audited.out
        await books.the_projection_is_what_the_events_say()


async def find(midway: Midway, books: Books) -> None:
    """Know the exchanges again that the people of then nominated."""
    persons = {row.student_number: row.id for row in await books.rows(PersonRow)}
    exchanges = {row.person_id: row.exchange_id for row in await books.rows(ExchangeCodeRow)}
    nominations = {row.exchange_id: nomination_of(row) for row in await books.rows(NominationRow)}
    for group in midway.groups:
        for number in range(len(group.stops)):
            exchange = exchanges[persons[student_number(group, number)]]
            midway.know(exchange, group, number, nominations[exchange])
