"""Nobody becomes, changes or removes a programme officer alone: a second person agrees, and nobody to themself."""

from typing import Any

import pytest
from sqlalchemy import select

from mail.outbox import Outbox
from models.catalogue.loading import load_programme
from models.errors import BadInput, Conflict, NotAuthorised, NotOpen, Unknown
from models.people.absences import institution_of
from models.people.access import Member
from models.people.authorization import Actor
from models.tables import AddressChangeRow, EventRow, MessageRow
from models.vocabulary import Role
from records.access.members import Members
from tests.activities.students import NOW, Office
from tests.databases import Database

OFFICE = Actor(id="cqmu.programme_office", role=Role.PROGRAMME_OFFICE, institution="cqmu")
HEAD = Actor(id="cqmu.head_of_office", role=Role.HEAD_OF_OFFICE, institution="cqmu")
FOREIGN_HEAD = Actor(id="dartmouth.head_of_office", role=Role.HEAD_OF_OFFICE, institution="dartmouth")
COORDINATOR = Actor(id="cqmu.coordinator", role=Role.COORDINATOR, institution="cqmu")
SECOND = "cqmu.programme_office.2"


@pytest.fixture
async def office(sqlite_database: Database, tmp_path: Any) -> Office:
    made = Office(sqlite_database, tmp_path / "files", load_programme())
    await made.seed()
    return made


@pytest.fixture
async def members(office: Office) -> Members:
    found = Members(office.sessions, office.programme, Outbox(office.programme))
    await found.members(OFFICE)  # the catalogue is one for all tests, and this makes it that of this database
    return found


def officer(person: str = SECOND, **values: Any) -> Member:
    given = {"role": Role.PROGRAMME_OFFICE, "institution": "cqmu", "name": "Gao Mei", "email": "gao@cqmu.example"}
    return Member.model_validate({"person": person} | given | values)


async def kinds(office: Office) -> list[str]:
    """What happened, in order."""
    return [kind for (kind,) in await office.rows(select(EventRow.kind).order_by(EventRow.position))]


async def test_an_officer_is_entered_when_a_second_person_agrees(office: Office, members: Members) -> None:
    for actor in (HEAD, COORDINATOR, FOREIGN_HEAD):
        with pytest.raises(NotAuthorised):
            await members.save(officer(), actor, NOW, "key", new=True)
    assert await members.save(officer(), OFFICE, NOW, "new", new=True)
    assert await members.save(officer(), OFFICE, NOW, "new", new=True)
    told = await office.rows(select(MessageRow.recipient_id).where(MessageRow.kind == "second_needed"))
    assert told == [(HEAD.id,)]
    assert institution_of(office.programme, SECOND) is None
    standing_in = OFFICE.model_copy(update={"id": COORDINATOR.id, "on_behalf_of": OFFICE.id})
    gao = OFFICE.model_copy(update={"id": "somebody", "on_behalf_of": "x"})
    for actor in (OFFICE, COORDINATOR, FOREIGN_HEAD, standing_in, gao):
        with pytest.raises(Unknown):
            await members.settle("new", actor, NOW, agree=True)
    for actor in (COORDINATOR, FOREIGN_HEAD, standing_in):
        assert await members.proposals(actor) == []
        with pytest.raises(Unknown):
            await members.settle("new", actor, NOW, agree=False)
    assert [one.member.person for one in await members.proposals(HEAD)] == [SECOND]
    await members.settle("new", HEAD, NOW, agree=True)
    await members.settle("new", HEAD, NOW, agree=True)
    assert await members.proposals(HEAD) == []
    await members.members(OFFICE)
    assert institution_of(office.programme, SECOND) is not None
    with pytest.raises(NotOpen, match=r"proposal.settled"):
        await members.settle("new", HEAD, NOW, agree=False)
    assert await kinds(office) == ["member_proposed", "member_added"]
    [(added,)] = await office.rows(select(EventRow.payload).where(EventRow.kind == "member_added"))
    assert (added["actor"]["id"], added["proposed_by"]) == (HEAD.id, OFFICE.id)
    assert "Gao" not in str(await office.rows(select(EventRow.payload)))


@pytest.mark.parametrize("values", [{"email": "mine@cqmu.example"}, {"name": "X"}, {"language": "zh"}])
async def test_an_officer_is_changed_when_a_second_person_agrees(
    office: Office, members: Members, values: dict[str, str]
) -> None:
    known = institution_of(office.programme, OFFICE.id)
    assert known is not None
    before = known[1]
    as_is = {"name": before.name, "email": before.email}
    assert await members.save(officer(OFFICE.id, **as_is | values), OFFICE, NOW, "change", new=False)
    assert institution_of(office.programme, OFFICE.id) == known
    assert await office.rows(select(AddressChangeRow.id)) == []
    with pytest.raises(Conflict, match=r"proposal.waits"):
        await members.save(officer(OFFICE.id, name="Other"), OFFICE, NOW, "another", new=False)
    await members.settle("change", HEAD, NOW, agree=True)
    await members.members(OFFICE)
    after = institution_of(office.programme, OFFICE.id)
    assert after is not None
    assert all(getattr(after[1], field) == value for field, value in values.items())
    assert len(await office.rows(select(AddressChangeRow.id))) == ("email" in values)


async def test_an_officer_is_removed_when_a_second_person_agrees_and_never_the_last(
    office: Office, members: Members
) -> None:
    await members.save(officer(), OFFICE, NOW, "new", new=True)
    await members.settle("new", HEAD, NOW, agree=True)
    second = OFFICE.model_copy(update={"id": SECOND})
    assert await members.remove(OFFICE.id, second, NOW, "away")
    with pytest.raises(Unknown):
        await members.settle("away", second, NOW, agree=True)
    await members.settle("away", HEAD, NOW, agree=True)
    await members.members(second)
    assert institution_of(office.programme, OFFICE.id) is None
    third = OFFICE.model_copy(update={"id": "cqmu.programme_office.3"})
    with pytest.raises(BadInput, match=r"person.last_office"):
        await members.remove(SECOND, third, NOW, "last")


async def test_a_proposal_is_declined_or_taken_back(office: Office, members: Members) -> None:
    await members.save(officer(), OFFICE, NOW, "one", new=True)
    await members.settle("one", HEAD, NOW, agree=False)
    await members.settle("one", HEAD, NOW, agree=False)
    with pytest.raises(NotOpen, match=r"proposal.settled"):
        await members.settle("one", HEAD, NOW, agree=True)
    await members.save(officer(), OFFICE, NOW, "two", new=True)
    await members.settle("two", OFFICE, NOW, agree=False)
    assert institution_of(office.programme, SECOND) is None
    assert await kinds(office) == ["member_proposed", "proposal_declined"] * 2
    with pytest.raises(Unknown):
        await members.settle("nothing", HEAD, NOW, agree=True)


async def test_what_could_not_be_entered_is_not_proposed(members: Members) -> None:
    for wrong in ({"email": "gao@"}, {"deputies": ("Wang Li",)}, {"institution": "dartmouth"}, {"person": "cqmu"}):
        with pytest.raises((BadInput, NotAuthorised)):
            await members.save(officer(**wrong), OFFICE, NOW, "key", new=True)
    assert await members.proposals(HEAD) == []
