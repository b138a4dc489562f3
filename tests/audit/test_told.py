"""Mails and deliveries against the events that cause them."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from mail.audit import Mails
from mail.outbox import Outbox
from models.events import RungFired, StageEntered
from models.messages.audit import AuditFinding, FindingKind
from models.tables import DeliveryRow, EndpointRow, EventRow, MessageRow
from models.vocabulary import RungKind, Stage, StepKind, Target
from records.store.engine import Sessions, transaction
from tests.activities.students import NOW, Office
from tests.databases import Database
from tests.mail import world as mail
from tests.records.stays import OFFICE, open_cohort
from tests.webhooks.people import staffed
from webhooks.audit import Deliveries
from webhooks.client import Caller
from webhooks.endpoints import Endpoints, Vault

VERIFY = f"{mail.CODE}.verify_nomination.1"


async def nothing() -> None:
    """No break: nobody else works here."""


def said(findings: list[AuditFinding]) -> list[tuple[FindingKind, str, object]]:
    return [(one.kind, one.stream, one.params["row"]) for one in findings]


@pytest.fixture
async def world(database: Database) -> mail.World:
    """An exchange with an opening, a reminder that is the last, and one that waits for the digest."""
    made = mail.World(database.sessions)
    await made.begin()
    await made.record(mail.opened(StepKind.VERIFY_NOMINATION))
    rung = RungFired(at=mail.NOW, step_id=VERIFY, rung=0, rung_kind=RungKind.REMINDER, to=(Target.OWNER,))
    await made.record(rung, rung.model_copy(update={"rung": 1, "last": False}))
    return made


async def test_messages_of_what_happened_are_in_order(world: mail.World, looking: Sessions) -> None:
    assert len(await world.messages()) == 2
    assert await Mails(looking, world.programme).find(nothing) == []


async def test_a_message_that_is_missing_is_named(world: mail.World, looking: Sessions) -> None:
    async with transaction(world.sessions) as session:
        await session.execute(delete(MessageRow))
    found = await Mails(looking, world.programme).find(nothing)
    assert said(found) == [(FindingKind.MAIL_MISSING, mail.CODE, 2), (FindingKind.MAIL_MISSING, mail.CODE, 3)]
    assert [one.params["notice"] for one in found] == ["step_opened", "reminder"]


async def test_a_message_that_nothing_caused_is_named(world: mail.World, looking: Sessions) -> None:
    first, second = await world.messages()
    keys = {first.id: f"{mail.CODE}:99:step_opened:p1", second.id: "absence:a-9"}
    async with transaction(world.sessions) as session:
        for number, key in keys.items():
            await session.execute(update(MessageRow).where(MessageRow.id == number).values(key=key))
    found = await Mails(looking, world.programme).find(nothing)
    lost = [one for one in said(found) if one[0] is FindingKind.MAIL_WITHOUT_EVENT]
    assert lost == [(FindingKind.MAIL_WITHOUT_EVENT, mail.CODE, number) for number in keys]


async def test_an_opening_under_an_earlier_policy_is_not_judged(world: mail.World, looking: Sessions) -> None:
    async with transaction(world.sessions) as session:
        await session.execute(delete(MessageRow).where(MessageRow.kind == "step_opened"))
    policy = world.programme.policy.model_copy(update={"version": "another"})
    later = world.programme.model_copy(update={"policy": policy})
    assert await Mails(looking, later).find(nothing) == []


@pytest.fixture
async def office(database: Database, tmp_path: Path) -> Office:
    made = Office(database, tmp_path / "files", staffed())
    await made.seed()
    await open_cohort(made)
    return made


async def endpoint(office: Office) -> str:
    """An endpoint that was told four events of an exchange, as if all had been taken."""
    caller = Caller(lambda: NOW, allow_private=True)
    vault = Vault("a secret for tests, long enough")
    endpoints = Endpoints(
        office.sessions, office.programme, Outbox(office.programme), vault, caller, "https://s.example"
    )
    made = await endpoints.add("dartmouth", "http://127.0.0.1:1/hook", "", (), OFFICE, NOW, "key")
    ana = (await office.nominate(1)).exchange_id
    stages = (Stage.DOCUMENTS, Stage.SEAT, Stage.HOST_APPROVAL)
    await office.record(ana, *(StageEntered(at=NOW, stage=stage) for stage in stages))
    async with transaction(office.sessions) as session:
        rows = list(await session.scalars(select(EventRow).where(EventRow.stream == ana).order_by(EventRow.position)))
        session.add_all(
            DeliveryRow(
                endpoint_id=made.endpoint.endpoint_id,
                position=row.position,
                stream=ana,
                event_id=f"{ana}.{row.seq}",
                type=f"sojourn.{row.kind}.v1",
                status="delivered",
                next_at=NOW + timedelta(days=1),
            )
            for row in rows
        )
        row = await session.get_one(EndpointRow, made.endpoint.endpoint_id)
        row.position = rows[-1].position
    return made.endpoint.endpoint_id


async def positions(office: Office) -> list[int]:
    async with transaction(office.sessions) as session:
        return list(await session.scalars(select(DeliveryRow.position).order_by(DeliveryRow.position)))


async def test_deliveries_of_what_happened_are_in_order(office: Office, looking: Sessions) -> None:
    await endpoint(office)
    assert await Deliveries(looking, office.programme).find(nothing) == []


async def test_an_event_that_was_passed_over_is_named(office: Office, looking: Sessions) -> None:
    name = await endpoint(office)
    lost = (await positions(office))[1]
    async with transaction(office.sessions) as session:
        await session.execute(delete(DeliveryRow).where(DeliveryRow.position == lost))
    found = await Deliveries(looking, office.programme).find(nothing)
    assert said(found) == [(FindingKind.DELIVERY_MISSING, name, lost)]


async def test_a_cursor_beyond_the_log_and_a_delivery_of_nothing_are_named(office: Office, looking: Sessions) -> None:
    name = await endpoint(office)
    last = (await positions(office))[-1]
    async with transaction(office.sessions) as session:
        await session.execute(update(EndpointRow).values(position=last + 100))
        last_one = update(DeliveryRow).where(DeliveryRow.position == last)
        await session.execute(last_one.values(event_id="EX-2027-DAR-001.99"))
        session.add(
            DeliveryRow(
                endpoint_id=name,
                position=last + 50,
                stream="EX-2027-DAR-001",
                event_id="EX-2027-DAR-001.50",
                type="sojourn.arrived.v1",
                status="pending",
                next_at=NOW,
            )
        )
    found = await Deliveries(looking, office.programme).find(nothing)
    assert said(found) == [
        (FindingKind.CURSOR_BEYOND_LOG, name, last + 100),
        (FindingKind.DELIVERY_WITHOUT_EVENT, name, last),
        (FindingKind.DELIVERY_WITHOUT_EVENT, name, last + 50),
    ]
