"""Files made to stop the service: each is refused in words, within its limits, and nobody else waits."""

import time
from pathlib import Path

import pytest

from gateway import spreadsheets
from gateway.sheets import limits, workbooks
from gateway.sheets.limits import Limits
from gateway.spreadsheets import read_table
from models.errors import BadInput, Conflict
from models.rules.nomination_columns import KNOWN_COLUMNS
from tests.gateway.sheet_files import MAIN, SHEET, STRINGS, read, sheet_with, with_parts
from texts.refusals import REFUSALS

MB = 2**20
STYLES = "xl/styles.xml"


def refused(data: bytes) -> str:
    with pytest.raises(BadInput) as caught:
        read(data)
    assert caught.value.message in REFUSALS
    return caught.value.message


def refused_apart(path: Path, allowed: Limits) -> str:
    with pytest.raises(BadInput) as caught:
        read_table(path, "nominations", KNOWN_COLUMNS, allowed=allowed)
    return caught.value.message


@pytest.mark.parametrize(
    "data",
    [
        with_parts({SHEET: sheet_with('<row r="1">' + "<c/>" * 4_000_000 + "</row>")}),
        with_parts({STRINGS: f'<sst xmlns="{MAIN}"><si>' + "<r/>" * 4_000_000 + "</si></sst>"}),
        b"sending\n" + b"," * 12_000_000,
    ],
    ids=["one row of millions of cells", "one string of millions of runs", "one line of commas"],
)
def test_what_takes_more_memory_is_refused_and_not_given_it(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "n.xlsx").write_bytes(data)
    assert refused_apart(tmp_path / "n.xlsx", Limits(memory=110 * MB)) == "sheet.too_heavy"


DEEP = f'<styleSheet xmlns="{MAIN}">' + "<a>" * 600_000 + "</a>" * 600_000 + "</styleSheet>"


@pytest.mark.parametrize("allowed", [Limits(processor_seconds=1), Limits(seconds=1)], ids=["processor", "clock"])
def test_what_takes_more_time_is_ended(tmp_path: Path, allowed: Limits) -> None:
    (tmp_path / "n.xlsx").write_bytes(with_parts({SHEET: sheet_with("<row/>" * 3_000_000)}))
    before = time.monotonic()
    assert refused_apart(tmp_path / "n.xlsx", allowed) == "sheet.too_heavy"
    assert time.monotonic() - before < 20


def test_xml_that_nests_without_end_is_refused(tmp_path: Path) -> None:
    """Whichever limit it meets first, which depends on the machine."""
    (tmp_path / "n.xlsx").write_bytes(with_parts({STYLES: DEEP}))
    assert refused_apart(tmp_path / "n.xlsx", Limits()) in ("sheet.too_heavy", "sheet.damaged")


def test_the_extent_that_a_sheet_claims_costs_nothing(tmp_path: Path) -> None:
    claimed = '<dimension ref="A1:XFD1048576"/>'
    row = '<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>sending</t></is></c></row>'
    (tmp_path / "n.xlsx").write_bytes(with_parts({SHEET: sheet_with(row, claimed)}))
    table = read_table(tmp_path / "n.xlsx", "nominations", KNOWN_COLUMNS, allowed=Limits(processor_seconds=2))
    assert [row.number for row in table.rows] == [1048576]


@pytest.mark.parametrize("row", ["1048577", "0", "-3", "1e7", "99999999999999999999"])
def test_rows_beyond_a_sheet_are_refused(row: str) -> None:
    cell = '<c t="inlineStr"><is><t>x</t></is></c>'
    assert refused(with_parts({SHEET: sheet_with(f'<row r="{row}">{cell}</row>')})) in (
        "sheet.rows_claimed",
        "sheet.damaged",
    )


def test_rows_twice_and_cells_of_other_rows_are_damage() -> None:
    twice = '<row r="2"/><row r="2"/>'
    elsewhere = '<row r="2"><c r="A9" t="inlineStr"><is><t>x</t></is></c></row>'
    assert refused(with_parts({SHEET: sheet_with(twice)})) == "sheet.damaged"
    assert refused(with_parts({SHEET: sheet_with(elsewhere)})) == "sheet.damaged"


def test_shared_strings_are_counted_while_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MAX_STRINGS", 1000)
    monkeypatch.setattr(workbooks, "MAX_TEXT", 50_000)
    many = f'<sst xmlns="{MAIN}">' + "<si><t>a</t></si>" * 1001 + "</sst>"
    long = f'<sst xmlns="{MAIN}">' + f"<si><t>{'a' * 30_000}</t></si>" * 2 + "</sst>"
    assert refused(with_parts({STRINGS: many})) == "sheet.too_many_strings"
    assert refused(with_parts({STRINGS: long})) == "sheet.too_many_strings"


def test_rows_cells_and_text_are_counted_while_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    row = "sending," + ",".join("a" * 20 for _ in range(9))
    monkeypatch.setattr(limits, "MAX_TEXT", 1000)
    assert refused(f"{row}\n".encode() * 10) == "sheet.too_much_text"
    monkeypatch.setattr(limits, "MAX_CELLS", 10)
    assert refused(f"{row}\n".encode() * 12) in ("sheet.too_many_cells", "sheet.too_much_text")
    monkeypatch.setattr(limits, "MAX_ROWS", 3)
    assert refused(b"sending\n" * 5) == "sheet.too_many_rows"


def test_parts_sheets_and_packing_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(with_parts({f"x{n}.xml": "<a/>" for n in range(1001)})) == "sheet.unpacks"
    assert refused(with_parts({STYLES: " " * (limits.MAX_PART + 1)})) == "sheet.unpacks"
    monkeypatch.setattr(workbooks, "MAX_SHEETS", 0)
    assert refused(with_parts({SHEET: sheet_with("")})) == "sheet.too_many_sheets"


@pytest.mark.parametrize("part", [SHEET, STRINGS, STYLES, "xl/workbook.xml", "[Content_Types].xml"])
def test_entities_are_refused_in_every_part(part: str) -> None:
    bombs = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    text = f'<!DOCTYPE x [<!ENTITY e0 "aaaaaaaaaa">{bombs}]><sst xmlns="{MAIN}"><si><t>&e9;</t></si></sst>'
    assert refused(with_parts({part: text})) == "sheet.damaged"


def test_no_more_files_are_read_at_once_than_there_are_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "n.csv").write_bytes(b"sending\n")
    taken = [spreadsheets._PLACES.acquire(blocking=False) for _ in range(spreadsheets.READ_AT_ONCE)]
    try:
        assert all(taken)
        with pytest.raises(Conflict, match=r"sheet\.busy"):
            read_table(tmp_path / "n.csv", "nominations", KNOWN_COLUMNS, allowed=Limits(seconds=0))
    finally:
        for _ in taken:
            spreadsheets._PLACES.release()
    assert read_table(tmp_path / "n.csv", "nominations", KNOWN_COLUMNS).rows


def test_the_reading_process_gets_nothing_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOJOURN_SECRET_KEY", "s" * 40)
    monkeypatch.setattr(
        spreadsheets, "_CHILD", "import os, json; print(json.dumps(dict(refused='x', params=dict(os.environ))))"
    )
    (tmp_path / "n.csv").write_bytes(b"sending\n")
    with pytest.raises(BadInput) as caught:
        read_table(tmp_path / "n.csv", "nominations", KNOWN_COLUMNS)
    assert not [name for name in caught.value.params if name.startswith("SOJOURN")]
