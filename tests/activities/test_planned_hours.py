"""What the gate makes of hours that were planned and not reported, a late arrival, and the day of the host."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from models.events import Arrived, Cleared, Departed, Event, ExchangeResumed, ExchangeSuspended, StageEntered
from models.messages.contracts import CheckGate, GateRules, IssueCertificate
from models.tables import ExchangeRow
from models.vocabulary import Stage
from records.store.engine import transaction
from tests.activities.test_certificates import (
    CLINICAL,
    LABORATORY,
    LECTURES,
    Office,
    attended,
    evaluated,
    left,
    placed,
    worked,
)
from tests.databases import Database

CHINA = ZoneInfo("Asia/Shanghai")
GATE = GateRules(least_hours_a_week=20, late_arrival_days=2)


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    return Office(database, tmp_path / "files")


def at(day: date, clock: time = time(9)) -> datetime:
    return datetime.combine(day, clock, CHINA).astimezone(UTC)


def stay(exchange: str, laboratory: float, clinical: float) -> list[Event]:
    """A whole stay, with so many hours of each rotation, all attended."""
    lab, clinic = f"{exchange}.laboratory.1", f"{exchange}.clinical.1"
    return [
        Arrived(at=at(LABORATORY.start), report_id="arrival", arrived_at=at(LABORATORY.start)),
        StageEntered(at=at(LABORATORY.start), stage=Stage.ROTATIONS),
        placed(lab, LABORATORY, "cqmu-lipid"),
        placed(clinic, CLINICAL, "cqmu-neurology"),
        attended("a-1", LABORATORY, laboratory, laboratory, lab),
        attended("a-2", CLINICAL, clinical, clinical, clinic),
        attended("a-3", LECTURES, 20, 18, None),
        *evaluated(exchange),
        left(),
    ]


async def unmet(office: Office, exchange: str, gate: GateRules = GATE) -> set[str]:
    return set(await office.certificates.check_gate(CheckGate(exchange_id=exchange, gate=gate)))


@pytest.mark.parametrize(("hours", "enough"), [(64, False), (64.5, True)])
async def test_weeks_of_which_nothing_is_reported_were_missed(office: Office, hours: float, enough: bool) -> None:
    """Four weeks of 20 hours: more than 64 of them, although all that was reported was attended."""
    exchange = await office.nominate("Eleanor Rose", "Whitfield")
    await office.record(exchange, *stay(exchange, hours, 80))
    assert await unmet(office, exchange) == (set() if enough else {"D42.attendance.laboratory"})
    assert await unmet(office, exchange, GateRules()) == set()  # as an exchange of before was promised


async def test_a_suspended_week_was_not_planned(office: Office) -> None:
    exchange = await office.nominate("Eleanor Rose", "Whitfield")
    await office.record(exchange, *stay(exchange, 49, 80))
    assert await unmet(office, exchange) == {"D42.attendance.laboratory"}
    since, until = at(LABORATORY.start + timedelta(days=7)), at(LABORATORY.start + timedelta(days=13))
    suspended = ExchangeSuspended(at=since, suspension_id="s-1", since=since, reason="outbreak")
    resumed = ExchangeResumed(at=until, suspension_id="s-1", since=since, until=until)
    await office.record(exchange, suspended, resumed)
    assert await unmet(office, exchange) == set()


async def test_no_clinical_day_was_planned_before_the_clearance(office: Office) -> None:
    exchange = await office.nominate("Eleanor Rose", "Whitfield")
    await office.record(exchange, *stay(exchange, 80, 33))
    assert await unmet(office, exchange) == {"D42.attendance.clinical"}
    late = CLINICAL.start + timedelta(days=14)
    days = (CLINICAL.end - late).days + 1
    await office.record(exchange, Cleared(at=at(late), valid_through=CLINICAL.end))
    assert days // 7 * 20 * 0.8 < 33
    assert await unmet(office, exchange) == set()


@pytest.mark.parametrize(("planned", "hours", "missed"), [(100, 80, True), (100, 80.5, False), (None, 64.5, False)])
async def test_of_a_block_so_many_hours_were_planned_as_the_nomination_says(
    office: Office, planned: int | None, hours: float, missed: bool
) -> None:
    exchange = await office.nominate("Eleanor Rose", "Whitfield")
    async with transaction(office.database.sessions) as session:
        row = await session.get_one(ExchangeRow, exchange)
        contents = [c | {"hours": planned if c["content"] == "laboratory" else None} for c in row.plan["contents"]]
        row.plan = row.plan | {"contents": contents}
    await office.record(exchange, *stay(exchange, hours, 80))
    assert await unmet(office, exchange) == ({"D42.attendance.laboratory"} if missed else set())


@pytest.mark.parametrize(("late", "enough"), [(0, True), (1, True), (2, True), (3, False)])
async def test_days_of_a_late_arrival_are_forgiven(office: Office, late: int, enough: bool) -> None:
    """The stay is left on its 28th day."""
    exchange = await office.nominate("Eleanor Rose", "Whitfield")
    arrived = at(LABORATORY.start + timedelta(days=late))
    events = [one for one in stay(exchange, 80, 80) if not isinstance(one, Arrived | Departed)]
    await office.record(exchange, Arrived(at=arrived, report_id="arrival", arrived_at=arrived), *events)
    last = LABORATORY.start + timedelta(days=27)
    await office.record(exchange, Departed(at=at(last), report_id="departure", departed_on=last))
    assert await unmet(office, exchange) == (set() if enough else {"D1.duration"})
    assert ("D1.duration" in await unmet(office, exchange, GateRules())) is (late > 0)


async def test_a_corrected_report_counts_as_it_was_corrected(office: Office) -> None:
    exchange = await office.nominate("Eleanor Rose", "Whitfield")
    await office.record(exchange, *worked(exchange), *evaluated(exchange), left())
    missed = attended("a-4", LABORATORY, 160, 120, f"{exchange}.laboratory.1")
    before = {"corrects": "a-1", "planned_before": 160, "attended_before": 152.5}
    await office.record(exchange, missed.model_copy(update=before))
    assert await unmet(office, exchange) == {"D42.attendance.laboratory"}


@pytest.mark.parametrize(
    ("moment", "printed"),
    [
        (datetime(2027, 4, 30, 15, 59, tzinfo=UTC), "30 April 2027"),
        (datetime(2027, 4, 30, 16, 0, tzinfo=UTC), "1 May 2027"),
    ],
)
@pytest.mark.parametrize("reissue", [False, True])
async def test_a_certificate_is_dated_by_the_day_of_the_host(
    office: Office, moment: datetime, printed: str, reissue: bool
) -> None:
    exchange = await office.nominate("Eleanor Rose", "Whitfield")
    await office.live_through(exchange)

    def asked(key: str, when: datetime, *, again: bool) -> IssueCertificate:
        return IssueCertificate(key=f"certificate/{exchange}/{key}", exchange_id=exchange, at=when, reissue=again)

    if reissue:
        await office.certificates.issue_certificate(asked("first", moment - timedelta(days=2), again=False))
    issued = await office.certificates.issue_certificate(asked("now", moment, again=reissue))
    assert issued.version == 1 + reissue
    assert printed.replace(" ", "") in (await office.page(issued)).replace(" ", "").replace("\n", "")
