"""What the database itself forbids: a second booking, a changed event, a moment without a zone; and its schema."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert, inspect, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from models.catalogue.programme import Bed, Programme
from models.errors import Unavailable
from models.tables import (
    Base,
    BedNightRow,
    BedRow,
    CohortRow,
    EventRow,
    IdentityRow,
    OperatorTaskRow,
    PersonRow,
    PlaceDayRow,
    SeatRow,
    UnitRow,
    UnitSlotRow,
)
from records.store.append import append
from records.store.engine import alembic_config, open_engine, session_maker, transaction, upgrade
from records.store.seeding import sync_catalogue
from tests.databases import Database
from tests.programmes import small_programme
from tests.records.fakes import NO_MAIL, furnish
from tests.records.story import ANN, BO, COHORT, NOON, cohort_opened, opened

DAY = date(2027, 3, 1)


async def test_the_migrated_schema_is_what_the_tables_say(database: Database) -> None:
    async with database.engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
    await upgrade(database.engine)


def _differences(connection: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))


async def test_the_schema_can_be_taken_back_and_made_again(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(lambda c: command.downgrade(alembic_config(c), "base"))
        assert await connection.run_sync(lambda c: inspect(c).get_table_names()) == ["alembic_version"]
    await upgrade(database.engine)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(_differences) == []


async def _twice(database: Database, table: type[Base], first: dict[str, Any], second: dict[str, Any]) -> None:
    async with database.engine.begin() as connection:
        await connection.execute(insert(table), first)
    with pytest.raises(IntegrityError):
        async with database.engine.begin() as connection:
            await connection.execute(insert(table), second)


async def test_a_bed_has_one_student_a_night(database: Database) -> None:
    await furnish(database.sessions)
    night = {"bed_id": "cqmu.bed.1", "night": DAY}
    await _twice(database, BedNightRow, {**night, "exchange_id": ANN}, {**night, "exchange_id": BO})


async def test_a_student_has_one_bed_a_night(database: Database) -> None:
    await furnish(database.sessions)
    night = {"night": DAY, "exchange_id": ANN}
    await _twice(database, BedNightRow, {**night, "bed_id": "cqmu.bed.1"}, {**night, "bed_id": "cqmu.bed.2"})


async def test_a_place_has_one_student_a_day(database: Database) -> None:
    await furnish(database.sessions)
    place = {"unit_id": "cqmu.lab", "day": DAY, "slot": 1}
    ann, bo = ({"placement_id": f"{who}.laboratory.1", "exchange_id": who} for who in (ANN, BO))
    await _twice(database, PlaceDayRow, place | ann, place | bo)


async def test_a_student_works_in_one_place_a_day(database: Database) -> None:
    await furnish(database.sessions)
    place = {"unit_id": "cqmu.lab", "day": DAY, "exchange_id": ANN}
    await _twice(
        database,
        PlaceDayRow,
        place | {"slot": 1, "placement_id": f"{ANN}.laboratory.1"},
        place | {"slot": 2, "placement_id": f"{ANN}.clinical.1"},
    )


async def test_a_unit_takes_no_more_than_its_capacity(database: Database) -> None:
    await furnish(database.sessions)
    with pytest.raises(IntegrityError):
        async with database.engine.begin() as connection:
            await connection.execute(
                insert(PlaceDayRow),
                {"unit_id": "cqmu.lab", "day": DAY, "slot": 3, "placement_id": "p", "exchange_id": ANN},
            )


async def test_a_seat_is_never_taken_over_and_nobody_has_two(database: Database) -> None:
    async with transaction(database.sessions) as session:
        await append(session, NO_MAIL, COHORT, "c:1", [cohort_opened()])
    async with database.engine.begin() as connection:
        await connection.execute(update(SeatRow).where(SeatRow.number == 1).values(exchange_id=ANN))
    with pytest.raises(DBAPIError, match="the seat is taken"):
        async with database.engine.begin() as connection:
            await connection.execute(update(SeatRow).where(SeatRow.number == 1).values(exchange_id=BO))
    with pytest.raises(IntegrityError):
        async with database.engine.begin() as connection:
            await connection.execute(update(SeatRow).where(SeatRow.number == 2).values(exchange_id=ANN))
    with pytest.raises(IntegrityError):
        async with database.engine.begin() as connection:
            await connection.execute(insert(SeatRow), {"cohort_id": COHORT, "number": 1, "held": False})


async def test_events_are_never_changed_or_deleted(database: Database) -> None:
    async with transaction(database.sessions) as session:
        await append(session, NO_MAIL, ANN, "k", [opened()])
    sly = {"sqlite": "INSERT OR REPLACE INTO events SELECT * FROM events", "postgresql": "TRUNCATE events"}
    for statement in ("UPDATE events SET kind = 'step_closed'", "DELETE FROM events", sly[database.kind]):
        with pytest.raises(DBAPIError, match="events are appended"):
            async with database.engine.begin() as connection:
                await connection.execute(text(statement))
    async with database.sessions() as session:
        assert (await session.scalars(select(EventRow.kind))).all() == ["exchange_opened"]


async def test_moments_come_back_in_utc_and_need_a_zone(database: Database) -> None:
    chongqing = datetime(2027, 3, 1, 8, 0, tzinfo=timezone(timedelta(hours=8)))
    async with transaction(database.sessions) as session:
        session.add(OperatorTaskRow(key="k", kind="mail", subject="mail", detail="", opened_at=chongqing))
    async with database.sessions() as session:
        row = await session.get_one(OperatorTaskRow, "k")
        assert row.opened_at == chongqing
        assert row.opened_at.tzinfo is UTC
        later = chongqing.astimezone(timezone(timedelta(hours=-5))) + timedelta(seconds=1)
        assert await session.scalar(select(OperatorTaskRow.key).where(OperatorTaskRow.opened_at < later)) == "k"
    with pytest.raises(StatementError, match="zone"):
        async with transaction(database.sessions) as session:
            session.add(OperatorTaskRow(key="n", kind="", subject="", detail="", opened_at=NOON.replace(tzinfo=None)))


async def test_a_reading_engine_reads_beside_a_writer_and_writes_nothing(database: Database) -> None:
    engine = open_engine(database.url, reading=True)
    try:
        async with transaction(database.sessions) as writer:
            await append(writer, NO_MAIL, COHORT, "c:1", [cohort_opened()])
            async with session_maker(engine)() as reader:
                assert await reader.get(CohortRow, COHORT) is None
        async with session_maker(engine)() as reader:
            assert (await reader.get_one(CohortRow, COHORT)).cap == 5
        with pytest.raises((DBAPIError, Unavailable)):
            async with transaction(session_maker(engine)) as reader:
                await reader.execute(update(CohortRow).values(cap=6))
    finally:
        await engine.dispose()


async def test_the_catalogue_is_seeded_once_and_follows_changes(database: Database) -> None:
    programme = _furnished()
    for _ in range(2):
        async with transaction(database.sessions) as session:
            await sync_catalogue(session, programme)
    units = [unit for place in programme.institutions.values() for unit in place.units]
    beds = [bed for place in programme.institutions.values() for bed in place.beds]
    async with database.sessions() as session:
        assert {row.id for row in await session.scalars(select(BedRow).where(BedRow.active))} == {b.id for b in beds}
        capacities = {row.unit_id: row.capacity for row in await session.scalars(select(UnitRow))}
        assert capacities == {unit.id: unit.capacity for unit in units}
        slots = (await session.scalars(select(UnitSlotRow.slot).where(UnitSlotRow.unit_id == units[0].id))).all()
        assert sorted(slots) == list(range(1, units[0].capacity + 1))
    async with transaction(database.sessions) as session:
        await _take(session, units[0].id, units[0].capacity)
        await sync_catalogue(session, programme.model_copy(update={"institutions": {}}))
    async with database.sessions() as session:
        assert (await session.scalars(select(BedRow).where(BedRow.active))).all() == []
        assert set(await session.scalars(select(UnitRow.capacity))) == {0}
        slots = (await session.scalars(select(UnitSlotRow.slot).where(UnitSlotRow.unit_id == units[0].id))).all()
        assert sorted(slots) == list(range(1, units[0].capacity + 1)), "what the log took there is told again"


def _furnished() -> Programme:
    programme = small_programme()
    cqmu = programme.institutions["cqmu"].model_copy(update={"beds": (Bed(id="b-1", building="A", room="101"),)})
    return programme.model_copy(update={"institutions": {**programme.institutions, "cqmu": cqmu}})


async def _take(session: Any, unit_id: str, slot: int) -> None:
    session.add(PlaceDayRow(unit_id=unit_id, day=DAY, slot=slot, placement_id="p", exchange_id=ANN))
    await session.flush()


async def test_identities_are_filled_from_the_forms_that_were_kept(database: Database) -> None:
    """The second nomination had rewritten the person; the form of the first says who was nominated then."""
    async with database.engine.begin() as connection:
        await connection.run_sync(_before_identities)
        for number, (exchange, year) in enumerate(((ANN, 2027), ("EX-2028-DAR-001", 2028))):
            for person in ("p-1", "p-2") if not number else ():
                cells = {"id": person, "number": "É1" if person == "p-1" else "é1"}
                await connection.execute(text(PERSON), cells)
            await connection.execute(text(CODE), {"exchange": exchange, "year": year})
            form = {"family_name": "Lee" if year == 2027 else "Smith", "given_name": "Ana", "email": f"{year}@x.edu"}
            form |= {"birth_date": "2000-04-12", "gender": "female", "nationality": "US", "language": "en"}
            values = {"exchange": exchange, "id": f"{exchange}.nomination.1", "form": json.dumps(form)}
            await connection.execute(text(NOMINATION), values | {"at": NOON.isoformat(sep=" ")})
    await upgrade(database.engine)
    async with database.sessions() as session:
        rows = await session.execute(
            select(IdentityRow.family_name, IdentityRow.address_key, IdentityRow.search_text).order_by(
                IdentityRow.exchange_id
            )
        )
        assert [tuple(row) for row in rows] == [
            ("Lee", "2027@x.edu", "é1 lee ana lee e1 lee ana lee"),
            ("Smith", "2028@x.edu", "é1 smith ana smith e1 smith ana smith"),
        ]
        keys = await session.execute(select(PersonRow.number_key, PersonRow.nationality).order_by(PersonRow.id))
        assert [tuple(row) for row in keys] == [("é1", "US"), ("é1 p-2", "US")]


def _before_identities(connection: Connection) -> None:
    """Back to the revision before the one that brought identities, wherever it stands in the chain."""
    config = alembic_config(connection)
    revisions = ScriptDirectory.from_config(config).walk_revisions()
    command.downgrade(config, next(str(one.down_revision) for one in revisions if "Who was nominated" in one.doc))


PERSON = (
    "INSERT INTO persons (id, sending_id, student_number, family_name, given_name, native_name, email, birth_date,"
    " gender, nationality, language) VALUES (:id, 'dartmouth', :number, 'Smith', 'Ana', '', 'ana@x.edu', '2000-04-12',"
    " 'female', 'US', 'en')"
)
CODE = (
    "INSERT INTO exchange_codes (exchange_id, cohort_id, year, sending_id, host_id, person_id, number)"
    " VALUES (:exchange, :exchange, :year, 'dartmouth', 'cqmu', 'p-1', 1)"
)
NOMINATION = (
    "INSERT INTO nominations (id, exchange_id, version, form, created_at) VALUES (:id, :exchange, 1, :form, :at)"
)
