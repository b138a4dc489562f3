"""Forms for the immunization record and tuberculosis: out, filled in, and back, as XLSX, CSV and PDF."""

import io
from datetime import date
from pathlib import Path

import openpyxl
import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.fact_forms import read_filled, write_form
from models.errors import BadInput
from models.facts.health import (
    Antigen,
    ChestXray,
    Dose,
    ImmunizationFacts,
    Serology,
    TbMethod,
    TbReading,
    TestResult,
    TuberculosisFacts,
    Vaccine,
)
from models.facts.lines import LINES, FormLine, facts_of_lines, lines_of
from texts.facts import line_words
from texts.refusals import refusal

DAYS = st.dates(min_value=date(1950, 1, 1), max_value=date(2100, 1, 1))
DOSES = st.builds(Dose, vaccine=st.sampled_from(Vaccine), given_on=DAYS)
TESTS = st.builds(
    Serology,
    antigen=st.sampled_from(Antigen),
    drawn_on=DAYS,
    result=st.sampled_from(TestResult),
    quantity=st.none() | st.integers(0, 5000).map(lambda n: n / 4),
)
RECORDS = st.builds(
    ImmunizationFacts,
    doses=st.lists(DOSES, max_size=25).map(tuple),
    serologies=st.lists(TESTS, max_size=5, unique_by=lambda one: one.antigen).map(tuple),
)
TUBERCULOSIS = st.builds(
    TuberculosisFacts,
    tests=st.lists(
        st.builds(TbReading, method=st.sampled_from(TbMethod), tested_on=DAYS, result=st.sampled_from(TestResult)),
        max_size=6,
    ).map(tuple),
    xray=st.none() | st.builds(ChestXray, taken_on=DAYS, clear=st.booleans()),
)
SUFFIXES = pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".pdf"])


def alike(one: ImmunizationFacts, other: ImmunizationFacts) -> bool:
    def by_day(record: ImmunizationFacts) -> tuple[object, object]:
        doses = sorted(record.doses, key=lambda dose: (dose.vaccine, dose.given_on))
        return doses, sorted(record.serologies, key=lambda test: test.antigen)

    return by_day(one) == by_day(other)


@given(RECORDS)
def test_a_record_comes_back_from_its_lines(record: ImmunizationFacts) -> None:
    back, faults = facts_of_lines("immunization_record", lines_of("immunization_record", record))
    assert isinstance(back, ImmunizationFacts)
    assert not faults
    assert alike(back, record)


@given(TUBERCULOSIS)
def test_tests_for_tuberculosis_come_back_from_their_lines(record: TuberculosisFacts) -> None:
    back, faults = facts_of_lines("tb_test", lines_of("tb_test", record))
    assert isinstance(back, TuberculosisFacts)
    assert not faults
    assert back.xray == record.xray
    by_day = lambda one: (one.method, one.tested_on, one.result)  # noqa: E731
    assert sorted(back.tests, key=by_day) == sorted(record.tests, key=by_day)


def filled() -> ImmunizationFacts:
    day = date(2008, 9, 1)
    doses = tuple(Dose(vaccine=vaccine, given_on=day) for vaccine in Vaccine)
    test = Serology(antigen=Antigen.HEPATITIS_B, drawn_on=day, result=TestResult.POSITIVE, quantity=12.5)
    return ImmunizationFacts(doses=doses, serologies=(test,))


@SUFFIXES
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_known_goes_out_and_comes_back(tmp_path: Path, suffix: str, language: str) -> None:
    path = tmp_path / f"form{suffix}"
    write_form(path, "immunization_record", language, filled())
    back, faults = read_filled(path, "immunization_record")
    assert not faults
    assert isinstance(back, ImmunizationFacts)
    assert alike(back, filled())


@SUFFIXES
def test_an_empty_form_says_nothing(tmp_path: Path, suffix: str) -> None:
    for kind, empty in (("immunization_record", ImmunizationFacts()), ("tb_test", TuberculosisFacts())):
        path = tmp_path / f"{kind}{suffix}"
        write_form(path, kind, "en")
        assert read_filled(path, kind) == (empty, ())


def test_a_workbook_filled_in_by_hand_is_read_with_real_dates_and_in_chinese(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    write_form(path, "tb_test", "zh")
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    sheet["B2"], sheet["C2"] = date(2026, 9, 1), "阴性"
    book.save(path)
    back, faults = read_filled(path, "tb_test")
    assert not faults
    assert isinstance(back, TuberculosisFacts)
    assert [(t.method, str(t.tested_on), t.result) for t in back.tests] == [("igra", "2026-09-01", "negative")]


def test_a_pdf_filled_in_by_a_viewer_is_read(tmp_path: Path) -> None:
    path = tmp_path / "form.pdf"
    write_form(path, "tb_test", "en")
    fill(path, {"skin.1.on": "2026-09-01", "skin.1.result": "negative"})
    back, faults = read_filled(path, "tb_test")
    assert not faults
    assert isinstance(back, TuberculosisFacts)
    assert [(t.method, str(t.tested_on)) for t in back.tests] == [("skin", "2026-09-01")]


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ({"mmr.1.on": "May 2004"}, ("mmr.1", "on", "form.day")),
        ({"mmr.1.on": "2004-02-30"}, ("mmr.1", "on", "form.day")),
        ({"antibodies.rubella.on": "2004-02-03"}, ("antibodies.rubella", "result", "form.result")),
        (
            {
                "antibodies.hepatitis_b.on": "2004-02-03",
                "antibodies.hepatitis_b.result": "positive",
                "antibodies.hepatitis_b.quantity": "many",
            },
            ("antibodies.hepatitis_b", "quantity", "form.quantity"),
        ),
    ],
)
def test_a_field_that_cannot_be_read_is_named(
    tmp_path: Path, cells: dict[str, str], found: tuple[str, str, str]
) -> None:
    path = tmp_path / "form.pdf"
    write_form(path, "immunization_record", "en")
    fill(path, cells)
    _, faults = read_filled(path, "immunization_record")
    assert [(one.line, one.column, one.error.message) for one in faults] == [found]
    assert refusal(faults[0].error, "zh")


def test_a_line_of_another_form_is_named() -> None:
    _, faults = facts_of_lines("tb_test", [FormLine("mmr.1", "2004-05-10")])
    assert [(one.line, one.error.message) for one in faults] == [("mmr.1", "form.no_such_line")]


def fill(path: Path, cells: dict[str, str]) -> None:
    """As a viewer does it: the value of each field."""
    with pikepdf.open(io.BytesIO(path.read_bytes())) as pdf:
        fields = {str(field.T): field for field in pdf.Root.AcroForm.Fields}
        for name, value in cells.items():
            fields[name].V = pikepdf.String(value)
        pdf.save(path)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"%PDF-1.7\nnothing", "form.damaged"),
        (b"%PDF-", "form.damaged"),
        (b"name,of,columns\n1,2,3\n", "form.columns"),
        (b"", "sheet.empty"),
    ],
)
def test_what_is_no_form_is_refused_with_its_reason(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "form"
    path.write_bytes(data)
    with pytest.raises(BadInput) as refused:
        read_filled(path, "tb_test")
    assert refused.value.message in {message, "form.columns"}


def test_a_pdf_without_fields_or_with_a_password_is_refused(tmp_path: Path) -> None:
    plain, locked = tmp_path / "plain.pdf", tmp_path / "locked.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(plain)
        pdf.save(locked, encryption=pikepdf.Encryption(owner="a", user="b"))
    for path, message in ((plain, "form.no_fields"), (locked, "form.locked")):
        with pytest.raises(BadInput) as refused:
            read_filled(path, "tb_test")
        assert refused.value.message == message


def test_other_kinds_have_no_form(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"form\.none"):
        write_form(tmp_path / "form.pdf", "passport", "en")


def test_every_line_is_called_something_in_both_languages() -> None:
    for line in (line for lines in LINES.values() for line in lines):
        assert line_words(line, "en") != line
        assert line_words(line, "zh") not in (line, line_words(line, "en"))
