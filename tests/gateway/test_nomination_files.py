"""Nomination files as people send them: both formats, encodings, formulas, damage, size, and the way back corrected."""

import csv
import io
import json
import os
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.nomination_files import (
    CheckedSheet,
    check_sheet,
    read_nominations,
    sheet_of,
    write_refused,
    write_template,
)
from gateway.sheets import limits
from gateway.sheets.cells import guarded
from gateway.sheets.child import answer_to
from gateway.sheets.commas import read_csv
from gateway.sheets.workbooks import read_workbook
from gateway.spreadsheets import table_of
from models.catalogue.loading import load_programme
from models.catalogue.programme import Programme
from models.errors import BadInput
from models.rules.nomination import Nomination, parse_row
from models.rules.nomination_columns import COLUMNS, NEEDED_COLUMNS
from tests.programmes import GOOD_ROW, small_programme
from texts.refusals import refusal as sentence

COLUMN_NAMES = tuple(GOOD_ROW)
EXAMPLES = Path(__file__).parents[2] / "examples"

CellValue = str | int | float | bool | date | datetime | None


@pytest.fixture(scope="module")
def programme() -> Programme:
    return small_programme()


def student(number: int, **cells: str) -> dict[str, str]:
    own = {"student_number": f"F{number:05d}", "email": f"student{number}@example.edu", "rank": ""}
    return GOOD_ROW | own | cells


def csv_text(rows: Sequence[Mapping[str, str]], columns: Sequence[str] = COLUMN_NAMES, separator: str = ",") -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(columns)
    writer.writerows([row.get(c, "") for c in columns] for row in rows)
    return out.getvalue()


def write_csv(path: Path, rows: Sequence[Mapping[str, str]], encoding: str = "utf-8") -> Path:
    path.write_bytes(csv_text(rows).encode(encoding))
    return path


def write_xlsx(path: Path, rows: Sequence[Sequence[CellValue]], title: str = "nominations") -> Path:
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet(title)
    for row in rows:
        page.append(list(row))
    book.save(path)
    return path


def workbook_with(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """The workbook with one of its parts changed by hand, as openpyxl itself would never write it."""
    changed = path.with_name(f"changed-{path.name}")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, change(source.read(name)) if name == part else source.read(name))
    return changed


def values(row: Mapping[str, str]) -> list[str]:
    return [row[c] for c in COLUMN_NAMES]


def checked(path: Path, programme: Programme) -> CheckedSheet:
    return check_sheet(read_nominations(path), programme)


def refusal(path: Path) -> str:
    with pytest.raises(BadInput) as caught:
        read_nominations(path)
    return sentence(caught.value, "en")


class TestReading:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
    def test_names_survive_every_encoding_that_excel_writes(
        self, tmp_path: Path, programme: Programme, encoding: str
    ) -> None:
        rows = [student(1, native_name="欧阳喆"), student(2, native_name="王小明")]
        good = checked(write_csv(tmp_path / "n.csv", rows, encoding), programme).good
        assert [n.native_name for _, n in good] == ["欧阳喆", "王小明"]

    @pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "mac-roman"])
    def test_western_encodings_are_refused_in_words_and_never_guessed(self, tmp_path: Path, encoding: str) -> None:
        rows = [student(1), student(2, family_name="Müller"), student(3, family_name="Gödel", given_name="André")]
        told = refusal(write_csv(tmp_path / "n.csv", rows, encoding))
        assert "UTF-8" in told
        assert "windows-1252" in told
        assert "ller" not in told

    @pytest.mark.parametrize("separator", [",", ";", "\t"])
    def test_finds_the_separator(self, tmp_path: Path, programme: Programme, separator: str) -> None:
        path = tmp_path / "n.csv"
        path.write_text(csv_text([student(1)], separator=separator), encoding="utf-8")
        (found,) = checked(path, programme).good
        assert found[1].laboratories == ("cqmu-lipid", "cqmu-child")

    def test_row_numbers_are_those_of_a_spreadsheet(self, tmp_path: Path, programme: Programme) -> None:
        text = csv_text([student(1, native_name="two\nlines"), student(2)])
        head, first = text.split("\r\n", 1)
        path = tmp_path / "n.csv"
        path.write_text(f"{head}\r\n\r\n,,,\r\n{first}", encoding="utf-8", newline="")
        assert [number for number, _ in checked(path, programme).good] == [4, 5]

        rows = [COLUMN_NAMES, [None], [], values(student(1)), [""], values(student(2))]
        assert [number for number, _ in checked(write_xlsx(tmp_path / "n.xlsx", rows), programme).good] == [4, 6]

    def test_workbook_cells_of_every_kind_are_read_as_text(self, tmp_path: Path, programme: Programme) -> None:
        cells: dict[str, CellValue] = dict(student(1))
        cells |= {
            "student_number": 12345.0,
            "birth_date": datetime(2001, 5, 17),  # noqa: DTZ001 - a workbook's dates have no zone
            "start": date(2027, 3, 1),
            "academic_lectures": True,
            "rank": 2,
            "native_name": None,
        }
        path = write_xlsx(tmp_path / "n.xlsx", [COLUMN_NAMES, list(cells.values())])
        ((_, found),) = checked(path, programme).good
        assert found.student_number == "12345"
        assert (found.birth_date, found.start) == (date(2001, 5, 17), date(2027, 3, 1))
        assert (found.academic_lectures, found.rank) == (True, 2)

    def test_a_workbook_is_known_by_its_content_and_its_sheet_by_name(
        self, tmp_path: Path, programme: Programme
    ) -> None:
        book = openpyxl.Workbook()
        book.worksheets[0].append(["notes"])
        page = book.create_sheet("Nominations")
        page.append(COLUMN_NAMES)
        page.append(values(student(1)))
        book.save(tmp_path / "n.xlsx")
        renamed = (tmp_path / "n.xlsx").rename(tmp_path / "n.csv")
        assert len(checked(renamed, programme).good) == 1

    def test_the_extent_a_workbook_claims_is_not_believed(self, tmp_path: Path, programme: Programme) -> None:
        path = write_xlsx(tmp_path / "n.xlsx", [COLUMN_NAMES, values(student(1)), values(student(2))])
        path = workbook_with(
            path,
            "xl/worksheets/sheet1.xml",
            lambda xml: xml.replace(b"<sheetData>", b'<dimension ref="A1:C1"/><sheetData>', 1),
        )
        assert len(checked(path, programme).good) == 2

    def test_headers_may_be_written_freely(self, tmp_path: Path, programme: Programme) -> None:
        path = tmp_path / "n.csv"
        heads = [c.replace("_", " ").title() for c in COLUMN_NAMES]
        path.write_text(
            "\n".join([",".join([*heads, "", ""]), csv_text([student(1)]).splitlines()[1]]), encoding="utf-8"
        )
        assert len(checked(path, programme).good) == 1


class TestFormulas:
    def test_a_formula_in_a_workbook_refuses_its_row_and_names_its_cell(
        self, tmp_path: Path, programme: Programme
    ) -> None:
        rows = [COLUMN_NAMES, values(student(1)), values(student(2, native_name='=HYPERLINK("http://x","y")'))]
        result = checked(write_xlsx(tmp_path / "n.xlsx", rows), programme)
        assert [number for number, _ in result.good] == [2]
        (refused,) = result.refused
        assert refused.row_number == 3
        assert [(f.field, f.message) for f in refused.faults] == [("native_name", "cell.formula")]

    def test_array_formulas_are_formulas(self, tmp_path: Path, programme: Programme) -> None:
        path = write_xlsx(tmp_path / "n.xlsx", [COLUMN_NAMES, values(student(1, given_name="=ARRAY"))])
        path = workbook_with(
            path,
            "xl/worksheets/sheet1.xml",
            lambda xml: xml.replace(b"<f>", b'<f t="array" ref="E2">').replace(b"=ARRAY", b"A1:A2"),
        )
        (refused,) = checked(path, programme).refused
        assert [f.field for f in refused.faults] == ["given_name"]

    @pytest.mark.parametrize("cell", ["=1+1", " =1+1", "'=1+1", "\uff1d1+1", '="00123"'])
    def test_a_formula_in_text_is_refused(self, tmp_path: Path, programme: Programme, cell: str) -> None:
        (refused,) = checked(write_csv(tmp_path / "n.csv", [student(1, student_number=cell)]), programme).refused
        assert [f.field for f in refused.faults] == ["student_number"]
        assert refused.faults[0].message == "cell.formula"

    def test_errors_and_rounded_numbers_of_a_spreadsheet_are_refused(
        self, tmp_path: Path, programme: Programme
    ) -> None:
        cells: dict[str, CellValue] = dict(student(1))
        cells |= {"native_name": "#REF!", "student_number": 20270000000000012}
        path = write_xlsx(tmp_path / "n.xlsx", [COLUMN_NAMES, list(cells.values())])
        path = workbook_with(
            path,
            "xl/worksheets/sheet1.xml",
            lambda xml: xml.replace(b'r="F2" t="inlineStr"><is><t>#REF!</t></is>', b'r="F2" t="e"><v>#REF!</v>'),
        )
        (refused,) = checked(path, programme).refused
        assert {f.field for f in refused.faults} == {"native_name", "student_number"}

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\uff1d"])
    def test_whatever_a_spreadsheet_takes_for_a_formula_is_guarded(self, start: str) -> None:
        assert guarded(f"{start}cmd") == f"'{start}cmd"
        assert guarded("O'Neil") == "O'Neil"


class TestColumns:
    def test_one_message_names_all_that_is_wrong(self, tmp_path: Path) -> None:
        columns = [c for c in COLUMN_NAMES if c not in ("email", "end")] + ["shoe size", "rank"]
        path = tmp_path / "n.csv"
        path.write_text(csv_text([student(1)], columns), encoding="utf-8")
        told = refusal(path)
        assert "Missing: email, end;" in told
        assert "unknown: shoe_size;" in told
        assert "twice: rank." in told

    def test_a_file_without_header_is_not_repeated_in_the_message(self, tmp_path: Path) -> None:
        path = tmp_path / "n.csv"
        path.write_text("\n".join(csv_text([student(1), student(2)]).splitlines()[1:]), encoding="utf-8")
        told = refusal(path)
        assert "student_number" in told
        assert "Rivera" not in told
        assert "example.edu" not in told

    def test_optional_columns_may_be_left_out(self, tmp_path: Path, programme: Programme) -> None:
        path = tmp_path / "n.csv"
        path.write_text(csv_text([student(1)], sorted(NEEDED_COLUMNS)), encoding="utf-8")
        assert len(checked(path, programme).good) == 1

    def test_a_cell_beyond_the_columns_is_a_fault_of_its_row(self, tmp_path: Path, programme: Programme) -> None:
        path = tmp_path / "n.csv"
        path.write_text(csv_text([student(1)]).rstrip() + ",more\n", encoding="utf-8")
        (refused,) = checked(path, programme).refused
        assert refused.faults[0].field == f"cell {len(COLUMN_NAMES) + 1}"


class TestHostileFiles:
    @pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b" , ,\r\n"])
    def test_nothing_in_it(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "n.csv").write_bytes(content)
        assert "empty" in refusal(tmp_path / "n.csv")

    @pytest.mark.parametrize(
        "content",
        [
            os.urandom(4096) + b"\x00",
            b"\x89PNG\r\n\x1a\n" + b"\x00" * 64,
            b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
            b"sending,host\nA\x00B,c",
            b"PK\x03\x04" + os.urandom(500),
            b"\xd0\xcf\x11\xe0" + b"\x00" * 500,
            b'sending,host\n"unclosed,quote\n',
            b"\xff\xfe\x00",
        ],
        ids=["noise", "picture", "pdf", "nul", "torn zip", "old xls", "quotes", "half utf-16"],
    )
    @pytest.mark.parametrize("name", ["n.csv", "n.xlsx"])
    def test_what_is_no_table_is_refused_in_one_sentence(self, tmp_path: Path, content: bytes, name: str) -> None:
        (tmp_path / name).write_bytes(content)
        assert refusal(tmp_path / name).startswith(name)

    @given(
        content=st.one_of(
            st.binary(max_size=200),
            st.binary(max_size=200).map(lambda b: b"PK\x03\x04" + b),
            st.text(max_size=200).map(lambda t: ",".join(COLUMN_NAMES).encode() + b"\n" + t.encode()),
        )
    )
    def test_whatever_the_bytes_there_are_rows_or_a_refusal(self, content: bytes) -> None:
        read = read_workbook if content.startswith(b"PK\x03\x04") else read_csv
        request = {"sheet": "nominations", "known": sorted(COLUMN_NAMES), "encoding": ""}
        told, good = "fuzzed.csv", 0
        try:
            table = table_of(json.loads(json.dumps(answer_to(read, request, content))), "fuzzed.csv")
            good = len(check_sheet(sheet_of(table, "fuzzed.csv"), small_programme()).good)
        except BadInput as error:
            told = sentence(error, "en")
        assert told.startswith("fuzzed.csv")
        assert good == 0

    def test_missing_files_and_folders(self, tmp_path: Path) -> None:
        assert "There is no file" in refusal(tmp_path / "n.csv")
        assert "There is no file" in refusal(tmp_path)

    def test_too_large_a_file(self, tmp_path: Path) -> None:
        path = tmp_path / "n.csv"
        with path.open("wb") as file:
            file.truncate(limits.MAX_BYTES + 1)
        assert "larger than 20 MB" in refusal(path)

    def test_too_many_rows(self, tmp_path: Path) -> None:
        path = tmp_path / "n.csv"
        path.write_text("sending\n" + "dartmouth\n" * (limits.MAX_ROWS + 1), encoding="utf-8")
        assert "more than 20000 rows" in refusal(path)

    def test_a_zip_bomb_is_refused_before_it_is_unpacked(self, tmp_path: Path) -> None:
        path = write_xlsx(tmp_path / "n.xlsx", [COLUMN_NAMES])
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("bomb.xml", "w") as part:
            for _ in range(limits.MAX_UNPACKED // 2**20 + 1):
                part.write(bytes(2**20))
        assert path.stat().st_size < 2**20
        assert "unpacks to more" in refusal(path)

    def test_a_part_that_lies_about_its_size_is_damage(self, tmp_path: Path) -> None:
        path = write_xlsx(tmp_path / "n.xlsx", [COLUMN_NAMES, *(values(student(n)) for n in range(200))])
        data = bytearray(path.read_bytes())
        entry = data.rindex(b"xl/worksheets/sheet1.xml") - 46  # its entry in the central directory
        data[entry + 24 : entry + 28] = (100).to_bytes(4, "little")
        path.write_bytes(data)
        assert "damaged" in refusal(path)

    def test_entities_are_refused(self, tmp_path: Path) -> None:
        path = write_xlsx(tmp_path / "n.xlsx", [COLUMN_NAMES])
        declared = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><worksheet'
        changed = workbook_with(
            path,
            "xl/worksheets/sheet1.xml",
            lambda xml: xml.replace(b"<worksheet", declared, 1).replace(b"sending", b"&b;"),
        )
        assert "damaged" in refusal(changed)

    def test_rows_beyond_the_end_of_the_world(self, tmp_path: Path) -> None:
        path = write_xlsx(tmp_path / "n.xlsx", [COLUMN_NAMES, values(student(1))])
        changed = workbook_with(
            path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'<row r="2"', b'<row r="99999999999"')
        )
        assert changed.stat().st_size
        assert "more rows than a worksheet can have" in refusal(changed)

    @pytest.mark.parametrize("name", ["n.csv", "n.xlsx"])
    def test_ten_thousand_rows_take_seconds(self, tmp_path: Path, programme: Programme, name: str) -> None:
        rows = [student(n) if n % 10 else student(n, email="nowhere", end="2028-01-01") for n in range(10_000)]
        if name.endswith("csv"):
            path = write_csv(tmp_path / name, rows)
        else:
            path = write_xlsx(tmp_path / name, [COLUMN_NAMES, *map(values, rows)])
        began = time.process_time()
        result = checked(path, programme)
        assert time.process_time() - began < 20  # of this process alone: the machine may be busy
        assert (len(result.good), len(result.refused)) == (9000, 1000)


class TestRepetitions:
    def test_the_later_row_of_a_student_is_refused(self, tmp_path: Path, programme: Programme) -> None:
        rows = [student(1), student(2), student(1, sending="Dartmouth College", email="other@example.edu")]
        result = checked(write_csv(tmp_path / "n.csv", rows), programme)
        assert [number for number, _ in result.good] == [2, 3]
        ((number, fault),) = [(r.row_number, f) for r in result.refused for f in r.faults]
        assert (number, fault.field) == (4, "student_number")
        assert (fault.message, fault.params) == ("cell.student_twice", {"row": 2})

    def test_another_intake_is_another_exchange(self, tmp_path: Path, programme: Programme) -> None:
        rows = [student(1), student(1, intake_year="2028")]
        assert len(checked(write_csv(tmp_path / "n.csv", rows), programme).good) == 2

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ("student1@example.edu", "STUDENT1@example.edu"),
            ("x@faß.example", "X@xn--fa-hia.example"),
            ("x@重庆.example", "x＠重庆。example."),
        ],
    )
    def test_one_address_for_two_students_is_refused(
        self, tmp_path: Path, programme: Programme, first: str, second: str
    ) -> None:
        rows = [student(1, email=first), student(2, email=second)]
        (refused,) = checked(write_csv(tmp_path / "n.csv", rows), programme).refused
        assert [(f.field, f.message, f.params["row"]) for f in refused.faults] == [("email", "cell.address_twice", 2)]


class TestWayBack:
    @pytest.mark.parametrize("name", ["refused.csv", "refused.xlsx"])
    def test_a_refused_file_corrected_is_nominated_as_it_is(
        self, tmp_path: Path, programme: Programme, name: str
    ) -> None:
        rows = [
            student(1),
            student(2, given_name="-", native_name="李雷", email="nowhere"),
            student(3, native_name="=cmd|'/c calc'!A0"),
        ]
        sheet = read_nominations(write_csv(tmp_path / "n.csv", rows))
        result = check_sheet(sheet, programme)
        path = tmp_path / "out" / name
        write_refused(path, result.refused, sheet.columns)
        assert path.stat().st_mode & 0o077 == 0

        again = read_nominations(path)
        assert again.columns == sheet.columns
        assert [dict(r.values) for r in again.rows] == [dict(r.values) for r in result.refused]
        back = check_sheet(again, programme)
        assert [[f.field for f in r.faults] for r in back.refused] == [["email"], ["native_name"]]

        fixed = [
            r.__class__(
                r.row_number, {**r.values, "email": f"s{r.row_number}@example.edu", "native_name": ""}, r.faults
            )
            for r in result.refused
        ]
        write_refused(path, fixed, sheet.columns)
        corrected = checked(path, programme)
        assert not corrected.refused
        assert [n.given_name for _, n in corrected.good] == ["", "Ana Lucia"]

    def test_nothing_written_is_a_formula_to_a_spreadsheet(self, tmp_path: Path, programme: Programme) -> None:
        sheet = read_nominations(
            write_csv(tmp_path / "n.csv", [student(1, native_name="=1+1", student_number="@SUM(A1)")])
        )
        refused = check_sheet(sheet, programme).refused
        write_refused(tmp_path / "r.csv", refused, sheet.columns)
        write_refused(tmp_path / "r.xlsx", refused, sheet.columns)
        text = (tmp_path / "r.csv").read_bytes()
        assert text.startswith(b"\xef\xbb\xbf")
        cells = [c for row in csv.reader(io.StringIO(text.decode("utf-8-sig"))) for c in row]
        assert {"'=1+1", "'@SUM(A1)"} <= set(cells)
        page = openpyxl.load_workbook(tmp_path / "r.xlsx").worksheets[0]
        found = [c for row in page.iter_rows() for c in row if c.value]
        assert all(c.data_type != "f" for c in found)
        assert {"'=1+1", "'@SUM(A1)"} <= {c.value for c in found}
        assert page["A2"].value == "native_name: This contains a formula; type the value itself"

    def test_a_place_that_cannot_be_written_is_said(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("", encoding="utf-8")
        with pytest.raises(BadInput, match=r"file.unwritable"):
            write_refused(tmp_path / "file" / "r.csv", [], COLUMN_NAMES)


class TestTemplate:
    @pytest.mark.parametrize("name", ["t.csv", "t.xlsx"])
    def test_is_a_nomination_file_without_students(self, tmp_path: Path, name: str) -> None:
        write_template(tmp_path / name)
        sheet = read_nominations(tmp_path / name)
        assert sheet.columns == tuple(c.name for c in COLUMNS)
        assert sheet.rows == ()

    def test_explains_every_column(self, tmp_path: Path) -> None:
        write_template(tmp_path / "t.xlsx")
        book = openpyxl.load_workbook(tmp_path / "t.xlsx")
        assert [r[0].value for r in book["explanations"].iter_rows(min_row=2)] == [c.name for c in COLUMNS]
        assert all(cell.comment for cell in book["nominations"][1])

    @pytest.mark.parametrize("name", ["nominations-template.csv", "nominations-template.xlsx"])
    def test_the_example_is_the_template_of_today(self, name: str) -> None:
        assert read_nominations(EXAMPLES / name).columns == tuple(c.name for c in COLUMNS)


class TestExamples:
    """The cohorts of the demo, against the catalogue as it is."""

    def test_the_incoming_cohort_is_good_but_for_one_row_with_many_faults(self) -> None:
        result = checked(EXAMPLES / "nominations-incoming-2027.csv", load_programme())
        assert len(result.good) == 12
        (refused,) = result.refused
        assert refused.row_number == 14
        found = {f.field for f in refused.faults}
        assert found == {"birth_date", "discipline", "email", "end", "nationality", "specialties"}

    def test_the_outgoing_cohort_is_good(self) -> None:
        result = checked(EXAMPLES / "nominations-outgoing-2027.csv", load_programme())
        assert len(result.good) == 6
        assert not result.refused

    def test_the_template_explains_by_an_example_that_passes(self) -> None:
        assert isinstance(parse_row({c.name: c.example for c in COLUMNS}, load_programme()), Nomination)
