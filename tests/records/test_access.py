"""The door: links, sessions, subjects, tokens and people; every secret once, every refusal silent."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from mail.directory import Directory
from mail.outbox import Outbox
from models.catalogue.loading import load_programme
from models.errors import BadInput, Conflict, NotAuthorised, NotOpen, Unknown
from models.people.absences import Absence
from models.people.access import ApiScope, Member, NewSession, SignInMethod
from models.people.authorization import Actor
from models.tables import AbsenceRow, EventRow, MessageRow, SessionRow, SignInLinkRow
from models.vocabulary import Role, StepKind
from records.access.links import MOST_TRIES
from records.access.members import Members
from records.access.sessions import IDLE, LONGEST, Access
from records.access.signing import ACTION_DAYS, Signing
from records.access.throttle import PER_ADDRESS
from records.access.tokens import Tokens
from records.people import People
from records.store.engine import transaction
from tests.activities.students import NOW, Office
from tests.databases import Database
from tests.records.stays import asked, of_host

SIGNING = Signing("a secret for tests, long enough")
HOST = Actor(id="cqmu.coordinator", role=Role.COORDINATOR, institution="cqmu")
HEAD = Actor(id="cqmu.head_of_office", role=Role.HEAD_OF_OFFICE, institution="cqmu")
OFFICE = Actor(id="cqmu.programme_office", role=Role.PROGRAMME_OFFICE, institution="cqmu")
PARTNER = Actor(id="dartmouth.coordinator", role=Role.COORDINATOR, institution="dartmouth")
HERE, ELSEWHERE = "this browser", "another browser"


@pytest.fixture
async def office(database: Database, tmp_path: object) -> Office:
    made = Office(database, tmp_path / "files", load_programme())  # type: ignore[operator]
    await made.seed()
    return made


@pytest.fixture
def access(office: Office) -> Access:
    return Access(office.sessions, office.programme, Outbox(office.programme), SIGNING)


async def links(office: Office) -> list[str]:
    return [row[0] for row in await office.rows(select(SignInLinkRow.id).order_by(SignInLinkRow.created_at))]


async def ask(access: Access, address: str = "coordinator@cqmu.example", caller: str = "here") -> None:
    await access.ask_link(address, HERE, caller, NOW)


async def test_a_link_is_good_once_in_its_browser_for_minutes(office: Office, access: Access) -> None:
    await ask(access, " Coordinator@CQMU.example ")
    [link] = await links(office)
    token = SIGNING.sign_in(link)
    assert await access.link_is_good(token, NOW)
    with pytest.raises(NotAuthorised):
        await access.redeem_link(token, ELSEWHERE, "", NOW)
    opened, _ = await access.redeem_link(token, HERE, "Firefox", NOW)
    assert (opened.session.person, opened.session.method) == ("cqmu.coordinator", SignInMethod.LINK)
    with pytest.raises(NotOpen):
        await access.redeem_link(token, HERE, "", NOW)
    with pytest.raises(Unknown):
        await access.redeem_link(token + "x", HERE, "", NOW)
    await ask(access)
    late = NOW + timedelta(minutes=16)
    assert not await access.link_is_good(SIGNING.sign_in((await links(office))[-1]), late)
    with pytest.raises(NotOpen):
        await access.redeem_link(SIGNING.sign_in((await links(office))[-1]), HERE, "", late)


async def test_of_two_who_redeem_at_once_one_gets_in(office: Office, access: Access) -> None:
    await ask(access)
    token = SIGNING.sign_in((await links(office))[0])
    tries = [access.redeem_link(token, HERE, "", NOW) for _ in range(4)]
    came = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(one, tuple) for one in came) == 1
    assert await office.rows(select(func.count()).select_from(SessionRow)) == [(1,)]


async def test_of_many_who_ask_at_once_as_many_get_a_link_as_may(office: Office, access: Access) -> None:
    asked = [access.ask_link("coordinator@cqmu.example", HERE, f"caller {number % 3}", NOW) for number in range(30)]
    await asyncio.gather(*asked)
    assert PER_ADDRESS <= len(await links(office)) <= PER_ADDRESS + 1


async def test_of_many_codes_tried_at_once_as_many_count_as_may(office: Office, access: Access) -> None:
    await ask(access)
    [link] = await links(office)
    tries = [access.redeem_code(f"wrong {number}", HERE, "", NOW) for number in range(12)]
    came = await asyncio.gather(*tries, return_exceptions=True)
    assert {type(one) for one in came} == {NotOpen}
    assert await office.rows(select(SignInLinkRow.tries)) == [(MOST_TRIES,)]
    with pytest.raises(NotOpen):
        await access.redeem_code(SIGNING.code(link), HERE, "", NOW)


async def test_of_two_who_type_a_code_at_once_one_gets_in(office: Office, access: Access) -> None:
    await ask(access)
    code = SIGNING.code((await links(office))[0])
    tries = [access.redeem_code(code, HERE, "", NOW) for _ in range(4)]
    came = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(one, tuple) for one in came) == 1
    assert await office.rows(select(func.count()).select_from(SessionRow)) == [(1,)]


async def test_nobody_hears_whether_an_address_is_known(office: Office, access: Access) -> None:
    await ask(access, "stranger@nowhere.example")
    assert await links(office) == []
    assert await office.rows(select(MessageRow.id)) == []


async def test_no_secret_is_kept(office: Office, access: Access) -> None:
    await ask(access)
    [link] = await links(office)
    opened, _ = await access.redeem_link(SIGNING.sign_in(link), HERE, "", NOW)
    columns = (SessionRow.token_hash, SessionRow.id, MessageRow.params, MessageRow.key, EventRow.payload)
    kept = str([await office.rows(select(column)) for column in columns])
    assert opened.token not in kept
    assert SIGNING.sign_in(link) not in kept


async def session(access: Access) -> NewSession:
    return await access.open_session("cqmu.coordinator", SignInMethod.LINK, "Firefox", NOW)


async def test_a_session_ends_by_itself(access: Access) -> None:
    opened = await session(access)
    assert await access.session(opened.token, NOW + IDLE) is None
    opened = await session(access)
    at = NOW
    while at + IDLE / 2 < NOW + LONGEST:
        at += IDLE / 2
        assert await access.session(opened.token, at) is not None, "each use keeps it"
    assert await access.session(opened.token, NOW + LONGEST) is None


async def test_a_session_is_ended_by_its_person_alone(office: Office, access: Access) -> None:
    one, two = await session(access), await session(access)
    with pytest.raises(Unknown):
        await access.end_session(one.session.session_id, PARTNER, NOW)
    await access.end_others(one.session.session_id, HOST, NOW)
    assert await access.session(two.token, NOW) is None
    assert await access.session(one.token, NOW) is not None
    await access.end_session(one.session.session_id, HOST, NOW)
    await access.end_session(one.session.session_id, HOST, NOW)
    assert await access.sessions("cqmu.coordinator", NOW) == []
    told = await office.rows(select(EventRow.kind).where(EventRow.stream == "person:cqmu.coordinator"))
    assert sorted(kind for (kind,) in told) == ["session_ended", "session_ended", "signed_in", "signed_in"]


async def test_students_come_in_until_well_after_their_exchange(office: Office, access: Access) -> None:
    ana = await office.nominate(1)
    identity = await access.identity(ana.person_id)
    assert identity is not None
    assert identity.capacities[0].role is Role.STUDENT
    await ask(access, identity.email)
    assert len(await links(office)) == 1


async def test_a_university_vouches_for_its_own_people_once_by_their_address(access: Access) -> None:
    issuer = "https://login.cqmu.example"
    assert await access.by_subject(issuer, "s-1", None, "cqmu", NOW) is None
    assert await access.by_subject(issuer, "s-1", "coordinator@dartmouth.example", "cqmu", NOW) is None
    first = await access.by_subject(issuer, "s-1", "coordinator@cqmu.example", "cqmu", NOW)
    assert first is not None
    assert first.person == "cqmu.coordinator"
    again = await access.by_subject(issuer, "s-1", "head.of.office@cqmu.example", "cqmu", NOW)
    assert again is not None
    assert again.person == "cqmu.coordinator", "after that the address counts no more"


def test_a_link_that_answers_is_for_one_thing_and_for_weeks() -> None:
    token = SIGNING.action("EX-2027-DAR-001.accept_student.1", "cqmu.supervisor.lipid", NOW)
    assert SIGNING.action_of(token, NOW).person == "cqmu.supervisor.lipid"
    with pytest.raises(NotOpen):
        SIGNING.action_of(token, NOW + timedelta(days=ACTION_DAYS, seconds=1))
    for forged in (token[:-2] + "xx", Signing("another secret, long enough too").action("a", "b", NOW)):
        with pytest.raises(Unknown):
            SIGNING.action_of(forged, NOW)
    with pytest.raises(Unknown):
        SIGNING.action_of(SIGNING.sign_in("link"), NOW)
    with pytest.raises(Unknown):
        SIGNING.link_of(token)


async def test_a_token_is_for_its_institution_scopes_and_time(office: Office) -> None:
    tokens = Tokens(office.sessions, office.programme, Outbox(office.programme))
    scopes, until = (ApiScope.EXCHANGES_READ,), NOW + timedelta(days=30)
    with pytest.raises(NotAuthorised):
        await tokens.issue("cqmu", "mine", scopes, until, PARTNER, NOW)
    for wrong in ({"name": " "}, {"scopes": ()}, {"expires_at": NOW}, {"expires_at": NOW + timedelta(days=367)}):
        values = {"institution": "dartmouth", "name": "x", "scopes": scopes, "expires_at": until} | wrong
        with pytest.raises(BadInput, match="field=" + next(iter(wrong)).removesuffix("_at")):
            await tokens.issue(**values, actor=PARTNER, at=NOW)  # type: ignore[arg-type]
    issued = await tokens.issue("dartmouth", "records", scopes, until, PARTNER, NOW)
    found = await tokens.principal(issued.secret, NOW)
    assert found is not None
    assert (found[1].role, found[1].institution) == (Role.PARTNER_OFFICE, "dartmouth")
    assert await tokens.principal(issued.secret + "x", NOW) is None
    assert await tokens.principal(issued.secret, until) is None
    assert await tokens.tokens(HOST) == []
    with pytest.raises(Unknown):
        await tokens.revoke(issued.token.token_id, HOST, NOW)
    await tokens.revoke(issued.token.token_id, PARTNER, NOW)
    assert await tokens.principal(issued.secret, NOW) is None


def member(person: str, **values: object) -> Member:
    given = {"role": Role.HOUSING_OFFICER, "institution": "cqmu", "name": "Sun Li", "email": "sun@cqmu.example"}
    return Member.model_validate({"person": person} | given | values)


async def test_people_are_managed_by_those_above_them(office: Office) -> None:
    members = Members(office.sessions, office.programme, Outbox(office.programme))
    for actor, wanted in (
        (PARTNER, member("cqmu.housing.2")),
        (HOST, member("cqmu.head.2", role=Role.HEAD_OF_OFFICE)),
        (HEAD, member("cqmu.office.2", role=Role.PROGRAMME_OFFICE)),
    ):
        with pytest.raises(NotAuthorised):
            await members.save(wanted, actor, NOW, "key", new=True)
    await members.save(member("cqmu.housing.2"), HOST, NOW, "key", new=True)
    with pytest.raises(Conflict):
        await members.save(member("cqmu.housing.2"), HOST, NOW, "key-2", new=True)
    for wrong in ({"email": "nonsense"}, {"language": "fr"}, {"name": " "}):
        with pytest.raises(BadInput, match="field=" + next(iter(wrong))):
            await members.save(member("cqmu.housing.3", **wrong), HOST, NOW, "key-3", new=True)
    with pytest.raises(BadInput, match=r"role.kept"):
        await members.save(member("cqmu.housing.2", role=Role.OCCUPATIONAL_HEALTH), OFFICE, NOW, "key-4", new=False)
    with pytest.raises(BadInput, match=r"person.oneself"):
        await members.remove(HOST.id, HOST.model_copy(update={"role": Role.PROGRAMME_OFFICE}), NOW, "key-5")


async def test_mail_and_the_door_know_people_at_once(office: Office, access: Access) -> None:
    members = Members(office.sessions, office.programme, Outbox(office.programme))
    await members.save(member("cqmu.housing.2"), HOST, NOW, "added", new=True)
    identity = await access.identity("cqmu.housing.2")
    assert identity is not None
    assert identity.capacities[0].role is Role.HOUSING_OFFICER
    directory = Directory(office.programme)
    async with transaction(office.sessions) as opened:
        found = await directory.find(opened, "cqmu.housing.2", Role.HOUSING_OFFICER)
    assert found is not None
    assert found.email == "sun@cqmu.example"
    changed = member("cqmu.coordinator", role=Role.COORDINATOR, name="Wu Ping", email="wu@cqmu.example")
    await members.save(changed, OFFICE, NOW, "changed", new=False)
    await ask(access, "wu@cqmu.example")
    await ask(access, "coordinator@cqmu.example")
    assert len(await links(office)) == 1
    opened_session = await access.open_session("cqmu.housing.2", SignInMethod.LINK, "", NOW)
    await members.remove("cqmu.housing.2", HOST, NOW, "removed")
    assert await access.session(opened_session.token, NOW) is None
    assert await access.identity("cqmu.housing.2") is None
    kinds = [kind for (kind,) in await office.rows(select(EventRow.kind).order_by(EventRow.position))]
    assert [kind for kind in kinds if kind.startswith("member")] == ["member_added", "member_changed", "member_removed"]
    payloads = str(await office.rows(select(EventRow.payload)))
    for personal in ("Sun Li", "Wu Ping", "sun@", "wu@"):
        assert personal not in payloads


async def test_the_last_who_answers_for_open_steps_stays(office: Office) -> None:
    ana = await office.nominate(1)
    await office.record(ana.exchange_id, asked(ana.exchange_id, StepKind.HOST_APPROVAL, of_host()))
    members = Members(office.sessions, office.programme, Outbox(office.programme))
    with pytest.raises(BadInput, match=r"person.steps_wait"):
        await members.remove("cqmu.coordinator", OFFICE, NOW, "key")
    await members.save(member("cqmu.coordinator.2", role=Role.COORDINATOR), OFFICE, NOW, "successor", new=True)
    await members.remove("cqmu.coordinator", OFFICE, NOW, "key")


async def test_who_gave_a_deputy_their_part_is_kept(office: Office) -> None:
    people = People(office.sessions, office.programme, Outbox(office.programme))
    members = Members(office.sessions, office.programme, Outbox(office.programme))
    named = {
        "role": Role.COORDINATOR,
        "name": "Liu",
        "email": "liu@cqmu.example",
        "deputies": ("cqmu.housing_officer",),
    }
    await members.save(member("cqmu.coordinator", **named), HOST, NOW, "named", new=False)
    day = NOW.date()
    planned = Absence(absence_id="a-1", person="cqmu.coordinator", first_day=day, last_day=day)
    await people.plan_absence(planned, HOST, NOW)
    assert await people.plan_absence(planned, HOST, NOW)
    assert await people.absences(HEAD, NOW) == [planned]
    housing = Actor(id="cqmu.housing_officer", role=Role.HOUSING_OFFICER, institution="cqmu")
    assert [one.on_behalf_of for one in await people.acting(housing, NOW)] == ["", "cqmu.coordinator"]
    [(given_by,)] = await office.rows(select(AbsenceRow.given_by))
    assert Actor.model_validate(given_by) == HOST
    await people.cancel_absence("a-1", HEAD, NOW)
    assert await people.acting(housing, NOW) == (housing,)
