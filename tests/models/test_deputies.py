"""Who may stand in for whom, role by role: nobody rises by it, whoever names them and by whatever way."""

from datetime import date
from itertools import product

import pytest

from models.catalogue.loading import load_programme
from models.catalogue.programme import Contact, Programme
from models.people.absences import PlannedAbsence, deputy_of, institution_of, may_set_for
from models.people.access import may_manage, needs_second
from models.people.authorization import Actor, Owner, may_decide, reassignable_to
from models.people.deputies import Post, in_own_right, may_stand_in
from models.vocabulary import Role, Side

R = Role
DAY = date(2027, 3, 1)
RANK = {
    R.SUPERVISOR: 1,
    R.HOUSING_OFFICER: 1,
    R.PARTNER_OFFICE: 1,
    R.COORDINATOR: 2,
    R.HEAD_OF_OFFICE: 3,
    R.AUDITOR: 3,
    R.OPERATOR: 3,
    R.PROGRAMME_OFFICE: 4,
}
"""Who stands above whom; of one rank none covers another."""
BESIDE = R.OCCUPATIONAL_HEALTH
"""Under the head of the office, and in no rank: health is health's alone."""
HELD = tuple(role for role in Role if role not in (R.STUDENT, R.CLOCK))


def post(role: Role, who: str, place: str = "cqmu") -> Post:
    unit = "cqmu-lipid" if role is R.SUPERVISOR else ""
    return place, Contact(id=who, role=role, name="N", email="n@cqmu.example", unit=unit)


def test_every_role_that_somebody_holds_has_a_rank() -> None:
    assert set(RANK) | {BESIDE} == set(HELD)


@pytest.mark.parametrize(("absent", "deputy"), list(product(HELD, HELD)))
def test_a_deputy_gets_what_the_giver_may_give_and_no_more(absent: Role, deputy: Role) -> None:
    gone, stand_in = post(absent, "gone"), post(deputy, "deputy")
    rises = absent is not deputy and RANK.get(absent, 9) >= RANK.get(deputy, 0)
    for giver in HELD:
        other = in_own_right(post(giver, "other"))
        allowed = may_stand_in(stand_in, gone, other)
        if absent is R.OCCUPATIONAL_HEALTH:
            assert allowed is (deputy is absent), (giver, "health is health's alone")
        elif rises:
            gives = may_manage(other, absent, "cqmu") and not needs_second(absent)
            assert allowed is gives, (giver, "who rises is named by whoever could enter such people")
            assert not allowed or RANK.get(giver, 0) >= RANK.get(absent, 0)
        assert not may_set_for(other, gone[1], "cqmu") or may_manage(other, absent, "cqmu")
    by_own_hand = may_stand_in(stand_in, gone, in_own_right(stand_in))
    assert not (by_own_hand and rises), "nobody rises by their own hand"
    nobody_known = may_stand_in(stand_in, gone, None)
    assert not (nobody_known and rises), "an old row of which nobody knows who wrote it lifts nobody"
    standing_in = in_own_right(gone).model_copy(update={"id": "third", "on_behalf_of": "gone"})
    assert not (may_stand_in(stand_in, gone, standing_in) and rises), "who stands in gives nothing on"
    by_the_absent = may_stand_in(stand_in, gone, in_own_right(gone))
    assert by_the_absent is (absent is not R.OCCUPATIONAL_HEALTH or deputy is absent), "one's own is one's own to give"


@pytest.mark.parametrize(("actor", "role"), list(product(HELD, HELD)))
def test_who_enters_whom(actor: Role, role: Role) -> None:
    at_home: dict[Role, set[Role]] = {
        R.PROGRAMME_OFFICE: set(HELD),
        R.HEAD_OF_OFFICE: {role for role, rank in RANK.items() if rank < RANK[R.HEAD_OF_OFFICE]} | {BESIDE},
        R.COORDINATOR: {role for role, rank in RANK.items() if rank <= RANK[R.COORDINATOR]},
    }
    who = in_own_right(post(actor, "who"))
    assert may_manage(who, role, "cqmu") is (role in at_home.get(actor, set()))
    assert may_manage(who, role, "dartmouth") is (actor is R.PROGRAMME_OFFICE)
    assert not may_manage(who.model_copy(update={"on_behalf_of": "x"}), role, "cqmu")
    assert needs_second(role) is (role is R.PROGRAMME_OFFICE)


@pytest.fixture
def programme() -> Programme:
    loaded = load_programme()
    return loaded.model_copy(update={"institutions": dict(loaded.institutions)})


def away(person: str, deputy: str, giver: Actor | None) -> PlannedAbsence:
    return PlannedAbsence(
        absence_id=f"a-{person}", person=person, first_day=DAY, last_day=DAY, deputy=deputy, given_by=giver
    )


def actor(programme: Programme, person: str) -> Actor:
    found = institution_of(programme, person)
    assert found is not None
    return in_own_right(found)


@pytest.mark.parametrize(
    ("absent", "deputy", "giver"),
    [
        ("cqmu.programme_office", "cqmu.coordinator", "cqmu.coordinator"),
        ("cqmu.programme_office", "cqmu.coordinator", "cqmu.head_of_office"),
        ("cqmu.head_of_office", "cqmu.coordinator", "cqmu.coordinator"),
        ("cqmu.head_of_office", "cqmu.housing_officer", "cqmu.coordinator"),
        ("cqmu.operator", "cqmu.coordinator", "cqmu.coordinator"),
        ("cqmu.occupational_health", "cqmu.coordinator", "cqmu.coordinator"),
        ("cqmu.occupational_health", "cqmu.head_of_office", "cqmu.head_of_office"),
        ("cqmu.occupational_health", "cqmu.coordinator", "cqmu.occupational_health"),
        ("dartmouth.coordinator", "cqmu.coordinator", "cqmu.coordinator"),
        ("cqmu.coordinator", "cqmu.housing_officer", "cqmu.housing_officer"),
        ("cqmu.coordinator", "cqmu.supervisor.lipid", None),
    ],
)
def test_old_rows_lift_nobody(programme: Programme, absent: str, deputy: str, giver: str | None) -> None:
    on_record = {absent: away(absent, deputy, actor(programme, giver) if giver else None)}
    assert deputy_of(programme, absent, on_record.get) is None


@pytest.mark.parametrize("first", ["cqmu.coordinator", "cqmu.head_of_office"])
def test_a_deputy_hands_on_no_more_than_is_theirs(programme: Programme, first: str) -> None:
    """The office names somebody, who is away too and names somebody below: that one does not become the office."""
    office, last = "cqmu.programme_office", "cqmu.housing_officer"
    on_record = {
        office: away(office, first, actor(programme, office)),
        first: away(first, last, actor(programme, first)),
    }
    assert deputy_of(programme, first, on_record.get) == last
    assert deputy_of(programme, office, on_record.get) is None
    on_record[first] = away(first, last, actor(programme, office))
    assert deputy_of(programme, office, on_record.get) == last, "the office itself may say so"


@pytest.mark.parametrize(
    ("by_programme", "owes", "to"),
    [
        (R.COORDINATOR, R.COORDINATOR, {R.HEAD_OF_OFFICE}),
        (R.COORDINATOR, R.HEAD_OF_OFFICE, {R.COORDINATOR}),
        (R.COORDINATOR, R.HOUSING_OFFICER, {R.COORDINATOR, R.HEAD_OF_OFFICE}),
        (R.HEAD_OF_OFFICE, R.HEAD_OF_OFFICE, set()),
        (R.HOUSING_OFFICER, R.HOUSING_OFFICER, {R.COORDINATOR, R.HEAD_OF_OFFICE}),
        (R.HOUSING_OFFICER, R.COORDINATOR, {R.HEAD_OF_OFFICE, R.HOUSING_OFFICER}),
        (R.SUPERVISOR, R.SUPERVISOR, {R.COORDINATOR, R.HEAD_OF_OFFICE}),
        (R.OCCUPATIONAL_HEALTH, R.OCCUPATIONAL_HEALTH, set()),
        (R.PARTNER_OFFICE, R.PARTNER_OFFICE, {R.HEAD_OF_OFFICE}),
    ],
)
def test_a_step_is_given_to_whoever_could_answer_it(by_programme: Role, owes: Role, to: set[Role]) -> None:
    owner = Owner(side=Side.HOST, role=owes, institution="cqmu")
    first = owner.model_copy(update={"role": by_programme})
    assert set(reassignable_to(owner, by_programme)) == to
    for role in to:
        assert may_decide(Actor(id="x", role=role, institution="cqmu"), first)
    student = Owner(side=Side.STUDENT, role=R.STUDENT, institution="cqmu", person="p-1")
    assert reassignable_to(student, R.STUDENT) == ()
