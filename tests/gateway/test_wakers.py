"""Waking whoever sends: a second of commits is one signal each, the last one comes with the end, nothing raises."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from temporalio.service import RPCError, RPCStatusCode

from gateway import wakers
from gateway.wakers import OUTBOX_SENDER, Woken, WorkflowWaker, mail_waker, webhook_waker
from models.errors import Unavailable
from models.messages.mailroom import RING
from models.messages.webhooks import WEBHOOK_WORKFLOW, WebhookState
from records.store.append import Appended, Wakers
from tests.databases import Database
from tests.wakers import CountingWaker

FIRST = Woken(WEBHOOK_WORKFLOW, "webhook/ep-1", WebhookState(endpoint_id="ep-1"), "delivers events to ep-1")


@dataclass
class Client:
    """Notes who was signalled; some do not hear it."""

    deaf: tuple[str, ...] = ()
    heard: list[str] = field(default_factory=list)

    async def start_workflow(self, name: str, state: object, *, id: str, start_signal: str, **options: Any) -> None:
        assert start_signal == RING
        if id in self.deaf:
            raise RPCError("away", RPCStatusCode.UNAVAILABLE, b"")
        self.heard.append(id)


async def both() -> Sequence[Woken]:
    return FIRST, OUTBOX_SENDER


async def test_many_commits_are_one_signal_to_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wakers, "PAUSE", 0.05)
    client = Client()
    waker = WorkflowWaker(client, both)  # type: ignore[arg-type]
    for _ in range(100):
        waker.wake()
    await asyncio.sleep(0.3)
    assert client.heard == [FIRST.id, OUTBOX_SENDER.id]
    await waker.aclose()
    assert len(client.heard) == 2, "nothing was asked for since"


async def test_the_last_commit_is_signalled_at_the_end() -> None:
    client = Client()
    waker = mail_waker(client)  # type: ignore[arg-type]
    waker.wake()
    async with asyncio.timeout(0.5):
        await waker.aclose()
    waker.wake()
    await waker.aclose()
    assert client.heard == [OUTBOX_SENDER.id] * 2


async def test_who_does_not_hear_keeps_nobody_else_from_hearing(caplog: pytest.LogCaptureFixture) -> None:
    client = Client(deaf=(FIRST.id,))
    waker = WorkflowWaker(client, both)  # type: ignore[arg-type]
    waker.wake()
    await waker.aclose()
    assert client.heard == [OUTBOX_SENDER.id]
    assert "webhook/ep-1 was not woken (UNAVAILABLE)" in caplog.text


async def test_endpoints_are_looked_up_with_every_wake(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[list[str] | Unavailable] = [["ep-1"], Unavailable("The database is away."), ["ep-1", "ep-2"]]

    async def active(_: object) -> list[str]:
        found = answers.pop(0)
        if isinstance(found, Unavailable):
            raise found
        return found

    monkeypatch.setattr(wakers, "active_endpoints", active)
    monkeypatch.setattr(wakers, "PAUSE", 0.0)
    client = Client()
    waker = webhook_waker(client, sqlite_database.sessions)  # type: ignore[arg-type]
    for expected in (["ep-1"], ["ep-1"], ["ep-1", "ep-2"]):
        client.heard.clear()
        waker.wake()
        await waker.aclose()
        assert client.heard == [f"webhook/{one}" for one in expected]


@pytest.mark.parametrize(("messages", "mail"), [(0, 0), (2, 1)])
def test_deliveries_are_woken_by_events_and_the_sender_by_mail(messages: int, mail: int) -> None:
    first, second = CountingWaker(), CountingWaker()
    appended = Appended((), messages=messages)
    Wakers(first, second).after(appended)
    assert (first.woken, second.woken) == (mail, 0)
