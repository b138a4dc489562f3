"""Hours of sessions reach the exchange by the relay, are corrected there, and are asked of nobody else."""

import asyncio
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.messages.broadcasts import Audience, AudienceKind
from models.messages.host_sessions import Mark, MarkedBy, PlanSession, Presence, SessionTerms
from models.vocabulary import Content, StepKind
from tests.workflows.world import LAB_ONLY, World

LECTURES = Content.ACADEMIC_LECTURES


async def hours(world: World, exchange: str) -> list[tuple[float, float]]:
    view = await world.view(exchange)
    return [(row.hours_planned, row.hours_attended) for row in view.attendance if row.content is LECTURES]


async def told(world: World, exchange: str, expected: tuple[float, float]) -> None:
    """Let the relay send what is kept, until the exchange says so; behind answers that are not kept yet it waits."""
    async with asyncio.timeout(30):
        while await hours(world, exchange) != [expected]:
            await world.gateway.relay.look()
            await asyncio.sleep(0.2)


async def test_a_closed_list_becomes_hours_that_are_corrected(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    rating = await world.until(exchange, StepKind.EVALUATE_PROGRAMME)
    assert "rare_cases" not in rating.subject
    host, sessions = world.host(exchange), world.gateway.host_sessions
    day = world.travellers[exchange].plan.start + timedelta(days=8)
    begins = datetime.combine(day, time(14), ZoneInfo("Asia/Shanghai"))

    async def held(key: str, at: datetime) -> str:
        terms = SessionTerms(
            content=LECTURES, title="T", place="P", starts_at=at, ends_at=at + timedelta(hours=2), capacity=5
        )
        audience = Audience(kind=AudienceKind.CHOSEN, exchanges=(exchange,))
        asked = PlanSession(host=host.institution, terms=terms, audience=audience)
        return (await sessions.plan(asked, host, world.clock.last, key)).session_id

    async def mark(session: str, presence: Presence, key: str) -> None:
        marks = [Mark(exchange_id=exchange, presence=presence)]
        await sessions.mark(session, marks, MarkedBy.OFFICE, host, world.clock.last, key)

    one, two = await held("a", begins), await held("b", begins + timedelta(hours=3))
    await mark(one, Presence.ATTENDED, "m1")
    assert await hours(world, exchange) == [], "nothing is told before the list is closed"
    await sessions.close(one, host, world.clock.last, "c1")
    await told(world, exchange, (2, 2))
    await sessions.close(two, host, world.clock.last, "c2")
    await told(world, exchange, (4, 2))
    await mark(two, Presence.EXCUSED, "m2")
    await told(world, exchange, (2, 2))
    await mark(one, Presence.EXCUSED, "m3")
    await told(world, exchange, (0, 0))
    await mark(one, Presence.ATTENDED, "m4")
    await told(world, exchange, (2, 2))
