"""The content-addressed store on a real folder."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from models.errors import BadInput, Broken, Unavailable
from records.files import FileStore


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def kept(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "files").rglob("*") if path.is_file()]


async def in_parts(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def test_what_is_put_is_read_under_its_hash(store: FileStore) -> None:
    stored = await store.put(b"a passport")
    assert stored.hash == hashlib.sha256(b"a passport").hexdigest()
    assert stored.size == 10
    assert await store.read(stored.hash) == b"a passport"


async def test_the_same_bytes_are_stored_once_however_they_come(store: FileStore, tmp_path: Path) -> None:
    whole = await store.put(b"a passport")
    streamed = await store.put(in_parts(b"a pass", b"port"))
    assert streamed == whole
    assert [path.name for path in kept(tmp_path)] == [whole.hash]


async def test_too_much_is_refused_and_leaves_nothing(store: FileStore, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"upload.too_large field=file most="):
        await store.put(in_parts(b"12345678", b"9"), max_bytes=8)
    with pytest.raises(BadInput):
        await store.put(b"123456789", max_bytes=8)
    assert kept(tmp_path) == []


async def test_a_stream_that_breaks_leaves_nothing(store: FileStore, tmp_path: Path) -> None:
    async def breaking() -> AsyncIterator[bytes]:
        yield b"half"
        raise RuntimeError("the line is dead")

    with pytest.raises(RuntimeError, match="the line is dead"):
        await store.put(breaking())
    assert kept(tmp_path) == []


async def test_damaged_bytes_are_never_handed_out_and_heal_when_put_again(store: FileStore, tmp_path: Path) -> None:
    stored = await store.put(b"a passport")
    [path] = kept(tmp_path)
    path.write_bytes(b"A passport")
    with pytest.raises(Broken, match=r"file.damaged"):
        await store.read(stored.hash)
    await store.put(b"a passport")
    assert await store.read(stored.hash) == b"a passport"


async def test_a_missing_file_is_broken_and_a_missing_folder_is_unavailable(store: FileStore) -> None:
    absent = hashlib.sha256(b"never stored").hexdigest()
    with pytest.raises(Unavailable):
        await store.read(absent)
    await store.put(b"something else")
    with pytest.raises(Broken, match=r"file.lost"):
        await store.read(absent)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "ABC", "0" * 63])
async def test_only_hashes_are_read(store: FileStore, name: str) -> None:
    with pytest.raises(Broken, match=r"file.not_a_hash"):
        await store.read(name)


async def test_a_store_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("not a folder")
    with pytest.raises(Unavailable):
        await FileStore(tmp_path / "files").put(b"a passport")
