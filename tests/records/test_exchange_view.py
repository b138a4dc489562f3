"""One exchange as people see it, on both databases: everything recorded, to those who may see it."""

from datetime import date
from pathlib import Path

import pytest

from models.events import PlaceReleased
from models.people.authorization import Actor
from models.vocabulary import DocumentStatus, Outcome, Role, Stage, StepStatus
from records.queries import Reading
from records.store.engine import open_engine, session_maker
from tests.activities.students import FIRST_NIGHT, LAST_NIGHT, NOW, Office
from tests.databases import Database
from tests.records.stays import HOST, LIPID, PARTNER, counted, live_through, open_cohort, programme, student
from texts.happenings import Telling
from texts.names import Names


@pytest.fixture
async def office(database: Database, tmp_path: Path) -> Office:
    made = Office(database, tmp_path / "files", programme())
    await made.seed()
    return made


@pytest.fixture
def reading(office: Office) -> Reading:
    return Reading(office.sessions, office.programme)


async def test_the_whole_exchange_is_one_fixed_number_of_queries(office: Office, reading: Reading) -> None:
    await open_cohort(office)
    ana = await office.nominate(1)
    document = await live_through(office, ana.exchange_id, ana.person_id)
    with counted(office) as statements:
        view = await reading.exchange(ana.exchange_id, HOST)
    assert len(statements) <= 15
    assert view is not None
    assert (view.stage, view.outcome, view.seat and view.seat.number) == (Stage.CLOSED, Outcome.COMPLETED, 1)
    assert view.bed is not None
    assert (view.bed.bed_id, view.bed.room, view.bed.first_night, view.bed.last_night) == (
        "bed-101-1",
        "101",
        FIRST_NIGHT,
        LAST_NIGHT,
    )
    [placement] = view.placements
    assert (placement.unit, placement.unit_zh) == ("Lab for Lipid Research", "脂质研究实验室")
    [paper] = view.documents
    assert (paper.document_id, paper.filename, paper.status) == (document, "pass.txt", DocumentStatus.REJECTED)
    assert [(f.rule_id, f.reason) for f in paper.findings] == [("D17.type", "It is text.")]
    [step] = view.steps
    assert (step.status, step.outcome, step.decided_by) == (StepStatus.DONE, "approve", "Wang Fang")
    assert [(a.hours_planned, a.hours_attended) for a in view.attendance] == [(160, 152.5)]
    assert sorted((e.placement_id is None, e.ratings) for e in view.evaluations) == [
        (False, {"skills": 5}),
        (True, {"research": 4}),
    ]
    assert [(c.number, c.version) for c in view.certificates] == [("SJ-2027-000001", 1)]


async def test_the_timeline_says_who_when_and_why(office: Office, reading: Reading) -> None:
    await open_cohort(office)
    ana = await office.nominate(1)
    await live_through(office, ana.exchange_id, ana.person_id)
    view = await reading.exchange(ana.exchange_id)
    assert view is not None
    decide, unit = "Host approval", "Lab for Lipid Research"
    telling = Telling(
        Names(office.programme, "en"), "UTC", "cqmu", {p.placement_id: p.unit_id for p in view.placements}
    )
    told = [(h.kind, h.who, *telling.words(h.event), h.note) for h in view.timeline]
    assert told == [
        ("exchange_opened", "clock", "version 1", "", ""),
        ("document_submitted", "RIVERA Ana Lucia", "Passport", "", ""),
        ("document_checked", "clock", "Passport", "Rejected (D17.type)", ""),
        ("step_opened", "clock", decide, "", ""),
        ("step_closed", "Wang Fang", decide, "approve", "Her plan is convincing."),
        ("bed_assigned", "clock", "East, 101 (bed-101-1)", "1 Mar 2027 – 27 May 2027", ""),
        ("place_assigned", "clock", unit, "1 Mar 2027 – 16 Apr 2027", ""),
        ("arrived", "Wang Fang", "", "Mon 2 Nov 2026, 08:00 UTC", ""),
        ("attendance_reported", "cqmu.lipid", "Laboratory training: Lab for Lipid Research", "152.5 of 160 hours", ""),
        ("evaluated", "cqmu.lipid", unit, "Passed", ""),
        ("evaluated", "RIVERA Ana Lucia", "the programme", "", ""),
        ("departed", "Wang Fang", "", "Fri 28 May 2027", ""),
        ("certificate_issued", "clock", "SJ-2027-000001", "version 1", ""),
        ("exchange_closed", "clock", "completed", "Completed", ""),
    ]
    assert [h.seq for h in view.timeline] == list(range(1, len(told) + 1))
    assert view.revision == len(told)


async def test_who_sees_results_only_sees_no_papers(office: Office, reading: Reading) -> None:
    await open_cohort(office)
    ana = await office.nominate(1)
    await live_through(office, ana.exchange_id, ana.person_id)
    for actor in (PARTNER, LIPID):
        view = await reading.exchange(ana.exchange_id, actor)
        assert view is not None
        [paper] = view.documents
        assert (paper.filename, paper.status) == ("", DocumentStatus.REJECTED)
        assert [(f.rule_id, f.reason) for f in paper.findings] == [("D17.type", "")]
        assert {h.note for h in view.timeline} == {""}
        shown = [e.ratings for e in view.evaluations if e.ratings]
        assert shown == ([{"skills": 5}] if actor is LIPID else [])
    declined = Actor(id="cqmu.child", role=Role.SUPERVISOR, institution="cqmu", unit="cqmu-child")
    assert await reading.exchange(ana.exchange_id, declined) is None
    assert await reading.exchange(ana.exchange_id, student("p-other")) is None


async def test_a_certificate_is_found_by_its_token_alone(office: Office, reading: Reading) -> None:
    await open_cohort(office)
    ana = await office.nominate(1)
    await live_through(office, ana.exchange_id, ana.person_id)
    found = await reading.certificate(f"v-{ana.exchange_id}")
    assert found is not None
    assert (found.number, found.student.name, found.departed_on, found.revoked_at) == (
        "SJ-2027-000001",
        "RIVERA Ana Lucia",
        date(2027, 5, 28),
        None,
    )
    assert await reading.certificate("v-other") is None


async def test_a_declined_unit_loses_sight_of_the_student(office: Office, reading: Reading) -> None:
    await open_cohort(office)
    ana = await office.nominate(1)
    await live_through(office, ana.exchange_id, ana.person_id)
    assert await reading.exchange(ana.exchange_id, LIPID) is not None
    await office.record(ana.exchange_id, PlaceReleased(at=NOW, placement_id=f"{ana.exchange_id}.laboratory.1"))
    assert await reading.exchange(ana.exchange_id, LIPID) is None


async def test_everything_reads_through_a_reading_engine(office: Office) -> None:
    await open_cohort(office)
    ana = await office.nominate(1)
    await live_through(office, ana.exchange_id, ana.person_id)
    engine = open_engine(office.database.url, reading=True)
    reading = Reading(session_maker(engine), office.programme)
    try:
        assert (await reading.exchange(ana.exchange_id)) is not None
        assert len(await reading.exchanges()) == 1
        assert await reading.worklist(None) == []
        assert await reading.escalations() == []
    finally:
        await engine.dispose()
