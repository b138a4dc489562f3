"""The logo of a university: a small PNG file in the folder of the catalogue, looked at when the catalogue is loaded."""

import zlib
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

from models.catalogue.faults import Wrong, wrong
from models.wire import Wire

MOST_BYTES = 64 * 1024
LEAST_SIDE, MOST_SIDE = 16, 1024
"""Pixels."""
MOST_TIMES = 4
"""How many times one side may be the other."""
KEY = "looks.logo"
SIGNATURE = b"\x89PNG\r\n\x1a\n"
_DEPTHS = {0: (1, (1, 2, 4, 8, 16)), 2: (3, (8, 16)), 3: (1, (1, 2, 4, 8)), 4: (2, (8, 16)), 6: (4, (8, 16))}
"""By colour type of PNG: samples of a pixel, and the bits that each may have."""
PALETTE = 3
_NECESSARY = (b"IHDR", b"PLTE", b"IDAT", b"IEND")
"""The parts without which no program may draw a picture."""


class Logo(Wire):
    """A picture that can be drawn: one PNG without what else was written into the file."""

    png: bytes
    width: int
    height: int


def read_logo(folder: Traversable, named: str) -> Logo | Wrong:
    """The picture that an institution's file names, or what is wrong with it.

    `named` is relative to the folder of that file; a link may lead elsewhere within the folder, and nowhere else.
    """
    try:
        place = _within(folder, named)
        if place is None:
            return wrong(KEY, "catalogue.logo_path")
        with place.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        return wrong(KEY, "catalogue.unreadable", reason=error.strerror or type(error).__name__)
    if len(content) > MOST_BYTES:
        return wrong(KEY, "catalogue.logo_large", most=MOST_BYTES // 1024)
    return _drawn(_parts(content))


def _within(folder: Traversable, named: str) -> Traversable | None:
    path = PurePosixPath(named)
    if not path.parts or path.is_absolute() or ".." in path.parts or "\\" in named:
        return None
    place = folder.joinpath(*path.parts)
    if not place.is_file():
        return None
    if isinstance(folder, Path) and isinstance(place, Path) and not place.resolve().is_relative_to(folder.resolve()):
        return None
    return place


def _drawn(parts: dict[bytes, bytes]) -> Logo | Wrong:
    """The picture, written anew from the parts that it is drawn from."""
    damaged = wrong(KEY, "catalogue.logo_damaged")
    header, unknown = parts.get(b"IHDR", b""), [n for n in parts if n[:1].isupper() and n not in _NECESSARY]
    if len(header) != 13 or unknown:
        return damaged
    width, height = int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")
    short, long = sorted((width, height))
    if short < LEAST_SIDE or long > MOST_SIDE or long > MOST_TIMES * short:
        sides = {"width": width, "height": height, "least": LEAST_SIDE, "most": MOST_SIDE, "times": MOST_TIMES}
        return wrong(KEY, "catalogue.logo_sides", **sides)
    depth, colour, *ways = header[8:]
    samples, depths = _DEPTHS.get(colour, (0, ()))
    row = 1 + -(-width * samples * depth // 8)
    if depth not in depths or any(ways) or not _has_colours(colour, depth, parts):
        return damaged
    if not _full(parts.get(b"IDAT", b""), row, height):
        return damaged
    shown = (b"IHDR", *([b"PLTE"] if colour == PALETTE else []), b"tRNS", b"IDAT", b"IEND")
    content = b"".join(_part(name, parts[name]) for name in shown if name in parts)
    return Logo(png=SIGNATURE + content, width=width, height=height)


def _has_colours(colour: int, depth: int, parts: dict[bytes, bytes]) -> bool:
    """Whether a palette stands where one is needed, and what is seen through is one of its colours."""
    palette, through = parts.get(b"PLTE", b""), parts.get(b"tRNS")
    if colour == PALETTE:
        entries, rest = divmod(len(palette), 3)
        return 0 < entries <= 2**depth and not rest and len(through or b"") <= entries
    return through is None or len(through) == {0: 2, 2: 6}.get(colour)


def _parts(content: bytes) -> dict[bytes, bytes]:
    """The parts of a PNG file, those of one name as one; none of a file that is cut off or whose sums do not agree."""
    found: dict[bytes, bytes] = {}
    at = len(SIGNATURE)
    while content.startswith(SIGNATURE) and len(content) >= at + 12:
        end = at + 12 + int.from_bytes(content[at : at + 4], "big")
        name, data = content[at + 4 : at + 8], content[at + 8 : end - 4]
        if content[at:end] != _part(name, data):
            break
        found[name] = found.get(name, b"") + data
        if name == b"IEND":
            return found
        at = end
    return {}


def _part(name: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")


def _full(packed: bytes, row: int, rows: int) -> bool:
    """Whether so many rows are packed, and no more; it unpacks no further than that."""
    unpacking = zlib.decompressobj()
    try:
        pixels = unpacking.decompress(packed, row * rows + 1)
    except zlib.error:
        return False
    whole = unpacking.eof and not unpacking.unused_data and len(pixels) == row * rows
    return whole and max(pixels[::row]) <= 4
