"""Lists on both databases: the right rows to the right people, in order, in few queries."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from activities.seats import Seats
from models.errors import BadInput
from models.events import ExchangeClosed, RungFired, StageEntered, StepClosed, WaitlistChanged
from models.messages.contracts import TakeSeat
from models.people.authorization import CLOCK, Actor
from models.tables import MessageRow, MessageStatus, OperatorTaskRow
from models.views import EscalationFilter, ExchangeFilter, MessageFilter, WorklistFilter
from models.vocabulary import MobilityStatus, Outcome, Role, RungKind, Stage, StepKind, StepStatus, Target
from records.queries import Reading
from records.store.append import NoOutbox, Wakers
from tests.activities.students import NOW, Office
from tests.databases import Database
from tests.records.stays import (
    COHORT,
    DUE,
    HOST,
    LATER,
    LIPID,
    OFFICE,
    OUTGOING,
    PARTNER,
    SENDING,
    STRANGER,
    asked,
    counted,
    of_host,
    of_lipid,
    of_sending,
    of_student,
    open_cohort,
    programme,
    student,
)
from tests.wakers import CountingWaker

HEALTH = Actor(id="cqmu.health", role=Role.OCCUPATIONAL_HEALTH, institution="cqmu")


@pytest.fixture
async def office(database: Database, tmp_path: Path) -> Office:
    made = Office(database, tmp_path / "files", programme())
    await made.seed()
    return made


@pytest.fixture
def reading(office: Office) -> Reading:
    return Reading(office.sessions, office.programme)


async def test_everybody_sees_the_steps_that_are_theirs(office: Office, reading: Reading) -> None:
    ana, eva = await office.nominate(1), await office.nominate(2)
    await office.record(
        ana.exchange_id,
        asked(ana.exchange_id, StepKind.HOST_APPROVAL, of_host()),
        asked(ana.exchange_id, StepKind.CLEAR_FOR_CLINIC, of_host(Role.OCCUPATIONAL_HEALTH)),
        asked(ana.exchange_id, StepKind.ACCEPT_STUDENT, of_lipid(), LATER),
        asked(ana.exchange_id, StepKind.ACCEPT_OFFER, of_student(ana.person_id)),
    )
    await office.record(eva.exchange_id, asked(eva.exchange_id, StepKind.SENDING_APPROVAL, of_sending()))

    async def kinds(actor: Actor | None) -> set[str]:
        return {row.kind for row in await reading.worklist(actor)}

    everything = {"host_approval", "clear_for_clinic", "accept_student", "accept_offer", "sending_approval"}
    assert await kinds(None) == await kinds(CLOCK) == everything
    assert await kinds(OFFICE) == everything - {"accept_offer", "clear_for_clinic"}
    assert await kinds(HEALTH) == {"clear_for_clinic"}
    assert await kinds(HOST) == {"host_approval", "accept_student"}
    assert await kinds(LIPID) == {"accept_student"}
    assert await kinds(SENDING) == {"sending_approval"}
    assert await kinds(student(ana.person_id)) == {"accept_offer"}
    assert await kinds(student(eva.person_id)) == set()
    assert await kinds(PARTNER) == set()


async def test_a_row_of_the_worklist_says_what_to_do(office: Office, reading: Reading) -> None:
    ana = await office.nominate(1, native_name="安娜")
    step = asked(ana.exchange_id, StepKind.HOST_APPROVAL, of_host())
    await office.record(ana.exchange_id, StageEntered(at=NOW, stage=Stage.HOST_APPROVAL), step)
    [row] = await reading.worklist(HOST, WorklistFilter(now=DUE + timedelta(seconds=1)))
    assert row.student is not None
    assert (row.student.name, row.student.native_name) == ("RIVERA Ana Lucia", "安娜")
    assert (row.exchange_id, row.stage, row.title) == (ana.exchange_id, Stage.HOST_APPROVAL, "Host approval")
    assert row.outcomes == ("approve", "return", "reject")
    assert (row.due_at, row.zone, row.overdue, row.rungs_fired, row.escalated) == (
        DUE,
        "Asia/Shanghai",
        True,
        (),
        False,
    )
    await office.record(
        ana.exchange_id, RungFired(at=LATER, step_id=step.step_id, rung=1, missed=(0,), rung_kind=RungKind.ESCALATION)
    )
    [row] = await reading.worklist(HOST, WorklistFilter(now=DUE))
    assert (row.overdue, row.rungs_fired, row.rungs, row.escalated) == (False, (0, 1), 2, True)
    assert [r.overdue for r in await reading.worklist(HOST)] == [False]


async def test_worklists_are_filtered_ordered_and_paged(office: Office, reading: Reading) -> None:
    students = [await office.nominate(n) for n in range(1, 8)]
    for n, one in enumerate(students):
        due = DUE + timedelta(days=n % 3)
        await office.record(one.exchange_id, asked(one.exchange_id, StepKind.HOST_APPROVAL, of_host(), due))
    rows = await reading.worklist(HOST)
    assert [(r.due_at, r.step_id) for r in rows] == sorted((r.due_at, r.step_id) for r in rows)
    paged: list[str] = []
    after = None
    while page := await reading.worklist(HOST, WorklistFilter(limit=3, after=after)):
        assert len(page) <= 3
        paged += [r.step_id for r in page]
        after = page[-1].cursor
    assert paged == [r.step_id for r in rows]

    async def number(**conditions: Any) -> int:
        return len(await reading.worklist(HOST, WorklistFilter(**conditions)))

    assert await number(now=DUE + timedelta(hours=1), overdue=True) == 3
    assert await number(exchange_id=students[0].exchange_id) == 1
    assert (await number(cohort_id=COHORT), await number(cohort_id="another")) == (7, 0)
    assert (await number(kinds=(StepKind.HOST_APPROVAL,)), await number(kinds=(StepKind.DEPART,))) == (7, 0)
    assert (await number(institution="cqmu", role=Role.COORDINATOR), await number(institution="dartmouth")) == (7, 0)
    assert (await number(stage=Stage.NOMINATION), await number(stage=Stage.DEPARTURE)) == (7, 0)
    for wrong in ("", "nonsense", "2027-01-01T00:00:00~x", "2027-01-01T00:00:00+00:00"):
        with pytest.raises(BadInput, match=r"cursor.unknown field=after"):
            await reading.worklist(HOST, WorklistFilter(after=wrong))
    with pytest.raises(BadInput, match=r"now.needed"):
        await reading.worklist(HOST, WorklistFilter(overdue=True))
    with pytest.raises(ValidationError):
        WorklistFilter(limit=100_000)


async def test_steps_that_another_act_closes_offer_no_answer(office: Office, reading: Reading) -> None:
    ana = await office.nominate(1)
    step = asked(ana.exchange_id, StepKind.SUBMIT_DOCUMENTS, of_student(ana.person_id), subject="cv")
    await office.record(ana.exchange_id, step.model_copy(update={"outcomes": ("complete",)}))
    [row] = await reading.worklist(student(ana.person_id))
    assert row.outcomes == ()


async def test_exchanges_are_found_and_paged(office: Office, reading: Reading) -> None:
    codes = [(await office.nominate(n)).exchange_id for n in range(1, 6)]
    li = (await office.nominate(6, **OUTGOING)).exchange_id
    await office.record(codes[0], StageEntered(at=NOW, stage=Stage.SEAT))
    closed = ExchangeClosed(at=NOW, outcome=Outcome.WITHDRAWN, reason="withdrawn", mobility=MobilityStatus.CANCELLED)
    await office.record(codes[1], closed)

    async def found(**conditions: Any) -> list[str]:
        return [row.exchange_id for row in await reading.exchanges(ExchangeFilter(**conditions))]

    assert await found() == sorted([*codes, li])
    assert await found(cohort_id=COHORT) == codes
    assert await found(sending="cqmu") == await found(host="dartmouth") == await found(direction="outgoing") == [li]
    assert await found(stage=Stage.SEAT) == codes[:1]
    assert (await found(closed=True), await found(outcome=Outcome.WITHDRAWN)) == (codes[1:2], codes[1:2])
    assert codes[1] not in await found(closed=False)
    assert (await found(year=2027), await found(year=2028)) == (sorted([*codes, li]), [])
    for text in ("李娜", "li na", "NA LI", "f00006", li.lower()):
        assert await found(search=text) == [li], text
    assert await found(search="%") == await found(search="_") == []
    everyone = sorted([*codes, li])
    assert (await found(limit=2), await found(after=everyone[1])) == (everyone[:2], everyone[2:])
    assert await reading.counts_by_stage() == dict.fromkeys(Stage, 0) | {
        Stage.NOMINATION: 4,
        Stage.SEAT: 1,
        Stage.CLOSED: 1,
    }
    assert list(await reading.counts_by_stage(cohort_id=COHORT)) == list(Stage)


async def test_a_list_says_what_happens_next_in_four_queries(office: Office, reading: Reading) -> None:
    students = [await office.nominate(n) for n in range(1, 7)]
    for one in students:
        await office.record(
            one.exchange_id,
            asked(one.exchange_id, StepKind.ACCEPT_OFFER, of_student(one.person_id), LATER),
            asked(one.exchange_id, StepKind.HOST_APPROVAL, of_host()),
        )
    with counted(office) as statements:
        rows = await reading.exchanges(ExchangeFilter(now=DUE + timedelta(hours=1)))
    assert len(statements) == 4
    moves = [[(move.kind, move.owner.role, move.overdue) for move in row.next_moves] for row in rows]
    assert moves == [[("host_approval", Role.COORDINATOR, True), ("accept_offer", Role.STUDENT, False)]] * 6
    with counted(office) as statements:
        assert len(await reading.worklist(None)) == 12
    assert len(statements) == 2


async def test_a_cohort_shows_seats_and_waitlist(office: Office, reading: Reading) -> None:
    await open_cohort(office)
    ana, eva = [(await office.nominate(n)).exchange_id for n in (1, 2)]
    taken = TakeSeat(key="k", cohort_id=COHORT, exchange_id=ana, held=True, at=NOW)
    await Seats(office.sessions, NoOutbox(), Wakers(CountingWaker())).take_seat(taken)
    await office.record(COHORT, WaitlistChanged(at=NOW, exchange_ids=(eva,), reason="all seats are taken"))
    for actor in (None, HOST, PARTNER):
        view = await reading.cohort(COHORT, actor)
        assert view is not None
        assert [(s.number, s.exchange_id, s.held) for s in view.seats][:2] == [(1, ana, True), (2, None, False)]
        assert (view.cap, view.free, [w.exchange_id for w in view.waitlist]) == (5, 4, [eva])
        assert view.waitlist[0].student is not None
    for actor in (STRANGER, student("p-1"), LIPID):
        assert await reading.cohort(COHORT, actor) is None
    assert await reading.cohort("unknown") is None


async def test_escalations_are_told_in_order_and_only_once(office: Office, reading: Reading) -> None:
    ana, eva = [(await office.nominate(n)).exchange_id for n in (1, 2)]
    for code in (ana, eva):
        step = asked(code, StepKind.HOST_APPROVAL, of_host())
        reminder = RungFired(at=DUE, step_id=step.step_id, rung=0, to=(Target.OWNER,))
        escalation = RungFired(
            at=LATER,
            step_id=step.step_id,
            rung=1,
            rung_kind=RungKind.ESCALATION,
            to=(Target.HEAD_OF_OFFICE,),
            copy_to=(Target.PARTNER_OFFICE,),
        )
        await office.record(code, step, reminder, escalation)
    first, second = await reading.escalations()
    assert (first.exchange_id, first.rung, first.to, first.copy_to) == (
        ana,
        1,
        (Target.HEAD_OF_OFFICE,),
        (Target.PARTNER_OFFICE,),
    )
    assert (first.at, first.due_at, first.status, first.owner.institution) == (LATER, DUE, StepStatus.OPEN, "cqmu")
    assert await reading.escalations(EscalationFilter(after=first.cursor)) == [second]
    assert await reading.escalations(EscalationFilter(after=second.cursor)) == []
    assert await reading.escalations(EscalationFilter(exchange_id=eva)) == [second]
    assert await reading.escalations(actor=STRANGER) == []
    closed = StepClosed(at=LATER, step_id=first.step_id, status=StepStatus.CANCELLED, outcome="cancelled")
    await office.record(ana, closed)
    assert await reading.escalations(EscalationFilter(still_open=True)) == [second]
    with pytest.raises(BadInput, match=r"cursor.unknown field=after"):
        await reading.escalations(EscalationFilter(after="x"))


async def test_messages_and_tasks_are_listed(office: Office, reading: Reading) -> None:
    ana = (await office.nominate(1)).exchange_id
    async with office.sessions.begin() as session:
        for number in range(5):
            session.add(message(ana, number))
        await session.flush()
        for key, closed in (("t-1", None), ("t-2", LATER)):
            session.add(
                OperatorTaskRow(key=key, kind="mail", subject=ana, detail="refused", opened_at=NOW, closed_at=closed)
            )
    found = await reading.messages()
    assert [m.key for m in found] == [f"m-{n}" for n in range(5)]
    assert [m.key for m in await reading.messages(MessageFilter(limit=2, after=found[1].cursor))] == ["m-2", "m-3"]
    assert [m.key for m in await reading.messages(MessageFilter(status="sent"))] == ["m-4"]
    assert len(await reading.messages(MessageFilter(exchange_id=ana, kind="step_opened", recipient_id=HOST.id))) == 5
    assert await reading.messages(MessageFilter(recipient_id="nobody")) == []
    with pytest.raises(BadInput, match=r"status.choose"):
        await reading.messages(MessageFilter(status="lost"))
    assert [t.key for t in await reading.operator_tasks()] == ["t-1"]
    assert [t.key for t in await reading.operator_tasks(closed=True)] == ["t-1", "t-2"]


def message(exchange_id: str, number: int) -> MessageRow:
    return MessageRow(
        key=f"m-{number}",
        kind="step_opened",
        exchange_id=exchange_id,
        stream=exchange_id,
        recipient_id=HOST.id,
        recipient_role=Role.COORDINATOR,
        language="en",
        params={},
        status=MessageStatus.SENT if number == 4 else MessageStatus.QUEUED,
        created_at=NOW,
        not_before=NOW,
    )
