"""Pages are drawn anew, upright and no larger than asked; what cannot be drawn costs its picture alone."""

import io
import zlib

import pytest
from PIL import Image, ImageChops, ImageStat

from bench.heic import heic
from examples.papers import letter, portrait
from gateway.page_pictures import USUAL, PagePictures

RIGHT_OF_UPRIGHT = 6
"""How a camera notes that a photograph has to be turned."""
ORIENTATION, MAKER = 0x0112, 0x010F


def huge() -> bytes:
    """A picture of ten thousand million pixels in a few bytes."""
    header = b"\0\x01\x86\xa0\0\x01\x86\xa0\x08\0\0\0\0"
    chunk = len(header).to_bytes(4) + b"IHDR" + header + zlib.crc32(b"IHDR" + header).to_bytes(4)
    return b"\x89PNG\r\n\x1a\n" + chunk + b"\0\0\0\0IDAT" + zlib.crc32(b"IDAT").to_bytes(4)


@pytest.mark.parametrize(
    ("data", "media_type", "page"),
    [
        (b"%PDF-1.7 broken", "application/pdf", 1),
        (huge(), "image/png", 1),
        (b"a,b", "text/csv", 1),
        (letter("Proof", pages=2), "application/pdf", 3),
        (heic(Image.new("RGB", (64, 64)))[:900], "image/heic", 1),
    ],
)
async def test_what_cannot_be_drawn_is_none(data: bytes, media_type: str, page: int) -> None:
    assert await PagePictures().draw(data, media_type, page) is None


async def test_a_photograph_stands_upright_and_nothing_of_its_camera_goes_along() -> None:
    taken, noted = io.BytesIO(), Image.Exif()
    noted[ORIENTATION], noted[MAKER] = RIGHT_OF_UPRIGHT, "heron"
    Image.new("RGB", (3000, 2000), "white").save(taken, "JPEG", exif=noted)
    drawn = await PagePictures().draw(taken.getvalue(), "image/jpeg", 1)
    assert drawn is not None
    with Image.open(io.BytesIO(drawn)) as image:
        assert (image.format, image.size) == ("WEBP", (USUAL * 2 // 3, USUAL))
        assert not image.getexif()
    assert b"heron" not in drawn


async def test_what_a_phone_keeps_as_heic_is_shown_as_it_was_held() -> None:
    with Image.open(io.BytesIO(portrait())) as taken:
        drawn = await PagePictures().draw(heic(taken.convert("RGB"), turned=90), "image/heic", 1)
        assert drawn is not None
        with Image.open(io.BytesIO(drawn)) as image:
            assert (image.format, image.size) == ("WEBP", (640, 480))
            apart = ImageChops.difference(image.convert("L"), taken.convert("L").transpose(Image.Transpose.ROTATE_90))
    assert ImageStat.Stat(apart).mean[0] < 3, "of 255 shades"
