"""Running commands as a person would, and looking at what they said."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.session import Session
from starter import main
from tests.cli.services import Stand


@dataclass(frozen=True)
class Said:
    """What a command answered: its exit code and what it printed."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """Its output as JSON."""
        return json.loads(self.out)

    @property
    def told(self) -> str:
        """Everything printed, as one line without the borders of boxes."""
        return " ".join((self.out + self.err).replace("│", " ").split())


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
