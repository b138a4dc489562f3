"""Reads documents in processes of their own: by the text layer, or by recognisers where there is none."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from typing import Protocol

from pydantic import ValidationError

from documents.child import LENGTH, NO_READER, SECONDS
from models.reading import DocumentReading, ReadOutcome

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
_KEPT = ("PATH", "PYTHONPATH", "LANG", "LD_LIBRARY_PATH", "HOME", "TMPDIR")
_ALONE = {"OMP_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1"}
_NO_READER = DocumentReading(outcome=ReadOutcome.NO_READER)
_BEYOND = DocumentReading(outcome=ReadOutcome.BEYOND_LIMITS)


class ReadsDocuments(Protocol):
    """Reads what is on a document; safe to call at any time, and never raises for what is in a file."""

    async def read(self, data: bytes, media_type: str, *, zone: bool) -> DocumentReading:
        """What is on it; `zone` where a machine-readable zone is looked for."""


class DocumentReader:
    """Reads documents, several callers one after another. Close it at the end."""

    def __init__(self, idle: float = IDLE) -> None:
        """`idle` is after how many seconds without work its processes are let go."""
        self._lanes = {lane: _Lane(lane, idle) for lane in SECONDS}

    async def read(self, data: bytes, media_type: str, *, zone: bool) -> DocumentReading:
        """What is on a document; `zone` where a machine-readable zone is looked for.

        Never raises for what is in a file: what takes too much time or memory is `BEYOND_LIMITS`, and costs nobody
        else anything but that time.
        """
        if len(data) > LARGEST:
            return _BEYOND
        for lane in self._lanes.values():
            reading = await lane.read(data, media_type, zone=zone)
            if reading is not None:
                return reading
        return _NO_READER

    async def aclose(self) -> None:
        """Let its processes go."""
        for lane in self._lanes.values():
            await lane.aclose()


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

    async def read(self, data: bytes, media_type: str, *, zone: bool) -> DocumentReading | None:
        """What it read; `None` where the next lane has to look."""
        async with self._turn:
            if self._rest is not None:
                self._rest.cancel()
            served = self._process is not None
            found = await self._tried(data, media_type, zone)
            if found == _BEYOND and served and self._process is None:
                found = await self._tried(data, media_type, zone)  # what it had read before may have been its ruin
            if self._process is not None:
                self._rest = asyncio.get_running_loop().call_later(self._idle, self._let_go)
            return found

    async def _tried(self, data: bytes, media_type: str, zone: bool) -> DocumentReading | None:
        """What the process read; it is ended where that took too much, or came to nothing."""
        if self._absent:
            return None
        try:
            async with asyncio.timeout(SLOWER * SECONDS[self._name]):
                answer = await self._ask(data, media_type, zone)
            return DocumentReading.model_validate_json(answer) if answer != b"null" else None
        except (TimeoutError, ValidationError):
            await self._end()
        except (asyncio.IncompleteReadError, ConnectionError):
            self._absent = await self._end(ENDING) == NO_READER
        except asyncio.CancelledError:
            await self._end()  # its answer would be taken for that to another file
            raise
        return None if self._absent else _BEYOND

    async def aclose(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
        if self._leaving is not None:
            await self._leaving
        await self._rested()

    async def _ask(self, data: bytes, media_type: str, zone: bool) -> bytes:
        if self._process is None or self._process.returncode is not None:
            self._process = await _started(self._name)
        source, target = self._process.stdout, self._process.stdin
        assert source is not None
        assert target is not None
        request = json.dumps({"media_type": media_type, "zone": zone, "size": len(data)}).encode()
        target.write(LENGTH.pack(len(request)) + request)
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
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}  # no secret of the service is needed there
    command = (sys.executable, "-m", "documents.child", lane)
    # What libraries complain of may quote the file.
    return await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=kept | _ALONE)
