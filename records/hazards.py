"""What is refused of an upload before it is kept: a file that is two things at once, and a PDF that acts by itself."""

import asyncio
import sys
import zipfile
from contextlib import suppress

from models.errors import BadInput
from records.confinement import environment
from records.file_types import PDF, is_picture
from records.files import IncomingFile
from records.pdf_found import FIRST_CODE, FOUND

READERS_LOOK = 2048
"""Bytes at the beginning in which readers of PDF look for its mark."""
TAIL = 64 * 1024
AFTER_THE_END = 32
"""Bytes that programs leave behind the end of a PDF, besides blanks."""
LONGEST = 20.0
"""Seconds that looking into a PDF may take, with the start of its process."""
AT_ONCE = 2
"""PDFs that are looked into at the same time, in each process of the service."""


class Gate:
    """Looks at files that came and are not kept yet."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def check(self, file: IncomingFile, media_type: str | None) -> None:
        """That a file may be kept and given to people.

        Raises:
            BadInput: it is empty, two things at once, or a PDF that acts or carries other files.
        """
        await asyncio.to_thread(_check_outside, file, media_type)
        if media_type == PDF:
            async with self._turns:
                fault = await _inside(file)
            if fault is not None:
                raise BadInput(fault, "file")


def _check_outside(file: IncomingFile, media_type: str | None) -> None:
    if not file.size:
        raise BadInput("upload.empty", "file")
    if media_type != PDF and b"%PDF-" in file.head[:READERS_LOOK]:
        raise BadInput("upload.before_pdf", "file")
    if media_type != PDF and not is_picture(media_type):
        return  # judged by its type, and given back as bytes of no type
    if zipfile.is_zipfile(file.opened) or (media_type == PDF and _goes_on(file)):
        raise BadInput("upload.after_end", "file")


def _goes_on(file: IncomingFile) -> bool:
    """Whether something stands behind the end of a PDF; one that is cut off has no end."""
    file.opened.seek(max(0, file.size - TAIL))
    _, end, behind = file.opened.read().rpartition(b"%%EOF")
    return bool(end) and len(behind.strip(b"\r\n\t \0")) > AFTER_THE_END


async def _inside(file: IncomingFile) -> str | None:
    """What a PDF does; what cannot be looked at within limits of time and memory is refused for that."""
    file.opened.seek(0)
    looking = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "records.pdf_inside",
        "/dev/stdin",
        stdin=file.opened,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env=environment(),
    )
    try:
        code = await asyncio.wait_for(looking.wait(), LONGEST)
    except TimeoutError:
        code = -1
    finally:
        with suppress(ProcessLookupError):
            looking.kill()
        await looking.wait()
    if code == 0:
        return None
    found = code - FIRST_CODE
    return FOUND[found] if 0 <= found < len(FOUND) else "upload.unfolds"
