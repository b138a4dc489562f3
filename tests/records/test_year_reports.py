"""The year report from the records, on both databases: its figures, and whose they are."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from models.catalogue.loading import load_programme
from models.errors import NotAuthorised
from models.events import Arrived, Departed, SeatTaken, StepClosed
from models.people.authorization import Actor
from models.vocabulary import Role, StepKind, StepStatus
from records.queries import Reading
from tests.activities.students import NOW, Office
from tests.databases import Database
from tests.records.stays import (
    COHORT,
    HOST,
    LIPID,
    OFFICE,
    OUTGOING,
    PARTNER,
    SENDING,
    STRANGER,
    asked,
    counted,
    of_host,
    of_student,
    open_cohort,
)

LATER = datetime(2027, 12, 31, 18, tzinfo=UTC)


@pytest.fixture
async def office(database: Database, tmp_path: Path) -> Office:
    """One who came from Dartmouth and left, one who only accepted, one who went to Dartmouth."""
    made = Office(database, tmp_path / "files", load_programme())
    await made.seed()
    await open_cohort(made)
    ana, bo = await made.nominate(1), await made.nominate(2, given_name="Bo")
    await made.nominate(3, **OUTGOING)
    for one in (ana, bo):
        offer = asked(one.exchange_id, StepKind.ACCEPT_OFFER, of_student(one.person_id))
        done = StepClosed(at=NOW, step_id=offer.step_id, status=StepStatus.DONE, outcome="accept", decision_id="d")
        await made.record(one.exchange_id, offer, done)
    await made.record(COHORT, SeatTaken(at=NOW, exchange_id=ana.exchange_id, seat=1))
    late = datetime(2027, 2, 28, 20, tzinfo=UTC)  # the first of March in Chongqing
    await made.record(
        ana.exchange_id,
        Arrived(at=late, report_id="a", arrived_at=late),
        Departed(at=LATER, report_id="b", departed_on=date(2027, 3, 30)),
        asked(ana.exchange_id, StepKind.HOST_APPROVAL, of_host()),
    )
    return made


async def test_figures_are_those_of_the_records(office: Office) -> None:
    reading = Reading(office.sessions, office.programme)
    found = await reading.year_report(2027, OFFICE, LATER)
    [dartmouth] = found.partnerships
    back, out = dartmouth.back, dartmouth.out
    assert (back.nominated, back.accepted, back.came, back.days) == (2, 2, 1, 30)
    assert (back.cap, back.taken, back.minimum, back.below_minimum) == (5, 1, 5, True)
    assert (out.nominated, out.came, out.cap, dartmouth.balance) == (1, 0, None, 1)
    assert [(one.institution, one.answers, one.late) for one in dartmouth.answered] == [("cqmu", 1, 1)]
    empty = await reading.year_report(2031, OFFICE, datetime(2032, 1, 2, tzinfo=UTC))
    assert [(one.back.silent, one.out.silent) for one in empty.partnerships] == [(True, True)]
    assert await reading.years() == [2027]


async def test_an_office_sees_its_own_partnerships(office: Office) -> None:
    reading = Reading(office.sessions, office.programme)
    whole = await reading.year_report(2027, OFFICE, LATER)
    for actor in (HOST, SENDING, PARTNER):
        assert await reading.year_report(2027, actor, LATER) == whole, "the one partnership is theirs"
    assert not (await reading.year_report(2027, STRANGER, LATER)).partnerships
    for role in (Role.STUDENT, Role.HOUSING_OFFICER, Role.OCCUPATIONAL_HEALTH):
        with pytest.raises(NotAuthorised):
            await reading.year_report(2027, Actor(id="x", role=role, institution="cqmu"), LATER)
    with pytest.raises(NotAuthorised):
        await reading.year_report(2027, LIPID, LATER)


async def test_more_exchanges_ask_no_more_queries(office: Office) -> None:
    reading = Reading(office.sessions, office.programme)
    with counted(office) as few:
        await reading.year_report(2027, OFFICE, LATER)
    for number in range(10, 18):
        await office.nominate(number)
    with counted(office) as many:
        await reading.year_report(2027, OFFICE, LATER)
    assert len(many) == len(few) <= 6
