"""Files that people hand in: read within the limit of the place, to disk, and passed on in pieces."""

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from models.catalogue.policy import Policy
from models.errors import BadInput

PIECE = 256 * 1024
AROUND = 64 * 1024
"""Bytes of a form around its file."""
HEARD_OUT = 16 * 1024 * 1024
"""Bytes beyond the limit that are still read, and dropped: a browser that is cut off shows no refusal."""
LONGEST_FIELD = 16 * 1024


def most_bytes(policy: Policy) -> int:
    """The largest file that any kind of document may have."""
    return max((document.max_bytes for document in policy.documents), default=0)


async def upload_form(request: Request, most: int) -> FormData:
    """A form with one file of at most `most` bytes, which waits on disk; close the form when it was used.

    Raises:
        BadInput: it is too large, or no form.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and len(declared) < 19 and int(declared) > most + AROUND + HEARD_OUT:
        raise BadInput("upload.too_large", "file", most=most / 2**20)
    parser = MultiPartParser(
        request.headers, _within(request, most), max_files=1, max_fields=20, max_part_size=LONGEST_FIELD
    )
    try:
        return await parser.parse()
    except (MultiPartException, KeyError):
        raise BadInput("form.not_a_form", "form") from None


async def _within(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    """What comes of a request, up to the limit; what comes beyond it is dropped, and then refused."""
    taken = 0
    async for piece in request.stream():
        taken += len(piece)
        if taken <= most + AROUND:
            yield piece
        elif taken > most + AROUND + HEARD_OUT:
            break
    if taken > most + AROUND:
        raise BadInput("upload.too_large", "file", most=most / 2**20)


async def pieces(file: UploadFile) -> AsyncIterator[bytes]:
    """The bytes of a file, from the disk where it waits."""
    while piece := await file.read(PIECE):
        yield piece


async def digest(file: UploadFile) -> str:
    """What tells a file from others: the SHA-256 of its bytes."""
    found = hashlib.sha256()
    async for piece in pieces(file):
        found.update(piece)
    await file.seek(0)
    return found.hexdigest()
