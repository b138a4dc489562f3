"""The rules of a planned stay on the real catalogue: dates, visa, form, contents, units and agreement."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.jurisdiction import earlier_law
from models.catalogue.loading import load_programme
from models.catalogue.policy import Policy
from models.messages.exchange import Plan, PlannedContent
from models.rules.plan_faults import faults_of_plan
from models.rules.stay import (
    Fault,
    complete_plan,
    duration_faults,
    is_fast_track,
    latest_end,
    required_documents,
)
from models.vocabulary import PROGRAMME_CONTENTS, Content, Direction, Level, StepKind

PROGRAMME = load_programme()
POLICY = PROGRAMME.policy
START, END = date(2027, 3, 1), date(2027, 5, 30)
LABORATORY = PlannedContent(content=Content.LABORATORY, start=START, end=date(2027, 4, 16))
CLINIC = PlannedContent(content=Content.CLINICAL, start=date(2027, 4, 17), end=END)
LECTURES = tuple(PlannedContent(content=c, start=START, end=END) for c in PROGRAMME_CONTENTS)


def plan(**changes: Any) -> Plan:
    incoming = Plan(
        direction=Direction.INCOMING,
        sending="dartmouth",
        host="cqmu",
        year=2027,
        level=Level.PHD,
        discipline="state-neurology",
        start=START,
        end=END,
        contents=(LABORATORY, CLINIC, *LECTURES),
        laboratories=("cqmu-lipid", "cqmu-skl-ultrasonic"),
        specialties=("cqmu-neurology",),
    )
    return complete_plan(incoming.model_copy(update=changes), PROGRAMME)


def outgoing(**changes: Any) -> Plan:
    there: dict[str, Any] = {
        "sending": "cqmu",
        "host": "dartmouth",
        "contents": (LABORATORY, *LECTURES),
        "laboratories": ("dartmouth-immunology",),
        "specialties": (),
    }
    return plan(**(there | changes))


def told(found: tuple[Fault, ...]) -> list[tuple[str, str]]:
    return [(f.field, f.rule) for f in found]


def faults(broken: Plan) -> list[tuple[str, str]]:
    return told(faults_of_plan(broken, PROGRAMME))


def stay_is_allowed(start: date, end: date) -> bool:
    """D1 as a person does it with a calendar: turn six pages, find the same day or the month's last, go back one."""
    day, pages = start, 0
    while pages < 6:
        day += timedelta(days=1)
        pages += day.day == 1
    while (day + timedelta(days=1)).month == day.month and day.day < start.day:
        day += timedelta(days=1)
    counted, each = 0, start
    while each <= end:
        counted, each = counted + 1, each + timedelta(days=1)
    return counted >= 28 and end <= day - timedelta(days=1)


@given(start=st.dates(date(2024, 1, 1), date(2032, 12, 31)), days=st.integers(-40, 260))
def test_the_length_of_a_stay_is_judged_as_with_a_calendar(start: date, days: int) -> None:
    end = start + timedelta(days=days)
    assert (duration_faults(start, end, POLICY) == ()) is stay_is_allowed(start, end)


@given(start=st.dates(date(2024, 1, 1), date(2032, 12, 31)), days=st.integers(27, 186))
def test_every_allowed_stay_has_a_visa_and_a_form_or_a_decision(start: date, days: int) -> None:
    stay = plan(start=start, end=start + timedelta(days=days))
    if duration_faults(stay.start, stay.end, POLICY):
        return
    assert (stay.visa_form == "decide") is (stay.days < 30)
    assert (stay.visa_form == "JW202") is (stay.visa_class == "X1") is (stay.days > 180)


@pytest.mark.parametrize(
    ("start", "last"),
    [
        (date(2026, 3, 1), date(2026, 8, 31)),
        (date(2026, 8, 31), date(2027, 2, 27)),
        (date(2027, 8, 31), date(2028, 2, 28)),
        (date(2026, 12, 31), date(2027, 6, 29)),
        (date(2026, 1, 1), date(2026, 6, 30)),
        (date.max, date.max - timedelta(days=1)),
    ],
)
def test_the_last_possible_day(start: date, last: date) -> None:
    assert latest_end(start, POLICY) == last


def test_the_longest_and_the_shortest_stay_say_what_is_allowed() -> None:
    first = date(2026, 3, 1)
    assert duration_faults(first, date(2026, 8, 31), POLICY) == ()
    (late,) = duration_faults(first, date(2026, 9, 1), POLICY)
    assert (late.field, late.value, late.rule) == ("end", "2026-09-01", "D1")
    assert (late.message, late.params["latest"]) == ("stay.too_long", "2026-08-31")
    (short,) = duration_faults(first, date(2026, 3, 27), POLICY)
    assert (short.message, short.params["days"]) == ("stay.too_short", 27)
    (backwards,) = duration_faults(first, date(2026, 2, 1), POLICY)
    assert backwards.message == "stay.end_before_start"


@pytest.mark.parametrize(
    ("days", "visa", "form"),
    [
        (28, "X2", "decide"),
        (29, "X2", "decide"),
        (30, "X2", "DQ"),
        (180, "X2", "DQ"),
        (181, "X1", "JW202"),
        (184, "X1", "JW202"),
    ],
)
def test_visa_and_form_follow_the_days(days: int, visa: str, form: str) -> None:
    law = PROGRAMME.jurisdictions["CN"]
    assert (law.visa_class(days), law.form(days)) == (visa, form)
    assert (earlier_law("CN").visa_class(days), earlier_law("CN").form(days)) == (visa, form)


def test_numbers_come_from_the_policy_the_exchange_carries() -> None:
    rule = POLICY.rules["D1"].model_copy(update={"values": {"min_days": 60, "max_months": 6}})
    stricter = POLICY.model_copy(update={"rules": POLICY.rules | {"D1": rule}})
    assert told(duration_faults(START, START + timedelta(days=50), stricter)) == [("end", "D1")]
    older = Policy(version="old", steps={}, ladders={}, documents=(), rules={}, objectives={})
    assert latest_end(START, older) == date(2027, 8, 31)


def test_a_plan_is_completed_by_its_host() -> None:
    stay = plan(direction=Direction.OUTGOING)
    assert (stay.direction, stay.host_country, stay.visa_class, stay.visa_form) == ("incoming", "CN", "X2", "DQ")
    away = outgoing()
    assert (away.direction, away.host_country, away.visa_class, away.visa_form) == ("outgoing", "US", "", "DS2019")
    assert outgoing(host="sample").visa_form == "none"


def test_a_start_within_eight_weeks_is_a_fast_track_and_no_fault() -> None:
    assert not is_fast_track(START, START - timedelta(weeks=8), POLICY)
    assert is_fast_track(START, START - timedelta(days=55), POLICY)


def test_good_plans_have_no_faults() -> None:
    assert faults(plan()) == []
    assert faults(outgoing()) == []
    assert faults(outgoing(host="sample", contents=(LABORATORY, CLINIC), laboratories=())) == []
    assert faults(plan(contents=(CLINIC,), laboratories=())) == []


@pytest.mark.parametrize(
    ("discipline", "level", "fits"),
    [
        ("phd-pharmacy", Level.PHD, True),
        ("phd-pharmacy", Level.MASTER, False),
        ("master-translation", Level.MASTER, True),
        ("master-translation", Level.PHD, False),
        ("esi-immunology", Level.MASTER, True),
        ("state-pediatrics", Level.PHD, True),
        ("astrology", Level.PHD, False),
    ],
)
def test_the_level_matches_the_list_of_the_discipline(discipline: str, level: Level, fits: bool) -> None:
    assert faults(plan(discipline=discipline, level=level)) == ([] if fits else [("discipline", "D7")])


def block(content: Content, start: date, end: date) -> PlannedContent:
    return PlannedContent(content=content, start=start, end=end)


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("contents", "expected"),
    [
        (LECTURES, [("laboratory_start", "D8")]),
        ((LABORATORY, LABORATORY), [("laboratory_start", "D38")]),
        ((block(Content.LABORATORY, START - DAY, END),), [("laboratory_start", "D38")]),
        ((block(Content.CLINICAL, START, END + DAY),), [("clinical_end", "D38")]),
        ((block(Content.LABORATORY, END, START),), [("laboratory_end", "D38")]),
        ((LABORATORY, block(Content.CLINICAL, LABORATORY.end, END)), [("clinical_start", "D38")]),
        ((block(Content.LABORATORY, CLINIC.end, END), CLINIC), [("laboratory_start", "D38")]),
        ((LABORATORY, block(Content.CLINICAL, LABORATORY.start, END)), [("clinical_start", "D38")]),
        ((LABORATORY, block(Content.CULTURAL_LECTURES, START, END + DAY)), [("cultural_lectures_end", "D38")]),
        ((LABORATORY, LECTURES[0], LECTURES[0]), [("academic_lectures", "D8")]),
    ],
)
def test_blocks_lie_inside_the_stay_and_apart(
    contents: tuple[PlannedContent, ...], expected: list[tuple[str, str]]
) -> None:
    assert faults(plan(contents=contents)) == expected


def test_units_are_the_hosts_and_of_the_right_kind() -> None:
    assert faults(plan(laboratories=("cqmu-neurology",))) == [("laboratories", "D7")]
    assert faults(plan(specialties=("dartmouth-pediatrics", "cqmu-oncology"))) == [("specialties", "D7")]


def test_no_clinic_abroad_without_an_agreement_that_opens_it() -> None:
    clinical = outgoing(contents=(LABORATORY, CLINIC), specialties=("dartmouth-pediatrics",))
    assert faults(clinical) == [("clinical_start", "D23")]
    opened = PROGRAMME.institutions.copy()
    for one, other in (("cqmu", "dartmouth"), ("dartmouth", "cqmu")):
        assert faults_of_plan(clinical, PROGRAMME.model_copy(update={"institutions": opened})) != ()
        agreements = tuple(
            a.model_copy(update={"clinical_outgoing": True}) if a.partner == other else a
            for a in opened[one].agreements
        )
        opened = opened | {one: opened[one].model_copy(update={"agreements": agreements})}
    assert faults_of_plan(clinical, PROGRAMME.model_copy(update={"institutions": opened})) == ()


def test_an_agreement_must_be_in_force_on_both_sides() -> None:
    cqmu = PROGRAMME.institutions["cqmu"]
    for agreements in ((), tuple(a.model_copy(update={"active": False}) for a in cqmu.agreements)):
        changed = PROGRAMME.institutions | {"cqmu": cqmu.model_copy(update={"agreements": agreements})}
        found = faults_of_plan(plan(), PROGRAMME.model_copy(update={"institutions": changed}))
        assert told(found) == [("host", "D23")]


def test_what_a_host_does_not_offer_is_refused() -> None:
    cqmu = PROGRAMME.institutions["cqmu"].model_copy(update={"hosts": (Content.LABORATORY, *PROGRAMME_CONTENTS)})
    changed = PROGRAMME.model_copy(update={"institutions": PROGRAMME.institutions | {"cqmu": cqmu}})
    assert told(faults_of_plan(plan(), changed)) == [("clinical_start", "D8")]


def test_seats_must_be_agreed_for_the_year_and_one_side_is_home() -> None:
    assert faults(plan(year=2041)) == [("intake_year", "D4")]
    assert faults(plan(sending="cqmu")) == [("host", "D23")]
    assert ("host", "D23") in faults(outgoing(sending="sample"))
    assert faults(plan(sending="nowhere")) == [("sending", "")]
    assert faults(plan(host="nowhere")) == [("host", "")]


def test_all_faults_come_at_once() -> None:
    found = faults(plan(end=START, discipline="x", year=2041, laboratories=("y",)))
    assert {"end", "discipline", "intake_year", "laboratories", "laboratory_end", "clinical_start"} <= dict(
        found
    ).keys()


def kinds(stay: Plan, step: StepKind) -> set[str]:
    """Which documents of the programme page a step asks for; what came later is not looked at."""
    return {d.kind for d in required_documents(POLICY, stay, step)} & OF_THE_PAGE


COMMON = {"passport", "photo", "cv_study_plan", "enrolment_proof", "transcript"}
OF_THE_PAGE = COMMON | {
    *("non_criminal_record", "background_check", "admission_notice", "dq_form", "jw202_form", "ds2019_form", "visa"),
    *("immunization_record", "tb_test", "physical_exam", "osha_training", "hipaa_training"),
    *("insurance", "liability_insurance"),
}
LABORATORY_ONLY = {"contents": (LABORATORY,), "specialties": ()}


def test_documents_with_the_application_follow_the_direction() -> None:
    assert kinds(plan(), StepKind.SUBMIT_DOCUMENTS) == COMMON | {"non_criminal_record"}
    assert kinds(outgoing(), StepKind.SUBMIT_DOCUMENTS) == COMMON | {"background_check"}


def test_the_invitation_carries_the_form_of_the_stay() -> None:
    assert kinds(plan(), StepKind.ISSUE_INVITATION) == {"admission_notice", "dq_form"}
    assert kinds(plan(end=date(2027, 8, 31)), StepKind.ISSUE_INVITATION) == {"admission_notice", "jw202_form"}
    assert kinds(outgoing(), StepKind.ISSUE_INVITATION) == {"admission_notice", "ds2019_form"}
    assert kinds(outgoing(host="sample"), StepKind.ISSUE_INVITATION) == {"admission_notice"}


def test_health_records_follow_direction_and_clinic() -> None:
    health = StepKind.SUBMIT_HEALTH_RECORDS
    clinic = {"immunization_record", "tb_test"}
    assert kinds(plan(), health) == {"physical_exam"} | clinic
    assert kinds(plan(**LABORATORY_ONLY), health) == {"physical_exam"}
    assert kinds(outgoing(), health) == {"osha_training"}
    clinical = outgoing(contents=(LABORATORY, CLINIC))
    assert kinds(clinical, health) == {"osha_training", "hipaa_training"} | clinic
    assert kinds(clinical, StepKind.SUBMIT_INSURANCE) == {"insurance", "liability_insurance"}
    assert kinds(outgoing(host="sample"), health) == set()


def test_every_collecting_step_asks_every_stay_for_something_before_it_travels() -> None:
    for stay in (plan(), plan(**LABORATORY_ONLY), outgoing(), outgoing(host="sample")):
        for step in (StepKind.SUBMIT_DOCUMENTS, StepKind.ISSUE_INVITATION, StepKind.OBTAIN_VISA):
            assert kinds(stay, step)
        assert kinds(stay, StepKind.SUBMIT_INSURANCE) >= {"insurance"}
        assert kinds(stay, StepKind.CHECK_IN) == set()
