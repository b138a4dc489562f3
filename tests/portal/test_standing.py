"""Where a student stands is the same on every page: the week of the rotation, what is next, suspended, waiting."""

from datetime import UTC, date, datetime

import pytest

from activities.placement import Placement
from models.events import ExchangeSuspended, StageEntered, StepClosed, StepHeld
from models.messages.contracts import AssignPlace
from models.messages.suspensions import SuspensionReason
from models.vocabulary import Content, HoldCause, Stage, StepKind, StepStatus
from records.store.append import NoOutbox, Wakers
from tests.activities.students import NOW
from tests.portal.world import People, Portal
from tests.records.stays import HOST, asked, of_host, of_student
from tests.wakers import CountingWaker

MID_MARCH = datetime(2027, 3, 16, 4, tzinfo=UTC)
EVALUATE = "Evaluate the student"
WEEK = "Week 3 of 7 · Lab for Lipid Research"
LISTS = ("/board", "/board?view=table", "/exchanges", "/cohorts/2027-incoming-dartmouth-cqmu")


@pytest.fixture
async def rotating(portal: Portal, people: People) -> str:
    """An exchange whose student works in a laboratory, and nobody owes anything."""
    portal.now, exchange = MID_MARCH, people.living
    placement = Placement(portal.office.sessions, portal.programme, NoOutbox(), Wakers(CountingWaker()))
    await placement.assign_place(
        AssignPlace(
            key="p", exchange_id=exchange, placement_id=f"{exchange}.laboratory.1", host="cqmu",
            content=Content.LABORATORY, preferences=("cqmu-lipid",), start=date(2027, 3, 1), end=date(2027, 4, 16),
            at=NOW,
        )
    )  # fmt: skip
    steps = (f"{exchange}.{kind}.1" for kind in (StepKind.VERIFY_NOMINATION, StepKind.SUBMIT_DOCUMENTS))
    closed = [StepClosed(at=NOW, actor=HOST, step_id=one, status=StepStatus.DONE, outcome="verified") for one in steps]
    await portal.office.record(exchange, *closed, StageEntered(at=MID_MARCH, stage=Stage.ROTATIONS))
    return exchange


async def test_the_week_and_what_the_calendar_asks_stand_on_every_page(portal: Portal, rotating: str) -> None:
    client = await portal.signed_in(HOST.id)
    page = (await client.get(f"/exchanges/{rotating}")).text
    assert WEEK in page
    assert "Nobody owes anything until then:" in page
    assert EVALUATE in page
    assert "at work" not in page
    for path in LISTS:
        listed = (await client.get(path)).text
        assert WEEK in listed, path
        assert EVALUATE in listed, path
    export = (await client.get("/board.csv")).text
    assert any(rotating in line and EVALUATE in line for line in export.splitlines())


async def test_what_is_owed_stands_before_what_the_calendar_asks(portal: Portal, rotating: str) -> None:
    due = MID_MARCH.replace(day=17)
    step = asked(rotating, StepKind.ORIENTATION, of_host(), due=due)
    await portal.office.record(rotating, step)
    page = (await (await portal.signed_in(HOST.id)).get(f"/exchanges/{rotating}")).text
    assert "Nobody owes anything" not in page
    assert page.index("Hold the orientation") < page.index(EVALUATE)


async def test_a_suspension_shows_wherever_the_student_does(portal: Portal, rotating: str) -> None:
    held = ExchangeSuspended(
        at=MID_MARCH, suspension_id="SU-1", since=MID_MARCH, reason=SuspensionReason.OUTBREAK
    )  # fmt: skip
    for person in (HOST.id, "dartmouth.partner_office"):
        client = await portal.signed_in(person)
        assert all([">suspended<" not in (await client.get(path)).text for path in LISTS])
    await portal.office.record(rotating, held)
    for person in (HOST.id, "dartmouth.partner_office"):
        client = await portal.signed_in(person)
        for path in LISTS:
            assert ">suspended<" in (await client.get(path)).text, path


async def test_what_waits_for_another_step_is_not_offered_before_it(portal: Portal, people: People) -> None:
    bed = asked(people.living, StepKind.CONFIRM_BED, of_host())
    mine = asked(people.living, StepKind.CONFIRM_ARRIVAL, of_student(people.living_student))
    mine = mine.model_copy(update={"outcomes": ("confirmed",)})
    await portal.office.record(people.living, bed, mine)
    client = await portal.signed_in(people.living_student)
    button = f'action="/steps/{mine.step_id}/confirmed"'
    pages = (f"/exchanges/{people.living}", f"/steps/{mine.step_id}", "/worklist")
    for path in pages:
        assert button in (await client.get(path)).text, path
    waits = StepHeld(
        at=portal.now, step_id=mine.step_id, because=HoldCause.OTHER_SIDE, cause=bed.step_id, since=portal.now
    )  # fmt: skip
    await portal.office.record(people.living, waits)
    for path in pages:
        page = (await client.get(path)).text
        assert button not in page, path
        assert "Waits for: Confirm the bed" in page, path
    refused = await client.post(f"/steps/{mine.step_id}/confirmed")
    assert refused.status_code == 404
