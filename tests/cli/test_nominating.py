"""Rows start at a bounded pace; one refused row stops nothing, a service that is away stops the rest."""

import asyncio

import pytest

from cli import nominating
from cli.nominating import allowed_rows, refused_rows, start_rows
from gateway.nomination_files import CheckedSheet, NominationSheet, SheetRow, check_sheet
from models.errors import BadInput, Conflict, Difference, Differs, Kept, Unavailable
from models.messages.exchange import Nominated
from models.people.authorization import Actor
from models.rules.again import Answers
from models.rules.nomination import Nomination
from models.vocabulary import Role, Stage
from tests.cli.services import programme
from tests.programmes import GOOD_ROW

PROGRAMME = programme()
COORDINATOR = Actor(id="dartmouth.coordinator", role=Role.COORDINATOR, institution="dartmouth")


def sheet(count: int, **changes: str) -> NominationSheet:
    """A sheet of different students."""
    rows = [
        SheetRow(
            number=n + 2,
            values=GOOD_ROW | {"student_number": f"F{n}", "email": f"s{n}@example.edu"} | changes,
        )
        for n in range(count)
    ]
    return NominationSheet(columns=tuple(GOOD_ROW), rows=tuple(rows))


def checked(given: NominationSheet) -> CheckedSheet:
    """The sheet's rows, all of them good."""
    found = check_sheet(given, PROGRAMME)
    assert not found.refused
    return found


class Exchanges:
    """Starts exchanges in memory; knows how many are being started at a time."""

    def __init__(self, refusing: dict[str, Exception] | None = None) -> None:
        self.known: dict[str, str] = {}
        self.refusing = refusing or {}
        self.at_once = self.most = 0

    async def nominate(self, nomination: Nomination, actor: Actor, *, answers: Answers) -> Nominated:
        """Start one, or find it."""
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        for _ in range(5):
            await asyncio.sleep(0)
        self.at_once -= 1
        number = nomination.student_number
        if number in self.refusing:
            raise self.refusing[number]
        known = number in self.known
        code = self.known.setdefault(number, f"EX-2027-DAR-{len(self.known) + 1:03d}")
        return Nominated(exchange_id=code, already_known=known, stage=Stage.NOMINATION)


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nominating, "PER_SECOND", 1e9)


async def test_every_row_starts_once_and_running_again_starts_nothing() -> None:
    exchanges, rows = Exchanges(), checked(sheet(40)).good
    done: list[None] = []
    first = await start_rows(exchanges, rows, COORDINATOR, lambda: done.append(None))
    assert len(first.new) == len(done) == 40
    assert first.known == {}
    assert exchanges.most <= nominating.AT_ONCE
    again = await start_rows(exchanges, rows, COORDINATOR, lambda: None)
    assert again.new == {}
    assert {r: n.exchange_id for r, n in again.known.items()} == {r: n.exchange_id for r, n in first.new.items()}


async def test_a_refused_row_becomes_a_row_to_correct() -> None:
    refusing: dict[str, Exception] = {
        "F1": BadInput("seats.not_agreed", "intake_year", year=2027),
        "F2": Conflict("seat.taken"),
    }
    given = sheet(4)
    launch = await start_rows(Exchanges(refusing), checked(given).good, COORDINATOR, lambda: None)
    assert sorted(launch.new) == [2, 5]
    assert launch.fault is None
    first, second = refused_rows(launch, given)
    [fault] = first.faults
    assert (first.row_number, fault.field, fault.message) == (3, "intake_year", "seats.not_agreed")
    assert fault.params == {"year": 2027}
    assert (second.row_number, second.faults[0].field, second.faults[0].message) == (4, "row", "seat.taken")


async def test_a_service_that_is_away_leaves_the_rest_for_another_run() -> None:
    exchanges = Exchanges({"F3": Unavailable("temporal.away")})
    launch = await start_rows(exchanges, checked(sheet(100)).good, COORDINATOR, lambda: None)
    assert isinstance(launch.fault, Unavailable)
    assert 5 in launch.left
    assert len(launch.new) + len(launch.left) == 100
    assert len(launch.left) > 70, "the rest is not tried once the service is away"
    assert launch.left == sorted(launch.left)


async def test_a_row_that_is_kept_is_not_left(monkeypatch: pytest.MonkeyPatch) -> None:
    exchanges = Exchanges({"F3": Kept("act.kept", key="k", about="")})
    launch = await start_rows(exchanges, checked(sheet(100)).good, COORDINATOR, lambda: None)
    assert isinstance(launch.fault, Kept)
    assert launch.kept == [5]
    assert len(launch.new) + len(launch.left) == 99


async def test_rows_start_at_a_bounded_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(nominating, "PER_SECOND", 50)

    async def note(seconds: float) -> None:
        pauses.append(seconds)

    exchanges = Exchanges()
    rows = checked(sheet(3)).good
    with monkeypatch.context() as patched:
        patched.setattr("cli.nominating.asyncio.sleep", note)
        await start_rows(exchanges, rows, COORDINATOR, lambda: None)
    assert pauses.count(1 / 50) == 3


def test_nobody_nominates_for_another_university() -> None:
    given = sheet(2)
    other = Actor(id="cqmu.coordinator", role=Role.COORDINATOR, institution="cqmu")
    refused = allowed_rows(checked(given), given, other)
    assert refused.good == ()
    assert {f.field for row in refused.refused for f in row.faults} == {"sending"}
    office = Actor(id="cqmu.programme_office", role=Role.PROGRAMME_OFFICE, institution="cqmu")
    for allowed in (COORDINATOR, office):
        assert len(allowed_rows(checked(given), given, allowed).good) == 2


async def test_a_row_that_differs_from_its_nomination_is_told_cell_by_cell() -> None:
    differences = (Difference("end", "2027-05-28", "2027-06-11"), Difference("native_name", "", "安娜"))
    told = Differs("nomination.differs", "end", differences, exchange="EX-2027-DAR-001", host="cqmu", cells=["end"])
    given = sheet(2)
    launch = await start_rows(Exchanges({"F1": told}), checked(given).good, COORDINATOR, lambda: None)
    (row,) = refused_rows(launch, given)
    assert [(fault.field, fault.message) for fault in row.faults] == [
        ("end", "nomination.differs"),
        ("end", "cell.differs"),
        ("native_name", "cell.differs"),
    ]
    assert row.faults[2].params == {"on_record": "–", "told": "安娜"}
    assert len(launch.new) == 1
