"""The process in which foreign files are opened: with little memory, time and files, and nothing else to lose.

    python -m documents.child text|pictures

reads requests from its input and writes what it found to its output, one after another, until the input ends. Both are
a length of four bytes and JSON; a request is followed by the bytes of its file. Files are opened in the lane of texts,
which needs no extra. Exit code 3: there is nothing to read pictures with.
"""

import json
import os
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from typing import Any, BinaryIO

from models.reading import DocumentReading
from records.confinement import allow, confine

Reads = Callable[[bytes, str, bool], DocumentReading | None]
Request = dict[str, Any]
Serves = Callable[[bytes, Request], str]
OPEN, READ = "open", "read"
"""What is asked of a file."""
PDF = "application/pdf"
LENGTH = struct.Struct(">I")
NO_READER = 3
GIB = 1024**3
MEMORY = {"text": 1 * GIB, "pictures": 3 * GIB}
"""Bytes of address space by lane; models and libraries are mapped into it, and most of it is never touched."""
SECONDS = {"text": 10, "pictures": 20}
"""Of the processor, for one file."""


def main() -> int:
    """Serve until the input ends."""
    lane = sys.argv[1]
    confine(MEMORY[lane])
    source, target = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is no answer
    try:
        read = _reads(lane)
    except ImportError:
        return NO_READER
    while (asked := _request(source)) is not None:
        request, data = asked
        allow(SECONDS[lane])
        _write(target, (_opened if request["asks"] == OPEN else read)(data, request).encode())
    return 0


def _opened(data: bytes, request: Request) -> str:
    """How a file opens, with what every installation has."""
    from documents.opening import open_file  # noqa: PLC0415 - within the limits, and once

    return json.dumps(asdict(open_file(data, request["media_type"], int(request["max_pages"]))))


def _read(read: Reads, data: bytes, request: Request) -> str:
    """What is on a file; `null` where the next lane has to look."""
    try:
        reading = read(data, request["media_type"], bool(request["zone"]))
    except MemoryError:
        return '{"outcome": "beyond_limits"}'
    except Exception:  # what a parser meets in a broken file surfaces as almost anything
        return '{"outcome": "damaged"}'
    return reading.model_dump_json() if reading is not None else "null"


def _reads(lane: str) -> Serves:
    """What reads files in a lane; imported within the limits, and only what the lane needs.

    Raises:
        ImportError: there is nothing here to read pictures with.
    """
    if lane == "text":
        with suppress(ImportError):  # files are opened without the extra too
            from documents.pdf_pages import read_text  # noqa: PLC0415

            return partial(_read, lambda data, media_type, _: read_text(data) if media_type == PDF else None)
        return lambda *_: "null"
    from documents.recognising import Recognising  # noqa: PLC0415

    recognising = Recognising()
    return partial(_read, lambda data, media_type, zone: recognising.read(data, media_type, zone=zone))


def _request(source: BinaryIO) -> tuple[Request, bytes] | None:
    head = source.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    request = json.loads(source.read(LENGTH.unpack(head)[0]))
    return request, source.read(int(request["size"]))


def _write(target: BinaryIO, answer: bytes) -> None:
    target.write(LENGTH.pack(len(answer)) + answer)
    target.flush()


if __name__ == "__main__":
    sys.exit(main())
