"""The weekly summary of a partner office, on both databases: on Monday, of its own students, or not at all."""

from datetime import date, datetime, timedelta

import pytest

from models.events import Arrived, CertificateIssued, Departed, ExchangeClosed
from models.vocabulary import MobilityStatus, Outcome, Role, Side, StepKind
from tests.databases import Database
from tests.mail.mornings import DAY, EVENING, MORNING, NEW_YORK, Mornings
from tests.mail.world import CODE, opened, owner

MONDAY = EVENING + 6 * DAY
"""Eight in the morning in Hanover on 7 December 2026."""
KEY = "summary:2026-W50:dartmouth.partner_office"
HOST = owner(Side.HOST, Role.COORDINATOR)
STUDENT = owner(Side.STUDENT, Role.STUDENT)


@pytest.fixture
async def world(database: Database) -> Mornings:
    """An exchange that began on a Tuesday, on each database."""
    world = Mornings(database.sessions)
    await world.begin()
    return world


async def summaries(world: Mornings, at: datetime, zone: str = NEW_YORK) -> list[str]:
    """The keys of the summaries that a morning writes."""
    return [key for key in await world.morning(zone, at) if key.startswith("summary:")]


async def test_it_comes_on_monday_and_once_a_week(world: Mornings) -> None:
    assert [await summaries(world, EVENING + n * DAY) for n in range(1, 6)] == [[]] * 5, "not in the first week"
    assert await summaries(world, MONDAY - timedelta(hours=1)) == []
    assert await summaries(world, MONDAY) == [KEY]
    assert [await summaries(world, MONDAY + n * DAY) for n in range(7)] == [[]] * 7
    assert len(await summaries(world, MONDAY + 7 * DAY)) == 1


async def test_one_that_an_outage_kept_from_monday_comes_on_tuesday_and_looks_back_to_the_last(
    world: Mornings,
) -> None:
    assert await summaries(world, MONDAY) == [KEY]
    await world.sent()
    (key,) = await summaries(world, MONDAY + 8 * DAY)
    (row,) = [m for m in await world.messages() if m.key == key]
    assert row.params["facts"]["since"] == MONDAY.isoformat().replace("+00:00", "Z")


async def test_only_its_own_students(world: Mornings) -> None:
    """CQMU's partner office has sent nobody, so it hears nothing of the student that CQMU hosts (D44)."""
    assert await summaries(world, MORNING + 6 * DAY, "Asia/Shanghai") == []


async def test_what_it_says(world: Mornings) -> None:
    week = MONDAY - 3 * DAY
    approval, late = MONDAY + 2 * DAY, MONDAY - DAY
    await world.record(
        opened(StepKind.VERIFY_NOMINATION, due_at=late, at=week),
        opened(StepKind.HOST_APPROVAL, due_at=approval, at=week, to=HOST),
        opened(StepKind.CORRECT_NOMINATION, due_at=late, at=week),
        opened(StepKind.SUBMIT_INSURANCE, due_at=approval, at=week, to=STUDENT),
        opened(StepKind.SUBMIT_HEALTH_RECORDS, due_at=MONDAY + 9 * DAY, at=week, to=STUDENT),
        opened(StepKind.SENDING_APPROVAL, due_at=approval, at=week, to=owner(Side.SENDING, Role.COORDINATOR)),
        Arrived(at=week, report_id="r1", arrived_at=week - 9 * DAY),
        Departed(at=week, report_id="r2", departed_on=date(2026, 12, 1)),
        CertificateIssued(
            at=week,
            number="CQMU-2027-0007",
            version=1,
            verification="k3f9",
            file_hash="0",
            issued_on=date(2026, 12, 3),
        ),
    )
    await world.close(f"{CODE}.sending_approval.1", week, "approve")
    assert await summaries(world, MONDAY) == [KEY]
    found = await world.sections(KEY)
    who = f"{CODE} LI Na 李娜"
    steps = {
        heading: [line.split(" | ")[-1] for line in lines] for heading, lines in found.items() if " | " in lines[0]
    }
    assert steps == {
        "Overdue on your side": [f"{CODE}.correct_nomination.1"],
        "Overdue on the other side": [f"{CODE}.verify_nomination.1"],
        "Due from your side in the next seven days": [f"{CODE}.submit_insurance.1"],
        "Due from the other side in the next seven days": [f"{CODE}.host_approval.1"],
    }
    assert {heading: lines for heading, lines in found.items() if heading not in steps} == {
        "Students at each stage": ("Nomination (1): LI Na 李娜",),
        "Decided since the last summary": (f"{who}: Approve the application for the sending university: approved",),
        "Arrivals and departures": (
            f"{who} → Wed 25 Nov 2026, 08:00 US Eastern time",
            f"{who} ← Tue 1 Dec 2026",
        ),
        "Certificates": (f"{who}: CQMU-2027-0007, Thu 3 Dec 2026",),
    }


async def test_endings_are_told_once_and_then_there_is_nothing_to_say(world: Mornings) -> None:
    ended = ExchangeClosed(
        at=MONDAY - DAY, outcome=Outcome.WITHDRAWN, reason="withdrawn", mobility=MobilityStatus.CANCELLED
    )
    await world.record(ended)
    assert await summaries(world, MONDAY) == [KEY]
    assert await world.sections(KEY) == {"Ended": (f"{CODE} LI Na 李娜: withdrawn",)}
    await world.sent()
    assert await summaries(world, MONDAY + 7 * DAY) == []
