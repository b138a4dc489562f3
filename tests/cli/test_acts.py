"""The acts: what is asked of the gateway, what is said, and the exit code, whatever happens."""

import asyncio
import io
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from models.errors import BadInput, Broken, Kept, NotOpen, Unavailable
from models.messages.cohorts import SetQuota
from models.messages.contracts import IssuedCertificate
from models.messages.exchange import (
    Acknowledged,
    Decide,
    Decided,
    DocumentAnswer,
    Evaluate,
    ReportArrival,
    ReportAttendance,
)
from models.people.authorization import Actor
from models.vocabulary import Content, Role, Stage
from tests.cli.conftest import Run
from tests.cli.services import EXCHANGE, NOW, STEP, Stand
from tests.cli.views import LAB, exchange_view

CQMU = Actor(id="cqmu.coordinator", role=Role.COORDINATOR, institution="cqmu")
COHORT = "2027-incoming-dartmouth-cqmu"


@pytest.fixture(autouse=True)
def _known(stand: Stand) -> None:
    stand.reading.view = exchange_view()
    stand.gateway.answers["decide"] = Decided(
        step_id=STEP, outcome="approve", stage=Stage.ACCEPTANCE, open_steps=(f"{EXCHANGE}.accept_offer.1",)
    )


def test_a_decision_carries_everything_that_was_said(run: Run, stand: Stand) -> None:
    said = run(
        "decide", STEP.lower().replace("host_approval", "host_approval"), "Approve",
        "--note", "well prepared", "--document", "cv", "--document", "passport",
        "--acknowledge", "fees", "--acknowledge", "housing", "--bed", "bed-1", "--unit", "cqmu-lipid",
        "--unjustified", "--valid-through", "2027-05-28", "--id", "d-1",
    )  # fmt: skip
    assert said.code == 0, said
    (decision,), kwargs = stand.gateway.one("decide")
    assert kwargs == {"note": "well prepared"}
    assert decision == Decide(
        decision_id="d-1",
        step_id=STEP,
        outcome="approve",
        actor=CQMU,
        documents=("cv", "passport"),
        acknowledged=("fees", "housing"),
        bed_id="bed-1",
        unit_id="cqmu-lipid",
        justified=False,
        valid_through=date(2027, 5, 28),
    )
    assert "Stage: Offer." in said.out
    assert f"{EXCHANGE}.accept_offer.1" in said.out


def test_a_program_learns_the_id_to_repeat_the_act_with(run: Run, stand: Stand) -> None:
    said = run("decide", STEP, "approve", "--json")
    (decision,), _ = stand.gateway.one("decide")
    assert said.data["decision_id"] == decision.decision_id
    assert said.data["open_steps"] == [f"{EXCHANGE}.accept_offer.1"]
    assert said.data["repeated"] is False


def test_a_repeated_act_says_so(run: Run, stand: Stand) -> None:
    stand.gateway.answers["withdraw"] = Acknowledged(exchange_id=EXCHANGE, repeated=True, stage=Stage.CLOSED)
    said = run("withdraw", EXCHANGE, "--note", "ill", "--yes", "--id", "w-1")
    assert said.code == 0
    assert "recorded before; nothing changed" in said.out


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (NotOpen("exchange.closed"), 1, "Refused (not_open): This exchange is closed."),
        (
            BadInput("answer.not_offered", "outcome", answer="maybe", answers=("approve", "reject")),
            1,
            "Refused (bad_input): outcome: maybe is not an answer to this step; choose one of approve, reject.",
        ),
        (Unavailable("temporal.away"), 3, "To repeat this act safely, add: --id d-9"),
        (Kept("act.kept", key="d-9", about=EXCHANGE), 5, "Kept under: --id d-9"),
        (Broken("file.lost", hash="abc"), 4, "An operator must look: File abc… is not in the store;"),
        (RuntimeError("secret name"), 4, "Something unforeseen happened (RuntimeError)."),
    ],
)
def test_every_failure_is_a_message_and_a_code(run: Run, stand: Stand, error: Exception, code: int, told: str) -> None:
    stand.gateway.failing = error
    said = run("decide", STEP, "approve", "--id", "d-9")
    assert said.code == code
    assert said.out == ""
    assert told in said.err
    assert "secret" not in said.err
    logs = list(Path("var/log").glob("*.log")) if Path("var/log").exists() else []
    assert bool(logs) is isinstance(error, RuntimeError)


def test_a_service_that_is_away_is_said_before_anything_is_asked(run: Run, stand: Stand) -> None:
    stand.away = Unavailable("temporal.silent", target="nowhere")
    said = run("withdraw", EXCHANGE, "--note", "ill", "--yes")
    assert said.code == 3
    assert stand.gateway.asked == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("decide", STEP), "Missing argument 'OUTCOME'"),
        (("decide", "nonsense", "approve"), "is not a step"),
        (("decide", STEP, "accept", "--acknowledge", "everything"), "--acknowledge"),
        (("decide", STEP, "approve", "--valid-through", "soon"), "is not a day"),
        (("decide", STEP, "approve", "--bed", "a bed", "--id", "a b"), "An id has letters"),
        (("decide", STEP, "approve", "--as", "dean@cqmu"), "is not a role"),
        (("quota", COHORT, "11"), "CAP"),
        (("reassign", STEP, "dean"), "dean"),
        (("extend", STEP, "soon"), "is not a time"),
        (("withdraw", EXCHANGE), "--note"),
        (("report", "arrival", EXCHANGE, "--at", "noon"), "is not a time"),
        (("report", "evaluation", STEP, "--rating", "zeal=6"), "is not a rating"),
        (("report", "attendance", EXCHANGE, "sports", "--from", "2027-03-01"), "sports"),
        (("fly",), "fly"),
    ],
)
def test_wrong_use_is_explained_and_asks_nothing(run: Run, stand: Stand, arguments: tuple[str, ...], told: str) -> None:
    said = run(*arguments)
    assert said.code == 2, said
    assert told in said.told
    assert stand.gateway.asked == []


def test_hours_that_cannot_be_name_their_field(run: Run, stand: Stand) -> None:
    said = run(
        "report", "attendance", EXCHANGE, "cultural_lectures",
        "--from", "2027-03-01", "--to", "2027-03-07", "--planned", "-4", "--attended", "2",
    )  # fmt: skip
    assert said.code == 2
    assert "hours_planned" in said.told
    assert stand.gateway.asked == []


def test_a_day_is_extended_to_its_end_where_the_owner_is(run: Run, stand: Stand) -> None:
    assert run("extend", STEP, "2027-02-10").code == 0
    (change,), _ = stand.gateway.one("extend_deadline")
    assert change.due_at == datetime(2027, 2, 10, 15, 59, 59, tzinfo=UTC)


def test_a_step_that_is_not_there_cannot_be_extended(run: Run, stand: Stand) -> None:
    said = run("extend", f"{EXCHANGE}.orientation.1", "2027-02-10")
    assert said.code == 1
    assert f"sojourn show {EXCHANGE}" in said.err


def test_an_exchange_that_the_actor_may_not_see_is_unknown(run: Run, stand: Stand) -> None:
    stand.reading.view = None
    said = run("report", "arrival", EXCHANGE, "--at", "2027-03-01T14:30")
    assert said.code == 1
    assert "Refused (unknown)" in said.err
    assert stand.gateway.asked == []


def test_dangerous_acts_ask_first(run: Run, stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    early = ("report", "early-end", EXCHANGE, "--last-day", "2027-03-20", "--unjustified", "--note", "left")
    for act in (("withdraw", EXCHANGE, "--note", "ill"), early):
        monkeypatch.setattr("sys.stdin", io.StringIO(""))  # nobody is there to answer
        said = run(*act)
        assert said.code == 1
        assert "add --yes" in said.err
        monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
        assert run(*act).code == 1
        assert stand.gateway.asked == []
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    said = run(*early, "--json")
    assert said.code == 0
    assert said.data["stage"] == "rotations", "the question is not part of the output"


def test_an_early_end_says_whether_it_is_justified(run: Run, stand: Stand) -> None:
    base = ("report", "early-end", EXCHANGE, "--last-day", "2027-03-20", "--note", "earthquake", "--yes")
    assert run(*base).code == 2, "neither justified nor not"
    assert run(*base, "--justified", "--id", "e-1").code == 0
    (exchange, end), kwargs = stand.gateway.one("end_early")
    assert (exchange, end.last_day, end.justified, end.decision_id) == (EXCHANGE, date(2027, 3, 20), True, "e-1")
    assert kwargs == {"note": "earthquake"}


def test_an_arrival_is_meant_in_the_hosts_zone(run: Run, stand: Stand) -> None:
    assert run("report", "arrival", EXCHANGE, "--at", "2027-03-01T14:30", "--id", "r-1").code == 0
    (exchange, report), _ = stand.gateway.one("report_arrival")
    assert exchange == EXCHANGE
    assert report == ReportArrival(report_id="r-1", actor=CQMU, arrived_at=datetime(2027, 3, 1, 6, 30, tzinfo=UTC))


def test_an_arrival_without_time_is_now_and_a_departure_today(run: Run, stand: Stand) -> None:
    run("report", "arrival", EXCHANGE)
    run("report", "departure", EXCHANGE)
    (_, (_, arrival), _), (_, (_, departure), _) = stand.gateway.asked
    assert arrival.arrived_at == NOW
    assert departure.departed_on == date(2027, 3, 1)


def test_hours_of_a_rotation_go_to_the_one_there_is(run: Run, stand: Stand) -> None:
    said = run(
        "report", "attendance", EXCHANGE, "laboratory",
        "--from", "2027-03-01", "--to", "2027-03-07", "--planned", "40", "--attended", "38.5",
    )  # fmt: skip
    assert said.code == 0, said
    (_, report), _ = stand.gateway.one("report_attendance")
    assert isinstance(report, ReportAttendance)
    assert (report.content, report.placement_id, report.hours_attended) == (Content.LABORATORY, LAB, 38.5)


def test_hours_are_corrected_and_confirmed(run: Run, stand: Stand) -> None:
    said = run(
        "report", "attendance", EXCHANGE, "academic_lectures", "--from", "2027-03-01", "--to", "2027-03-07",
        "--planned", "4", "--attended", "3", "--corrects", "r-2", "--confirm",
    )  # fmt: skip
    assert said.code == 0, said
    (_, report), _ = stand.gateway.one("report_attendance")
    assert (report.corrects, report.confirmed) == ("r-2", True)


def test_an_arrival_far_from_the_first_day_is_confirmed(run: Run, stand: Stand) -> None:
    assert run("report", "arrival", EXCHANGE, "--at", "2027-03-01T14:30", "--confirm").code == 0
    (_, report), _ = stand.gateway.one("report_arrival")
    assert report.confirmed


def test_hours_of_a_rotation_there_is_not_are_refused(run: Run, stand: Stand) -> None:
    said = run(
        "report", "attendance", EXCHANGE, "clinical",
        "--from", "2027-03-01", "--to", "2027-03-07", "--planned", "40", "--attended", "38",
    )  # fmt: skip
    assert said.code == 1
    assert "--placement" in said.err
    assert stand.gateway.asked == []


def test_an_evaluation_rates_objective_by_objective(run: Run, stand: Stand) -> None:
    step = f"{LAB}.evaluate_student.1"
    supervisor = "supervisor@cqmu/cqmu-skl-ultrasonic"
    said = run(
        "report", "evaluation", step, "--rating", "zeal=5", "--rating", "care=4", "--passed", "--as", supervisor,
        "--note", "a pleasure",
    )  # fmt: skip
    assert said.code == 0, said
    (given,), kwargs = stand.gateway.one("evaluate")
    assert isinstance(given, Evaluate)
    assert (given.step_id, given.ratings, given.passed) == (step, {"zeal": 5, "care": 4}, True)
    assert given.actor.unit == "cqmu-skl-ultrasonic"
    assert kwargs == {"note": "a pleasure"}


def test_the_quota_and_a_new_owner_reach_the_gateway(run: Run, stand: Stand) -> None:
    assert run("quota", COHORT, "8", "--as", "programme_office", "--id", "q-1").code == 0
    assert run("reassign", STEP, "head_of_office", "--id", "x-1").code == 0
    (_, (cohort, quota), _), (_, (change,), _) = stand.gateway.asked
    assert cohort == COHORT
    assert isinstance(quota, SetQuota)
    assert (quota.cap, quota.decision_id, quota.actor.role) == (8, "q-1", Role.PROGRAMME_OFFICE)
    assert (change.step_id, change.role, change.decision_id) == (STEP, "head_of_office", "x-1")


def test_a_certificate_is_reissued(run: Run, stand: Stand) -> None:
    issued = IssuedCertificate(number="CQMU-2027-0001", version=2, verification="v-2")
    stand.gateway.answers["reissue_certificate"] = issued
    said = run("certificate", "reissue", EXCHANGE, "--id", "c-1", "--json")
    assert said.data == {"request_id": "c-1", "number": "CQMU-2027-0001", "version": 2, "verification": "v-2"}
    arguments, kwargs = stand.gateway.one("reissue_certificate")
    assert arguments[1].role is Role.COORDINATOR
    assert kwargs == {"request_id": "c-1"}


def answer(accepted: bool) -> DocumentAnswer:
    """What becomes of a document."""
    findings = () if accepted else ("D18",)
    return DocumentAnswer(document_id="doc-1", accepted=accepted, findings=findings, missing=("cv",))


def test_a_document_is_handed_in_with_its_dates(run: Run, stand: Stand, tmp_path: Path) -> None:
    stand.gateway.answers["add_document"] = answer(True)
    (tmp_path / "pass.pdf").write_bytes(b"%PDF")
    said = run("document", "add", EXCHANGE, "Passport", "pass.pdf", "--expires-on", "2031-01-31")
    assert said.code == 0, said
    args, kwargs = stand.gateway.one("add_document")
    assert asyncio.run(anext(args[3])) == b"%PDF"
    assert (*args[:3], args[4]) == (EXCHANGE, "passport", "pass.pdf", CQMU)
    assert kwargs.pop("submission_id"), "every act has an id, so that it can be repeated"
    assert kwargs == {"issued_on": None, "expires_on": date(2031, 1, 31)}
    assert "PASSPORT: received (doc-1)" in said.out, "the file alone was looked at: nobody accepted it"
    assert "Still missing: CV (cv)" in said.out


def test_a_document_that_is_not_accepted_says_why(run: Run, stand: Stand, tmp_path: Path) -> None:
    stand.gateway.answers["add_document"] = answer(False)
    (tmp_path / "pass.pdf").write_bytes(b"%PDF")
    said = run("document", "add", EXCHANGE, "passport", "pass.pdf", "--expires-on", "2027-03-31")
    assert said.code == 1
    assert "PASSPORT: rejected (doc-1)" in said.out
    assert "D18" in said.out
    assert "must be valid until 2027-11-28" in said.out
    data: dict[str, Any] = run(
        "document", "add", EXCHANGE, "passport", "pass.pdf", "--expires-on", "2027-03-31", "--json"
    ).data
    assert data["accepted"] is False
    assert data["reasons"][0]["rule_id"] == "D18"


@pytest.mark.parametrize(
    ("kind", "name", "options", "code", "told"),
    [
        ("diary", "pass.pdf", (), 2, "choose one of cv, passport"),
        ("passport", "pass.pdf", (), 1, "add --expires-on"),
        ("cv", "nowhere.pdf", (), 1, "There is no file nowhere.pdf"),
        ("cv", "../../../../etc", (), 1, "There is no file etc"),
        ("cv", ".", (), 1, "There is no file"),
        ("cv", "empty.pdf", (), 1, "empty.pdf is empty"),
        ("cv", "large.pdf", (), 1, "large.pdf has"),
        ("cv", "a\0b", (), 2, "null byte"),
        ("cv", "/dev/zero", (), 1, "There is no file zero"),
        ("cv", "x" * 300, (), 1, "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_handed_in_is_refused_before_anything_is_asked(
    run: Run, stand: Stand, tmp_path: Path, kind: str, name: str, options: tuple[str, ...], code: int, told: str
) -> None:
    (tmp_path / "pass.pdf").write_bytes(b"%PDF")
    (tmp_path / "empty.pdf").touch()
    (tmp_path / "large.pdf").write_bytes(b"x" * 2000)
    said = run("document", "add", EXCHANGE, kind, name, *options)
    assert (said.code, told in said.told) == (code, True), said
    assert stand.opened == []
