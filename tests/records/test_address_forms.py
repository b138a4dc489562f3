"""Addresses on the way from a nomination file to mail and sign-in: one form, whoever spells them."""

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import insert, select, text

from gateway.nomination_files import check_sheet, read_nominations
from mail.directory import Directory
from mail.message import build
from mail.outbox import Outbox
from mail.render import Rendered
from models.catalogue.loading import load_programme
from models.errors import BadInput
from models.people.access import Member
from models.people.authorization import Actor
from models.tables import MemberRow, NominationRow, PersonRow, SignInLinkRow
from models.vocabulary import Role
from records.access.members import Members
from records.access.sessions import Access
from records.access.signing import Signing
from records.filing import Filing
from records.store.engine import alembic_config, transaction, upgrade
from tests.activities.students import NOW, Office, nomination
from tests.databases import Database

CASES = Path(__file__).parents[1] / "gateway" / "cases"
OFFICE = Actor(id="cqmu.programme_office", role=Role.PROGRAMME_OFFICE, institution="cqmu")
ESZETT = ("x@faß.example", "x@xn--fa-hia.example", "X@FAẞ.EXAMPLE", "x@xn--FA-hia.example.", "ｘ＠faß．example")
UMLAUT = ("u@münchen.example", "u@xn--mnchen-3ya.example", "U@MÜNCHEN.example", "u@mu\u0308nchen.example")


@pytest.fixture
async def office(database: Database, tmp_path: Path) -> Office:
    made = Office(database, tmp_path / "files", load_programme())
    await made.seed()
    return made


@pytest.mark.parametrize(
    ("file", "address", "spellings", "another"),
    [
        ("k05-eszett.csv", "x@xn--fa-hia.example", ESZETT, "x@fass.example"),
        ("k06-idn.csv", "u@xn--mnchen-3ya.example", UMLAUT, "u@munchen.example"),
    ],
)
async def test_a_nominated_address_is_written_to_and_signed_in_with(
    office: Office, file: str, address: str, spellings: tuple[str, ...], another: str
) -> None:
    checked = check_sheet(read_nominations(CASES / file), office.programme)
    assert checked.refused == ()
    [(_, nominated)] = checked.good
    registered = await office.filing.register(nominated, NOW)
    async with transaction(office.sessions) as session:
        student = await Directory(office.programme).find(session, registered.person_id, Role.STUDENT)
    assert student is not None
    assert student.email == address
    mail = build(
        key="k", kind="nominated", code="c", sender="a@b.example", name="x", email=student.email, at=NOW,
        language="en", mail=Rendered(subject="s", text="t", html="h"),
    )  # fmt: skip
    assert mail["To"].addresses[0].addr_spec == address
    access = Access(office.sessions, office.programme, Outbox(office.programme), Signing("a secret, long enough"))
    for number, spelling in enumerate(spellings, 1):
        await access.ask_link(spelling, "browser", f"caller {number}", NOW)
        assert len(await office.rows(select(SignInLinkRow.id))) == number, spelling
    await access.ask_link(another, "browser", "another caller", NOW)
    assert len(await office.rows(select(SignInLinkRow.id))) == len(spellings)


@pytest.mark.parametrize("spelling", ["sun@重庆.example", "sun@重庆。example.", " sun@XN--ZWT745I.example"])
async def test_people_are_entered_in_the_one_form(office: Office, spelling: str) -> None:
    members = Members(office.sessions, office.programme, Outbox(office.programme))
    entered = Member(person="cqmu.housing.2", role=Role.HOUSING_OFFICER, institution="cqmu", name="Sun", email=spelling)
    await members.save(entered, OFFICE, NOW, "key", new=True)
    assert await office.rows(select(MemberRow.email)) == [("sun@xn--zwt745i.example",)]


@pytest.mark.parametrize(("email", "code"), [("sün@cqmu.example", "email.not_ascii"), ("sun@", "email.not_email")])
async def test_people_are_told_when_they_are_entered_where_mail_cannot_go(
    office: Office, email: str, code: str
) -> None:
    members = Members(office.sessions, office.programme, Outbox(office.programme))
    entered = Member(person="cqmu.housing.2", role=Role.HOUSING_OFFICER, institution="cqmu", name="Sun", email=email)
    with pytest.raises(BadInput, match=code):
        await members.save(entered, OFFICE, NOW, "key", new=True)


async def test_addresses_on_record_are_brought_to_the_one_form(database: Database, tmp_path: Path) -> None:
    office = Office(database, tmp_path / "files", load_programme())
    spelled = {1: "x@faß.example", 2: "u@münchen.example", 3: "Ana.R@example.edu", 4: "no address"}
    await _before(office, spelled)
    async with database.engine.begin() as connection:
        await connection.run_sync(lambda c: command.downgrade(alembic_config(c), "0012"))
    await upgrade(database.engine)
    after = {1: "x@xn--fa-hia.example", 2: "u@xn--mnchen-3ya.example", 3: "Ana.R@example.edu", 4: "no address"}
    persons = await office.rows(select(PersonRow.student_number, PersonRow.email).order_by(PersonRow.student_number))
    assert persons == [(f"F{number:05d}", email) for number, email in after.items()]
    assert [form["email"] for (form,) in await office.rows(select(NominationRow.form).order_by(NominationRow.id))] == [
        *after.values()
    ]
    assert await office.rows(select(MemberRow.email)) == [("m@xn--zwt745i.example",)]
    again = await Filing(office.sessions, office.files, office.programme).register(nomination(1, email=spelled[1]), NOW)
    assert not again.new, "the same file says the same"


async def _before(office: Office, spelled: dict[int, str]) -> None:
    """As the service wrote it before there was one form."""
    for number, email in spelled.items():
        registered = await office.filing.register(nomination(number), NOW)
        async with transaction(office.sessions) as session:
            person = await session.get_one(PersonRow, registered.person_id)
            version = await session.get_one(NominationRow, f"{registered.exchange_id}.nomination.1")
            person.email = email
            version.form = version.form | {"email": email}
    member = {
        "person_id": "cqmu.x", "role": Role.HOUSING_OFFICER, "institution_id": "cqmu", "unit_id": "", "name": "M",
        "email": "m@重庆.example", "language": "en", "deputies": [], "revision": 1,
    }  # fmt: skip
    async with transaction(office.sessions) as session:
        await session.execute(insert(MemberRow), member)
        assert await session.scalar(text("SELECT count(*) FROM persons")) == len(spelled)
