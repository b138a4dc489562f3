"""One page of a file as a picture that a browser shows: in a process of its own, with little memory, time and files.

    python -m documents.drawing MEDIA_TYPE PAGE LONGEST

reads the file from its input and writes WebP to its output; pages count from 1. Exit code 3: what opens such files
is not installed; 4: there is no such page, or it cannot be drawn within limits. A PDF is drawn without its forms and
scripts, and a picture is drawn anew: nothing of the file itself reaches the browser.
"""

import os
import sys
from contextlib import closing
from typing import Any

from documents.child import MEMORY, NO_READER, PDF, SECONDS
from records.confinement import allow, confine

LANE = "text"
NOT_DRAWN = 4
QUALITY = 85


def draw(data: bytes, media_type: str, page: int, longest: int) -> Any:
    """A page as an image of Pillow.

    Raises:
        ImportError: what opens it is not installed.
        Exception: it is damaged, or has no such page.
    """
    if media_type == PDF:
        from documents.pdf_pages import PdfPages  # noqa: PLC0415 - only what this file needs, within the limits

        with closing(PdfPages(data)) as pages:
            if not 1 <= page <= len(pages):
                raise ValueError(page)
            return pages.image(page - 1, longest)
    from documents.photographs import upright  # noqa: PLC0415

    if page != 1:
        raise ValueError(page)
    return upright(data, media_type, longest)


def main() -> int:
    """Draw the page that is asked for."""
    media_type, page, longest = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    confine(MEMORY[LANE])
    allow(SECONDS[LANE])
    target = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is no picture
    try:
        draw(sys.stdin.buffer.read(), media_type, page, longest).save(target, "WEBP", quality=QUALITY)
        target.flush()
    except ImportError:
        return NO_READER
    except Exception:  # what a parser meets in a broken file surfaces as almost anything
        return NOT_DRAWN
    return 0


if __name__ == "__main__":
    sys.exit(main())
