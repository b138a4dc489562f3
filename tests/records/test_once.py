"""One contract wherever keys are kept: the same act once, with the first one's answer; another one refused alike."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from activities.housing import Housing
from activities.placement import Placement
from activities.seats import Seats
from mail.outbox import Outbox
from models.catalogue.loading import load_programme
from models.errors import KeyReused, OutOfStep, SojournError
from models.events import CohortOpened, StatusChanged
from models.idempotency import fingerprint
from models.messages.acts import Act
from models.messages.contracts import AssignBed, AssignPlace, TakeSeat
from models.messages.exchange import Decide
from models.people.absences import Absence, Preferences
from models.people.access import KeyScope, Member
from models.people.authorization import Actor
from models.rules.again import Answers
from models.tables import (
    ActRow,
    EndpointRow,
    EventRow,
    IdempotencyKeyRow,
    InboundRow,
    MemberProposalRow,
    MemberRow,
    MessageRow,
    NoteRow,
    SuspensionWordsRow,
)
from models.vocabulary import Content, MobilityStatus, NominationStatus, Role
from portal.app import STATUS
from records.access.idempotency import IdempotencyKeys
from records.access.members import Members
from records.acts import Register
from records.corrections import Corrections
from records.people import People
from records.store.append import NoOutbox, Wakers
from records.store.engine import transaction
from tests.activities.students import FIRST_NIGHT, LAST_NIGHT, NOW, Office
from tests.databases import Database
from tests.wakers import CountingWaker
from tests.webhooks.test_visibility import Noted
from tests.webhooks.test_webhooks import VAULT
from webhooks.endpoints import Endpoints
from webhooks.inbound import Inbound
from webhooks.incoming import STRUCTURED, read
from workflows.engine.idempotency import Acts

COORDINATOR = Actor(id="cqmu.coordinator", role=Role.COORDINATOR, institution="cqmu")
OFFICE = Actor(id="cqmu.programme_office", role=Role.PROGRAMME_OFFICE, institution="cqmu")
COHORT = "2027-incoming-dartmouth-cqmu"
KEY = "key-1"
TABLES = (
    ActRow, EndpointRow, EventRow, IdempotencyKeyRow, InboundRow, MemberProposalRow, MemberRow, MessageRow, NoteRow,
    SuspensionWordsRow,
)  # fmt: skip


@dataclass
class World:
    """An office with one verified exchange."""

    office: Office
    exchange: str

    async def rows(self) -> list[int]:
        """How many rows there are of whatever an act writes."""
        return [(await self.office.rows(select(func.count()).select_from(table)))[0][0] for table in TABLES]

    @property
    def nothing(self) -> tuple[NoOutbox, Wakers]:
        return NoOutbox(), Wakers(CountingWaker())


Ask = Callable[[World, bool], Awaitable[Any]]
"""Asks one act under the key, or another one that could be done just as well; answers what tells whether it was."""


@pytest.fixture
async def world(database: Database, tmp_path: Path) -> World:
    office = Office(database, tmp_path / "files", load_programme())
    await office.seed()
    exchange = (await office.nominate(1)).exchange_id
    opened = {"sending": "dartmouth", "host": "cqmu", "year": 2027, "direction": "incoming", "cap": 5, "minimum": 5}
    await office.record(COHORT, CohortOpened.model_validate({"at": NOW, "closes_at": NOW} | opened))
    verified = StatusChanged(at=NOW, mobility=MobilityStatus.NOMINATION, nomination=NominationStatus.VERIFIED)
    await office.record(exchange, verified)
    return World(office, exchange)


def decision(other: bool) -> Decide:
    step = "EX-2027-DAR-001.host_approval.1"
    return Decide(decision_id=KEY, step_id=step, outcome="reject" if other else "approve", actor=COORDINATOR)


async def of_the_register(world: World, other: bool) -> Any:
    request = decision(other)
    act = Act(workflow_id="exchange/1", key=KEY, kind="decide", actor=COORDINATOR, request=request, about="1")
    return (await Register(world.office.sessions).ask(act, NOW, NOW)).status


async def of_a_system(world: World, other: bool) -> Any:
    scope = KeyScope(caller="token:1", method="POST", path="/api/v1/x", key=KEY)
    await IdempotencyKeys(world.office.sessions).begin(scope, fingerprint({"note": str(other)}), NOW)


async def of_an_event(world: World, other: bool) -> Any:
    data = b'{"specversion": "1.0", "id": "1", "source": "/dorm", "type": "x", "data": {"n": %d}}' % other
    [sent] = read([("content-type", STRUCTURED)], data)
    return (await Inbound(world.office.sessions).keep(sent, COORDINATOR, NOW)).act_id


async def of_a_bed(world: World, other: bool) -> Any:
    nights = {"first_night": FIRST_NIGHT, "last_night": LAST_NIGHT - timedelta(days=other)}
    request = AssignBed.model_validate({"key": KEY, "exchange_id": world.exchange, "host": "cqmu", "at": NOW} | nights)
    housing = Housing(world.office.sessions, world.office.programme, *world.nothing)
    return (await housing.assign_bed(request)).bed_id


async def of_a_place(world: World, other: bool) -> Any:
    request = AssignPlace(
        key=KEY,
        exchange_id=world.exchange,
        placement_id=f"{world.exchange}.laboratory.{1 + other}",
        host="cqmu",
        content=Content.LABORATORY,
        preferences=(),
        start=FIRST_NIGHT,
        end=date(2027, 4, 16),
        at=NOW,
    )
    placement = Placement(world.office.sessions, world.office.programme, *world.nothing)
    return (await placement.assign_place(request)).unit_id


async def of_a_seat(world: World, other: bool) -> Any:
    request = TakeSeat(key=KEY, cohort_id=COHORT, exchange_id=world.exchange, held=other, at=NOW)
    return (await Seats(world.office.sessions, *world.nothing).take_seat(request)).seat


async def of_a_comment(world: World, other: bool) -> Any:
    return await world.office.filing.note(world.exchange, f"It is {other}.", COORDINATOR.id, NOW, KEY)


async def of_words(world: World, other: bool) -> Any:
    await world.office.filing.keep_words("s-1", f"Stay {other}.", OFFICE.id)


def _people(world: World) -> People:
    return People(world.office.sessions, world.office.programme, Outbox(world.office.programme))


async def of_an_absence(world: World, other: bool) -> Any:
    day = NOW.date()
    last = day + timedelta(days=other)
    absence = Absence(absence_id="a-1", person=COORDINATOR.id, first_day=day, last_day=last)
    absence = absence.model_copy(update={"deputy": "cqmu.head_of_office"})
    await _people(world).plan_absence(absence, COORDINATOR, NOW)


async def of_preferences(world: World, other: bool) -> Any:
    wanted = Preferences(person=COORDINATOR.id, language="zh" if other else "en")
    await _people(world).set_preferences(wanted, COORDINATOR, NOW, KEY)


async def _saved(world: World, other: bool, role: Role) -> bool:
    name = "Gao Mei" if other else "Gao Lin"
    values = {"person": "cqmu.new", "role": role, "institution": "cqmu", "name": name, "email": "gao@cqmu.example"}
    members = Members(world.office.sessions, world.office.programme, Outbox(world.office.programme))
    return await members.save(Member.model_validate(values), OFFICE, NOW, KEY, new=True)


async def of_a_member(world: World, other: bool) -> Any:
    return await _saved(world, other, Role.COORDINATOR)


async def of_a_proposal(world: World, other: bool) -> Any:
    return await _saved(world, other, Role.PROGRAMME_OFFICE)


def _endpoints(world: World) -> Endpoints:
    outbox = Outbox(world.office.programme)
    return Endpoints(world.office.sessions, world.office.programme, outbox, VAULT, Noted(), "https://x.example")


async def of_an_endpoint(world: World, other: bool) -> Any:
    url = f"https://{'other' if other else 'one'}.example/hook"
    return (await _endpoints(world).add("cqmu", url, "", (), OFFICE, NOW, KEY)).secret


async def of_a_change(world: World, other: bool) -> Any:
    endpoints, url = _endpoints(world), "https://one.example/hook"
    added = (await endpoints.add("cqmu", url, "", (), OFFICE, NOW, "added")).endpoint.endpoint_id
    await endpoints.change(added, url, f"It is {other}.", (), True, OFFICE, NOW, KEY)


async def of_a_correction(world: World, other: bool) -> Any:
    corrections = Corrections(world.office.sessions, world.office.programme, NoOutbox())
    cells = {"family_name": "Riviera" if other else "Riverra"}
    await corrections.correct_person(world.exchange, cells, COORDINATOR, Answers(reason="Passport."), NOW, KEY)


BY_A_WORKFLOW = (of_a_bed, of_a_place, of_a_seat)
PLACES: tuple[Ask, ...] = (
    *BY_A_WORKFLOW, of_the_register, of_a_system, of_an_event, of_a_comment, of_words, of_an_absence, of_preferences,
    of_a_member, of_a_proposal, of_an_endpoint, of_a_change, of_a_correction,
)  # fmt: skip
each_place = pytest.mark.parametrize("ask", PLACES, ids=lambda ask: ask.__name__)


def require_refused_alike(ask: Ask | None, error: BaseException) -> None:
    """People and systems hear one refusal; a workflow under whose own key something else is reads the records."""
    assert isinstance(error, SojournError)
    if ask in BY_A_WORKFLOW:
        assert isinstance(error, OutOfStep)
        assert error.message == "records.overtaken"
        return
    assert isinstance(error, KeyReused)
    assert (error.code, error.message) == ("bad_input", "idempotency.another_request")
    assert error.field == ("Idempotency-Key" if ask is of_a_system else "id")
    assert next(status for kind, status in STATUS.items() if isinstance(error, kind)) == 422


@each_place
async def test_the_same_is_done_once_and_another_is_refused(world: World, ask: Ask) -> None:
    first = await ask(world, False)
    done = await world.rows()
    assert await ask(world, False) == first
    with pytest.raises(SojournError) as refused:
        await ask(world, True)
    require_refused_alike(ask, refused.value)
    assert await ask(world, False) == first, "what was refused changed nothing"
    assert await world.rows() == done


@each_place
async def test_of_two_at_once_one_is_first(world: World, ask: Ask) -> None:
    if ask is of_a_change:
        await _endpoints(world).add("cqmu", "https://one.example/hook", "", (), OFFICE, NOW, "added")
    asked = [False, True, False, True, False, True]
    answers = await asyncio.gather(*(ask(world, other) for other in asked), return_exceptions=True)
    refused = [one for one in answers if isinstance(one, BaseException)]
    for error in refused:
        require_refused_alike(ask, error)
    assert len(refused) == 3
    assert len({repr(one) for one in answers if not isinstance(one, BaseException)}) == 1
    first = next(other for other, one in zip(asked, answers, strict=True) if not isinstance(one, BaseException))
    assert {isinstance(one, BaseException) for other, one in zip(asked, answers, strict=True) if other is first} == {
        False
    }


async def test_a_workflow_does_as_the_tables_do() -> None:
    acts, done = Acts(), 0

    async def act() -> int:
        nonlocal done
        done += 1
        return done

    for _ in range(2):
        acts.seen(KEY, decision(False))
        assert (await acts.once(KEY, decision(False), act))[0] == 1
    with pytest.raises(KeyReused) as refused:
        acts.seen(KEY, decision(True))
    require_refused_alike(None, refused.value)
    assert done == 1


async def test_what_an_earlier_version_kept_of_people_is_recognised(world: World) -> None:
    """It kept no key beside the event."""
    await of_a_member(world, False)
    async with transaction(world.office.sessions) as session:
        await session.execute(delete(IdempotencyKeyRow))
    assert await of_a_member(world, False) is False
    assert len(await world.office.rows(select(EventRow.kind).where(EventRow.kind == "member_added"))) == 1
    members = Members(world.office.sessions, world.office.programme, Outbox(world.office.programme))
    async with transaction(world.office.sessions) as session:
        await session.execute(delete(IdempotencyKeyRow))
    with pytest.raises(KeyReused):
        await members.remove("cqmu.new", OFFICE, NOW, KEY)


async def test_keys_of_systems_alone_are_forgotten(world: World) -> None:
    await of_a_system(world, False)
    await of_a_correction(world, False)
    keys = IdempotencyKeys(world.office.sessions)
    late = NOW + timedelta(days=31)
    fresh = KeyScope(caller="token:1", method="POST", path="/api/v1/x", key="fresh")
    assert not await keys.begin(fresh, fingerprint({}), late)
    kept = {act_id for (act_id,) in await world.office.rows(select(IdempotencyKeyRow.act_id))}
    assert len(kept) == 2
    assert fresh.act in kept
    with pytest.raises(KeyReused):
        await of_a_correction(world, True)
    await of_a_system(world, True)


async def test_a_key_that_is_freed_meanwhile_is_taken(world: World) -> None:
    """Refused between two who ask: the second is new, whatever it asks, and never an error of the database."""
    keys, scope = IdempotencyKeys(world.office.sessions), KeyScope(caller="t", method="POST", path="/", key=KEY)

    async def refused(n: int) -> None:
        with suppress(KeyReused):
            await keys.begin(scope, fingerprint(n % 3), NOW)
            await keys.refused(scope)

    await asyncio.gather(*(refused(n) for n in range(24)))
    assert not await keys.begin(scope, fingerprint("at last"), NOW)
