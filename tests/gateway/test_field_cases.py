"""Nomination files with faults seen in the field, and others of their kind: read as people see them, or refused."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl.utils import get_column_letter

from gateway.nomination_files import (
    CheckedSheet,
    NominationSheet,
    SheetRow,
    check_sheet,
    read_nominations,
    recorded_late,
)
from gateway.sheets.cells import heading, of_number, unescaped
from gateway.spreadsheets import UnclearEncoding
from models.catalogue.loading import load_programme
from models.catalogue.programme import Programme
from models.errors import BadInput
from tests.gateway.sheet_files import (
    COLUMNS,
    SHEET,
    bytes_of,
    comma_text,
    nominations,
    row_of,
    sheet_with,
    with_parts,
    workbook,
)
from tests.programmes import small_programme
from texts.fonts import CertificateFonts
from texts.forms import COLUMNS as LABELS
from texts.i18n import translated

CASES = Path(__file__).with_name("cases")
READ_ON = datetime(2026, 11, 25, 9, tzinfo=UTC)
CELLS = {column: number for number, column in enumerate(COLUMNS)}


@pytest.fixture(scope="module")
def programme() -> Programme:
    return load_programme()


def checked(name: str, programme: Programme, encoding: str = "") -> CheckedSheet:
    sheet = read_nominations(CASES / name, encoding)
    return check_sheet(sheet, programme, now=READ_ON, fonts=CertificateFonts())


def faults(found: CheckedSheet) -> set[tuple[str, str]]:
    return {(fault.field, fault.message) for row in found.refused for fault in row.faults}


def messages(sheet: NominationSheet) -> list[str]:
    return [one.message for one in sheet.told]


class TestCases:
    @pytest.mark.parametrize("name", ["k07-mac-cr.csv", "k07-mixed.csv"])
    def test_lines_end_as_they_may(self, programme: Programme, name: str) -> None:
        assert [n.family_name for _, n in checked(name, programme).good] == ["Marlow", "Harlan"]

    @pytest.mark.parametrize("name", ["k08-hidden-row.xlsx", "k08-filtered.xlsx"])
    def test_what_nobody_sees_is_left_out_and_told(self, programme: Programme, name: str) -> None:
        sheet = read_nominations(CASES / name)
        assert [row.number for row in sheet.rows] == [2, 4]
        assert [(one.message, one.params["rows"]) for one in sheet.told] == [("told.hidden_rows", (3,))]

    def test_leading_zeros_are_kept(self, programme: Programme) -> None:
        [(_, found)] = checked("k09-leading-zeros.xlsx", programme).good
        assert found.student_number == "0041017"

    @pytest.mark.parametrize(
        ("name", "column", "message"),
        [
            ("k09-float.xlsx", "student_number", "cell.number_shown"),
            ("k09-date.xlsx", "student_number", "cell.date"),
            ("k09-point-zero.csv", "student_number", "cell.point_zero"),
            ("k09-scientific.csv", "student_number", "cell.rounded"),
            ("k09-hashes.csv", "student_number", "cell.hashes"),
            ("k09-true-surname.xlsx", "family_name", "cell.boolean"),
            ("k14-past.csv", "end", "stay.over"),
            ("k14-begun.csv", "start", "stay.begun"),
        ],
    )
    def test_the_cell_is_refused_by_name(self, programme: Programme, name: str, column: str, message: str) -> None:
        found = checked(name, programme)
        assert not found.good
        assert faults(found) == {(column, message)}

    def test_names_of_passports_are_taken(self, programme: Programme) -> None:
        found = checked("k11-names.csv", programme)
        assert [n.family_name for _, n in found.good] == [
            "Ka\u02bbiulani",
            "Ad\u00e9b\u00e1y\u1ecd\u0300",
            "Samy A/L Raju",
        ]
        assert not found.told

    def test_a_script_that_certificates_lack_is_told(self, programme: Programme) -> None:
        found = checked("k15-korean.csv", programme)
        [(number, _)] = found.good
        assert [(one.field, one.message) for one in found.told[number]] == [("native_name", "told.not_printable")]

    def test_escapes_of_workbooks_are_resolved(self, programme: Programme) -> None:
        [(_, found)] = checked("k18-x000d.xlsx", programme).good
        assert found.student_number == "F10181"

    def test_strict_workbooks_are_read(self, programme: Programme) -> None:
        assert len(checked("k19-strict.xlsx", programme).good) == 1

    @pytest.mark.parametrize(
        ("name", "encoding", "native"),
        [("k20-euc-kr.csv", "euc-kr", "김민수"), ("k20-cp1252.csv", "windows-1252", "Muñóz")],
    )
    def test_an_encoding_is_asked_for_and_shown(
        self, programme: Programme, name: str, encoding: str, native: str
    ) -> None:
        with pytest.raises(UnclearEncoding) as caught:
            read_nominations(CASES / name)
        assert caught.value.samples[encoding] == [native]
        assert native not in str(caught.value)
        [(_, found)] = checked(name, programme, encoding).good
        assert found.native_name == native
        assert messages(read_nominations(CASES / name, encoding)) == ["told.encoding"]


class TestEncodings:
    @pytest.mark.parametrize(
        ("encoding", "codec", "native"),
        [
            ("gb18030", "gb18030", "欧阳喆"),
            ("big5", "big5", "陳怡君"),
            ("euc-jp", "euc_jp", "佐藤さくら"),
            ("shift-jis", "cp932", "佐藤さくら"),
            ("windows-1250", "cp1250", "Dvořák"),
            ("windows-1251", "cp1251", "Иванова"),
            ("mac-roman", "mac_roman", "Zoë"),
        ],
    )
    def test_none_is_guessed_and_each_can_be_said(self, encoding: str, codec: str, native: str) -> None:
        data = comma_text(row_of(native_name=native)).encode(codec)
        with pytest.raises(UnclearEncoding) as caught:
            nominations(data)
        assert caught.value.samples[encoding] == [native]
        [row] = nominations(data, encoding).rows
        assert row.values["native_name"] == native

    def test_column_names_that_read_prove_it(self) -> None:
        heads = ",".join(translated(LABELS[column], "zh") for column in COLUMNS)
        text = comma_text(row_of(native_name="王小明"))
        sheet = nominations((heads + text[text.index("\r\n") :]).encode("gb18030"))
        assert sheet.rows[0].values["native_name"] == "王小明"
        assert [(one.message, one.params) for one in sheet.told] == [("told.encoding", {"encoding": "gb18030"})]

    @pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
    def test_unicode_needs_no_word(self, codec: str) -> None:
        sheet = nominations(comma_text(row_of(native_name="김민수")).encode(codec))
        assert sheet.rows[0].values["native_name"] == "김민수"
        assert not sheet.told

    def test_a_wrong_word_is_refused(self) -> None:
        data = comma_text(row_of(native_name="김민수")).encode("cp949")
        with pytest.raises(BadInput, match=r"sheet\.encoding_wrong"):
            nominations(data, "utf-8")
        with pytest.raises(BadInput, match=r"sheet\.encoding_unknown"):
            nominations(data, "klingon")


class TestForms:
    @pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
    @pytest.mark.parametrize("separator", [",", ";", "\t"])
    @pytest.mark.parametrize("before", ["", "\ufeff", "\ufeff\ufeff", "sep={}\r\n", '\ufeff"sep={}"\n'])
    def test_ends_separators_and_what_stands_before(self, end: str, separator: str, before: str) -> None:
        text = before.format(separator) + comma_text(row_of(), row_of(), separator=separator, end=end)
        assert [row.number for row in nominations(text.encode()).rows] == [2, 3]

    @pytest.mark.parametrize(
        ("written", "column"),
        [
            ("Family Name *", "family_name"),
            ("family-name (required)", "family_name"),
            ("＊ 姓（必填）", "family_name"),
            ("E-Mail Address:", "e_mail_address"),
            ("NATIVE  NAME [optional]", "native_name"),
            ("ｓｔａｒｔ", "start"),
        ],
    )
    def test_headings_are_compared_without_their_marks(self, written: str, column: str) -> None:
        assert heading(written) in (column, "姓")

    @pytest.mark.parametrize("language", ["en", "zh"])
    def test_columns_may_be_called_as_on_the_forms(self, language: str) -> None:
        text = comma_text(row_of())
        heads = ",".join(f"{translated(LABELS[column], language)} *" for column in COLUMNS)
        sheet = nominations((heads + text[text.index("\r\n") :]).encode())
        assert set(sheet.columns) == set(COLUMNS)


class TestCellsAsShown:
    @pytest.mark.parametrize(
        ("value", "number_format", "shown"),
        [
            (41017, "0000000", "0041017"),
            (41017, "General", "41017"),
            (7, "000", "007"),
            (123456, '"F"000-000', "F123-456"),
            (1234567, "000\\-000", "1234-567"),
            (42, "0", "42"),
            (5, "00;-00", "05"),
            (202611000123, "General", "202611000123"),
        ],
    )
    def test_a_number_is_read_as_its_format_shows_it(self, value: int, number_format: str, shown: str) -> None:
        assert of_number(value, number_format) == (shown, "", "")

    @pytest.mark.parametrize(
        ("value", "number_format"),
        [(41017, "0.0"), (41017, "#,##0"), (12345.5, "General"), (3, "0%"), (3, "0E+00"), (-7, "000"), (3, "# ?/?")],
    )
    def test_what_shows_as_something_else_is_doubtful(self, value: float, number_format: str) -> None:
        assert of_number(value, number_format).doubtful == "cell.number_shown"

    @pytest.mark.parametrize("column", ["student_number", "family_name", "given_name", "native_name", "email"])
    @pytest.mark.parametrize(
        ("value", "message"),
        [(True, "cell.boolean"), (datetime(2027, 3, 1), "cell.date"), (1.5, "cell.number_shown")],  # noqa: DTZ001
    )
    def test_a_column_of_text_takes_nothing_else(self, column: str, value: Any, message: str) -> None:
        cells: list[Any] = list(row_of().values())
        cells[CELLS[column]] = value
        [row] = nominations(bytes_of(workbook([COLUMNS, cells]))).rows
        [fault] = row.faults
        letter = chr(ord("A") + CELLS[column])
        assert (fault.field, fault.message, fault.params) == (column, message, {"cell": f"{letter}2"})

    @pytest.mark.parametrize("cell", ["#N/A", "#REF!", "#DIV/0!", "####", "#NAME?"])
    @pytest.mark.parametrize("column", ["student_number", "native_name", "rank"])
    def test_what_a_spreadsheet_shows_instead_of_a_value_is_refused(self, cell: str, column: str) -> None:
        sheet = nominations(comma_text(row_of(**{column: cell})).encode())
        found = {f.message for row in check_sheet(sheet, small_programme()).refused for f in row.faults}
        assert found & {"cell.spreadsheet_error", "cell.hashes"}

    @pytest.mark.parametrize("number", ["2.02611E+11", "2,02611E+11", "1e+06", "41017.0", "41017,00", "7E-05"])
    def test_numbers_that_a_spreadsheet_has_spoilt_are_refused(self, number: str) -> None:
        sheet = nominations(comma_text(row_of(student_number=number)).encode())
        assert {f.field for row in check_sheet(sheet, small_programme()).refused for f in row.faults} == {
            "student_number"
        }

    @pytest.mark.parametrize("number", ["12E5", "E10131", "2019.1234", "0041017", "A-1.0b", "TRUE"])
    def test_numbers_that_only_look_so_are_taken(self, number: str) -> None:
        sheet = nominations(comma_text(row_of(student_number=number)).encode())
        [(_, found)] = check_sheet(sheet, small_programme()).good
        assert found.student_number == number

    @pytest.mark.parametrize(
        ("text", "plain"),
        [
            ("a_x000D_", "a\r"),
            ("_x0041_b", "Ab"),
            ("_x005F_x000D_", "_x000D_"),
            ("_xD83D__xDE00_", "😀"),
            ("_x00_", "_x00_"),
        ],
    )
    def test_escapes_are_resolved_once(self, text: str, plain: str) -> None:
        assert unescaped(text) == plain


class TestHidden:
    @pytest.mark.parametrize("how", ['hidden="1"', 'hidden="true"', 'ht="0" customHeight="1"', 'ht="0.0"'])
    def test_rows_hidden_in_any_way(self, how: str) -> None:
        cell = '<c t="inlineStr"><is><t>{}</t></is></c>'
        heads = "".join(cell.format(column) for column in COLUMNS)
        student = cell.format("dartmouth")
        rows = f"<row>{heads}</row><row>{student}</row><row {how}>{student}</row><row {how}/><row>{student}</row>"
        sheet = nominations(with_parts({SHEET: sheet_with(rows)}))
        assert [row.number for row in sheet.rows] == [2, 5]
        assert [(one.message, one.params) for one in sheet.told] == [("told.hidden_rows", {"rows": (3,), "count": 1})]

    @pytest.mark.parametrize("state", ["hidden", "veryHidden"])
    def test_sheets_that_are_hidden_are_not_read(self, state: Any) -> None:
        book = workbook([COLUMNS, list(row_of().values())])
        book.create_sheet("visible").append(["nothing here"])
        book.worksheets[0].sheet_state = state
        with pytest.raises(BadInput, match=r"nominations\.columns_missing"):
            nominations(bytes_of(book))
        book = workbook([COLUMNS, list(row_of().values())])
        book.create_sheet("old list").sheet_state = state
        assert messages(nominations(bytes_of(book))) == ["told.hidden_sheets"]

    def test_a_hidden_column_of_ours_is_refused_and_another_one_left_out(self) -> None:
        book = workbook([COLUMNS, list(row_of().values())])
        book.worksheets[0].column_dimensions["G"].hidden = True
        with pytest.raises(BadInput, match=r"nominations\.columns_hidden.*email"):
            nominations(bytes_of(book))
        rows: list[list[Any]] = [[*COLUMNS, "remarks"], [*row_of().values(), "private"]]
        book = workbook(rows)
        letter = get_column_letter(len(COLUMNS) + 1)
        book.worksheets[0].column_dimensions[letter].hidden = True
        sheet = nominations(bytes_of(book))
        assert "private" not in sheet.rows[0].values.values()
        assert [(one.message, one.params) for one in sheet.told] == [("told.hidden_columns", {"columns": ("remarks",)})]
        assert not sheet.rows[0].faults


class TestLate:
    def test_a_reason_goes_to_rows_that_need_one_and_give_none(self) -> None:
        programme, now = small_programme(), datetime(2027, 3, 2, tzinfo=UTC)
        later = {"start": "2027-03-08", "laboratory_start": "2027-03-08"}
        rows = [row_of(), row_of(**later), row_of() | {"late_reason": "Forgotten in May."}]
        sheet = NominationSheet(COLUMNS, tuple(SheetRow(n, row) for n, row in enumerate(rows, start=2)))
        found = recorded_late(sheet, "The list came by post.", programme, now)
        assert [row.values.get("late_reason") for row in found.rows] == [
            "The list came by post.",
            None,
            "Forgotten in May.",
        ]
        assert "late_reason" in found.columns
        begun = check_sheet(NominationSheet(COLUMNS, sheet.rows[:1]), programme, now=now)
        assert faults(begun) == {("start", "stay.begun")}
        assert check_sheet(NominationSheet(COLUMNS, found.rows[:1]), programme, now=now).good
