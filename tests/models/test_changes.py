"""Changes of a verified exchange: the plan they lead to, what the rules have against them, what they bring about."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.loading import load_programme
from models.messages.changes import (
    Area,
    BlocksChange,
    Change,
    DatesChange,
    DisciplineChange,
    Effect,
    HousingChange,
    IntakeChange,
    Nature,
    PlaceOfBlock,
    UnitChange,
)
from models.messages.plan import PlannedContent
from models.rules.changes import change_faults, changed_plan, nature_of, places_after, swapped
from models.rules.impact import BedFor, HeldNow, effects_of, to_collect_anew
from models.rules.validity import AcceptedPaper
from models.vocabulary import Content, Direction, StepKind
from tests.models.test_stay import CLINIC, END, LABORATORY, LECTURES, POLICY, START, plan

TODAY = date(2027, 1, 10)
PLACES = (
    PlaceOfBlock(placement_id="EX-2027-DAR-001.laboratory.1", unit_id="cqmu-lipid", block=LABORATORY),
    PlaceOfBlock(placement_id="EX-2027-DAR-001.clinical.2", unit_id="cqmu-neurology", block=CLINIC),
)
MOVES = st.integers(-40, 40)


def after(change: Change, **of_plan: Any) -> Any:
    return changed_plan(plan(**of_plan), change, POLICY)


def faults(change: Change, today: date = TODAY, *, arrived: bool = False) -> list[str]:
    found = change_faults(plan(), change, POLICY, today=today, arrived=arrived, places=PLACES)
    return [fault.message for fault in found]


def effects(change: Change, **held: Any) -> list[Effect]:
    changed = after(change)
    places = places_after(PLACES, plan(), changed)
    if isinstance(change, UnitChange):
        places = swapped(PLACES, change, "EX-2027-DAR-001.clinical.4")
    return effects_of(plan(), changed, places, HeldNow(today=TODAY, places=PLACES, **held), POLICY)


def said(found: list[Effect]) -> list[str]:
    return [effect.message.removeprefix("effect.") for effect in found]


def test_a_shifted_stay_takes_its_blocks_along() -> None:
    week = timedelta(weeks=1)
    changed = after(DatesChange(start=START + week, end=END + week))
    assert [(b.start, b.end) for b in changed.contents] == [(b.start + week, b.end + week) for b in plan().contents]
    assert nature_of(plan(), changed.start, changed.end) is Nature.SHIFTED


def test_what_touched_the_end_of_an_extended_stay_still_does() -> None:
    last = END + timedelta(days=20)
    changed = after(DatesChange(start=START, end=last))
    assert changed.block(Content.LABORATORY) == LABORATORY
    assert changed.block(Content.CLINICAL) == CLINIC.model_copy(update={"end": last})
    assert nature_of(plan(), START, last) is Nature.EXTENDED


def test_nothing_reaches_beyond_a_shortened_stay() -> None:
    last = LABORATORY.end - timedelta(days=3)
    changed = after(DatesChange(start=START, end=last))
    assert changed.block(Content.LABORATORY) == LABORATORY.model_copy(update={"end": last})
    assert changed.block(Content.CLINICAL) is None
    assert nature_of(plan(), START, last) is Nature.SHORTENED


@given(MOVES, MOVES)
def test_blocks_lie_inside_the_stay_whatever_its_days(first: int, last: int) -> None:
    start, end = START + timedelta(days=first), END + timedelta(days=last)
    changed = after(DatesChange(start=start, end=end))
    assert all(start <= block.start <= block.end <= end for block in changed.contents)
    rotations = [b for b in changed.contents if b.content in (Content.LABORATORY, Content.CLINICAL)]
    for one, other in pairwise(rotations):
        assert one.end < other.start


@given(MOVES, MOVES)
def test_places_lie_inside_their_blocks_whatever_the_days(first: int, last: int) -> None:
    change = UnitChange(placement_id=PLACES[1].placement_id, unit_id="cqmu-cardiology", from_day=date(2027, 5, 3))
    shared = swapped(PLACES, change, "EX-2027-DAR-001.clinical.4")
    changed = after(DatesChange(start=START + timedelta(days=first), end=END + timedelta(days=last)))
    for place in places_after(shared, plan(), changed):
        block = changed.block(place.block.content)
        assert block is not None
        assert block.start <= place.block.start <= place.block.end <= block.end


def test_another_intake_is_another_year_and_takes_the_blocks_along() -> None:
    later = timedelta(weeks=52)
    deferred = after(IntakeChange(start=START + later, end=END + later))
    assert (deferred.year, deferred.cohort.year) == (2028, 2028)
    assert [block.start for block in deferred.contents] == [block.start + later for block in plan().contents]


def test_another_length_may_need_another_visa() -> None:
    changed = after(DatesChange(start=START, end=START + timedelta(days=180)))
    assert (plan().visa_class, plan().visa_form) == ("X2", "DQ")
    assert (changed.visa_class, changed.visa_form) == ("X1", "JW202")


def test_a_form_that_was_decided_stays_where_it_is_still_the_coordinators() -> None:
    short = {"end": START + timedelta(days=27), "contents": (LABORATORY.model_copy(update={"end": date(2027, 3, 20)}),)}
    decided = plan(**short).model_copy(update={"visa_form": "JW202"})
    longer = changed_plan(decided, DatesChange(start=START, end=START + timedelta(days=28)), POLICY)
    assert longer.visa_form == "JW202"


@pytest.mark.parametrize(
    ("change", "today", "arrived", "message"),
    [
        (DatesChange(start=START, end=END), TODAY, False, "change.nothing_changes"),
        (DatesChange(start=START, end=START + timedelta(days=26)), TODAY, False, "stay.too_short"),
        (DatesChange(start=START, end=date(2027, 9, 1)), TODAY, False, "stay.too_long"),
        (DatesChange(start=date(2028, 3, 1), end=date(2028, 5, 1)), TODAY, False, "change.another_year"),
        (HousingChange(from_day=END), TODAY, False, "night.outside_stay"),
        (HousingChange(from_day=START), START + timedelta(days=1), True, "night.outside_stay"),
        (IntakeChange(start=date(2027, 3, 8), end=END), TODAY, False, "change.same_intake"),
        (IntakeChange(start=date(2028, 3, 1), end=date(2028, 3, 9)), TODAY, False, "stay.too_short"),
        (IntakeChange(start=date(2028, 3, 1), end=date(2028, 5, 1)), START, True, "change.stay_begun"),
        (DatesChange(start=TODAY, end=END), TODAY, False, "change.day_over"),
        (DatesChange(start=date(2027, 3, 8), end=END), START, False, "change.stay_begun"),
        (DatesChange(start=date(2027, 3, 8), end=END), date(2027, 2, 27), True, "change.stay_begun"),
        (DatesChange(start=START, end=date(2027, 4, 9)), date(2027, 4, 10), True, "change.day_over"),
        (DisciplineChange(discipline="state-neurology"), TODAY, False, "change.nothing_changes"),
        (
            UnitChange(placement_id="EX-2027-DAR-001.x.9", unit_id="cqmu-lipid", from_day=START),
            TODAY,
            False,
            "change.no_such_place",
        ),
        (
            UnitChange(placement_id=PLACES[0].placement_id, unit_id="cqmu-lipid", from_day=START),
            TODAY,
            False,
            "change.nothing_changes",
        ),
        (
            UnitChange(placement_id=PLACES[0].placement_id, unit_id="cqmu-x", from_day=date(2027, 5, 1)),
            TODAY,
            False,
            "change.block_over",
        ),
        (
            UnitChange(placement_id=PLACES[0].placement_id, unit_id="cqmu-x", from_day=START),
            date(2027, 3, 9),
            True,
            "change.day_over",
        ),
        (
            BlocksChange(contents=(*plan().contents, LABORATORY.model_copy(update={"number": 2}))),
            TODAY,
            False,
            "change.unit_needed",
        ),
        (BlocksChange(contents=plan().contents), TODAY, False, "change.nothing_changes"),
        (BlocksChange(contents=(CLINIC, *LECTURES)), date(2027, 5, 1), True, "change.block_over"),
        (
            BlocksChange(contents=(LABORATORY.model_copy(update={"start": date(2027, 3, 5)}), CLINIC, *LECTURES)),
            date(2027, 3, 9),
            True,
            "change.stay_begun",
        ),
    ],
)
def test_what_the_rules_have_against_a_change(change: Change, today: date, arrived: bool, message: str) -> None:
    assert faults(change, today, arrived=arrived) == [message]


@pytest.mark.parametrize(
    ("change", "today", "arrived"),
    [
        (DatesChange(start=START, end=START + timedelta(days=27)), TODAY, False),
        (DatesChange(start=START, end=date(2027, 8, 31)), TODAY, False),
        (DatesChange(start=START, end=date(2027, 4, 10)), date(2027, 4, 10), True),
        (DatesChange(start=TODAY + timedelta(days=1), end=END), TODAY, False),
        (UnitChange(placement_id=PLACES[1].placement_id, unit_id="x", from_day=END), date(2027, 5, 20), True),
        (BlocksChange(contents=(LABORATORY, *LECTURES)), TODAY, False),
    ],
)
def test_what_the_rules_allow_at_their_limits(change: Change, today: date, arrived: bool) -> None:
    assert faults(change, today, arrived=arrived) == []


def test_a_swap_leaves_the_days_before_it_where_they_were() -> None:
    day = date(2027, 5, 3)
    change = UnitChange(placement_id=PLACES[1].placement_id, unit_id="cqmu-cardiology", from_day=day)
    laboratory, before, behind = swapped(PLACES, change, "new")
    assert laboratory == PLACES[0]
    assert (before.unit_id, before.block.start, before.block.end) == ("cqmu-neurology", CLINIC.start, date(2027, 5, 2))
    assert (behind.placement_id, behind.unit_id, behind.block.start, behind.block.end) == (
        "new",
        "cqmu-cardiology",
        day,
        END,
    )


def test_a_swap_from_the_first_day_leaves_nothing_behind() -> None:
    change = UnitChange(placement_id=PLACES[1].placement_id, unit_id="cqmu-cardiology", from_day=START)
    assert [place.unit_id for place in swapped(PLACES, change, "new")] == ["cqmu-lipid", "cqmu-cardiology"]


PAPERS = (
    AcceptedPaper(kind="passport", expires_on=date(2027, 12, 1)),
    AcceptedPaper(kind="insurance", expires_on=END),
    AcceptedPaper(kind="admission_notice"),
    AcceptedPaper(kind="physical_exam", issued_on=date(2026, 9, 15)),
)


def anew(change: Change, *, arrived: bool = False) -> list[str]:
    return [one.kind for one in to_collect_anew(plan(), after(change), PAPERS, POLICY, arrived=arrived)]


def test_papers_are_asked_anew_where_they_do_not_cover_the_new_stay() -> None:
    assert anew(DatesChange(start=START, end=date(2027, 6, 1))) == ["insurance", "admission_notice"]
    assert anew(DatesChange(start=START, end=date(2027, 6, 2))) == ["passport", "insurance", "admission_notice"]
    assert anew(DatesChange(start=START, end=date(2027, 5, 15))) == ["admission_notice"]
    later = DatesChange(start=date(2027, 3, 18), end=END)
    assert anew(later) == ["admission_notice", "physical_exam"]
    assert anew(DatesChange(start=START, end=date(2027, 6, 1)), arrived=True) == ["insurance"]
    assert anew(DisciplineChange(discipline="phd-oncology")) == []


@pytest.mark.parametrize(("form", "country", "issued"), [("DS2019", "US", ["ds2019_form"]), ("DQ", "CN", [])])
def test_after_the_entry_only_the_form_by_which_one_stays_is_issued_anew(
    form: str, country: str, issued: list[str]
) -> None:
    policy = load_programme().policy
    direction = Direction.OUTGOING if country == "US" else Direction.INCOMING
    visa_class = "X2" if country == "CN" else ""
    stay = plan().model_copy(
        update={"direction": direction, "host_country": country, "visa_form": form, "visa_class": visa_class}
    )
    forms = [one.kind for one in policy.documents if one.step is StepKind.ISSUE_INVITATION]
    papers = [AcceptedPaper(kind=kind, document_id=f"d-{kind}") for kind in (*forms, "visa")]
    longer = changed_plan(stay, DatesChange(start=START, end=END + timedelta(days=14)), policy)
    found = to_collect_anew(stay, longer, papers, policy, arrived=True)
    assert [paper.kind for paper in found] == issued
    before_it = to_collect_anew(stay, longer, papers, policy, arrived=False)
    assert {*issued} < {paper.kind for paper in before_it}


def test_the_effects_of_an_extension_are_named_area_by_area() -> None:
    found = effects(
        DatesChange(start=START, end=date(2027, 8, 31)),
        papers=PAPERS,
        bed=BedFor.OTHER,
        cleared_through=END,
        moving=(StepKind.DEPART,),
    )
    assert said(found) == [
        "visa_class",
        "visa_form",
        "expires_too_soon",
        "expires_too_soon",
        "issued_anew",
        "asked_besides",
        "clearance_too_short",
        "other_bed",
        "block_moved",
        "block_moved",
        "block_moved",
        "block_moved",
        "deadlines_move",
        "days_certified",
    ]
    assert [effect.area for effect in found] == sorted((e.area for e in found), key=list(Area).index)
    assert not any(effect.hinders for effect in found)


def test_what_hinders_is_told_as_such() -> None:
    longer = effects(DatesChange(start=START, end=date(2027, 6, 10)), bed=BedFor.NONE, full=("cqmu-neurology",))
    assert said([one for one in longer if one.hinders]) == ["no_bed", "unit_full"]


def test_a_stay_that_has_begun_is_extended_with_the_authority() -> None:
    here: dict[str, Any] = {"arrived_on": START, "entered_on": START, "first_permitted_until": END}
    longer = DatesChange(start=START, end=date(2027, 8, 27))
    assert said(effects(longer, permitted_until=END, **here))[:2] == ["stay_to_extend", "block_moved"]
    assert "beyond_extension" not in said(effects(longer, permitted_until=END, **here))
    beyond = here | {"first_permitted_until": date(2027, 4, 15)}
    assert "beyond_extension" in said(effects(longer, permitted_until=END, **beyond))
    assert "stay_to_extend" not in said(effects(longer, permitted_until=date(2027, 8, 27), **here))


def test_a_stay_cut_short_after_a_late_arrival_earns_no_certificate() -> None:
    shorter = DatesChange(start=START, end=date(2027, 3, 28))
    assert "too_short_for_certificate" not in said(effects(shorter, arrived_on=date(2027, 3, 3)))
    assert "too_short_for_certificate" in said(effects(shorter, arrived_on=date(2027, 3, 4)))


def test_another_block_needs_its_papers() -> None:
    lab_only = plan(contents=(LABORATORY, *LECTURES))
    with_clinic = changed_plan(lab_only, BlocksChange(contents=(LABORATORY, CLINIC, *LECTURES)), POLICY)
    found = effects_of(lab_only, with_clinic, PLACES[:1], HeldNow(today=TODAY, places=PLACES[:1]), POLICY)
    assert {"asked_besides", "block_added"} == set(said(found))
    without = changed_plan(plan(), BlocksChange(contents=(LABORATORY, *LECTURES)), POLICY)
    assert said(effects_of(plan(), without, PLACES[:1], HeldNow(today=TODAY, places=PLACES), POLICY)) == [
        "block_left_out"
    ]


def test_a_change_after_five_weeks_is_said_to_be_late() -> None:
    change = UnitChange(placement_id=PLACES[1].placement_id, unit_id="cqmu-cardiology", from_day=date(2027, 5, 3))
    places = swapped(PLACES, change, "new")
    for today, late in ((START + timedelta(weeks=5), False), (START + timedelta(weeks=5, days=1), True)):
        found = effects_of(plan(), plan(), places, HeldNow(today=today, places=PLACES), POLICY)
        assert ("late_request" in said(found)) is late
        assert "other_unit" in said(found)


def test_days_of_a_block_are_kept_by_its_number() -> None:
    one = PlannedContent(content=Content.LABORATORY, start=START, end=date(2027, 3, 31))
    assert places_after(PLACES[:1], plan(), plan(contents=(one, CLINIC)))[0].block.end == one.end
