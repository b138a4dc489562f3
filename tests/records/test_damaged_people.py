"""One bad row about people stops nobody else: what cannot be read is left out, told to the operator, and mended."""

from typing import Any

import pytest
from sqlalchemy import select, text

from mail.directory import Directory
from mail.outbox import Outbox
from models.catalogue.loading import load_programme
from models.errors import BadInput
from models.events import StepOpened
from models.notifications.notices import Addressee
from models.people.absences import Absence
from models.people.access import Member
from models.people.authorization import Actor
from models.tables import OperatorTaskRow
from models.vocabulary import Role, StepKind
from records.access.members import Members
from records.access.sessions import Access
from records.access.signing import Signing
from records.people import People
from records.store.engine import transaction
from tests.activities.students import NOW, Office
from tests.databases import Database
from tests.records.stays import asked, of_host

OFFICE = Actor(id="cqmu.programme_office", role=Role.PROGRAMME_OFFICE, institution="cqmu")
HOUSING = "cqmu.housing.2"
PARTNER = Actor(id="dartmouth.coordinator", role=Role.COORDINATOR, institution="dartmouth")

DAMAGES = {
    "a role there is not": "UPDATE members SET role = 'emperor'",
    "the role of the clock": "UPDATE members SET role = 'clock'",
    "the role of a student": "UPDATE members SET role = 'student'",
    "no address": "UPDATE members SET email = 'Wang Li'",
    "an address of no domain": "UPDATE members SET email = 'wang@'",
    "a deputy that is a name": """UPDATE members SET deputies = '["Wang Li"]'""",
    "deputies that are no list": """UPDATE members SET deputies = '{"a": 1}'""",
    "deputies of numbers": """UPDATE members SET deputies = '[1, 2]'""",
    "deputies in pieces": "UPDATE members SET deputies = '[\"x'",
    "an institution there is not": "UPDATE members SET institution_id = 'atlantis'",
    "a supervisor of no unit": "UPDATE members SET role = 'supervisor', unit_id = 'nowhere'",
    "no name": "UPDATE members SET name = ''",
    "a language of nobody here": "UPDATE members SET language = 'tlh'",
    "an id that is a name": "UPDATE members SET person_id = 'Wang Li 王丽'",
    "whoever named the deputies": """UPDATE members SET deputies_by = '{"id": 7}'""",
    "the id of a student": "UPDATE members SET person_id = 'p-0123456789abcdef'",
}
"""Ways in which a row of `members` may be wrong; a new revision has every process read it again."""
AWAY = {
    "a person that is a name": "UPDATE absences SET person_id = 'Wang Li'",
    "a day there is not": "UPDATE absences SET last_day = '2027-13-45'",
    "a day that is a word": "UPDATE absences SET first_day = '0-x', last_day = 'soon'",
    "a giver of no meaning": """UPDATE absences SET given_by = '{"role": "emperor"}'""",
}
WANTED = {
    "a zone there is not": "UPDATE preferences SET zone = 'Mars/Olympus'",
    "a zone that is a path": "UPDATE preferences SET zone = '../../etc/passwd'",
    "a digest there is not": "UPDATE preferences SET digest = 'hourly'",
    "a language of nobody here": "UPDATE preferences SET language = 'tlh'",
}


@pytest.fixture
async def office(sqlite_database: Database, tmp_path: Any) -> Office:
    made = Office(sqlite_database, tmp_path / "files", load_programme())
    await made.seed()
    members = Members(made.sessions, made.programme, Outbox(made.programme))
    member = Member(
        person=HOUSING, role=Role.HOUSING_OFFICER, institution="cqmu", name="Sun Li", email="sun@cqmu.example"
    )
    await members.save(member, OFFICE, NOW, "added", new=True)
    people = People(made.sessions, made.programme, Outbox(made.programme))
    day = NOW.date()
    absence = Absence(absence_id="a-1", person=HOUSING, first_day=day, last_day=day, deputy="cqmu.coordinator")
    await people.plan_absence(absence, OFFICE, NOW)
    async with transaction(made.sessions) as session:
        values = "VALUES ('cqmu.coordinator', 'en', 'UTC', 'daily')"
        await session.execute(text(f"INSERT INTO preferences (person_id, language, zone, digest) {values}"))
    return made


async def damage(office: Office, statement: str) -> None:
    """Do to the database what only SQL can do."""
    async with transaction(office.sessions) as session:
        await session.execute(text(statement))
        await session.execute(text("UPDATE members SET revision = revision + 1"))


async def everybody_goes_on(office: Office) -> None:
    """Signing in, deputies, mail and records of everybody else, each by a process that starts anew."""
    programme = load_programme().model_copy(update={"institutions": dict(load_programme().institutions)})
    outbox = Outbox(programme)
    access = Access(office.sessions, programme, outbox, Signing("a secret for tests, long enough"))
    for person in ("cqmu.coordinator", "dartmouth.coordinator", "cqmu.programme_office"):
        identity = await access.identity(person)
        assert identity is not None
        assert identity.capacities
    people = People(office.sessions, programme, outbox)
    for actor in (OFFICE, PARTNER):
        assert (await people.acting(actor, NOW))[0] == actor
        await people.absences(actor, NOW)
    assert await people.zones()
    assert await Members(office.sessions, programme, outbox).members(OFFICE)
    async with transaction(office.sessions) as session:
        to = Addressee(role=Role.COORDINATOR, institution="dartmouth")
        assert [one.id for one in await Directory(programme).resolve(session, to, at=NOW)] == ["dartmouth.coordinator"]
        housing = Addressee(role=Role.HOUSING_OFFICER, institution="cqmu")
        assert await Directory(programme).resolve(session, housing, at=NOW)
        assert await Directory(programme).contacts(session)


async def tasks(office: Office) -> list[str]:
    """The tasks of the operator that are open."""
    query = select(OperatorTaskRow.key).where(OperatorTaskRow.closed_at.is_(None)).order_by(OperatorTaskRow.key)
    return [key for (key,) in await office.rows(query)]


@pytest.mark.parametrize(
    ("table", "damaged"),
    [
        (table, statement)
        for table, damages in (("members", DAMAGES), ("absences", AWAY), ("preferences", WANTED))
        for statement in damages.values()
    ],
)
async def test_a_bad_row_is_left_out_and_told_and_everybody_else_goes_on(
    office: Office, table: str, damaged: str
) -> None:
    await damage(office, damaged)
    await everybody_goes_on(office)
    ana = await office.nominate(1)
    event = asked(ana.exchange_id, StepKind.HOST_APPROVAL, of_host())
    assert isinstance(event, StepOpened)
    await office.record(ana.exchange_id, event)
    [key] = await tasks(office)
    assert key.startswith(f"record_unread:{table}:")
    told = str(await office.rows(select(OperatorTaskRow.params, OperatorTaskRow.subject)))
    for personal in ("Wang", "王", "Sun Li", "@"):
        assert personal not in told


async def test_a_bad_row_gives_nobody_their_role_back(office: Office) -> None:
    """Where the record of a successor is damaged, their predecessor of the catalogue does not return."""
    members = Members(office.sessions, office.programme, Outbox(office.programme))
    wu = Member(
        person="cqmu.coordinator", role=Role.COORDINATOR, institution="cqmu", name="Wu", email="wu@cqmu.example"
    )
    await members.save(wu, OFFICE, NOW, "successor", new=False)
    await damage(office, "UPDATE members SET email = '-' WHERE person_id = 'cqmu.coordinator'")
    access = Access(office.sessions, office.programme, Outbox(office.programme), Signing("x" * 32))
    assert await access.identity("cqmu.coordinator") is None
    assert await members.unread(OFFICE) == ["cqmu.coordinator"]
    assert await members.unread(PARTNER) == []
    await damage(office, f"UPDATE members SET person_id = 'Wang Li' WHERE person_id = '{HOUSING}'")
    assert await members.unread(OFFICE) == ["cqmu.coordinator"], "a name is on no page and in no address"
    await damage(office, f"UPDATE members SET person_id = '{HOUSING}' WHERE person_id = 'Wang Li'")
    await members.save(wu, OFFICE, NOW, "mended", new=False)
    assert await access.identity("cqmu.coordinator") is not None
    people = People(office.sessions, office.programme, Outbox(office.programme))
    await people.acting(OFFICE, NOW)
    assert await tasks(office) == []


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("deputies", {"deputies": ("Wang Li",)}),
        ("deputies", {"deputies": ("王丽",)}),
        ("deputies", {"deputies": ("cqmu.nobody",)}),
        ("deputies", {"deputies": ("dartmouth.coordinator",)}),
        ("deputies", {"deputies": ("cqmu.housing.3",)}),
        ("email", {"email": "sun@"}),
        ("email", {"email": "sun li@cqmu.example"}),
        ("email", {"email": "sun@cqmu..example"}),
        ("email", {"email": "sun@localhost"}),
        ("email", {"email": "sun@@cqmu.example"}),
        ("name", {"name": " "}),
        ("name", {"name": "x" * 201}),
        ("language", {"language": "fr"}),
        ("institution", {"institution": "atlantis"}),
        ("role", {"role": Role.STUDENT}),
        ("role", {"role": Role.CLOCK}),
        ("unit", {"role": Role.SUPERVISOR}),
        ("institution", {"role": Role.PROGRAMME_OFFICE, "institution": "dartmouth"}),
    ],
)
async def test_what_readers_could_not_read_is_not_saved(office: Office, field: str, values: dict[str, object]) -> None:
    members = Members(office.sessions, office.programme, Outbox(office.programme))
    given = {"role": Role.HOUSING_OFFICER, "institution": "cqmu", "name": "Sun Li", "email": "sun@cqmu.example"}
    member = Member.model_validate({"person": "cqmu.housing.3"} | given | values)
    with pytest.raises(BadInput) as refused:
        await members.save(member, OFFICE, NOW, "key", new=True)
    assert refused.value.field == field
    assert "Wang" not in str(refused.value)
    await everybody_goes_on(office)
