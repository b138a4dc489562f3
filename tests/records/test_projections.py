"""What the tables say after each kind of event, who gets what when many want it, and rebuilding all of it."""

import asyncio
from contextlib import suppress
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from models.errors import Broken, Conflict
from models.events import KINDS, Event, HoldingsReleased, SeatGivenBack, SeatTaken, StageEntered
from models.tables import (
    Base,
    BedNightRow,
    CertificateRow,
    CohortRow,
    DocumentRow,
    EventRow,
    ExchangeCodeRow,
    ExchangeRow,
    FileRow,
    PersonRow,
    PlaceDayRow,
    PlacementRow,
    SeatRow,
    StepRow,
    WaitlistRow,
)
from models.vocabulary import DocumentStatus, MobilityStatus, Outcome, Stage, StepStatus
from records.projections.projector import HANDLERS, OF_COHORTS, OF_EXCHANGES, OF_OTHERS
from records.store.engine import Sessions, transaction
from records.store.rebuild import PROJECTED, rebuild
from tests.databases import Database
from tests.nominees import identity
from tests.records.fakes import dump, furnish, tell
from tests.records.story import (
    ANN,
    BO,
    COHORT,
    CYD,
    DEE,
    LAB,
    NOON,
    PLAN,
    STEP,
    at,
    bed,
    cohort_opened,
    opened,
    place,
    story,
)


async def live(sessions: Sessions) -> None:
    """Tell the whole story to a furnished database."""
    await furnish(sessions)
    await file_passports(sessions)
    for number, (stream, events) in enumerate(story()):
        await tell(sessions, stream, f"story:{number}", *events)


async def file_passports(sessions: Sessions) -> None:
    """What filing writes before a document is handed in."""
    async with transaction(sessions) as session:
        person = PersonRow(
            id="p-1",
            sending_id="dartmouth",
            student_number="1",
            family_name="A",
            given_name="A",
            email="a@example.org",
            birth_date=date(2001, 1, 1),
            gender="female",
            nationality="US",
        )
        session.add(person)
        session.add(FileRow(hash="a" * 64, size=1, media_type="application/pdf", created_at=NOON))
        await session.flush()
        session.add(
            ExchangeCodeRow(
                exchange_id=ANN,
                cohort_id=COHORT,
                year=2027,
                sending_id="dartmouth",
                host_id="cqmu",
                person_id="p-1",
                number=1,
            )
        )
        await session.flush()
        session.add_all(identity(person, ANN, version) for version in (1, 2, 3))
        for number in (1, 2, 3):
            session.add(
                DocumentRow(
                    id=f"doc-{number}",
                    exchange_id=ANN,
                    kind="passport",
                    file_hash="a" * 64,
                    filename="passport.pdf",
                    uploaded_by="p-1",
                    filed_at=NOON,
                )
            )


def test_every_kind_of_event_is_projected_once() -> None:
    kinds = set(KINDS.values())
    assert set(HANDLERS) == kinds
    assert len(OF_EXCHANGES) + len(OF_COHORTS) + len(OF_OTHERS) == len(kinds)
    assert {type(event) for _, events in story() for event in events} == kinds


async def test_the_projection_rebuilt_from_the_events_is_the_same(database: Database) -> None:
    await live(database.sessions)
    tables: list[type[Base]] = [*PROJECTED, DocumentRow]
    before = await dump(database.sessions, tables)
    assert all(before.values()), "every table has something to lose"
    async with transaction(database.sessions) as session:
        assert await rebuild(session) == sum(len(events) for _, events in story())
    assert await dump(database.sessions, tables) == before


async def test_what_changed_hands_at_the_same_time_is_rebuilt_the_same(database: Database) -> None:
    await furnish(database.sessions)

    async def come_and_go(exchange: str, first: int) -> None:
        await tell(database.sessions, exchange, f"{exchange}:0", opened(exchange.lower()))
        for turn in range(4):
            start = PLAN.start + timedelta(days=first + turn)
            with suppress(Conflict):
                await tell(
                    database.sessions,
                    exchange,
                    f"{exchange}:in:{turn}",
                    bed(first % 2 + 1, start, start + timedelta(days=2)),
                    place(exchange, start, start + timedelta(days=2)),
                )
            if turn < 3:
                out = HoldingsReleased(at=at(turn))
                # As of so many rounds of a reopened exchange: holdings are given back once in each.
                await tell(database.sessions, exchange, f"{exchange}/r{turn + 1}:1", out, round=turn + 1)

    await asyncio.gather(*(come_and_go(f"EX-2027-DAR-{n:03d}", n) for n in range(8)))
    before = await dump(database.sessions, PROJECTED)
    assert before["place_days"]
    async with transaction(database.sessions) as session:
        await rebuild(session)
    assert await dump(database.sessions, PROJECTED) == before


async def test_the_story_left_behind_what_happened(sqlite_database: Database) -> None:
    await live(sqlite_database.sessions)
    async with sqlite_database.sessions() as session:
        ann = await session.get_one(ExchangeRow, ANN)
        assert (ann.stage, ann.outcome, ann.mobility) == (Stage.CLOSED, Outcome.COMPLETED, MobilityStatus.RECOGNIZED)
        assert (ann.nomination_version, ann.end, ann.plan["end"]) == (3, date(2027, 5, 1), "2027-05-01")
        assert (ann.seat, ann.bed_id, ann.clearance_through) == (1, "cqmu.bed.1", PLAN.end)
        assert (ann.actual_arrival, ann.actual_departure) == (at(49), PLAN.end)
        step = await session.get_one(StepRow, STEP)
        assert (step.status, step.outcome, step.decision_id, step.unit_id) == (StepStatus.DONE, "approve", "d-3", "u")
        statuses = (await session.scalars(select(DocumentRow.status).order_by(DocumentRow.id))).all()
        assert statuses == [DocumentStatus.REPLACED, DocumentStatus.ACCEPTED, DocumentStatus.FILED]
        certificates = (await session.scalars(select(CertificateRow).order_by(CertificateRow.version))).all()
        assert [row.revoked_at for row in certificates] == [at(110), None]
        seats = await session.execute(select(SeatRow.number, SeatRow.exchange_id))
        assert dict(iter(seats)) == {1: ANN, 2: CYD, 3: None, 4: None, 5: None, 6: None}
        assert (await session.scalars(select(WaitlistRow.exchange_id))).all() == [DEE]
        assert (await session.get_one(CohortRow, COHORT)).closed_below_minimum


async def test_what_is_given_back_from_a_day_on_is_free_from_that_day(database: Database) -> None:
    await live(database.sessions)
    async with database.sessions() as session:
        days = select(func.min(PlaceDayRow.day), func.max(PlaceDayRow.day))
        assert (await session.execute(days.where(PlaceDayRow.placement_id == LAB))).one() == (
            PLAN.start,
            date(2027, 3, 14),
        )
        nights = select(func.max(BedNightRow.night)).where(BedNightRow.exchange_id == ANN)
        assert await session.scalar(nights) == date(2027, 4, 19)
        lab = await session.get_one(PlacementRow, LAB)
        assert (lab.status, lab.released_from, lab.end) == ("released", date(2027, 3, 15), date(2027, 3, 31))


async def race(database: Database, events: dict[str, Event]) -> list[type[BaseException]]:
    """Let several exchanges want something at once; says how the losers were told."""
    await furnish(database.sessions)
    for stream in events:
        await tell(database.sessions, stream, f"{stream}:1", opened(stream.lower()))
    answers = await asyncio.gather(
        *(tell(database.sessions, stream, f"{stream}:2", event) for stream, event in events.items()),
        return_exceptions=True,
    )
    return [type(answer) for answer in answers if answer is not None]


async def test_of_three_who_want_two_places_one_is_refused(database: Database) -> None:
    assert await race(database, {who: place(who) for who in (ANN, BO, CYD)}) == [Conflict]
    async with database.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(PlacementRow)) == 2
        assert await session.scalar(select(func.count()).select_from(PlaceDayRow)) == 2 * 31


async def test_of_two_who_want_one_bed_one_is_refused_and_nothing_of_it_is_recorded(database: Database) -> None:
    assert await race(database, {ANN: bed(1), BO: bed(1, PLAN.end, PLAN.end + timedelta(days=3))}) == [Conflict]
    async with database.sessions() as session:
        told = select(func.count()).select_from(EventRow).where(EventRow.kind == "bed_assigned")
        assert await session.scalar(told) == 1
        assert len(set(await session.scalars(select(BedNightRow.exchange_id)))) == 1


async def test_another_bed_takes_the_place_of_the_first(database: Database) -> None:
    await furnish(database.sessions)
    await tell(database.sessions, ANN, "k:1", opened(), bed(1), bed(2))
    async with database.sessions() as session:
        assert set(await session.scalars(select(BedNightRow.bed_id))) == {"cqmu.bed.2"}
        assert (await session.get_one(ExchangeRow, ANN)).bed_id == "cqmu.bed.2"


async def test_a_taken_seat_is_not_given_to_another(database: Database) -> None:
    await tell(
        database.sessions, COHORT, "c:1", cohort_opened(), SeatTaken(at=NOON, exchange_id=ANN, seat=1, held=True)
    )
    with pytest.raises(Conflict, match=r"seat.taken"):
        await tell(database.sessions, COHORT, "c:2", SeatTaken(at=NOON, exchange_id=BO, seat=1))
    await tell(database.sessions, COHORT, "c:3", SeatTaken(at=NOON, exchange_id=ANN, seat=1))
    async with database.sessions() as session:
        assert not (await session.get_one(SeatRow, (COHORT, 1))).held


async def test_a_lowered_cap_takes_no_seat_from_anybody(sqlite_database: Database) -> None:
    sessions = sqlite_database.sessions
    taken = SeatTaken(at=NOON, exchange_id=ANN, seat=6)
    await tell(sessions, COHORT, "c:1", cohort_opened(cap=7), taken, cohort_opened(cap=5))
    async with sessions() as session:
        assert (await session.scalars(select(SeatRow.number).order_by(SeatRow.number))).all() == [1, 2, 3, 4, 5, 6]
    await tell(sessions, COHORT, "c:2", SeatGivenBack(at=NOON, exchange_id=ANN, seat=6, reason="withdrawn"))
    async with sessions() as session:
        assert (await session.scalars(select(SeatRow.number).order_by(SeatRow.number))).all() == [1, 2, 3, 4, 5]


async def test_a_stream_begins_with_its_first_event(sqlite_database: Database) -> None:
    with pytest.raises(Broken):
        await tell(sqlite_database.sessions, ANN, "k", StageEntered(at=NOON, stage=Stage.DOCUMENTS))
