"""Whoever prepared for a student hears that nobody comes: housing officer and supervisors, but those who declined."""

from models.vocabulary import Outcome, Role, StepKind
from tests.workflows.world import BOTH, LAB_ONLY, World


async def told_of_the_end(world: World, exchange: str) -> list[str]:
    return sorted(message.recipient_id for message in await world.messages(exchange, "outcome"))


async def test_who_keeps_a_bed_or_a_place_hears_of_a_withdrawal(world: World) -> None:
    exchange = await world.nominate(BOTH)
    declined = await world.until(exchange, StepKind.ACCEPT_STUDENT)
    await world.people.decide(declined, "decline", note="No bench is free.")
    await world.until(exchange, StepKind.CHECK_IN)
    steps = [step for step in (await world.view(exchange)).steps if step.kind is StepKind.ACCEPT_STUDENT]
    accepted = [world.people.actor(step.owner).id for step in steps if step.outcome == "accept"]
    await world.gateway.withdraw(exchange, world.sending(exchange), decision_id="w-1")
    assert (await world.finish(exchange)).outcome is Outcome.WITHDRAWN
    view = await world.view(exchange)
    offices = [world.sending(exchange).id, world.host(exchange).id, world.host(exchange, Role.HOUSING_OFFICER).id]
    assert len(accepted) == 2
    assert await told_of_the_end(world, exchange) == sorted([view.student.id, *offices, *accepted])
    assert world.people.actor(declined.owner).id not in accepted


async def test_who_was_never_asked_hears_nothing(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    await world.until(exchange, StepKind.SENDING_APPROVAL)
    await world.gateway.withdraw(exchange, world.sending(exchange), decision_id="w-1")
    assert (await world.finish(exchange)).outcome is Outcome.WITHDRAWN
    assert len(await told_of_the_end(world, exchange)) == 3


async def test_nobody_is_told_twice_of_a_stay_that_was_completed(world: World) -> None:
    exchange = await world.nominate(LAB_ONLY)
    assert (await world.finish(exchange)).outcome is Outcome.COMPLETED
    assert len(await told_of_the_end(world, exchange)) == 3
