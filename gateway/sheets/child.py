"""The reading process: limits for itself first, then one file from its input, one answer to its output."""

import json
import os
import resource
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from gateway.sheets.limits import Limits, RawTable, Unclear, Unreadable

Read = Callable[[bytes, Mapping[str, Any]], RawTable]


def serve(read: Read) -> None:
    """Answer with what one file holds, or why it is refused."""
    request = json.loads(sys.stdin.buffer.readline())
    confine(Limits(*request["limits"]))
    try:
        output = json.dumps(answer_to(read, request, sys.stdin.buffer.read())).encode()
    except MemoryError:
        output = b'{"refused": "sheet.too_heavy", "params": {}}'
    sys.stdout.buffer.write(output)


def confine(allowed: Limits) -> None:
    """Take no more than this of the machine, and after others; what asks for more fails or is ended by the system."""
    os.nice(5)
    limits = (
        (resource.RLIMIT_AS, allowed.memory),
        (resource.RLIMIT_CPU, allowed.processor_seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 32),
    )
    for kind, most in limits:
        with suppress(ValueError, OSError):  # a system without it, or with a lower one of its own
            resource.setrlimit(kind, (most, most))


def answer_to(read: Read, request: Mapping[str, Any], data: bytes) -> dict[str, Any]:
    """What a file holds, or why it is refused, as JSON can carry it."""
    try:
        return {"table": read(data, request)}
    except Unreadable as why:
        return {"refused": why.message, "params": why.params}
    except Unclear as which:
        return {"unclear": which.samples}
