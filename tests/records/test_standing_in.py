"""Absences on record: who may plan them for whom, and that rows written by whatever way lift nobody."""

from typing import Any

import pytest
from sqlalchemy import text

from mail.outbox import Outbox
from models.catalogue.loading import load_programme
from models.errors import NotAuthorised, Refused, Unknown
from models.people.absences import Absence, Preferences, standing_in
from models.people.access import Member
from models.people.authorization import Actor
from models.vocabulary import Role
from records.access.members import Members
from records.people import People
from records.store.engine import transaction
from tests.activities.students import NOW, Office
from tests.databases import Database

R = Role
COORDINATOR = Actor(id="cqmu.coordinator", role=R.COORDINATOR, institution="cqmu")
HEAD = Actor(id="cqmu.head_of_office", role=R.HEAD_OF_OFFICE, institution="cqmu")
OFFICE = Actor(id="cqmu.programme_office", role=R.PROGRAMME_OFFICE, institution="cqmu")
HEALTH = Actor(id="cqmu.occupational_health", role=R.OCCUPATIONAL_HEALTH, institution="cqmu")
HOUSING = Actor(id="cqmu.housing_officer", role=R.HOUSING_OFFICER, institution="cqmu")
PARTNER = Actor(id="dartmouth.coordinator", role=R.COORDINATOR, institution="dartmouth")


@pytest.fixture
async def office(sqlite_database: Database, tmp_path: Any) -> Office:
    made = Office(sqlite_database, tmp_path / "files", load_programme())
    await made.seed()
    return made


@pytest.fixture
def people(office: Office) -> People:
    return People(office.sessions, office.programme, Outbox(office.programme))


def absence(person: str, deputy: str, name: str = "a-1") -> Absence:
    day = NOW.date()
    return Absence(absence_id=name, person=person, first_day=day, last_day=day, deputy=deputy)


NOT_THEIRS = (
    (COORDINATOR, OFFICE), (COORDINATOR, HEAD), (COORDINATOR, HEALTH), (COORDINATOR, PARTNER), (HEAD, OFFICE),
    (HEAD, PARTNER), (HOUSING, COORDINATOR), (HOUSING, HEALTH), (PARTNER, COORDINATOR), (HEALTH, HOUSING),
)  # fmt: skip


@pytest.mark.parametrize(("actor", "person"), NOT_THEIRS)
async def test_an_absence_is_set_by_the_person_or_whoever_manages_them(
    people: People, actor: Actor, person: Actor
) -> None:
    with pytest.raises(NotAuthorised, match=r"not_allowed.set_absence"):
        await people.plan_absence(absence(person.id, actor.id), actor, NOW)
    with pytest.raises(NotAuthorised, match=r"not_allowed.set_preferences"):
        await people.set_preferences(Preferences(person=person.id, zone="UTC"), actor, NOW, "key")
    assert await people.acting(actor, NOW) == (actor,)


@pytest.mark.parametrize(("actor", "person"), [pair for pair in NOT_THEIRS if HEALTH not in pair])
async def test_the_absence_of_another_is_not_seen_and_not_cancelled(
    people: People, actor: Actor, person: Actor
) -> None:
    deputy = "cqmu.supervisor.lipid" if person.institution == "cqmu" else "dartmouth.housing_officer"
    await people.plan_absence(absence(person.id, deputy), person, NOW)
    with pytest.raises(Unknown):
        await people.cancel_absence("a-1", actor, NOW)
    assert [one.absence_id for one in await people.absences(actor, NOW)] == []
    assert [one.absence_id for one in await people.absences(person, NOW)] == ["a-1"]


@pytest.mark.parametrize(
    ("actor", "person", "deputy"),
    [
        (HEAD, HEALTH, HEAD), (HEAD, HEALTH, COORDINATOR), (HEALTH, HEALTH, HEAD), (OFFICE, HEALTH, OFFICE),
        (OFFICE, HEALTH, HOUSING),
    ],
)  # fmt: skip
async def test_health_is_stood_in_for_by_health_alone(
    people: People, actor: Actor, person: Actor, deputy: Actor
) -> None:
    with pytest.raises(NotAuthorised, match=r"deputy.of_health field=deputy"):
        await people.plan_absence(absence(person.id, deputy.id), actor, NOW)


async def test_a_second_officer_of_health_stands_in(office: Office, people: People) -> None:
    members = Members(office.sessions, office.programme, Outbox(office.programme))
    second = Member(
        person="cqmu.health.2", role=R.OCCUPATIONAL_HEALTH, institution="cqmu", name="Gu", email="gu@cqmu.example"
    )
    with pytest.raises(NotAuthorised):
        await members.save(second, COORDINATOR, NOW, "key", new=True)
    await members.save(second, HEAD, NOW, "key", new=True)
    await people.plan_absence(absence(HEALTH.id, second.person), HEALTH, NOW)
    gu = Actor(id=second.person, role=R.OCCUPATIONAL_HEALTH, institution="cqmu")
    assert [one.on_behalf_of for one in await people.acting(gu, NOW)] == ["", HEALTH.id]


async def test_who_stands_in_manages_nobody(office: Office, people: People) -> None:
    """The office is away and names the coordinator: that one does its steps and gives nothing of it on."""
    await people.plan_absence(absence(OFFICE.id, COORDINATOR.id), OFFICE, NOW)
    acting = standing_in(COORDINATOR, office.programme, OFFICE.id)
    await people.require_standing_in(acting, NOW)
    members = Members(office.sessions, office.programme, Outbox(office.programme))
    head = Member(person="cqmu.head.2", role=R.HEAD_OF_OFFICE, institution="cqmu", name="Xu", email="xu@cqmu.example")
    refusals: list[Any] = [
        people.plan_absence(absence(HEAD.id, COORDINATOR.id, "a-2"), acting, NOW),
        people.plan_absence(absence(OFFICE.id, HOUSING.id, "a-3"), acting, NOW),
        people.cancel_absence("a-1", acting, NOW),
        members.save(head, acting, NOW, "key", new=True),
        members.remove(HEALTH.id, acting, NOW, "key"),
    ]
    for refusal in refusals:
        with pytest.raises(Refused):
            await refusal
    assert await members.members(acting) == []


ROWS = {
    "planned by the coordinator": '{"id": "cqmu.coordinator", "role": "coordinator", "institution": "cqmu"}',
    "planned by a coordinator who said to be the office": (
        '{"id": "cqmu.coordinator", "role": "programme_office", "institution": "cqmu", "on_behalf_of": "x.y"}'
    ),
    "planned by the deputy under another role": (
        '{"id": "cqmu.coordinator", "role": "programme_office", "institution": "cqmu"}'
    ),
    "planned by nobody knows whom": "null",
}


@pytest.mark.parametrize("given_by", list(ROWS))
@pytest.mark.parametrize("person", [OFFICE.id, HEAD.id, HEALTH.id, "cqmu.operator", PARTNER.id])
async def test_rows_of_before_lift_nobody(office: Office, people: People, person: str, given_by: str) -> None:
    day = NOW.date().isoformat()
    values = {"p": person, "d": day, "who": COORDINATOR.id, "by": ROWS[given_by]}
    columns = "id, person_id, first_day, last_day, deputy_id, given_by"
    async with transaction(office.sessions) as session:
        row = f"INSERT INTO absences ({columns}) VALUES ('old', :p, :d, :d, :who, :by)"
        await session.execute(text(row), values)
    assert await people.acting(COORDINATOR, NOW) == (COORDINATOR,)
    with pytest.raises(NotAuthorised, match=r"not_allowed.stand_in"):
        await people.require_standing_in(standing_in(COORDINATOR, office.programme, person), NOW)


async def test_standing_deputies_are_given_by_the_same_rule(office: Office, people: People) -> None:
    members = Members(office.sessions, office.programme, Outbox(office.programme))

    def named(person: str, role: Role, deputy: str) -> Member:
        return Member(
            person=person, role=role, institution="cqmu", name="N", email="n@cqmu.example", deputies=(deputy,)
        )

    for actor, wanted in (
        (HEAD, named(HEALTH.id, R.OCCUPATIONAL_HEALTH, HEAD.id)),
        (OFFICE, named(HEALTH.id, R.OCCUPATIONAL_HEALTH, OFFICE.id)),
        (COORDINATOR, named(HEAD.id, R.HEAD_OF_OFFICE, COORDINATOR.id)),
    ):
        with pytest.raises(NotAuthorised):
            await members.save(wanted, actor, NOW, "key", new=False)
    await members.save(named(COORDINATOR.id, R.COORDINATOR, HOUSING.id), COORDINATOR, NOW, "own", new=False)
    await people.plan_absence(absence(COORDINATOR.id, ""), COORDINATOR, NOW)
    assert [one.on_behalf_of for one in await people.acting(HOUSING, NOW)] == ["", COORDINATOR.id]
    async with transaction(office.sessions) as session:
        lifted = "UPDATE members SET deputies_by = :by, revision = revision + 1"
        await session.execute(text(lifted), {"by": '{"id": "cqmu.housing_officer", "role": "housing_officer"}'})
    assert await people.absences(HOUSING, NOW) == []
    assert await people.acting(HOUSING, NOW) == (HOUSING,), "named by their own hand, in a row of before"
