"""Who sees what, on both databases: the conditions of the lists say what the rules say."""

from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import select

from models.people.authorization import Actor, Owner, Parties, may_decide, may_see
from models.tables import ExchangeRow, PlacementRow, StepRow
from models.vocabulary import Content, Role, Side, Stage, StepKind, StepStatus
from records.queries import Reading
from records.queries.visibility import decidable_by, visible_to
from tests.activities.students import FIRST_NIGHT, LAST_NIGHT, NOW, Office
from tests.databases import Database
from tests.records.stays import DUE, OFFICE, OUTGOING, PARTNER, SENDING, STRANGER, programme


@pytest.fixture
async def office(database: Database, tmp_path: Path) -> Office:
    made = Office(database, tmp_path / "files", programme())
    await made.seed()
    return made


@pytest.fixture
def reading(office: Office) -> Reading:
    return Reading(office.sessions, office.programme)


async def test_conditions_for_steps_are_the_rule_itself(office: Office) -> None:
    """Every actor against every owner: the database answers what `may_decide` answers."""
    ana = await office.nominate(1)
    where = ("", "cqmu", "dartmouth")
    owners = [
        Owner(side=Side.HOST, role=role, institution=place, person=person, unit=unit)
        for role, place, person, unit in product(Role, where, ("", ana.person_id), ("", "cqmu-lipid"))
    ]
    async with office.sessions.begin() as session:
        for number, owner in enumerate(owners):
            session.add(step_row(ana.exchange_id, number, owner))
    actors = [
        Actor(id=who, role=role, institution=place, unit=unit)
        for role, place, who, unit in product(Role, where, ("x.1", ana.person_id), ("", "cqmu-lipid", "cqmu-child"))
    ]
    async with office.sessions() as session:
        for actor in actors:
            found = set(await session.scalars(select(StepRow.id).where(decidable_by(actor))))
            assert found == {f"s.{n}" for n, owner in enumerate(owners) if may_decide(actor, owner)}, actor


def step_row(exchange_id: str, number: int, owner: Owner) -> StepRow:
    return StepRow(
        id=f"s.{number}",
        stream=exchange_id,
        exchange_id=exchange_id,
        kind=StepKind.HOST_APPROVAL,
        stage=Stage.NOMINATION,
        side=owner.side,
        role=owner.role,
        institution_id=owner.institution,
        person_id=owner.person,
        unit_id=owner.unit,
        subject="",
        status=StepStatus.OPEN,
        outcomes=[],
        opened_at=NOW,
        due_at=DUE,
        first_due_at=DUE,
        zone="UTC",
        rungs=[],
        rungs_fired=[],
        unknown_years=[],
    )


async def test_conditions_for_exchanges_are_the_rule_itself(office: Office) -> None:
    """Every actor against every exchange: the database answers what `may_see` answers."""
    await office.nominate(1)
    await office.nominate(2)
    ids = [row[0] for row in await office.rows(select(ExchangeRow.id).order_by(ExchangeRow.id))]
    async with office.sessions.begin() as session:
        session.add(
            PlacementRow(
                id="p.1",
                exchange_id=ids[0],
                content=Content.LABORATORY,
                unit_id="cqmu-lipid",
                start=FIRST_NIGHT,
                end=LAST_NIGHT,
                status="assigned",
            )
        )
        session.add(
            PlacementRow(
                id="p.2",
                exchange_id=ids[1],
                content=Content.LABORATORY,
                unit_id="cqmu-child",
                start=FIRST_NIGHT,
                end=LAST_NIGHT,
                status="released",
                released_from=FIRST_NIGHT,
            )
        )
    units = {ids[0]: {"cqmu-lipid"}, ids[1]: set()}
    async with office.sessions() as session:
        rows = list(await session.scalars(select(ExchangeRow)))
        people = ("x.1", rows[0].person_id)
        for role, place, who, unit in product(
            Role, ("", "cqmu", "dartmouth", "other"), people, ("", "cqmu-lipid", "cqmu-child")
        ):
            actor = Actor(id=who, role=role, institution=place, unit=unit)
            found = set(await session.scalars(select(ExchangeRow.id).where(visible_to(actor))))
            expected = {
                row.id
                for row in rows
                if may_see(
                    actor, Parties(sending=row.sending_id, host=row.host_id, student=row.person_id), units[row.id]
                )
            }
            assert found == expected, actor


async def test_a_partner_sees_its_own_students_and_nobody_elses(office: Office, reading: Reading) -> None:
    ana = (await office.nominate(1)).exchange_id
    li = (await office.nominate(2, **OUTGOING)).exchange_id
    own = Actor(id="cqmu.partner", role=Role.PARTNER_OFFICE, institution="cqmu")

    async def seen(actor: Actor | None) -> list[str]:
        return [row.exchange_id for row in await reading.exchanges(actor=actor)]

    assert await seen(None) == await seen(OFFICE) == await seen(SENDING) == sorted([ana, li])
    assert (await seen(PARTNER), await seen(own), await seen(STRANGER)) == ([ana], [li], [])
    # Forbidden and unknown answer the same way.
    assert await reading.exchange(li, PARTNER) is None
    assert await reading.exchange("EX-2027-DAR-999", PARTNER) is None
    assert await reading.exchange(ana, PARTNER) is not None
    assert sum((await reading.counts_by_stage(PARTNER)).values()) == 1
