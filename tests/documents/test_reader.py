"""Documents are read in processes of their own; what is hostile ends within bounds, and nothing waits behind it."""

import asyncio
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import date
from pathlib import Path

import pikepdf
import pytest
import pytest_asyncio
from PIL import Image

from bench.corpus import DEGRADATIONS, HOLDERS, PassportPage, page_at
from bench.heic import heic
from chaos.processes import children_of
from documents import child, zones
from documents.look import sure_zone
from documents.opened import Opened
from documents.reader import DocumentReader
from examples import papers
from models.reading import DocumentReading, ReadOutcome, Source, ZoneRead
from records.confinement import MOST_FILES
from records.file_types import HEIC, sniff

TODAY = date(2026, 12, 1)
PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def reading() -> AsyncIterator[DocumentReader]:
    async with aclosing(DocumentReader()) as one:
        yield one


together = pytest.mark.asyncio(loop_scope="module")
"""Tests that share a reader share its event loop."""


def _page(name: str) -> PassportPage:
    return page_at(list(DEGRADATIONS).index(name))


def _children() -> list[int]:
    """Processes of this one that read documents."""
    return [pid for pid in children_of(os.getpid()) if b"documents.child" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def _as_pdf(jpeg: bytes) -> bytes:
    stream = io.BytesIO()
    Image.open(io.BytesIO(jpeg)).save(stream, "PDF", resolution=200)
    return stream.getvalue()


@together
async def test_a_text_layer_is_read_with_the_place_of_each_line(reading: DocumentReader) -> None:
    read = await reading.read(papers.passport_scan(), PDF, zone=True)
    assert (read.outcome, read.pages[0].source) == (ReadOutcome.READ, Source.TEXT)
    lines = {line.text: line.box for line in read.pages[0].lines}
    zone = papers.machine_readable_zone(papers.SPECIMEN, date(2034, 3, 31))
    assert read.zones[0].exact
    assert sure_zone(read, TODAY) == read.zones[0].lines == zone
    left, top, right, bottom = lines[zone[1]]
    assert 0 <= left < right <= 1
    assert 0.8 < top < bottom <= 1, "the zone is at the foot of the page"


@together
@pytest.mark.parametrize("name", ["as it is", "upside down", "quarter left", "skew 8", "phone turned", "A4 scan"])
async def test_a_photographed_passport_is_read_whichever_way_it_was_held(reading: DocumentReader, name: str) -> None:
    page = _page(name)
    read = await reading.read(page.jpeg, JPEG, zone=True)
    assert [zone.lines for zone in read.zones] == [page.zone]
    assert sure_zone(read, TODAY) in (page.zone, None)
    turned = {"upside down": 180, "quarter left": 90, "phone turned": 90}.get(name, 0)
    assert read.pages[0].turned == turned


@together
async def test_a_passport_that_a_phone_keeps_as_heic_is_read(reading: DocumentReader) -> None:
    page = _page("as it is")
    with Image.open(io.BytesIO(page.jpeg)) as picture:
        data = heic(picture, turned=90)
        size = (picture.height - picture.height % 2, picture.width)
    assert sniff(data) == HEIC
    assert await reading.open(data, HEIC, 9) == Opened(HEIC, pages=1, pixels=size)
    read = await reading.read(data, HEIC, zone=True)
    assert sure_zone(read, TODAY) == page.zone


@together
async def test_a_scan_in_a_pdf_is_read_as_the_picture_it_is(reading: DocumentReader) -> None:
    page = _page("640 pixels")
    read = await reading.read(_as_pdf(page.jpeg), PDF, zone=True)
    assert (read.pages[0].source, sure_zone(read, TODAY)) == (Source.SCAN, page.zone)


@together
async def test_text_of_both_languages_is_read_from_a_picture(reading: DocumentReader) -> None:
    from pypdfium2 import PdfDocument  # noqa: PLC0415 - of the extra

    text = papers.letter("在读证明 Proof of Enrolment", papers.SPECIMEN, issuer="重庆医科大学")
    drawn = PdfDocument(text)[0].render(scale=2).to_pil()
    stream = io.BytesIO()
    drawn.convert("RGB").save(stream, "PNG")
    read = await reading.read(stream.getvalue(), PNG, zone=False)
    words = " ".join(line.text for line in read.pages[0].lines)
    assert papers.SPECIMEN.name in words
    assert "Proof of Enrolment" in words


def test_a_zone_is_sure_only_where_two_readers_agree_and_its_digits_hold() -> None:
    zone = papers.machine_readable_zone(papers.SPECIMEN, date(2034, 3, 31))
    box = (0.0, 0.8, 1.0, 1.0)

    def sure(*zones: ZoneRead) -> tuple[str, str] | None:
        return sure_zone(DocumentReading(outcome=ReadOutcome.READ, zones=zones), TODAY)

    other = papers.machine_readable_zone(HOLDERS[1], date(2034, 3, 31))
    misread = (zone[0], zone[1].replace("L898", "1898"))
    assert sure(ZoneRead(page=1, box=box, lines=zone, second=zone)) == zone
    assert sure(ZoneRead(page=1, box=box, lines=zone)) is None
    assert sure(ZoneRead(page=1, box=box, lines=zone, second=misread)) is None, "L and 1 have the same check digit"
    broken = (zone[0], zone[1][:20] + "F2704158" + zone[1][28:])
    assert sure(ZoneRead(page=1, box=box, lines=broken, second=broken)) is None
    several = (ZoneRead(page=n, box=box, lines=one, second=one) for n, one in enumerate((zone, other), start=1))
    assert sure(*several) is None


@together
async def test_many_pages_are_read_up_to_a_number(reading: DocumentReader) -> None:
    read = await reading.read(papers.many_pages(120), PDF, zone=True)
    assert (read.outcome, len(read.pages)) == (ReadOutcome.READ, 50)


@together
async def test_a_slow_picture_keeps_no_text_waiting(reading: DocumentReader) -> None:
    slow = asyncio.create_task(reading.read(_page("4000 pixels").jpeg, JPEG, zone=True))
    await asyncio.sleep(0.05)
    read = await reading.read(papers.letter("Enrolment"), PDF, zone=False)
    assert read.outcome is ReadOutcome.READ
    assert not slow.done()
    assert (await slow).zones


async def test_who_no_longer_waits_leaves_no_answer_to_the_next() -> None:
    async with aclosing(DocumentReader()) as one:
        left = asyncio.create_task(one.read(papers.passport_scan(), PDF, zone=True))
        await asyncio.sleep(0.01)
        left.cancel()
        await asyncio.gather(left, return_exceptions=True)
        read = await one.read(papers.letter("Proof of enrolment"), PDF, zone=True)
        assert read.zones == ()
        assert any("Proof of enrolment" in line.text for line in read.pages[0].lines)


async def test_a_reader_that_is_killed_is_replaced() -> None:
    async with aclosing(DocumentReader()) as one:
        await one.read(papers.letter("Enrolment"), PDF, zone=False)
        for process in _children():
            os.kill(process, signal.SIGKILL)
        outcomes = [(await one.read(papers.letter("Enrolment"), PDF, zone=False)).outcome for _ in range(2)]
        assert outcomes[-1] is ReadOutcome.READ


async def test_a_reader_without_work_is_let_go() -> None:
    async with aclosing(DocumentReader(idle=0.05)) as one:
        await one.read(papers.letter("Enrolment"), PDF, zone=False)
        async with asyncio.timeout(10):
            while _children():  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert (await one.read(papers.letter("Enrolment"), PDF, zone=False)).outcome is ReadOutcome.READ


async def test_where_the_extra_is_missing_a_person_reads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("pypdfium2", "rapidocr", "pi_heif"):
        (tmp_path / f"{name}.py").write_text("raise ImportError(__name__)\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    async with aclosing(DocumentReader()) as one:
        read = await one.read(papers.letter("Enrolment"), PDF, zone=False)
        opened = await one.open(papers.letter("Enrolment"), PDF, 9)
        photograph = await one.open(heic(Image.new("RGB", (640, 480))), HEIC, 9)
    assert read.outcome is ReadOutcome.NO_READER
    assert opened == Opened(PDF, pages=1), "it is opened all the same"
    assert photograph == Opened(HEIC, pages=1), "nobody here can look into it"


async def test_the_child_has_neither_secrets_nor_files_to_lose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOJOURN_FILE_KEYS", "secret")
    async with aclosing(DocumentReader()) as one:
        await one.open(papers.letter("Enrolment"), PDF, 9)
        [process] = (Path(f"/proc/{pid}") for pid in _children())
        limits = {line[:26].strip(): line[26:].split()[0] for line in (process / "limits").read_text().splitlines()}
        around = {pair.partition(b"=")[0].decode() for pair in (process / "environ").read_bytes().split(b"\0")}
    assert limits["Max address space"] == str(child.MEMORY["text"])
    assert int(limits["Max cpu time"]) <= child.SECONDS["text"] + 10
    assert (limits["Max file size"], limits["Max core file size"]) == ("0", "0")
    assert limits["Max open files"] == str(MOST_FILES)
    assert not [name for name in around if "SOJOURN" in name or "TEMPORAL" in name]


def test_a_file_is_read_by_the_command_line_without_a_service(tmp_path: Path) -> None:
    file = tmp_path / "passport.pdf"
    file.write_bytes(papers.passport_scan())
    command = [sys.executable, "-m", "starter", "document", "read", str(file), "--kind", "passport", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["mrz"] == list(papers.machine_readable_zone(papers.SPECIMEN, date(2034, 3, 31)))
    assert found["outcome"] == "read"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["passport.pdf"], "nothing is kept"


def _layered(ink: str) -> bytes:
    """A PDF whose text layer holds a zone, in a manner in which it is seen or not."""
    lines = papers.machine_readable_zone(papers.SPECIMEN, date(2034, 3, 31))
    head = f"{ink} BT /F 18 Tf 50 130 Td (Republic of Specimen, passport) Tj"
    text = f"{head} 0 -30 Td ({lines[0]}) Tj 0 -30 Td ({lines[1]}) Tj ET"
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595, 300))
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Courier)
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=pdf.make_indirect(font)))
        page.Contents = pdf.make_stream(text.encode())
        stream = io.BytesIO()
        pdf.save(stream)
    return stream.getvalue()


@together
@pytest.mark.parametrize(("ink", "seen"), [("", True), ("1 1 1 rg", False), ("3 Tr", False)])
async def test_a_zone_that_nobody_sees_is_none(reading: DocumentReader, ink: str, seen: bool) -> None:
    read = await reading.read(_layered(ink), PDF, zone=True)
    assert (sure_zone(read, TODAY) is not None) is seen


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("P<USAWHITFIELD<<ELEANOR<ROSE<<<<<<<<<<<<<<", "P<USAWHITFIELD<<ELEANOR<ROSE".ljust(44, "<")),
        ("P<USAWHITFIELD<<ELEANOR<ROSE<<<<<<<<<<<<<<<<<<", "P<USAWHITFIELD<<ELEANOR<ROSE".ljust(44, "<")),
        ("P<USAWHITFIELD<<ELEANOR<ROSE", None),
        ("V<USAWHITFIELD<<ELEANOR<ROSE<<<<<<<<<<<<<<<<", None),
    ],
)
def test_fillers_at_the_end_fill_the_first_line(said: str, line: str | None) -> None:
    assert zones.upper_line(said) == line


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("L898902C36UTO74O8122F12O4159ZE184226B<<<<<10", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"),
        ("L8989O2C36UTO7408122F1204159ZE184226B<<<<<10", "L8989O2C36UTO7408122F1204159ZE184226B<<<<<10"),
        ("5334019928USA0105145<2808048<<<<<<<<<<<00", "5334019928USA0105145<2808048<<<<<<<<<<<<<<00"),
        ("L898902C36UTO7408122F1204159ZE184226B<<<10", None),
    ],
)
def test_the_second_line_is_changed_only_where_the_place_says_what_stands_there(said: str, line: str | None) -> None:
    assert zones.lower_line(said) == line
