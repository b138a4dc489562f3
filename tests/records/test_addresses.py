"""A change of the address somebody signs in by ends what the old one let in, is told there, and can be undone."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from mail.compose import Composer
from mail.outbox import Outbox
from models.catalogue.loading import load_programme
from models.errors import NotOpen, Unknown
from models.events import NominationCorrected
from models.people.access import ApiScope, Member, SignInMethod
from models.people.authorization import Actor
from models.tables import AddressChangeRow, EventRow, ExchangeRow, IdentityRow, MessageRow, SignInLinkRow
from models.vocabulary import Role
from records.access.addresses import UNDONE_WITHIN, Addresses, Undo
from records.access.members import Members
from records.access.sessions import Access
from records.access.signing import Signing
from records.access.tokens import Tokens
from records.store.append import append
from records.store.engine import transaction
from tests.activities.students import NOW, Office, nomination
from tests.databases import Database

OFFICE = Actor(id="cqmu.programme_office", role=Role.PROGRAMME_OFFICE, institution="cqmu")
WHO = "cqmu.coordinator"
OLD, NEW = "coordinator@cqmu.example", "someone@cqmu.example"
SIGNING = Signing("a secret for tests, long enough")
LATER = NOW + timedelta(hours=3)


class Door:
    """Everything that lets people in, over one database."""

    def __init__(self, office: Office) -> None:
        outbox = Outbox(office.programme)
        self.office = office
        self.access = Access(office.sessions, office.programme, outbox, SIGNING)
        self.members = Members(office.sessions, office.programme, outbox)
        self.tokens = Tokens(office.sessions, office.programme, outbox)
        self.addresses = Addresses(office.sessions, office.programme, outbox, SIGNING)

    async def change(self, email: str = NEW, at: datetime = NOW, key: str = "changed", who: str = WHO) -> None:
        """Give the coordinator another address."""
        role, name = (Role.COORDINATOR, "Liu Wenqing") if who == WHO else (Role.HEAD_OF_OFFICE, "Zhao Minghui")
        member = Member(person=who, role=role, institution="cqmu", name=name, email=email)
        await self.members.save(member, OFFICE, at, key, new=False)

    async def undo(self) -> str:
        """The link of the last change that was told."""
        query = select(AddressChangeRow.id).order_by(AddressChangeRow.changed_at.desc()).limit(1)
        return SIGNING.undo((await self.office.rows(query))[0][0])

    async def asks(self, email: str, at: datetime) -> int:
        """How many links somebody gets who asks by an address."""
        query = select(SignInLinkRow.id).where(SignInLinkRow.used_at.is_(None))
        before = len(await self.office.rows(query))
        await self.access.ask_link(email, "browser", email, at)
        return len(await self.office.rows(query)) - before


@pytest.fixture
async def door(sqlite_database: Database, tmp_path: Any) -> Door:
    office = Office(sqlite_database, tmp_path / "files", load_programme())
    await office.seed()
    return Door(office)


async def test_what_the_old_address_let_in_ends(door: Door) -> None:
    session = await door.access.open_session(WHO, SignInMethod.LINK, "", NOW)
    other = await door.access.open_session("cqmu.head_of_office", SignInMethod.LINK, "", NOW)
    await door.access.ask_link(OLD, "browser", "caller", NOW)
    [(link,)] = await door.office.rows(select(SignInLinkRow.id))
    assert await door.access.by_subject("https://login.example", "s-1", OLD, "cqmu", NOW) is not None
    answer = SIGNING.action("EX-2027-DAR-001.host_approval.1", WHO, NOW - timedelta(days=1))
    theirs = SIGNING.action("EX-2027-DAR-001.host_approval.1", "cqmu.head_of_office", NOW - timedelta(days=1))
    assert (await door.addresses.action(answer, NOW)).person == WHO
    await door.change(at=LATER)
    assert await door.access.session(session.token, LATER) is None
    assert await door.access.session(other.token, LATER) is not None, "of others nothing ends"
    assert not await door.access.link_is_good(SIGNING.sign_in(link), NOW)
    assert await door.access.by_subject("https://login.example", "s-1", OLD, "cqmu", LATER) is None
    with pytest.raises(NotOpen, match=r"link.address_changed"):
        await door.addresses.action(answer, LATER)
    assert (await door.addresses.action(theirs, LATER)).person == "cqmu.head_of_office"
    anew = SIGNING.action("EX-2027-DAR-001.host_approval.1", WHO, LATER + timedelta(minutes=1))
    assert (await door.addresses.action(anew, LATER + timedelta(minutes=2))).person == WHO


async def test_it_is_told_to_the_old_address(door: Door) -> None:
    await door.change(at=LATER)
    async with transaction(door.office.sessions) as session:
        [row] = await session.scalars(select(MessageRow).where(MessageRow.kind == "address_changed"))
        composer = Composer(door.office.programme, "https://portal.example", SIGNING)
        reader, letter = await composer.compose(session, row)
    assert reader.email == OLD
    assert letter.link is not None
    assert letter.link.url == f"https://portal.example/address/{await door.undo()}"
    assert NEW not in f"{letter} {row.params} {row.key}"
    assert NEW not in str(await door.office.rows(select(EventRow.payload)))


@pytest.mark.parametrize("values", [{"name": "Liu W."}, {"email": OLD.upper().replace("CQMU.EXAMPLE", "cqmu.example")}])
async def test_another_change_ends_nothing(door: Door, values: dict[str, str]) -> None:
    session = await door.access.open_session(WHO, SignInMethod.LINK, "", NOW)
    given = {"person": WHO, "role": Role.COORDINATOR, "institution": "cqmu", "name": "Liu Wenqing", "email": OLD}
    await door.members.save(Member.model_validate(given | values), OFFICE, NOW, "named", new=False)
    assert await door.access.session(session.token, NOW) is not None
    assert await door.office.rows(select(AddressChangeRow.id)) == []


async def test_the_person_undoes_it_once_within_a_week(door: Door) -> None:
    await door.change()
    token = await door.undo()
    intruder = await door.access.open_session(WHO, SignInMethod.LINK, "", LATER)
    assert await door.access.by_subject("https://login.example", "s-2", NEW, "cqmu", LATER) is not None
    acting = Actor(id=WHO, role=Role.COORDINATOR, institution="cqmu")
    until, scopes = LATER + timedelta(days=300), (ApiScope.EXCHANGES_READ,)
    made = await door.tokens.issue("cqmu", "mine", scopes, until, acting, LATER)
    assert await door.addresses.undo_is(token, LATER) is Undo.OPEN
    assert await door.addresses.undo_is(token, LATER) is Undo.OPEN, "looking changes nothing"
    await door.addresses.restore(token, LATER)
    await door.addresses.restore(token, LATER)
    assert await door.addresses.undo_is(token, LATER) is Undo.DONE
    assert await door.access.session(intruder.token, LATER) is None
    assert await door.access.by_subject("https://login.example", "s-2", NEW, "cqmu", LATER) is None
    assert await door.tokens.principal(made.secret, LATER) is None, "made by whoever came in meanwhile"
    assert (await door.asks(OLD, LATER), await door.asks(NEW, LATER)) == (1, 0)
    kinds = [kind for (kind,) in await door.office.rows(select(EventRow.kind).order_by(EventRow.position))]
    assert kinds.count("address_restored") == 1
    assert kinds.count("token_revoked") == 1


async def test_tokens_of_before_go_on(door: Door) -> None:
    acting = Actor(id=WHO, role=Role.COORDINATOR, institution="cqmu")
    scopes = (ApiScope.EXCHANGES_READ,)
    earlier = await door.tokens.issue("cqmu", "before", scopes, NOW + timedelta(days=300), acting, NOW)
    await door.change(at=LATER)
    await door.addresses.restore(await door.undo(), LATER)
    assert await door.tokens.principal(earlier.secret, LATER) is not None


async def test_whoever_changes_it_twice_is_undone_by_the_first_mail(door: Door) -> None:
    await door.change()
    first = await door.undo()
    await door.change("third@cqmu.example", LATER, "again")
    second = await door.undo()
    assert first != second
    await door.addresses.restore(first, LATER)
    assert await door.addresses.undo_is(second, LATER) is Undo.DONE
    await door.addresses.restore(second, LATER)
    assert (await door.asks(OLD, LATER), await door.asks(NEW, LATER)) == (1, 0)


async def test_what_cannot_be_undone(door: Door) -> None:
    await door.change()
    token = await door.undo()
    late = NOW + UNDONE_WITHIN
    for forged in (token[:-9] + ("a" if token[-9] != "a" else "b") + token[-8:], SIGNING.sign_in("x"), "nonsense"):
        with pytest.raises(Unknown):
            await door.addresses.restore(forged, NOW)
        with pytest.raises(Unknown):
            await door.addresses.undo_is(forged, NOW)
    with pytest.raises(Unknown):
        SIGNING.link_of(token)
    assert await door.addresses.undo_is(token, late - timedelta(seconds=1)) is Undo.OPEN
    assert await door.addresses.undo_is(token, late) is Undo.LATE
    with pytest.raises(NotOpen, match=r"link.undo_late"):
        await door.addresses.restore(token, late)
    await door.members.remove(WHO, OFFICE, LATER, "removed")
    with pytest.raises(NotOpen, match=r"link.undo_late"):
        await door.addresses.restore(token, LATER)


async def test_a_students_address_is_theirs_too(door: Door) -> None:
    """The office corrects a nomination with another address: the student hears of it at theirs, and undoes it."""
    ana = await door.office.nominate(1)
    session = await door.access.open_session(ana.person_id, SignInMethod.LINK, "", NOW)
    other = nomination(1, email="somebody.else@dartmouth.example")
    for _ in range(2):
        version = await door.office.filing.revise(ana.exchange_id, other, NOW)
    assert await door.access.session(session.token, NOW) is not None, "nothing holds before its event"
    plan = other.to_plan(door.office.programme)
    event = NominationCorrected(at=LATER, plan=plan, nomination_version=version)
    async with transaction(door.office.sessions) as writing:
        await append(writing, Outbox(door.office.programme), ana.exchange_id, "corrected", (event,))
    assert await door.access.session(session.token, LATER) is None
    [(old, new)] = await door.office.rows(select(AddressChangeRow.old_email, AddressChangeRow.new_email))
    assert (await door.asks(old, LATER), await door.asks(new, LATER)) == (0, 1)
    await door.addresses.restore(await door.undo(), LATER)
    assert (await door.asks(old, LATER), await door.asks(new, LATER)) == (1, 0)
    identity = select(IdentityRow.email).join(ExchangeRow, ExchangeRow.nomination_version == IdentityRow.version)
    assert await door.office.rows(identity.where(ExchangeRow.id == ana.exchange_id)) == [(old,)]
    [(payload,)] = await door.office.rows(select(EventRow.payload).where(EventRow.kind == "person_corrected"))
    assert payload["columns"] == ["email"]
