"""Writes a picture as HEIC, as phones do, though much larger: every block holds its samples as they are.

No encoder of HEVC (H.265) with a licence that fits is packaged. The standard has blocks that need none (`pcm_flag`),
and with nothing but such blocks of one size all that is coded between them is one number of nine bits.
"""

import re
import struct
from collections.abc import Iterator
from itertools import chain

import numpy as np
import numpy.typing as npt
from PIL import Image

BLOCK = 32
"""Pixels of a block's side."""
_VPS, _SPS, _PPS, _IDR = 32, 33, 34, 19
_PROFILE = bytes([3]) + (0x70000000).to_bytes(4, "big") + bytes([0xB0, 0, 0, 0, 0, 0]) + bytes([186])
"""Main Still Picture, progressive, level 6.2; 12 bytes as they stand in several places."""
_LESS_PROBABLE = (
    240, 227, 216, 205, 195, 185, 175, 166, 158, 150, 142, 135, 128, 122, 116, 110, 104, 99, 94, 89, 85, 80, 76, 72, 69,
    65, 62, 59, 56, 53, 50, 48, 45, 43, 41, 39, 37, 35, 33, 31, 30, 28, 27, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15,
    14, 14, 13, 12, 12, 11, 11, 10, 9,
)  # fmt: skip
"""The last column of table 9-52 of H.265: ranges of the less probable symbol by how often the other was coded."""


def heic(picture: Image.Image, turned: int = 0) -> bytes:
    """A picture as HEIC; `turned` says by how many degrees anticlockwise it is shown, a multiple of 90.

    Colours have half the pixels, so an odd last row or column is left out.
    """
    width, height = (side - side % 2 for side in picture.size)
    picture = picture.crop((0, 0, width, height))
    video = _video(picture)
    sets = [_parameters(), _sequence(width, height), _picture_set()]
    arrays = b"".join(
        struct.pack(">BHH", 0x80 | kind, 1, len(unit)) + unit
        for kind, unit in zip((_VPS, _SPS, _PPS), sets, strict=True)
    )
    configuration = b"\x01" + _PROFILE + bytes([0xF0, 0, 0xFC, 0xFD, 0xF8, 0xF8, 0, 0, 0x0F, len(sets)]) + arrays
    properties = [
        _box(b"hvcC", configuration),
        _box(b"ispe", bytes(4) + struct.pack(">II", width, height)),
        _box(b"colr", b"nclx" + struct.pack(">HHHB", 1, 13, 6, 0x80)),
        _box(b"irot", bytes([turned // 90])),
    ]
    places = bytes([0x81, 2, 3, 0x80 | 4])
    kind = _box(b"ftyp", b"heic" + bytes(4) + b"mif1heic")
    begins = 0
    for _ in range(2):  # where the picture begins depends on how long what says so is
        meta = _box(
            b"meta",
            bytes(4),
            _box(b"hdlr", bytes(8), b"pict", bytes(13)),
            _box(b"pitm", bytes(4), struct.pack(">H", 1)),
            _box(b"iloc", bytes(4), struct.pack(">BBHHHHII", 0x44, 0, 1, 1, 0, 1, begins, len(video))),
            _box(b"iinf", bytes(4), struct.pack(">H", 1), _box(b"infe", b"\2\0\0\0\0\1\0\0hvc1\0")),
            _box(
                b"iprp",
                _box(b"ipco", *properties),
                _box(b"ipma", bytes(4), struct.pack(">IHB", 1, 1, len(places)), places),
            ),
        )
        begins = len(kind) + len(meta) + 8
    return kind + meta + _box(b"mdat", video)


def _box(name: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", len(body) + 8) + name + body


def _video(picture: Image.Image) -> bytes:
    """One slice that is the whole picture, with its length."""
    width, height = (side + -side % BLOCK for side in picture.size)
    samples = np.asarray(picture.convert("YCbCr"))
    samples = np.pad(samples, ((0, height - picture.height), (0, width - picture.width), (0, 0)), "edge")
    half = samples.reshape(height // 2, 2, width // 2, 2, 3).mean(axis=(1, 3)).round().astype(np.uint8)
    planes = (_blocks(samples[:, :, 0], BLOCK), _blocks(half[:, :, 1], BLOCK // 2), _blocks(half[:, :, 2], BLOCK // 2))
    slice_ = bytearray(_bits("1", "0", _ue(0), _ue(2), _se(0)))
    for number, block in enumerate(zip(*planes, strict=True)):
        range_ = 510 if number == 0 else 508  # less two where it was said that the slice goes on
        slice_ += _nine_bits(range_ - _LESS_PROBABLE[min(number, 62)] - 2)
        slice_ += b"".join(block)
    unit = _unit(_IDR, bytes(slice_ + _nine_bits(508)))
    return struct.pack(">I", len(unit)) + unit


def _blocks(plane: npt.NDArray[np.uint8], side: int) -> Iterator[bytes]:
    rows, columns = (length // side for length in plane.shape)
    parts = plane.reshape(rows, side, columns, side).transpose(0, 2, 1, 3)
    return (parts[row, column].tobytes() for row in range(rows) for column in range(columns))


def _nine_bits(low: int) -> bytes:
    """What the arithmetic coder leaves of a run that ends with its `low`, filled up to whole bytes."""
    return ((low | 1) << 7).to_bytes(2, "big")


def _parameters() -> bytes:
    profile = _raw(_PROFILE)
    return _unit(
        _VPS, _bits(_u(0, 4), "11", _u(0, 6), _u(0, 3), "1", _u(0xFFFF, 16), profile, "1", *[_ue(0)] * 3, _u(0, 6),
        _ue(0), "00"),
    )  # fmt: skip


def _sequence(width: int, height: int) -> bytes:
    right, below = -width % BLOCK, -height % BLOCK
    window = [_ue(0), _ue(right // 2), _ue(0), _ue(below // 2)]
    blocks = [_ue(2), _ue(0), _ue(0), _ue(3), _ue(0), _ue(0)]
    samples = ["000", "1", _u(7, 4), _u(7, 4), _ue(2), _ue(0), "1"]
    return _unit(
        _SPS,
        _bits(
            _u(0, 4), _u(0, 3), "1", _raw(_PROFILE), _ue(0), _ue(1), _ue(width + right), _ue(height + below), "1",
            *window, _ue(0), _ue(0), _ue(0), "1", *[_ue(0)] * 3, *blocks, *samples, _ue(0), "00000",
        ),
    )  # fmt: skip


def _picture_set() -> bytes:
    flags = ["0", "0", "000", "0", "0", _ue(0), _ue(0), _se(0), "0", "0", "0", _se(0), _se(0), *"000", "0", "0", "0"]
    return _unit(_PPS, _bits(_ue(0), _ue(0), *flags, "0", "1", "0", "1", "0", "0", _ue(0), "00"))


def _unit(kind: int, body: bytes) -> bytes:
    """A unit of the stream, in which what would look like the beginning of another one is set apart."""
    return bytes([kind << 1, 1]) + re.sub(rb"\0\0(?=[\0-\3])", b"\0\0\3", body)


def _bits(*fields: str) -> bytes:
    """Fields one after another, closed by a one and filled up with zeros."""
    text = "".join(chain(fields, "1"))
    text += "0" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big")


def _u(value: int, bits: int) -> str:
    return f"{value:0{bits}b}"


def _ue(value: int) -> str:
    written = f"{value + 1:b}"
    return "0" * (len(written) - 1) + written


def _se(value: int) -> str:
    return _ue(2 * value - 1 if value > 0 else -2 * value)


def _raw(data: bytes) -> str:
    return "".join(f"{byte:08b}" for byte in data)
