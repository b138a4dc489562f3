"""Live updates: what goes over the wire, how often the records are asked, and when it ends."""

import asyncio
from dataclasses import dataclass, field

import pytest

from portal import server_events
from portal.server_events import MOST, PER_PERSON, Watch
from tests.portal.world import Portal


@dataclass
class Log:
    """Records in which what the test says is new."""

    news: list[frozenset[str]] = field(default_factory=list)
    asked: int = 0

    async def changed_since(self, position: int | None) -> tuple[int, frozenset[str]]:
        """What is new, once."""
        self.asked += 1
        return self.asked, self.news.pop(0) if self.news else frozenset()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds as hundredths of seconds."""
    monkeypatch.setattr(server_events, "EVERY", 0.01)
    monkeypatch.setattr(server_events, "KEEP_ALIVE", 0.05)


@pytest.mark.usefixtures("quick")
async def test_a_page_is_told_of_its_own_exchange_and_kept_alive() -> None:
    watch = Watch(Log([frozenset({"EX-1"}), frozenset({"EX-2"})]))
    told = watch.changes("EX-2", "p-1")
    assert [await anext(told) for _ in range(3)] == [
        b"retry: 5000\n\n",
        b"event: changed\ndata: {}\n\n",
        b": ping\n\n",
    ]
    await watch.close()


@pytest.mark.usefixtures("quick")
async def test_however_many_watch_one_asks() -> None:
    log = Log()
    watch = Watch(log)
    pages = [watch.changes(None, f"p-{n}") for n in range(MOST)]
    await asyncio.gather(*(anext(page) for page in pages))
    assert watch.full("p-another")
    log.news.append(frozenset({"EX-1"}))
    await asyncio.gather(*(anext(page) for page in pages))
    assert log.asked < 20
    await watch.close()


@pytest.mark.usefixtures("quick")
async def test_one_person_does_not_take_the_pages_of_others() -> None:
    watch = Watch(Log())
    pages = [watch.changes(None, "p-1") for _ in range(PER_PERSON)]
    await asyncio.gather(*(anext(page) for page in pages))
    assert watch.full("p-1")
    assert not watch.full("p-2")
    await pages.pop().aclose()  # type: ignore[attr-defined]
    assert not watch.full("p-1")
    await watch.close()


@pytest.mark.usefixtures("quick")
async def test_a_connection_ends_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_events, "LONGEST", 0.12)
    watch = Watch(Log())
    assert len([told async for told in watch.changes(None, "p-1")]) >= 2
    assert not watch.full("p-1")
    await watch.close()


async def test_the_portal_streams_without_a_buffer_and_turns_away_who_is_too_many(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await portal.signed_in("cqmu.coordinator")
    monkeypatch.setattr(server_events, "LONGEST", 0.05)
    answer = await client.get("/live")
    assert answer.text.startswith("retry: 5000\n\n")
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert (answer.headers["cache-control"], answer.headers["x-accel-buffering"]) == ("no-store", "no")
    monkeypatch.setattr(server_events, "MOST", 0)
    assert (await client.get("/live")).status_code == 204
