"""The process in which foreign files are opened: with little memory, time and files, and nothing else to lose.

    python -m documents.child text|pictures

reads requests from its input and writes what it read to its output, one after another, until the input ends. Both are a
length of four bytes and JSON; a request is followed by the bytes of its file. Exit code 3: the extra is not installed.
"""

import ctypes
import json
import os
import resource
import signal
import struct
import sys
from collections.abc import Callable
from typing import BinaryIO

from models.reading import DocumentReading

Reads = Callable[[bytes, str, bool], DocumentReading | None]
PDF = "application/pdf"
LENGTH = struct.Struct(">I")
NO_READER = 3
GIB = 1024**3
MEMORY = {"text": 1 * GIB, "pictures": 3 * GIB}
"""Bytes of address space by lane; models and libraries are mapped into it, and most of it is never touched."""
SECONDS = {"text": 10, "pictures": 20}
"""Of the processor, for one file."""
MOST_FILES = 64
_PARENT_DIES = 1


def limit(lane: str) -> None:
    """Live within limits, and not longer than the parent."""
    if sys.platform == "linux":  # elsewhere it ends with its input
        ctypes.CDLL(None).prctl(_PARENT_DIES, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY[lane], MEMORY[lane]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_FILES, MOST_FILES))


def allow(seconds: int) -> None:
    """Give the next file so many seconds of the processor from now on."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime) + 1
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (spent + seconds, most))


def main() -> int:
    """Serve until the input ends."""
    lane = sys.argv[1]
    limit(lane)
    source, target = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is no answer
    try:
        read = _reads(lane)
    except ImportError:
        return NO_READER
    while (asked := _request(source)) is not None:
        media_type, zone, data = asked
        allow(SECONDS[lane])
        try:
            reading = read(data, media_type, zone)
            answer = reading.model_dump_json() if reading is not None else "null"
        except MemoryError:
            answer = '{"outcome": "beyond_limits"}'
        except Exception:  # what a parser meets in a broken file surfaces as almost anything
            answer = '{"outcome": "damaged"}'
        _write(target, answer.encode())
    return 0


def _reads(lane: str) -> Reads:
    """What reads files in a lane; imported within the limits, and only what the lane needs."""
    if lane == "text":
        from documents.pdf_pages import read_text  # noqa: PLC0415

        return lambda data, media_type, _: read_text(data) if media_type == PDF else None
    from documents.recognising import Recognising  # noqa: PLC0415

    recognising = Recognising()
    return lambda data, media_type, zone: recognising.read(data, media_type, zone=zone)


def _request(source: BinaryIO) -> tuple[str, bool, bytes] | None:
    head = source.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    request = json.loads(source.read(LENGTH.unpack(head)[0]))
    return str(request["media_type"]), bool(request["zone"]), source.read(int(request["size"]))


def _write(target: BinaryIO, answer: bytes) -> None:
    target.write(LENGTH.pack(len(answer)) + answer)
    target.flush()


if __name__ == "__main__":
    sys.exit(main())
