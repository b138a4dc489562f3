"""Passport, visa, form, agreement and status, each at its boundary (D2, D3, D18, D23, D24)."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.facts.identity import PassportFacts, PatientContact, StatusFacts, UsStatus, VisaFacts
from models.rules.requirements import evaluate, known_facts
from models.rules.requirements.identity import months_before
from models.rules.stay import add_months
from models.vocabulary import Severity
from tests.models.requirements.asked import END, RULES, START, against, said, stay

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("end", "expires", "holds"),
    [
        ("2027-05-30", "2027-11-29", False),
        ("2027-05-30", "2027-11-30", True),
        ("2027-05-30", "2027-12-01", True),
        # Six months after 31 August there is no 31st.
        ("2027-08-31", "2028-02-28", False),
        ("2027-08-31", "2028-02-29", True),
        ("2026-08-31", "2027-02-28", True),
    ],
)
def test_a_passport_is_valid_six_calendar_months_after_the_last_day(end: str, expires: str, holds: bool) -> None:
    of = stay(end=date.fromisoformat(end), start=date.fromisoformat(end) - 60 * DAY)
    found = against("passport", PassportFacts(expires_on=date.fromisoformat(expires)), of=of)
    assert found == ({} if holds else {"D18.validity": "requirement.passport_too_short"})


def test_the_latest_end_that_a_passport_allows_is_told() -> None:
    found = said("passport", PassportFacts(expires_on=date(2028, 2, 29)))["D18.validity"]
    assert found.holds_until == date(2027, 8, 31)


@given(st.dates(date(2020, 1, 1), date(2060, 1, 1)), st.integers(1, 12))
def test_the_latest_end_is_the_last_day_from_which_the_months_fit(expires: date, months: int) -> None:
    day = months_before(expires, months)
    assert add_months(day, months) <= expires < add_months(day + DAY, months)


@pytest.mark.parametrize(("pages", "holds"), [(1, False), (2, True), (3, True), (None, True)])
def test_two_pages_are_blank(pages: int | None, holds: bool) -> None:
    found = against("passport", PassportFacts(expires_on=date(2030, 1, 1), blank_pages=pages))
    assert found == ({} if holds else {"D18.blank_pages": "requirement.blank_pages"})


def test_the_class_of_the_visa_is_the_one_for_the_length() -> None:
    china = stay("CN", visa_class="X2")
    assert not against("visa", VisaFacts(visa_class="X2", permitted_until=END), of=china)
    wrong = against("visa", VisaFacts(visa_class="F", permitted_until=END), of=china)
    assert wrong == {"D2.class": "requirement.visa_class"}


@pytest.mark.parametrize(("until", "holds"), [(END - DAY, False), (END, True)])
def test_the_stay_is_permitted_through_its_last_day(until: date, holds: bool) -> None:
    found = said("visa", VisaFacts(visa_class="X2", permitted_until=until), of=stay("CN", visa_class="X2"))
    assert (found["D2.permitted"].severity is Severity.INFORMING) is holds
    assert found["D2.permitted"].holds_until == until


def test_an_x1_is_followed_by_a_residence_permit() -> None:
    found = said("visa", VisaFacts(visa_class="X1", permitted_until=START + 29 * DAY), of=stay("CN", visa_class="X1"))
    assert found["D2.permitted"].holds_until == START + 29 * DAY


def test_a_form_below_every_range_asks_the_coordinator() -> None:
    asked = evaluate(RULES, known_facts({}), stay("CN", visa_form="decide", end=START + 27 * DAY))
    assert [(f.rule_id, f.severity, f.params) for f in asked if f.rule_id == "D3.form"] == [
        ("D3.form", Severity.ASKING, {"days": 28})
    ]
    assert not [f for f in evaluate(RULES, known_facts({}), stay("CN", visa_form="DQ")) if f.rule_id == "D3.form"]


@pytest.mark.parametrize(("is_open", "severity"), [(True, Severity.INFORMING), (False, Severity.BLOCKING)])
def test_the_clinic_needs_an_agreement(is_open: bool, severity: Severity) -> None:
    found = evaluate(RULES, known_facts({}), stay(clinic_open=is_open))
    assert [f.severity for f in found if f.rule_id == "D23.agreement"] == [severity]
    laboratory = stay(clinic_open=False, clinic_start=None, clinic_end=None)
    assert not evaluate(RULES, known_facts({}), laboratory)


def status(kind: UsStatus, **other: Any) -> StatusFacts:
    return StatusFacts(status=kind, **other)


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (status(UsStatus.J1), {}),
        (status(UsStatus.J1, contact="direct"), {"D24.contact": "requirement.no_patient_care"}),
        (status(UsStatus.J1, contact="incidental"), {"D24.degree": "requirement.j1_degree"}),
        (status(UsStatus.J1, contact="incidental", medical_degree=True), {"D24.letter": "requirement.j1_letter"}),
        (status(UsStatus.J1, contact="incidental", medical_degree=True, five_point_letter=True), {}),
        (status(UsStatus.B1), {"D24.research": "requirement.b1_research"}),
        (
            status(UsStatus.B1, paid=True),
            {"D24.paid": "requirement.b1_unpaid", "D24.research": "requirement.b1_research"},
        ),
    ],
)
def test_what_a_status_allows(facts: StatusFacts, found: dict[str, str]) -> None:
    assert against("ds2019_form", facts) == found


def test_on_a_b1_only_medical_students_in_an_elective_meet_patients() -> None:
    clinic_only = stay(laboratory=False)
    observer = status(UsStatus.B1)
    assert not against("ds2019_form", observer, of=clinic_only)
    near = status(UsStatus.B1, contact=PatientContact.INCIDENTAL)
    assert against("ds2019_form", near, of=clinic_only) == {"D24.elective": "requirement.b1_elective"}
    elective = near.model_copy(update={"foreign_medical_student": True, "at_teaching_hospital": True})
    assert not against("ds2019_form", elective, of=clinic_only)


@pytest.mark.parametrize(("end", "holds"), [("2027-08-31", True), ("2027-09-01", False)])
def test_a_short_term_scholar_stays_six_months(end: str, holds: bool) -> None:
    found = against("ds2019_form", status(UsStatus.J1), of=stay(end=date.fromisoformat(end)))
    assert found == ({} if holds else {"D24.length": "requirement.j1_too_long"})


def test_the_status_is_asked_in_the_united_states_alone() -> None:
    assert not said("ds2019_form", status(UsStatus.B1, paid=True), of=stay("FI"))
