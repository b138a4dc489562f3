"""A student moved to another bed, on both databases: the old nights come free, or nothing changes."""

import asyncio
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from activities.housing import Housing
from models.events import HoldingsReleased
from models.messages.contracts import AssignBed, BedMove
from models.people.authorization import Actor
from models.tables import ActRow, BedNightRow, EventRow, ExchangeRow
from models.vocabulary import Role
from records.beds import Stretch, stretches
from records.store.append import Wakers
from records.store.engine import transaction
from tests.activities.students import FIRST_NIGHT, LAST_NIGHT, Office, OneMessage, with_beds
from tests.activities.test_allocation import bed
from tests.databases import Database
from tests.wakers import CountingWaker

OFFICER = Actor(id="cqmu.housing_officer", role=Role.HOUSING_OFFICER, institution="cqmu")
SWAP = FIRST_NIGHT + timedelta(days=10)
BEFORE = SWAP - timedelta(days=1)


@pytest.fixture
async def office(database: Database, tmp_path: Path) -> Office:
    made = Office(database, tmp_path / "files", with_beds("101:female:2", "201:male:1", "301:any:2"))
    await made.seed()
    return made


def housing(office: Office) -> Housing:
    return Housing(office.sessions, office.programme, OneMessage(), Wakers(CountingWaker()))


def moved(exchange_id: str, to: str, since: date = SWAP, **changes: object) -> AssignBed:
    move = BedMove(decision_id=f"d-{to}-{since}", actor=OFFICER, workflow_id=f"exchange-{exchange_id}")
    return bed(exchange_id, bed_id=to, first_night=since, move=move, **changes)


async def held(office: Office, exchange_id: str) -> list[Stretch]:
    async with transaction(office.sessions) as session:
        return await stretches(session, exchange_id)


async def two(office: Office) -> tuple[str, str]:
    ana, eva = [(await office.nominate(n)).exchange_id for n in (1, 2)]
    for student in (ana, eva):
        await housing(office).assign_bed(bed(student))
    return ana, eva


async def test_nights_before_stay_and_the_others_come_free(office: Office) -> None:
    ana, eva = await two(office)
    request = moved(ana, "bed-301-1")
    first = await housing(office).assign_bed(request)
    again = await housing(office).assign_bed(request)  # a worker that died told nobody
    assert (first.bed_id, first.held) == (again.bed_id, again.held) == ("bed-301-1", False)
    assert await held(office, ana) == [("bed-101-1", FIRST_NIGHT, BEFORE), ("bed-301-1", SWAP, LAST_NIGHT)]
    rows = await office.rows(select(EventRow.payload).where(EventRow.kind == "bed_assigned", EventRow.stream == ana))
    assert [(row[0]["moved_from"], row[0]["actor"]["id"]) for row in rows] == [
        (None, "clock"),
        ("bed-101-1", OFFICER.id),
    ]
    assert (await housing(office).assign_bed(moved(eva, "bed-101-1"))).bed_id == "bed-101-1"
    assert await held(office, eva) == [("bed-101-2", FIRST_NIGHT, BEFORE), ("bed-101-1", SWAP, LAST_NIGHT)]


@pytest.mark.parametrize("to", ["bed-101-2", "bed-201-1", "bed-999-1"])  # somebody's, for men, unknown
async def test_a_bed_that_cannot_be_had_leaves_everything(office: Office, to: str) -> None:
    ana, _ = await two(office)
    before = await held(office, ana)
    assert (await housing(office).assign_bed(moved(ana, to))).bed_id is None
    assert await held(office, ana) == before


async def test_where_the_student_sleeps_already_is_no_move(office: Office) -> None:
    ana, _ = await two(office)
    answer = await housing(office).assign_bed(moved(ana, "bed-101-1"))
    assert (answer.bed_id, answer.held) == ("bed-101-1", True)
    await housing(office).assign_bed(moved(ana, "bed-301-1"))
    earlier = await housing(office).assign_bed(moved(ana, "bed-301-1", FIRST_NIGHT + timedelta(days=3)))
    assert not earlier.held  # the same bed, from an earlier night on
    back = await housing(office).assign_bed(moved(ana, "bed-101-1", SWAP + timedelta(days=5)))
    assert back.bed_id == "bed-101-1"
    assert [one[0] for one in await held(office, ana)] == ["bed-101-1", "bed-301-1", "bed-101-1"]


async def test_a_room_keeps_to_one_gender_from_the_night_of_the_move_on(office: Office) -> None:
    man = (await office.nominate(3, gender="male")).exchange_id
    await housing(office).assign_bed(bed(man, bed_id="bed-301-2", last_night=BEFORE))
    ana, _ = await two(office)
    assert (await housing(office).assign_bed(moved(ana, "bed-301-1", BEFORE))).bed_id is None
    assert (await housing(office).assign_bed(moved(ana, "bed-301-1", SWAP))).bed_id == "bed-301-1"


async def test_of_many_who_want_one_bed_one_gets_it_and_the_others_keep_theirs(office: Office) -> None:
    ana, eva = await two(office)
    answers = await asyncio.gather(*(housing(office).assign_bed(moved(student, "bed-301-1")) for student in (ana, eva)))
    assert sorted(answer.bed_id is None for answer in answers) == [False, True]
    nights = await office.rows(select(BedNightRow.exchange_id, BedNightRow.night))
    assert len(nights) == len(set(nights)) == 2 * ((LAST_NIGHT - FIRST_NIGHT).days + 1)


async def test_an_end_before_the_move_leaves_the_first_bed(office: Office) -> None:
    ana, _ = await two(office)
    await housing(office).assign_bed(moved(ana, "bed-301-1"))
    await office.record(ana, HoldingsReleased(at=bed(ana).at, from_day=BEFORE))
    assert await held(office, ana) == [("bed-101-1", FIRST_NIGHT, BEFORE - timedelta(days=1))]
    [(now,)] = await office.rows(select(ExchangeRow.bed_id).where(ExchangeRow.id == ana))
    assert now == "bed-101-1"


async def test_the_act_is_taken_with_the_bed(office: Office) -> None:
    ana, _ = await two(office)
    request = moved(ana, "bed-301-1")
    assert request.move is not None
    asked = ActRow(
        workflow_id=request.move.workflow_id,
        key=request.move.decision_id,
        kind="move_bed",
        exchange_id=ana,
        fingerprint="0",
        actor_id=OFFICER.id,
        actor_role=OFFICER.role,
        actor_institution=OFFICER.institution,
        request={},
        asked_at=request.at,
    )
    async with transaction(office.sessions) as session:
        session.add(asked)
    await housing(office).assign_bed(request)
    [(taken,)] = await office.rows(select(ActRow.taken_at).where(ActRow.key == request.move.decision_id))
    assert taken == request.at
