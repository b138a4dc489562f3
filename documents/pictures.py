"""Photographs and scans as pictures that are read: in the colours that recognisers know. In a child only."""

from typing import Any

import cv2
import numpy as np

from documents.ocr import Picture
from documents.photographs import TooManyPixels as TooManyPixels
from documents.photographs import upright

LONGEST = 2000
"""Pixels of the longer side of a picture that is read; what has more is made smaller first."""


def picture_of(data: bytes, media_type: str) -> Picture:
    """A photograph as it stands upright by what its camera noted, no larger than is needed.

    Raises:
        TooManyPixels: it has too many pixels.
        OSError, ValueError: it is damaged.
    """
    return np.ascontiguousarray(np.asarray(upright(data, media_type, LONGEST))[:, :, ::-1])


def picture_of_page(drawn: Any) -> Picture:
    """A rendered page in the colours of a picture."""
    change = {1: cv2.COLOR_GRAY2BGR, 4: cv2.COLOR_BGRA2BGR}.get(drawn.shape[2] if drawn.ndim == 3 else 1)
    return np.asarray(drawn if change is None else cv2.cvtColor(drawn, change), np.uint8)
