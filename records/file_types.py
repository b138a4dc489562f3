"""What a file is by its first bytes. Nothing in it is opened here: see `documents.opening`."""

import puremagic

PDF = "application/pdf"
HEIC = "image/heic"
_IMAGES = frozenset({"image/jpeg", "image/png", HEIC})
_HEIC = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
"""Brands of photographs of phones."""


def is_picture(media_type: str | None) -> bool:
    """Whether it is a type of pictures that people hand in."""
    return media_type in _IMAGES


def sniff(data: bytes) -> str | None:
    """The media type by the first bytes; `None` where nothing is recognised."""
    if data.startswith(b"%PDF-"):
        return PDF
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC:
        return HEIC
    if data.startswith(b"MZ"):
        return "application/vnd.microsoft.portable-executable"
    try:
        found = puremagic.magic_string(data)
    except (puremagic.PureError, ValueError):
        return None
    # The types above have been ruled out by their own headers; a guess must not bring them back.
    guesses = (match.mime_type for match in found if match.mime_type and match.mime_type not in _KNOWN)
    return next(guesses, None)


_KNOWN = frozenset({PDF, *_IMAGES})
