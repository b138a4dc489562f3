"""How a process lives that opens foreign files: within limits, with no secret around it, and no longer than its parent.

Standard library only: it is the first that such a process imports.
"""

import ctypes
import os
import resource
import signal
import sys

MOST_FILES = 64
_PARENT_DIES = 1
_KEPT = ("PATH", "PYTHONPATH", "LANG", "LD_LIBRARY_PATH", "HOME", "TMPDIR")


def environment() -> dict[str, str]:
    """What such a process is told of its surroundings; no setting of the service is needed there."""
    return {name: os.environ[name] for name in _KEPT if name in os.environ}


def confine(memory: int) -> None:
    """Live within so many bytes of address space, write no file, open few, and end when the parent does."""
    if sys.platform == "linux":  # elsewhere it ends with its input
        ctypes.CDLL(None).prctl(_PARENT_DIES, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_FILES, MOST_FILES))


def allow(seconds: int) -> None:
    """Take at most so many seconds of the processor from now on."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime) + 1
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (spent + seconds, most))
