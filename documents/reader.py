"""Opens and reads documents in processes of their own: by the text layer, or by recognisers where there is none."""

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Protocol, TypeVar

from pydantic import TypeAdapter, ValidationError

from documents.child import LENGTH, NO_READER, OPEN, READ, SECONDS
from documents.opened import UNFOLDS, Opened
from models.reading import DocumentReading, ReadOutcome
from records.confinement import environment

IDLE = 90.0
"""Seconds without work after which a process is let go, with the models that it holds."""
SLOWER = 3.0
"""Times the processor seconds of a file that its reading may take by the clock: the machine has other work."""
LARGEST = 64 * 1024 * 1024
"""Bytes of a file that is read at all."""
ENDING = 10.0
"""Seconds in which a process that has closed its output ends: on a busy machine it takes its time."""
LARGEST_ANSWER = 32 * 1024 * 1024
"""Bytes of what is said of one file."""
_ALONE = {"OMP_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1"}
_NO_READER = DocumentReading(outcome=ReadOutcome.NO_READER)
_BEYOND = DocumentReading(outcome=ReadOutcome.BEYOND_LIMITS)


_OPENED = TypeAdapter(Opened)
Answer = TypeVar("Answer")


class ReadsDocuments(Protocol):
    """Reads what is on a document; safe to call at any time, and never raises for what is in a file."""

    async def open(self, data: bytes, media_type: str | None, max_pages: int) -> Opened:
        """Whether a person will be able to read it; of at most `max_pages` some are unpacked."""

    async def read(self, data: bytes, media_type: str, *, zone: bool) -> DocumentReading:
        """What is on it; `zone` where a machine-readable zone is looked for."""


class DocumentReader:
    """Reads documents, several callers one after another. Close it at the end."""

    def __init__(self, idle: float = IDLE) -> None:
        """`idle` is after how many seconds without work its processes are let go."""
        self._lanes = {lane: _Lane(lane, idle) for lane in SECONDS}

    async def open(self, data: bytes, media_type: str | None, max_pages: int) -> Opened:
        """Whether a person will be able to read a file; of at most `max_pages` pages some are unpacked.

        Never raises for what is in a file: what takes too much time or memory has the fault `UNFOLDS`.
        """
        if len(data) > LARGEST:
            return Opened(media_type, fault=UNFOLDS)
        request = {"asks": OPEN, "media_type": media_type, "max_pages": max_pages}
        try:
            return await self._lanes["text"].ask(request, data, _OPENED.validate_json)
        except (_TooMuch, _Absent):
            return Opened(media_type, fault=UNFOLDS)

    async def read(self, data: bytes, media_type: str, *, zone: bool) -> DocumentReading:
        """What is on a document; `zone` where a machine-readable zone is looked for.

        Never raises for what is in a file: what takes too much time or memory is `BEYOND_LIMITS`, and costs nobody
        else anything but that time.
        """
        if len(data) > LARGEST:
            return _BEYOND
        request = {"asks": READ, "media_type": media_type, "zone": zone}
        for lane in self._lanes.values():
            try:
                reading = await lane.ask(request, data, _reading)
            except _TooMuch:
                return _BEYOND
            except _Absent:
                continue
            if reading is not None:
                return reading
        return _NO_READER

    async def aclose(self) -> None:
        """Let its processes go."""
        for lane in self._lanes.values():
            await lane.aclose()


def _reading(answer: bytes) -> DocumentReading | None:
    return DocumentReading.model_validate_json(answer) if answer != b"null" else None


class _TooMuch(Exception):
    """A file took too much, or its process came to nothing over it."""


class _Absent(Exception):
    """There is nothing here to read with."""


class _Lane:
    """One process that is started when it is needed, and replaced where a file was too much for it."""

    def __init__(self, name: str, idle: float) -> None:
        self._name = name
        self._idle = idle
        self._turn = asyncio.Lock()
        self._process: Process | None = None
        self._rest: asyncio.TimerHandle | None = None
        self._leaving: asyncio.Task[None] | None = None
        self._absent = False
        """Whether there is nothing here to read with."""

    async def ask(self, request: Mapping[str, object], data: bytes, parse: Callable[[bytes], Answer]) -> Answer:
        """What the process answers about a file.

        Raises:
            _TooMuch: the file took too much, or its process came to nothing over it.
            _Absent: there is nothing here to read with.
        """
        async with self._turn:
            if self._rest is not None:
                self._rest.cancel()
            served = self._process is not None
            try:
                try:
                    return await self._tried(request, data, parse)
                except _TooMuch:
                    if not served:
                        raise
                    # What it had read before may have been its ruin.
                    return await self._tried(request, data, parse)
            finally:
                if self._process is not None:
                    self._rest = asyncio.get_running_loop().call_later(self._idle, self._let_go)

    async def _tried(self, request: Mapping[str, object], data: bytes, parse: Callable[[bytes], Answer]) -> Answer:
        """What the process answers; it is ended where that took too much, or came to nothing."""
        if self._absent:
            raise _Absent
        try:
            async with asyncio.timeout(SLOWER * SECONDS[self._name]):
                answer = await self._answer(request, data)
            return parse(answer)
        except (TimeoutError, ValidationError):
            await self._end()
        except (asyncio.IncompleteReadError, ConnectionError):
            self._absent = await self._end(ENDING) == NO_READER
        except asyncio.CancelledError:
            await self._end()  # its answer would be taken for that to another file
            raise
        raise _Absent if self._absent else _TooMuch

    async def aclose(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
        if self._leaving is not None:
            await self._leaving
        await self._rested()

    async def _answer(self, request: Mapping[str, object], data: bytes) -> bytes:
        if self._process is None or self._process.returncode is not None:
            self._process = await _started(self._name)
        source, target = self._process.stdout, self._process.stdin
        assert source is not None
        assert target is not None
        head = json.dumps({**request, "size": len(data)}).encode()
        target.write(LENGTH.pack(len(head)) + head)
        target.write(data)
        await target.drain()
        (length,) = LENGTH.unpack(await source.readexactly(LENGTH.size))
        if length > LARGEST_ANSWER:
            raise ConnectionError
        return await source.readexactly(length)

    def _let_go(self) -> None:
        self._leaving = asyncio.create_task(self._rested())

    async def _rested(self) -> None:
        async with self._turn:
            await self._end()

    async def _end(self, within: float = 0.0) -> int | None:
        """End the process; with which code, where it ended by itself within so many seconds."""
        process, self._process = self._process, None
        if process is None:
            return None
        with suppress(TimeoutError):
            return await asyncio.wait_for(process.wait(), within)
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        return None


async def _started(lane: str) -> Process:
    command = (sys.executable, "-m", "documents.child", lane)
    around = environment() | _ALONE
    # What libraries complain of may quote the file.
    return await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=around)
