"""Opens an untrusted file just far enough to know that a person will be able to read it. In a child only."""

import io
import logging

from PIL import Image, JpegImagePlugin, PngImagePlugin
from pypdf import PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError

from documents.opened import DAMAGED, EMPTY_PAGES, NO_PAGES, PROTECTED, UNFOLDS, Opened
from records.file_types import HEIC, PDF

MAX_PIXELS = 50_000_000
"""An A4 page at 600 dpi has 35 million."""
PROBED_PAGES = 5
"""Pages of a PDF whose content is unpacked."""
_IMAGES: dict[str, type[Image.Image]] = {
    "image/jpeg": JpegImagePlugin.JpegImageFile,
    "image/png": PngImagePlugin.PngImageFile,
}
# pypdf reports every oddity of a broken file; what is wrong is said by the finding, and not in the log.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def open_file(data: bytes, media_type: str | None, max_pages: int) -> Opened:
    """Look into a file of a type that was told by its first bytes. Never raises for what is in the file."""
    if media_type == PDF:
        return _open_pdf(data, max_pages)
    if media_type == HEIC:
        return _open_heic(data)
    if media_type in _IMAGES:
        return _open_image(data, media_type, _IMAGES[media_type])
    return Opened(media_type)


def _open_heic(data: bytes) -> Opened:
    try:
        import pi_heif  # noqa: PLC0415 - comes with what reads documents, and is seldom needed
    except ImportError:
        return Opened(HEIC, pages=1)  # nobody here can look into it; a person will
    pi_heif.options.DECODE_THREADS = 1
    return _open_image(data, HEIC, pi_heif.HeifImageFile)


def _open_image(data: bytes, media_type: str, opens: type[Image.Image]) -> Opened:
    try:
        # The format's own class: it opens nothing else, and leaves the judgement of the size to us.
        with opens(io.BytesIO(data)) as image:  # type: ignore[call-arg]
            size = image.size
            if size[0] * size[1] > MAX_PIXELS:
                return Opened(media_type, pages=1, pixels=size, fault=UNFOLDS)
            image.load()
    except MemoryError:
        return Opened(media_type, pages=1, fault=UNFOLDS)
    except Exception:  # what a parser meets in a broken file surfaces as almost anything
        return Opened(media_type, fault=DAMAGED)
    return Opened(media_type, pages=1, pixels=size)


def _open_pdf(data: bytes, max_pages: int) -> Opened:
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            return Opened(PDF, fault=PROTECTED)
        pages = len(reader.pages)
        if not pages:
            return Opened(PDF, fault=NO_PAGES)
        if pages <= max_pages and not _anything_on(reader):
            return Opened(PDF, pages=pages, fault=EMPTY_PAGES)
    except (DependencyError, FileNotDecryptedError):
        return Opened(PDF, fault=PROTECTED)
    except (LimitReachedError, MemoryError):
        return Opened(PDF, fault=UNFOLDS)
    except Exception:  # what a parser meets in a broken file surfaces as almost anything
        return Opened(PDF, fault=DAMAGED)
    return Opened(PDF, pages=pages)


def _anything_on(reader: PdfReader) -> bool:
    """Whether any of the first pages shows something; unpacks them, so that damage and bombs surface."""
    shown = False
    for page in reader.pages[:PROBED_PAGES]:
        contents = page.get_contents()
        # An empty content stream is a falsy dictionary, hence the comparison.
        shown = shown or (contents is not None and bool(contents.get_data().strip())) or "/Annots" in page
    return shown or len(reader.pages) > PROBED_PAGES
