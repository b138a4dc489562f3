"""The folder of files, and what is sealed in it: nothing in clear is on disk, and nothing opens in another's place."""

import tracemalloc
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import update

from examples import papers
from models.catalogue.loading import load_programme
from models.errors import BadInput, Broken, NotOpen, Unavailable
from models.tables import DocumentRow, FileRow
from records.files import FileStore
from records.holders import elsewhere
from records.keyring import Keyring
from records.sealed_files import FileOwner, SealedFiles, StoredFile
from records.sealing_files import ClearFiles
from records.store.engine import transaction
from records.vault import DataVault
from tests.activities.students import NOW, Office
from tests.databases import Database
from tests.sealed import kept_in_clear, sealed_files

ANN = FileOwner(person_id="ann", purpose="identity", bound_to="EX-1.passport.1")
PASSPORT = b"a passport of Ann Example, number E12345678" * 5000


@pytest.fixture
def files(sqlite_database: Database, tmp_path: Path) -> SealedFiles:
    return sealed_files(sqlite_database.sessions, tmp_path / "files")


@pytest.fixture
async def office(sqlite_database: Database, tmp_path: Path) -> Office:
    office = Office(sqlite_database, tmp_path / "files", load_programme())
    await office.seed()
    return office


def on_disk(tmp_path: Path) -> dict[str, Path]:
    return {path.name: path for path in (tmp_path / "files").rglob("*") if path.is_file()}


async def keep(files: SealedFiles, data: bytes, owner: FileOwner = ANN) -> StoredFile:
    stored = await files.put(data, owner, NOW)
    async with transaction(files._sessions) as session:
        await files.note(session, stored, "application/pdf", NOW)
    return stored


async def in_parts(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def test_nothing_that_is_kept_is_on_disk_in_clear(files: SealedFiles, tmp_path: Path) -> None:
    stored = await keep(files, PASSPORT)
    assert await files.read(stored.hash, ANN.bound_to) == PASSPORT
    assert b"".join([piece async for piece in files.stream(stored.hash)]) == PASSPORT
    [path] = on_disk(tmp_path).values()
    assert path.name == stored.hash != sha256(PASSPORT).hexdigest()
    assert b"Ann Example" not in path.read_bytes()
    async with files.incoming(in_parts(PASSPORT[:9], PASSPORT[9:])) as file:
        assert (file.hash, file.size) == (sha256(PASSPORT).hexdigest(), len(PASSPORT))
        assert list(on_disk(tmp_path)) == [stored.hash], "what is on its way has no name that a crash could leave"


async def test_a_file_of_ones_own_is_named_so_that_nobody_else_can_ask_for_it(files: SealedFiles) -> None:
    first, again = await keep(files, PASSPORT), await keep(files, PASSPORT)
    others = [
        await keep(files, PASSPORT, ANN.model_copy(update=one))
        for one in ({"person_id": "bo"}, {"purpose": "health"}, {"bound_to": "EX-1.visa.1"})
    ]
    assert first.hash == again.hash
    assert len({first.hash, *(one.hash for one in others)}) == 4
    assert {one.fingerprint for one in others} == {first.fingerprint} != {sha256(PASSPORT).hexdigest()}


@pytest.mark.parametrize("fault", ["cut", "changed", "of another", "of another document", "nothing"])
async def test_a_file_that_was_touched_is_refused(files: SealedFiles, tmp_path: Path, fault: str) -> None:
    stored = await keep(files, PASSPORT)
    another = await keep(files, PASSPORT, ANN.model_copy(update={"person_id": "bo"}))
    document = await keep(files, PASSPORT, ANN.model_copy(update={"bound_to": "EX-1.visa.1"}))
    path, whole = on_disk(tmp_path)[stored.hash], on_disk(tmp_path)[stored.hash].read_bytes()
    put_there = {
        "cut": whole[: 40 + 2 * (64 * 1024 + 16)],
        "changed": whole[:70000] + bytes([whole[70000] ^ 1]) + whole[70001:],
        "of another": on_disk(tmp_path)[another.hash].read_bytes(),
        "of another document": on_disk(tmp_path)[document.hash].read_bytes(),
        "nothing": b"",
    }
    path.write_bytes(put_there[fault])
    for look in (files.read(stored.hash), files.verify(stored.hash)):
        with pytest.raises(Broken, match=r"file.damaged"):
            await look
    await keep(files, PASSPORT)
    assert await files.read(stored.hash) == PASSPORT, "the good bytes at hand heal it"


async def test_a_row_that_points_to_the_file_of_another_opens_nothing(files: SealedFiles) -> None:
    stored = await keep(files, PASSPORT)
    with pytest.raises(Broken, match=r"vault.unreadable"):
        await files.read(stored.hash, "EX-1.visa.1")
    await keep(files, b"of Bo", ANN.model_copy(update={"person_id": "bo"}))
    async with transaction(files._sessions) as session:
        await session.execute(update(FileRow).where(FileRow.hash == stored.hash).values(person_id="bo"))
    with pytest.raises(Broken, match=r"file.damaged"):
        await files.read(stored.hash, ANN.bound_to)


async def test_what_is_erased_opens_for_nobody_and_takes_nothing(files: SealedFiles) -> None:
    stored = await keep(files, PASSPORT)
    async with transaction(files._sessions) as session:
        await files.vault.erase(session, "ann", "identity", NOW)
    for act in (files.read(stored.hash), files.put(PASSPORT, ANN, NOW)):
        with pytest.raises(NotOpen, match=r"vault.erased"):
            await act


async def test_without_a_key_nothing_is_kept(sqlite_database: Database, tmp_path: Path) -> None:
    files = SealedFiles(sqlite_database.sessions, FileStore(tmp_path / "files"), DataVault(Keyring(None, {})))
    with pytest.raises(Broken, match=r"vault.no_key"):
        await files.put(PASSPORT, ANN, NOW)
    assert on_disk(tmp_path) == {}


async def test_a_large_file_is_never_whole_in_memory(files: SealedFiles) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(128):
            yield bytes(128 * 1024)

    tracemalloc.start()
    async with (
        files.incoming(parts()) as file,
        files.sealed(file, ANN, NOW) as sealed,
        transaction(files._sessions) as session,
    ):
        await files.keep(session, sealed, "application/pdf", NOW)
    await files.verify(sealed.stored.hash)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (sealed.stored.size, most < 4 * 2**20) == (16 * 2**20, True)


async def test_too_much_and_a_stream_that_breaks_leave_nothing(files: SealedFiles, tmp_path: Path) -> None:
    async def breaking() -> AsyncIterator[bytes]:
        yield b"half"
        raise RuntimeError("the line is dead")

    with pytest.raises(BadInput, match=r"upload.too_large field=file most="):
        async with files.incoming(in_parts(b"12345678", b"9"), max_bytes=8):
            pass
    with pytest.raises(RuntimeError, match="the line is dead"):
        async with files.incoming(breaking()):
            pass
    assert on_disk(tmp_path) == {}


async def test_a_missing_file_is_broken_and_a_missing_folder_is_unavailable(files: SealedFiles) -> None:
    absent = sha256(b"never stored").hexdigest()
    with pytest.raises(Unavailable):
        await files.read(absent)
    await keep(files, b"something else")
    with pytest.raises(Broken, match=r"file.lost"):
        await files.read(absent)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "ABC", "0" * 63])
async def test_only_names_of_files_are_read(files: SealedFiles, name: str) -> None:
    with pytest.raises(Broken, match=r"file.not_a_hash"):
        await files.read(name)


async def test_a_store_that_cannot_be_written_is_unavailable(files: SealedFiles, tmp_path: Path) -> None:
    (tmp_path / "files").write_text("not a folder")
    with pytest.raises(Unavailable):
        await files.put(b"a passport", ANN, NOW)


async def test_files_of_before_are_read_found_and_sealed(office: Office, tmp_path: Path) -> None:
    """One file in clear that two students and a certificate share, and one that is damaged."""
    ana, eva = [(await office.nominate(n)).exchange_id for n in (1, 2)]
    photo, pdf = papers.portrait(), papers.letter("CV")
    shared, issued = kept_in_clear(tmp_path / "files", photo), kept_in_clear(tmp_path / "files", pdf)
    damaged = kept_in_clear(tmp_path / "files", b"as it was")
    on_disk(tmp_path)[damaged].write_bytes(b"as it was not")
    async with transaction(office.sessions) as session:
        for name, media_type in ((shared, "image/jpeg"), (damaged, "application/pdf")):
            session.add(FileRow(hash=name, size=len(photo), media_type=media_type, created_at=NOW))
        await session.flush()
        for exchange, kind, name in ((ana, "photo", shared), (eva, "photo", shared), (ana, "cv", damaged)):
            row = {"exchange_id": exchange, "kind": kind, "file_hash": name, "filename": "p.jpg", "uploaded_by": "p"}
            session.add(DocumentRow(id=f"{exchange}.{kind}.{name[:16]}", filed_at=NOW, **row))
    documents = [f"{exchange}.photo.{shared[:16]}" for exchange in (ana, eva)]
    assert await office.files.read(shared, documents[0]) == photo
    again = await office.filing.file_document(ana, "photo", "p.jpg", photo, "p", NOW)
    assert again == documents[0], "it is the same document under the id that it has"
    async with transaction(office.sessions) as session:
        await office.files.mark(session, NOW)
        assert (await elsewhere(session, await session.get_one(DocumentRow, documents[0]))).of_another

    clear = ClearFiles(office.sessions, office.files, office.programme, lambda: NOW)
    assert await clear.seal_all() == (1, 1)
    assert await clear.seal_all() == (0, 1)
    assert shared not in on_disk(tmp_path)
    assert photo not in {path.read_bytes() for path in on_disk(tmp_path).values()}
    async with transaction(office.sessions) as session:
        rows = [await session.get_one(DocumentRow, one) for one in documents]
        assert (await elsewhere(session, rows[1])).of_another
        names = [row.file_hash for row in rows]
    assert len({*names, shared}) == 3
    assert [await office.files.read(*one) for one in zip(names, documents, strict=True)] == [photo, photo]
    assert issued in on_disk(tmp_path), "nothing names it"
