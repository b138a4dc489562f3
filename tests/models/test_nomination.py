"""A row of a nomination file becomes a nomination and a plan, or every fault of it, told in a coordinator's words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.programme import Programme
from models.rules.nomination import Nomination, parse_row, student_key
from models.rules.nomination_blocks import MORE
from models.rules.nomination_cells import CatalogueNames
from models.rules.nomination_columns import COLUMNS, KNOWN_COLUMNS
from models.rules.stay import Fault
from models.vocabulary import Content, Direction, Level
from tests.programmes import GOOD_ROW, small_programme
from texts.refusals import REFUSALS, refusal

SMALL = small_programme()
PERSIAN = "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627"
"""A given name written with a joiner that is not printed by itself."""


@pytest.fixture(scope="module")
def programme() -> Programme:
    return SMALL


def good(programme: Programme, **cells: str) -> Nomination:
    parsed = parse_row(GOOD_ROW | cells, programme)
    assert isinstance(parsed, Nomination), parsed
    return parsed


def faults(programme: Programme, **cells: str) -> tuple[Fault, ...]:
    parsed = parse_row(GOOD_ROW | cells, programme)
    assert isinstance(parsed, tuple), parsed
    return parsed


def fields(found: tuple[Fault, ...]) -> set[str]:
    return {f.field for f in found}


def test_a_good_row_becomes_a_plan_without_personal_data(programme: Programme) -> None:
    nomination = good(programme)
    plan = nomination.to_plan(programme)
    assert plan.direction is Direction.INCOMING
    assert (plan.sending, plan.host, plan.year, plan.level) == ("dartmouth", "cqmu", 2027, Level.PHD)
    assert plan.discipline == "state-neurology"
    assert plan.laboratories == ("cqmu-lipid", "cqmu-child")
    assert plan.specialties == ("cqmu-neurology", "cqmu-oncology")
    assert plan.kinds() == (
        Content.LABORATORY,
        Content.CLINICAL,
        Content.ACADEMIC_LECTURES,
        Content.CULTURAL_LECTURES,
    )
    lectures = plan.block(Content.ACADEMIC_LECTURES)
    assert lectures is not None
    assert (lectures.start, lectures.end) == (plan.start, plan.end)
    told = plan.model_dump_json()
    for personal in (nomination.family_name, nomination.email, nomination.student_number, "2001-05-17"):
        assert personal not in told


def test_the_columns_are_the_fields_of_a_nomination() -> None:
    assert set(Nomination.model_fields) - set(MORE.values()) | {"programme_fee"} == KNOWN_COLUMNS


def test_every_example_of_the_template_is_accepted(programme: Programme) -> None:
    parsed = parse_row({c.name: c.example for c in COLUMNS}, programme)
    assert isinstance(parsed, Nomination), parsed


@pytest.mark.parametrize(
    "name", ["dartmouth", "DARTMOUTH", "dar", "Dartmouth College", " dartmouth  college ", "达特茅斯学院"]
)
def test_a_university_is_found_by_id_code_or_name(programme: Programme, name: str) -> None:
    assert good(programme, sending=name).sending == "dartmouth"


@pytest.mark.parametrize(
    ("cell", "level", "id"),
    [
        ("esi-pharmacology", "phd", "esi-pharmacology"),
        ("pharmacology and toxicology", "phd", "esi-pharmacology"),
        ("药理学与毒理学", "master", "esi-pharmacology"),
        ("Pharmacy", "phd", "phd-pharmacy"),
        ("Pharmacy", "master", "master-pharmacy"),
        ("药学", "硕士", "master-pharmacy"),
    ],
)
def test_a_discipline_is_found_by_name_in_the_list_of_the_level(
    programme: Programme, cell: str, level: str, id: str
) -> None:
    assert good(programme, discipline=cell, level=level).discipline == id


def test_a_discipline_of_the_other_level_is_refused_by_its_rule(programme: Programme) -> None:
    found = faults(programme, discipline="Translation", level="phd")
    assert [(f.field, f.rule) for f in found] == [("discipline", "D7")]


def test_units_are_found_whatever_the_apostrophe_and_kept_in_order(programme: Programme) -> None:
    nomination = good(programme, laboratories="children's health and diseases\uff1b 脂质研究实验室;cqmu-child")
    assert nomination.laboratories == ("cqmu-child", "cqmu-lipid")


def test_a_name_of_two_laboratories_asks_which(programme: Programme) -> None:
    (fault,) = faults(programme, laboratories="Ultrasonic Medicine")
    assert fault.params["choices"] == ("cqmu-nerc-ultrasonic", "cqmu-skl-ultrasonic")


def test_a_department_is_not_a_laboratory_and_another_hosts_unit_is_not_offered(programme: Programme) -> None:
    assert fields(faults(programme, laboratories="Oncology")) == {"laboratories"}
    assert fields(faults(programme, laboratories="dartmouth-immunology")) == {"laboratories"}


@pytest.mark.parametrize("text", ["2027-03-01", "2027/3/1", "2027.03.01", "2027年3月1日", " 2027-3-1 "])
def test_dates_year_first_are_understood(programme: Programme, text: str) -> None:
    assert good(programme, start=text).start == date(2027, 3, 1)


@pytest.mark.parametrize(
    "text",
    ["03/01/2027", "1.3.2027", "2027-02-30", "27-03-01", "March 1", "46447", "2027-3/1", "9999-12-31", "0001-01-01"],
)
def test_dates_that_can_be_misread_are_refused(programme: Programme, text: str) -> None:
    assert "start" in fields(faults(programme, start=text))


def test_the_intake_year_is_the_year_of_the_start_unless_given(programme: Programme) -> None:
    assert good(programme).intake_year == 2027
    assert good(programme, intake_year="2028").intake_year == 2028
    assert fields(faults(programme, intake_year="2035")) == {"intake_year"}


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("sending", "Hogwarts"),
        ("host", ""),
        ("student_number", ""),
        ("student_number", "9" * 41),
        ("family_name", ""),
        ("family_name", "王"),
        ("given_name", "Ana1"),
        ("native_name", "安\u0007娜"),
        ("email", "ana.rivera"),
        ("email", "Ana <ana@example.edu>"),
        ("email", "mateo.ramírez@example.edu"),
        ("birth_date", "2020-01-01"),
        ("birth_date", "1927-01-01"),
        ("birth_date", "17.05.2001"),
        ("gender", "x"),
        ("nationality", "USA"),
        ("nationality", "ZZ"),
        ("level", "bachelor"),
        ("discipline", "Astrology"),
        ("end", ""),
        ("laboratory_end", ""),
        ("clinical_start", ""),
        ("academic_lectures", "maybe"),
        ("cultural_lectures", ""),
        ("specialties", "Cardiomancy"),
        ("rank", "0"),
        ("rank", "first"),
        ("rank", "1.5"),
        ("language", "fr"),
        ("programme_fee", "500"),
        ("programme_fee", "free"),
    ],
)
def test_a_fault_names_its_column_and_the_rest_stands(programme: Programme, column: str, cell: str) -> None:
    (fault,) = faults(programme, **{column: cell})
    assert fault.field == column
    assert fault.value == cell
    assert fault.message in REFUSALS


def test_all_faults_of_a_row_come_at_once_rules_of_the_stay_included(programme: Programme) -> None:
    found = faults(
        programme, email="nowhere", birth_date="2019-01-01", discipline="Astrology", end="2027-09-01", programme_fee="9"
    )
    assert fields(found) == {"email", "birth_date", "discipline", "end", "programme_fee"}
    assert {f.rule for f in found} >= {"D1", "D6", "D7"}


def test_preferences_without_dates_are_asked_about(programme: Programme) -> None:
    (fault,) = faults(programme, laboratory_start="", laboratory_end="")
    assert (fault.field, fault.rule) == ("laboratory_start", "D8")


def test_a_content_without_dates_is_no_part_of_the_stay(programme: Programme) -> None:
    nomination = good(programme, clinical_start="", clinical_end="", specialties="")
    assert nomination.to_plan(programme).block(Content.CLINICAL) is None


def test_names_of_one_part_and_of_other_scripts_are_kept(programme: Programme) -> None:
    nomination = good(programme, family_name="Nguyễn", given_name="-", native_name=PERSIAN)
    assert (nomination.family_name, nomination.given_name, nomination.native_name) == ("Nguyễn", "", PERSIAN)
    assert fields(faults(programme, family_name="-", given_name="-")) == {"family_name"}


def test_reasons_do_not_repeat_personal_cells(programme: Programme) -> None:
    cells = {"family_name": "王小明", "email": "wang at example", "birth_date": "1.2.2003", "student_number": "7" * 50}
    for fault in faults(programme, **cells):
        assert cells[fault.field] not in refusal(fault, "en", programme)


@pytest.mark.parametrize("fee", ["", "0", "0.00"])
def test_no_fee_is_no_fault(programme: Programme, fee: str) -> None:
    good(programme, programme_fee=fee)


def test_words_are_understood_in_both_languages(programme: Programme) -> None:
    nomination = good(
        programme, gender="女", level="博士", academic_lectures="是", cultural_lectures="否", language="中文"
    )
    assert (nomination.gender, nomination.level, nomination.language) == ("female", Level.PHD, "zh")
    assert (nomination.academic_lectures, nomination.cultural_lectures) == (True, False)


def test_outgoing_students_are_seen_from_home(programme: Programme) -> None:
    nomination = good(
        programme,
        sending="cqmu",
        host="dartmouth",
        laboratories="Immunology Laboratory",
        specialties="",
        clinical_start="",
        clinical_end="",
    )
    assert nomination.to_plan(programme).direction is Direction.OUTGOING


def test_the_same_student_has_the_same_key_however_the_university_is_written(programme: Programme) -> None:
    names = CatalogueNames(programme)
    key = student_key(GOOD_ROW, names)
    assert key == student_key(GOOD_ROW | {"sending": "Dartmouth College", "student_number": "f00123a"}, names)
    assert key != student_key(GOOD_ROW | {"intake_year": "2028"}, names)
    assert student_key(GOOD_ROW | {"student_number": ""}, names) is None


@given(
    row=st.dictionaries(
        st.sampled_from(sorted(KNOWN_COLUMNS)),
        st.one_of(
            st.text(max_size=30), st.dates().map(str), st.sampled_from([*GOOD_ROW.values(), "zh", "0", "-", ";"])
        ),
    )
)
def test_whatever_is_written_the_answer_is_a_nomination_or_reasons(row: dict[str, str]) -> None:
    parsed = parse_row(GOOD_ROW | row, SMALL)
    assert isinstance(parsed, Nomination) or all(f.message in REFUSALS and f.field in KNOWN_COLUMNS for f in parsed)
    assert parsed


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("", ""),
        (" l898902c3 ", "L898902C3"),
        ("E 1234 5678", "E12345678"),
        ("\uff25\uff1112345678", "E112345678"),
    ],
)
def test_the_number_of_a_passport_is_kept_as_it_is_printed(programme: Programme, cell: str, kept: str) -> None:
    nomination = good(programme, passport_number=cell)
    assert nomination.passport_number == kept
    assert ("passport_number" in nomination.model_dump()) is bool(kept), "as it was before it could be told"


@pytest.mark.parametrize("cell", ["E123", "E-1234567", "护照12345", "1.2E+08", "12345678.0", "E" * 21])
def test_what_is_no_number_of_a_passport_is_told(programme: Programme, cell: str) -> None:
    assert [fault.field for fault in faults(programme, passport_number=cell)] == ["passport_number"]
