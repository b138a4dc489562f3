"""`sojourn session …`: what is asked under which id by whose clock, what a file says, and what is told."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from models.messages.broadcasts import AudienceKind
from models.messages.host_sessions import HostSessionStatus, Presence, SessionAnswer
from models.views.host_sessions import HostSessionView, InvitedLine, SessionLine
from models.views.shared import Student
from models.vocabulary import Content
from tests.cli.conftest import Run
from tests.cli.services import EXCHANGE, Stand

ANSWER = SessionAnswer(session_id="s-1", version=1, invited=2, left_out=("EX-2027-DAR-009",))
STARTS, ENDS = datetime(2027, 3, 10, 6, tzinfo=UTC), datetime(2027, 3, 10, 8, tzinfo=UTC)
LINE = SessionLine(
    session_id="s-1",
    institution="cqmu",
    content=Content.ACADEMIC_LECTURES,
    title="Health systems",
    place="Hall 2",
    zone="Asia/Shanghai",
    starts_at=STARTS,
    ends_at=ENDS,
    hours=2,
    capacity=20,
    objectives=("rare_cases",),
    status=HostSessionStatus.PLANNED,
    version=1,
    invited=1,
)
INVITED = InvitedLine(
    exchange_id=EXCHANGE, student=Student(id="p-1", name="Ana SILVA"), presence=Presence.ABSENT, reason="Overslept"
)
PLAN = ("session", "plan", "cqmu", "academic_lectures", "--day", "2027-03-10", "--from", "14:00", "--to", "16:00")
SAID = ("--title", "Health systems", "--place", "Hall 2")


class Kept:
    """Sessions without a service behind them."""

    def __init__(self, stand: Stand) -> None:
        self.asked: list[tuple[Any, ...]] = []
        gateway, reading = cast(Any, stand.gateway), cast(Any, stand.reading)
        gateway.host_sessions = SimpleNamespace(**{name: self._taking(name) for name in ACTS})
        reading.host_sessions, reading.host_session = self.list, self.show

    def _taking(self, name: str) -> Any:
        async def take(*asked: Any) -> SessionAnswer:
            self.asked.append((name, *asked))
            return ANSWER

        return take

    async def list(self, actor: Any) -> list[SessionLine]:
        return [LINE]

    async def show(self, session_id: str, actor: Any) -> HostSessionView | None:
        return HostSessionView(line=LINE, invited=(INVITED,)) if session_id == "s-1" else None


ACTS = ("plan", "change", "cancel", "mark", "close")


def test_a_session_is_planned_by_the_clock_of_its_host(run: Run, stand: Stand) -> None:
    kept = Kept(stand)
    said = run(*PLAN, *SAID, "--exchange", EXCHANGE, "--objective", "rare_cases", "--id", "p-1")
    assert said.code == 0, said
    assert "Recorded: s-1, version 1. Invited: 2." in said.out
    assert "EX-2027-DAR-009" in said.out
    [(_, asked, actor, _, key)] = kept.asked
    assert (asked.terms.starts_at, asked.terms.ends_at, asked.terms.objectives) == (STARTS, ENDS, ("rare_cases",))
    assert (asked.audience.kind, asked.audience.exchanges, key) == (AudienceKind.CHOSEN, (EXCHANGE,), "p-1")
    assert actor.id == "cqmu.coordinator"


@pytest.mark.parametrize(
    "wrong", [(), ("--cohort", "c", "--exchange", EXCHANGE), ("--exchange", EXCHANGE, "--to", "soon")]
)
def test_what_is_typed_wrongly_asks_nothing(run: Run, stand: Stand, wrong: tuple[str, ...]) -> None:
    kept = Kept(stand)
    assert run(*PLAN, *SAID, *wrong).code == 2
    assert kept.asked == []


def test_a_move_keeps_what_is_not_said(run: Run, stand: Stand) -> None:
    kept = Kept(stand)
    said = run("session", "move", "s-1", "--day", "2027-03-11", "--from", "09:00", "--to", "11:00")
    assert said.code == 0, said
    [(_, session, terms, more, *_)] = kept.asked
    assert (session, terms.title, terms.place, more) == ("s-1", "Health systems", "Hall 2", None)
    assert terms.starts_at == datetime(2027, 3, 11, 1, tzinfo=UTC)
    assert run("session", "move", "s-2", "--day", "2027-03-11", "--from", "09:00", "--to", "11:00").code == 1


def test_marks_come_from_a_file(run: Run, stand: Stand, tmp_path: Path) -> None:
    kept = Kept(stand)
    (tmp_path / "there.csv").write_text(f"exchange,presence,reason\n{EXCHANGE},Yes,\n", encoding="utf-8")
    assert run("session", "mark", "s-1", "there.csv").code == 0
    assert [(one.exchange_id, one.presence) for one in kept.asked[0][2]] == [(EXCHANGE, Presence.ATTENDED)]
    (tmp_path / "there.csv").write_text(f"exchange,presence\n{EXCHANGE},perhaps\n", encoding="utf-8")
    said = run("session", "mark", "s-1", "there.csv")
    assert said.code == 1
    assert f"Line 2: whether {EXCHANGE} was there is one of" in said.err
    assert len(kept.asked) == 1


def test_it_is_closed_cancelled_listed_and_shown(run: Run, stand: Stand) -> None:
    kept = Kept(stand)
    assert run("session", "close", "s-1", "--yes").code == 0
    assert run("session", "cancel", "s-1", "--yes").code == 0
    assert [asked[0] for asked in kept.asked] == ["close", "cancel"]
    assert run("session", "list", "--json").data[0]["session_id"] == "s-1"
    assert "Health systems" in run("session", "list").out
    shown = run("session", "show", "s-1").out
    assert "absent" in shown
    assert "Overslept" in shown
    assert run("session", "show", "s-9").code == 1
