"""Who is written to over days: digests in the morning, little at once, and no burst after an outage."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from models.identifiers import EXCHANGE_QUEUE
from models.messages.contracts import DigestAnswer
from models.rules.digests import MORNING
from models.views import MessageFilter
from models.vocabulary import StepKind
from tests.workflows.world import BOTH, LAB_ONLY, World
from workflows.digest import DigestWorkflow

SHANGHAI, NEW_YORK = "Asia/Shanghai", "America/New_York"


async def digest(world: World, zone: str) -> int:
    """Write the digests of a zone, as its schedule does; says how many."""
    # Waiting for an answer would let time pass.
    with world.environment.auto_time_skipping_disabled():
        answer: DigestAnswer = await world.environment.client.execute_workflow(
            DigestWorkflow.run, zone, id=f"digest-{zone}", task_queue=EXCHANGE_QUEUE
        )
    return answer.written


async def pass_days(world: World, count: int) -> None:
    """Let days pass with their mornings in both zones."""
    for _ in range(count):
        day = world.clock.last.astimezone(ZoneInfo(SHANGHAI)).date() + timedelta(days=1)
        for zone in (SHANGHAI, NEW_YORK):
            morning = datetime.combine(day, MORNING, ZoneInfo(zone)).astimezone(UTC)
            await world.advance(morning + timedelta(seconds=1) - world.clock.last)
            await digest(world, zone)


async def told(world: World) -> list[tuple[str, str]]:
    """Kind and recipient of everything in the outbox, in order."""
    rows = await world.reading.messages(MessageFilter(limit=1000))
    return [(m.kind, m.recipient_id) for m in sorted(rows, key=lambda m: (m.created_at, m.key))]


async def test_two_nominations_are_one_mail_a_day_until_the_last_reminder(world: World) -> None:
    """Verifying takes five working days: who does nothing hears of it in digests, then by name."""
    first = await world.nominate(LAB_ONLY)
    await world.nominate(BOTH, rank=2)
    assert await told(world) == [], "an opening that can wait is no mail"
    due = (await world.step(first, StepKind.VERIFY_NOMINATION)).due_at
    await pass_days(world, 1)
    assert await told(world) == [("digest", "cqmu.coordinator")]
    assert await digest(world, SHANGHAI) == 0, "the same morning again"
    mornings = 1
    while world.clock.last < due:
        await pass_days(world, 1)
        mornings += 1
    counts = Counter(row for row in await told(world) if row[0] != "summary")
    # When it is new, in the last days before it is due, and once it is overdue.
    assert 4 <= counts.pop(("digest", "cqmu.coordinator")) <= mornings
    assert counts == {("reminder", "cqmu.coordinator"): 2, ("escalation", "cqmu.coordinator"): 2}
