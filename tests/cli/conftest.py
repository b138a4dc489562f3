"""Running commands as a person would, and looking at what they said."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cli.session import Session
from starter import main
from tests.cli.services import Stand
from tests.said import Said

Run = Callable[..., Said]


@pytest.fixture
def stand() -> Stand:
    """A counter without a service behind it."""
    return Stand()


@pytest.fixture
def run(
    stand: Stand, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., Said]:
    """Runs `sojourn …` in an empty folder, by default at the stand and as CQMU's coordinator."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOJOURN_AS", "coordinator@cqmu")
    monkeypatch.setenv("COLUMNS", "300")

    def sojourn(*arguments: object, session: Session | None = None) -> Said:
        code = main([str(a) for a in arguments], session or stand.session)
        printed = capsys.readouterr()
        assert "Traceback" not in printed.out + printed.err
        return Said(code, printed.out, printed.err)

    return sojourn
