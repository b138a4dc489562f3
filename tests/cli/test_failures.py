"""Every error is one message and an exit code; nothing personal is printed or logged."""

from pathlib import Path

import pytest

from cli.failures import told
from failures.boundary import describe
from models.errors import BadInput, Broken, Kept, NotAuthorised, OutOfStep, Unavailable

SECRET = "Ana Lucia Rivera"


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (BadInput("field.not_a_number", "rank"), 1, "Refused (bad_input): rank: This is not a number."),
        (
            NotAuthorised("not_allowed.set_quota"),
            1,
            "Refused (not_authorised): You may not set the number of seats. Ask the programme office.",
        ),
        (
            Unavailable("temporal.away"),
            3,
            "Not available now: The workflow service is away. Nothing is lost; send it again in a moment.",
        ),
        (
            OutOfStep("records.overtaken", stream="EX-2027-DAR-001"),
            3,
            "Not available now: The records have moved on meanwhile. It is taken by itself in a moment; "
            "nothing is lost.",
        ),
        (
            Kept("act.kept", key="d-1", about=""),
            5,
            "Kept: What you asked is kept, not yet taken. It is done as soon as the service is whole again; "
            "you need not ask again.",
        ),
        (Broken("mailbox.none"), 4, "An operator must look: There is no mailbox."),
    ],
)
def test_an_error_of_the_house_is_one_line(
    error: Exception, code: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(error, tmp_path) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines() == [said]
    assert list(tmp_path.iterdir()) == []


def _unforeseen() -> Exception:
    try:
        try:
            raise ValueError(SECRET)
        except ValueError as cause:
            raise KeyError(f"no {SECRET}") from cause
    except KeyError as error:
        return error


def test_what_nobody_foresaw_is_logged_without_what_it_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(_unforeseen(), tmp_path / "log") == 4
    (log,) = (tmp_path / "log").iterdir()
    printed = capsys.readouterr().err
    assert str(log) in printed.replace("\n", "")
    written = log.read_text(encoding="utf-8")
    assert written.split("\n")[1].startswith("KeyError at ")
    assert "; from ValueError at " in written
    assert "test_failures.py" in written
    assert SECRET not in written + printed
    assert log.stat().st_mode & 0o077 == 0


def test_a_log_that_cannot_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    assert told(RuntimeError(SECRET), blocked) == 4
    printed = capsys.readouterr().err
    assert "could not be logged" in printed
    assert SECRET not in printed


def test_members_of_a_group_are_logged_too() -> None:
    group = ExceptionGroup(SECRET, [ValueError(SECRET), _unforeseen()])
    written = describe(group)
    assert written.startswith("ExceptionGroup at ")
    assert "ValueError at " in written
    assert SECRET not in written
