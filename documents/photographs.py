"""Photographs and scans as people see them: upright, on white, no larger than needed. In a child only."""

import io
from contextlib import suppress

from PIL import Image, ImageOps

MOST_PIXELS = 80_000_000
"""Of a picture as it is sent: a phone of 2026 makes 50 million."""
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/heic": "HEIF", "image/heif": "HEIF"}

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
with suppress(ImportError):  # comes with what reads documents
    import pi_heif

    pi_heif.options.DECODE_THREADS = 1
    pi_heif.register_heif_opener()


class TooManyPixels(Exception):
    """The picture has more pixels than anybody needs."""


def upright(data: bytes, media_type: str, longest: int) -> Image.Image:
    """A photograph as it stands by what its camera noted; its longer side in pixels at most.

    Raises:
        TooManyPixels: it has too many pixels.
        OSError, ValueError: it is damaged.
        KeyError: it is no picture of a kind that is known.
    """
    with Image.open(io.BytesIO(data), formats=[_FORMATS[media_type]]) as image:
        if image.width * image.height > MOST_PIXELS:
            raise TooManyPixels
        image.draft("RGB", (longest, longest))  # a JPEG is unpacked no larger than needed
        turned = ImageOps.exif_transpose(image)
        turned.thumbnail((longest, longest), Image.Resampling.LANCZOS)
        return _on_paper(turned)


def _on_paper(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        over = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", over.size, "white"), over).convert("RGB")
    return image.convert("RGB")
