"""Asking for links, codes, several roles under one address, and accounts of universities that follow their person."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from mail.outbox import Outbox
from models.catalogue.loading import load_programme
from models.errors import NotAuthorised, NotOpen, Unknown
from models.people.access import Member, RoleToChoose
from models.people.authorization import Actor
from models.tables import MessageRow, OidcSubjectRow, SignInLinkRow
from models.vocabulary import Role
from records.access.links import LINK_LASTS, MOST_TRIES
from records.access.members import Members
from records.access.sessions import Access
from records.access.signing import Signing
from records.access.throttle import (
    MOST_PER_ADDRESS,
    PER_ADDRESS,
    PER_CALLER,
    PER_CALLER_AND_ADDRESS,
    PER_KNOWN_BROWSER,
)
from records.access.throttle import WRONG_CODES_A_DAY as MOST_WRONG
from records.store.engine import transaction
from tests.activities.students import NOW, Office
from tests.databases import Database

SIGNING = Signing("a secret for tests, long enough")
OFFICE = Actor(id="cqmu.programme_office", role=Role.PROGRAMME_OFFICE, institution="cqmu")
WU = "wu.ping@cqmu.example"
HOST = "coordinator@cqmu.example"
ISSUER = "https://login.cqmu.example"


@pytest.fixture
async def office(sqlite_database: Database, tmp_path: Path) -> Office:
    made = Office(sqlite_database, tmp_path / "files", load_programme())
    await made.seed()
    return made


@pytest.fixture
def access(office: Office) -> Access:
    return Access(office.sessions, office.programme, Outbox(office.programme), SIGNING)


async def enter(office: Office, person: str, role: Role, email: str = WU, institution: str = "cqmu") -> None:
    members = Members(office.sessions, office.programme, Outbox(office.programme))
    one = Member(person=person, role=role, institution=institution, name="Wu Ping", email=email)
    await members.save(one, OFFICE, NOW, f"enter {person} {email}", new=person.count(".") > 1)


async def leave(office: Office, person: str) -> None:
    members = Members(office.sessions, office.programme, Outbox(office.programme))
    await members.remove(person, OFFICE, NOW, f"remove {person}")


async def links(office: Office) -> list[str]:
    return [row[0] for row in await office.rows(select(SignInLinkRow.id).order_by(SignInLinkRow.created_at))]


def known(*addresses: str) -> Callable[[str], str]:
    return lambda address: "the office's browser" if address in addresses else ""


class TestThrottling:
    async def test_a_hundred_asks_from_everywhere_keep_nobody_out(self, office: Office, access: Access) -> None:
        for number in range(100):
            await access.ask_link(HOST, f"browser {number}", f"caller {number}", NOW)
        assert len(await links(office)) == MOST_PER_ADDRESS, "a mailbox is not flooded"
        await access.ask_link(HOST.upper(), "mine", "caller 1", NOW, knows=known(HOST))
        assert len(await links(office)) == MOST_PER_ADDRESS + 1, "a browser of an earlier sign-in is counted apart"

    @pytest.mark.parametrize("callers", [1, 2, 3, 10])
    async def test_a_hundred_asks_of_a_few_keep_nobody_out_who_never_was_here(
        self, office: Office, access: Access, callers: int
    ) -> None:
        for number in range(100):
            await access.ask_link(HOST, "theirs", f"caller {number % callers}", NOW)
        flooded = len(await links(office))
        assert flooded <= PER_ADDRESS + callers
        await access.ask_link(HOST, "a new browser", "a new caller", NOW)
        assert len(await links(office)) == flooded + 1

    async def test_what_was_refused_prolongs_nothing(self, office: Office, access: Access) -> None:
        for minute in range(16):
            for number in range(8):
                at = NOW + timedelta(minutes=minute)
                await access.ask_link(HOST, "theirs", f"caller {minute} {number}", at)
        assert len(await links(office)) > MOST_PER_ADDRESS

    async def test_one_caller_neither_floods_one_address_nor_asks_for_many(
        self, office: Office, access: Access
    ) -> None:
        for _ in range(PER_CALLER_AND_ADDRESS + 3):
            await access.ask_link(HOST, "theirs", "one caller", NOW)
        assert len(await links(office)) == PER_CALLER_AND_ADDRESS
        for number in range(PER_CALLER):
            await access.ask_link(f"{number}@nowhere.example", "theirs", "one caller", NOW)
        await access.ask_link("head.of.office@cqmu.example", "theirs", "one caller", NOW)
        assert len(await links(office)) == PER_CALLER_AND_ADDRESS
        await access.ask_link("head.of.office@cqmu.example", "another", "another caller", NOW)
        await access.ask_link(HOST, "theirs", "one caller", NOW + timedelta(minutes=20))
        assert len(await links(office)) == PER_CALLER_AND_ADDRESS + 2

    async def test_a_known_browser_has_a_limit_too_and_for_its_addresses_alone(
        self, office: Office, access: Access
    ) -> None:
        for _ in range(PER_KNOWN_BROWSER + 3):
            await access.ask_link(HOST, "mine", "caller", NOW, knows=known(HOST))
        assert len(await links(office)) == PER_KNOWN_BROWSER
        for number in range(MOST_PER_ADDRESS + 3):
            await access.ask_link(WU, "mine", f"caller {number}", NOW, knows=known(HOST))
            await access.ask_link("head.of.office@cqmu.example", "mine", f"{number}", NOW, knows=known(HOST))
        assert len(await links(office)) == PER_KNOWN_BROWSER + MOST_PER_ADDRESS


class TestCodes:
    async def test_a_code_is_good_in_the_browser_that_asked_once_and_for_minutes(
        self, office: Office, access: Access
    ) -> None:
        await access.ask_link(HOST, "here", "caller", NOW)
        [link] = await links(office)
        code = SIGNING.code(link)
        with pytest.raises(NotOpen):
            await access.redeem_code(code, "elsewhere", "", NOW)
        with pytest.raises(NotOpen):
            await access.redeem_code(code, "here", "", NOW + LINK_LASTS)
        opened, _ = await access.redeem_code(f" {code[:4]}\u3000{code[4:]} ", "here", "Firefox", NOW)
        assert opened.session.person == "cqmu.coordinator"
        for again in (
            access.redeem_code(code, "here", "", NOW),
            access.redeem_link(SIGNING.sign_in(link), "here", "", NOW),
        ):
            with pytest.raises(NotOpen):
                await again

    @pytest.mark.parametrize("typed", ["", "0", "１２３４５６７８", "12345678", "x" * 40, "²²²²²²²²", "1234567"])
    async def test_a_code_is_guessed_a_few_times_only(self, office: Office, access: Access, typed: str) -> None:
        await access.ask_link(HOST, "here", "caller", NOW)
        [link] = await links(office)
        assert SIGNING.code(link) not in typed
        for _ in range(MOST_TRIES):
            with pytest.raises(NotOpen):
                await access.redeem_code(typed, "here", "", NOW)
        with pytest.raises(NotOpen):
            await access.redeem_code(SIGNING.code(link), "here", "", NOW)
        opened, _ = await access.redeem_link(SIGNING.sign_in(link), "here", "", NOW)
        assert opened.session.person == "cqmu.coordinator", "the link itself is still good"

    async def test_new_links_give_no_new_guesses_without_end(self, office: Office, access: Access) -> None:
        for number in range(PER_ADDRESS):
            await access.ask_link(HOST, f"browser {number}", f"caller {number}", NOW)
            for _ in range(MOST_TRIES):
                with pytest.raises(NotOpen):
                    await access.redeem_code("no code", f"browser {number}", "", NOW)
        tried = sum(row[0] for row in await office.rows(select(SignInLinkRow.tries)))
        assert tried == MOST_WRONG
        at = NOW + timedelta(minutes=30)
        await access.ask_link(HOST, "mine", "caller", at, knows=known(HOST))
        code = SIGNING.code((await links(office))[-1])
        with pytest.raises(NotOpen):
            await access.redeem_code(code, "mine", "", at)
        opened, _ = await access.redeem_code(code, "mine", "", at, knows=known(HOST))
        assert opened.session.person == "cqmu.coordinator", "a browser that is known is not kept out"

    async def test_the_right_code_of_an_older_link_costs_no_try(self, office: Office, access: Access) -> None:
        for minute in range(3):
            await access.ask_link(HOST, "here", "caller", NOW + timedelta(minutes=minute))
        code = SIGNING.code((await links(office))[0])
        await access.redeem_code(code, "here", "", NOW + timedelta(minutes=3))
        assert {row[0] for row in await office.rows(select(SignInLinkRow.tries))} == {0}

    def test_codes_are_digits_of_one_length_and_of_this_service(self) -> None:
        codes = [SIGNING.code(f"link {number}") for number in range(200)]
        assert all(len(code) == 8 and code.isdigit() for code in codes)
        assert len(set(codes)) == 200
        assert Signing("another secret, long enough too").code("link 1") != SIGNING.code("link 1")


class TestSeveralRoles:
    async def test_one_mail_is_sent_and_a_role_is_chosen(self, office: Office, access: Access) -> None:
        await enter(office, "cqmu.housing.2", Role.HOUSING_OFFICER)
        await enter(office, "cqmu.auditor.2", Role.AUDITOR, WU.upper())
        await access.ask_link(WU, "here", "caller", NOW)
        [link] = await links(office)
        assert len(await office.rows(select(MessageRow.id))) == 1
        token = SIGNING.sign_in(link)
        with pytest.raises(RoleToChoose) as several:
            await access.redeem_link(token, "here", "", NOW)
        assert {one.person for one in several.value.identities} == {"cqmu.housing.2", "cqmu.auditor.2"}
        with pytest.raises(RoleToChoose):
            await access.redeem_code(SIGNING.code(link), "here", "", NOW)
        for foreign in ("cqmu.coordinator", "cqmu.head_of_office", "nobody"):
            with pytest.raises(Unknown):
                await access.redeem_link(token, "here", "", NOW, foreign)
            with pytest.raises(Unknown):
                await access.redeem_code(SIGNING.code(link), "here", "", NOW, foreign)
        with pytest.raises(NotAuthorised):
            await access.redeem_link(token, "elsewhere", "", NOW, "cqmu.auditor.2")
        opened, _ = await access.redeem_link(token, "here", "", NOW, "cqmu.auditor.2")
        assert opened.session.person == "cqmu.auditor.2"
        with pytest.raises(NotOpen):
            await access.redeem_link(token, "here", "", NOW, "cqmu.housing.2")

    async def test_a_link_is_for_the_mailbox_it_was_sent_to(self, office: Office, access: Access) -> None:
        await enter(office, "cqmu.housing.2", Role.HOUSING_OFFICER)
        await access.ask_link(WU, "here", "caller", NOW)
        [link] = await links(office)
        await enter_anew(office, "cqmu.housing.2", Role.HOUSING_OFFICER, "somebody.else@cqmu.example")
        with pytest.raises(NotOpen, match=r"link\.used"):
            await access.redeem_link(SIGNING.sign_in(link), "here", "", NOW)


async def enter_anew(office: Office, person: str, role: Role, email: str) -> None:
    """The entry of a role gets another address, and with it, as a rule, another person."""
    members = Members(office.sessions, office.programme, Outbox(office.programme))
    one = Member(person=person, role=role, institution="cqmu", name="Another", email=email)
    await members.save(one, OFFICE, NOW, f"change {person} {email}", new=False)


class TestAccounts:
    """Accounts of universities: bound to a person, known by their address, and not to an entry of the roster."""

    @pytest.mark.parametrize("role", [Role.HEAD_OF_OFFICE, Role.PARTNER_OFFICE, Role.AUDITOR])
    async def test_an_account_follows_the_person_to_another_role(
        self, office: Office, access: Access, role: Role
    ) -> None:
        await enter(office, "cqmu.housing.2", Role.HOUSING_OFFICER)
        first = await access.by_subject(ISSUER, "s-1", WU, "cqmu", NOW)
        assert first is not None
        await leave(office, "cqmu.housing.2")
        assert await access.by_subject(ISSUER, "s-1", None, "cqmu", NOW) is None
        await enter(office, "cqmu.next.2", role)
        now = await access.by_subject(ISSUER, "s-1", None, "cqmu", NOW)
        assert now is not None
        assert (now.person, now.capacities[0].role) == ("cqmu.next.2", role)

    async def test_an_entry_given_to_somebody_else_takes_no_account_along(self, office: Office, access: Access) -> None:
        await enter(office, "cqmu.housing.2", Role.HOUSING_OFFICER)
        assert await access.by_subject(ISSUER, "s-1", WU, "cqmu", NOW) is not None
        await enter_anew(office, "cqmu.housing.2", Role.HOUSING_OFFICER, "another@cqmu.example")
        for email in (None, WU):
            assert await access.by_subject(ISSUER, "s-1", email, "cqmu", NOW) is None
        corrected = await access.by_subject(ISSUER, "s-1", "Another@CQMU.example", "cqmu", NOW)
        assert corrected is not None
        assert corrected.person == "cqmu.housing.2", "the provider vouches for the new address"

    async def test_who_has_several_roles_there_chooses(self, office: Office, access: Access) -> None:
        await enter(office, "cqmu.housing.2", Role.HOUSING_OFFICER)
        await enter(office, "cqmu.auditor.2", Role.AUDITOR)
        await enter(office, "dartmouth.partner.2", Role.PARTNER_OFFICE, institution="dartmouth")
        with pytest.raises(RoleToChoose) as several:
            await access.by_subject(ISSUER, "s-1", WU, "cqmu", NOW)
        assert {one.person for one in several.value.identities} == {"cqmu.housing.2", "cqmu.auditor.2"}
        with pytest.raises(Unknown):
            await access.by_subject(ISSUER, "s-1", WU, "cqmu", NOW, "dartmouth.partner.2")
        for chosen in ("cqmu.auditor.2", "cqmu.housing.2"):
            found = await access.by_subject(ISSUER, "s-1", WU, "cqmu", NOW, chosen)
            assert found is not None
            assert found.person == chosen
        assert await office.rows(select(OidcSubjectRow.person_id, OidcSubjectRow.mailbox)) == [("cqmu.housing.2", WU)]

    async def test_who_came_in_before_mailboxes_were_kept_still_does(self, office: Office, access: Access) -> None:
        async with transaction(office.sessions) as session:
            session.add(OidcSubjectRow(issuer=ISSUER, subject="s-1", person_id="cqmu.coordinator", bound_at=NOW))
        found = await access.by_subject(ISSUER, "s-1", None, "cqmu", NOW)
        assert found is not None
        assert found.person == "cqmu.coordinator"
        assert await office.rows(select(OidcSubjectRow.mailbox)) == [(HOST,)]
