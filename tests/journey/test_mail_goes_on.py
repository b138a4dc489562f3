"""A worker is killed (-9) with mail in hand: a link to sign in and the rest leave soon, what came twice is counted."""

from collections import Counter
from email import message_from_bytes
from pathlib import Path

import pytest
from sqlalchemy import select

from bench.mail_goes_on import Death, death_in_a_batch, open_service
from models.tables import MessageRow, MessageStatus
from models.vocabulary import Role
from records.store.engine import transaction
from tests.databases import Database

pytestmark = pytest.mark.live

BEFORE = 241.0
"""Seconds after a death for which all mail waited, when a batch had claims of minutes and no heartbeats."""


async def test_a_death_in_a_batch_holds_mail_up_for_seconds(database: Database, tmp_path: Path) -> None:
    async with open_service(tmp_path, database.url, seconds=1.0) as service:
        death: Death = await death_in_a_batch(service, Role.COORDINATOR)
        assert max(death.mail, death.link) < BEFORE / 4
        async with transaction(service.sessions) as session:
            rows = (await session.scalars(select(MessageRow))).all()
        mails = [message_from_bytes(path.read_bytes()) for path in (tmp_path / "mailbox" / "new").iterdir()]
    assert len(rows) == 13
    assert {row.status for row in rows} == {MessageStatus.SENT}
    copies = Counter(str(mail["Message-ID"]) for mail in mails)
    assert copies.keys() == {row.message_id for row in rows}
    assert all(copies[str(row.message_id)] <= 1 + row.in_doubt for row in rows), "what came twice is counted"
    assert 1 <= sum(row.in_doubt for row in rows) <= 3, "each of the senders had one in hand at most"
