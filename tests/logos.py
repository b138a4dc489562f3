"""A picture for tests: a disc on a clear ground, in the kinds of PNG there are."""

import zlib
from math import isqrt

SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def part(name: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")


def png(width: int, height: int, *, colour: int = 6, depth: int = 8, ink: bytes = b"\x1d\x4e\x89\xff") -> bytes:
    """A PNG file; a disc is on those of eight bits with colours and transparency, the others are of one colour."""
    row = -(-width * SAMPLES[colour] * depth // 8)
    if (colour, depth) == (6, 8):
        rows = [_row(y, width, height, ink) for y in range(height)]
    else:
        rows = [bytes(1 + row)] * height
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((depth, colour, 0, 0, 0))
    palette = part(b"PLTE", ink[:3]) if colour == 3 else b""
    pixels = zlib.compress(b"".join(rows))
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + palette + part(b"IDAT", pixels) + part(b"IEND", b"")


def _row(y: int, width: int, height: int, ink: bytes) -> bytes:
    across = isqrt(max(0, (min(width, height) // 2) ** 2 - (y - height // 2) ** 2))
    beside = bytes(4) * (width // 2 - across)
    return (b"\0" + beside + ink * 2 * across + beside + bytes(4))[: 1 + 4 * width]
