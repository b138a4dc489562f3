"""A story of papers that two people let count, and that are renewed before they end."""

from datetime import timedelta

from models.vocabulary import Content, StepKind
from tests.workflows.insuring import insured_for, with_a_short_test
from tests.workflows.world import BOTH, World


async def renewed(world: World) -> str:
    """Insurance and test count by override, end in the clinic, and are renewed ahead; cleared ahead, then completed."""
    exchange = await world.nominate(BOTH)
    clinic = world.travellers[exchange].plan.block(Content.CLINICAL)
    assert clinic is not None
    await insured_for(world, exchange, clinic.start + timedelta(days=10))
    await with_a_short_test(world, exchange)
    step = await world.step(exchange, StepKind.RENEW_HEALTH_RECORDS)
    await world.people.answer(step, world.travellers[exchange])
    decision = await world.until(exchange, StepKind.CLEAR_FOR_CLINIC)
    await world.people.decide(decision, "cleared", valid_through=clinic.end)
    await world.finish(exchange)
    return exchange
