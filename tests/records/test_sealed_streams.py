"""Files are sealed and opened as streams, and one that was cut, changed, swapped or moved is refused."""

import contextlib
import io
import os
import tracemalloc
from collections.abc import Iterator

import pytest

from models.errors import Broken
from records.data_key import CHUNK, HEADER, TAG_BYTES, DataKey

KEY = os.urandom(32)
ANN = DataKey(KEY, "ann", "identity")
BLOCK = CHUNK + TAG_BYTES


def sealed(data: bytes, context: str = "passport-1", key: DataKey = ANN) -> bytes:
    return b"".join(key.seal_stream([data], context))


def opened(data: bytes, context: str = "passport-1", key: DataKey = ANN) -> bytes:
    return b"".join(key.open_stream(io.BytesIO(data), context))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 5])
def test_every_length_comes_back(size: int) -> None:
    data = os.urandom(size)
    in_pieces = b"".join(ANN.seal_stream((data[at : at + 1000] for at in range(0, size, 1000)), "passport-1"))
    assert opened(sealed(data)) == opened(in_pieces) == data
    chunks = max(1, -(-size // CHUNK))
    assert len(in_pieces) == HEADER + size + chunks * TAG_BYTES


def test_the_same_file_is_another_each_time() -> None:
    assert sealed(b"a passport") != sealed(b"a passport")
    assert b"a passport" not in sealed(b"a passport")


def test_a_file_that_was_tampered_with_is_refused() -> None:
    data = sealed(os.urandom(3 * CHUNK))
    head, blocks = data[:HEADER], [data[at : at + BLOCK] for at in range(HEADER, len(data), BLOCK)]
    one, two, three = blocks
    other = sealed(os.urandom(3 * CHUNK))
    opens = []
    for name, wrong in {
        "nothing": b"",
        "a clear file": b"%PDF-1.7 " * 20,
        "the head alone": head,
        "cut inside a chunk": data[:-1],
        "cut between chunks": head + one + two,
        "a chunk left out": head + one + three,
        "chunks swapped": head + two + one + three,
        "a chunk twice": head + one + two + two + three,
        "something behind": data + b"x",
        "another chunk behind": data + three,
        "a bit changed": data[:-100] + bytes([data[-100] ^ 1]) + data[-99:],
        "the salt changed": data[: HEADER - 1] + bytes([data[HEADER - 1] ^ 1]) + data[HEADER:],
        "a chunk of another file": head + one + other[HEADER + BLOCK : HEADER + 2 * BLOCK] + three,
    }.items():
        with contextlib.suppress(Broken):
            opened(wrong)
            opens.append(name)
    assert opens == []


def test_a_file_moved_to_somebody_or_something_else_is_refused() -> None:
    data = sealed(b"a passport")
    for context, key in (
        ("passport-2", ANN),
        ("passport-1", DataKey(os.urandom(32), "ann", "identity")),
        ("passport-1", DataKey(KEY, "bo", "identity")),
        ("passport-1", DataKey(KEY, "ann", "health")),
    ):
        with pytest.raises(Broken, match=r"vault.unreadable"):
            opened(data, context, key)


def test_a_large_file_is_never_whole_in_memory(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("sealed") / "file"
    megabytes = 32

    def data() -> Iterator[bytes]:
        for _ in range(megabytes):
            yield bytes(2**20)

    tracemalloc.start()
    try:
        with file.open("wb") as writing:
            for piece in ANN.seal_stream(data(), "passport-1"):
                writing.write(piece)
        with file.open("rb") as reading:
            assert sum(len(piece) for piece in ANN.open_stream(reading, "passport-1")) == megabytes * 2**20
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 6 * 2**20
