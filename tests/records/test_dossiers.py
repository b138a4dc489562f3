"""What a step is decided on, on both databases: cells that changed, who else is in the room, how units stand."""

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import make_transient

from activities.housing import Housing
from models.events import NominationCorrected
from models.messages.contracts import AssignBed
from models.messages.plan import Plan
from models.tables import ExchangeRow, IdentityRow
from models.vocabulary import Role, StepKind
from records.queries import Reading
from records.store.append import NoOutbox, Wakers
from tests.activities.students import FIRST_NIGHT, LAST_NIGHT, NOW, Office
from tests.databases import Database
from tests.records.stays import HOST, PARTNER, asked, live_through, of_host, open_cohort, programme
from tests.wakers import CountingWaker


@pytest.fixture
async def office(database: Database, tmp_path: Path) -> Office:
    made = Office(database, tmp_path / "files", programme())
    await made.seed()
    await open_cohort(made)
    return made


@pytest.fixture
def reading(office: Office) -> Reading:
    return Reading(office.sessions, office.programme)


async def corrected(office: Office, exchange_id: str) -> None:
    """A second version of the nomination: another birth date and given name, another end, another rank."""
    async with office.sessions.begin() as session:
        person = (await session.scalars(select(IdentityRow).where(IdentityRow.exchange_id == exchange_id))).one()
        plan = Plan.model_validate((await session.get_one(ExchangeRow, exchange_id)).plan)
        session.expunge(person)
        make_transient(person)
        person.version, person.given_name, person.birth_date = 2, "Anna", person.birth_date.replace(year=1999)
        session.add(person)
    later = plan.model_copy(update={"rank": 7})
    await office.record(exchange_id, NominationCorrected(at=NOW, plan=later, nomination_version=2))


async def test_a_corrected_nomination_says_what_is_another_cell_by_cell(office: Office, reading: Reading) -> None:
    ana = (await office.nominate(1)).exchange_id
    step = asked(ana, StepKind.VERIFY_NOMINATION, of_host())
    await office.record(ana, step)
    first = await reading.dossier(step.step_id, HOST)
    assert first is not None
    assert first.changed == ()
    await corrected(office, ana)
    found = await reading.dossier(step.step_id, HOST)
    assert found is not None
    assert found.nominee is not None
    assert found.nominee.birth_date.year == 1999
    assert found.rank == 7
    changed = {one.column: (one.before, one.after) for one in found.changed}
    assert set(changed) == {"given_name", "birth_date", "rank"}
    assert changed["given_name"][1] == "Anna"
    assert changed["rank"] == (str(first.rank), "7")


async def test_seats_and_wishes_of_a_nomination_are_counted(office: Office, reading: Reading) -> None:
    ana = await office.nominate(1)
    await live_through(office, ana.exchange_id, ana.person_id)
    bo = (await office.nominate(2)).exchange_id
    approval = asked(bo, StepKind.HOST_APPROVAL, of_host())
    await office.record(bo, approval)
    found = await reading.dossier(approval.step_id, HOST)
    assert found is not None
    assert found.seats is not None
    assert (found.seats.cap - found.seats.left, found.seats.waiting) == (1, 0)
    lipid = next(fit for wish in found.wishes for fit in wish.units if fit.unit_id == "cqmu-lipid")
    assert lipid.unmet is None
    assert lipid.room == lipid.capacity - 1


async def test_who_else_sleeps_in_the_room_is_told_with_the_nights(office: Office, reading: Reading) -> None:
    ana, bo = await office.nominate(1), await office.nominate(2)
    await live_through(office, ana.exchange_id, ana.person_id)
    housing = Housing(office.sessions, office.programme, NoOutbox(), Wakers(CountingWaker()))
    night = {"host": "cqmu", "first_night": FIRST_NIGHT, "last_night": LAST_NIGHT, "at": NOW}
    await housing.assign_bed(AssignBed.model_validate({"key": "bo:b", "exchange_id": bo.exchange_id} | night))
    step = asked(bo.exchange_id, StepKind.CHECK_IN, of_host(Role.HOUSING_OFFICER))
    await office.record(bo.exchange_id, step)
    found = await reading.dossier(step.step_id, HOST)
    assert found is not None
    assert found.room is not None
    assert (found.room.first_night, found.room.last_night) == (FIRST_NIGHT, LAST_NIGHT)
    assert [(one.exchange_id, one.first_night, one.last_night) for one in found.room.others] == [
        (ana.exchange_id, FIRST_NIGHT, LAST_NIGHT)
    ]
    assert found.nominee is None


async def test_only_who_may_see_the_exchange_reads_it_and_only_who_decides_on_people_reads_of_them(
    office: Office, reading: Reading
) -> None:
    ana = (await office.nominate(1)).exchange_id
    step = asked(ana, StepKind.VERIFY_NOMINATION, of_host())
    await office.record(ana, step)
    elsewhere = HOST.model_copy(update={"institution": "geneva"})
    assert await reading.dossier(step.step_id, elsewhere) is None
    assert await reading.dossier("nonsense", HOST) is None
    seen = await reading.dossier(step.step_id, PARTNER)
    assert seen is None or seen.nominee is None
