"""A student whose address an event changed: the old one is told once, its access ends, and undoing gives it back."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from mail.outbox import Outbox
from models.catalogue.loading import load_programme
from models.events import Event, ExchangeOpened, NominationCorrected, StatusChanged
from models.people.access import SignInMethod
from models.people.authorization import Actor
from models.rules.again import Answers
from models.tables import AddressChangeRow, ExchangeRow, IdentityRow, MessageRow, PersonRow
from models.vocabulary import MobilityStatus, NominationStatus, Role
from records.access.addresses import Addresses, Undo
from records.access.sessions import Access
from records.access.signing import Signing
from records.corrections import Corrections
from records.store.append import append
from records.store.engine import transaction
from records.store.rebuild import rebuild
from tests.activities.students import NOW, Office, nomination
from tests.databases import Database

HOST = Actor(id="cqmu.coordinator", role=Role.COORDINATOR, institution="cqmu")
SENDING = Actor(id="dartmouth.coordinator", role=Role.COORDINATOR, institution="dartmouth")
SIGNING = Signing("a secret for tests, long enough")
LATER = NOW + timedelta(hours=3)
OLD, NEW, THIRD = "student1@example.edu", "new@example.edu", "third@example.edu"
VERIFIED = StatusChanged(at=NOW, mobility=MobilityStatus.NOMINATION, nomination=NominationStatus.VERIFIED)


class Students:
    """Student 1 and a twin, and what changes the address of the first."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.outbox = Outbox(office.programme)
        self.access = Access(office.sessions, office.programme, self.outbox, SIGNING)
        self.addresses = Addresses(office.sessions, office.programme, self.outbox, SIGNING)

    async def tell(self, stream: str, event: Event) -> None:
        """Record an event with its mails; the key says what it is of."""
        key = f"{stream}:{event.kind}:{getattr(event, 'nomination_version', 0)}"
        async with transaction(self.office.sessions) as session:
            await append(session, self.outbox, stream, key, (event,))

    async def change(self, way: str, exchange: str, email: str = NEW, key: str = "1") -> None:
        """Change the address in one of the ways that there are."""
        if way == "corrected":
            other = nomination(1, email=email)
            version = await self.office.filing.revise(exchange, other, NOW)
            plan = other.to_plan(self.office.programme)
            event: Event = NominationCorrected(at=LATER, plan=plan, nomination_version=version)
            for _ in range(2):
                await self.tell(exchange, event)
        elif way == "person":
            await self.office.record(exchange, VERIFIED)
            corrections = Corrections(self.office.sessions, self.office.programme, self.outbox)
            for _ in range(2):
                reason = Answers(reason="Typed wrong.")
                await corrections.correct_person(exchange, {"email": email}, HOST, reason, LATER, key)
        else:
            later = nomination(1, email=email, intake_year="2028")
            begun = await self.office.filing.register(later, LATER, Answers(person="correct"), SENDING)
            plan = begun.nomination.to_plan(self.office.programme)
            event = ExchangeOpened(at=LATER, student=begun.person_id, plan=plan, policy_version="test")
            for _ in range(2):
                await self.tell(begun.exchange_id, event)

    async def addresses_of(self, person: str) -> tuple[str, set[str]]:
        """The address signed in with, and those that the person's exchanges have now."""
        holds = select(IdentityRow.email).join(
            ExchangeRow,
            (ExchangeRow.id == IdentityRow.exchange_id) & (ExchangeRow.nomination_version == IdentityRow.version),
        )
        [(signs_in,)] = await self.office.rows(select(PersonRow.email).where(PersonRow.id == person))
        rows = await self.office.rows(holds.where(IdentityRow.person_id == person))
        return signs_in, {email for (email,) in rows}

    async def changes(self) -> list[Any]:
        """The changes of address, oldest first."""
        query = select(AddressChangeRow.id, AddressChangeRow.old_email, AddressChangeRow.new_email)
        return list(await self.office.rows(query.order_by(AddressChangeRow.changed_at)))


@pytest.fixture
async def students(sqlite_database: Database, tmp_path: Any) -> Students:
    office = Office(sqlite_database, tmp_path / "files", load_programme())
    await office.seed()
    return Students(office)


@pytest.mark.parametrize("way", ["corrected", "person", "nominated again"])
async def test_the_old_address_is_told_once_and_comes_back(students: Students, way: str) -> None:
    first, twin = [await students.office.nominate(number) for number in (1, 2)]
    own = await students.access.open_session(first.person_id, SignInMethod.LINK, "", NOW)
    other = await students.access.open_session(twin.person_id, SignInMethod.LINK, "", NOW)
    await students.change(way, first.exchange_id)
    [(change, old, new)] = await students.changes()
    assert (old, new) == (OLD, NEW)
    told = select(MessageRow.recipient_id).where(MessageRow.key.like("address-changed:%"))
    assert await students.office.rows(told) == [(first.person_id,)]
    assert await students.access.session(own.token, LATER) is None
    assert await students.access.session(other.token, LATER) is not None
    assert (await students.addresses_of(first.person_id))[0] == NEW
    since = await students.access.open_session(first.person_id, SignInMethod.LINK, "", LATER)
    for _ in range(2):
        await students.addresses.restore(SIGNING.undo(change), LATER)
    assert await students.addresses_of(first.person_id) == (OLD, {OLD})
    assert await students.access.session(since.token, LATER) is None
    assert await students.access.session(other.token, LATER) is not None
    assert await students.addresses_of(twin.person_id) == ("student2@example.edu", {"student2@example.edu"})
    assert len(await students.changes()) == 1, "who undoes it is not told of it again"


async def test_changed_twice_the_first_mail_undoes_both_in_the_exchange_too(students: Students) -> None:
    first = await students.office.nominate(1)
    await students.change("corrected", first.exchange_id)
    [(change, _, _)] = await students.changes()
    await students.change("person", first.exchange_id, THIRD)
    assert len(await students.changes()) == 2
    await students.addresses.restore(SIGNING.undo(change), LATER)
    assert await students.addresses_of(first.person_id) == (OLD, {OLD})
    for one, _, _ in await students.changes():
        assert await students.addresses.undo_is(SIGNING.undo(one), LATER) is Undo.DONE
    changes = await students.changes()
    async with transaction(students.office.sessions) as session:
        await rebuild(session)
    assert await students.addresses_of(first.person_id) == (OLD, {OLD}), "a replay gives nobody the address again"
    assert await students.changes() == changes, "a replay tells nobody"
