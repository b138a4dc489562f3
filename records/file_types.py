"""Opens an untrusted file just far enough to know what it is and that a person will be able to read it."""

import io
import logging
from dataclasses import dataclass

import puremagic
from PIL import Image, JpegImagePlugin, PngImagePlugin
from pypdf import PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError

MAX_PIXELS = 50_000_000
"""An A4 page at 600 dpi has 35 million."""
PROBED_PAGES = 5
"""Pages of a PDF whose content is unpacked."""

PDF = "application/pdf"
_IMAGES: dict[str, type[Image.Image]] = {
    "image/jpeg": JpegImagePlugin.JpegImageFile,
    "image/png": PngImagePlugin.PngImageFile,
}
_HEIC = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
"""Brands of photographs of phones."""
_DAMAGED = "finding.damaged"
_PROTECTED = "finding.protected"
_TOO_LARGE = "finding.unfolds"

# pypdf reports every oddity of a broken file; what is wrong is said by the finding, and not in the log.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Opened:
    """What a file's content shows. `fault` is the message id of why a person could not read it."""

    media_type: str | None
    pages: int | None = None
    pixels: tuple[int, int] | None = None
    fault: str | None = None


def is_picture(media_type: str | None) -> bool:
    """Whether it is a type of pictures that people hand in."""
    return media_type in _IMAGES


def open_file(data: bytes, *, parse: bool, max_pages: int) -> Opened:
    """Look at a file: its type always, its inside only where `parse`. Never raises for what is in the file."""
    media_type = sniff(data)
    if not data or not parse:
        return Opened(media_type=media_type)
    if media_type == PDF:
        return _open_pdf(data, max_pages)
    if media_type in _IMAGES:
        return _open_image(data, media_type)
    return Opened(media_type=media_type)


def sniff(data: bytes) -> str | None:
    """The media type by the first bytes; `None` where nothing is recognised."""
    if data.startswith(b"%PDF-"):
        return PDF
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC:
        return "image/heic"
    if data.startswith(b"MZ"):
        return "application/vnd.microsoft.portable-executable"
    try:
        found = puremagic.magic_string(data)
    except (puremagic.PureError, ValueError):
        return None
    # The three types above have been ruled out by their own headers; a guess must not bring them back.
    guesses = (match.mime_type for match in found if match.mime_type and match.mime_type not in _KNOWN)
    return next(guesses, None)


_KNOWN = frozenset({PDF, *_IMAGES})


def _open_image(data: bytes, media_type: str) -> Opened:
    try:
        # The format's own class: it opens nothing else, and leaves the judgement of the size to us.
        with _IMAGES[media_type](io.BytesIO(data)) as image:  # type: ignore[call-arg]
            size = image.size
            if size[0] * size[1] > MAX_PIXELS:
                return Opened(media_type, pages=1, pixels=size, fault=_TOO_LARGE)
            image.load()
    except Exception:  # what a parser meets in a broken file surfaces as almost anything
        return Opened(media_type, fault=_DAMAGED)
    return Opened(media_type, pages=1, pixels=size)


def _open_pdf(data: bytes, max_pages: int) -> Opened:
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            return Opened(PDF, fault=_PROTECTED)
        pages = len(reader.pages)
        if not pages:
            return Opened(PDF, fault="finding.no_pages")
        if pages <= max_pages and not _anything_on(reader):
            return Opened(PDF, pages=pages, fault="finding.empty_pages")
    except (DependencyError, FileNotDecryptedError):
        return Opened(PDF, fault=_PROTECTED)
    except (LimitReachedError, MemoryError):
        return Opened(PDF, fault=_TOO_LARGE)
    except Exception:  # what a parser meets in a broken file surfaces as almost anything
        return Opened(PDF, fault=_DAMAGED)
    return Opened(PDF, pages=pages)


def _anything_on(reader: PdfReader) -> bool:
    """Whether any of the first pages shows something; unpacks them, so that damage and bombs surface."""
    shown = False
    for page in reader.pages[:PROBED_PAGES]:
        contents = page.get_contents()
        # An empty content stream is a falsy dictionary, hence the comparison.
        shown = shown or (contents is not None and bool(contents.get_data().strip())) or "/Annots" in page
    return shown or len(reader.pages) > PROBED_PAGES
