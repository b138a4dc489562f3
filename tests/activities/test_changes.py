"""A change takes all that it needs and gives back the rest, or nothing happens: each part fails, on both databases."""

import itertools
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from activities import changes as module
from activities.changes import BED, SEAT, Changes
from activities.housing import Housing
from activities.placement import Placement
from models.errors import Unavailable
from models.events import ChangeApplied, CohortOpened, SeatAnswered, SeatGivenBack, SeatTaken
from models.messages.changes import ApplyChange, Change, DatesChange, IntakeChange, PlaceOfBlock, UnitChange
from models.messages.contracts import AssignBed, AssignPlace
from models.messages.plan import Plan
from models.people.authorization import Actor
from models.rules.changes import changed_plan, places_after, swapped
from models.tables import BedNightRow, EventRow, ExchangeRow, PlaceDayRow, PlacementRow, SeatRow
from models.vocabulary import Content, Role
from records.projections.projector import HANDLERS
from records.store.append import Wakers
from tests.activities.students import NOW, Office, OneMessage, with_beds
from tests.activities.test_units import LIPID, supervised
from tests.activities.test_units import change as terms
from tests.databases import Database
from tests.wakers import CountingWaker

ASKED_BY = Actor(id="dartmouth.coordinator", role=Role.COORDINATOR, institution="dartmouth")
COHORT = "{}-incoming-dartmouth-cqmu"
keys = itertools.count(1)


@pytest.fixture
async def office(database: Database, tmp_path: Path) -> Office:
    made = Office(database, tmp_path / "files", with_beds("101:female:1", "102:female:1"))
    await made.seed()
    return made


class Parts:
    """The activity and its parts, of which any may fail."""

    def __init__(self, office: Office) -> None:
        self.wakers = Wakers(CountingWaker())
        self.housing = Housing(office.sessions, office.programme, OneMessage(), self.wakers)
        self.placement = Placement(office.sessions, office.programme, OneMessage(), self.wakers)
        self.changes = Changes(office.sessions, self.housing, self.placement, OneMessage(), self.wakers)


async def housed(office: Office, number: int = 1) -> tuple[str, Plan, tuple[PlaceOfBlock, ...]]:
    """A student with a bed for every night and a place for the laboratory."""
    exchange_id = (await office.nominate(number)).exchange_id
    [(row,)] = await office.rows(select(ExchangeRow).where(ExchangeRow.id == exchange_id))
    plan = Plan.model_validate(row.plan)
    parts, block = Parts(office), next(b for b in plan.rotations if b.content is Content.LABORATORY)
    await parts.housing.assign_bed(
        AssignBed(
            key=f"key-{next(keys)}",
            exchange_id=exchange_id,
            host="cqmu",
            first_night=plan.start,
            last_night=plan.end - timedelta(days=1),
            at=NOW,
        )
    )
    place = f"{exchange_id}.laboratory.1"
    found = await parts.placement.assign_place(
        AssignPlace(
            key=f"key-{next(keys)}",
            exchange_id=exchange_id,
            placement_id=place,
            host="cqmu",
            content=block.content,
            preferences=("cqmu-lipid",),
            start=block.start,
            end=block.end,
            at=NOW,
        )
    )
    assert found.unit_id == "cqmu-lipid"
    return exchange_id, plan, (PlaceOfBlock(placement_id=place, unit_id="cqmu-lipid", block=block),)


def asked(
    office: Office, exchange_id: str, plan: Plan, places: tuple[PlaceOfBlock, ...], change: Change, **values: Any
) -> ApplyChange:
    policy = office.programme.policy
    after = changed_plan(plan, change, policy)
    wanted = (
        swapped(places, change, f"{exchange_id}.laboratory.52")
        if isinstance(change, UnitChange)
        else places_after(places, plan, after)
    )
    given: dict[str, Any] = {
        "key": f"key-{next(keys)}",
        "exchange_id": exchange_id,
        "change_id": "c-1",
        "actor": ASKED_BY,
        "change": change,
        "version": 2,
        "before": plan,
        "plan": after,
        "places_before": places,
        "places": wanted,
        "today": date(2027, 1, 1),
        "policy": policy.frozen(plan.direction),
        "at": NOW,
    }
    return ApplyChange(**(given | values))


async def state(office: Office) -> tuple[Any, ...]:
    """Everything that is held, the plans, and how much is on record."""
    nights = await office.rows(
        select(BedNightRow.bed_id, BedNightRow.night, BedNightRow.exchange_id).order_by(
            BedNightRow.bed_id, BedNightRow.night
        )
    )
    days = await office.rows(
        select(PlaceDayRow.placement_id, PlaceDayRow.unit_id, PlaceDayRow.day).order_by(
            PlaceDayRow.placement_id, PlaceDayRow.day
        )
    )
    rows = await office.rows(
        select(PlacementRow.id, PlacementRow.unit_id, PlacementRow.start, PlacementRow.end, PlacementRow.status)
    )
    plans = await office.rows(select(ExchangeRow.id, ExchangeRow.start, ExchangeRow.end, ExchangeRow.bed_id))
    [(count,)] = await office.rows(select(func.count()).select_from(EventRow))
    return [*nights], [*days], sorted(map(tuple, rows)), sorted(map(tuple, plans)), count


async def seated(office: Office, exchange_id: str, *, cap: int = 5) -> None:
    """Both intakes are open, and the student has the first seat of the first."""
    opened = {"at": NOW, "sending": "dartmouth", "host": "cqmu", "direction": "incoming", "minimum": 5}
    for year in (2027, 2028):
        number = 5 if year == 2027 else cap
        await office.record(
            COHORT.format(year), CohortOpened.model_validate(opened | {"year": year, "cap": number, "closes_at": NOW})
        )
    await office.record(COHORT.format(2027), SeatTaken(at=NOW, exchange_id=exchange_id, seat=1))
    await office.record(exchange_id, SeatAnswered(at=NOW, answer="granted", seat=1))


async def seats(office: Office) -> list[tuple[str, int]]:
    """Which seats are taken, and the one that the exchange knows of."""
    taken = select(SeatRow.cohort_id, SeatRow.number).where(SeatRow.exchange_id.is_not(None))
    known = select(ExchangeRow.cohort_id, ExchangeRow.seat).where(ExchangeRow.seat.is_not(None))
    return [*map(tuple, await office.rows(taken)), *map(tuple, await office.rows(known))]


def next_year(plan: Plan) -> IntakeChange:
    """The whole stay fifty-two weeks later."""
    return IntakeChange(start=plan.start + timedelta(weeks=52), end=plan.end + timedelta(weeks=52))


def later(plan: Plan) -> DatesChange:
    """The whole stay a week later."""
    return DatesChange(start=plan.start + timedelta(days=7), end=plan.end + timedelta(days=7))


async def fails(*args: object, **named: object) -> Any:
    raise Unavailable("database.away")


def break_part(broken: pytest.MonkeyPatch, parts: Parts, part: str) -> None:
    """Have one part of a change fail."""
    match part:
        case "seat":
            broken.setattr(module, "move_seat", fails)
        case "given_back":
            broken.setitem(HANDLERS, SeatGivenBack, fails)  # type: ignore[misc]
        case "taken":
            broken.setitem(HANDLERS, SeatTaken, fails)  # type: ignore[misc]
        case "bed":
            broken.setattr(parts.housing, "find", fails)
        case "place":
            broken.setattr(parts.placement, "find", fails)
        case "papers":
            broken.setattr(module, "accepted_papers", fails)
        case "plan":
            broken.setitem(HANDLERS, ChangeApplied, fails)  # type: ignore[misc]
        case "outbox":
            broken.setattr(parts.changes._outbox, "post", fails)


async def test_another_supervisor_of_a_full_unit_takes_the_place_over(office: Office) -> None:
    office.programme.institutions["cqmu"] = supervised().institutions["cqmu"]
    await terms(office, LIPID, capacity=1, supervisors={"cqmu.bo": 1})
    exchange_id, plan, places = await housed(office)
    block = places[0].block
    day = block.start + timedelta(days=14)
    swap = UnitChange(placement_id=places[0].placement_id, unit_id=LIPID, from_day=day, supervisor="cqmu.bo")
    answer = await Parts(office).changes.apply_change(asked(office, exchange_id, plan, places, swap))
    assert answer.lacking == ""
    held = select(PlacementRow.supervisor_id, PlacementRow.start, PlacementRow.end).order_by(PlacementRow.start)
    assert [tuple(row) for row in await office.rows(held)] == [
        ("cqmu.ann", block.start, day - timedelta(days=1)),
        ("cqmu.bo", day, block.end),
    ]


@pytest.mark.parametrize("named", ["cqmu.bo", "cqmu.nobody"])
async def test_a_supervisor_who_has_no_room_or_is_none_of_the_unit_takes_nobody(office: Office, named: str) -> None:
    office.programme.institutions["cqmu"] = supervised().institutions["cqmu"]
    exchange_id, plan, places = await housed(office)
    await terms(office, LIPID, capacity=3, supervisors={"cqmu.bo": 0})
    swap = UnitChange(
        placement_id=places[0].placement_id, unit_id=LIPID, from_day=places[0].block.start, supervisor=named
    )
    before = await state(office)
    answer = await Parts(office).changes.apply_change(asked(office, exchange_id, plan, places, swap))
    assert answer.lacking == LIPID
    assert await state(office) == before


@pytest.mark.parametrize("part", ["bed", "place", "papers", "plan", "outbox"])
async def test_a_failure_in_any_part_leaves_the_old_state_whole(
    office: Office, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    exchange_id, plan, places = await housed(office)
    request = asked(office, exchange_id, plan, places, later(plan))
    before, parts = await state(office), Parts(office)
    with monkeypatch.context() as broken:
        break_part(broken, parts, part)
        with pytest.raises(Unavailable):
            await parts.changes.apply_change(request)
    assert await state(office) == before
    answer = await parts.changes.apply_change(request)
    assert answer.lacking == ""
    nights, days, _, plans, _ = await state(office)
    assert plans == [(exchange_id, request.plan.start, request.plan.end, answer.bed_id)]
    assert len(nights) == request.plan.days - 1
    assert {day for _, _, day in days} >= {request.places[0].block.start, request.places[0].block.end}
    again = await state(office)
    assert await parts.changes.apply_change(request) == answer
    assert await state(office) == again


@pytest.mark.parametrize("part", ["seat", "given_back", "taken", "bed", "place", "papers", "plan", "outbox"])
async def test_a_failure_in_any_part_of_a_deferral_leaves_the_old_state_whole(
    office: Office, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    exchange_id, plan, places = await housed(office)
    await seated(office, exchange_id)
    request = asked(office, exchange_id, plan, places, next_year(plan))
    before, parts = (await state(office), await seats(office)), Parts(office)
    assert before[1] == [(COHORT.format(2027), 1)] * 2
    with monkeypatch.context() as broken:
        break_part(broken, parts, part)
        with pytest.raises(Unavailable):
            await parts.changes.apply_change(request)
    assert (await state(office), await seats(office)) == before
    answer = await parts.changes.apply_change(request)
    assert (answer.lacking, answer.seat) == ("", 1)
    assert await seats(office) == [(COHORT.format(2028), 1)] * 2
    again = await state(office)
    assert await parts.changes.apply_change(request) == answer
    assert await state(office) == again


async def test_without_a_seat_in_the_other_intake_nothing_is_changed(office: Office) -> None:
    exchange_id, plan, places = await housed(office)
    await seated(office, exchange_id, cap=0)
    before = await state(office), await seats(office)
    answer = await Parts(office).changes.apply_change(asked(office, exchange_id, plan, places, next_year(plan)))
    assert answer.lacking == SEAT
    assert (await state(office), await seats(office)) == before


async def test_without_a_bed_nothing_is_changed(office: Office) -> None:
    ana, plan, places = await housed(office, 1)
    await housed(office, 2)
    for number in (1, 2):
        parts = Parts(office)
        found = await parts.housing.assign_bed(
            AssignBed(
                key=f"key-{next(keys)}",
                exchange_id=(await office.nominate(number + 2)).exchange_id,
                host="cqmu",
                first_night=plan.end,
                last_night=plan.end + timedelta(days=20),
                at=NOW,
            )
        )
        assert found.bed_id is not None
    before = await state(office)
    answer = await Parts(office).changes.apply_change(asked(office, ana, plan, places, later(plan)))
    assert answer.lacking == BED
    assert await state(office) == before


async def test_without_a_place_the_old_one_stays(office: Office) -> None:
    ana, plan, places = await housed(office, 1)
    change = UnitChange(placement_id=places[0].placement_id, unit_id="cqmu-nowhere", from_day=plan.start)
    before = await state(office)
    answer = await Parts(office).changes.apply_change(asked(office, ana, plan, places, change))
    assert answer.lacking == "cqmu-nowhere"
    assert await state(office) == before


async def test_a_swap_gives_back_the_days_from_then_on(office: Office) -> None:
    ana, plan, places = await housed(office, 1)
    day = places[0].block.start + timedelta(days=14)
    change = UnitChange(placement_id=places[0].placement_id, unit_id="cqmu-child", from_day=day)
    request = asked(office, ana, plan, places, change)
    assert (await Parts(office).changes.apply_change(request)).lacking == ""
    _, days, _, _, _ = await state(office)
    assert {unit for _, unit, one in days if one < day} == {"cqmu-lipid"}
    assert {unit for _, unit, one in days if one >= day} == {"cqmu-child"}
