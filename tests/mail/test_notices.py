"""Who is told what: without a database."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from models.catalogue.loading import load_programme
from models.events import (
    Arrived,
    BedAssigned,
    CertificateIssued,
    CohortClosedBelowMinimum,
    DeadlineExtended,
    Event,
    ExchangeClosed,
    PersonCorrected,
    RungFired,
    SeatAnswered,
    StepReassigned,
)
from models.notifications.addressing import Setting
from models.notifications.notices import FACTS, NoticeKind, Reader, StepFacts
from models.notifications.recipients import notices_of, told_when_opened
from models.people.authorization import Actor, Owner
from models.vocabulary import Announce, MobilityStatus, Outcome, Role, RungKind, Side, StepKind, Target
from tests.mail.world import CODE, DUE, NOW, opened, owner

SETTING = Setting(sending="dartmouth", host="cqmu", home="cqmu", student="p1", year=2027)
HOST = owner(Side.HOST, Role.COORDINATOR)
STUDENT = owner(Side.STUDENT, Role.STUDENT)
OFFICE = owner(Side.PROGRAMME, Role.PROGRAMME_OFFICE)


def step(to: Owner = HOST, kind: StepKind = StepKind.VERIFY_NOMINATION) -> StepFacts:
    return StepFacts(step_id=f"{CODE}.{kind}.1", step=kind, owner=to, due_at=DUE, zone="Asia/Shanghai")


def told(event: Event, facts: StepFacts | None = None) -> list[tuple[str, str, str, str]]:
    """Kind, role, institution or person, and reader."""
    notices = notices_of(event, SETTING, facts)
    return [(n.kind, n.to.role, n.to.person or n.to.institution, n.reader) for n in notices]


def rung(to: tuple[Target, ...], copy_to: tuple[Target, ...] = (), kind: RungKind = RungKind.ESCALATION) -> RungFired:
    return RungFired(at=NOW, step_id=f"{CODE}.x.1", rung=3, rung_kind=kind, to=to, copy_to=copy_to)


def test_a_step_is_told_to_its_owner_only() -> None:
    assert told(opened(StepKind.VERIFY_NOMINATION), step()) == [("step_opened", "coordinator", "cqmu", "owner")]


def test_a_students_step_is_told_to_the_student_only() -> None:
    facts = step(STUDENT, StepKind.SUBMIT_DOCUMENTS)
    assert told(opened(StepKind.SUBMIT_DOCUMENTS), facts) == [("step_opened", "student", "p1", "owner")]


def test_waiting_for_a_seat_asks_nothing_of_anybody() -> None:
    facts = step(OFFICE, StepKind.WAIT_FOR_SEAT).model_copy(update={"silent": True})
    assert told(opened(StepKind.WAIT_FOR_SEAT, to=OFFICE), facts) == []


@pytest.mark.parametrize(
    ("to", "target", "expected"),
    [
        (HOST, Target.OWNER, ("coordinator", "cqmu", "owner")),
        (HOST, Target.COORDINATOR, ("coordinator", "cqmu", "owner")),
        (HOST, Target.HEAD_OF_OFFICE, ("head_of_office", "cqmu", "responsible")),
        (HOST, Target.PARTNER_OFFICE, ("partner_office", "dartmouth", "copy")),
        (HOST, Target.PROGRAMME_OFFICE, ("programme_office", "cqmu", "responsible")),
        (STUDENT, Target.OWNER, ("student", "p1", "owner")),
        (STUDENT, Target.COORDINATOR, ("coordinator", "dartmouth", "responsible")),
        (STUDENT, Target.PARTNER_OFFICE, ("partner_office", "cqmu", "copy")),
        (OFFICE, Target.PARTNER_OFFICE, ("partner_office", "dartmouth", "copy")),
        (OFFICE, Target.OWNER, ("programme_office", "", "owner")),
    ],
)
def test_a_rung_speaks_to_its_targets(to: Owner, target: Target, expected: tuple[str, ...]) -> None:
    assert told(rung((target,)), step(to)) == [("escalation", *expected)]


def test_a_copy_reads_only_and_nobody_is_told_twice() -> None:
    event = rung((Target.HEAD_OF_OFFICE,), (Target.PARTNER_OFFICE, Target.HEAD_OF_OFFICE))
    assert told(event, step()) == [
        ("escalation", "head_of_office", "cqmu", "responsible"),
        ("escalation", "partner_office", "dartmouth", "copy"),
    ]


def test_a_reminder_is_no_escalation_and_the_end_is_one() -> None:
    assert told(rung((Target.OWNER,), kind=RungKind.REMINDER), step())[0][0] == "reminder"
    assert told(rung((Target.OWNER,), kind=RungKind.END), step())[0][0] == "escalation"
    assert told(rung(()), step()) == []


def test_a_changed_deadline_is_not_told_to_who_changed_it() -> None:
    actor = Actor(id="cqmu.head_of_office", role=Role.HEAD_OF_OFFICE, institution="cqmu")
    event = DeadlineExtended(at=NOW, actor=actor, step_id="s", decision_id="d", due_at=DUE)
    (notice,) = notices_of(event, SETTING, step())
    assert (notice.kind, notice.to.role, notice.except_for) == ("deadline_changed", "coordinator", actor.id)


def test_a_reassigned_step_is_opened_for_its_new_owner() -> None:
    officer = owner(Side.HOST, Role.HOUSING_OFFICER)
    event = StepReassigned(at=NOW, step_id="s", decision_id="d", owner=officer)
    assert told(event, step(officer)) == [("step_opened", "housing_officer", "cqmu", "owner")]


EVENTS: list[tuple[Event, set[tuple[str, str]]]] = [
    (SeatAnswered(at=NOW, answer="waitlisted", position=3), {("student", "p1"), ("coordinator", "dartmouth")}),
    (SeatAnswered(at=NOW, answer="granted", seat=3), set()),
    (Arrived(at=NOW, report_id="r", arrived_at=NOW), {("partner_office", "dartmouth")}),
    (
        CertificateIssued(
            at=NOW, number="C-1", version=1, verification="abc", file_hash="0", issued_on=date(2027, 7, 5)
        ),
        {("student", "p1"), ("partner_office", "dartmouth")},
    ),
    (
        ExchangeClosed(at=NOW, outcome=Outcome.WITHDRAWN, reason="withdrawn", mobility=MobilityStatus.CANCELLED),
        {("student", "p1"), ("coordinator", "dartmouth"), ("coordinator", "cqmu")},
    ),
    (
        PersonCorrected(at=NOW, columns=("email",), nomination_version=2, nomination_before=1),
        {("student", "p1"), ("coordinator", "dartmouth"), ("coordinator", "cqmu")},
    ),
    (
        CohortClosedBelowMinimum(at=NOW, seats_taken=3, minimum=5),
        {("coordinator", "dartmouth"), ("coordinator", "cqmu"), ("programme_office", "cqmu")},
    ),
    (BedAssigned(at=NOW, bed_id="b", first_night=date(2027, 3, 1), last_night=date(2027, 6, 29)), set()),
    (
        BedAssigned(
            at=NOW,
            bed_id="b",
            first_night=date(2027, 3, 9),
            last_night=date(2027, 6, 29),
            decision_id="d",
            moved_from="a",
        ),
        {("student", "p1"), ("coordinator", "dartmouth"), ("coordinator", "cqmu"), ("housing_officer", "cqmu")},
    ),
]


@pytest.mark.parametrize(("event", "expected"), EVENTS, ids=[f"{e.kind}-{len(w)}" for e, w in EVENTS])
def test_what_happens_is_told_to_those_concerned(event: Event, expected: set[tuple[str, str]]) -> None:
    notices = notices_of(event, SETTING)
    assert {(n.to.role, n.to.person or n.to.institution) for n in notices} == expected
    assert {n.reader for n in notices} <= {Reader.INFORMED}


@pytest.mark.parametrize(
    ("announce", "legal", "due_in", "at_once"),
    [
        (Announce.NOW, False, timedelta(days=10), True),
        (Announce.DIGEST, False, timedelta(days=10), False),
        (Announce.DIGEST, False, timedelta(hours=48), False),
        (Announce.DIGEST, False, timedelta(hours=47, minutes=59), True),
        (Announce.DIGEST, True, timedelta(days=10), True),
    ],
)
def test_what_an_opening_waits_for(announce: Announce, legal: bool, due_in: timedelta, at_once: bool) -> None:
    facts = step().model_copy(update={"announce": announce, "legal": legal, "due_at": NOW + due_in})
    (notice,) = notices_of(opened(StepKind.VERIFY_NOMINATION), SETTING, facts)
    assert notice.at_once is at_once


@pytest.mark.parametrize(
    ("kind", "last", "legal", "at_once"),
    [
        (RungKind.REMINDER, False, False, False),
        (RungKind.REMINDER, True, False, True),
        (RungKind.REMINDER, False, True, True),
        (RungKind.ESCALATION, False, False, True),
        (RungKind.END, False, False, True),
    ],
)
def test_which_rungs_are_a_mail_of_their_own(kind: RungKind, last: bool, legal: bool, at_once: bool) -> None:
    event = rung((Target.OWNER,), (Target.PARTNER_OFFICE,), kind=kind).model_copy(update={"last": last})
    notices = notices_of(event, SETTING, step().model_copy(update={"legal": legal}))
    assert [notice.at_once for notice in notices] == [at_once, at_once]


@pytest.mark.parametrize(("delay", "late"), [(timedelta(hours=1), False), (timedelta(hours=1, seconds=1), True)])
def test_what_speaks_an_hour_late_is_told_with_what_else_was_missed(delay: timedelta, late: bool) -> None:
    event = rung((Target.OWNER,)).model_copy(update={"scheduled_at": NOW - delay})
    assert [notice.late for notice in notices_of(event, SETTING, step())] == [late]
    assert not notices_of(rung((Target.OWNER,)), SETTING, step())[0].late, "histories without the moment"


def test_decisions_that_concern_somebody_never_wait() -> None:
    for event, told_to in EVENTS:
        assert [n.at_once for n in notices_of(event, SETTING)] == [True] * len(told_to)


def test_what_the_catalogue_tells_at_once_when_it_opens() -> None:
    """Offers, what was returned, the law's clocks, and what else an exchange hangs on; the rest is in the digest."""
    steps = load_programme().policy.steps
    loud = {
        kind
        for kind, policy in steps.items()
        if not policy.silent and told_when_opened(policy.announce, timedelta(days=30), legal=policy.legal)
    }
    assert {StepKind.ACCEPT_OFFER, StepKind.ANSWER_SEAT_OFFER, StepKind.CORRECT_NOMINATION} <= loud
    assert {kind for kind, policy in steps.items() if policy.legal} <= loud
    quiet = {StepKind.VERIFY_NOMINATION, StepKind.SENDING_APPROVAL, StepKind.HOST_APPROVAL, StepKind.CONFIRM_BED}
    assert not quiet & loud


def test_facts_survive_the_outbox() -> None:
    for event, _ in EVENTS:
        for notice in notices_of(event, SETTING):
            stored: dict[str, Any] = notice.facts.model_dump(mode="json")
            assert FACTS[notice.kind].model_validate(stored) == notice.facts
    assert set(FACTS) == set(NoticeKind)
    assert step().due_at == datetime(2026, 12, 11, 15, 59, 59, tzinfo=UTC)
