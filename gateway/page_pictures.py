"""Pages of documents as pictures that a browser shows, each drawn by a process of its own within limits."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import suppress

from records.confinement import environment

MEDIA_TYPE = "image/webp"
USUAL, LARGE = 1200, 2800
"""Pixels of the longer side of a page beside a form, and of one that is looked at closely."""
MOST_PAGES = 50
LONGEST = 30.0
"""Seconds that drawing a page may take, with the start of its process."""
AT_ONCE = 2
"""Pages that are drawn at the same time, in each process of the service."""
LARGEST = 64 * 1024 * 1024
"""Bytes of a file that is drawn at all."""


class PagePictures:
    """Draws pages for people."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def draw(self, data: bytes, media_type: str, page: int, *, large: bool = False) -> bytes | None:
        """A page, from 1 on, as WebP; `None` where there is none or it cannot be drawn. Never raises for a file."""
        if len(data) > LARGEST or not 1 <= page <= MOST_PAGES:
            return None
        async with self._turns:
            return await _drawn(data, media_type, page, LARGE if large else USUAL)


async def _drawn(data: bytes, media_type: str, page: int, longest: int) -> bytes | None:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "documents.drawing",
        media_type,
        str(page),
        str(longest),
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        env=environment(),
    )
    try:
        async with asyncio.timeout(LONGEST):
            picture, _ = await child.communicate(data)
    except TimeoutError:
        return None
    finally:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()
    return picture if child.returncode == 0 and picture else None
