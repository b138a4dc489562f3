"""Who may open what (D46): the table of purposes, and what stays with occupational health."""

import pytest

from models.catalogue.loading import load_programme
from models.catalogue.policy import DocumentPolicy, Policy
from models.people.authorization import Actor, Owner, Parties, may_decide, may_see, reassignable_to
from models.people.papers import may_open, may_read_notes, may_read_ratings
from models.vocabulary import Direction, DocumentGroup, Purpose, Role, Side, StepKind

CLEARANCE = Owner(side=Side.HOST, role=Role.OCCUPATIONAL_HEALTH, institution="cqmu")
PARTIES = Parties(sending="dartmouth", host="cqmu", student="p-1")
HEALTH_KINDS = {"physical_exam", "immunization_record", "tb_test"}


def test_the_kinds_about_health_are_marked() -> None:
    policy = load_programme().policy
    assert {document.kind for document in policy.documents if document.purpose is Purpose.HEALTH} == HEALTH_KINDS
    assert {StepKind.SUBMIT_HEALTH_RECORDS, StepKind.CLEAR_FOR_CLINIC} <= policy.about_health


@pytest.mark.parametrize("role", list(Role))
def test_health_is_for_occupational_health_and_the_student(role: Role) -> None:
    allowed = role in (Role.OCCUPATIONAL_HEALTH, Role.STUDENT)
    assert may_open(role, Purpose.HEALTH) is allowed
    assert may_read_notes(role, about_health=True) is allowed


@pytest.mark.parametrize("purpose", [Purpose.IDENTITY, Purpose.CONDUCT, Purpose.STUDY, Purpose.APPLICATION])
def test_occupational_health_opens_nothing_that_it_does_not_need(purpose: Purpose) -> None:
    assert not may_open(Role.OCCUPATIONAL_HEALTH, purpose)
    assert not may_read_notes(Role.OCCUPATIONAL_HEALTH, about_health=False)
    assert not may_read_ratings(Role.OCCUPATIONAL_HEALTH)


@pytest.mark.parametrize("role", [Role.HOUSING_OFFICER, Role.PARTNER_OFFICE, Role.AUDITOR, Role.OPERATOR, Role.CLOCK])
@pytest.mark.parametrize("purpose", list(Purpose))
def test_who_needs_no_paper_opens_none(role: Role, purpose: Purpose) -> None:
    assert not may_open(role, purpose)


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_supervisor_opens_what_the_student_wants_to_do(purpose: Purpose) -> None:
    assert may_open(Role.SUPERVISOR, purpose) is (purpose is Purpose.APPLICATION)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.CLOCK])
@pytest.mark.parametrize("institution", ["cqmu", "dartmouth"])
def test_nobody_else_clears_a_student(role: Role, institution: str) -> None:
    actor = Actor(id="somebody", role=role, institution=institution)
    host = role is Role.OCCUPATIONAL_HEALTH and institution == "cqmu"
    assert may_decide(actor, CLEARANCE) is host
    if role is Role.OCCUPATIONAL_HEALTH:
        assert may_see(actor, PARTIES) is host


def test_a_clearance_is_given_to_no_other_office() -> None:
    assert reassignable_to(CLEARANCE, Role.OCCUPATIONAL_HEALTH) == ()


@pytest.mark.parametrize("kind", ["passport", "tb_test", "something_of_next_year"])
def test_what_is_not_marked_is_for_fewest(kind: str) -> None:
    """As in policies frozen before documents were marked, and of kinds that the catalogue does not know any more."""
    unmarked = DocumentPolicy(
        kind="passport",
        group=DocumentGroup.APPLICATION,
        step=StepKind.SUBMIT_DOCUMENTS,
        title="Passport",
        title_zh="护照",
        directions=tuple(Direction),
        rule="D18",
    )
    earlier = Policy(version="2026-11-01.x", steps={}, ladders={}, documents=(unmarked,), rules={}, objectives={})
    assert earlier.purpose(kind) is Purpose.HEALTH
