"""What takes longer says that it lives: a worker that died over it is noticed, one that is slow is not given up."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from temporalio.testing import ActivityEnvironment

from activities import beating
from activities.certificates import Certificates
from activities.letters import LetterWriting
from documents.opened import Opened
from documents.reader import DocumentReader
from examples import papers
from models.catalogue.programme import Programme
from records.store.append import NoOutbox, Wakers
from tests.activities.test_documents import FiledDocuments, request
from tests.databases import Database
from tests.sealed import sealed_files
from tests.wakers import CountingWaker
from workflows.options import CHECK, HEARD_OF, RENDER


async def test_a_check_says_that_it_lives(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = DocumentReader()
    filed = FiledDocuments(sqlite_database, tmp_path / "files", reader)
    await filed.file("doc-1", papers.passport_scan())
    beats: asyncio.Queue[None] = asyncio.Queue()
    environment, go_on = ActivityEnvironment(), asyncio.Event()
    environment.on_heartbeat = lambda *_: beats.put_nowait(None)

    opened = reader.open

    async def slow(data: bytes, media_type: str | None, max_pages: int) -> Opened:
        await go_on.wait()
        return await opened(data, media_type, max_pages)

    monkeypatch.setattr(reader, "open", slow)
    monkeypatch.setattr(beating, "BEAT", 0.02)
    check = asyncio.create_task(environment.run(filed.documents.check_document, request("doc-1")))
    async with asyncio.timeout(30):
        for _ in range(3):
            await beats.get()
        go_on.set()
        assert (await check).accepted
    await reader.aclose()


@pytest.mark.parametrize("name", ["write_letter", "issue_certificate"])
async def test_what_waits_for_its_turn_says_that_it_lives(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, programme: Programme, name: str
) -> None:
    sessions, wakers = sqlite_database.sessions, Wakers(CountingWaker())
    files = sealed_files(sessions, tmp_path / "files")
    certificates = Certificates(sessions, files, programme, NoOutbox(), wakers, public_url="https://sojourn.example")
    letters = LetterWriting(sessions, files, programme, NoOutbox(), wakers)
    one, activity = (
        (letters, letters.write_letter) if name == "write_letter" else (certificates, certificates.issue_certificate)
    )
    beats: asyncio.Queue[None] = asyncio.Queue()
    environment = ActivityEnvironment()
    environment.on_heartbeat = lambda *_: beats.put_nowait(None)
    monkeypatch.setattr(beating, "BEAT", 0.02)
    async with one._turn, asyncio.timeout(30):
        waiting: asyncio.Task[Any] = asyncio.create_task(environment.run(cast(Any, activity), None))
        for _ in range(3):
            await beats.get()
        waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)


async def test_what_is_quick_beats_not_at_all() -> None:
    environment = ActivityEnvironment()
    beats: list[tuple[Any, ...]] = []
    environment.on_heartbeat = lambda *details: beats.append(details)

    async def quick() -> None:
        async with beating.beating():
            await asyncio.sleep(0)

    await environment.run(quick)
    assert beats == []


def test_several_beats_fall_into_the_time_after_which_a_worker_is_taken_for_dead() -> None:
    assert timedelta(seconds=3 * beating.BEAT) <= HEARD_OF
    assert CHECK.get("heartbeat_timeout") == RENDER.get("heartbeat_timeout") == HEARD_OF
