"""What tells one act from another under its key: all that is asked, whoever asks it, and what was kept before."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from pydantic import BaseModel

from gateway.kinds import KINDS
from models.authority import PaperKind
from models.errors import KeyReused
from models.idempotency import Fingerprint, fingerprint, hashed, is_repeated
from models.messages.authority import RecordPaper
from models.messages.changes import DatesChange, DisciplineChange, RequestChange, WithdrawChange
from models.messages.clearance import RevokeClearance
from models.messages.cohorts import SetQuota
from models.messages.corrections import CorrectReport, Reported
from models.messages.exchange import (
    CorrectNomination,
    Decide,
    EndEarly,
    Evaluate,
    ExtendDeadline,
    Nominate,
    ReassignStep,
    Reopen,
    ReportArrival,
    ReportAttendance,
    ReportDeparture,
    ReportMovement,
    SnoozeStep,
    SubmitDocument,
    Withdraw,
)
from models.messages.housing import MoveBed
from models.messages.repetition import UNSAID, fingerprint_of, update_id
from models.messages.replans import ReplanCohort, Replanning
from models.messages.reviews import OverrideDocument
from models.messages.rules import MoveRules, RuleSet
from models.messages.suspensions import Coverage, ExemptExchange, ResumeExchanges, SuspensionReason, SuspensionStart
from models.people.authorization import Actor
from models.people.letters import LetterKind
from models.vocabulary import Content, Movement, Role, Scope
from models.wire import Wire
from tests.activities.students import nomination
from tests.programmes import small_programme
from workflows.certificate import Reissue
from workflows.letter import AskLetter

ANN = Actor(id="cqmu.coordinator", role=Role.COORDINATOR, institution="cqmu")
BO = Actor(id="dartmouth.coordinator", role=Role.COORDINATOR, institution="dartmouth")
AT = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
DAY, STEP = AT.date(), "EX-2027-DAR-001.verify_nomination.1"
NOTE = "EX-2027-DAR-001.note-1"
PLAN = nomination().to_plan(small_programme())
COVERS = Coverage(scope=Scope.HOST, target="cqmu")
REQUESTS: tuple[Wire, ...] = (
    Nominate(request_id="k", actor=ANN, note_id=NOTE),
    Decide(decision_id="k", step_id=STEP, outcome="verified", actor=ANN),
    SubmitDocument(submission_id="k", document_id="d", kind="cv", actor=ANN),
    CorrectNomination(decision_id="k", step_id=STEP, nomination_version=2, plan=PLAN, actor=ANN),
    ReportArrival(report_id="k", actor=ANN, arrived_at=AT),
    ReportMovement(report_id="k", actor=ANN, movement=Movement.LEFT_COUNTRY, moved_at=AT),
    MoveBed(decision_id="k", actor=ANN, bed_id="a", first_night=DAY),
    ReportAttendance(
        report_id="k",
        actor=ANN,
        content=Content.LABORATORY,
        first_day=DAY,
        last_day=DAY,
        hours_planned=8,
        hours_attended=7,
    ),
    Evaluate(decision_id="k", step_id=STEP, actor=ANN, ratings={"skills": 4, "team": 5}, passed=True),
    ReportDeparture(report_id="k", actor=ANN, departed_on=DAY),
    CorrectReport(decision_id="k", actor=ANN, reported=Reported.ARRIVAL, happened_at=AT),
    RecordPaper(decision_id="k", actor=ANN, paper=PaperKind.VISA),
    RevokeClearance(decision_id="k", actor=ANN),
    MoveRules(decision_id="k", actor=ANN, to=RuleSet(version="a")),
    OverrideDocument(decision_id="k", document_id="d", kind="passport", actor=ANN),
    Withdraw(decision_id="k", actor=ANN),
    RequestChange(decision_id="k", actor=ANN, change=DatesChange(start=DAY, end=DAY), plan=PLAN, version=1),
    WithdrawChange(decision_id="k", actor=ANN, change_id="c"),
    EndEarly(decision_id="k", actor=ANN, last_day=DAY, justified=True),
    ExtendDeadline(decision_id="k", step_id=STEP, actor=ANN, due_at=AT),
    SnoozeStep(decision_id="k", step_id=STEP, actor=ANN, until=AT),
    ReassignStep(decision_id="k", step_id=STEP, actor=ANN, role="head_of_office"),
    Reopen(decision_id="k", exchange_id="EX-2027-DAR-001", actor=ANN, note_id=NOTE),
    SetQuota(decision_id="k", actor=ANN, cap=6),
    ReplanCohort(decision_id="k", actor=ANN, replanning=Replanning(shift=7), exchanges=("EX-2027-DAR-001",)),
    SuspensionStart(suspension_id="k", coverage=COVERS, reason=SuspensionReason.OUTBREAK, actor=ANN, since=AT),
    ResumeExchanges(decision_id="k", actor=ANN),
    ExemptExchange(decision_id="k", actor=ANN, exchange_id="EX-2027-DAR-001"),
    Reissue(request_id="k", exchange_id="EX-2027-DAR-001", actor=ANN),
    AskLetter(request_id="k", exchange_id="EX-2027-DAR-001", letter=LetterKind.INVITATION, actor=ANN),
)
OTHERWISE: dict[str, Any] = {
    "step_id": "EX-2027-DAR-001.host_approval.1", "outcome": "rejected", "note_id": "n-2", "documents": ("cv",),
    "acknowledged": ("fees",), "bed_id": "b", "unit_id": "u", "valid_through": DAY, "justified": False,
    "document_id": "e",
    "kind": "photo", "issued_on": DAY, "expires_on": DAY, "nomination_version": 3, "entered_at": AT,
    "permitted_until": DAY, "rural": True,
    "single_entry": False, "movement": Movement.REENTERED, "content": Content.CLINICAL, "placement_id": "p",
    "first_day": date(2027, 2, 1), "last_day": date(2027, 4, 1), "hours_planned": 9.0, "hours_attended": 6.5,
    "ratings": {"skills": 4, "team": 4}, "passed": False, "departed_on": date(2027, 4, 1),
    "due_at": AT + timedelta(days=1),
    "until": AT + timedelta(days=1), "role": "coordinator", "exchange_id": "EX-2027-DAR-002", "cap": 7,
    "letter": LetterKind.HOUSING,
    "coverage": Coverage(scope=Scope.PROGRAMME), "reason": SuspensionReason.DISASTER,
    "change": DisciplineChange(discipline="phd-oncology"), "change_id": "d",
    "objectives": ("rare_cases",), "confirmed": True, "corrects": "r-1", "first_night": date(2027, 4, 1),
    "replanning": Replanning(shift=8), "exchanges": ("EX-2027-DAR-002",), "replan": True,
    "to": RuleSet(version="b"),
    "paper": PaperKind.PERMIT, "valid_from": DAY, "valid_until": DAY, "number_id": "n",
    "declared_on": DAY, "reported": Reported.MOVEMENT, "happened_at": AT + timedelta(hours=1), "on": DAY,
    "resumption": ResumeExchanges(decision_id="r", actor=ANN),
}  # fmt: skip
FIELDS = [(one, name) for one in REQUESTS for name in type(one).model_fields if name not in UNSAID]
each = pytest.mark.parametrize("request_", REQUESTS, ids=lambda one: type(one).__name__)


def test_every_kind_of_act_is_here() -> None:
    assert {type(one) for one in REQUESTS} == {kind.request for kind in KINDS.values()}


@pytest.mark.parametrize(("one", "name"), FIELDS, ids=[f"{type(one).__name__}.{name}" for one, name in FIELDS])
def test_whatever_is_said_otherwise_is_another_act(one: Wire, name: str) -> None:
    """A report with other hours, a deadline on another day: answered as repeated, they would be lost without a word."""
    other = one.model_copy(update={name: OTHERWISE[name]})
    assert fingerprint_of(other) != fingerprint_of(one)
    assert update_id("k", other) != update_id("k", one)
    with pytest.raises(KeyReused):
        is_repeated(fingerprint_of(one).value, fingerprint_of(other))


@each
def test_who_asks_counts_and_not_under_which_key_or_when(request_: Wire) -> None:
    by_another = request_.model_copy(update={"actor": BO})
    assert fingerprint_of(by_another) != fingerprint_of(request_)
    in_another_role = request_.model_copy(update={"actor": ANN.model_copy(update={"role": Role.HEAD_OF_OFFICE})})
    later = {"arrived_at": AT + timedelta(minutes=1), "moved_at": AT + timedelta(minutes=1), "since": AT + timedelta(1)}
    keys = dict.fromkeys(("decision_id", "report_id", "submission_id", "request_id", "suspension_id"), "k-2")
    known = {name: value for name, value in (later | keys).items() if name in type(request_).model_fields}
    for again in (in_another_role, request_.model_copy(update=known)):
        assert is_repeated(fingerprint_of(request_).value, fingerprint_of(again))


@each
def test_it_is_the_same_after_it_travelled(request_: Wire) -> None:
    there = type(request_).model_validate_json(request_.model_dump_json())
    assert fingerprint_of(there) == fingerprint_of(request_)


BEFORE = (
    "step_id", "outcome", "kind", "document_id", "content", "placement_id", "movement", "role", "exchange_id", "cap",
    "passed", "justified",
)  # fmt: skip


@each
def test_keys_of_earlier_versions_are_recognised(request_: Wire) -> None:
    """As the version before told acts apart: in the register by the hash, in the state of workflows by the text."""
    told = "|".join([type(request_).__name__, ANN.id, *(str(getattr(request_, name, "")) for name in BEFORE)])
    if isinstance(request_, SuspensionStart):
        told = "host|cqmu"
    if isinstance(request_, Reopen):
        told = f"Reopen|{ANN.id}|EX-2027-DAR-001"
    for kept in (told, hashlib.sha256(told.encode()).hexdigest()):
        assert is_repeated(kept, fingerprint_of(request_))
        with pytest.raises(KeyReused):
            is_repeated(kept, fingerprint_of(Decide(decision_id="k", step_id="other", outcome="x", actor=ANN)))


class Earlier(BaseModel):
    """A body as an earlier version had it."""

    note: str = ""
    cells: dict[str, str] = {}


class Later(Earlier):
    """The same with a field that a later version added."""

    urgent: bool = False


def test_a_new_field_makes_no_other_act_of_what_was_asked_before() -> None:
    before, after = Earlier(note="x", cells={"b": "1", "a": "2"}), Later(cells={"a": "2", "b": "1"}, note="x")
    assert fingerprint(before) == fingerprint(after)
    assert fingerprint(Later(note="x", urgent=True)) != fingerprint(Earlier(note="x"))


def test_the_order_of_parts_does_not_count_and_that_of_a_list_does() -> None:
    assert fingerprint({"b": 1, "a": [1, 2]}) == fingerprint({"a": [1, 2], "b": 1})
    assert fingerprint([1, 2]) != fingerprint([2, 1])
    assert fingerprint(["a|b"]) != fingerprint(["a", "b"])
    zoned = AT.astimezone(timezone(timedelta(hours=8)))
    assert fingerprint([AT]) != fingerprint([zoned]), "as it was written"


def test_what_is_kept_says_nothing_of_what_was_asked() -> None:
    told = fingerprint({"name": "Ana"})
    assert told.value == hashed(json.dumps({"name": "Ana"}))
    assert len(told.value) == 64


def test_nothing_on_record_is_no_repetition() -> None:
    assert not is_repeated(None, Fingerprint("x"))
    assert is_repeated("x", Fingerprint("x"))
    assert is_repeated("y", Fingerprint("x", frozenset({"y"})))
    with pytest.raises(KeyReused, match=r"idempotency.another_request field=Idempotency-Key"):
        is_repeated("z", Fingerprint("x", frozenset({"y"})), "Idempotency-Key")
