"""Places by the terms that units have in the records: why a wish was not met, who supervises, what is left free."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from activities.placement import Placement
from models.catalogue.programme import Contact, Programme
from models.catalogue.units import BlockReason, UnitTerms, whole_weeks
from models.errors import Unknown
from models.events import EVENT, PlaceAssigned, UnitChanged
from models.messages.contracts import LookForPlaces
from models.rules.units import Hindrance
from models.tables import EventRow, PlacementRow
from models.vocabulary import Content, Level, Role
from records.queries import Reading
from records.store.append import Wakers
from tests.activities.students import NOW, Office, OneMessage, with_beds
from tests.activities.test_allocation import place
from tests.databases import Database
from tests.wakers import CountingWaker

LIPID, CHILD = "cqmu-lipid", "cqmu-child"


def supervised() -> Programme:
    """The small programme with two supervisors of one laboratory."""
    made = with_beds()
    people = tuple(
        Contact(id=f"cqmu.{name}", role=Role.SUPERVISOR, name=name, email=f"{name}@cqmu.example", unit=LIPID)
        for name in ("ann", "bo")
    )
    cqmu = made.institutions["cqmu"].model_copy(update={"contacts": people})
    return made.model_copy(update={"institutions": made.institutions | {"cqmu": cqmu}})


@pytest.fixture
async def office(database: Database, tmp_path: Path) -> Office:
    made = Office(database, tmp_path / "files", supervised())
    await made.seed()
    return made


def placement(office: Office) -> Placement:
    return Placement(office.sessions, office.programme, OneMessage(), Wakers(CountingWaker()))


async def change(office: Office, unit: str, version: int = 1, **terms: Any) -> None:
    after = UnitTerms.model_validate({"capacity": 3} | terms)
    await office.record(
        f"unit:{unit}",
        UnitChanged(
            at=NOW, unit_id=unit, institution="cqmu", version=version, before=UnitTerms(capacity=3), after=after
        ),
    )


async def taken(office: Office) -> list[PlaceAssigned]:
    query = select(EventRow.payload).where(EventRow.kind == "place_assigned").order_by(EventRow.position)
    events = [EVENT.validate_python(payload) for (payload,) in await office.rows(query)]
    return [event for event in events if isinstance(event, PlaceAssigned)]


INSPECTED = whole_weeks(date(2027, 4, 14), date(2027, 4, 14), BlockReason.INSPECTION)


@pytest.mark.parametrize(
    ("terms", "why", "on"),
    [
        ({"capacity": 0}, Hindrance.NOT_OFFERED, None),
        ({"levels": (Level.MASTER,)}, Hindrance.LEVEL, None),
        ({"disciplines": ("master.pharmacy",)}, Hindrance.DISCIPLINE, None),
        ({"languages": ("zh",)}, Hindrance.LANGUAGE, None),
        ({"blocked": (INSPECTED,)}, Hindrance.BLOCKED, date(2027, 4, 12)),
        ({"supervisors": {"cqmu.ann": 0, "cqmu.bo": 0}}, Hindrance.SUPERVISORS, None),
    ],
)
async def test_a_wish_that_is_not_met_is_told_with_its_reason(
    office: Office, terms: dict[str, Any], why: Hindrance, on: date | None
) -> None:
    await change(office, LIPID, **terms)
    ana = (await office.nominate(1)).exchange_id
    assert (await placement(office).assign_place(place(ana))).unit_id == CHILD
    [event] = await taken(office)
    assert [(one.unit_id, one.why, one.on) for one in event.unmet] == [(LIPID, why, on)]
    assert (await placement(office).assign_place(place(ana, placement_id="x", only=LIPID))).unit_id is None


async def test_a_block_that_ends_before_the_blocked_week_is_placed(office: Office) -> None:
    await change(office, LIPID, blocked=(INSPECTED,))
    ana = (await office.nominate(1)).exchange_id
    assert (await placement(office).assign_place(place(ana, end=date(2027, 4, 11)))).unit_id == LIPID
    [event] = await taken(office)
    assert event.unmet == ()


async def test_more_places_are_there_at_once_and_fewer_leave_those_taken(office: Office) -> None:
    await change(office, LIPID, capacity=4)
    students = [(await office.nominate(n)).exchange_id for n in range(1, 7)]
    for student in students[:4]:
        assert (await placement(office).assign_place(place(student, only=LIPID))).unit_id == LIPID
    await change(office, LIPID, 2, capacity=2)
    assert (await placement(office).assign_place(place(students[4], only=LIPID))).unit_id is None
    rows = await office.rows(select(PlacementRow.status).where(PlacementRow.unit_id == LIPID))
    assert [status for (status,) in rows] == ["assigned"] * 4
    await change(office, LIPID, 3, capacity=5)
    got = [(await placement(office).assign_place(place(one, only=LIPID))).unit_id for one in students[4:]]
    assert got == [LIPID, None]


async def test_supervisors_take_turns_and_no_more_than_they_may(office: Office) -> None:
    await change(office, LIPID, capacity=9, supervisors={"cqmu.ann": 1, "cqmu.bo": 2})
    students = [(await office.nominate(n)).exchange_id for n in range(1, 5)]
    got = [(await placement(office).assign_place(place(one, only=LIPID))).unit_id for one in students]
    assert got == [LIPID] * 3 + [None]
    assert [event.supervisor for event in await taken(office)] == ["cqmu.ann", "cqmu.bo", "cqmu.bo"]
    # Who supervises is counted by the days of the block: another month is free.
    later = place(students[3], only=LIPID, start=date(2027, 4, 17), end=date(2027, 5, 20))
    assert (await placement(office).assign_place(later)).unit_id == LIPID


async def test_how_units_stand_to_a_block_can_be_asked_before_anything_is_taken(office: Office) -> None:
    await change(office, LIPID, levels=(Level.MASTER,))
    ana = (await office.nominate(1)).exchange_id
    request = LookForPlaces(
        exchange_id=ana,
        host="cqmu",
        content=Content.LABORATORY,
        start=date(2027, 3, 1),
        end=date(2027, 4, 16),
        preferences=(LIPID, CHILD, "cqmu-neurology"),
        refused_by=(CHILD,),
    )
    seen = await Reading(office.sessions, office.programme).place_outlook(request)
    assert [(unit, unmet and unmet.why) for unit, unmet in seen] == [
        (LIPID, Hindrance.LEVEL),
        (CHILD, Hindrance.DECLINED),
        ("cqmu-neurology", Hindrance.NOT_OFFERED),
        ("cqmu-nerc-ultrasonic", None),
        ("cqmu-skl-ultrasonic", None),
    ]
    assert await taken(office) == []
    with pytest.raises(Unknown):
        await Reading(office.sessions, office.programme).place_outlook(
            request.model_copy(update={"exchange_id": "EX-2027-DAR-999"})
        )
