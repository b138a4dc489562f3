"""Whatever is handed in is opened and read within bounds, has a clear outcome, and the next file is read after it."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import given, settings

from chaos.processes import children_of
from documents import child, reader
from documents.opened import FAULTS, UNFOLDS, Opened
from documents.reader import DocumentReader
from examples import papers
from models.reading import DocumentReading, ReadOutcome
from records.file_types import PDF, sniff
from tests.documents.hostile import BROKEN, STRANGE, mutated

EVERY = os.environ.get("HOSTILE") == "all"
"""Whether there is time for everything."""
HEAVY = {
    "unfolds", "unfolds again and again", "letters for bytes", "forms in forms", "an enormous page",
    "an enormous picture on a page",
}  # fmt: skip
"""What is read until it meets a limit, or nearly; the suite only opens it."""
together = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def reading() -> AsyncIterator[DocumentReader]:
    async with aclosing(DocumentReader()) as one:
        yield one


def most_memory() -> dict[str, int]:
    """The most bytes that each process which reads has ever held, by its lane."""
    found = {}
    for pid in children_of(os.getpid()):
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        if b"documents.child" in command:
            status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
            found[command[3].decode()] = int(status.partition("VmHWM:")[2].split()[0]) * 1024
    return found


async def tried(one: DocumentReader, name: str, data: bytes, media_type: str) -> tuple[Opened, DocumentReading | None]:
    """What comes of a file, within its time, and of the next one after it."""
    began = time.monotonic()
    opened, read = await one.open(data, media_type, 50), None
    text = reader.SLOWER * child.SECONDS["text"]
    assert time.monotonic() - began < text
    if EVERY or name not in HEAVY:
        read = await one.read(data, media_type, zone=True)
        assert time.monotonic() - began < 2 * (2 * text + reader.SLOWER * child.SECONDS["pictures"])
    assert all(held <= child.MEMORY[lane] for lane, held in most_memory().items())
    assert await one.open(papers.letter("Enrolment"), PDF, 50) == Opened(PDF, pages=1)
    return opened, read


@together
@pytest.mark.parametrize("name", BROKEN)
async def test_what_nobody_can_read_has_a_finding(reading: DocumentReader, name: str) -> None:
    make, media_type = BROKEN[name]
    opened, read = await tried(reading, name, make(), media_type)
    assert opened.fault in FAULTS
    assert read is None or read.outcome in (ReadOutcome.DAMAGED, ReadOutcome.BEYOND_LIMITS, ReadOutcome.NOTHING)


@together
@pytest.mark.parametrize("name", STRANGE)
async def test_what_is_strange_ends_within_bounds(reading: DocumentReader, name: str) -> None:
    make, media_type = STRANGE[name]
    opened, read = await tried(reading, name, make(), media_type)
    assert (opened.fault, opened.media_type) in ((None, media_type), (UNFOLDS, media_type))
    assert opened.pages == {"thousands of pages": 12**4}.get(name, opened.pages)
    assert read is None or read.outcome is ReadOutcome.READ or not any(page.lines for page in read.pages)


@pytest.fixture(scope="module")
def entrance() -> Iterator[tuple[asyncio.Runner, DocumentReader]]:
    with asyncio.Runner() as runner:
        one = runner.run(_made())
        yield runner, one
        runner.run(one.aclose())


async def _made() -> DocumentReader:
    return DocumentReader()


@settings(max_examples=5_000 if EVERY else 300)
@given(mutated())
def test_what_was_changed_anyhow_has_an_outcome(entrance: tuple[asyncio.Runner, DocumentReader], data: bytes) -> None:
    runner, one = entrance
    began = time.monotonic()
    media_type = sniff(data)
    opened = runner.run(one.open(data, media_type, 50))
    assert opened.fault is None or opened.fault in FAULTS
    assert opened.media_type == media_type
    if media_type == PDF:  # its text alone: recognisers take their seconds
        asked = one._lanes["text"].ask({"asks": child.READ, "media_type": PDF, "zone": True}, data, reader._reading)
        assert isinstance(runner.run(asked), DocumentReading | None)
    assert time.monotonic() - began < 2 * reader.SLOWER * child.SECONDS["text"]
