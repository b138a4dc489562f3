"""Immunizations, tuberculosis and the physical examination, each at its boundary (D21, D27)."""

from datetime import date, timedelta
from typing import Any

import pytest

from models.facts.health import (
    Antigen,
    ChestXray,
    ExaminationFacts,
    TbMethod,
    TbReading,
    TestResult,
    TuberculosisFacts,
    Vaccine,
)
from models.rules.requirements.immunizations import valid_doses
from models.vocabulary import Severity
from tests.models.requirements.asked import RULES, START, against, antibodies, record, said, stay

DAY = timedelta(days=1)
LAST = date(2027, 5, 28)


def test_a_record_that_lacks_nothing_holds() -> None:
    assert not against("immunization_record", record())


def test_without_a_clinic_nothing_is_asked() -> None:
    assert not said("immunization_record", record(mmr=()), of=stay(clinic_start=None, clinic_end=None))


@pytest.mark.parametrize(("second", "counts"), [("2004-06-06", False), ("2004-06-07", True), ("2004-06-08", True)])
def test_the_second_live_dose_counts_from_the_twenty_eighth_day_on(second: str, counts: bool) -> None:
    found = against("immunization_record", record(mmr=("2004-05-10", second)))
    told = {} if counts else dict.fromkeys(("D27.measles", "D27.mumps"), "requirement.dose_too_early")
    assert found == told


def test_one_dose_is_enough_against_rubella_and_not_against_measles() -> None:
    found = against("immunization_record", record(mmr=("2004-05-10",)))
    assert found == dict.fromkeys(("D27.measles", "D27.mumps"), "requirement.dose_missing")
    first = said("immunization_record", record(mmr=("2004-05-10",)))["D27.measles"].params["first"]
    assert first == "2004-06-07"


def test_antibodies_stand_in_for_doses_and_the_last_test_counts() -> None:
    tests = tuple(antibodies(a, "2026-09-01", quantity=50) for a in Antigen)
    assert not against("immunization_record", record(tests, mmr=(), varicella=()))
    lost = (*tests, antibodies(Antigen.RUBELLA, "2026-10-01", "negative"))
    assert against("immunization_record", record(lost, mmr=())) == {"D27.rubella": "requirement.doses_or_serology"}


@pytest.mark.parametrize(("given", "holds"), [("2017-05-27", False), ("2017-05-28", True), ("2017-05-29", True)])
def test_tdap_holds_ten_years_through_the_last_clinical_day(given: str, holds: bool) -> None:
    found = said("immunization_record", record(tdap=(given,)))["D27.tdap"]
    assert (found.severity is Severity.INFORMING) is holds
    assert found.holds_until == date.fromisoformat(given).replace(year=2027)


def test_td_boosts_and_never_stands_in_for_tdap() -> None:
    assert not against("immunization_record", record(tdap=("2010-01-01",), td=("2022-01-01",)))
    assert against("immunization_record", record(tdap=(), td=("2022-01-01",))) == {
        "D27.tdap": "requirement.tdap_missing"
    }


def test_a_booster_of_a_leap_day_holds_to_the_end_of_february() -> None:
    leap = stay(
        clinic_start=date(2030, 2, 1), clinic_end=date(2030, 2, 28), start=date(2030, 2, 1), end=date(2030, 3, 31)
    )
    ten = record(tdap=("2020-02-29",), influenza=("2029-10-01",))
    of = leap.model_copy(update={"checked_on": date(2029, 12, 1)})
    assert said("immunization_record", ten, of=of)["D27.tdap"].holds_until == date(2030, 2, 28)
    assert not against("immunization_record", ten, of=of)


@pytest.mark.parametrize(
    ("days", "message"),
    [
        (("2003-05-01", "2003-05-29", "2003-08-21"), None),  # 28, 84 and 112 days
        (("2003-05-01", "2003-05-28", "2003-08-21"), "requirement.dose_missing"),  # the second a day early
        (("2003-05-01", "2003-05-29", "2003-08-20"), "requirement.dose_missing"),  # the whole a day short
        (("2003-05-01", "2003-06-30", "2003-08-25"), None),  # 56 days from the second to the third
        (("2003-05-01", "2003-06-30", "2003-08-24"), "requirement.dose_missing"),
        (("2003-05-01", "2003-05-29", "2003-08-20", "2003-12-01"), None),  # a fourth makes good
    ],
)
def test_hepatitis_b_takes_three_doses_at_their_intervals(days: tuple[str, ...], message: str | None) -> None:
    found = against("immunization_record", record(hepatitis_b=days))
    assert found == ({"D27.hepatitis_b": message} if message else {})


@pytest.mark.parametrize(("quantity", "rule"), [(9.9, "asks"), (10, None), (None, "missing")])
def test_antibodies_against_hepatitis_b_are_measured(quantity: float | None, rule: str | None) -> None:
    found = said("immunization_record", record((antibodies(Antigen.HEPATITIS_B, "2026-09-01", quantity=quantity),)))
    expected = {"asks": Severity.ASKING, "missing": Severity.BLOCKING, None: Severity.INFORMING}[rule]
    assert found["D27.anti_hbs"].severity is expected
    assert "9.9" not in str(found["D27.anti_hbs"].params)


def test_influenza_is_asked_for_the_season_of_the_clinic() -> None:
    winter = stay(
        start=date(2027, 1, 4), end=date(2027, 3, 31), clinic_start=date(2027, 1, 4), clinic_end=date(2027, 3, 5)
    )
    assert not against("immunization_record", record(influenza=("2026-08-01",)), of=winter)
    old = against("immunization_record", record(influenza=("2026-07-31",)), of=winter)
    assert old == {"D27.influenza": "requirement.influenza"}
    # From April to the end of May there is no season.
    assert not against("immunization_record", record(influenza=()))
    march = stay(clinic_start=date(2027, 3, 31))
    assert against("immunization_record", record(influenza=()), of=march) == {"D27.influenza": "requirement.influenza"}


def test_a_season_to_come_is_a_warning_with_its_day() -> None:
    autumn = stay(
        start=date(2027, 8, 2), end=date(2027, 11, 30), clinic_start=date(2027, 9, 1), clinic_end=date(2027, 11, 1)
    )
    found = said("immunization_record", record(), of=autumn)["D27.influenza"]
    assert (found.severity, found.params["first"]) == (Severity.WARNING, "2027-08-01")
    assert found.holds_until == date(2027, 9, 30)


def test_a_dose_that_is_still_to_come_is_refused() -> None:
    found = against("immunization_record", record(influenza=("2026-12-24",)))
    assert found["D27.dates"] == "requirement.dose_in_future"


def test_doses_count_from_the_last_that_counted() -> None:
    days = [date(2020, 1, 1), date(2020, 1, 20), date(2020, 1, 29), date(2020, 2, 10)]
    assert valid_doses(days, [28]) == [days[0], days[2]]


def test_what_an_earlier_set_of_rules_does_not_have_is_not_asked() -> None:
    earlier = RULES | {"D27": RULES["D27"].model_copy(update={"values": {"tb_test_days": 365}})}
    assert not said("immunization_record", record(mmr=()), rules=earlier)


def tb(*tests: tuple[str, str, str], xray: ChestXray | None = None) -> TuberculosisFacts:
    readings = (
        TbReading(method=TbMethod(m), tested_on=date.fromisoformat(on), result=TestResult(r)) for m, on, r in tests
    )
    return TuberculosisFacts(tests=tuple(readings), xray=xray)


@pytest.mark.parametrize(("tested", "holds"), [("2026-05-27", False), ("2026-05-28", True), ("2026-05-29", True)])
def test_a_test_holds_through_the_last_clinical_day_or_says_when_it_lapses(tested: str, holds: bool) -> None:
    found = said("tb_test", tb(("igra", tested, "negative")))["D27.tb"]
    assert found.holds_until == date.fromisoformat(tested) + 365 * DAY
    assert (found.severity is Severity.INFORMING) is holds
    assert found.message == ("requirement.holds" if holds else "requirement.tb_lapses")


def test_a_leap_year_is_a_day_longer() -> None:
    of = stay(clinic_start=date(2028, 3, 1), clinic_end=date(2028, 3, 1), checked_on=date(2027, 12, 1))
    assert against("tb_test", tb(("igra", "2027-03-01", "negative")), of=of) == {"D27.tb": "requirement.tb_lapses"}
    assert not against("tb_test", tb(("igra", "2027-03-02", "negative")), of=of)


def test_two_skin_tests_count_from_the_earlier_one() -> None:
    one, two = ("skin", "2026-06-01", "negative"), ("skin", "2026-06-15", "negative")
    assert against("tb_test", tb(one)) == {"D27.tb": "requirement.tb_second_skin_test"}
    assert said("tb_test", tb(one, two))["D27.tb"].holds_until == date(2027, 6, 1)
    # The same test told twice is one test.
    assert against("tb_test", tb(one, one)) == {"D27.tb": "requirement.tb_second_skin_test"}


def test_no_test_and_no_clear_result() -> None:
    assert against("tb_test", tb()) == {"D27.tb": "requirement.tb_missing"}
    assert against("tb_test", tb(("igra", "2026-09-01", "unclear"))) == {"D27.tb": "requirement.tb_unclear"}


def test_after_a_positive_test_an_xray_counts_that_was_taken_no_earlier() -> None:
    positive = ("igra", "2026-08-01", "positive")
    later = ("igra", "2026-09-01", "negative")
    assert against("tb_test", tb(positive, later)) == {"D27.chest_xray": "requirement.xray_needed"}
    before = ChestXray(taken_on=date(2026, 7, 31), clear=True)
    assert against("tb_test", tb(positive, xray=before)) == {"D27.chest_xray": "requirement.xray_needed"}
    assert not against("tb_test", tb(positive, xray=ChestXray(taken_on=date(2026, 8, 1), clear=True)))
    shadow = said("tb_test", tb(positive, xray=ChestXray(taken_on=date(2026, 8, 1), clear=False)))
    assert shadow["D27.chest_xray"].severity is Severity.ASKING


def examination(examined: date, **other: Any) -> ExaminationFacts:
    whole = dict.fromkeys(
        ("public_hospital", "stamp_across_photo", "same_stamp", "hiv_report", "syphilis_report", "chest_xray"), True
    )
    return ExaminationFacts(examined_on=examined, **(whole | other))


@pytest.mark.parametrize(("days", "holds"), [(184, False), (183, True), (182, True)])
def test_an_examination_is_at_most_six_months_old_when_the_stay_begins(days: int, holds: bool) -> None:
    found = against("physical_exam", examination(START - days * DAY), of=stay("CN", visa_class="X2"))
    assert found == ({} if holds else {"D21.age": "requirement.exam_too_old"})


@pytest.mark.parametrize(
    ("fact", "rule", "message"),
    [
        ("public_hospital", "D21.hospital", "requirement.exam_notarized"),
        ("stamp_across_photo", "D21.stamp", "requirement.exam_photo_stamp"),
        ("same_stamp", "D21.same_stamp", "requirement.exam_same_stamp"),
        ("hiv_report", "D21.attached", "requirement.exam_attached"),
        ("chest_xray", "D21.attached", "requirement.exam_attached"),
    ],
)
def test_what_is_missing_of_an_examination_is_said(fact: str, rule: str, message: str) -> None:
    china = stay("CN", visa_class="X1")
    assert against("physical_exam", examination(date(2026, 11, 1), **{fact: False}), of=china) == {rule: message}


def test_a_notarized_form_of_a_private_hospital_will_do() -> None:
    form = examination(date(2026, 11, 1), public_hospital=False, notarized=True)
    assert not against("physical_exam", form, of=stay("CN"))


def test_an_x2_is_asked_for_one_while_the_rules_say_so() -> None:
    old, china = examination(date(2025, 1, 1)), stay("CN", visa_class="X2")
    assert against("physical_exam", old, of=china)
    exempt = RULES["D21"].model_copy(update={"values": {"valid_days": 183, "required_for_X2": False}})
    assert not said("physical_exam", old, of=china, rules=RULES | {"D21": exempt})
    assert against("physical_exam", old, of=stay("CN", visa_class="X1"), rules=RULES | {"D21": exempt})


def test_every_vaccine_is_asked_about_or_stands_in_for_one_that_is() -> None:
    without = {vaccine: against("immunization_record", record(**{vaccine: ()})) for vaccine in ("mmr", "tdap")}
    assert all(without.values())
    single = record(
        mmr=(), measles=("2004-05-10", "2008-09-01"), mumps=("2004-05-10", "2008-09-01"), rubella=("2004-05-10",)
    )
    assert not against("immunization_record", single)
    assert len(Vaccine) == 9
