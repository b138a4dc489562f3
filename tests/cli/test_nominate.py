"""`nominate` and `correct` with files people send: good, bad, repeated and hostile ones."""

import csv
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from cli import nominating
from cli.nominate import refused_beside
from models.errors import BadInput, Unavailable
from models.messages.exchange import Nominated
from models.people.authorization import Actor
from models.rules.again import Answers
from models.rules.nomination import Nomination
from models.vocabulary import Role, Stage
from tests.cli.conftest import Run
from tests.cli.services import EXCHANGE, Stand
from tests.programmes import GOOD_ROW

DARTMOUTH = ("--as", "coordinator@dartmouth")


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nominating, "PER_SECOND", 1e9)


@pytest.fixture(autouse=True)
def _begun(stand: Stand) -> dict[str, str]:
    """Exchanges by student number."""
    begun: dict[str, str] = {}

    def nominate(nomination: Nomination, actor: Actor, answers: Answers) -> Nominated:
        known = nomination.student_number in begun
        code = begun.setdefault(nomination.student_number, f"EX-2027-DAR-{len(begun) + 1:03d}")
        return Nominated(exchange_id=code, already_known=known, stage=Stage.NOMINATION)

    stand.gateway.answers["nominate"] = nominate
    return begun


def student(number: int, **cells: str) -> dict[str, str]:
    """A good row, with other cells where given."""
    return GOOD_ROW | {"student_number": f"F{number}", "email": f"s{number}@example.edu"} | cells


def write(path: Path, *rows: Mapping[str, str]) -> Path:
    """A nomination file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(GOOD_ROW))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_good_rows_start_and_bad_rows_come_back_with_all_their_faults(run: Run, stand: Stand) -> None:
    write(Path("in.csv"), student(1), student(2, nationality="Narnia", end="2027-03-02"), student(3))
    said = run("nominate", "in.csv", *DARTMOUTH)
    assert said.code == 1
    assert [args[0].student_number for _, args, _ in stand.gateway.asked] == ["F1", "F3"]
    (_, args, _), *_ = stand.gateway.asked
    assert args[1] == Actor(id="dartmouth.coordinator", role=Role.COORDINATOR, institution="dartmouth")
    for told in ("EX-2027-DAR-001", "EX-2027-DAR-002", "nationality", "D1", "2 started, 0 known already, 1 refused"):
        assert told in said.out
    (refused,) = csv.DictReader(Path("in.refused.csv").read_text(encoding="utf-8-sig").splitlines())
    assert refused["student_number"] == "F2"
    assert "nationality: " in refused["faults"]
    assert "end: " in refused["faults"]


def test_corrected_rows_start_and_a_second_run_starts_nothing(run: Run, stand: Stand) -> None:
    write(Path("in.csv"), student(1), student(2, nationality="Narnia"))
    run("nominate", "in.csv", *DARTMOUTH)
    corrected = Path("in.refused.csv")
    corrected.write_text(corrected.read_text(encoding="utf-8-sig").replace("Narnia", "US"), encoding="utf-8")
    again = run("nominate", corrected, *DARTMOUTH, "--json")
    assert again.code == 0
    assert again.data["started"] == [{"row": 2, "exchange_id": "EX-2027-DAR-002"}]
    write(Path("in.csv"), student(1), student(2))
    known = run("nominate", "in.csv", *DARTMOUTH, "--json")
    assert known.code == 0
    assert known.data["started"] == []
    assert [k["exchange_id"] for k in known.data["known"]] == ["EX-2027-DAR-001", "EX-2027-DAR-002"]


def test_json_says_what_became_of_every_row(run: Run) -> None:
    write(Path("in.csv"), student(1), student(2, level="doctor"))
    data: dict[str, Any] = run("nominate", "in.csv", *DARTMOUTH, "--json", "--refused", "sub/bad.xlsx").data
    assert data["checked"] == 2
    assert data["refused"][0]["row"] == 3
    assert data["refused"][0]["faults"][0]["column"] == "level"
    assert data["refused_file"] == "sub/bad.xlsx"
    header, row = load_workbook("sub/bad.xlsx").active.iter_rows(values_only=True)  # type: ignore[union-attr]
    assert header[0] == "faults"
    assert "F2" in row


def test_checking_starts_nothing_and_needs_no_service(run: Run, stand: Stand) -> None:
    write(Path("in.csv"), student(1), student(2))
    said = run("nominate", "in.csv", "--check", *DARTMOUTH)
    assert said.code == 0
    assert "2 of 2 rows can be nominated; nothing was started." in said.out
    assert stand.opened == []


def test_rows_of_another_university_are_refused_before_any_starts(run: Run, stand: Stand) -> None:
    write(Path("in.csv"), student(1), student(2))
    said = run("nominate", "in.csv")
    assert said.code == 1
    assert "You may not nominate for this university." in said.out
    assert stand.opened == []


def test_what_the_service_refuses_comes_back_too(run: Run, stand: Stand) -> None:
    stand.gateway.failing = BadInput("seats.other_years", "intake_year", year=2027, years=(2028,))
    write(Path("in.csv"), student(1))
    said = run("nominate", "in.csv", *DARTMOUTH, "--json")
    assert said.code == 1
    fault = {
        "column": "intake_year",
        "reason": "No seats are agreed for 2027; agreed are those of 2028",
        "rule": "",
        "message": "seats.other_years",
        "params": {"year": 2027, "years": [2028]},
    }
    assert said.data["refused"] == [{"row": 2, "faults": [fault]}]


def test_a_service_that_goes_away_leaves_rows_that_can_be_sent_again(run: Run, stand: Stand) -> None:
    stand.gateway.failing = Unavailable("temporal.away")
    write(Path("in.csv"), *(student(n) for n in range(30)))
    said = run("nominate", "in.csv", *DARTMOUTH, "--json")
    assert said.code == 3
    assert len(said.data["not_started"]) == 30
    assert "run the same file again" in said.err


def test_a_template_is_written_once(run: Run, stand: Stand) -> None:
    assert run("nominate", "--template", "new.xlsx").code == 0
    before = Path("new.xlsx").read_bytes()
    said = run("nominate", "--template", "new.xlsx")
    assert said.code == 1
    assert "exists already" in said.err
    assert Path("new.xlsx").read_bytes() == before
    assert stand.opened == []


def test_the_file_itself_is_never_overwritten(run: Run) -> None:
    file = write(Path("in.csv"), student(1, nationality="Narnia"))
    Path("link.csv").symlink_to(file)
    before = file.read_bytes()
    for target in ("in.csv", "./in.csv", "link.csv"):
        said = run("nominate", "in.csv", "--refused", target, *DARTMOUTH)
        assert said.code == 2
        assert "Choose another place" in said.told
    assert file.read_bytes() == before


def test_refused_rows_go_beside_the_file() -> None:
    assert refused_beside(Path("a/in.XLSX")) == Path("a/in.refused.xlsx")
    assert refused_beside(Path("in.refused.csv")) == Path("in.refused.refused.csv")
    assert refused_beside(Path("in")) == Path("in.refused.csv")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("nowhere.csv", "There is no file nowhere.csv"),
        (".", "There is no file"),
        ("../../etc/nowhere", "There is no file nowhere"),
        ("/dev/zero", "There is no file zero"),
        ("x" * 300, "cannot be read"),
        ("noise.csv", "this is no text"),
        ("empty.csv", "empty.csv is empty"),
        ("old.xls", "Save it as .xlsx"),
        ("zip.xlsx", "is damaged or no XLSX workbook"),
        ("\x1b[2J.csv", "There is no file"),
    ],
)
def test_a_hostile_path_or_file_is_one_message(run: Run, stand: Stand, name: str, told: str) -> None:
    Path("noise.csv").write_bytes(b"a,b\n\x00\x01\x02")
    Path("empty.csv").touch()
    Path("old.xls").write_bytes(b"\xd0\xcf\x11\xe0rest")
    Path("zip.xlsx").write_bytes(b"PK\x03\x04rest")
    said = run("nominate", name, *DARTMOUTH)
    assert said.code == 1, said
    assert told in said.err
    assert "\x1b" not in said.err
    assert stand.opened == []


def test_a_place_that_cannot_be_written_is_one_message(run: Run) -> None:
    write(Path("in.csv"), student(1, nationality="Narnia"))
    said = run("nominate", "in.csv", "--refused", "/dev/null/bad.csv", *DARTMOUTH)
    assert said.code == 1
    assert "cannot be written" in said.err


def test_markup_in_a_file_is_shown_as_it_is(run: Run) -> None:
    Path("in.csv").write_text(f"{','.join(GOOD_ROW)},[bold]x[/]\n", encoding="utf-8")
    said = run("nominate", "in.csv", *DARTMOUTH)
    assert said.code == 1
    assert "unknown: [bold]x[/];" in said.err


def test_a_file_or_a_template_is_needed(run: Run) -> None:
    said = run("nominate")
    assert said.code == 2
    assert "--template" in said.told


def test_a_returned_nomination_is_corrected_with_one_row(run: Run, stand: Stand) -> None:
    write(Path("one.csv"), student(1, rank="3"))
    said = run("correct", EXCHANGE, "one.csv", *DARTMOUTH, "--note", "new rank", "--id", "c-1")
    assert said.code == 0, said
    (exchange, nomination, _), kwargs = stand.gateway.one("correct_nomination")
    assert (exchange, nomination.rank) == (EXCHANGE, 3)
    assert kwargs == {"decision_id": "c-1", "note": "new rank"}


def test_a_correction_with_faults_or_other_rows_is_refused(run: Run, stand: Stand) -> None:
    write(Path("two.csv"), student(1), student(2))
    two = run("correct", EXCHANGE, "two.csv", *DARTMOUTH)
    assert two.code == 1
    assert "two.csv has 2 rows" in two.err
    write(Path("bad.csv"), student(1, birth_date="yesterday"))
    bad = run("correct", EXCHANGE, "bad.csv", *DARTMOUTH)
    assert bad.code == 1
    assert "birth_date" in bad.out
    assert stand.opened == []


def test_an_encoding_is_refused_until_it_is_said(run: Run, stand: Stand) -> None:
    write(Path("in.csv"), student(1, native_name="김민수"))
    Path("in.csv").write_bytes(Path("in.csv").read_text(encoding="utf-8").encode("cp949"))
    refused = run("nominate", "in.csv", *DARTMOUTH)
    assert refused.code == 1
    assert "euc-kr" in refused.err
    assert not stand.gateway.asked
    said = run("nominate", "in.csv", *DARTMOUTH, "--encoding", "EUC-KR", "--json")
    assert said.code == 0
    assert [(one["row"], one["message"]) for one in said.data["told"]] == [
        (None, "told.encoding"),
        (2, "told.not_printable"),
    ]
    [(_, args, _)] = stand.gateway.asked
    assert args[0].native_name == "김민수"


def test_a_stay_that_has_begun_is_recorded_late_with_a_reason(run: Run, stand: Stand) -> None:
    stand.today = datetime(2027, 2, 25, tzinfo=UTC)
    begun = student(1, start="2027-02-22", end="2027-05-28", laboratory_start="2027-02-22", laboratory_end="2027-04-16")
    write(Path("in.csv"), begun, student(2, start="2027-03-29", laboratory_start="2027-03-29"))
    refused = run("nominate", "in.csv", *DARTMOUTH, "--check", "--json")
    assert refused.code == 1
    assert [(r["row"], f["column"], f["message"]) for r in refused.data["refused"] for f in r["faults"]] == [
        (2, "start", "stay.begun")
    ]
    short = run("nominate", "in.csv", *DARTMOUTH, "--check", "--late", "late", "--json")
    assert [f["column"] for r in short.data["refused"] for f in r["faults"]] == ["late_reason"]
    begun_before = run("nominate", "in.csv", *DARTMOUTH, "--json")
    assert begun_before.code == 0  # the service decides: it may know the students from an earlier file
    stand.gateway.asked.clear()
    said = run("nominate", "in.csv", *DARTMOUTH, "--late", "The list came by post.", "--json")
    assert said.code == 0
    reasons = {args[0].student_number: args[0].late_reason for _, args, _ in stand.gateway.asked}
    assert reasons == {"F1": "The list came by post.", "F2": ""}
