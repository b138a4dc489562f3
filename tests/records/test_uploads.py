"""What is kept of an upload, what is refused before anything is kept, and that a refusal leaves nothing."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from examples import papers
from models.catalogue.loading import load_programme
from models.errors import BadInput, Refused, TooMany
from models.tables import DocumentRow, FileRow, UsageRow
from models.vocabulary import Repeated
from records import hazards
from records.pdf_inside import look
from records.store.engine import transaction
from records.uploads import Uploads
from records.usage import UploadLimits, Usage, Use
from tests.activities.students import NOW, Office
from tests.databases import Database
from tests.records import hostile_files as hostile


@pytest.fixture
async def office(sqlite_database: Database, tmp_path: Path) -> Office:
    office = Office(sqlite_database, tmp_path / "files", load_programme())
    await office.seed()
    return office


def on_disk(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


async def rows(office: Office) -> tuple[int, int]:
    async with transaction(office.sessions) as session:
        documents = await session.scalar(select(func.count()).select_from(DocumentRow))
        return documents or 0, await session.scalar(select(func.count()).select_from(FileRow)) or 0


@pytest.mark.parametrize("saved", hostile.SAVED)
@pytest.mark.parametrize("change", [*hostile.ACTIVE, *hostile.CARRYING, *hostile.HARMLESS], ids=lambda f: f.__name__)
def test_what_a_pdf_does_is_seen_however_it_is_saved(change: hostile.Change, saved: str, tmp_path: Path) -> None:
    file = tmp_path / "paper.pdf"
    file.write_bytes(hostile.changed(change, **hostile.SAVED[saved]))
    found = {"upload.active": hostile.ACTIVE, "upload.embedded": hostile.CARRYING, None: hostile.HARMLESS}
    assert [message for message, changes in found.items() if change in changes] == [look(file)]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert)>>>>", "upload.active"),
        (b"%PDF-1.4 /Type /EmbeddedFile", "upload.embedded"),
        (b"%PDF-1.5 /Type/ObjStm stream", "upload.opaque"),
        (papers.corrupt_pdf(), None),
        (papers.encrypted_pdf(), None),
    ],
)
def test_what_does_not_open_is_read_in_the_clear(data: bytes, found: str | None, tmp_path: Path) -> None:
    (tmp_path / "paper.pdf").write_bytes(data)
    assert look(tmp_path / "paper.pdf") == found


@pytest.mark.parametrize(
    ("data", "message"),
    [
        *(pytest.param(data, message, id=name) for name, data, message in hostile.two_things_at_once()),
        pytest.param(hostile.changed(hostile.by_name), "upload.active", id="script"),
        pytest.param(hostile.changed(hostile.attached), "upload.embedded", id="attachment"),
    ],
)
async def test_a_refused_file_is_not_kept(office: Office, tmp_path: Path, data: bytes, message: str) -> None:
    exchange = (await office.nominate(1)).exchange_id
    with pytest.raises(BadInput, match=rf"^{message} field=file$"):
        await office.filing.file_document(exchange, "cv", "cv.pdf", data, "p-1", NOW)
    assert (await rows(office), on_disk(tmp_path / "files")) == ((0, 0), [])


async def test_a_pdf_that_takes_too_long_is_refused(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hazards, "LONGEST", 0.001)
    exchange = (await office.nominate(1)).exchange_id
    with pytest.raises(BadInput, match=r"upload.unfolds"):
        await office.filing.file_document(exchange, "cv", "cv.pdf", papers.letter("CV"), "p-1", NOW)
    assert on_disk(tmp_path / "files") == []


async def test_a_file_is_read_no_further_than_its_kind_allows(office: Office, tmp_path: Path) -> None:
    """Whatever comes, and however it is announced: what is too much ends the reading, and nothing of it stays."""
    exchange = (await office.nominate(1)).exchange_id
    came = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal came
        while True:
            came += 64 * 1024
            yield bytes(64 * 1024)

    with pytest.raises(BadInput, match=r"upload.too_large field=file most=1"):
        await office.filing.file_document(exchange, "cv", "cv.pdf", endless(), "p-1", NOW, max_bytes=2**20)
    assert came <= 2**20 + 64 * 1024
    assert (await rows(office), on_disk(tmp_path / "files")) == ((0, 0), [])


async def test_what_was_refused_is_forgotten_with_its_file_and_nothing_else(office: Office, tmp_path: Path) -> None:
    ana, eva = [(await office.nominate(n)).exchange_id for n in (1, 2)]
    file, later = office.filing.file_document, NOW + timedelta(seconds=1)
    shared = [await file(exchange, "photo", "p.jpg", papers.portrait(), "p", NOW) for exchange in (ana, eva)]
    alone = await file(ana, "cv", "cv.pdf", papers.letter("CV"), "p", NOW)
    assert len(on_disk(tmp_path / "files")) == 3, "each student has a file of their own"
    await office.filing.discard(alone, later)
    assert await rows(office) == (3, 3), "somebody else filed it"
    await office.filing.discard(alone, NOW)
    assert (await rows(office), len(on_disk(tmp_path / "files"))) == ((2, 2), 2)
    await office.filing.discard(shared[0], NOW)
    assert (await rows(office), len(on_disk(tmp_path / "files"))) == ((1, 1), 1)
    await office.filing.discard(shared[1], NOW)
    assert (await rows(office), on_disk(tmp_path / "files")) == ((0, 0), [])


async def test_what_a_crash_left_filed_is_forgotten_the_next_day(office: Office, tmp_path: Path) -> None:
    exchange = (await office.nominate(1)).exchange_id
    file = office.filing.file_document
    left = await file(exchange, "photo", "p.jpg", papers.portrait(), "p", NOW)
    (tmp_path / "files" / "incoming" / "half").write_bytes(b"half")
    os.utime(tmp_path / "files" / "incoming" / "half", (0, 0))
    await file(exchange, "cv", "cv.pdf", papers.letter("CV"), "p", NOW + timedelta(hours=25))
    async with transaction(office.sessions) as session:
        assert await session.get(DocumentRow, left) is None
    assert len(on_disk(tmp_path / "files")) == 1


async def test_who_forgets_a_file_and_who_keeps_the_same_one_take_turns(office: Office, tmp_path: Path) -> None:
    exchange = (await office.nominate(1)).exchange_id
    uploads, data = Uploads(office.sessions, office.files, office.programme), papers.portrait()
    kinds = ["photo", "cv", "passport", "visa"]

    async def one(kind: str) -> None:
        at = NOW + timedelta(microseconds=kinds.index(kind))
        document = await uploads.file(exchange, kind, "p.jpg", data, "p", at)
        if kind != "visa":
            await uploads.discard(document, at)

    await asyncio.gather(*(one(kind) for kind in kinds))
    assert await rows(office) == (1, 1)
    assert len(on_disk(tmp_path / "files")) == 1


@pytest.fixture
def usage(office: Office) -> Usage:
    limits = {Repeated.HAND_IN: 3, Repeated.EXTEND: 2}
    return Usage(office.sessions, limits, UploadLimits(files=3, megabytes=2))


async def do(usage: Usage, use: Use, hours: float = 0, refused: bool = False) -> None:
    async with usage.counted(use, NOW + timedelta(hours=hours)):
        if refused:
            raise Refused("note.needed")


@pytest.mark.parametrize(
    ("act", "about", "most", "message"),
    [
        (Repeated.HAND_IN, "photo", 3, "usage.hand_in field=kind kind=photo .*most=3"),
        (Repeated.EXTEND, "", 2, "usage.act"),
    ],
)
async def test_each_act_has_its_number_a_day(usage: Usage, act: Repeated, about: str, most: int, message: str) -> None:
    for n in range(most):
        await do(usage, Use(f"k{n}", "p-1", act, "EX-1", about), hours=n)
    with pytest.raises(TooMany, match=message) as told:
        await do(usage, Use("more", "p-1", act, "EX-1", about), hours=most)
    assert told.value.params["moment"] == (NOW + timedelta(days=1)).isoformat()
    await do(usage, Use("k0", "p-1", act, "EX-1", about), hours=most)
    await do(usage, Use("more", "p-2", act, "EX-1", about), hours=most)
    await do(usage, Use("more", "p-1", act, "EX-2", about), hours=most)
    await do(usage, Use("more", "p-1", act, "EX-1", "cv"), hours=most)
    await do(usage, Use("more", "p-1", act, "EX-1", about), hours=24.5)


async def test_what_was_refused_does_not_count(usage: Usage) -> None:
    for n in range(5):
        with pytest.raises(Refused):
            await do(usage, Use(f"k{n}", "p-1", Repeated.EXTEND, "EX-1"), refused=True)
    assert not await usage.was_counted(Use("k0", "p-1", Repeated.EXTEND, "EX-1"))
    await do(usage, Use("k9", "p-1", Repeated.EXTEND, "EX-1"))
    assert await usage.was_counted(Use("k9", "p-1", Repeated.EXTEND, "EX-1"))


async def test_acts_without_a_number_are_not_counted(usage: Usage, office: Office) -> None:
    for n in range(9):
        await do(usage, Use(f"k{n}", "p-1", Repeated.MOVEMENT, "EX-1"))
    async with transaction(office.sessions) as session:
        assert await session.scalar(select(func.count()).select_from(UsageRow)) == 0


@pytest.mark.parametrize(("size", "files", "message"), [(1, 3, "usage.files .*most=3"), (2**20, 2, "usage.megabytes")])
async def test_a_person_sends_so_much_a_day(usage: Usage, size: int, files: int, message: str) -> None:
    for n in range(files):
        await usage.end_upload(await usage.begin_upload("p-1", NOW + timedelta(hours=n)), size)
    with pytest.raises(TooMany, match=message):
        await usage.begin_upload("p-1", NOW + timedelta(hours=9))
    await usage.begin_upload("p-2", NOW + timedelta(hours=9))
    await usage.begin_upload("p-1", NOW + timedelta(hours=25))


async def test_the_last_one_of_a_day_is_not_taken_twice(usage: Usage) -> None:
    tries = await asyncio.gather(*(usage.begin_upload("p-1", NOW) for _ in range(8)), return_exceptions=True)
    assert sum(isinstance(one, str) for one in tries) == 3
