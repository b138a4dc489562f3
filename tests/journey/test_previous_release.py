"""What the previous release left under way goes on under this one: its database, its files and its Temporal file."""

import asyncio
import tarfile
from pathlib import Path

import pytest

from models.tables import ExchangeCodeRow, ExchangeRow, NominationRow, PersonRow
from records.data_key import FILE_MARK
from records.nominations import nomination_of
from tests.journey.audit import Books, open_books
from tests.journey.commands import said
from tests.journey.journey import open_journey, stack_in
from tests.journey.mail import until_delivered
from tests.journey.midway import FEW, SUSPENDED, Midway, student_number
from tests.previous.record import STATE

pytestmark = pytest.mark.live

PATIENCE = 60.0
"""Seconds."""


async def test_exchanges_of_the_previous_release_go_on_and_finish(tmp_path: Path) -> None:
    with tarfile.open(STATE) as packed:
        packed.extractall(tmp_path, filter="data")
    in_clear = set(kept_in(tmp_path / "files"))
    assert len(in_clear) > 1
    async with stack_in(tmp_path) as stack, open_journey(stack) as journey, open_books(stack) as books:
        told_then = await books.told_again()  # a release may have told what this one would not
        midway = Midway(journey, FEW)
        await find(midway, books)
        (lasting,) = await journey.services.reading.suspensions(SUSPENDED)
        assert lasting.suspended == len(await books.rows(ExchangeRow, ExchangeRow.closed_at.is_(None)))
        await all_sealed(tmp_path / "files", in_clear)
        await midway.finish()
        await until_delivered(journey)
        assert {row.id: row.outcome for row in await books.rows(ExchangeRow)} == midway.outcomes
        assert await books.told_again() == told_then
        audited = await said(stack, "audit")
        assert audited.code == 0, audited.out
        await books.the_projection_is_what_the_events_say()


async def all_sealed(folder: Path, in_clear: set[str]) -> None:
    """Wait until no file is left that could be read without a key."""
    async with asyncio.timeout(PATIENCE):
        while in_clear & kept_in(folder).keys():  # noqa: ASYNC110 - another process seals them
            await asyncio.sleep(0.2)
    assert all(path.read_bytes().startswith(FILE_MARK) for path in kept_in(folder).values())


def kept_in(folder: Path) -> dict[str, Path]:
    """The files of a store by name."""
    return {path.name: path for path in folder.glob("??/*")}


async def find(midway: Midway, books: Books) -> None:
    """Know the exchanges again that the people of then nominated."""
    persons = {row.student_number: row.id for row in await books.rows(PersonRow)}
    exchanges = {row.person_id: row.exchange_id for row in await books.rows(ExchangeCodeRow)}
    nominations = {row.exchange_id: nomination_of(row) for row in await books.rows(NominationRow)}
    for group in midway.groups:
        for number in range(len(group.stops)):
            exchange = exchanges[persons[student_number(group, number)]]
            midway.know(exchange, group, number, nominations[exchange])
