"""Who is written to over days: digests in the morning, little at once, and no burst after an outage."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from temporalio.testing import WorkflowEnvironment

from models.contracts import DigestAnswer
from models.digests import MORNING
from models.identifiers import EXCHANGE_QUEUE
from models.views import MessageFilter
from models.vocabulary import StepKind
from tests.databases import Database
from tests.workflows.world import BOTH, LAB_ONLY, World, open_world
from workflows.digest import DigestWorkflow

SHANGHAI, NEW_YORK = "Asia/Shanghai", "America/New_York"


async def digest(world: World, zone: str) -> int:
    """Write the digests of a zone, as its schedule does; says how many."""
    answer: DigestAnswer = await world.environment.client.execute_workflow(
        DigestWorkflow.run, zone, id=f"digest-{zone}-{world.clock.last:%Y%m%d%H}", task_queue=EXCHANGE_QUEUE
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
    print(world.clock.last, await world.reading.messages(MessageFilter(limit=100)))
    assert await told(world) == [("digest", "cqmu.coordinator")]
    assert await digest(world, SHANGHAI) == 0, "the same morning again"
    while world.clock.last < due + timedelta(days=1):
        await pass_days(world, 1)
    counts = Counter((kind, who) for kind, who in await told(world) if kind != "summary")
    mails = counts.pop(("digest", "cqmu.coordinator"))
    days = (due.astimezone(ZoneInfo(SHANGHAI)).date() - (due - timedelta(days=3)).date()).days
    assert mails > days, "one on every day near the due date and after it"
    assert counts.pop(("digest", "dartmouth.coordinator"), 0) <= mails
    assert counts == {("reminder", "cqmu.coordinator"): 2, ("escalation", "cqmu.coordinator"): 2}


async def test_an_outage_ends_in_one_mail_for_each_person(
    temporal: WorkflowEnvironment, sqlite_database: Database, tmp_path: Path
) -> None:
    async with open_world(temporal, sqlite_database.url, tmp_path) as world:
        exchanges = [await world.nominate(LAB_ONLY), await world.nominate(BOTH, rank=2)]
        due = (await world.step(exchanges[0], StepKind.VERIFY_NOMINATION)).due_at
        await world.advance(due - timedelta(days=2) - world.clock.last)
        before = await told(world)
        assert [kind for kind, _ in before if kind not in {"digest", "summary"}] == []
    # Nobody is there while the last reminder and two escalations come and go.
    await temporal.sleep(timedelta(days=9))
    async with open_world(temporal, sqlite_database.url, tmp_path) as world:
        for _ in range(50):
            await world.advance(timedelta(seconds=1))
            after = [row for row in await told(world) if row not in before]
            steps = [await world.step(exchange, StepKind.VERIFY_NOMINATION) for exchange in exchanges]
            if all(step.escalated for step in steps):
                break
        assert [kind for kind, _ in after] == ["caught_up"] * len(after)
        assert len(after) == len({who for _, who in after}) >= 1
        await pass_days(world, 1)
        assert Counter(await told(world))[("digest", "cqmu.coordinator")] == 1, "one for all the days"
