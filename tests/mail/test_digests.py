"""Digests on both databases: who gets one, what it lists, and that nobody gets two or an empty one."""

import re
from datetime import date, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtplib.email import flatten_message

from activities.mail import Mail
from mail.drafts import Written
from mail.host import MailSettings
from mail.render import render
from models.catalogue.units import BlockReason, UnitTerms, whole_weeks
from models.events import (
    PlaceAssigned,
    PlaceReleased,
    RungFired,
    StepHeld,
    StepOpened,
    StepResumed,
    StepSnoozed,
    UnitChanged,
)
from models.messages.contracts import SendMail
from models.people.authorization import Owner
from models.posting import DigestChoice
from models.tables import MessageStatus, UnitRow, UnitSlotRow
from models.vocabulary import Content, HoldCause, Role, RungKind, Side, StepKind, Target
from records.store.engine import transaction
from tests.databases import Database
from tests.mail.mornings import DAY, EVENING, MORNING, NEW_YORK, Mornings, plan
from tests.mail.world import CODE, opened, owner

VERIFY = f"{CODE}.verify_nomination.1"
INSURANCE = f"{CODE}.submit_insurance.1"
AT_CQMU = "digest:2026-12-01:cqmu.coordinator"
OF_STUDENT = "digest:2026-12-01:p1"
STUDENT = owner(Side.STUDENT, Role.STUDENT)
HOST = owner(Side.HOST, Role.COORDINATOR)
LONG_AGO = MORNING - 20 * DAY


@pytest.fixture
async def world(database: Database) -> Mornings:
    """An exchange that has begun, on each database."""
    world = Mornings(database.sessions)
    await world.begin()
    return world


def verify(due_in: timedelta, opened_at: datetime = LONG_AGO) -> StepOpened:
    """A step of the host's coordinator."""
    step = opened(StepKind.VERIFY_NOMINATION, due_at=MORNING + due_in, at=opened_at)
    return step.model_copy(update={"outcomes": ("verified", "returned", "rejected")})


def insure(due_in: timedelta, opened_at: datetime = LONG_AGO) -> StepOpened:
    """A step of the student."""
    return opened(StepKind.SUBMIT_INSURANCE, to=STUDENT, subject="insurance", due_at=MORNING + due_in, at=opened_at)


async def test_where_nothing_waits_nobody_is_written_to(world: Mornings) -> None:
    assert await world.morning() == []
    await world.record(verify(8 * DAY), insure(8 * DAY))
    assert await world.morning() == []
    assert await world.morning(NEW_YORK, EVENING) == []
    assert world.waker.woken == 0


async def test_everybody_who_owes_something_gets_one_in_the_morning_of_their_zone(world: Mornings) -> None:
    await world.record(verify(-DAY), insure(2 * DAY))
    assert await world.morning() == [AT_CQMU]
    assert await world.morning(NEW_YORK, EVENING) == [OF_STUDENT]
    assert world.waker.woken == 2
    (mail,) = [m for m in await world.messages() if m.key == OF_STUDENT]
    assert (mail.kind, mail.recipient_id, mail.exchange_id, mail.step_id) == ("digest", "p1", None, None)
    assert (mail.created_at, mail.not_before) == (EVENING, EVENING)


async def test_a_second_run_writes_nothing_twice(world: Mornings) -> None:
    await world.record(verify(-DAY))
    assert await world.morning() == [AT_CQMU]
    assert await world.morning() == []
    await world.sent()
    assert await world.morning(at=MORNING + timedelta(hours=3)) == []
    assert await world.morning(at=MORNING + DAY) == ["digest:2026-12-02:cqmu.coordinator"]


async def test_who_asks_for_them_gets_them_at_any_hour_beside_those_of_the_morning(world: Mornings) -> None:
    await world.record(verify(-DAY))
    night = MORNING - timedelta(hours=3)
    assert await world.morning(at=night) == []
    assert await world.morning(at=night, asked="a1") == ["digest:a1:cqmu.coordinator"]
    assert await world.morning(at=night, asked="a1") == [], "asked again under the same id"
    assert await world.morning() == [AT_CQMU], "one that has not left is in that of the morning"
    await world.sent()
    assert await world.morning(at=MORNING + timedelta(hours=2), asked="a2") == ["digest:a2:cqmu.coordinator"]


async def test_after_an_outage_there_is_one_and_it_looks_back_to_the_last(world: Mornings) -> None:
    await world.record(verify(-DAY))
    await world.morning()
    await world.sent()
    await world.record(opened(StepKind.HOST_APPROVAL, to=HOST, due_at=MORNING + 30 * DAY, at=MORNING))
    # Three mornings are missed; what comes back at night waits for eight o'clock.
    assert await world.morning(at=MORNING + 4 * DAY - timedelta(hours=5)) == []
    (key,) = await world.morning(at=MORNING + 4 * DAY + timedelta(hours=2))
    assert key == "digest:2026-12-05:cqmu.coordinator"
    assert list(await world.sections(key)) == ["Overdue"]
    fresh = opened(
        StepKind.HOST_APPROVAL,
        number=2,
        to=HOST,
        due_at=MORNING + 30 * DAY,
        at=MORNING + DAY,
    )
    await world.record(fresh)
    assert any(fresh.step_id in line for line in (await world.sections(key))["Due later: new, or a reminder"])


async def test_who_never_had_one_hears_of_what_an_outage_left_out(world: Mornings) -> None:
    await world.record(verify(20 * DAY, opened_at=MORNING - 4 * DAY))
    assert await world.morning() == [AT_CQMU]
    assert list(await world.sections(AT_CQMU)) == ["Due later: new, or a reminder"]


async def test_one_that_the_mail_host_did_not_take_is_replaced_by_the_next(world: Mornings) -> None:
    await world.record(verify(-DAY))
    await world.morning()
    (key,) = await world.morning(at=MORNING + DAY)
    assert {m.key: m.status for m in await world.messages() if m.kind == "digest"} == {
        AT_CQMU: MessageStatus.WITHDRAWN,
        key: MessageStatus.QUEUED,
    }


async def test_what_it_lists(world: Mornings) -> None:
    late, held = verify(-DAY), opened(StepKind.CONFIRM_BED, subject="bed-1", due_at=MORNING + DAY, at=LONG_AGO, to=HOST)
    await world.record(
        late,
        opened(StepKind.HOST_APPROVAL, due_at=MORNING + 0.5 * DAY, at=LONG_AGO, to=HOST),
        opened(StepKind.SENDING_APPROVAL, due_at=MORNING + 6 * DAY, at=MORNING - 0.2 * DAY, to=HOST),
        opened(StepKind.CORRECT_NOMINATION, due_at=MORNING + 5 * DAY, at=LONG_AGO),
        opened(StepKind.DECIDE_FORM, due_at=MORNING + 9 * DAY, at=MORNING - 0.2 * DAY, to=HOST),
        opened(StepKind.ORIENTATION, due_at=MORNING + 9 * DAY, at=LONG_AGO, to=HOST),
        held,
        StepHeld(
            at=LONG_AGO,
            step_id=held.step_id,
            because=HoldCause.OTHER_SIDE,
            cause=f"{CODE}.correct_nomination.1",
            since=LONG_AGO,
        ),
    )
    (key,) = await world.morning()
    found = await world.sections(key)
    ids = {heading: [line.split(" | ")[-1].split(".")[1] for line in lines] for heading, lines in found.items()}
    assert ids == {
        "Overdue": ["verify_nomination"],
        "Due today": ["host_approval"],
        "Due in the next seven days": ["sending_approval"],
        "Due later: new, or a reminder": ["decide_form"],
        "Waiting for somebody else first": ["confirm_bed"],
        "You wait for others": ["correct_nomination"],
    }
    assert found["Overdue"] == (
        "Mon 30 Nov 2026, 08:00 China time (1 day ago) | Verify the nomination | LI Na 李娜 | " + VERIFY,
    )
    assert " | new | " in found["Due in the next seven days"][0]
    assert "waits for: Correct the returned nomination" in found["Waiting for somebody else first"][0]
    assert "the exchange coordinator of Dartmouth College" in found["You wait for others"][0]


async def test_what_is_done_before_it_is_sent_is_left_out(world: Mornings) -> None:
    second = opened(StepKind.VERIFY_NOMINATION, number=2, due_at=MORNING - DAY, at=LONG_AGO)
    await world.record(verify(-DAY), second)
    (key,) = await world.morning()
    await world.close(VERIFY, MORNING)
    assert [line.split(" | ")[-1] for line in (await world.sections(key))["Overdue"]] == [second.step_id]
    await world.close(second.step_id, MORNING)
    assert await world.letter(key) is None


async def test_places_to_move_are_listed_with_where_they_are_moved_until_they_are(world: Mornings) -> None:
    unit, place = "cqmu-lipid", f"{CODE}.laboratory.1"
    async with transaction(world.sessions) as session:
        session.add(UnitRow(unit_id=unit, institution_id="cqmu", content=Content.LABORATORY, capacity=2))
        await session.flush()
        session.add(UnitSlotRow(unit_id=unit, slot=1))
    held = PlaceAssigned(
        at=LONG_AGO,
        placement_id=place,
        content=Content.LABORATORY,
        unit_id=unit,
        start=date(2027, 3, 1),
        end=date(2027, 4, 16),
    )
    await world.record(held)
    assert await world.morning() == []
    before, week = UnitTerms(capacity=2), date(2027, 3, 10)
    closed = before.model_copy(update={"blocked": (whole_weeks(week, week, BlockReason.INSPECTION),)})
    edit = {"unit_id": unit, "institution": "cqmu", "version": 1, "before": before, "after": closed}
    changed = UnitChanged.model_validate({"at": MORNING - timedelta(hours=1), "to_move": (place,)} | edit)
    await world.record(changed, stream=f"unit:{unit}")
    of_unit = "digest:2026-12-01:cqmu.lipid"
    assert {AT_CQMU, of_unit} <= set(await world.morning())
    for key, links in ((AT_CQMU, 1), (of_unit, 0)):
        [line] = (await world.sections(key))["Places to move"]
        assert line.startswith("Lab for Lipid Research | LI Na | ")
        assert "Inspection" in line
        letter = await world.letter(key)
        assert letter is not None
        assert render(letter).text.count(f"/exchanges/{CODE}/changes") == links
    await world.sent()
    assert await world.morning(at=MORNING + DAY) == [], "said once, and again on Monday"
    assert of_unit.replace("12-01", "12-07") in await world.morning(at=MORNING + 6 * DAY)
    await world.record(PlaceReleased(at=MORNING, placement_id=place))
    assert await world.letter(AT_CQMU) is None


async def test_reminders_wait_for_it_but_for_the_last(world: Mornings) -> None:
    """Standard ladder: reminders 10, 7 and 1 days before the step is due, the last one at once (D16)."""
    due = MORNING + 10 * DAY - timedelta(hours=6)
    rungs = {0: due - 10 * DAY, 1: due - 7 * DAY, 2: due - DAY}
    step = insure(10 * DAY).model_copy(update={"plan": plan("submit_insurance", due, rungs, NEW_YORK)})
    await world.record(step)

    def fired(index: int) -> RungFired:
        last = index == 2
        at = rungs[index]
        return RungFired(at=at, scheduled_at=at, step_id=INSURANCE, rung=index, to=(Target.OWNER,), last=last)

    assert await world.record(fired(0)) == 0
    assert await world.morning(NEW_YORK, EVENING) == [OF_STUDENT]
    await world.sent()
    assert await world.morning(NEW_YORK, EVENING + DAY) == [], "said once"
    assert await world.record(fired(1)) == 0
    assert await world.record(fired(2)) == 1


async def test_what_is_put_off_or_suspended_is_left_out(world: Mornings) -> None:
    await world.record(verify(2 * DAY), insure(2 * DAY))
    snoozed = StepSnoozed(at=LONG_AGO, step_id=VERIFY, decision_id="s1", until=MORNING + timedelta(hours=1))
    suspended = StepHeld(at=LONG_AGO, step_id=INSURANCE, because=HoldCause.SUSPENSION, cause="s-1", since=LONG_AGO)
    await world.record(snoozed, suspended)
    assert await world.morning() == []
    assert await world.morning(NEW_YORK, EVENING) == []
    assert await world.morning(at=MORNING + DAY) == ["digest:2026-12-02:cqmu.coordinator"]


async def test_a_step_that_no_longer_waits_for_the_other_side_is_new(world: Mornings) -> None:
    due, cause = MORNING + 20 * DAY, f"{CODE}.correct_nomination.1"
    hold = StepHeld(at=LONG_AGO, step_id=INSURANCE, because=HoldCause.OTHER_SIDE, cause=cause, since=LONG_AGO)
    await world.record(insure(20 * DAY), hold)
    assert await world.morning(NEW_YORK, EVENING) == []
    resumed = StepResumed(
        at=EVENING + timedelta(hours=1),
        step_id=INSURANCE,
        because=HoldCause.OTHER_SIDE,
        cause=cause,
        since=LONG_AGO,
        until=EVENING + timedelta(hours=1),
        plan=plan("submit_insurance", due, {}, NEW_YORK),
    )
    await world.record(resumed)
    (key,) = await world.morning(NEW_YORK, EVENING + DAY)
    assert list(await world.sections(key)) == ["Due later: new, or a reminder"]


async def test_preferences(world: Mornings) -> None:
    await world.prefer("cqmu.coordinator", DigestChoice.OFF)
    assert await world.record(verify(9 * DAY)) == 1, "who wants no digest hears of everything at once"
    await world.record(opened(StepKind.CORRECT_NOMINATION, due_at=MORNING - DAY, at=LONG_AGO))
    await world.prefer("dartmouth.coordinator", DigestChoice.WEEKDAYS, "Asia/Shanghai")
    assert await world.morning(NEW_YORK, EVENING) == []
    assert await world.morning() == ["digest:2026-12-01:dartmouth.coordinator"]
    await world.sent()
    saturday = MORNING + 4 * DAY
    assert await world.morning(at=saturday) == []
    assert await world.morning(at=saturday + 2 * DAY) == ["digest:2026-12-07:dartmouth.coordinator"]


async def test_who_wants_none_gets_none_and_each_says_where_that_is_said(world: Mornings) -> None:
    await world.record(verify(-DAY), opened(StepKind.SUBMIT_INSURANCE, due_at=MORNING - DAY, at=LONG_AGO, to=STUDENT))
    assert AT_CQMU in await world.morning()
    async with transaction(world.sessions) as session:
        found = await world.drafts.look(session, "t", MORNING, urgent=False)
    assert isinstance(found, Written)
    sent = message_from_bytes(flatten_message(found.mail), policy=default)
    where = sent["List-Unsubscribe"].removeprefix("<https://sojourn.example/rhythm/").removesuffix(">")
    assert world.signing.rhythm_of(where, MORNING).person == "cqmu.coordinator"
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert b"List-Unsubscribe: <https://" in flatten_message(found.mail), "whole, as mail programs look for it"
    await world.prefer("cqmu.coordinator", DigestChoice.NONE)
    await world.prefer("p1", DigestChoice.NONE)
    another = opened(StepKind.VERIFY_NOMINATION, number=2, due_at=MORNING + 9 * DAY, at=MORNING)
    assert await world.record(another) == 0, "what can wait stands in the worklist alone"
    assert await world.morning(at=MORNING + DAY) == []
    assert await world.morning(NEW_YORK, EVENING + DAY) == []


async def test_the_part_of_who_is_away_is_in_the_deputys(world: Mornings) -> None:
    await world.record(verify(-DAY))
    await world.leave("cqmu.coordinator", "cqmu.housing_officer", MORNING - DAY)
    await world.sent()
    (key,) = await world.morning()
    assert key == "digest:2026-12-01:cqmu.housing_officer"
    assert "代Coordinator of Cqmu" in (await world.sections(key))["逾期"][0]
    assert await world.morning(at=MORNING + 9 * DAY) == ["digest:2026-12-10:cqmu.coordinator"]


async def test_steps_of_a_role_that_nobody_holds_are_in_the_coordinators(world: Mornings) -> None:
    def of(role: Role, unit: str = "", institution: str = "cqmu") -> Owner:
        return Owner(side=Side.HOST, role=role, institution=institution, unit=unit)

    await world.record(
        opened(StepKind.CLEAR_FOR_CLINIC, due_at=MORNING, at=LONG_AGO, to=of(Role.OCCUPATIONAL_HEALTH)),
        opened(StepKind.ACCEPT_STUDENT, due_at=MORNING, at=LONG_AGO, to=of(Role.SUPERVISOR, "cqmu-child")),
        opened(StepKind.ACCEPT_STUDENT, number=2, due_at=MORNING, at=LONG_AGO, to=of(Role.SUPERVISOR, "cqmu-lipid")),
    )
    assert await world.morning() == [AT_CQMU, "digest:2026-12-01:cqmu.lipid"]
    listed = (await world.sections(AT_CQMU))["Due today"]
    assert [line.split(" | ")[-1] for line in listed] == [
        f"{CODE}.accept_student.1",
        f"{CODE}.clear_for_clinic.1",
    ]


async def test_a_supervisor_answers_from_the_digest(world: Mornings) -> None:
    """Each step has a link of its own, for this step and this person; nobody else's digest has any."""
    unit = Owner(side=Side.UNIT, role=Role.SUPERVISOR, institution="cqmu", unit="cqmu-lipid")
    steps = [opened(StepKind.ACCEPT_STUDENT, number=n, due_at=MORNING, at=LONG_AGO, to=unit) for n in (1, 2)]
    await world.record(*steps, verify(-DAY))
    coordinators, supervisors = await world.morning()
    letter = await world.letter(supervisors)
    assert letter is not None
    text = render(letter).text
    found = re.findall(r"https://sojourn.example/act/(\S+)", text)
    named = [world.signing.action_of(token, MORNING) for token in found]
    assert [(one.step_id, one.person) for one in named] == [(step.step_id, "cqmu.lipid") for step in steps]
    assert render(letter).html.count("/act/") == 2
    other = await world.letter(coordinators)
    assert other is not None
    assert "/act/" not in render(other).text


async def test_a_long_list_is_counted_not_listed(world: Mornings) -> None:
    await world.record(
        *(opened(StepKind.VERIFY_NOMINATION, number=n, due_at=MORNING - DAY, at=LONG_AGO) for n in range(1, 44))
    )
    (key,) = await world.morning()
    overdue = (await world.sections(key))["Overdue"]
    assert (len(overdue), overdue[-1]) == (41, "and 3 more; see your worklist")
    letter = await world.letter(key)
    assert letter is not None
    assert letter.body.subject == "Tue 1 Dec 2026: 43 overdue"


async def test_an_escalation_reaches_people_at_once_whatever_they_prefer(world: Mornings) -> None:
    await world.record(verify(-DAY))
    rung = RungFired(
        at=MORNING, scheduled_at=MORNING, step_id=VERIFY, rung=3, rung_kind=RungKind.ESCALATION, to=(Target.OWNER,)
    )
    for round, choice in enumerate(DigestChoice):
        await world.prefer("cqmu.coordinator", choice)
        assert await world.record(rung.model_copy(update={"round": round})) == 1


async def test_one_with_nothing_left_to_say_is_settled_without_a_mail(world: Mornings) -> None:
    await world.record(verify(-DAY))
    await world.morning()
    await world.close(VERIFY, MORNING)
    # Nobody listens there: a mail that left would be put off.
    mail = Mail(world.sessions, world.programme, MailSettings(host="127.0.0.1", port=9, sender="a@sojourn.example"))
    answer = await mail.send_batch(SendMail(now=MORNING))
    assert (answer.sent, answer.delayed, answer.refused, answer.next_at) == (0, 0, 0, None)
    assert [m.status for m in await world.messages()] == [MessageStatus.WITHDRAWN]
    assert await world.tasks() == {}
