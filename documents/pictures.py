"""Photographs and scans as pictures that are read: upright, on white, no larger than needed. In a child only."""

import io
from typing import Any

import cv2
import numpy as np
import pi_heif
from PIL import Image, ImageOps

from documents.ocr import Picture

LONGEST = 2000
"""Pixels of the longer side of a picture that is read; what has more is made smaller first."""
MOST_PIXELS = 80_000_000
"""Of a picture as it is sent: a phone of 2026 makes 50 million."""
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/heic": "HEIF", "image/heif": "HEIF"}

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
pi_heif.register_heif_opener()


class TooManyPixels(Exception):
    """The picture has more pixels than anybody needs."""


def picture_of(data: bytes, media_type: str) -> Picture:
    """A photograph as it stands upright by what its camera noted, no larger than is needed.

    Raises:
        TooManyPixels: it has too many pixels.
        OSError, ValueError: it is damaged.
    """
    with Image.open(io.BytesIO(data), formats=[_FORMATS[media_type]]) as image:
        if image.width * image.height > MOST_PIXELS:
            raise TooManyPixels
        image.draft("RGB", (LONGEST, LONGEST))  # a JPEG is unpacked no larger than needed
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
        return np.ascontiguousarray(np.asarray(_on_paper(upright))[:, :, ::-1])


def _on_paper(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        over = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", over.size, "white"), over).convert("RGB")
    return image.convert("RGB")


def picture_of_page(drawn: Any) -> Picture:
    """A rendered page in the colours of a picture."""
    change = {1: cv2.COLOR_GRAY2BGR, 4: cv2.COLOR_BGRA2BGR}.get(drawn.shape[2] if drawn.ndim == 3 else 1)
    return np.asarray(drawn if change is None else cv2.cvtColor(drawn, change), np.uint8)
