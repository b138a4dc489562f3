"""The clearances of a stay: the day before, on and after each last day, what covers what, and what is to be done."""

from datetime import date, timedelta
from typing import Any

import pytest

from models.authority import PaperKind
from models.clearances import Clearance, ClearanceEnds, ClearanceKind, ClearanceState, Covers
from models.facts.cover import CoverFacts
from models.facts.identity import PassportFacts
from models.messages.changes import Area, DatesChange
from models.rules.changes import changed_plan
from models.rules.clearance import ClearedDays
from models.rules.clearances import ClearanceRecord, RegisterEntry, as_registered, clearances_of
from models.rules.impact import clearances_failing
from models.rules.requirements import StayAsked, evaluate_by_kind, known_facts
from models.rules.stay import add_months
from models.rules.validity import AcceptedPaper
from tests.models.test_stay import CLINIC, END, POLICY, START, outgoing, plan

DAY = timedelta(days=1)
TODAY = START - timedelta(days=20)
KIND = ClearanceKind
PAPERS = {
    "passport": AcceptedPaper(kind="passport", expires_on=add_months(END, 6)),
    "visa": AcceptedPaper(kind="visa", expires_on=END),
    "insurance": AcceptedPaper(kind="insurance", expires_on=END),
    "physical_exam": AcceptedPaper(kind="physical_exam", issued_on=START - timedelta(days=100)),
    "immunization_record": AcceptedPaper(kind="immunization_record"),
    "tb_test": AcceptedPaper(kind="tb_test", issued_on=CLINIC.end - timedelta(days=365)),
}


def derived(today: date = TODAY, of: Any = None, facts: Any = None, **instead: Any) -> dict[ClearanceKind, Clearance]:
    """The clearances of the usual stay, where everything holds, with other papers or entries."""
    asked = of or plan()
    papers = tuple(p for p in (PAPERS | instead.pop("papers", {})).values() if p is not None)
    given: dict[str, Any] = {"papers": papers, "cleared": (ClearedDays(last=CLINIC.end),)} | instead
    record = ClearanceRecord(today=today, **given)
    known = as_registered(known_facts(facts or {}), record.entries)
    found = evaluate_by_kind(POLICY.rules, known, StayAsked.of(asked, POLICY, today))
    return {one.kind: one for one in clearances_of(asked, POLICY, record, found)}


def said(one: Clearance) -> list[str]:
    return [reason.finding.message for reason in one.why]


def test_everything_holds_through_the_last_day_that_is_needed() -> None:
    found = derived()
    assert list(found) == [KIND.PASSPORT, KIND.VISA, KIND.INSURANCE, KIND.OCCUPATIONAL]
    assert {(one.state, one.holds, one.why) for one in found.values()} == {(ClearanceState.HOLDS, True, ())}
    # Six months after 31 May is 30 November, as it is after 30 May.
    assert [one.through for one in found.values()] == [END + DAY, END, END, END]
    assert [one.covers for one in found.values()] == [Covers.STAY, Covers.STAY, Covers.CLINIC, Covers.CLINIC]


@pytest.mark.parametrize(
    ("kind", "papers"),
    [
        (KIND.PASSPORT, {"passport": AcceptedPaper(kind="passport", expires_on=add_months(END - DAY, 6))}),
        (KIND.VISA, {"visa": AcceptedPaper(kind="visa", expires_on=END - DAY)}),
        (KIND.INSURANCE, {"insurance": AcceptedPaper(kind="insurance", expires_on=END - DAY)}),
        (KIND.OCCUPATIONAL, {"tb_test": AcceptedPaper(kind="tb_test", issued_on=CLINIC.end - timedelta(days=366))}),
    ],
)
def test_a_day_short_is_short_and_the_day_after_it_is_over(kind: ClearanceKind, papers: Any) -> None:
    before = derived(papers=papers)
    assert [one for one, c in before.items() if c.state is not ClearanceState.HOLDS] == [kind], "that one alone"
    assert (before[kind].state, before[kind].through) == (ClearanceState.SHORT, END - DAY)
    assert said(before[kind]) == ["clearance.runs_out"]
    on_it, after = derived(END - DAY, papers=papers)[kind], derived(END, papers=papers)[kind]
    assert (on_it.state, on_it.holds) == (ClearanceState.SHORT, True)
    over = ClearanceState.SHORT if kind is KIND.PASSPORT else ClearanceState.OVER
    assert (after.state, after.holds) == (over, False)


def test_what_is_not_accepted_is_lacking_and_says_so() -> None:
    found = derived(papers={"insurance": None, "tb_test": None}, cleared=())
    assert (found[KIND.INSURANCE].state, found[KIND.INSURANCE].through) == (ClearanceState.LACKING, None)
    assert said(found[KIND.INSURANCE]) == ["clearance.not_accepted"]
    assert said(found[KIND.OCCUPATIONAL]) == ["clearance.not_accepted", "clearance.not_given"]


@pytest.mark.parametrize(
    ("ended", "message"),
    [
        (ClearanceEnds.REVOKED, "clearance.taken_back"),
        (ClearanceEnds.LAPSED, "clearance.lapsed"),
        (ClearanceEnds.UNINSURED, "clearance.uninsured"),
    ],
)
def test_a_decision_that_is_over_is_told_with_its_last_day(ended: ClearanceEnds, message: str) -> None:
    last = CLINIC.start + 3 * DAY
    found = derived(last + DAY, cleared=(ClearedDays(last=last, ended=ended),))[KIND.OCCUPATIONAL]
    assert (found.state, found.through, said(found)) == (ClearanceState.OVER, last, [message])
    anew = (ClearedDays(last=last, ended=ended), ClearedDays(first=last + 4 * DAY, last=CLINIC.end))
    renewed = derived(last + 4 * DAY, cleared=anew)[KIND.OCCUPATIONAL]
    assert (renewed.state, renewed.since) == (ClearanceState.HOLDS, last + 4 * DAY)


def test_stated_facts_count_beside_the_dates_of_the_paper() -> None:
    terms = [CoverFacts(first_day=START, last_day=END - 10 * DAY, insurer="Example")]
    short = derived(facts={"insurance": terms})[KIND.INSURANCE]
    assert (short.state, short.through) == (ClearanceState.SHORT, END - 10 * DAY)
    assert said(short) == ["requirement.days_not_covered"]
    second = CoverFacts(first_day=END - 9 * DAY, last_day=END, insurer="Example")
    assert derived(facts={"insurance": [*terms, second]})[KIND.INSURANCE].state is ClearanceState.HOLDS
    pages = derived(facts={"passport": [PassportFacts(expires_on=add_months(END, 6), blank_pages=1)]})
    assert pages[KIND.PASSPORT].state is ClearanceState.LACKING
    assert said(pages[KIND.PASSPORT]) == ["requirement.blank_pages"]


def test_what_the_authority_wrote_counts_instead_of_the_papers() -> None:
    papers = {"passport": AcceptedPaper(kind="passport", expires_on=END)}
    passport = RegisterEntry(paper=PaperKind.PASSPORT, valid_until=add_months(END, 12))
    old = {"passport": [PassportFacts(expires_on=END)]}
    assert derived(papers=papers, facts=old)[KIND.PASSPORT].state is ClearanceState.SHORT
    assert derived(papers=papers, facts=old, entries=(passport,))[KIND.PASSPORT].state is ClearanceState.HOLDS
    permit = RegisterEntry(paper=PaperKind.PERMIT, valid_from=START, valid_until=END + DAY)
    short = {"visa": AcceptedPaper(kind="visa", expires_on=START + 30 * DAY)}
    assert derived(papers=short)[KIND.VISA].state is ClearanceState.SHORT
    longer = derived(papers=short, entries=(permit,))[KIND.VISA]
    assert (longer.state, longer.since, longer.through) == (ClearanceState.HOLDS, START, END + DAY)
    allowed = derived(permitted_until=END - DAY)[KIND.VISA]
    assert (allowed.state, said(allowed)) == (ClearanceState.SHORT, ["clearance.stay_too_short"])
    refusal = RegisterEntry(paper=PaperKind.REFUSAL)
    assert said(derived(permitted_until=END - DAY, entries=(permit, refusal))[KIND.VISA]) == ["clearance.stay_refused"]


def test_other_days_of_a_stay_fail_what_does_not_reach_them() -> None:
    longer = changed_plan(plan(), DatesChange(start=START, end=END + 2 * DAY), POLICY)
    found = derived(of=longer)
    assert {kind: one.state for kind, one in found.items()} == dict.fromkeys(found, ClearanceState.SHORT)
    earlier = changed_plan(plan(), DatesChange(start=START, end=END - DAY), POLICY)
    assert {one.state for one in derived(of=earlier).values()} == {ClearanceState.HOLDS}


def test_courses_are_a_clearance_of_their_own_and_count_for_the_whole_stay() -> None:
    abroad = outgoing()
    course = AcceptedPaper(kind="osha_training", issued_on=START - timedelta(days=365))
    found = derived(of=abroad, papers={"osha_training": course})
    assert KIND.OCCUPATIONAL not in found, "no clinic, no decision"
    assert found[KIND.TRAINING].state is ClearanceState.HOLDS
    late = changed_plan(abroad, DatesChange(start=START + DAY, end=END + DAY), POLICY)
    old = derived(of=late, papers={"osha_training": course})[KIND.TRAINING]
    assert (old.state, old.through) == (ClearanceState.SHORT, START)


def test_a_change_names_the_clearances_that_would_fail_and_no_other() -> None:
    longer = changed_plan(plan(), DatesChange(start=START, end=END + DAY), POLICY)
    found = list(clearances_failing(derived().values(), derived(of=longer).values()))
    assert {one.area for one in found} == {Area.CLEARANCE}
    # Of occupational health its papers are told here; that its decision is too short is told by the decision itself.
    assert [one.params["clearance"] for one in found] == ["visa", "insurance", "occupational"]
    assert {one.params["until"] for one in found} == {str(END)}
    assert {one.params["last"] for one in found} == {str(END + DAY)}
    shorter = changed_plan(plan(), DatesChange(start=START, end=END - DAY), POLICY)
    assert not list(clearances_failing(derived().values(), derived(of=shorter).values()))
    short = {"insurance": AcceptedPaper(kind="insurance", expires_on=END - DAY)}
    now = derived(papers=short).values()
    assert not list(clearances_failing(now, now)), "what fails already follows from no change"
