"""The certificate gate (D42): what is needed, exactly where the line runs, and what is said when it is missed."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.certificate import Attended, StayFacts, WorkedRotation, attendance_of, unmet_conditions
from models.vocabulary import Content

FIRST = date(2027, 3, 1)


def hours(content: Content, planned: float, attended: float) -> Attended:
    return Attended(content=content, planned=planned, attended=attended)


EARNED = StayFacts(
    contents=(Content.LABORATORY, Content.CLINICAL, Content.ACADEMIC_LECTURES),
    arrived_on=FIRST,
    departed_on=FIRST + timedelta(days=27),
    hours=(
        hours(Content.LABORATORY, 80, 80),
        hours(Content.CLINICAL, 80, 70),
        hours(Content.ACADEMIC_LECTURES, 10, 9),
    ),
    rotations=(
        WorkedRotation(placement_id="EX-2027-DAR-001.laboratory.1", content=Content.LABORATORY, passed=True),
        WorkedRotation(placement_id="EX-2027-DAR-001.clinical.1", content=Content.CLINICAL, passed=True),
    ),
    student_evaluated=True,
)


def codes(**changes: Any) -> list[str]:
    return list(unmet_conditions(EARNED.model_copy(update=changes)))


def test_everything_in_earns_the_certificate() -> None:
    assert unmet_conditions(EARNED) == ()
    assert EARNED.days == 28


def test_27_days_are_not_enough() -> None:
    assert codes(departed_on=FIRST + timedelta(days=26)) == ["D1.duration"]


def test_a_departure_before_the_arrival_is_no_stay() -> None:
    assert codes(departed_on=FIRST - timedelta(days=1)) == ["D1.duration"]


def test_neither_arrived_nor_departed() -> None:
    assert codes(arrived_on=None, departed_on=None) == ["D42.arrival", "D42.departure"]


def test_no_certificate_before_the_departure_procedure() -> None:
    assert codes(departed_on=None) == ["D42.departure"]


@pytest.mark.parametrize(
    ("planned", "attended", "enough"),
    [(100, 80, False), (100, 80.01, True), (100, 79.9, False), (55, 44, False), (22.5, 18, False), (0.3, 0.24, False)],
)
def test_exactly_four_fifths_do_not_pass(planned: float, attended: float, enough: bool) -> None:
    lectures = hours(Content.ACADEMIC_LECTURES, planned, attended)
    missed = codes(hours=(*EARNED.hours[:2], lectures))
    assert missed == ([] if enough else ["D42.attendance.academic_lectures"])


def test_reports_of_one_content_add_up_and_do_not_help_another() -> None:
    parts = (
        hours(Content.LABORATORY, 40, 40),
        hours(Content.LABORATORY, 40, 20),
        hours(Content.CLINICAL, 80, 80),
        hours(Content.ACADEMIC_LECTURES, 10, 10),
    )
    [missed] = unmet_conditions(EARNED.model_copy(update={"hours": parts}))
    assert missed == "D42.attendance.laboratory"
    assert attendance_of(Content.LABORATORY, parts) == (Decimal(80), Decimal(60))


def test_a_planned_content_without_any_attendance_is_missed() -> None:
    assert codes(hours=EARNED.hours[:2]) == ["D42.attendance.academic_lectures"]


def test_every_rotation_needs_its_supervisors_pass() -> None:
    laboratory, clinical = EARNED.rotations
    missing = laboratory.model_copy(update={"passed": None})
    failed = clinical.model_copy(update={"passed": False})
    assert codes(rotations=(missing, failed)) == [
        "D42.evaluation.EX-2027-DAR-001.laboratory.1",
        "D42.result.EX-2027-DAR-001.clinical.1",
    ]


def test_a_planned_rotation_that_was_never_placed_is_missed() -> None:
    assert codes(rotations=EARNED.rotations[:1]) == ["D42.rotation.clinical"]


def test_the_students_own_evaluation_is_mandatory() -> None:
    assert codes(student_evaluated=False) == ["D42.student_evaluation"]


@given(st.decimals(min_value=1, max_value=2000, places=2))
def test_the_line_is_exact_for_any_number_of_hours(planned: Any) -> None:
    line = float(planned * 4 / 5)
    lectures = Content.ACADEMIC_LECTURES
    assert codes(hours=(*EARNED.hours[:2], hours(lectures, float(planned), line)))
    assert not codes(hours=(*EARNED.hours[:2], hours(lectures, float(planned), line + 0.01)))


def blocks(*clinical: tuple[int, float, float]) -> StayFacts:
    """The clinic in several blocks: hours planned of each, hours reported as planned, hours attended."""
    rotations, reports = [EARNED.rotations[0]], [EARNED.hours[0], EARNED.hours[2]]
    for number, (planned, told, attended) in enumerate(clinical, start=2):
        placement = f"EX-2027-DAR-001.clinical.{number}01"
        block = WorkedRotation(placement_id=placement, content=Content.CLINICAL, passed=True, planned=planned)
        rotations.append(block.model_copy(update={"block": f"clinical.{number}"}))
        reports.append(hours(Content.CLINICAL, told, attended).model_copy(update={"placement_id": placement}))
    return EARNED.model_copy(update={"rotations": tuple(rotations), "hours": tuple(reports)})


@pytest.mark.parametrize(
    ("clinical", "missed"),
    [
        (((0, 40, 40), (0, 40, 40)), []),
        (((0, 40, 32), (0, 40, 40)), ["D42.attendance.clinical.2"]),
        (((0, 40, 32.01), (0, 40, 40)), []),
        (((0, 40, 40), (60, 40, 40)), ["D42.attendance.clinical.3"]),
        (((0, 40, 40), (60, 0, 0), (0, 40, 10)), ["D42.attendance.clinical.3", "D42.attendance.clinical.4"]),
        (((100, 80, 70),), ["D42.attendance.clinical"]),
    ],
)
def test_each_of_several_blocks_is_attended_by_itself(
    clinical: tuple[tuple[int, float, float], ...], missed: list[str]
) -> None:
    assert list(unmet_conditions(blocks(*clinical))) == missed


def test_two_units_of_one_block_are_one_block() -> None:
    found = blocks((40, 40, 40), (40, 40, 30))
    shared = tuple(one.model_copy(update={"block": "clinical.2" if one.block else ""}) for one in found.rotations)
    assert unmet_conditions(found) == ("D42.attendance.clinical.3",)
    assert unmet_conditions(found.model_copy(update={"rotations": shared})) == ()


def test_hours_of_a_content_alone_are_those_of_its_first_block() -> None:
    found = blocks((40, 0, 0), (40, 40, 40))
    alone = found.model_copy(update={"hours": (*found.hours, hours(Content.CLINICAL, 40, 40))})
    assert unmet_conditions(found) == ("D42.attendance.clinical.2",)
    assert unmet_conditions(alone) == ()
