"""Beds, places and seats on both databases: the best that is free, never twice, and safe to repeat."""

import asyncio
import itertools
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from activities.housing import Housing
from activities.placement import Placement
from activities.seats import Seats
from models.errors import BadInput, Unknown
from models.events import CohortOpened, HoldingsReleased, PlaceReleased, SeatGivenBack, SeatTaken
from models.identifiers import cohort_workflow_id
from models.messages.cohorts import RememberCohort
from models.messages.contracts import AssignBed, AssignPlace, TakeSeat
from models.tables import BedNightRow, EventRow, PlaceDayRow, SeatRow
from models.vocabulary import Content
from records.store.append import NoOutbox, Wakers
from tests.activities.students import FIRST_NIGHT, LAST_NIGHT, NOW, Office, OneMessage, processes, with_beds
from tests.databases import Database
from tests.wakers import CountingWaker

COHORT = "2027-incoming-dartmouth-cqmu"
keys = itertools.count(1)


@pytest.fixture
async def office(database: Database, tmp_path: Path) -> Office:
    made = Office(database, tmp_path / "files", with_beds("101:female:2", "201:male:1", "301:any:2"))
    await made.seed()
    return made


def bed(exchange_id: str, **changes: Any) -> AssignBed:
    given: dict[str, Any] = {
        "key": f"key-{next(keys)}",
        "exchange_id": exchange_id,
        "host": "cqmu",
        "first_night": FIRST_NIGHT,
        "last_night": LAST_NIGHT,
        "at": NOW,
    }
    return AssignBed(**(given | changes))


def place(exchange_id: str, **changes: Any) -> AssignPlace:
    given: dict[str, Any] = {
        "key": f"key-{next(keys)}",
        "exchange_id": exchange_id,
        "placement_id": f"{exchange_id}.laboratory.1",
        "host": "cqmu",
        "content": Content.LABORATORY,
        "preferences": ("cqmu-lipid", "cqmu-child"),
        "start": date(2027, 3, 1),
        "end": date(2027, 4, 16),
        "at": NOW,
    }
    return AssignPlace(**(given | changes))


def seat(exchange_id: str, **changes: Any) -> TakeSeat:
    given: dict[str, Any] = {"key": f"key-{next(keys)}", "cohort_id": COHORT, "exchange_id": exchange_id, "at": NOW}
    return TakeSeat(**(given | changes))


def housing(office: Office, waker: CountingWaker | None = None) -> Housing:
    return Housing(office.sessions, office.programme, OneMessage(), Wakers(waker or CountingWaker()))


def placement(office: Office, waker: CountingWaker | None = None) -> Placement:
    return Placement(office.sessions, office.programme, OneMessage(), Wakers(waker or CountingWaker()))


async def events(office: Office, kind: str) -> int:
    [(count,)] = await office.rows(select(func.count()).where(EventRow.kind == kind))
    return int(count)


async def nights(office: Office, exchange_id: str) -> list[tuple[str, date, date]]:
    query = select(BedNightRow.bed_id, func.min(BedNightRow.night), func.max(BedNightRow.night))
    return list(await office.rows(query.where(BedNightRow.exchange_id == exchange_id).group_by(BedNightRow.bed_id)))


async def open_cohort(office: Office, cap: int) -> None:
    opened = CohortOpened(
        at=NOW, sending="dartmouth", host="cqmu", year=2027, direction="incoming", cap=cap, minimum=5, closes_at=NOW
    )
    await office.record(COHORT, opened)


async def test_a_bed_is_held_for_every_night_and_told_once(office: Office) -> None:
    ana = (await office.nominate(1)).exchange_id
    waker = CountingWaker()
    request = bed(ana)
    answers = [await housing(office, waker).assign_bed(r) for r in (request, request, bed(ana))]
    assert [a.bed_id for a in answers] == ["bed-101-1"] * 3
    assert await nights(office, ana) == [("bed-101-1", FIRST_NIGHT, LAST_NIGHT)]
    assert (await events(office, "bed_assigned"), waker.woken) == (1, 1)


async def test_rooms_keep_to_one_gender(office: Office) -> None:
    people = ["male", "male", "female", "female", "female", "other", "male"]
    got = []
    for number, gender in enumerate(people, start=1):
        student = (await office.nominate(number, gender=gender)).exchange_id
        got.append((await housing(office).assign_bed(bed(student))).bed_id)
    # The second man opens the room for anybody, so it is a man's room these nights: no woman, nobody else.
    assert got == ["bed-201-1", "bed-301-1", "bed-101-1", "bed-101-2", None, None, "bed-301-2"]


async def test_a_bed_asked_for_by_name_replaces_the_first(office: Office) -> None:
    ana, eva = [(await office.nominate(n)).exchange_id for n in (1, 2)]
    await housing(office).assign_bed(bed(ana))
    assert (await housing(office).assign_bed(bed(ana, bed_id="bed-301-2"))).bed_id == "bed-301-2"
    assert await nights(office, ana) == [("bed-301-2", FIRST_NIGHT, LAST_NIGHT)]
    for refused in ("bed-301-2", "bed-201-1", "bed-999-1"):  # taken, for men, unknown
        assert (await housing(office).assign_bed(bed(eva, bed_id=refused))).bed_id is None
    assert await nights(office, eva) == []
    assert (await housing(office).assign_bed(bed(eva, bed_id="bed-101-1"))).bed_id == "bed-101-1"


async def test_the_tightest_gap_is_filled(office: Office) -> None:
    week = timedelta(weeks=1)
    first, second, ana = [(await office.nominate(n)).exchange_id for n in (1, 2, 3)]
    for student, name, shift in ((first, "bed-101-1", 3 * week), (second, "bed-101-2", week)):
        asked = bed(student, bed_id=name, first_night=LAST_NIGHT + shift, last_night=LAST_NIGHT + shift + week)
        assert (await housing(office).assign_bed(asked)).bed_id == name
    assert (await housing(office).assign_bed(bed(ana))).bed_id == "bed-101-2"


async def test_other_nights_keep_the_bed_where_it_is_free(office: Office) -> None:
    ana, eva = [(await office.nominate(n)).exchange_id for n in (1, 2)]
    await housing(office).assign_bed(bed(ana, bed_id="bed-301-2"))
    longer = LAST_NIGHT + timedelta(days=9)
    assert (await housing(office).assign_bed(bed(ana, last_night=longer))).bed_id == "bed-301-2"
    assert await nights(office, ana) == [("bed-301-2", FIRST_NIGHT, longer)]
    after = {"first_night": longer + timedelta(days=1), "last_night": longer + timedelta(days=30)}
    await housing(office).assign_bed(bed(eva, bed_id="bed-301-2", **after))
    further = longer + timedelta(days=5)
    assert (await housing(office).assign_bed(bed(ana, last_night=further))).bed_id == "bed-101-1"
    assert await nights(office, ana) == [("bed-101-1", FIRST_NIGHT, further)]


async def test_a_bed_given_back_is_free_again(office: Office) -> None:
    students = [(await office.nominate(n, gender="male")).exchange_id for n in range(1, 5)]
    got = [(await housing(office).assign_bed(bed(s))).bed_id for s in students]
    assert got[3] is None
    await office.record(students[0], HoldingsReleased(at=NOW))
    assert (await housing(office).assign_bed(bed(students[3]))).bed_id == got[0]


async def test_impossible_requests_for_beds_say_why(office: Office) -> None:
    ana = (await office.nominate(1)).exchange_id
    with pytest.raises(BadInput, match=r"nights.reversed"):
        await housing(office).assign_bed(bed(ana, last_night=FIRST_NIGHT - timedelta(days=1)))
    with pytest.raises(Unknown):
        await housing(office).assign_bed(bed("EX-2027-DAR-999"))
    assert (await housing(office).assign_bed(bed(ana, host="dartmouth"))).bed_id is None


async def test_thirty_students_at_once_get_ten_beds(database: Database, tmp_path: Path) -> None:
    office = Office(database, tmp_path, with_beds("1:female:4", "2:any:3", "3:any:3"))
    await office.seed()
    students = [(await office.nominate(n)).exchange_id for n in range(1, 31)]
    async with processes(database, 3) as sessions:
        houses = [Housing(own, office.programme, OneMessage(), Wakers(CountingWaker())) for own in sessions]
        answers = await asyncio.gather(
            *(houses[n % 3].assign_bed(bed(student)) for n, student in enumerate(students)),
            # Local activities do run twice now and then.
            *(houses[(n + 1) % 3].assign_bed(bed(student)) for n, student in enumerate(students[:10])),
        )
    got = {student: answer.bed_id for student, answer in zip(students, answers, strict=False) if answer.bed_id}
    assert len(set(got.values())) == len(got) == 10
    assert all(again.bed_id in {None, got.get(student)} for student, again in zip(students, answers[30:], strict=False))
    assert await events(office, "bed_assigned") == 10
    held = await office.rows(select(BedNightRow.bed_id, func.count()).group_by(BedNightRow.bed_id))
    assert Counter(dict(held)) == Counter(dict.fromkeys(got.values(), (LAST_NIGHT - FIRST_NIGHT).days + 1))


async def test_places_go_by_preference_then_where_most_is_free(office: Office) -> None:
    students = [(await office.nominate(n)).exchange_id for n in range(1, 9)]
    got = [(await placement(office).assign_place(place(s))).unit_id for s in students]
    # Both wishes take three; the other two laboratories follow in turn.
    assert got == ["cqmu-lipid"] * 3 + ["cqmu-child"] * 3 + ["cqmu-nerc-ultrasonic", "cqmu-skl-ultrasonic"]


async def test_a_unit_that_declined_is_not_asked_again_unless_a_person_does(office: Office) -> None:
    ana = (await office.nominate(1)).exchange_id
    assert (await placement(office).assign_place(place(ana))).unit_id == "cqmu-lipid"
    await office.record(ana, PlaceReleased(at=NOW, placement_id=f"{ana}.laboratory.1"))
    second = {"placement_id": f"{ana}.laboratory.3", "refused_by": ("cqmu-lipid",)}
    assert (await placement(office).assign_place(place(ana, **second))).unit_id == "cqmu-child"
    asked = place(ana, **second, only="cqmu-lipid")
    assert (await placement(office).assign_place(asked)).unit_id == "cqmu-lipid"
    days = await office.rows(select(PlaceDayRow.unit_id, func.count()).group_by(PlaceDayRow.unit_id))
    assert list(days) == [("cqmu-lipid", 47)]


async def test_repeating_a_placement_answers_the_same(office: Office) -> None:
    ana = (await office.nominate(1)).exchange_id
    waker, request = CountingWaker(), place(ana)
    answers = [await placement(office, waker).assign_place(r) for r in (request, request, place(ana))]
    assert [a.unit_id for a in answers] == ["cqmu-lipid"] * 3
    assert (await events(office, "place_assigned"), waker.woken) == (1, 1)


async def test_places_of_one_student_never_overlap_nor_leave_the_stay(office: Office) -> None:
    ana = (await office.nominate(1)).exchange_id
    await placement(office).assign_place(place(ana))
    clinic = {"placement_id": f"{ana}.clinical.2", "content": Content.CLINICAL, "preferences": ("cqmu-oncology",)}
    across = place(ana, **clinic, start=date(2027, 4, 16), end=date(2027, 5, 28))
    assert (await placement(office).assign_place(across)).unit_id is None
    outside = place(ana, **clinic, start=date(2027, 4, 17), end=date(2027, 5, 29))
    assert (await placement(office).assign_place(outside)).unit_id is None
    inside = place(ana, **clinic, start=date(2027, 4, 17), end=date(2027, 5, 28))
    assert (await placement(office).assign_place(inside)).unit_id == "cqmu-oncology"
    with pytest.raises(BadInput, match=r"block.reversed field=end"):
        await placement(office).assign_place(place(ana, start=date(2027, 4, 1), end=date(2027, 3, 31)))


async def test_only_units_of_the_host_and_content_are_chosen(office: Office) -> None:
    ana = (await office.nominate(1)).exchange_id
    for foreign in ("cqmu-neurology", "dartmouth-immunology", "nowhere"):
        assert (await placement(office).assign_place(place(ana, only=foreign))).unit_id is None
    assert (await placement(office).assign_place(place(ana, preferences=("cqmu-neurology",)))).unit_id is not None


async def test_one_full_day_makes_a_unit_full(office: Office) -> None:
    students = [(await office.nominate(n)).exchange_id for n in range(1, 5)]
    for student in students[:3]:
        short = place(student, only="cqmu-lipid", start=date(2027, 4, 16), end=date(2027, 4, 16))
        assert (await placement(office).assign_place(short)).unit_id == "cqmu-lipid"
    assert (await placement(office).assign_place(place(students[3], only="cqmu-lipid"))).unit_id is None
    free = place(students[3], only="cqmu-lipid", end=date(2027, 4, 15))
    assert (await placement(office).assign_place(free)).unit_id == "cqmu-lipid"


async def test_thirty_students_at_once_get_the_places_there_are(database: Database, tmp_path: Path) -> None:
    office = Office(database, tmp_path, with_beds())
    await office.seed()
    students = [(await office.nominate(n)).exchange_id for n in range(1, 31)]
    async with processes(database, 3) as sessions:
        agents = [Placement(own, office.programme, OneMessage(), Wakers(CountingWaker())) for own in sessions]
        answers = await asyncio.gather(
            *(agents[n % 3].assign_place(place(student)) for n, student in enumerate(students))
        )
    taken = Counter(answer.unit_id for answer in answers)
    assert taken.pop(None) == 18
    assert set(taken.values()) == {3}
    fullest = select(PlaceDayRow.unit_id, func.count()).group_by(PlaceDayRow.unit_id, PlaceDayRow.day)
    assert {count for _, count in await office.rows(fullest)} == {3}


async def test_the_lowest_free_seat_is_taken_once(office: Office) -> None:
    await open_cohort(office, 5)
    waker = CountingWaker()
    seats = Seats(office.sessions, OneMessage(), Wakers(waker))
    request = seat("EX-2027-DAR-001")
    assert [(await seats.take_seat(r)).seat for r in (request, request, seat("EX-2027-DAR-001"))] == [1, 1, 1]
    assert (await seats.take_seat(seat("EX-2027-DAR-002"))).seat == 2
    await office.record(COHORT, SeatGivenBack(at=NOW, exchange_id="EX-2027-DAR-001", seat=1, reason="withdrawn"))
    assert (await seats.take_seat(seat("EX-2027-DAR-003"))).seat == 1
    assert (await events(office, "seat_taken"), waker.woken) == (3, 3)


async def test_what_is_taken_wakes_the_deliveries_without_any_mail(office: Office) -> None:
    await open_cohort(office, 5)
    ana = (await office.nominate(1)).exchange_id
    mail, deliveries, nothing = CountingWaker(), CountingWaker(), NoOutbox()
    resources = (office.sessions, office.programme, nothing, Wakers(mail, deliveries))
    await Housing(*resources).assign_bed(bed(ana))
    await Placement(*resources).assign_place(place(ana))
    await Seats(office.sessions, nothing, Wakers(mail, deliveries)).take_seat(seat(ana))
    assert (mail.woken, deliveries.woken) == (0, 3)


async def test_a_held_seat_becomes_granted_and_stays_so(office: Office) -> None:
    await open_cohort(office, 5)
    seats = Seats(office.sessions, OneMessage(), Wakers(CountingWaker()))
    held: list[bool] = []
    for asked in (True, True, False, True):
        assert (await seats.take_seat(seat("EX-2027-DAR-001", held=asked))).seat == 1
        held += [row[0] for row in await office.rows(select(SeatRow.held).where(SeatRow.number == 1))]
    assert held == [True, True, False, False]
    assert await events(office, "seat_taken") == 2


async def test_a_lowered_number_of_seats_counts_those_above_it(office: Office) -> None:
    await open_cohort(office, 10)
    for number in (8, 9, 10, 1):
        await office.record(COHORT, SeatTaken(at=NOW, exchange_id=f"EX-2027-DAR-{number:03d}", seat=number))
    await open_cohort(office, 5)
    seats = Seats(office.sessions, OneMessage(), Wakers(CountingWaker()))
    assert (await seats.take_seat(seat("EX-2027-DAR-021"))).seat == 2
    assert (await seats.take_seat(seat("EX-2027-DAR-022"))).seat is None


async def test_there_is_no_seat_in_an_unknown_cohort_or_a_second_one_in_another_intake(office: Office) -> None:
    await open_cohort(office, 5)
    seats = Seats(office.sessions, OneMessage(), Wakers(CountingWaker()))
    with pytest.raises(Unknown):
        await seats.take_seat(seat("EX-2027-DAR-001", cohort_id="2030-incoming-dartmouth-cqmu"))
    await seats.take_seat(seat("EX-2027-DAR-001"))
    other = "2028-incoming-dartmouth-cqmu"
    opened = CohortOpened(
        at=NOW, sending="dartmouth", host="cqmu", year=2028, direction="incoming", cap=5, minimum=5, closes_at=NOW
    )
    await office.record(other, opened)
    answer = await seats.take_seat(seat("EX-2027-DAR-001", cohort_id=other))
    assert (answer.seat, answer.elsewhere) == (None, True)
    remembered = await seats.remember_cohort(RememberCohort(cohort_id=other, workflow_id=cohort_workflow_id(other)))
    assert remembered.elsewhere == ("EX-2027-DAR-001",)


async def test_thirty_requests_at_once_fill_ten_seats(office: Office) -> None:
    await open_cohort(office, 10)
    async with processes(office.database, 3) as sessions:
        agents = [Seats(own, OneMessage(), Wakers(CountingWaker())) for own in sessions]
        answers = await asyncio.gather(*(agents[n % 3].take_seat(seat(f"EX-2027-DAR-{n:03d}")) for n in range(30)))
    assert sorted(a.seat for a in answers if a.seat) == list(range(1, 11))
    assert await events(office, "seat_taken") == 10
